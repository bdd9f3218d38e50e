"""labctl qualify and labctl verify on planted results: what each kind of release comes to, and what a report is worth."""
import json
import re
import shutil

import pytest
from conftest import SOURCE

from test_bench import bench, events, measured  # noqa: F401  (a fixture, and what fills it)

QUALIFIED, REGRESSION, UNDECIDED, INVALID, INCOMPLETE = range(5)
SPEED = {"targets": ["one"], "speed": {"benchmarks": ["own"], "margin_percent": 5}}
TESTS = {"targets": ["one"], "packages": ["alpha"]}


@pytest.fixture
def gate(bench):
    """A lab whose release has to show something."""
    bench.package("alpha")
    return bench


def policy(lab, name="gate", **text):
    lab.put("recipes/policies/%s.yaml" % name, text)


def qualify(lab, *words, status=None):
    return lab.labctl("qualify", "--candidate", "pypy", "--policy", "gate", *words, status=status)


def decided(lab, *words, status):
    done = qualify(lab, "--format", "json", *words, status=status).json()
    assert done["decision"]["status"] == status
    return done


def reasons(report):
    return " | ".join(reason["text"] for reason in report["decision"]["reasons"])


def compare_speed(lab, cpython=0.010, pypy=0.010, **more):
    policy(lab, **SPEED)
    measured(lab, "one", {"cpython": cpython, "pypy": pypy}, **more)
    lab.labctl("bench", status=None)


def tap(lab, pypy, cpython="ok 1 - adds\nok 2 - draws\n1..2\n", **rule):
    """What the tests of alpha say under each runtime."""
    lab.package("alpha", tiers={"smoke": {"run": "report alpha $LABCTL_RUNTIME", "format": "tap"}})
    lab.target("one", dict({"match": r"\breport\b", "output": cpython, "times": 1}),
               dict({"match": r"\breport\b", "output": pypy}, **rule))
    lab.labctl("matrix", "alpha", "--target", "one", "--fresh", "--in-process", status=None)


# ---- speed ----

def test_an_equal_candidate_qualifies(gate):
    compare_speed(gate)
    report = decided(gate, status=QUALIFIED)
    loop = report["speed"][0]
    assert loop["margin_word"] == "kept" and loop["one_sided_bounds"][1] < 1.05 and loop["p_kept"] < 0.05
    assert 0 < loop["detectable_margin"] < 0.02 and loop["power"] > 0.99 and loop["baseline_processes"] == 10
    assert report["controls"] == [dict(report["controls"][0], target="one", state="passed", checked=1, of=1)]
    out = qualify(gate, status=QUALIFIED).out
    assert out.startswith("✓ qualified: pypy against cpython, policy gate") and "A/A control on one: passed" in out


def test_one_ten_percent_slower_fails(gate):
    compare_speed(gate, pypy=0.011)
    report = decided(gate, status=REGRESSION)
    assert report["speed"][0]["margin_word"] == "exceeded" and report["speed"][0]["time_ratio"] == pytest.approx(1.1, rel=0.01)
    assert re.search(r"loop on one takes (9|10)\.\d % more time than under cpython, and surely 9\.\d % more; 5 % are allowed", reasons(report))
    assert report["decision"]["reasons"][0]["command"] == "labctl show one/pypy/loop"


def test_slower_within_the_margin_qualifies_and_a_class_has_its_own(gate):
    compare_speed(gate, pypy=0.011)
    policy(gate, **dict(SPEED, speed={"benchmarks": ["own"], "margin_percent": 15}))
    decided(gate, status=QUALIFIED)
    policy(gate, **dict(SPEED, speed={"benchmarks": ["own"], "margin_percent": 15,
                                      "classes": [{"benchmarks": ["lo*"], "margin_percent": 2}]}))
    assert decided(gate, status=REGRESSION)["speed"][0]["margin"] == 0.02


def test_a_noisy_one_is_undecided_and_says_what_would_settle_it(gate):
    compare_speed(gate, spread=0.09)
    report = decided(gate, status=UNDECIDED)
    loop = report["speed"][0]
    assert loop["margin_word"] == "open" and loop["detectable_margin"] > 0.05 and loop["power"] < 0.8
    assert loop["processes_needed"] > 10
    reason = report["decision"]["reasons"][0]
    assert "neither shown to keep its margin nor to exceed it: loop" in reason["text"] and "processes are needed" in reason["text"]
    assert re.fullmatch(r"labctl bench own --target one --runtime cpython,pypy --fresh --budget \d+m", reason["command"])
    # The command is one that labctl takes.
    gate.labctl(*reason["command"].split()[1:], "--dry-run")


