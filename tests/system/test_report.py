"""labctl report: a folder, a file, a comment, annotations, JUnit, CSV, JSON."""
import csv
import io
import json
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest
from conftest import SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "support"))
import report_lab  # noqa: E402

MESSAGE = "AssertionError: byte order\n ACTUAL: 16777216 100% <b>\n::error::not mine"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    lab = report_lab.ReportLab(tmp_path_factory.mktemp("report"), {"numpy": ["smoke", "full"], "pandas": ["smoke"]}, ["nbody"], targets=report_lab.TARGETS[:2])
    for night in range(2):
        cells = []
        for where in lab.targets:
            for runtime in report_lab.RUNTIMES:
                bad = {i: ("failed", MESSAGE) for i in range(3, 7)} if night and where[0] == "arm64" else {}
                cells.append(lab.test_cell(where, runtime, "numpy", "smoke", report_lab.tests_of("numpy", 60, bad)))
                cells.append(lab.bench_cell(where, runtime, "nbody", 0.02 if runtime == "cpython" else 0.004 * (1 + night * (where[0] == "amd64")), night))
            cells.append(lab.test_cell(where, "cpython", "numpy", "full", report_lab.tests_of("numpy", 90)))
            cells.append(lab.test_cell(where, "cpython", "pandas", "smoke", [], verdict="broken", reason="pip cannot build pandas", hint="see the log"))
        lab.night(cells)
    lab.labctl("runs")
    return lab


def test_the_folder_is_whole_and_takes_the_place_of_an_earlier_one(made, tmp_path):
    site = tmp_path / "a" / "site"
    for _ in range(2):
        made.labctl("report", "-o", site)
        assert {path.name for path in site.iterdir()} == {"index.html", "site", "data"}
        assert [path.name for path in (tmp_path / "a").iterdir()] == ["site"]
    page = (site / "index.html").read_text()
    named = set(re.findall(r'(?:src|href)="((?:site|data)/[^"]+)"', page))
    assert named and all((site / name).is_file() for name in named)
    assert not re.search(r"<script(?! defer src)|<style|style=|https?:", page)


