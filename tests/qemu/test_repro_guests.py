"""labctl repro on an emulated machine: the same failure from the record's own layer, and a shell in it."""
import os
import subprocess

import pytest
from matrix_lab import Lab

CELL = "s390x/cpython/little"
# A test that fails for the byte order of the machine.
LITTLE = """
install:
  - apt: [python3-pytest]
  - run: |
      folder=$LABCTL_PREFIX/pure-$LABCTL_RUNTIME/little
      mkdir -p "$folder"
      echo '__version__ = "1.0"' >"$folder/__init__.py"
      cat >"$folder/test_little.py" <<'END'
      import struct

      def test_first_byte():
          assert struct.pack("=H", 1)[0] == 1

      def test_size():
          assert struct.calcsize("=H") == 2
      END
tiers:
  smoke: {pytest: ["@little/test_little.py"]}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.write("recipes/packages/little.yaml", LITTLE)
    cell = lab.matrix("little", "--target", "s390x", "--runtime", "cpython", expect=1)["s390x", "cpython", "little"]
    assert cell.tally == {"passed": 1, "failed": 1}, cell
    return lab


def test_the_same_failure_on_a_foreign_machine(lab):
    out = lab.labctl("repro", CELL, "test_first_byte")
    assert "1 failed, 1 deselected" in out and out.endswith("the same failure\n")


def test_a_shell_in_that_machine(lab):
    environment = dict(os.environ, LABCTL_DATA=os.environ["LABCTL_SOURCE"], LABCTL_RESULTS=lab.results, LABCTL_LAB=lab.folder)
    done = subprocess.run([os.environ["LABCTL"], "repro", CELL, "test_first_byte", "--shell"], env=environment, cwd=lab.folder,
                          input="uname -m; ./run-test | tail -n 2; echo $LABCTL_TEST\n", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "s390x" and "1 failed, 1 deselected" in done.stdout
    assert lines[-1] == "little/test_little.py::test_first_byte"
    assert "restoring little for cpython" in done.stderr and "installing" not in done.stderr
