"""What runs on targets, here: the supervisor and its pytest plug-in, on suites that do their worst."""
import collections
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SUITE = Path(os.environ["LABCTL_SOURCE"]) / "recipes" / "lib" / "labctl_suite.py"
# Another interpreter can be tried by hand; it needs pytest.
PYTHON = os.environ.get("LABCTL_LIB_PYTHON", sys.executable)
LIMIT_SECONDS = 300
CRASH = "import ctypes\nctypes.memset(8, 1, 1)\n"


class Ran:
    """How a suite ended, and what its record says."""

    def __init__(self, status, out, err, events):
        self.status, self.out, self.err, self.events = status, out, err, events
        self.cases = []  # (name, verdict, detail)
        names = {}
        for event in events:
            kind = event["e"]
            if kind == "start":
                names[event["i"]] = event["t"]
            elif kind == "end":
                self.cases.append((names[event["i"]], event["v"], event.get("d", "")))
            elif kind in ("died", "timed_out", "broken", "skipped"):
                self.cases.append((event["t"], {"died": "crashed"}.get(kind, kind), event["d"]))

    def verdicts(self):
        return collections.Counter(verdict for _, verdict, _ in self.cases)

    def verdict_of(self, name):
        found = [verdict for case, verdict, _ in self.cases if case == name]
        assert len(found) == 1, (name, found)
        return found[0]

    def detail_of(self, name):
        return [detail for case, _, detail in self.cases if case == name][0]

    def finish(self):
        assert self.events[-1]["e"] == "finish"
        return self.events[-1]

    def count(self, kind):
        return sum(event["e"] == kind for event in self.events)


def command(folder, arguments, limits):
    options = dict({"--test-limit": "120", "--collect-limit": "120", "--crash-limit": "20"}, **limits)
    return ([PYTHON, str(SUITE), "--events", str(folder / "events.jsonl")] +
            [word for pair in options.items() for word in pair] + ["--"] + arguments)


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LABCTL"))}


def read_events(folder):
    return [json.loads(line) for line in (folder / "events.jsonl").read_bytes().splitlines() if line]


def run(folder, arguments=("tests",), only=None, **limits):
    limits = {"--" + name.replace("_", "-"): str(value) for name, value in limits.items()}
    done = subprocess.run(command(folder, list(arguments), limits), cwd=str(folder), timeout=LIMIT_SECONDS,
                          env=dict(environment(), **({"LABCTL_TEST": only} if only else {})), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    ran = Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"),
              read_events(folder))
    assert left_behind(folder) == []
    return ran


def left_behind(folder):
    """Processes that still know of the folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and str(folder).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes())
        except OSError:
            pass
    return found


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tests").mkdir()
    return tmp_path


def write(folder, name, text):
    path = folder / "tests" / name
    path.write_text(text, encoding="utf-8")
    return "tests/" + name


def ten_tests(worst):
    return "".join("def test_%d():\n%s\n" % (i, "\n".join("    " + line for line in (
        worst if i == 3 else "assert True").splitlines())) for i in range(1, 11))


def test_verdicts(folder):
    name = write(folder, "test_all.py", """
import pytest
def test_passes(): pass
def test_fails(): assert 1 == 2, "told"
@pytest.mark.skip(reason="not today")
def test_skips(): pass
@pytest.mark.xfail(reason="ticket 7")
def test_expected(): assert False
@pytest.mark.xfail(reason="ticket 8")
def test_unexpected(): pass
@pytest.mark.xfail(strict=True, reason="ticket 9")
def test_strict(): pass
@pytest.fixture
def broken(): raise ValueError("in the fixture")
def test_setup(broken): pass
@pytest.fixture
def leaky():
    yield
    raise ValueError("behind the fixture")