def test_a_missing_target_is_incomplete(gate):
    compare_speed(gate)
    gate.target("two")
    policy(gate, **dict(SPEED, targets=["one", "two"]))
    report = decided(gate, status=INCOMPLETE)
    assert "loop: pypy: not measured" in reasons(report) and "on two" in reasons(report)
    assert report["decision"]["reasons"][0]["command"] == "labctl bench own --target two --runtime cpython,pypy"
    # Also where hardly anything is asked for: nothing at all is no answer.
    policy(gate, **dict(SPEED, targets=["one", "two"], coverage={"benchmarks_percent": 1}))
    decided(gate, status=INCOMPLETE)


def test_where_the_control_fails_no_time_counts(gate):
    compare_speed(gate, pypy=0.020, apart=1.2)
    report = decided(gate, status=INVALID)
    assert report["controls"][0]["state"] == "failed" and report["speed"][0]["word"] == "invalid"
    assert "the A/A control on one" in reasons(report) and "slower" not in reasons(report)


def test_a_benchmark_that_fails_is_a_regression_and_one_that_never_settles_has_no_answer(gate):
    compare_speed(gate, bad=[("pypy", 1, "crashed")])
    assert "loop on one fails under pypy" in reasons(decided(gate, status=REGRESSION))
    policy(gate, **dict(SPEED, may_fail=[{"benchmarks": ["loop"], "reason": "bug 7", "until": "2999-12-31"}]))
    report = decided(gate, status=QUALIFIED)
    assert "loop on one: excepted until 2999-12-31: bug 7" in reasons(report) and report["speed"][0]["excepted"]


def test_one_runtime_in_two_runs(gate):
    compare_speed(gate)
    gate.labctl("bench", "--fresh")
    words = ("--candidate", "latest:pypy", "--baseline", "latest~1:pypy", "--policy", "gate")
    report = gate.labctl("qualify", *words, "--format", "json", status=QUALIFIED).json()
    assert report["candidate"]["run"] != report["baseline"]["run"] and len(report["controls"]) == 2
    assert "are the same" in gate.labctl("qualify", "--candidate", "latest:pypy", "--baseline", "latest:pypy",
                                         "--policy", "gate", status=66).err


def test_measured_elsewhere_without_a_control_is_incomplete(gate, tmp_path):
    """What was imported has no halves: nothing says that the machine was quiet."""
    policy(gate, **SPEED)
    gate.target("one")
    for runtime in ("cpython", "pypy"):
        path = tmp_path / (runtime + ".json")
        path.write_text(json.dumps({"version": "1.0", "benchmarks": [
            {"metadata": {"name": "loop", "unit": "second"},
             "runs": [{"values": [0.01 + i * 1e-6] * 3} for i in range(10)]}]}))
        gate.labctl("import", "--bench", path, "--target", "one", "--runtime", runtime)
    report = gate.labctl("qualify", "--candidate", "latest:pypy", "--baseline", "latest~1:cpython", "--policy", "gate",
                         "--format", "json", status=INCOMPLETE).json()
    assert "too little data" in reasons(report) and report["speed"][0]["margin_word"] == "kept"


# ---- tests ----

def test_tests_that_pass_under_both_qualify(gate):
    policy(gate, **TESTS)
    tap(gate, "ok 1 - adds\nok 2 - draws\n1..2\n")
    cell = decided(gate, status=QUALIFIED)["tests"][0]
    assert (cell["baseline_passed"], cell["covered"], cell["regressions"]) == (2, 2, [])


def test_what_the_baseline_passes_and_the_candidate_fails(gate):
    policy(gate, **TESTS)
    tap(gate, "ok 1 - adds\nnot ok 2 - draws\n1..2\n")
    report = decided(gate, status=REGRESSION)
    assert [(r["test"], r["verdict"], r["why"]) for r in report["tests"][0]["regressions"]] == [("draws", "failed", "passes under cpython")]
    assert report["decision"]["reasons"][0]["command"] == "labctl show one/pypy/alpha:smoke"
    assert "draws" in gate.labctl(*report["decision"]["reasons"][0]["command"].split()[1:], status=None).out
    # A failure of both is none.
    tap(gate, "ok 1 - adds\nnot ok 2 - draws\n1..2\n", cpython="ok 1 - adds\nnot ok 2 - draws\n1..2\n")
    assert decided(gate, status=QUALIFIED)["tests"][0]["still_failing"] == 1


