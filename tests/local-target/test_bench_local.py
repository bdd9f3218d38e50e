"""labctl bench in a Debian root of this machine: both runtimes side by side, a C extension compiled there, whole processes timed."""
import contextlib
import fcntl
import glob
import json
import os
import signal
import time

import pytest
from matrix_lab import Lab

BENCHMARKS = ("nbody", "int.python", "int.extension", "int.cffi", "startup")
RUNTIMES = ("cpython", "pypy")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """How fast anything is depends on the hour, and so may what the A/A control says: the status is 0 or 1."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    told = lab.labctl("bench", *BENCHMARKS, "--budget", "40s", "--seed", "5", "--format", "json", expect=(0, 1))
    return lab, {(cell["runtime"], cell["benchmark"]): cell for cell in json.loads(told)["cells"]}


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("benchmark_name", BENCHMARKS)
def test_every_process_answers_rightly(ran, runtime, benchmark_name):
    cell = ran[1][runtime, benchmark_name]
    assert cell["verdict"] == "passed", cell
    assert len(cell["processes"]) >= 4
    assert not any(process["failed"] for process in cell["processes"])
    assert all(process["iterations"] >= 1 and process["peak_bytes"] > 1e6 for process in cell["processes"])


def test_only_the_baseline_is_its_own_control(ran):
    for (runtime, _), cell in ran[1].items():
        roles = {process["role"] for process in cell["processes"]}
        assert roles == ({"a", "b"} if runtime == "cpython" else {None})


def test_runtimes_take_turns(ran):
    """In each pair of executions of a plan's measured part both runtimes run once."""
    lab, cells = ran
    record = os.path.join(lab.results, cells["pypy", "nbody"]["record"])
    with open(os.path.join(record, "plan-1.json")) as file:
        executions = [one["runtime"] for one in json.load(file)["executions"] if one["kind"] == "measure"]
    assert len(executions) == 4
    assert set(executions[:2]) == set(executions[2:]) == set(RUNTIMES)


def test_every_iteration_is_kept_with_what_was_around_it(ran):
    lab, cells = ran
    page = json.loads(lab.labctl("show", "local/pypy/nbody", "--format", "json"))
    assert [len(process) for process in page["speed"]["iterations"]] == [
        process["iterations"] for process in cells["pypy", "nbody"]["processes"]]
    told = json.loads(lab.labctl("export", "latest", "--runtime", "pypy", "--format", "labctl"))
    nbody = [series for series in told["series"] if series["name"] == "nbody"][0]
    measured = [run for run in nbody["runs"] if run.get("kind") is None]
    assert nbody["from_start"] is True and len(measured) == len(cells["pypy", "nbody"]["processes"])
    for run in measured:
        assert {"hash_seed", "wall_s", "load_before", "load_after", "steal_s_after"} <= set(run["metadata"])
        assert run["memory"]["bytes"]


def test_the_same_campaign_goes_into_a_file_of_pyperf_and_back(ran, tmp_path):
    lab, _ = ran
    path = str(tmp_path / "pyperf.json")
    lab.labctl("export", "latest", "--runtime", "cpython", "--format", "pyperf", "-o", path)
    out = lab.labctl("compare", path, path)
    assert out.count("1.000×") == 6 and "over 5 of 5" in out


def test_nothing_is_measured_twice(ran):
    lab, _ = ran
    assert "0 cells would run, 10 fresh" in lab.labctl("bench", *BENCHMARKS, "--dry-run")


def test_a_spent_budget_leaves_the_rest_to_resume(tmp_path):
    lab = Lab(tmp_path)
    lab.labctl("bench", "nbody", "startup", "--budget", "50ms", expect=(0, 1))
    assert "2 cells would run" in lab.labctl("bench", "nbody", "startup", "--resume", "--dry-run")
    assert "cut off" in lab.labctl("runs")
    lab.labctl("bench", "nbody", "startup", "--resume", "--budget", "20s", expect=(0, 1))
    assert "0 cells would run, 4 fresh" in lab.labctl("bench", "nbody", "startup", "--dry-run")
    assert "cut off" not in lab.labctl("runs")


def holds_open(path):
    """Processes that have this file open."""
    found = []
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == path:
                found.append(int(link.split("/")[2]))
    return found


def test_two_labctl_do_not_measure_at_once(tmp_path):
    """The second one waits for the machine; one that is told to end while it waits has begun nothing."""
    lab = Lab(tmp_path)
    cache = os.environ.get("LABCTL_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "labctl")
    os.makedirs(os.path.join(cache, "locks"), exist_ok=True)
    path = os.path.join(cache, "locks", "measuring")
    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = lab.start("bench", "nbody")
        while not set(holds_open(path)) - {os.getpid()}:
            assert process.poll() is None
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 5
    assert "2 cells would run" in lab.labctl("bench", "nbody", "--resume", "--dry-run")
    lab.labctl("bench", "nbody", "--resume", "--budget", "5s", expect=(0, 1))
    assert "0 cells would run, 2 fresh" in lab.labctl("bench", "nbody", "--dry-run")
