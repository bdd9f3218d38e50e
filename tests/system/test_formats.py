"""One matrix, every format; files whole or not at all."""
import csv
import io
import json
import os
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import FAILED

FORMATS = ("terminal", "json", "csv", "markdown", "junit")


@pytest.fixture
def ran(lab):
    """A matrix with something of everything."""
    lab.runtime("pypy")
    lab.package("numpy", install=[{"runtimes": ["cpython"], "apt": ["python3-numpy"]},
                                  {"runtimes": ["pypy"], "unavailable": "no <wheel> & no \"source\""}])
    lab.package("pandas", needs=["numpy"])
    lab.target("good")
    lab.target("bad", {"match": "report numpy", "output": FAILED}, arch="ppc64el")
    lab.target("far", open_error="no route | to <it>")
    lab.labctl("matrix", status=1)
    return lab


def written(lab, form, *words):
    return lab.labctl("matrix", "--no-run", "--format", form, *words, status=1)


def test_the_format_does_not_change_the_status_or_standard_error(ran):
    for form in FORMATS:
        done = written(ran, form)
        assert done.out and not done.err


def test_json_says_its_form(ran):
    report = written(ran, "json").json()
    assert report["format"] == "labctl-matrix" and report["version"] == 1
    assert len(report["cells"]) == 12
    assert report["totals"]["cells_unavailable"] == 4 and report["totals"]["cells_lost"] == 4


def test_csv_is_a_table(ran):
    rows = list(csv.DictReader(io.StringIO(written(ran, "csv").out)))
    assert len(rows) == 12
    assert {(row["target"], row["runtime"], row["package"]) for row in rows} == {
        (t, r, p) for t in ("good", "bad", "far") for r in ("cpython", "pypy") for p in ("numpy", "pandas")}
    reasons = {row["reason"] for row in rows}
    assert "no <wheel> & no \"source\"" in reasons and "far: no route | to <it>" in reasons


def test_junit_is_well_formed(ran):
    root = ElementTree.fromstring(written(ran, "junit").out)
    assert root.tag == "testsuites" and len(root.findall("testsuite")) == 12
    for suite in root.findall("testsuite"):
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.get("tests"))
        assert len([c for c in cases if c.find("failure") is not None]) == int(suite.get("failures"))
        assert len([c for c in cases if c.find("error") is not None]) == int(suite.get("errors"))
        assert len([c for c in cases if c.find("skipped") is not None]) == int(suite.get("skipped"))


def test_junit_comes_back_through_import(ran, tmp_path):
    path = tmp_path / "matrix.xml"
    written(ran, "junit", "-o", path)
    done = ran.labctl("import", path, "--package", "numpy", "--target", "elsewhere", status=None)
    assert done.status in (0, 1) and "elsewhere/cpython/numpy:full failed" in done.out


def test_markdown_has_a_table(ran):
    lines = written(ran, "markdown").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len(table) >= 4
    assert len({line.replace("\\|", "").count("|") for line in table[:4]}) == 1
    assert "<it>" not in "\n".join(lines)


def test_the_terminal_is_the_default(ran):
    assert ran.labctl("matrix", "--no-run", status=1).out == written(ran, "terminal").out


def test_a_file_holds_what_the_screen_would(ran, tmp_path):
    for form in FORMATS:
        path = tmp_path / ("out." + form)
        done = written(ran, form, "-o", path)
        assert done.out == "" and done.err == ""
        shown, kept = written(ran, form).out, path.read_text(encoding="utf-8")
        if form == "json":
            shown, kept = (dict(json.loads(text), made=None) for text in (shown, kept))
        assert kept == shown


def test_a_file_is_replaced_whole_or_not_at_all(ran, tmp_path):
    path = tmp_path / "there"
    path.mkdir()
    done = ran.labctl("matrix", "--no-run", "-o", path, status=6)
    assert str(path) in done.err
    assert os.listdir(tmp_path / "there") == []
    done = ran.labctl("matrix", "--no-run", "-o", tmp_path / "nowhere" / "file", status=6)
    assert "nowhere" in done.err and not (tmp_path / "nowhere").exists()


def test_an_old_file_stays_when_the_run_is_wrong(ran, tmp_path):
    path = tmp_path / "matrix.md"
    path.write_text("old")
    ran.labctl("matrix", "no-such-package", "-o", path, status=2)
    assert path.read_text() == "old"


def test_standard_output_that_goes_away_is_an_error(ran):
    import subprocess
    process = subprocess.Popen(ran.command("matrix", "--no-run"), env=ran.environment, cwd=ran.folder,
                               stdout=open("/dev/full", "w"), stderr=subprocess.PIPE)
    err = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 6 and "standard output" in err


def test_piped_output_is_never_cut(ran):
    wide = {"COLUMNS": "20"}
    assert ran.labctl("matrix", "--no-run", status=1, environment=wide).out == written(ran, "terminal").out