def test_teardown(leaky): pass
def test_both(leaky): assert False, "first"
""")
    ran = run(folder)
    assert ran.status == 0
    assert ran.finish()["complete"] and ran.finish()["done"] == 9
    expected = {"passes": "passed", "fails": "failed", "skips": "skipped", "expected": "skipped", "unexpected": "passed",
                "strict": "failed", "setup": "failed", "teardown": "failed", "both": "failed"}
    for test, verdict in expected.items():
        assert ran.verdict_of("%s::test_%s" % (name, test)) == verdict
    assert ran.detail_of(name + "::test_expected") == "xfail: ticket 7"
    assert "not today" in ran.detail_of(name + "::test_skips")
    assert ran.detail_of(name + "::test_fails").startswith("AssertionError: told")
    assert ran.detail_of(name + "::test_teardown").startswith("in teardown: ValueError: behind")
    assert "first" in ran.detail_of(name + "::test_both") and "behind" in ran.detail_of(name + "::test_both")
    begin = ran.events[0]
    assert begin["e"] == "session" and begin["python"] and begin["pytest"] == pytest.__version__
    assert [event["n"] for event in ran.events if event["e"] == "collected"] == [9]
    assert all(event["s"] >= 0 for event in ran.events if event["e"] == "end")


def test_one_test_alone(folder):
    """Only its own module is collected; options stay as they are."""
    name = write(folder, "test_some.py", "import pytest\n@pytest.mark.parametrize('n', [1, 2])\ndef test_n(n): assert n == 1\n"
                 "def test_other(): pass\n")
    write(folder, "test_loud.py", "raise ValueError('collected')\n")
    for arguments in (["tests"], ["tests", "-k", "not other"], ["tests/test_loud.py", name], [name + "::test_other"]):
        ran = run(folder, arguments, only=name + "::test_n[2]")
        assert [case[:2] for case in ran.cases] == [(name + "::test_n[2]", "failed")], arguments
        assert ran.finish()["complete"] and not ran.count("broken")


def test_one_module_alone(folder):
    name = write(folder, "test_some.py", "def test_a(): pass\ndef test_b(): pass\n")
    write(folder, "test_more.py", "def test_c(): pass\n")
    broken = write(folder, "test_broken.py", "import nothing_of_that_name\n")
    assert sorted(case[0] for case in run(folder, only=name).cases) == [name + "::test_a", name + "::test_b"]
    assert [case[:2] for case in run(folder, only=broken).cases] == [(broken, "broken")]


def test_one_test_that_is_not_there(folder):
    write(folder, "test_some.py", "def test_a(): pass\n")
    for only in ("tests/test_some.py::test_z", "tests/test_none.py::test_a", "nonsense"):
        ran = run(folder, only=only)
        assert ran.cases == [] and ran.finish()["complete"]


def test_one_test_that_crashes_is_not_followed_by_others(folder):
    name = write(folder, "test_ten.py", ten_tests(CRASH))
    ran = run(folder, only=name + "::test_3")
    assert [case[:2] for case in ran.cases] == [(name + "::test_3", "crashed")]


def test_a_segfault_costs_one_test(folder):
    name = write(folder, "test_ten.py", ten_tests(CRASH))
    ran = run(folder)
    assert ran.status == 0 and ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 9, "crashed": 1}
    assert ran.verdict_of(name + "::test_3") == "crashed"
    detail = ran.detail_of(name + "::test_3")
    assert "SIGSEGV" in detail and "in test_3" in detail
    assert "_pytest" not in detail
    assert ran.count("restart") == 1


def test_a_hang_costs_one_test(folder):
    name = write(folder, "test_ten.py", "import time\n" + ten_tests("time.sleep(1000)"))
    ran = run(folder, test_limit=10)
    assert ran.status == 0 and ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 9, "timed_out": 1}
    detail = ran.detail_of(name + "::test_3")
    assert detail.startswith("no end after 10 s") and "in test_3" in detail


def test_a_hang_that_no_signal_but_the_last_ends(folder):
    name = write(folder, "test_ten.py", ten_tests("import signal, time\nsignal.signal(signal.SIGABRT, signal.SIG_IGN)\n"
                                                  "time.sleep(1000)"))
    ran = run(folder, test_limit=10)
    assert ran.finish()["complete"]
    assert ran.verdict_of(name + "::test_3") == "timed_out"


@pytest.mark.parametrize("worst, said", [
    ("import os\nos._exit(0)", "exit status 0"), ("import os\nos._exit(3)", "exit status 3"), ("import os\nos.abort()", "SIGABRT"),
    ("import os\nos.kill(os.getpid(), 9)", "SIGKILL"), ("import pytest\npytest.exit('enough')", "ended the whole session"),
    ("raise KeyboardInterrupt", "ended the whole session"),
])
def test_other_ways_to_end(folder, worst, said):
    name = write(folder, "test_ten.py", ten_tests(worst))
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 9, "crashed": 1}
    assert said in ran.detail_of(name + "::test_3")


def test_a_fork_that_comes_back_says_nothing(folder):
    write(folder, "test_ten.py", ten_tests("import os\nchild = os.fork()\nif child:\n    os.waitpid(child, 0)\n"
                                           "else:\n    raise SystemExit(0)"))
    ran = run(folder)
    assert ran.verdicts() == {"passed": 10}


def test_processes_of_a_dead_test_go_with_it(folder):
    write(folder, "test_ten.py", ten_tests(
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n" + CRASH))
    ran = run(folder)  # which looks for what was left behind
    assert ran.verdicts() == {"passed": 9, "crashed": 1}


def test_several_crashes_up_to_the_limit(folder):
    write(folder, "test_all.py", "import ctypes\n" + "".join("def test_%d(): ctypes.memset(8, 1, 1)\n" % i for i in range(5)))
    ran = run(folder, crash_limit=2)
    assert ran.status == 1
    finish = ran.finish()
    assert not finish["complete"] and "more than 2 times" in finish["reason"] and finish["missing"] == 2
    assert ran.verdicts() == {"crashed": 3}


def test_errors_of_collection_are_told_once(folder):
    good = write(folder, "test_good.py", ten_tests(CRASH))
    bad = write(folder, "test_bad.py", "import no_such_module\n")
    syntax = write(folder, "test_syntax.py", "def test_(:\n")
    skips = write(folder, "test_skips.py", "import pytest\npytest.importorskip('no_such_module')\n")
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 9, "crashed": 1, "broken": 2, "skipped": 1}
    assert ran.verdict_of(bad) == "broken" and "No module named 'no_such_module'" in ran.detail_of(bad)
    assert ran.verdict_of(syntax) == "broken" and "SyntaxError" in ran.detail_of(syntax)
    assert ran.verdict_of(skips) == "skipped"
    assert ran.verdict_of(good + "::test_4") == "passed"


def test_a_module_that_kills_the_collection(folder):
    good = write(folder, "test_good.py", ten_tests("pass"))
    bad = write(folder, "test_bad.py", CRASH)
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 10, "crashed": 1}
    assert ran.verdict_of(bad) == "crashed" and "SIGSEGV" in ran.detail_of(bad)
    assert ran.verdict_of(good + "::test_1") == "passed"


def test_a_module_that_holds_the_collection_up(folder):
    write(folder, "test_good.py", ten_tests("pass"))
    slow = write(folder, "test_slow.py", "import time\ntime.sleep(1000)\n")
    ran = run(folder, collect_limit=20)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 10, "timed_out": 1}
    assert ran.verdict_of(slow) == "timed_out"


def test_an_end_that_does_not_come(folder):
    write(folder, "test_ten.py", "import atexit, time\natexit.register(time.sleep, 1000)\n" + ten_tests("pass"))
    ran = run(folder, collect_limit=20)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 10, "timed_out": 1}
    assert ran.verdict_of("(after the last test)") == "timed_out"


def test_a_crash_at_the_end(folder):
    write(folder, "test_ten.py", "import atexit, ctypes\natexit.register(ctypes.memset, 8, 1, 1)\n" + ten_tests("pass"))
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 10, "crashed": 1}
    assert ran.verdict_of("(after the last test)") == "crashed"


def test_pytest_that_cannot_begin(folder):
    ran = run(folder, arguments=["no/such/folder"])
    assert ran.status == 1
    assert not ran.finish()["complete"]
    assert ran.verdict_of("(session)") == "broken"
    assert "no/such/folder" in ran.detail_of("(session)")


def test_a_conftest_that_cannot_be_read(folder):
    write(folder, "conftest.py", "raise RuntimeError('no conftest today')\n")
    write(folder, "test_ten.py", ten_tests("pass"))
    ran = run(folder)
    assert not ran.finish()["complete"]
    assert "no conftest today" in ran.detail_of("(session)")


def test_stopping_early_is_not_complete(folder):
    write(folder, "test_ten.py", ten_tests("assert False"))
    ran = run(folder, arguments=["-x", "tests"])
    assert ran.status == 1
    assert not ran.finish()["complete"] and ran.finish()["missing"] == 7


def test_the_limit_of_the_whole(folder):
    write(folder, "test_slow.py", "import time\n" + "".join("def test_%d(): time.sleep(2)\n" % i for i in range(100)))
    ran = run(folder, limit=20)
    assert ran.status == 1
    assert not ran.finish()["complete"] and "whole suite" in ran.finish()["reason"]
    assert ran.verdicts()["timed_out"] == 1
    assert ran.finish()["missing"] > 50


def test_names_of_any_kind(folder):
    name = write(folder, "test_n\u00e4men.py", """
