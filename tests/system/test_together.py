"""Several labctl on one results folder."""
import shutil

from conftest import PASSED, wait_for


def packages(lab, count):
    for name in "abcdefgh"[:count]:
        lab.package(name)


def test_two_runs_at_once(lab):
    packages(lab, 6)
    for name in ("one", "two", "three"):
        lab.target(name, {"match": "report", "output": PASSED, "delay": "20ms"})
    processes = [lab.start("matrix", "--fresh", "--format", "json") for i in range(3)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert len(lab.records()) == 3 * 18 and len(lab.run_files()) == 3
    assert lab.labctl("runs").out.count("complete") == 3
    assert lab.labctl("rebuild").out.endswith(": 54 outcomes\n")


def test_many_begin_at_the_same_instant(lab):
    """The first of all makes the database, and its form is changed while others look at it."""
    packages(lab, 1)
    lab.target("one")
    for again in range(5):
        for path in lab.results.glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        processes = [lab.start("matrix", "--fresh") for i in range(4)]
        for process in processes:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
        assert lab.labctl("runs").out.count("complete") == 4


def test_reading_while_another_runs(lab):
    packages(lab, 8)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "60ms"})
    process = lab.start("matrix", "--fresh")
    wait_for(lab.records)
    while process.poll() is None:
        assert lab.matrix("--no-run", status=None)[1].status in (0, 1)
        lab.labctl("runs")
        lab.labctl("show", "one/cpython/a")
        lab.labctl("matrix", "--dry-run")
    assert process.communicate() is not None and process.returncode == 0


def test_a_run_at_work_is_not_cut_off(lab):
    packages(lab, 2)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "90s"})
    process = lab.start("matrix")
    wait_for(lab.run_files)
    done = lab.labctl("matrix", "--resume", status=2)
    assert "another labctl is at work on it" in done.err
    lab.stop_now(process)
    assert process.returncode == 5


def test_scratch_of_the_living_is_left_alone(lab):
    packages(lab, 1)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "500ms"})
    first = lab.start("matrix", "--fresh")
    wait_for(lab.testing)
    second = lab.start("matrix", "--fresh")
    for process in (first, second):
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
