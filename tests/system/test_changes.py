"""labctl compare of runs, and labctl history: imported reports, of which each is a run."""
import csv
import datetime
import io
import json
import os
import subprocess
import sys

import pytest

sys.path.insert(0, os.path.join(os.environ["LABCTL_SOURCE"], "tests", "support"))
from schema import check  # noqa: E402

VERDICTS = {"passed": "", "failed": '<failure message="%s">AssertionError: %s</failure>', "skipped": "<skipped/>"}


@pytest.fixture
def reports(lab, tmp_path):
    """A function that adds a run: {test: verdict}."""
    lab.put("recipes/causes.yaml", [{"name": "byte order", "pattern": "wrong endian"}])
    lab.put("targets/power.yaml", {"kind": "fake", "arch": "ppc64el"})

    def add(tests, *words, message="wrong endian"):
        path = tmp_path / "report.xml"
        cases = "".join('<testcase classname="p.tests" name="%s" time="0.01">%s</testcase>' % (
            name, VERDICTS[verdict] % ((message,) * VERDICTS[verdict].count("%s"))) for name, verdict in tests.items())
        path.write_text('<testsuite name="p">%s</testsuite>' % cases)
        lab.labctl("import", path, "--package", "p", *words, status=None)

    return add


def of_kind(changes, kind):
    return [test["test"].split("::")[-1].split(".")[-1] for test in changes["tests"] if test["kind"] == kind]


BEFORE = {"test_a": "passed", "test_b": "failed", "test_c": "failed", "test_known_1": "failed", "test_known_2": "failed",
          "test_gone": "passed", "test_s": "passed"}
NOW = {"test_a": "failed", "test_b": "passed", "test_c": "failed", "test_known_1": "failed", "test_known_2": "passed",
       "test_new": "passed", "test_s": "skipped"}


def tap(tests):
    lines = ["1..%d" % len(tests)]
    for number, (name, verdict) in enumerate(tests.items(), 1):
        lines.append("%s %d - %s%s" % ("not ok" if verdict == "failed" else "ok", number, name, " # SKIP" if verdict == "skipped" else ""))
        if verdict == "failed":
            lines += ["  ---", "  message: 'wrong endian'", "  ..."]
    return "\n".join(lines) + "\n"


@pytest.fixture
def two_nights(lab):
    """Runs of a package whose recipe knows failures, which reports of others are not judged by."""
    lab.package("p", known_failures=[{"test": "test_known", "reason": "has never worked"}])
    lab.put("recipes/causes.yaml", [{"name": "byte order", "pattern": "wrong endian"}])
    for tests in (BEFORE, NOW):
        lab.target("one", {"match": r"\breport\b", "output": tap(tests), "exit_status": 1})
        lab.labctl("matrix", "p", status=1)
    return lab


def test_what_changed_by_kind(two_nights):
    lab = two_nights
    changes = lab.labctl("compare", "latest~1", "latest", "--format", "json", status=1).json()
    assert changes["format"] == "labctl-changes" and changes["version"] == 1
    assert of_kind(changes, "newly-failing") == ["test_a"] and of_kind(changes, "fixed") == ["test_b"]
    assert of_kind(changes, "still-failing") == ["test_c"] and of_kind(changes, "known-passes") == ["test_known_2"]
    assert of_kind(changes, "appeared") == ["test_new"] and sorted(of_kind(changes, "disappeared")) == ["test_gone", "test_s"]
    assert changes["counts"]["disappeared"] == 2 and changes["known"] == 1 and changes["known_passed"] == 1
    assert [test["cause"] for test in changes["tests"] if test["kind"] == "newly-failing"] == ["byte order"]
    assert [test["known"] for test in changes["tests"] if test["kind"] == "known-passes"] == ["has never worked"]
    # The other way round what failed is what is mended.
    back = lab.labctl("compare", "latest", "latest~1", "--format", "json", status=1).json()
    assert of_kind(back, "newly-failing") == ["test_b"] and of_kind(back, "fixed") == ["test_a"]
    # The same twice: nothing, and nothing is read.
    same = lab.labctl("compare", "latest", "latest", "--format", "json").json()
    assert not of_kind(same, "newly-failing") and all(cell["same_outcome"] for cell in same["cells"])


