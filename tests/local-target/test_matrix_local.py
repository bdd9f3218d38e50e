"""labctl matrix on this machine's own Debian root: packages of ours from an index of ours, under CPython and PyPy."""
import os
import subprocess

import pytest
from matrix_lab import Lab, index_of

RUNTIMES = ("cpython", "pypy")
PACKAGES = ("boom", "hang", "plain", "unbuildable", "missing")
# What the recipes install: on the machine that runs labctl, nothing of it may come or go.
INSTALLED = ("pypy3", "pypy3-dev", "pypy3-venv", "python3-dev", "python3-venv", "python3-exceptiongroup")


def state_of_this_machine():
    packages = {name: subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name],
                                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout for name in INSTALLED}
    with open("/proc/self/mountinfo") as mounts:
        mounted = sorted(line.split()[4] for line in mounts)
    return packages, mounted, os.path.exists("/opt/labctl")


class Ran:
    """The matrix of all our packages, run once for all tests below."""

    def __init__(self, lab, index):
        self.before = state_of_this_machine()
        self.lab, self.index = lab, index
        self.cells = lab.matrix(*PACKAGES, expect=1)
        self.after = state_of_this_machine()
        self.asked = list(index.server.asked)

    def cell(self, runtime, package):
        return self.cells["local", runtime, package]


@pytest.fixture(scope="module")
def ran(tmp_path_factory, index):
    lab = Lab(tmp_path_factory.mktemp("lab"), index_of(index.url), index.port)
    for name in PACKAGES:
        lab.add_package(name, test_limit="5s")
    return Ran(lab, index)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_segfault_is_one_crashed_test(ran, runtime):
    cell = ran.cell(runtime, "boom")
    assert cell.tally == {"passed": 8, "failed": 1, "crashed": 1}, cell
    crash = cell.bad_test("::test_03_ends_the_interpreter")
    assert crash["verdict"] == "crashed"
    assert "SIGSEGV" in crash["detail"]
    assert "test_boom.py" in crash["detail"] and "in test_03_ends_the_interpreter" in crash["detail"]
    assert "assert 2 == 3" in cell.bad_test("::test_09_is_wrong_on_purpose")["detail"]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_hang_is_one_test_timed_out(ran, runtime):
    cell = ran.cell(runtime, "hang")
    assert cell.tally == {"passed": 5, "timed_out": 1}, cell
    hang = cell.bad_test("::test_4_never_ends")
    assert hang["verdict"] == "timed_out"
    assert "no end after" in hang["detail"]
    assert "in test_4_never_ends" in hang["detail"]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_tests_see_no_network(ran, runtime):
    """Two of the package's own tests try it: the index, on this machine's loopback address, was up all the time."""
    cell = ran.cell(runtime, "plain")
    assert (cell.verdict, cell.tally) == ("passed", {"passed": 5}), (cell, cell.fields["bad_tests"])


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_what_does_not_compile_is_broken_in_the_compilers_words(ran, runtime):
    cell = ran.cell(runtime, "unbuildable")
    assert cell.verdict == "broken", cell
    assert "_broken.c:5" in cell.reason and "a_name_that_nothing_declares" in cell.reason, cell


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_what_the_index_lacks_is_unavailable(ran, runtime):
    cell = ran.cell(runtime, "missing")
    assert cell.verdict == "unavailable", cell
    assert "no package missing" in cell.reason, cell


def test_pip_of_each_runtime_built_from_the_index(ran):
    for name in ("boom-1.0", "hang-1.0", "plain-2.0"):
        assert ran.asked.count("/files/%s.tar.gz" % name) >= len(RUNTIMES)
    assert "/files/plain-1.0.tar.gz" not in ran.asked
    for runtime, tag in (("cpython", "-cp3"), ("pypy", "-pp3")):
        assert "boom-1.0" + tag in ran.lab.log(ran.cell(runtime, "boom"), "install-boom-for-" + runtime)


def test_outcomes_name_runtime_and_package(ran):
    facts = {runtime: ran.lab.facts(ran.cell(runtime, "plain")) for runtime in RUNTIMES}
    assert facts["cpython"]["runtime_implementation"] == "CPython"
    assert facts["pypy"]["runtime_implementation"] == "PyPy"
    assert [facts[runtime]["package_version"] for runtime in RUNTIMES] == ["2.0", "2.0"]


def test_nothing_is_installed_on_this_machine(ran):
    assert ran.before == ran.after
    assert not ran.after[2]


def test_cells_are_not_emulated(ran):
    assert not any(cell.fields["emulated"] for cell in ran.cells.values())


def test_a_second_run_reuses_what_is_fresh(ran):
    plan = ran.lab.labctl("matrix", *PACKAGES, "--dry-run")
    # What was broken is tried again; all else is an answer.
    assert "2 cells would run, 8 fresh" in plan, plan
    assert "local/cpython/unbuildable" in plan and "it was broken" in plan, plan


def test_a_changed_tier_installs_nothing_again(ran):
    asked = len(ran.index.server.asked)
    ran.lab.add_package("plain", pytest='"@plain/tests/test_plain.py"')
    cells = ran.lab.matrix("plain")
    for runtime in RUNTIMES:
        cell = cells["local", runtime, "plain"]
        assert cell.tally == {"passed": 3}, cell
        installs = {name: how for name, how in cell.steps().items() if "-install-" in name}
        assert len(installs) == 3 and set(installs.values()) == {"kept"}, installs
    assert len(ran.index.server.asked) == asked
