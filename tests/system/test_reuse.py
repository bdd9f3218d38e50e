"""What is fresh is taken from the results; what is missing, stale or changed runs, and the plan says why."""
import time

from conftest import FAILED, PASSED, wait_for


def plan(lab, *words, status=0):
    """{label: why} of what would run."""
    lines = lab.labctl("matrix", "--dry-run", *words, status=status).out.splitlines()
    return dict(line.split(None, 1) for line in lines[:-1]), lines[-1]


def runs_of(lab):
    return sorted({record[0] for record in lab.records()})


def two_by_two(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("one")
    lab.target("two")


def test_the_same_command_twice_does_the_work_once(lab):
    two_by_two(lab)
    first, done = lab.matrix()
    assert "4 cells on 2 targets" in done.err
    again, done = lab.matrix()
    assert again == first
    assert done.err == "" and len(lab.records()) == 4 and len(runs_of(lab)) == 1


def test_a_dry_run_says_why_and_leaves_nothing_behind(lab):
    two_by_two(lab)
    wanted, total = plan(lab)
    assert wanted == {"%s/cpython/%s:smoke" % (target, package): "never run"
                      for target in ("one", "two") for package in ("numpy", "pandas")}
    assert total == "4 cells would run, 0 fresh"
    assert not lab.results.exists()
    lab.labctl("matrix", "numpy", "-t", "one")
    wanted, total = plan(lab)
    assert len(wanted) == 3 and total == "3 cells would run, 1 fresh"
    assert plan(lab, "numpy", "--target", "one") == ({}, "0 cells would run, 1 fresh")


def test_fresh_runs_everything(lab):
    two_by_two(lab)
    lab.labctl("matrix")
    wanted, total = plan(lab, "--fresh")
    assert len(wanted) == 4
    assert all(why.startswith("asked for, last time ") for why in wanted.values())
    lab.labctl("matrix", "--fresh")
    assert len(lab.records()) == 8 and len(runs_of(lab)) == 2


def test_no_run_shows_what_is_known_and_runs_nothing(lab):
    two_by_two(lab)
    cells, done = lab.matrix("--no-run")
    assert {cell.get("verdict") for cell in cells.values()} == {None}
    assert done.json()["totals"]["cells_not_run"] == 4
    lab.labctl("matrix", "numpy")
    cells, done = lab.matrix("--no-run")
    assert {key[2] for key, cell in cells.items() if cell.get("verdict") == "passed"} == {"numpy"}
    assert len(lab.records()) == 2


def test_a_changed_recipe_runs_its_cells_and_those_that_need_it(lab):
    lab.package("base")
    lab.package("top", needs=["base"])
    lab.package("alone")
    lab.target("one")
    lab.labctl("matrix")
    lab.package("base", install=[{"apt": ["base"]}])
    wanted, total = plan(lab)
    assert {label: why.split(", last time ")[0] for label, why in wanted.items()} == \
        {"one/cpython/%s:smoke" % name: "its recipe, target or runtime changed" for name in ("base", "top")}
    assert all(", last time " in why for why in wanted.values())
    lab.labctl("matrix")
    assert len(lab.records()) == 5
    assert plan(lab)[0] == {}


def test_a_changed_target_runs_its_cells_alone(lab):
    two_by_two(lab)
    lab.labctl("matrix")
    lab.target("two", env={"LANG": "C"})
    assert set(plan(lab)[0]) == {"two/cpython/numpy:smoke", "two/cpython/pandas:smoke"}


def test_a_changed_runtime_runs_its_cells_alone(lab):
    lab.runtime("pypy")
    two_by_two(lab)
    lab.labctl("matrix")
    lab.runtime("pypy", env={"X": "1"})
    assert set(plan(lab)[0]) == {"%s/pypy/%s:smoke" % (t, p) for t in ("one", "two") for p in ("numpy", "pandas")}


def test_words_for_people_run_nothing(lab):
    two_by_two(lab)
    lab.labctl("matrix")
    lab.package("numpy", title="Arrays", tags=["science"])
    lab.target("one", title="The first", tags=["x"])
    lab.runtime("cpython", title="CPython")
    lab.settings(title="Mine", fresh_for="3d")
    assert plan(lab)[0] == {}


def test_back_to_an_old_recipe_is_back_to_its_result(lab):
    lab.package("numpy")
    lab.target("one")
    lab.labctl("matrix")
    lab.package("numpy", **{"import": "other"})
    lab.labctl("matrix")
    lab.package("numpy")
    assert plan(lab)[0] == {}


def test_what_was_lost_or_broken_runs_again_and_failures_do_not(lab):
    lab.package("numpy")
    lab.target("far", open_error="no route")
    lab.target("bad", {"match": "report", "output": FAILED})
    lab.target("odd", {"match": "package_facts", "exit_status": 1})
    lab.labctl("matrix", status=1)
    assert plan(lab)[0] == {"far/cpython/numpy:smoke": "the target was lost", "odd/cpython/numpy:smoke": "it was broken"}


def test_old_results_are_stale(lab):
    lab.settings(fresh_for="1s")
    lab.package("numpy")
    lab.target("one")
    lab.labctl("matrix")
    time.sleep(1.1)
    wanted, total = plan(lab)
    assert list(wanted) == ["one/cpython/numpy:smoke"] and "older than 1.0 s" in list(wanted.values())[0]


def test_newly_failing_is_told_against_the_last_result(lab):
    lab.package("numpy")
    lab.target("one")
    lab.labctl("matrix")
    lab.target("one", {"match": "report", "output": FAILED})
    cells, done = lab.matrix(status=1)
    cell = cells["one", "cpython", "numpy"]
    assert cell["newly_bad"] == 1 and cell["before"]["verdict"] == "passed"
    assert done.json()["findings"][0]["new"]


def test_selections(lab):
    two_by_two(lab)
    lab.target("three", tags=["odd"])
    lab.target("five", tags=["odd"])
    targets = lambda *words: {key[0] for key in lab.matrix("--no-run", *words)[0]}
    assert targets() == {"one", "two", "three", "five"}
    assert targets("-t", "tag:odd") == {"three", "five"}
    assert targets("-t", "t*,-three") == {"two"}
    assert targets("--target=-one", "-t", "-two") == {"three", "five"}
    assert {key[2] for key in lab.matrix("--no-run", "pan*")[0]} == {"pandas"}


def test_columns_stand_as_they_were_chosen(lab):
    two_by_two(lab)
    report = lab.labctl("matrix", "--no-run", "-t", "two,one", "--format", "json").json()
    assert [column["target"] for column in report["columns"]] == ["two", "one"]


def test_at_most_so_many_targets_at_once(lab):
    lab.package("numpy")
    for name in "abcd":
        lab.target(name, {"match": "report", "output": PASSED, "delay": "200ms"})
    process = lab.start("matrix", "--jobs", "1")
    at_once = 0
    while process.poll() is None:
        at_once = max(at_once, len(lab.testing()))
    assert process.communicate() is not None and process.returncode == 0 and at_once == 1
    for name in "abcd":
        lab.target(name, {"match": "report", "output": PASSED, "delay": "90s"})
    process = lab.start("matrix", "--jobs", "3")
    wait_for(lambda: len(lab.testing()) == 3)
    time.sleep(0.5)
    assert len(lab.testing()) == 3
    lab.stop_now(process)


def test_without_processes_the_outcome_is_the_same(lab):
    two_by_two(lab)
    lab.target("two", {"match": "report numpy", "output": FAILED})
    cells, done = lab.matrix("--in-process", status=1)
    assert {key: cell["verdict"] for key, cell in cells.items()} == {
        ("one", "cpython", "numpy"): "passed", ("one", "cpython", "pandas"): "passed",
        ("two", "cpython", "numpy"): "failed", ("two", "cpython", "pandas"): "passed"}
