"""What becomes of a cell, told apart and with its exit status."""
import json

from conftest import FAILED, PASSED, wait_for

CRASH = """{"e": "session"}
{"e": "collected", "n": 3}
{"e": "start", "i": 1, "t": "t.py::test_a"}
{"e": "end", "i": 1, "v": "passed", "s": 0.5}
{"e": "start", "i": 2, "t": "t.py::test_b"}
{"e": "died", "t": "t.py::test_b", "d": "killed by SIGSEGV\\nCurrent thread:\\n  File x"}
{"e": "restart", "n": 1}
{"e": "session"}
{"e": "collected", "n": 1}
{"e": "start", "i": 1, "t": "t.py::test_c"}
{"e": "timed_out", "t": "t.py::test_c", "s": 10.0, "d": "over its limit"}
{"e": "finish", "complete": true, "reason": ""}
"""


def one(lab, *words, status, package="numpy"):
    """The cell of the only target and runtime."""
    cells, done = lab.matrix(package, *words, status=status)
    assert len(cells) == 1
    return list(cells.values())[0], done


def test_passed_is_status_0(lab):
    lab.package("numpy")
    lab.target("script")
    cell, done = one(lab, status=0)
    assert cell["verdict"] == "passed" and cell["expected"] and cell["pass_rate"] == 1
    assert cell["tally"]["passed"] == 2
    assert cell["how_run"] == "scripted" and cell["attempt"] == 1


def test_a_failing_test_is_status_1(lab):
    lab.package("numpy")
    lab.target("script", {"match": "report numpy", "output": FAILED, "exit_status": 1})
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "failed" and not cell["expected"]
    assert [test["name"] for test in cell["bad_tests"]] == ["draws"]
    assert "no such colour" in cell["bad_tests"][0]["detail"]


def test_a_known_failure_is_expected(lab):
    lab.package("numpy", known_failures=[{"test": "draws", "reason": "no colours there"},
                                         {"test": "adds", "reason": "for others", "archs": ["ppc64el"]}])
    lab.target("script", {"match": "report numpy", "output": FAILED})
    cell, done = one(lab, status=0)
    assert cell["expected"] and cell["tally"]["known"] == 1 and cell["bad_unknown"] == 0
    assert cell["bad_tests"][0]["known"] == "no colours there"


def test_a_known_failure_of_another_architecture_is_none_here(lab):
    lab.package("numpy", known_failures=[{"test": "draws", "reason": "elsewhere", "archs": ["ppc64el"]}])
    lab.target("script", {"match": "report numpy", "output": FAILED})
    assert one(lab, status=1)[0]["tally"]["known"] == 0


def test_causes_explain_failures(lab):
    lab.write("recipes/causes.yaml", "- {name: no colour, pattern: such colour, advice: buy some}\n")
    lab.package("numpy")
    lab.target("script", {"match": "report numpy", "output": FAILED})
    cell, done = one(lab, status=1)
    assert cell["bad_tests"][0]["cause"] == "no colour"
    finding = done.json()["findings"][0]
    assert finding["cause"] == "no colour" and finding["advice"] == "buy some"
    assert "labctl show script/cpython/numpy:smoke" in lab.labctl("matrix", "--no-run", status=1).out


def test_crashed_and_hanging_tests_are_single_tests(lab):
    lab.package("numpy", tiers={"smoke": {"pytest": ["tests"]}})
    lab.target("script", {"match": r"labctl_suite\.py", "files": {"events.jsonl": CRASH}, "exit_status": 0})
    cell, done = one(lab, status=1)
    tally = cell["tally"]
    assert (tally["passed"], tally["crashed"], tally["timed_out"]) == (1, 1, 1)
    verdicts = {test["name"]: test for test in cell["bad_tests"]}
    assert verdicts["t.py::test_b"]["verdict"] == "crashed" and "SIGSEGV" in verdicts["t.py::test_b"]["detail"]
    assert verdicts["t.py::test_c"]["verdict"] == "timed_out"


def test_the_supervisor_gets_limits_and_arguments(lab):
    lab.package("numpy", tiers={"smoke": {"pytest": ["-k", "not 'slow'", "@numpy"], "limit": "10m", "test_limit": "2500ms"}})
    lab.target("script", {"match": r"--test-limit 5\.000 --limit 1200\.000 --crash-limit 7 -- -k 'not '.*'slow'.* @numpy",
                          "files": {"events.jsonl": CRASH}}, slowness=2)
    lab.settings(crash_limit=7)
    assert one(lab, status=1)[0]["tally"]["passed"] == 1


def test_a_suite_that_does_not_end_is_timed_out(lab):
    lab.package("numpy", tiers={"smoke": {"run": "report numpy", "format": "tap", "limit": "1s"}})
    lab.target("script", {"match": "report numpy", "silent": True}, slowness=0.1)
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "timed_out" and "did not end within" in cell["reason"]