def test_what_people_read(two_nights):
    lab = two_nights
    out = lab.labctl("compare", "latest~1", "latest", status=1).out
    counts = out.splitlines()[2]
    assert counts == "▲ newly failing 1, ✓ fixed 1, ✓ known failures that pass 1, • still failing 1, ○ appeared 1, × disappeared 2"
    assert "1 known failure left out" in out and "1 known failure passes" in out
    group = out[out.index("▲ newly failing  p: byte order  1 test in 1 cell"):].split("\n\n")[0]
    assert "test_a" in group and "labctl show one/cpython/p:smoke --cause 'byte order'" in group
    # The command that is told leads there.
    assert "test_a" in lab.labctl("show", "one/cpython/p:smoke", "--cause", "byte order").out
    markdown = lab.labctl("compare", "latest~1", "latest", "--format", "markdown", status=1).out
    assert "| ▲ newly failing | 1 |" in markdown and "**▲ newly failing**: p, byte order (1 test in 1 cell)" in markdown
    ascii_only = subprocess.run([os.environ["LABCTL"], "compare", "latest~1", "latest"], cwd=lab.folder, stdout=subprocess.PIPE,
                                env=dict(lab.environment, LANG="C", LC_ALL="C"), check=False).stdout
    assert ascii_only.isascii() and b"+ newly failing 1" in ascii_only


def test_a_night_on_which_it_could_not_be_installed(two_nights):
    """Its tests are compared with those before that night, not with none."""
    lab = two_nights
    lab.target("one", {"match": r"\breport\b", "output": "", "exit_status": 1})
    lab.labctl("matrix", "p", status=1)
    broken = lab.labctl("compare", "latest~1", "latest", "--format", "json", status=1).json()
    assert [(test["kind"], test["test"], test["now"]) for test in broken["tests"]] == [("newly-failing", None, "broken")]
    lab.target("one", {"match": r"\breport\b", "output": tap(dict(NOW, test_new="failed")), "exit_status": 1})
    lab.labctl("matrix", "p", status=1)
    changes = lab.labctl("compare", "latest~1", "latest", "--format", "json", status=1).json()
    assert of_kind(changes, "newly-failing") == ["test_new"] and of_kind(changes, "still-failing") == ["test_a", "test_c"]


def test_hostile_names_are_shown_harmless(lab, reports):
    reports({"test_ok": "passed", "t&lt;b&gt;\u202e&#9;|x": "passed"})
    reports({"test_ok": "passed", "t&lt;b&gt;\u202e&#9;|x": "failed"})
    out = lab.labctl("compare", "latest~1", "latest", status=1).out
    assert "\u202e" not in out and "\\u{202e}" in out
    markdown = lab.labctl("compare", "latest~1", "latest", "--format", "markdown", status=1).out
    assert "\u202e" not in markdown and "<b>" not in markdown


def test_a_cell_that_a_run_did_not_hold_is_as_it_was(lab, reports):
    reports({"test_a": "passed"})
    reports({"test_a": "failed"}, "--target", "power")
    reports({"test_a": "failed"})
    changes = lab.labctl("compare", "latest~1", "latest", "--format", "json", status=1).json()
    assert of_kind(changes, "newly-failing") == ["test_a"] and of_kind(changes, "still-failing") == ["test_a"]
    assert changes["cells_carried_before"] == 1 and changes["cells_carried_now"] == 1
    out = lab.labctl("compare", "latest~1", "latest", status=1).out
    assert "1 cell of the second side as it was before that run: not run in it" in out
    only = lab.labctl("compare", "latest~1", "latest", "--only-run", "--format", "json", status=1).json()
    assert {cell["cell"] for cell in only["cells"] if cell["now"]} == {"imported/cpython/p:full"}
    # A night without the machine says nothing of the tests, and 1..3 apart is what it is.
    assert of_kind(lab.labctl("compare", "1", "latest", "--format", "json", status=1).json(), "newly-failing") == ["test_a", "test_a"]


def test_runtimes_against_each_other(lab, reports):
    reports({"test_a": "passed", "test_b": "passed"})
    reports({"test_a": "passed", "test_b": "failed"}, "--runtime", "pypy")
    changes = lab.labctl("compare", "latest", "--runtime", "cpython,pypy", "--format", "json", status=1).json()
    assert of_kind(changes, "newly-failing") == ["test_b"] and len(changes["cells"]) == 1
    assert changes["base"]["name"] == "cpython" and changes["changed"]["name"] == "pypy"
    assert of_kind(lab.labctl("compare", "latest", "-r", "pypy,cpython", "--format", "json").json(), "fixed") == ["test_b"]
    assert "two runtimes" in lab.labctl("compare", "latest", status=2).err


def test_runs_are_named_by_days(lab, reports):
    reports({"test_a": "passed"})
    reports({"test_a": "failed"})
    today = datetime.date.today()
    for day in (today, today + datetime.timedelta(days=3)):
        changes = lab.labctl("compare", "1", day.isoformat(), "--format", "json", status=1).json()
        assert changes["changed"]["run"] == 2
    assert "no run" in lab.labctl("compare", "2001-01-31", "latest", status=2).err
    assert "no run" in lab.labctl("compare", "2026-13-77", "latest", status=2).err


