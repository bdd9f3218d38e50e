"""Ctrl-C: the first lets running cells end, the second stops now. Neither leaves a process or loses a finished result."""
import os
import signal
import time

import pytest
from conftest import PASSED, wait_for


def packages(lab, count=3):
    for name in "abcdefgh"[:count]:
        lab.package(name)


def finish(process, limit=60):
    """(status, standard output, standard error, seconds it took)."""
    begun = time.monotonic()
    out, err = process.communicate(timeout=limit)
    return process.returncode, out.decode(), err.decode(), time.monotonic() - begun


def test_the_first_lets_the_running_cells_end(lab):
    packages(lab)
    for name in ("one", "two"):
        lab.target(name, {"match": "report", "output": PASSED, "delay": "2s"})
    process = lab.start("matrix")
    wait_for(lambda: len(lab.testing()) == 2)
    process.send_signal(signal.SIGINT)
    status, out, err, took = finish(process)
    assert status == 5, err
    assert "stopping when the running cells have ended; Ctrl-C again stops now" in err
    assert err.count("passed       ") == 2
    lab.assert_no_process()
    assert len(lab.records()) == 2
    # What has finished is shown and kept; the rest runs next time.
    assert "100 %" in out
    lab.labctl("matrix", "--resume")
    assert len(lab.records()) == 6 and len({record[0] for record in lab.records()}) == 1


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_second_stops_now(lab, second):
    packages(lab)
    lab.target("quick")
    lab.target("slow", {"match": "report b", "output": PASSED, "delay": "60s"})
    process = lab.start("matrix")
    wait_for(lambda: len(lab.records()) == 4)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(second)
    status, out, err, took = finish(process)
    assert status == 5 and took < 30
    assert "stopping now" in err
    lab.assert_no_process()
    cells, done = lab.matrix("--no-run", status=None)
    assert len([cell for cell in cells.values() if cell.get("verdict") == "passed"]) == 4
    assert "cut off" in lab.labctl("runs").out


def test_before_a_machine_is_up(lab):
    packages(lab)
    lab.target("slow", open_delay="60s")
    process = lab.start("matrix")
    wait_for(lab.run_files)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    status, out, err, took = finish(process)
    assert status == 5 and took < 30 and lab.records() == []
    lab.assert_no_process()


def test_the_terminals_own_reaches_only_labctl(lab):
    """Ctrl-C of a terminal goes to the whole group: a running cell must not notice."""
    packages(lab, 2)
    lab.target("one", {"match": "report a", "output": PASSED, "delay": "2s"})
    process = lab.start("matrix", start_new_session=True)
    wait_for(lab.testing)
    os.killpg(process.pid, signal.SIGINT)
    status, out, err, took = finish(process)
    assert status == 5
    assert [record[2] for record in lab.records()] == ["1"]
    assert lab.matrix("--no-run", status=None)[0]["one", "cpython", "a"]["verdict"] == "passed"


def test_waiting_lanes_do_not_begin(lab):
    packages(lab, 1)
    for name in "abcd":
        lab.target(name, {"match": "report", "output": PASSED, "delay": "2s"})
    process = lab.start("matrix", "--jobs", "1")
    wait_for(lab.testing)
    process.send_signal(signal.SIGINT)
    status, out, err, took = finish(process)
    assert status == 5 and len(lab.records()) == 1


def test_an_interrupt_with_findings_is_still_an_interrupt(lab):
    packages(lab, 2)
    lab.target("one", {"match": "report", "output": "not ok 1 - x\n1..1\n", "delay": "2s"})
    process = lab.start("matrix")
    wait_for(lab.testing)
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == 5


def test_a_reader_that_goes_away_ends_nothing_early(lab):
    """labctl matrix | head: the run is done and kept although nobody reads the matrix."""
    packages(lab, 2)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "200ms"})
    process = lab.start("matrix")
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=60) == 6
    assert len(lab.records()) == 2
    lab.assert_no_process()