def test_what_is_no_report_is_left_alone(made, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("mine")
    made.labctl("report", "-o", other, status=2)
    made.labctl("report", "-o", other / "precious", status=2)
    assert (other / "precious").read_text() == "mine" and len(list(other.iterdir())) == 1
    hidden = tmp_path / "hidden"
    (hidden / ".git").mkdir(parents=True)
    made.labctl("report", "-o", hidden, status=2)
    assert (hidden / ".git").is_dir()
    empty = tmp_path / "empty"
    empty.mkdir()
    made.labctl("report", "-o", empty)
    (empty / ".htaccess").write_text("mine")
    made.labctl("report", "-o", empty, status=2)
    assert (empty / ".htaccess").exists()


def test_a_folder_that_cannot_be_written_leaves_the_old_one(made, tmp_path):
    site = tmp_path / "site"
    made.labctl("report", "-o", site)
    before = (site / "data" / "summary.js").read_bytes()
    environment = dict(os.environ, LABCTL_DATA=str(tmp_path / "nothing"))
    done = report_lab.subprocess.run([os.environ["LABCTL"], "--lab", str(made.folder), "--results", str(made.results), "report", "-o", str(site)],
                                     env=environment, stdin=report_lab.subprocess.DEVNULL, stdout=report_lab.subprocess.PIPE, stderr=report_lab.subprocess.STDOUT)
    assert done.returncode not in (0, 1)
    assert (site / "data" / "summary.js").read_bytes() == before and [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_pieces_are_scripts_that_hand_over_json(made, tmp_path):
    made.labctl("report", "-o", tmp_path / "site")
    for path in (tmp_path / "site" / "data").iterdir():
        text = path.read_text()
        match = re.fullmatch(r'\(self\.labctlData = self\.labctlData \|\| \[\]\)\.push\(\["([a-z0-9-]+)", (.*)\]\);\n', text, re.S)
        assert match and match.group(1) == path.stem and "<" not in text
        json.loads(match.group(2))


def summary_of(made, tmp_path, *words):
    made.labctl("report", *words, "-o", tmp_path / "site")
    return json.loads((tmp_path / "site" / "data" / "summary.js").read_text().split(", ", 1)[1][:-4])


def test_the_state_as_of_a_run(made, tmp_path):
    now, before = summary_of(made, tmp_path), summary_of(made, tmp_path, "1")
    assert (now["run"]["id"], now["before"]["id"], before["run"]["id"], before["before"]) == (2, 1, 1, None)
    assert now["changes"]["tests"]["newly-failing"] == 4 and "changes" not in before
    assert now["totals"]["tally"][1] == 8 and before["totals"]["tally"][1] == 0
    cell = next(cell for cell in now["cells"] if cell["label"] == "arm64/pypy/numpy:smoke")
    assert cell["newly_bad"] == 4 and [run for run, _ in cell["trend"]] == [1, 2]
    assert [row["word"] for row in now["changes"]["speed"]] == ["slower"] and now["changes"]["speed"][0]["name"] == "amd64/pypy/nbody"
    assert {target["name"]: target["state"] for target in now["targets"]} == {"amd64": "answered", "arm64": "answered"}


def test_what_the_lab_has_no_more_is_left_out(made, tmp_path):
    path = made.folder / "recipes" / "packages" / "pandas.yaml"
    kept = path.read_text()
    path.unlink()
    try:
        assert {row["package"] for row in summary_of(made, tmp_path)["rows"]} == {"numpy"}
    finally:
        path.write_text(kept)


def test_markdown_keeps_to_its_limit(made):
    whole = made.labctl("report", "--format", "markdown")
    for part in ("## Run 2 of", "newly failing", "| numpy:smoke |", "### Speed", "pip cannot build pandas"):
        assert part in whole
    assert "left out:" not in whole
    for limit in (1000, 1500, 2500):
        text = made.labctl("report", "--format", "markdown", "--limit-bytes", limit)
        assert len(text.encode()) <= limit and text.startswith("## Run 2 of")
        left_out = int(re.search(r"(\d+) more lines are left out: `labctl report 2 -o FOLDER`", text).group(1))
        assert left_out >= whole.count("\n") - text.count("\n")
    made.labctl("report", "--format", "markdown", "--limit-bytes", 100, status=2)


def test_annotations_cannot_be_forged(made):
    lines = made.labctl("report", "--format", "annotations").splitlines()
    assert all(re.match(r"::(error|warning|notice) title=[^:,]*::", line) for line in lines)
    assert [line.split(" ")[0] for line in lines] == ["::error", "::error", "::warning", "::notice"]
    assert lines[1].startswith("::error title=newly failing%3A numpy%2C byte order::4 tests in 2 cells%0A")
    assert "100%25 <b>%0A::error::not mine" in lines[1]
    assert lines[2].startswith("::warning title=slower%3A amd64/pypy/nbody::")


def test_junit(made):
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(made.labctl("report", "--format", "junit"))}
    assert len(suites) == 12 and suites["arm64/pypy/numpy:smoke"].get("failures") == "4"
    assert "amd64/cpython/numpy:full" in suites


def test_csv_has_every_cell(made):
    rows = list(csv.DictReader(io.StringIO(made.labctl("report", "--format", "csv"))))
    assert len(rows) == 12 + 4 and all(None not in row and None not in row.values() for row in rows)
    row = next(row for row in rows if (row["package"], row["target"], row["runtime"]) == ("nbody", "amd64", "pypy"))
    assert row["tier"] == "speed" and row["speed"] == "faster" and 0.38 < float(row["time_ratio"]) < 0.42
    assert float(row["time_ratio_low"]) < float(row["time_ratio"]) < float(row["time_ratio_high"])


def test_json_is_as_its_schema_says(made):
    with open(SOURCE / "doc" / "labctl-report.schema.json") as file:
        schema = json.load(file)
    for run in ("latest", "1"):
        report = json.loads(made.labctl("report", run, "--format", "json"))
        jsonschema.Draft202012Validator(schema).validate(report)
    report["matrix"]["cells"][0]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(report)


@pytest.mark.parametrize("words, told", [
    ((), "report needs to know where to"), (("1", "2", "-o", "x"), "takes one run"), (("--format", "csv", "--single-file", "x"), "exclude each other"),
    (("--limit-bytes", "5000", "-o", "x"), "is for --format markdown"), (("latest~9", "-o", "x"), "there is no run")])
def test_wrong_use(lab, words, told):
    lab.package("numpy")
    lab.target("one")
    lab.labctl("matrix")
    assert told in lab.labctl("report", *words, status=2).err


def test_before_anything_ran(lab, tmp_path):
    lab.target("one")
    assert "there is no run" in lab.labctl("report", "-o", tmp_path / "site", status=2).err
    assert not (tmp_path / "site").exists() and not lab.results.exists()
