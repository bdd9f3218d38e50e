"""labctl killed at any instant: nothing finished is lost or counted twice, and nothing goes on behind its back."""
import json
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

from conftest import PASSED, wait_for

INSTANTS = 50


def workers_of(process):
    """Children of labctl: one for each lane at work."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and int(Path("/proc", entry, "stat").read_text().rsplit(")", 1)[1].split()[1]) == process.pid:
                found.append(int(entry))
        except OSError:
            pass
    return found


def outcomes_in_database(lab, run_name):
    """[(cell, attempt)] of a run, as the database has it."""
    db = sqlite3.connect("file:%s?mode=ro" % (lab.results / "lab.sqlite"), uri=True)
    try:
        return sorted(db.execute("SELECT cell.name, outcome.attempt FROM outcome JOIN cell ON cell.id = outcome.cell"
                                 " JOIN run ON run.id = outcome.run WHERE run.name = ?", (run_name,)))
    finally:
        db.close()


def assert_whole(lab, run_file):
    """Every planned cell exactly once, on disk and in the database, and nothing half done."""
    run = json.loads(run_file.read_text())
    planned = sorted((cell, 1) for cell in run["cells"])
    on_disk = sorted((cell, int(attempt)) for name, cell, attempt in lab.records() if name == run_file.parent.name)
    assert on_disk == planned
    assert outcomes_in_database(lab, run_file.parent.name) == planned
    assert run["complete"]
    assert list(run_file.parent.glob("*/*.part")) == []


def test_any_instant(lab):
    seed = int(os.environ.get("LABCTL_TEST_SEED", time.time_ns() % 1000000))
    print("LABCTL_TEST_SEED=%d" % seed)
    dice = random.Random(seed)
    for name in ("a", "b"):
        lab.package(name)
    for name in ("one", "two"):
        lab.target(name, {"match": "report", "output": PASSED, "delay": "10ms"}, open_delay="10ms")
    begun = time.monotonic()
    lab.labctl("matrix", "--fresh")
    usual = time.monotonic() - begun
    cut_off = 0
    for _ in range(INSTANTS * 8):
        known = lab.run_files()
        process = lab.start("matrix", "--fresh")
        time.sleep(dice.uniform(0, usual))
        process.kill()
        process.communicate()
        lab.assert_no_process()
        new = [path for path in lab.run_files() if path not in known]
        assert len(new) <= 1
        # Killed before it began, or behind its end: then there is nothing to go on with, and labctl says so. In between the run's
        # file is complete and the database has not heard of it: then there is nothing left to run.
        unfinished = bool(new) and not json.loads(new[0].read_text())["complete"]
        assert lab.labctl("matrix", "--resume", status=None).status in ((0,) if unfinished else (0, 2))
        cut_off += unfinished
        if new:
            assert_whole(lab, new[0])
        lab.assert_no_process()
        if cut_off == INSTANTS:
            break
        # How long a run takes changes with what else this machine does: the instants follow it.
        usual *= 1 if unfinished else 0.9 if new else 1.2
    assert cut_off == INSTANTS
    # Where every cell had come to its end nothing was left to run: the next that runs something tidies up.
    lab.labctl("matrix", "--fresh")
    assert [path for path in Path(lab.environment["LABCTL_CACHE"], "scratch").iterdir() if path.is_dir()] == []


def test_again_and_again(lab):
    """The run that goes on is killed as well, until it is through."""
    seed = int(os.environ.get("LABCTL_TEST_SEED", time.time_ns() % 1000000))
    print("LABCTL_TEST_SEED=%d" % seed)
    dice = random.Random(seed)
    for name in "abcdef":
        lab.package(name)
    for name in ("one", "two"):
        lab.target(name, {"match": "report", "output": PASSED, "delay": "50ms"})
    process = lab.start("matrix", "--fresh")
    wait_for(lab.run_files)
    for kill in range(8):
        time.sleep(dice.uniform(0.05, 0.25))
        process.kill()
        process.communicate()
        process = lab.start("matrix", "--resume")
    process.communicate(timeout=60)
    assert process.returncode in (0, 2)
    assert len(lab.run_files()) == 1
    assert_whole(lab, lab.run_files()[0])


def test_resume_runs_what_was_planned_and_not_more(lab):
    for name in "abc":
        lab.package(name)
    lab.target("one", {"match": "report c", "output": PASSED, "delay": "90s"})
    process = lab.start("matrix", "--fresh", "a", "c")
    wait_for(lab.testing)
    wait_for(lambda: lab.records() and outcomes_in_database(lab, lab.run_files()[0].parent.name))
    process.kill()
    process.communicate()
    plan = lab.labctl("matrix", "--resume", "--dry-run").out.splitlines()
    assert plan[0].split(None, 1) == ["one/cpython/c:smoke", "the run was cut off before it"]
    assert plan[1].startswith("1 cell would run")


def test_resume_of_a_part_leaves_the_run_cut_off(lab):
    for name in "ab":
        lab.package(name)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "300ms"})
    process = lab.start("matrix", "--fresh")
    wait_for(lab.run_files)
    process.kill()
    process.communicate()
    done = lab.labctl("matrix", "--resume", "a")
    assert "1 of the cells that the run was to do are not chosen here" in done.err
    assert "cut off" in lab.labctl("runs").out
    done = lab.labctl("matrix", "--resume")
    assert "complete" in lab.labctl("runs").out
    assert_whole(lab, lab.run_files()[0])


def test_resume_of_a_run_whose_recipes_have_changed(lab):
    lab.package("a")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "90s"})
    process = lab.start("matrix")
    wait_for(lab.testing)
    process.kill()
    process.communicate()
    lab.target("one")
    done = lab.labctl("matrix", "--resume", status=2)
    assert "none that is left is chosen here" in done.err and done.out == ""
    assert "cut off" in lab.labctl("runs").out
    lab.labctl("matrix")


def test_nothing_to_resume_is_wrong_use(lab):
    lab.package("a")
    lab.target("one")
    done = lab.labctl("matrix", "--resume", status=2)
    assert "no run was cut off" in done.err
    lab.labctl("matrix")
    lab.labctl("matrix", "--resume", status=2)
    assert "exclude each other" in lab.labctl("matrix", "--resume", "--fresh", status=2).err
    assert "exclude each other" in lab.labctl("matrix", "--resume", "--no-run", status=2).err


def test_a_worker_that_dies_costs_its_cell_and_no_other(lab):
    for name in "abc":
        lab.package(name)
    lab.target("one", {"match": "report b", "output": PASSED, "delay": "90s"})
    lab.target("two", {"match": "report", "output": PASSED, "delay": "50ms"})
    process = lab.start("matrix")
    wait_for(lambda: len(lab.records()) == 4)
    wait_for(lambda: lab.testing() and len(workers_of(process)) == 1)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, err
    cells = lab.matrix("--no-run", status=4)[0]
    assert cells["one", "cpython", "b"]["verdict"] == "lost"
    assert cells["one", "cpython", "b"]["reason"] == "labctl's own worker died: killed by SIGKILL"
    assert len([cell for cell in cells.values() if cell["verdict"] == "passed"]) == 5


def test_a_worker_that_dies_again_and_again_ends_its_lane(lab):
    for name in "abcde":
        lab.package(name)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "90s"})
    lab.target("two")
    process = lab.start("matrix")
    wait_for(lambda: len(lab.records()) == 5)
    for death in range(3):
        wait_for(lambda: lab.testing() and len(workers_of(process)) == 1)
        os.kill(workers_of(process)[0], signal.SIGKILL)
        wait_for(lambda: len(lab.records()) == 6 + death)
    process.communicate(timeout=60)
    assert process.returncode == 4
    assert len(lab.records()) == 8
    assert "cut off" in lab.labctl("runs").out


def test_a_database_that_is_gone_comes_back_from_the_records(lab):
    for name in "ab":
        lab.package(name)
    lab.target("one")
    before = lab.matrix()[0]
    for path in lab.results.glob("lab.sqlite*"):
        path.unlink()
    assert lab.labctl("matrix", "--dry-run").out.endswith("0 fresh\n")
    after, done = lab.matrix()
    assert done.err == "" and after == before


def test_rebuild_counts_the_same(lab):
    for name in "ab":
        lab.package(name)
    lab.target("one")
    before = lab.matrix()[0]
    done = lab.labctl("rebuild")
    assert done.out == "%s: 2 outcomes\n" % lab.results
    assert lab.matrix("--no-run")[0] == before
