"""labctl matrix on whole emulated machines: all four boot, and pip builds C extensions in a foreign one."""
import pytest
from matrix_lab import Lab, index_of
from package_index import make_archive, serve

MACHINES = {"amd64": "x86_64", "arm64": "aarch64", "s390x": "s390x", "ppc64el": "ppc64le"}
GUESTS = ",".join(MACHINES)
RUNTIMES = ("cpython", "pypy")

# Installed by command: what a test needs where no package index is to be had.
TINY = """
install:
  - apt: [python3-pytest]
  - run: |
      folder=$LABCTL_PREFIX/pure-$LABCTL_RUNTIME/tiny
      mkdir -p "$folder"
      echo '__version__ = "1.0"' >"$folder/__init__.py"
      cat >"$folder/test_tiny.py" <<'END'
      import os, struct, sys

      def test_machine():
          assert os.uname().machine == os.environ["TINY_MACHINE"]

      def test_byte_order():
          assert struct.pack("=H", 1) == (b"\\0\\1" if sys.byteorder == "big" else b"\\1\\0")

      def test_floats():
          assert 0.1 + 0.2 == 0.30000000000000004
      END
tiers:
  smoke:
    run: |
      TINY_MACHINE=$(uname -m)
      export TINY_MACHINE
      "$LABCTL_PYTHON" -m pytest --junitxml=report.xml "$LABCTL_PREFIX/pure-$LABCTL_RUNTIME/tiny"
    format: junit
    report: report.xml
"""


@pytest.fixture(scope="module")
def guests(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.write("recipes/packages/tiny.yaml", TINY)
    return lab


def test_all_four_architectures_boot(guests):
    printed = guests.labctl("target", "run", GUESTS, "--", "uname -m")
    answers = dict(line.split(": ", 1) for line in printed.splitlines())
    assert {name: answer.strip() for name, answer in answers.items()} == MACHINES


def test_tests_pass_on_all_four(guests):
    cells = guests.matrix("tiny", "--target", GUESTS, "--runtime", "cpython")
    for name in MACHINES:
        cell = cells[name, "cpython", "tiny"]
        assert (cell.verdict, cell.tally) == ("passed", {"passed": 3}), cell
        facts = guests.facts(cell)
        assert facts["runtime_byteorder"] == ("big" if name == "s390x" else "little")
        assert cell.fields["how_run"] in ("emulated machine", "virtual machine")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two packages that pip builds on s390x from an index on this machine's loopback address."""
    archives = tmp_path_factory.mktemp("archives")
    for name in ("boom", "hang"):
        make_archive(name, "1.0", archives)
    with serve(archives) as index:
        lab = Lab(tmp_path_factory.mktemp("lab"), index_of(index.url), index.port)
        lab.add_package("boom")
        lab.add_package("hang", test_limit="1s", needs="toolchain, boom")  # in the same environment: it is made once
        return lab, lab.matrix("boom", "hang", "--target", "s390x", expect=1), list(index.server.asked)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_segfault_in_a_guest_is_one_crashed_test(built, runtime):
    cell = built[1]["s390x", runtime, "boom"]
    assert cell.tally == {"passed": 8, "failed": 1, "crashed": 1}, cell
    crash = cell.bad_test("::test_03_ends_the_interpreter")
    assert crash["verdict"] == "crashed"
    assert "SIGSEGV" in crash["detail"]
    # PyPy's fault handler knows no stack on this architecture, and writes nothing.
    assert runtime == "pypy" or "in test_03_ends_the_interpreter" in crash["detail"]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_hang_in_a_guest_is_one_test_timed_out(built, runtime):
    cell = built[1]["s390x", runtime, "hang"]
    assert cell.tally == {"passed": 5, "timed_out": 1}, cell
    assert cell.bad_test("::test_4_never_ends")["verdict"] == "timed_out"


def test_pip_in_the_guest_built_from_the_index(built):
    lab, cells, asked = built
    for name in ("boom", "hang"):
        assert asked.count("/files/%s-1.0.tar.gz" % name) >= len(RUNTIMES)
    for runtime, tag in (("cpython", "-cp3"), ("pypy", "-pp3")):
        assert "boom-1.0" + tag in lab.log(cells["s390x", runtime, "boom"], "install-boom-for-" + runtime)
