"""labctl run: a night of scripted targets, cut by its budget, killed, two at once, with a broken target and flaky tests."""
import json
import os
import signal
import sqlite3
import time

import pytest
from conftest import PASSED, wait_for

FLAKY_SECOND = "ok 1 - adds\nnot ok 2 - draws\n1..2\n"


def suite(lab, name="night", **more):
    lab.put("recipes/suites/%s.yaml" % name, dict({"packages": ["all"]}, **more))


def packages(lab, names):
    for name in names:
        lab.package(name)


def fails_from_the_second_night_on(lab, delay="1ms"):
    """Package a, whose cell stays the same cell: the rules do not change, a file goes away."""
    marker = lab.folder / "good"
    marker.write_text("")
    lab.target("one", {"match": "report a", "output": PASSED, "delay": delay, "while_file": str(marker)},
               {"match": "report a", "output": FLAKY_SECOND, "delay": delay})


def night(lab, *words, status=0, name="night", **options):
    done = lab.labctl("run", name, *words, "--format", "json", status=status, **options)
    return done.json(), done


def started(lab):
    """(target, package) in the order in which they began."""
    outcomes = [json.loads(path.read_text()) for path in lab.results.glob("runs/*/*/*/outcome.json")]
    return [(one["target"], one["package"]) for one in sorted(outcomes, key=lambda one: one["started_wall_ms"])]


def in_database(lab):
    """[(run, cell, attempt)]"""
    db = sqlite3.connect("file:%s?mode=ro" % (lab.results / "lab.sqlite"), uri=True)
    try:
        return sorted(db.execute("SELECT run.name, cell.name, outcome.attempt FROM outcome JOIN cell ON cell.id = outcome.cell"
                                 " JOIN run ON run.id = outcome.run"))
    finally:
        db.close()


def assert_once_each(lab, attempts=1):
    """Every planned cell of the only run has its attempts, on disk and in the database."""
    (run_file,) = lab.run_files()
    run = json.loads(run_file.read_text())
    wanted = sorted((run_file.parent.name, cell, attempt) for cell in run["cells"] for attempt in range(1, attempts + 1))
    assert sorted((name, cell, int(attempt)) for name, cell, attempt in lab.records()) == wanted
    assert in_database(lab) == wanted
    assert run["complete"] and list(run_file.parent.glob("*/*.part")) == []


def test_a_night_runs_all_and_the_next_finds_it_fresh(lab):
    packages(lab, "ab")
    lab.target("one")
    lab.target("two")
    suite(lab, title="all of it")
    told, done = night(lab)
    assert told["format"] == "labctl-night" and told["version"] == 1 and told["suite"] == "night" and told["title"] == "all of it"
    assert told["cells_run"] == 4 and told["left_out"] == [] and told["status"] == 0 and told["status_word"] == "as expected"
    assert told["packages"]["cells_expected"] == 4 and told["packages"]["tests"]["passed"] == 8
    assert json.loads((lab.run_files()[0].parent / "summary.json").read_text()) == told
    assert_once_each(lab)
    again, done = night(lab)
    assert again["run"] == 0 and again["run_name"] is None and len(lab.run_files()) == 1
    assert "everything was fresh" in lab.labctl("run", "night").out
    assert "4 cells would run" in lab.labctl("run", "night", "--fresh", "--dry-run").out


def test_a_suite_has_its_own_freshness_and_choice(lab):
    packages(lab, "abc")
    lab.target("one")
    lab.target("two")
    lab.runtime("pypy")
    suite(lab, packages=["a", "b"], targets=["one"], runtimes=["cpython"], fresh_for="1ms")
    assert night(lab)[0]["cells_run"] == 2
    time.sleep(0.01)
    assert night(lab)[0]["cells_run"] == 2
    assert "a*" not in lab.labctl("run", "night", "--target", "two", "--dry-run").out
    assert "two/cpython/a:smoke" in lab.labctl("run", "night", "--target", "two", "--dry-run").out
    assert "one/pypy/b:smoke" in lab.labctl("run", "night", "--runtime", "pypy", "--dry-run").out