def test_runs_are_named_by_tags(lab, reports):
    reports({"test_a": "passed"})
    reports({"test_a": "failed"})
    lab.labctl("runs", "--tag", "latest~1=v7.3.20")
    changes = lab.labctl("compare", "v7.3.20", "latest", "--format", "json", status=1).json()
    assert changes["base"]["run"] == 1 and of_kind(changes, "newly-failing") == ["test_a"]
    assert [line.split()[0] for line in lab.labctl("runs").out.splitlines() if "v7.3.20" in line] == ["1"]
    # It moves, and outlives the database.
    lab.labctl("runs", "--tag", "2=v7.3.20")
    lab.labctl("rebuild")
    assert lab.labctl("compare", "v7.3.20", "latest", "--format", "json").json()["base"]["run"] == 2
    for bad in ("../x", "7", "latest", "", "a b", "x" * 65):
        assert "tag" in lab.labctl("runs", "--tag", "1=" + bad, status=2).err
    assert "no run" in lab.labctl("compare", "v9", "latest", status=2).err
    assert "RUN=NAME" in lab.labctl("runs", "--tag", "v9", status=2).err


def test_a_flaky_test_is_neither_failing_nor_fixed(lab, reports):
    for verdict in ("passed", "failed", "passed", "passed", "failed"):
        reports({"test_a": verdict, "test_b": "passed"})
    reports({"test_a": "passed", "test_b": "failed"})
    changes = lab.labctl("compare", "latest~1", "latest", "--format", "json", status=1).json()
    assert of_kind(changes, "flaky") == ["test_a"] and of_kind(changes, "newly-failing") == ["test_b"]
    past = [test["past"] for test in changes["tests"] if test["kind"] == "flaky"][0]
    assert past["outcomes"] == 6 and past["bad"] == 2 and past["flips"] == 4 and past["rate"] == pytest.approx(0.8)
    out = lab.labctl("history", "p", "--flaky").out
    assert "80 %" in out and "2 of 6" in out and "test_a" in out and "test_b" not in out


def test_history_of_a_test_and_of_a_package(lab, reports):
    for night in range(12):
        reports({"test_a": "failed" if 5 <= night else "passed", "test_b": "failed" if night == 11 else "passed"})
    history = lab.labctl("history", "test_a", "test_b", "--format", "json").json()
    a, b = history["series"]
    assert history["format"] == "labctl-history" and a["metric"] == "verdict" and len(a["points"]) == 12
    assert [(c["run"], c["worse"], c["pending"]) for c in a["changes"]] == [(6, True, False)]
    assert [(c["run"], c["pending"]) for c in b["changes"]] == [(12, True)]
    out = lab.labctl("history", "test_a").out
    assert "·····✗✗✗✗✗✗✗" in out and "run 6  failed" in out
    assert "labctl compare 5 6 --target imported --runtime cpython --package p" in out
    failures = lab.labctl("history", "p", "--format", "json").json()["series"][0]
    assert failures["metric"] == "failures" and [p["value"] for p in failures["points"]] == [0] * 5 + [1] * 6 + [2]
    rows = list(csv.DictReader(io.StringIO(lab.labctl("history", "p", "--metric", "pass-rate", "--format", "csv").out)))
    assert len(rows) == 12 and float(rows[0]["value"]) == 1 and float(rows[5]["value"]) == 0.5
    assert len(lab.labctl("history", "/test_[ab]/", "--last", "4", "--format", "json").json()["series"][0]["points"]) == 4


def test_history_of_what_is_not_there(lab, reports):
    reports({"test_a": "passed"})
    err = lab.labctl("history", "q", status=2).err
    assert "'q'" in err
    assert "takes packages" in lab.labctl("history", status=2).err
    assert "regular" in lab.labctl("history", "/(/", status=2).err or "(" in lab.labctl("history", "/(/", status=2).err


def test_json_is_as_its_schema_says(lab, reports):
    for verdict in ("passed", "failed", "passed"):
        reports({"test_a": verdict, "test_b": "failed"})
    source = os.environ["LABCTL_SOURCE"]
    for name, words in (("changes", ("compare", "1", "2")), ("history", ("history", "p", "test_a"))):
        with open(os.path.join(source, "doc", "labctl-%s.schema.json" % name)) as stream:
            schema = json.load(stream)
        check(lab.labctl(*words, "--format", "json", status=None).json(), schema)