import pytest
@pytest.mark.parametrize("x", ["\\ud800", "a\\0b", "new\\nline", "\\x1b[31m", "x" * 9000, "::", "[]", "\u20ac", '"', "\\\\"])
def test_\u00e9(x):
    raise ValueError(x)
""")
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"failed": 10}
    for case, _, detail in ran.cases:
        assert case.startswith(name + "::test_\u00e9[")
        assert len(case) < 1100 and "\n" not in case and "\0" not in case
        assert len(detail) < 10000 and "\0" not in detail
        case.encode("utf-8"), detail.encode("utf-8")


def test_the_same_name_twice_is_two_tests(folder):
    write(folder, "conftest.py", """
def pytest_collection_modifyitems(items):
    items.extend(list(items))
""")
    name = write(folder, "test_twice.py", """
import ctypes
ran = []
def test_a(): pass
def test_b():
    ran.append(1)
    if len(ran) == 2:
        ctypes.memset(8, 1, 1)
def test_c(): pass
""")
    ran = run(folder)
    assert ran.finish()["complete"] and ran.finish()["missing"] == 0
    assert sorted((case, verdict) for case, verdict, _ in ran.cases) == sorted(
        [(name + "::test_a", "passed")] * 2 + [(name + "::test_b", "passed"), (name + "::test_b", "crashed")] +
        [(name + "::test_c", "passed")] * 2)


def test_a_test_that_closes_every_file(folder):
    write(folder, "test_ten.py", ten_tests("import os\nos.closerange(3, 50)"))
    ran = run(folder)
    assert ran.finish()["complete"]
    assert sum(ran.verdicts().values()) == 10


def test_a_test_that_shouts(folder):
    write(folder, "test_ten.py", ten_tests("import os\nfor _ in range(2000):\n    os.write(2, b'x' * 65536)"))
    assert run(folder).verdicts() == {"passed": 10}
    assert run(folder, arguments=["-s", "tests"]).verdicts() == {"passed": 10}


def test_installed_packages_are_found_and_named_by_import_path(folder):
    package = folder / "site" / "mine"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "tests" / "__init__.py").write_text("")
    (package / "conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--mine', default='yes')\n")
    (package / "tests" / "test_it.py").write_text("def test_it(request):\n    assert request.config.getoption('--mine') == 'no'\n")
    outside = folder / "work"
    outside.mkdir()
    done = subprocess.run(command(outside, ["@mine/tests", "--mine=no", "--ignore=@mine/other"], {}), cwd=str(outside),
                          env=dict(environment(), PYTHONPATH=str(folder / "site")), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS)
    events = read_events(outside)
    assert done.returncode == 0, done.stdout
    assert [event["t"] for event in events if event["e"] == "start"] == ["mine/tests/test_it.py::test_it"]
    assert [event["v"] for event in events if event["e"] == "end"] == ["passed"]


def test_nothing_is_written_outside(folder):
    write(folder, "test_where.py", """
