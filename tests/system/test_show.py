"""labctl show, runs and import: what became of a cell, and results from elsewhere."""
import json
import re

import pytest
from conftest import FAILED, PASSED, SOURCE

TAP = "ok 1 - first\nnot ok 2 - second # TODO later\nnot ok 3 - third\n  ---\n  message: broken\n  ...\nok 4 - fourth # SKIP no network\n1..4\n"
JUNIT = """<?xml version="1.0"?>
<testsuites><testsuite name="s">
<testcase classname="a.b" name="one" time="0.25"/>
<testcase classname="a.b" name="two"><failure message="no">because
of this</failure></testcase>
<testcase classname="a.b" name="three"><skipped message="not here"/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def ran(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("one", {"match": "report numpy", "output": FAILED})
    lab.target("two")
    lab.labctl("matrix", status=1)
    return lab


def test_a_cell_by_all_its_names(ran):
    whole = ran.labctl("show", "one/cpython/numpy:smoke").out
    for name in ("one/cpython/numpy", "one/numpy", "one/numpy:smoke"):
        assert ran.labctl("show", name).out == whole
    assert whole.startswith("one/cpython/numpy:smoke\n")
    for part in ("verdict", "failed", "1 failed of 2 tests", "50 %", "s390x, scripted", "runtime_version", "3.11",
                 "package_version", "draws", "no such colour"):
        assert part in whole
    assert "adds" not in whole


def test_a_name_that_could_be_several_lists_them(ran):
    done = ran.labctl("show", "numpy", status=2)
    assert "could be several cells" in done.err
    assert "one/cpython/numpy:smoke, two/cpython/numpy:smoke" in done.err


def test_a_cell_that_is_not_there(ran):
    done = ran.labctl("show", "one/cpython/nunpy:smoke", status=2)
    assert "did you mean one/cpython/numpy:smoke?" in done.err
    ran.labctl("show", "one/cpython/numpy:full", status=2)
    ran.labctl("show", "three/cpython/numpy", status=2)


def test_before_anything_ran(lab):
    lab.package("numpy")
    lab.target("one")
    done = lab.labctl("show", "numpy", status=2)
    assert "labctl matrix --no-run" in done.err
    assert lab.labctl("runs").out.splitlines()[0].split()[:2] == ["RUN", "BEGAN"]
    assert not lab.results.exists()


def test_all_tests_and_some_tests(ran):
    assert re.search(r"passed +adds", ran.labctl("show", "one/numpy", "--all").out)
    some = ran.labctl("show", "one/numpy", "--test", "^a.ds$").out
    assert "adds" in some and "draws" not in some
    assert "adds" not in ran.labctl("show", "one/numpy", "--test", "nothing").out
    ran.labctl("show", "one/numpy", "--test", "(", status=2)


def test_the_longest_names(lab):
    package, target, runtime = "p" * 64, "t" * 64, "r" * 64
    lab.package(package)
    lab.target(target)
    lab.runtime(runtime)
    lab.labctl("matrix", "-r", runtime)
    label = "%s/%s/%s:smoke" % (target, runtime, package)
    assert lab.labctl("show", label).out.startswith(label + "\n")
    assert "0 cells would run" in lab.labctl("matrix", "-r", runtime, "--dry-run").out


def test_raw_output(ran):
    assert ran.labctl("show", "one/numpy", "--log", "tests").out == FAILED
    raw = ran.labctl("show", "one/numpy", "--raw").out
    assert "==> tests <==\n" + FAILED in raw and "==> check <==" in raw and "==> 1-install-cpython <==" in raw
    assert "has no step 'testes'" in ran.labctl("show", "one/numpy", "--log", "testes", status=2).err


def test_json(ran):
    cell = ran.labctl("show", "one/numpy", "--format", "json").json()
    assert cell["format"] == "labctl-cell" and cell["label"] == "one/cpython/numpy:smoke"
    assert cell["facts"]["package_version"] == "1.0"
    assert [test["name"] for test in cell["tests"]] == ["draws"]
    cell = ran.labctl("show", "one/numpy", "--format", "json", "--all").json()
    assert [test["name"] for test in cell["tests"]] == ["adds", "draws"]


def test_into_a_file(ran, tmp_path):
    path = tmp_path / "cell.txt"
    assert ran.labctl("show", "one/numpy", "-o", path).out == ""
    assert path.read_text() == ran.labctl("show", "one/numpy").out


def test_an_older_run(ran):
    ran.target("one")
    ran.labctl("matrix")
    assert "100 %" in ran.labctl("show", "one/numpy").out
    for run in ("1", "latest~1"):
        assert "no such colour" in ran.labctl("show", "one/numpy", "--run", run).out
    assert "100 %" in ran.labctl("show", "one/numpy", "--run", "latest").out
    name = json.loads(ran.labctl("show", "one/numpy", "--run", "1", "--format", "json").out)["record"].split("/")[1]
    assert "no such colour" in ran.labctl("show", "one/numpy", "--run", name).out
    assert "there is no run" in ran.labctl("show", "one/numpy", "--run", "99", status=2).err


def test_runs_stand_newest_first_with_their_commands(ran):
    ran.labctl("matrix", "--fresh", "-t", "tw*")
    lines = ran.labctl("runs").out.splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", "2", "1"]
    assert lines[1].endswith("complete  labctl matrix --fresh -t 'tw*'") and lines[2].endswith("labctl matrix")


def test_import_of_junit_and_tap(lab, tmp_path):
    lab.target("one")
    (tmp_path / "r.xml").write_text(JUNIT)
    (tmp_path / "r.tap").write_text(TAP)
    done = lab.labctl("import", tmp_path / "r.xml", "--package", "numpy", "--target", "far", "--runtime", "pypy")
    assert done.out == "far/pypy/numpy:full failed: 3 tests, 1 passed, 1 failed, 1 skipped\n"
    done = lab.labctl("import", tmp_path / "r.tap", "-p", "scipy", "--tier", "smoke")
    assert done.out.startswith("imported/cpython/scipy:smoke failed: 4 tests")
    shown = lab.labctl("show", "far/pypy/numpy").out
    assert "two" in shown and "of this" in shown and "imported" in shown
    assert "third" in lab.labctl("show", "imported/cpython/scipy").out
    assert lab.labctl("runs").out.count("complete") == 2


def test_import_of_events(lab, tmp_path):
    lab.target("one")
    (tmp_path / "e.jsonl").write_text('{"e": "session"}\n{"e": "collected", "n": 1}\n{"e": "start", "i": 1, "t": "t::a"}\n'
                                      '{"e": "end", "i": 1, "v": "passed", "s": 0.1}\n{"e": "finish", "complete": true}\n')
    assert "passed: 1 test" in lab.labctl("import", tmp_path / "e.jsonl", "-p", "x").out


def test_import_says_what_is_wrong_with_a_file(lab, tmp_path):
    lab.target("one")
    bad = tmp_path / "bad.xml"
    bad.write_text("<html><p>Dear reader</p></html>")
    assert str(bad) in lab.labctl("import", bad, "-p", "numpy", status=6).err
    bad.write_text("")
    assert "is empty" in lab.labctl("import", bad, "-p", "numpy", status=6).err
    bad.write_text("Dear reader,\n")
    assert "neither a TAP plan nor a test line" in lab.labctl("import", bad, "-p", "numpy", status=6).err
    assert "No such file" in lab.labctl("import", tmp_path / "none", "-p", "numpy", status=6).err
    assert lab.records() == []


def test_an_imported_file_that_is_cut_off_keeps_what_it_holds(lab, tmp_path):
    lab.target("one")
    path = tmp_path / "cut.xml"
    path.write_text(JUNIT[:JUNIT.index("<testcase classname=\"a.b\" name=\"three")])
    done = lab.labctl("import", path, "-p", "numpy")
    assert "2 tests, 1 passed, 1 failed" in done.out
    assert "did not come to its end" in lab.labctl("show", "numpy").out or "failed" in done.out


def test_names_that_are_no_names_are_refused(lab, tmp_path):
    lab.target("one")
    (tmp_path / "r.tap").write_text(PASSED)
    for name in ("a/b", "..", "", "a:b", "x" * 100, "\x1b[31m"):
        lab.labctl("import", tmp_path / "r.tap", "-p", name, status=2)
        lab.labctl("import", tmp_path / "r.tap", "-p", "numpy", "--target", name, status=2)
    assert lab.records() == []