@pytest.mark.parametrize("until, status", [("2999-12-31", QUALIFIED), ("2020-01-31", REGRESSION)])
def test_an_exception_holds_until_its_day(gate, until, status):
    policy(gate, may_fail=[{"package": "alpha", "test": "dr.ws", "reason": "bug 7", "until": until}], **TESTS)
    tap(gate, "ok 1 - adds\nnot ok 2 - draws\n1..2\n")
    report = decided(gate, status=status)
    assert (report["tests"][0]["excepted"] == 1) == (status == QUALIFIED)
    if status:
        assert "its exception (bug 7) expired on 2020-01-31" in reasons(report)


def test_a_known_failure_is_subtracted_unless_it_must_pass(gate):
    policy(gate, **TESTS)
    tap(gate, "ok 1 - adds\nnot ok 2 - draws\n1..2\n")
    gate.package("alpha", known_failures=[{"test": "draws", "reason": "known", "runtimes": "pypy"}],
                 tiers={"smoke": {"run": "report alpha $LABCTL_RUNTIME", "format": "tap"}})
    gate.labctl("matrix", "alpha", "--target", "one", "--fresh", "--in-process", status=None)
    assert decided(gate, status=QUALIFIED)["tests"][0]["known"] == 1
    policy(gate, must_pass=[{"package": "alpha", "test": "draws"}], **TESTS)
    assert "draws failed (must pass)" in reasons(decided(gate, status=REGRESSION))
    policy(gate, must_pass=[{"package": "alpha", "test": "sings"}], **TESTS)
    assert "no test that fits sings" in reasons(decided(gate, status=INCOMPLETE))


@pytest.mark.parametrize("said", ["ok 1 - adds\n1..1\n", "ok 1 - adds\nok 2 - draws # SKIP no screen\n1..2\n"])
def test_a_test_without_an_answer_is_never_a_pass(gate, said):
    policy(gate, **TESTS)
    tap(gate, said)
    report = decided(gate, status=INCOMPLETE)
    assert "1 of 2 tests" in reasons(report) and report["tests"][0]["missing"] == ["draws"]
    policy(gate, coverage={"tests_percent": 50}, **TESTS)
    decided(gate, status=QUALIFIED)


def test_a_suite_that_does_not_run_is_a_regression_and_a_lost_machine_is_not(gate):
    policy(gate, **TESTS)
    tap(gate, "", exit_status=1)
    assert "the suite broken" in reasons(decided(gate, status=REGRESSION))
    gate.target("one", {"match": r"\breport\b", "die": True})
    gate.labctl("matrix", "alpha", "--target", "one", "--fresh", status=4)
    assert decided(gate, status=INCOMPLETE)["tests"][0]["regressions"] == []


def test_hostile_names_of_tests_are_shown_harmless_and_short(gate):
    policy(gate, **TESTS)
    names = ["<img src=x> | `a`", "\x1b[2J\u202ered", "n" * 100000]
    tap(gate, "".join("not ok %d - %s\n" % (i + 1, name) for i, name in enumerate(names)) + "1..3\n",
        cpython="".join("ok %d - %s\n" % (i + 1, name) for i, name in enumerate(names)) + "1..3\n")
    assert len(decided(gate, status=REGRESSION)["tests"][0]["regressions"]) == 3
    for form in ("terminal", "markdown"):
        out = qualify(gate, "--format", form, status=REGRESSION).out
        assert "\x1b" not in out and "\u202e" not in out and len(out) < 2500, out
    assert "<img" not in out


def test_what_was_not_run_is_told_once(gate):
    gate.target("one")
    gate.target("two")
    gate.package("beta")
    policy(gate, targets=["one", "two"], packages=["alpha", "beta"])
    report = decided(gate, status=INCOMPLETE)
    assert [(r["text"], r["command"]) for r in report["decision"]["reasons"]] == [
        ("4 cells of pypy, alpha beta on one,two: it was not run",
         "labctl matrix alpha beta --target one,two --runtime cpython,pypy --tier smoke")]
    gate.labctl(*report["decision"]["reasons"][0]["command"].split()[1:])
    decided(gate, status=QUALIFIED)


# ---- the report ----