@pytest.mark.parametrize("text, told", [
    ({"packages": ["nothing*"]}, "no package fits"),
    ({"benchmarks": ["nbdoy"], "packages": ["a"]}, "there is no benchmark"),
    ({"title": "empty", "packages": []}, "the suite chooses nothing"),
    ({"packages": ["a"], "budget": "soon"}, "budget"),
    ({"packages": ["a"], "notify": {"when": "never"}}, "one of always, findings"),
])
def test_a_wrong_suite_is_told_by_check(lab, text, told):
    packages(lab, "a")
    lab.target("one")
    lab.put("recipes/suites/night.yaml", text)
    assert told in lab.labctl("check", status=3).err


def test_a_suite_that_is_not_there(lab):
    packages(lab, "a")
    lab.target("one")
    suite(lab)
    assert "did you mean night?" in lab.labctl("run", "nigth", status=2).err
    lab.labctl("run", status=2)


# ---- the budget ----

def test_the_budget_cuts_it_cleanly_and_says_what_was_left(lab):
    packages(lab, "abcdef")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "700ms"})
    suite(lab, budget="1500ms")
    begun = time.monotonic()
    told, done = night(lab)
    assert time.monotonic() - begun < 20
    assert "the time budget is used up" in done.err
    assert told["out_of_time"] and not told["interrupted"] and told["budget_ns"] == 1500 * 10**6
    assert 1 <= told["cells_run"] <= 3 and told["cells_run"] + len(told["left_out"]) == 6
    assert {cell["cell"] for cell in told["left_out"]} <= {"one/cpython/%s:smoke" % name for name in "abcdef"}
    assert not json.loads(lab.run_files()[0].read_text())["complete"]
    assert "cut off" in lab.labctl("runs").out
    # The rest goes on in the same run, and nothing twice.
    rest, done = night(lab, "--resume", "--budget", "1h")
    assert rest["run"] == told["run"] and rest["cells_run"] == 6 and rest["left_out"] == []
    assert_once_each(lab)


def test_what_was_left_is_told_to_people(lab):
    packages(lab, "abcdef")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "500ms"})
    suite(lab)
    out = lab.labctl("run", "night", "--budget", "600ms").out
    assert " left out for want of time:\n  one: " in out and "cpython/f:smoke" in out
    assert "labctl run night --resume goes on with them" in out


def test_most_valuable_first(lab):
    """Never run before last failing before passed, and of equals the cheap one."""
    lab.settings(fresh_for="1ms")
    packages(lab, ["good", "bad", "slow"])
    lab.target("one", {"match": "report bad", "output": FLAKY_SECOND}, {"match": "report slow", "output": PASSED, "delay": "400ms"})
    suite(lab, retries=0)
    night(lab, status=1)
    packages(lab, ["new"])
    first = lab.labctl("run", "night", "--dry-run").out.splitlines()
    assert [line.split()[0] for line in first[:4]] == ["one/cpython/%s:smoke" % name for name in ("new", "bad", "good", "slow")]
    before = len(started(lab))
    night(lab, status=1)
    assert [package for target, package in started(lab)[before:]] == ["new", "bad", "good", "slow"]


def test_targets_take_turns_within_a_budget(lab):
    """One place, two targets: what one has that never ran goes before what the other has that did."""
    lab.settings(fresh_for="1ms")
    packages(lab, "abcd")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "100ms"})
    lab.target("two", {"match": "report", "output": PASSED, "delay": "100ms"})
    suite(lab, retries=0)
    night(lab, "--target", "one")
    lab.package("e")
    before = len(started(lab))
    told, done = night(lab, "--jobs", "1", "--budget", "1h")
    order = started(lab)[before:]
    assert len(order) == 10 and told["left_out"] == []
    assert sorted(order[:6]) == sorted([("one", "e")] + [("two", name) for name in "abcde"])
    assert len([1 for a, b in zip(order, order[1:]) if a[0] != b[0]]) <= 3


def test_what_takes_longer_than_is_left_does_not_begin(lab):
    lab.settings(fresh_for="1ms")
    packages(lab, ["quick", "slow"])
    lab.target("one", {"match": "report slow", "output": PASSED, "delay": "6s"})
    suite(lab)
    night(lab)
    told, done = night(lab, "--budget", "5s")
    assert [cell["cell"] for cell in told["left_out"]] == ["one/cpython/slow:smoke"] and told["cells_run"] == 1
    assert told["left_out"][0]["estimate_ns"] >= 6 * 10**9