import os, tempfile
def test_home(tmp_path):
    here = os.getcwd()
    for path in (os.path.expanduser("~"), tempfile.gettempdir(), str(tmp_path)):
        assert path.startswith(here + os.sep)
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
""")
    ran = run(folder)
    assert ran.verdicts() == {"passed": 1}, ran.cases
    left = {path.name for path in folder.iterdir()}
    assert left == {"tests", "events.jsonl", "home", "tmp", "pytest.ini"}


def start(folder, **limits):
    limits = {"--" + name.replace("_", "-"): str(value) for name, value in limits.items()}
    return subprocess.Popen(command(folder, ["tests"], limits), cwd=str(folder), env=environment(),
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(what):
    until = time.monotonic() + LIMIT_SECONDS
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_asked_to_stop_it_stops(folder):
    write(folder, "test_ten.py", "import time\n" + ten_tests("open('here', 'w').close()\ntime.sleep(1000)"))
    running = start(folder)
    wait_for((folder / "here").exists)
    running.send_signal(signal.SIGTERM)
    assert running.wait(LIMIT_SECONDS) == 1
    ran = Ran(1, "", "", read_events(folder))
    assert ran.verdicts() == {"passed": 2}
    assert not ran.finish()["complete"] and "SIGTERM" in ran.finish()["reason"]
    assert left_behind(folder) == []


def test_killed_it_takes_the_tests_along(folder):
    write(folder, "test_ten.py", "import time\n" + ten_tests("open('here', 'w').close()\ntime.sleep(1000)"))
    running = start(folder)
    wait_for((folder / "here").exists)
    running.kill()
    running.wait(LIMIT_SECONDS)
    wait_for(lambda: left_behind(folder) == [])


def test_ten_thousand_tests(folder):
    write(folder, "test_many.py", "import pytest\n@pytest.mark.parametrize('n', range(10000))\ndef test_(n): assert n != 5000\n")
    ran = run(folder)
    assert ran.finish()["complete"]
    assert ran.verdicts() == {"passed": 9999, "failed": 1}


def test_progress_is_for_the_eye(folder):
    write(folder, "test_slow.py", "import time\n" + "".join("def test_%d(): time.sleep(1)\n" % i for i in range(4)))
    ran = run(folder)
    lines = ran.err.splitlines()
    assert lines and all(line.startswith("labctl-progress ") for line in lines)
    _, done, total, bad, name = lines[-1].split(" ", 4)
    assert int(done) <= int(total) == 4 and int(bad) == 0 and name.startswith("tests/test_slow.py::test_")


@pytest.mark.parametrize("arguments", [[], ["--events", "x"], ["--events", "x", "--"], ["--what", "1", "--", "x"],
                                       ["--events", "x", "--limit", "soon", "--", "x"], ["--limit"]])
def test_wrong_use(folder, arguments):
    done = subprocess.run([PYTHON, str(SUITE)] + arguments, cwd=str(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr and not done.stdout