@pytest.fixture
def report(gate):
    """A lab, and the report of what was measured and tested in it."""
    policy(gate, **dict(TESTS, **SPEED))
    gate.package("alpha")
    measured(gate, "one", {"cpython": 0.010, "pypy": 0.010})
    gate.labctl("bench")
    gate.labctl("matrix", "alpha", "--target", "one")
    qualify(gate, "-o", gate.folder / "report.json", status=QUALIFIED)
    return gate


def change(lab, how):
    path = lab.folder / "report.json"
    data = json.loads(path.read_text())
    how(data)
    path.write_text(json.dumps(data))


def verify(lab, status):
    return lab.labctl("verify", lab.folder / "report.json", status=status)


def test_a_report_is_recomputed_from_its_records(report):
    assert "the same: pypy against cpython is qualified, by 4 records" in verify(report, 0).out
    data = json.loads((report.folder / "report.json").read_text())
    assert {(record["tier"], record["runtime"]): sorted(record["files"]) for record in data["records"]} == {
        ("smoke", "cpython"): ["outcome.json", "tests.jsonl.zst"], ("smoke", "pypy"): ["outcome.json", "tests.jsonl.zst"],
        ("speed", "cpython"): ["bench.json.zst", "outcome.json", "tests.jsonl.zst"],
        ("speed", "pypy"): ["bench.json.zst", "outcome.json", "tests.jsonl.zst"]}
    assert data["policy"]["text"] == (report.folder / "recipes/policies/gate.yaml").read_text()
    assert {recipe["kind"] for recipe in data["recipes"]} == {"runtime", "package", "target", "benchmark set", "program", "folder"}
    assert all(record["facts"] for record in data["records"])
    # Newer results do not change what it said.
    report.labctl("bench", "--fresh")
    verify(report, 0)


@pytest.mark.parametrize("how, told", [
    (lambda data: data["decision"].update(word="regression"), "decision.word: the report says \"regression\""),
    (lambda data: data["speed"][0].update(time_ratio=0.5), "speed[0].time_ratio: the report says 0.5"),
    (lambda data: data["policy"].update(text=data["policy"]["text"].replace("5", "9")), "policy.digest"),
    (lambda data: data["records"][0]["files"].update({"outcome.json": "0" * 64}), "records[0].files.outcome.json"),
    (lambda data: data["records"].pop(), "decision.word: the report says \"qualified\", the records say \"incomplete\""),
    (lambda data: data["records"][0].update(target="two"), "records[0].target"),
    (lambda data: data["tests"].pop(), "tests: the report says a list of 0, the records say a list of 1"),
    (lambda data: data.update(remark="qualified by hand"), "remark: the report says \"qualified by hand\", the records say nothing"),
])
def test_a_changed_report_is_told(report, how, told):
    change(report, how)
    assert told in verify(report, 1).out


def test_a_changed_record_or_recipe_is_told(report):
    path = sorted(report.results.glob("runs/*/*/1/outcome.json"))[-1]
    path.write_text(path.read_text().replace('"verdict":"passed"', '"verdict":"failed"').replace('"verdict": "passed"', '"verdict": "failed"'))
    out = verify(report, 1).out
    assert "files.outcome.json" in out and "verdict" in out


def test_a_changed_lab_is_told(report):
    report.runtime("pypy", env={"MODE": "2"})
    assert re.search(r"recipes\[\d\]\.digest", verify(report, 1).out)


def test_a_report_may_not_choose_older_records(gate):
    policy(gate, **TESTS)
    tap(gate, "ok 1 - adds\nok 2 - draws\n1..2\n")
    qualify(gate, "-o", gate.folder / "report.json", status=QUALIFIED)
    chosen = json.loads((gate.folder / "report.json").read_text())
    gate.labctl("matrix", "alpha", "--target", "one", "--fresh", "--in-process", status=None)
    qualify(gate, "-o", gate.folder / "report.json", status=QUALIFIED)
    verify(gate, 0)
    change(gate, lambda data: data.update(records=chosen["records"]))
    assert "records[0]: there was a newer one when the report was made: runs/" in verify(gate, 1).out


def test_records_that_are_gone(report):
    for log in report.results.glob("runs/*/*/1/*.log.zst"):
        log.unlink()
    verify(report, 0)
    next(report.results.glob("runs/*/*/1/bench.json.zst")).unlink()
    assert ":speed)" in verify(report, 4).out
    shutil.rmtree(sorted(report.results.glob("runs/*/*/1"))[0])
    assert "gone: runs/" in verify(report, 4).out