def test_a_changed_cell_takes_as_long_as_it_did(lab):
    packages(lab, ["quick", "slow"])
    lab.target("one", {"match": "report slow", "output": PASSED, "delay": "2s"})
    suite(lab)
    night(lab)
    for name in ("quick", "slow"):
        lab.package(name, needs=[], title="the same", tiers={"smoke": {"run": "report %s again" % name, "format": "tap"}})
    lines = lab.labctl("run", "night", "--dry-run").out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["one/cpython/quick:smoke", "one/cpython/slow:smoke"]
    assert "its recipe, target or runtime changed, last time 2" in lines[1]


def test_a_running_cell_comes_to_its_end(lab):
    packages(lab, "a")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "2s"})
    suite(lab, budget="500ms")
    told, done = night(lab)
    assert told["cells_run"] == 1 and told["left_out"] == []


# ---- killed ----

def test_killed_and_resumed_nothing_is_lost_or_done_twice(lab):
    packages(lab, "abcd")
    for name in ("one", "two"):
        lab.target(name, {"match": "report", "output": PASSED, "delay": "300ms"})
    suite(lab)
    process = lab.start("run", "night")
    wait_for(lambda: len(lab.records()) >= 3)
    process.kill()
    process.communicate()
    # No lock is left behind: the next begins at once, although workers of the killed one may live a moment longer.
    told, done = night(lab, "--resume")
    assert told["cells_run"] == 8 and len(lab.run_files()) == 1
    assert_once_each(lab)


def test_cut_by_its_budget_then_killed_then_resumed(lab):
    packages(lab, "abcdef")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "300ms"})
    suite(lab)
    told, done = night(lab, "--budget", "500ms")
    assert told["left_out"]
    process = lab.start("run", "night", "--resume")
    wait_for(lambda: len(lab.records()) > told["cells_run"])
    process.kill()
    process.communicate()
    assert night(lab, "--resume")[0]["cells_run"] == 6
    assert_once_each(lab)


def test_killed_before_its_second_attempts(lab):
    """The cells that are to be run once more are found again by the one that goes on."""
    packages(lab, "ab")
    fails_from_the_second_night_on(lab, delay="400ms")
    suite(lab, fresh_for="1ms")
    night(lab)
    process = lab.start("run", "night", "--budget", "1h")
    wait_for(lambda: len(lab.records()) == 4 and lab.testing())
    process.kill()
    process.communicate()
    told, done = night(lab, "--resume", status=1)
    assert sorted(attempt for run, cell, attempt in lab.records() if run == lab.run_files()[1].parent.name) == ["1", "1", "2"]
    assert told["flaky"] == [] and told["packages"]["cells_unexpected"] == 1 and told["cells_again"] == 1


def test_the_first_interrupt_lets_cells_end(lab):
    packages(lab, "abc")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "1s"})
    suite(lab)
    process = lab.start("run", "night")
    wait_for(lab.testing)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 5 and len(lab.records()) == 1
    assert b"left out, since it was stopped" in out


# ---- one at a time ----

def test_the_second_says_who_runs_and_ends(lab):
    packages(lab, "a")
    lab.target("one", {"match": "report", "output": PASSED, "delay": "60s"})
    suite(lab)
    process = lab.start("run", "night", "--no-retry")
    wait_for(lab.testing)
    begun = time.monotonic()
    second = lab.labctl("run", "night", status=2)
    assert time.monotonic() - begun < 5
    assert "another night is at work on these results: process %d on %s since " % (process.pid, os.uname().nodename) in second.err
    assert "run night --no-retry" in second.err and "usage" not in second.err and second.out == ""
    # Looking is allowed.
    lab.labctl("run", "night", "--dry-run")
    lab.labctl("matrix", "--no-run", status=None)
    lab.stop_now(process)
    lab.target("one")
    lab.labctl("run", "night")


def test_a_lock_file_of_the_dead_is_no_lock(lab):
    packages(lab, "a")
    lab.target("one")
    suite(lab)
    lab.results.mkdir()
    (lab.results / "night.lock").write_text("999999\nhost: elsewhere\nsince_wall_ms: 1\ncommand: labctl run night\n")
    lab.labctl("run", "night")
    assert (lab.results / "night.lock").read_text().endswith("command: labctl run night\n")