def test_a_machine_that_falls_silent_is_told_apart(lab):
    lab.package("numpy", tiers={"smoke": {"pytest": ["tests"]}})
    lab.target("script", {"match": r"labctl_suite\.py", "silent": True}, slowness=0.0001)
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "timed_out" and "printed nothing" in cell["reason"]


def test_a_full_disk_is_told_apart(lab):
    lab.package("numpy")
    lab.target("script", {"match": "report numpy", "disk_full": True})
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "broken" and "disk is full" in cell["reason"] and "room" in cell["hint"]


def test_a_full_disk_between_two_steps_costs_that_cell_alone(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("script", {"match": r"cat facts\.txt", "disk_full": True, "times": 1})
    cells, done = lab.matrix(status=1)
    verdicts = {key[2]: cell["verdict"] for key, cell in cells.items()}
    assert verdicts == {"numpy": "broken", "pandas": "passed"}


def test_a_lost_target_is_status_4_and_tried_once_more(lab):
    lab.package("numpy")
    lab.target("script", {"match": "report numpy", "die": True})
    cell, done = one(lab, status=4)
    assert cell["verdict"] == "lost" and cell["attempt"] == 2 and "went away while testing" in cell["reason"]
    assert len(lab.records()) == 2
    assert "[1 of 1]" in done.err and "[2 of 1]" not in done.err and "once more" in done.err


def test_a_lost_target_does_not_take_its_other_cells_with_it(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("script", {"match": "report numpy", "die": True})
    cells, done = lab.matrix(status=4)
    assert {key[2]: cell["verdict"] for key, cell in cells.items()} == {"numpy": "lost", "pandas": "passed"}


def test_findings_stand_above_unreachable_targets(lab):
    lab.package("numpy")
    lab.target("bad", {"match": "report", "output": FAILED})
    lab.target("far", open_error="no route to it")
    lab.labctl("matrix", status=1)


def test_a_target_that_cannot_be_opened_is_told_once(lab):
    for name in ("numpy", "pandas", "scipy"):
        lab.package(name)
    lab.target("far", open_error="no route to it")
    lab.target("near")
    cells, done = lab.matrix(status=4)
    assert {cell["verdict"] for key, cell in cells.items() if key[0] == "far"} == {"lost"}
    assert {cell["verdict"] for key, cell in cells.items() if key[0] == "near"} == {"passed"}
    assert done.err.count("\nfar: no route to it") == 1
    shown = lab.labctl("matrix", "--no-run", status=4).out
    assert shown.count("no route to it") == 1


def test_what_a_recipe_knows_to_be_unavailable_is_expected(lab):
    lab.package("numpy", install=[{"unavailable": "nobody built it"}])
    lab.target("script")
    cell, done = one(lab, status=0)
    assert cell["verdict"] == "unavailable" and cell["reason"] == "nobody built it" and cell["expected"]


def test_what_an_install_script_finds_unavailable_is_expected(lab):
    lab.package("numpy", install=[{"apt": ["python3-numpy"]}])
    lab.target("script", {"match": "head -n 1 unavailable.txt", "output": "no index can be reached\n"},
               {"match": r"apt\.sh python3-numpy", "exit_status": 69})
    cell, done = one(lab, status=0)
    assert cell["verdict"] == "unavailable" and cell["reason"] == "no index can be reached"


def test_a_tier_that_a_package_lacks_is_unavailable(lab):
    lab.package("numpy")
    lab.target("script")
    cell, done = one(lab, "--tier", "full", status=0)
    assert cell["verdict"] == "unavailable" and cell["reason"] == "numpy has no tests of the tier full"


def test_a_failing_install_is_broken_with_its_last_line(lab):
    lab.package("numpy", install=[{"apt": ["python3-numpy"]}])
    lab.target("script", {"match": r"apt\.sh python3-numpy", "output": "Reading lists\nE: no such package\n\n", "exit_status": 100})
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "broken"
    assert cell["reason"] == "installing numpy for cpython ended with status 100: E: no such package"


def test_an_install_that_does_not_end_is_broken(lab):
    lab.package("numpy", install=[{"apt": ["python3-numpy"]}])
    lab.target("script", {"match": r"apt\.sh", "silent": True}, slowness=0.0001)
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "broken" and "did not end" in cell["reason"]


def test_a_package_that_cannot_be_imported_is_broken(lab):
    lab.package("numpy", **{"import": "numpie"})
    lab.target("script", {"match": r"package_facts\.py numpie", "output": "ModuleNotFoundError: numpie\n", "exit_status": 1})
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "broken" and cell["reason"] == "numpy cannot be imported: ModuleNotFoundError: numpie"


def test_no_test_at_all_is_broken(lab):
    lab.package("numpy")
    lab.package("pandas", tiers={"smoke": {"run": "report pandas", "format": "junit", "report": "report.xml"}})
    lab.package("scipy", tiers={"smoke": {"pytest": ["tests"]}})
    lab.target("script", {"match": "report numpy", "output": "sh: report: not found\n", "exit_status": 127},
               {"match": "report pandas", "output": "it said nothing\n"})
    cells, done = lab.matrix(status=1)
    reasons = {key[2]: cell["reason"] for key, cell in cells.items() if cell["verdict"] == "broken"}
    assert set(reasons) == {"numpy", "pandas", "scipy"}
    assert "status 127: sh: report: not found" in reasons["numpy"]
    assert "status 0: it said nothing" in reasons["pandas"]


def test_a_damaged_report_is_broken_and_keeps_what_was_read(lab):
    lab.package("numpy", tiers={"smoke": {"run": "report numpy", "format": "junit", "report": "out/r.xml"}})
    lab.target("script", {"match": "report numpy", "output": "wrote it\n", "files": {
        "out/r.xml": '<testsuite><testcase classname="c" name="a"/><testcase classname="c" name="b"><'}})
    cell, done = one(lab, status=1)
    assert cell["verdict"] == "broken" and "did not come to its end" in cell["reason"]
    assert cell["tally"]["passed"] >= 1


def test_reports_in_every_format(lab):
    tiers = {
        "junit": {"run": "report junit", "format": "junit", "report": "r.xml"},
        "tap": {"run": "report tap", "format": "tap", "report": "r.tap"},
        "lines": {"run": "report lines", "format": "lines",
                  "lines": [{"pattern": r"^(?<name>\S+) PASS", "verdict": "passed"},
                            {"pattern": r"^(?<name>\S+) FAIL (?<detail>.*)", "verdict": "failed"}]},
        "exit": {"run": "report exit"},
    }
    for name, tier in tiers.items():
        lab.package(name, tiers={"smoke": tier})
    lab.target("script", {"match": "report junit", "files": {
        "r.xml": '<testsuite><testcase classname="c" name="a"/>'
                 '<testcase classname="c" name="b"><failure message="no"/></testcase></testsuite>'}},
               {"match": "report tap", "files": {"r.tap": FAILED}},
               {"match": "report lines", "output": "one PASS\nwords\ntwo FAIL because\n"},
               {"match": "report exit", "output": "what went wrong\n", "exit_status": 3})
    cells, done = lab.matrix(status=1)
    tallies = {key[2]: (cell["tally"]["passed"], cell["tally"]["failed"]) for key, cell in cells.items()}
    assert tallies == {"junit": (1, 1), "tap": (1, 1), "lines": (1, 1), "exit": (0, 1)}
    details = {key[2]: cell["bad_tests"][0]["detail"] for key, cell in cells.items()}
    assert "because" in details["lines"] and "exit status 3: what went wrong" in details["exit"]


def test_layers_are_installed_once_and_shared(lab):
    lab.package("numpy", install=[{"apt": ["python3-numpy"]}])
    lab.package("pandas", needs=["numpy"], install=[{"apt": ["python3-pandas"]}])
    # A second install of numpy would fail.
    lab.target("script", {"match": r"apt\.sh python3-numpy", "times": 1},
               {"match": r"apt\.sh python3-numpy", "exit_status": 1})
    cells, done = lab.matrix("pandas", "numpy")
    assert {cell["verdict"] for cell in cells.values()} == {"passed"}


def test_one_runtime_beside_another(lab):
    lab.runtime("pypy")
    lab.package("numpy")
    lab.target("script", {"match": r"\. lib/install/env\.sh\nreport", "output": PASSED})
    cells, done = lab.matrix()
    assert {key[1] for key in cells} == {"cpython", "pypy"}
    cells, done = lab.matrix("--runtime", "-pypy", "--no-run")
    assert {key[1] for key in cells} == {"cpython"}


def test_output_beyond_the_cap_is_dropped_and_the_tests_still_count(lab):
    lab.settings(output_cap="64 KiB")
    lab.package("numpy")
    lab.target("script", {"match": "report numpy", "output": PASSED, "output_bytes": "8 MiB"})
    cell, done = one(lab, status=0)
    assert cell["tally"]["passed"] == 2
    raw = lab.labctl("show", "numpy", "--log", "tests").out
    assert raw.startswith("ok 1 - adds") and 60000 < len(raw) < 70000


def test_a_machine_that_cannot_keep_records_is_status_6_and_the_run_stays_cut_off(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("script", {"match": "report numpy", "output": PASSED, "delay": "2s"})
    process = lab.start("matrix")
    wait_for(lab.run_files)
    run = lab.run_files()[0]
    blocked = run.parent / json.loads(run.read_text())["cells"][1]
    blocked.write_text("in the way")
    err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 6, err
    assert "Not a directory" in err
    blocked.unlink()
    assert "cut off" in lab.labctl("runs").out
    lab.labctl("matrix", "--resume")
    assert len(lab.records()) == 2
    assert "cut off" not in lab.labctl("runs").out