@pytest.mark.parametrize("text, why", [
    ("", "report.json"), ("[]", "no report of labctl qualify"), ("{", "report.json"), ("[" * 100000, "report.json"),
    ('{"format":"labctl-qualification","version":2}', "version 1"),
])
def test_what_is_no_report_is_refused(report, text, why):
    (report.folder / "report.json").write_text(text)
    assert why in verify(report, 70).err


@pytest.mark.parametrize("how", [
    lambda data: data["records"][0].update(run="../../etc"),
    lambda data: data["records"][0].update(cell="../../../etc/pass"),
    lambda data: data["records"][0].update(attempt=-1),
    lambda data: data["records"][0].update(target="a\x1b[31m"),
    lambda data: data["candidate"].update(runtime="x" * 100000),
    lambda data: data.update(records={}),
    lambda data: data.update(made_wall_ms=-5),
    lambda data: data["policy"].update(text=7),
])
def test_a_hostile_report_reaches_nothing(report, how):
    change(report, how)
    done = verify(report, 70)
    assert done.err.count("labctl:") == 1 and "\x1b" not in done.err and len(done.err) < 2000


def test_hostile_texts_in_a_report_are_shown_harmless(report):
    change(report, lambda data: data["decision"]["reasons"].append({"word": "x", "text": "\x1b[2J‮", "command": None}))
    change(report, lambda data: data.update({"\x1b[2J": "\x1b[31m" * 1000}))
    out = verify(report, 1).out
    assert "\x1b" not in out and len(out) < 3000


def faults(value, schema, root, at=""):
    """Where a value is not as a JSON schema says: as much of it as ours use."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, at)
    if "anyOf" in schema:
        return [] if any(not faults(value, one, root) for one in schema["anyOf"]) else [at]
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(isinstance(value, kinds[kind]) and (kind == "boolean" or not isinstance(value, bool)) for kind in types):
            return ["%s: no %s" % (at, types)]
    found = []
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        found.append(at)
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append("%s: %s" % (at, value))
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append("%s: %d items" % (at, len(value)))
        for i, item in enumerate(value):
            found += faults(item, schema.get("items", {}), root, "%s[%d]" % (at, i))
    if isinstance(value, dict):
        found += ["%s.%s missing" % (at, key) for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            found += faults(item, inner, root, "%s.%s" % (at, key)) if inner is not None else ["%s.%s: not in the schema" % (at, key)]
    return found


def test_the_schema_describes_the_report(report):
    schema = json.loads((SOURCE / "doc/labctl-qualification.schema.json").read_text())
    data = json.loads((report.folder / "report.json").read_text())
    assert faults(data, schema, schema) == []
    report.target("two")
    policy(report, **dict(TESTS, **dict(SPEED, targets=["one", "two"])))
    assert faults(decided(report, status=INCOMPLETE), schema, schema) == []
    assert faults(dict(data, version=2), schema, schema) == [".version"]


def test_for_a_pull_request(gate):
    compare_speed(gate, pypy=0.011)
    out = qualify(gate, "--format", "markdown", status=REGRESSION).out
    assert out.startswith("**✗ regression**: pypy against cpython") and "| loop | one | +" in out
    assert "`labctl show one/pypy/loop`" in out


def test_wrong_words(gate):
    policy(gate, **TESTS)
    gate.target("one")
    assert "--candidate RUNTIME" in gate.labctl("qualify", status=66).err
    assert "did you mean \"pypy\"" in gate.labctl("qualify", "--candidate", "pypi", "--policy", "gate", status=66).err
    assert "did you mean \"gate\"" in gate.labctl("qualify", "--candidate", "pypy", "--policy", "gat", status=66).err
    assert "there is no run" in gate.labctl("qualify", "--candidate", "9:pypy", "--policy", "gate", status=66).err
    gate.write("other.yaml", "targets: [one]\npackages: [alpa]\n")
    done = gate.labctl("qualify", "--candidate", "pypy", "--policy", "other.yaml", status=67)
    assert "other.yaml:2:12: there is no package \"alpa\"" in done.err
    policy(gate, "broken", targets=["one"], may_fail=[{"package": "alpha", "reason": "x", "until": "soon"}])
    assert "is no day" in gate.labctl("check", status=3).err
    helped = gate.labctl("help", "qualify").out
    assert "4  incomplete" in helped and "66 wrong use" in helped