# ---- what goes wrong ----

def test_a_broken_target_spoils_nothing(lab):
    packages(lab, "abc")
    lab.target("away", open_error="no route to it")
    lab.target("dies", {"match": "report b", "die": True})
    lab.target("well")
    suite(lab, budget="1h")
    told, done = night(lab, status=4)
    assert {(one["target"], one["cells"]) for one in told["broken_targets"]} == {("away", 3), ("dies", 1 + 1)}
    cells, done = lab.matrix("--no-run", status=4)
    assert all(cells["well", "cpython", name]["verdict"] == "passed" for name in "abc")
    assert [cells["dies", "cpython", name]["verdict"] for name in "abc"] == ["passed", "lost", "passed"]
    assert "target away was away (3 cells)" in lab.labctl("run", "night", status=4).out


def flaky_target(lab):
    """The second test of a fails in one attempt, each time that this is called."""
    marker = lab.folder / "once"
    marker.write_text("")
    lab.target("one", {"match": "report a", "output": FLAKY_SECOND, "while_file": str(marker)})


def test_a_flaky_test_is_found_by_a_second_attempt_with_its_rate(lab):
    packages(lab, "ab")
    flaky_target(lab)
    (lab.folder / "once").unlink()
    suite(lab, fresh_for="1ms", budget="1h")
    night(lab)
    night(lab)
    flaky_target(lab)
    told, done = night(lab)
    assert told["cells_again"] == 1 and told["cells_run"] == 2
    assert told["flaky"] == [{"cell": "one/cpython/a:smoke", "test": "draws", "bad": 1, "outcomes": 4, "flips": 2, "rate": pytest.approx(2 / 3)}]
    # Before, it was good, and now it is again.
    assert told["changes"]["counts"]["newly-failing"] == 0
    # The last attempt is the verdict.
    assert told["packages"]["cells_expected"] == 2 and told["status"] == 0
    flaky_target(lab)
    out = lab.labctl("run", "night").out
    assert "1 test flaky: another verdict in another attempt of this run" in out
    assert "one/cpython/a:smoke  draws  bad in 2 of its last 6 outcomes" in out
    assert "2 cells" in out and "1 of them once more" in out


def test_no_second_attempt_beyond_the_budget(lab):
    packages(lab, "ab")
    fails_from_the_second_night_on(lab, delay="3s")
    suite(lab, fresh_for="1ms")
    night(lab)
    told, done = night(lab, "--budget", "5500ms", status=1)
    assert told["cells_again"] == 0 and told["cells_run"] == 2
    assert json.loads(lab.run_files()[1].read_text())["complete"]


def test_no_retry(lab):
    packages(lab, "ab")
    fails_from_the_second_night_on(lab)
    suite(lab, fresh_for="1ms")
    night(lab)
    told, done = night(lab, "--no-retry", status=1)
    assert told["cells_again"] == 0
    # What failed the last time as well is not new.
    told, done = night(lab, status=1)
    assert told["cells_again"] == 0


def test_what_fails_again_is_no_flaky(lab):
    packages(lab, "ab")
    fails_from_the_second_night_on(lab)
    suite(lab, fresh_for="1ms", retries=2)
    night(lab)
    told, done = night(lab, status=1)
    assert told["cells_again"] == 2 and told["flaky"] == []
    (finding,) = told["packages"]["findings"]
    assert finding["new"] and finding["tests"] == ["draws"] and finding["cells"] == ["one/cpython/a:smoke"]


def test_changes_since_the_run_before(lab):
    packages(lab, "ab")
    fails_from_the_second_night_on(lab)
    suite(lab, fresh_for="1ms")
    first, done = night(lab)
    assert "changes" not in first
    told, done = night(lab, status=1)
    assert told["changes"]["base"] == first["run_name"] and told["changes"]["counts"]["newly-failing"] == 1
    assert [(one["kind"], one["cell"], one["test"]) for one in told["changes"]["first"]] == [("newly-failing", "one/cpython/a:smoke", "draws")]
    out = lab.labctl("run", "night", status=1).out
    assert "newly failing  labctl compare" not in out
