"""labctl repro and bisect in a real sandbox, on a package whose versions pip builds from a folder of archives."""
import os
import subprocess

import pytest
from matrix_lab import Lab
from package_index import make_archive

CELL = "local/cpython/steps"
TEST = "steps/tests/test_half.py::test_odd"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7")
MISSING = "1.2"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    archives = tmp_path_factory.mktemp("versions")
    for version in VERSIONS:
        if version != MISSING:
            make_archive("steps", version, archives)
    lab = Lab(tmp_path_factory.mktemp("lab"),
              "index: {folder: \"%s\", only_folder: true, build_isolation: false}\n" % archives)
    lab.add_package("steps")
    cell = lab.matrix("steps", "--runtime", "cpython", expect=1)["local", "cpython", "steps"]
    assert cell.tally == {"passed": 1, "failed": 1}, cell
    return lab


def run(lab, *words, input=""):
    environment = dict(os.environ, LABCTL_DATA=os.environ["LABCTL_SOURCE"], LABCTL_RESULTS=lab.results, LABCTL_LAB=lab.folder)
    done = subprocess.run([os.environ["LABCTL"], *words], cwd=lab.folder, env=environment, timeout=1800, input=input,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    return done.returncode, done.stdout, done.stderr


def test_the_one_test_alone(lab):
    status, out, err = run(lab, "repro", CELL, "test_odd")
    assert status == 0, err
    assert "1 failed, 1 deselected" in out
    assert "recorded  failed: AssertionError: half of 5 is 3" in out and out.endswith("the same failure\n")
    assert "restoring steps for cpython" in err and "installing" not in err
    assert "is not what it was" not in err


def test_the_whole_suite(lab):
    status, out, err = run(lab, "repro", CELL)
    assert status == 0 and "1 failed, 1 passed" in out, err


def test_a_shell_before_the_test(lab):
    status, out, err = run(lab, "repro", CELL, TEST, "--shell",
                           input="./run-test\n\"$LABCTL_PYTHON\" -c 'import steps; print(steps.__version__)'\n")
    assert status == 0, err
    assert "1 failed, 1 deselected" in out and out.splitlines()[-1] == "1.7"


def test_the_version_that_brought_it(lab):
    status, out, err = run(lab, "bisect", CELL, TEST, "--versions", ",".join(VERSIONS))
    assert status == 0, err
    assert "%s is passed with 1.4 and failed with 1.5: that one brought it" % TEST in out
    assert "labctl repro local/cpython/steps:smoke %s --version 1.5\n" % TEST in out
    # Again: every version that was installed is restored.
    status, again, err = run(lab, "bisect", CELL, TEST, "--versions", ",".join(VERSIONS))
    assert again == out and "installing" not in err


def test_a_version_that_is_not_there(lab):
    status, out, err = run(lab, "bisect", CELL, TEST, "--versions", "1.2,1.4,1.6")
    assert status == 0, err
    assert "unavailable: the folder of archives has no package steps==1.2" in out
    assert "passed with 1.4 and failed with 1.6" in out


def test_one_version_by_hand(lab):
    assert run(lab, "repro", CELL, TEST, "--version", "1.5")[0] == 0
    status, out, err = run(lab, "repro", CELL, TEST, "--version", "1.4")
    assert status == 1 and "it passes now" in out and "package_version was 1.7 and is 1.4" in out
