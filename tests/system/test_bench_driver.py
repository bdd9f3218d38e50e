"""What runs benchmarks on targets, here: the driver, on benchmarks that do their worst, most under a clock of the tests' own."""
import collections
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LIB = Path(os.environ["LABCTL_SOURCE"]) / "recipes" / "lib"
DRIVER = LIB / "labctl_bench.py"
# Other interpreters can be tried by hand: one for the driver, one for what it runs.
PYTHON = os.environ.get("LABCTL_LIB_PYTHON", sys.executable)
RUNTIME = os.environ.get("LABCTL_BENCH_PYTHON", PYTHON)
LIMIT_SECONDS = 300

# Times come from a clock that only the benchmark moves: iteration n takes n seconds for each loop.
OWN_CLOCK = """
import time
now, calls = [0.0], [0]
time.perf_counter = lambda: now[0]
def bench(loops):
    calls[0] += 1
    now[0] += loops * calls[0]
    return "answer"
EXPECTED = "answer"
"""
QUICK = "def bench(loops):\n    return loops\ndef check(answer): assert answer\n"


class Ran:
    """How a session ended, and what its events say."""

    def __init__(self, status, out, err, events):
        self.status, self.out, self.err, self.events = status, out, err, events

    def of(self, kind, x=None):
        return [event for event in self.events if event["e"] == kind and (x is None or event.get("x") == x)]

    def one(self, kind, x=None):
        found = self.of(kind, x)
        assert len(found) == 1, (kind, x, found)
        return found[0]

    def end(self, x=0):
        return self.one("end", x)

    def values(self, x=0):
        return [value for event in self.of("values", x) for value in event["s"]]

    def facts(self, x=0):
        return self.one("facts", x)

    def statuses(self):
        return [event["status"] for event in self.of("end")]

    def finish(self):
        return self.one("finish")


NUMBER = (int, float)
SHAPES = {
    "session": {"version": int, "benchmark": str, "seed": int, "starts_anew": bool, "driver": dict},
    "begin": {"x": int, "runtime": str, "kind": str, "role": (str, type(None))},
    "system": {"x": int, "when": str, "load": NUMBER, "steal_s": NUMBER, "mhz": (list, type(None)), "at_s": NUMBER},
    "calibrated": {"x": int, "loops": int},
    "values": {"x": int, "loops": int, "inner_loops": int, "s": list},
    "memory": {"x": int, "peak_bytes": int, "at_s": list, "bytes": list},
    "end": {"x": int, "status": str, "detail": (str, type(None)), "s": NUMBER},
    "finish": {"complete": bool, "reason": str, "left": int},
}
ORDER = ("begin", "system", "calibrated", "facts", "values", "memory", "end")


def assert_valid(events):
    """Every event has its shape, and executions come one after the other, from their begin to their end."""
    for event in events:
        if event["e"] == "facts":
            assert all(isinstance(value, (str, int, float)) for value in event.values()), event
            continue
        shape = SHAPES[event["e"]]
        assert set(event) == set(shape) | {"e"}, event
        for name, kind in shape.items():
            assert isinstance(event[name], kind), event
    kinds = [event["e"] for event in events]
    assert kinds[0] == "session" and kinds[-1] == "finish" and kinds.count("session") == kinds.count("finish") == 1
    x = -1
    for event in events[1:-1]:
        if event["e"] == "begin":
            assert x == -1 or before == "end"
            x += 1
        else:
            assert ORDER.index(event["e"]) >= ORDER.index("system" if before == "begin" else before)
        assert event["x"] == x
        before = event["e"]
    for event in events:
        if event["e"] == "end":
            assert event["status"] in ("ok", "failed", "crashed", "timed_out")
            assert (event["detail"] is None) == (event["status"] == "ok")
            assert event["s"] >= 0
        if event["e"] == "memory":
            assert len(event["at_s"]) == len(event["bytes"]) and event["at_s"] == sorted(event["at_s"])
            assert event["peak_bytes"] >= max(event["bytes"] + [1])


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LABCTL"))}


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


class Bench:
    def __init__(self, folder):
        self.folder = folder

    def write(self, text, name="bench_it.py"):
        (self.folder / name).write_text(text, encoding="utf-8")
        return {"name": "it", "kind": "module", "module": name}

    def write_plan(self, benchmark, executions, **more):
        plan = {"version": 1, "benchmark": benchmark, "seed": 7, "limit_s": None, "process_limit_s": 120,
                "runtimes": {"one": {"python": RUNTIME, "env": {}}, "two": {"python": RUNTIME, "env": {"SECOND": "yes"}}},
                "executions": executions}
        plan.update(more)
        (self.folder / "plan.json").write_text(json.dumps(plan))

    def command(self):
        return [PYTHON, str(DRIVER), "--plan", "plan.json", "--events", "events.jsonl"]

    def start(self, benchmark, executions, **more):
        self.write_plan(benchmark, executions, **more)
        return subprocess.Popen(self.command(), cwd=str(self.folder), env=environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def read_events(self):
        lines = (self.folder / "events.jsonl").read_bytes().split(b"\n")
        assert lines.pop() == b""
        return [json.loads(line.decode("ascii")) for line in lines]

    def run(self, benchmark, executions, **more):
        if isinstance(benchmark, str):
            benchmark = self.write(benchmark)
        process = self.start(benchmark, executions, **more)
        out, err = process.communicate(timeout=LIMIT_SECONDS)
        ran = Ran(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), self.read_events())
        assert_valid(ran.events)
        assert left_behind(self.folder) == []
        assert sorted(path.name for path in self.folder.glob("events.jsonl*")) == ["events.jsonl"]
        return ran


def measure(iterations=3, loops=1, runtime="one", role=None, **more):
    return dict({"runtime": runtime, "kind": "measure", "role": role, "iterations": iterations, "loops": loops}, **more)


def calibrate(runtime="one", **more):
    return dict({"runtime": runtime, "kind": "calibrate", "role": None}, **more)


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


# ---- order, iterations, calibration ----

def test_the_order_of_the_plan_is_kept(bench):
    wanted = [("one", "a"), ("two", None), ("one", "b"), ("two", None), ("two", "a"), ("one", "a")]
    ran = bench.run(QUICK, [measure(2, runtime=runtime, role=role) for runtime, role in wanted])
    assert ran.status == 0
    assert [(event["runtime"], event["role"]) for event in ran.of("begin")] == wanted
    assert ran.statuses() == ["ok"] * 6
    finish = ran.finish()
    assert finish["complete"] and finish["left"] == 0 and finish["reason"] == ""
    session = ran.events[0]
    assert session["version"] == 1 and session["benchmark"] == "it" and session["seed"] == 7
    assert session["driver"]["implementation"] and session["driver"]["version"] and not session["starts_anew"]
    for x in range(6):
        assert [event["when"] for event in ran.of("system", x)] == ["before", "after"]


def test_each_execution_is_a_process_of_its_own_with_its_runtimes_variables(bench):
    ran = bench.run("import os\ndef bench(loops):\n    print('pid', os.getpid(), os.environ.get('SECOND'), os.environ.get('ALL'))\n"
                    "EXPECTED = None\n", [measure(1), measure(1, runtime="two"), measure(1)], env={"ALL": "x"})
    told = [line.split() for line in ran.out.splitlines() if line.startswith("pid")]
    assert len({pid for _, pid, _, _ in told}) == 3
    assert [(second, everywhere) for _, _, second, everywhere in told] == [("None", "x"), ("yes", "x"), ("None", "x")]


def test_every_iteration_is_kept_in_order(bench):
    ran = bench.run(OWN_CLOCK, [measure(200, loops=4)])
    values = ran.one("values")
    assert values["loops"] == 4 and values["inner_loops"] == 1
    assert ran.values() == [float(n) for n in range(1, 201)]
    assert ran.facts()["iterations"] == 200
    assert ran.facts()["iterating_s"] == 4.0 * sum(range(1, 201))


def test_inner_loops_divide_the_times(bench):
    ran = bench.run(OWN_CLOCK + "INNER_LOOPS = 8\n", [measure(3, loops=2)])
    values = ran.one("values")
    assert (values["loops"], values["inner_loops"], values["s"]) == (2, 8, [0.125, 0.25, 0.375])


def test_inner_loops_may_be_known_after_setup_alone(bench):
    ran = bench.run(OWN_CLOCK + "def setup(count):\n    globals()['INNER_LOOPS'] = count\n", [measure(2)])
    assert ran.statuses() == ["failed"]  # it has not got its parameter
    benchmark = bench.write(OWN_CLOCK + "def setup(count):\n    globals()['INNER_LOOPS'] = count\n")
    ran = bench.run(dict(benchmark, params={"count": 4}), [measure(2)])
    assert ran.values() == [0.25, 0.5]


@pytest.mark.parametrize("max_s, count", [(5, 3), (0, 1), (1e9, 20)])
def test_time_ends_a_process_early_but_not_before_one_iteration(bench, max_s, count):
    ran = bench.run(OWN_CLOCK, [measure(20, max_s=max_s)])
    assert ran.statuses() == ["ok"]
    assert ran.values() == [float(n) for n in range(1, count + 1)]
    assert ran.facts()["iterations"] == count


PER_LOOP = """
import time
now, ran = [0.0], [0]
time.perf_counter = lambda: now[0]
def bench(loops):
    ran[0] += loops
    now[0] += loops * (0.001 if ran[0] < %d else 0.00025)
    return ran[0]
def check(answer): return answer >= 1
"""


@pytest.mark.parametrize("slow_loops, loops", [(10 ** 9, 32), (150, 128)])
def test_loops_are_calibrated_also_when_the_body_becomes_faster(bench, slow_loops, loops):
    ran = bench.run(PER_LOOP % slow_loops, [calibrate(), measure(2, loops=None)], min_iteration_s=0.02)
    assert ran.one("calibrated")["loops"] == loops
    assert ran.one("values", 1)["loops"] == loops
    tried = ran.of("values", 0)
    assert [event["loops"] for event in tried] == [2 ** n for n in range(len(tried))] and tried[-1]["loops"] == loops
    assert tried[0]["s"] == pytest.approx([0.001]) and len(tried[-1]["s"]) >= 3


def test_calibration_is_of_one_runtime_and_given_loops_win(bench):
    ran = bench.run(OWN_CLOCK, [calibrate(), measure(1, loops=None, runtime="two"), measure(1, loops=5), measure(1, loops=None)],
                    min_iteration_s=3)
    assert ran.statuses() == ["ok", "failed", "ok", "ok"]
    assert "no calibration" in ran.end(1)["detail"]
    assert ran.one("values", 2)["loops"] == 5 and ran.one("values", 3)["loops"] == ran.one("calibrated")["loops"] == 2


def test_a_calibration_that_fails_is_told_again_with_what_needs_it(bench):
    ran = bench.run("def bench(loops): raise ValueError('no luck')\nEXPECTED = 1\n", [calibrate(), measure(loops=None), measure(loops=1)])
    assert ran.statuses() == ["failed"] * 3
    assert ran.end(1)["detail"] == "not calibrated: ValueError: no luck"
    assert not ran.of("calibrated")


def test_a_body_that_takes_no_time_at_all_is_calibrated_too(bench):
    ran = bench.run({"name": "nothing", "kind": "empty"}, [calibrate(max_s=1)])
    assert ran.statuses() == ["ok"] and ran.one("calibrated")["loops"] > 1


@pytest.mark.parametrize("more", ["INNER_LOOPS = 0\n", "INNER_LOOPS = 'x'\n", "INNER_LOOPS = 2 ** 80\n", "now[0] = float('inf')\n",
                                  "now[0] = float('nan')\n", "now[0] = 'x'\n", "time.perf_counter = lambda: -1.0 * calls[0]\n"])
def test_times_that_are_none_are_not_told(bench, more):
    ran = bench.run(OWN_CLOCK + more, [measure(3), calibrate(max_s=0)], process_limit_s=10)
    assert ran.statuses()[0] == "failed" and ran.values() == [] and ran.finish()["complete"]


def test_an_iteration_that_the_clock_does_not_see_is_no_time(bench):
    ran = bench.run(OWN_CLOCK.replace("now[0] += loops", "now[0] += (calls[0] != 2) * loops"), [measure(3, loops=2), measure(1, loops=2)])
    assert ran.statuses() == ["failed", "ok"] and "2 loops took no time" in ran.end()["detail"]
    assert ran.values() == [1.0, 3.0]


# ---- what goes wrong costs one execution ----

FAILURES = {
    "exception": ("def bench(loops): raise ValueError('told')\nEXPECTED = 1\n", "failed", "ValueError: told", "in bench"),
    "in setup": ("def setup(): {}['gone']\ndef bench(loops): return 1\nEXPECTED = 1\n", "failed", "KeyError: 'gone'", "in setup"),
    "import": ("import no_such_module\n", "failed", "No module named 'no_such_module'", ""),
    "syntax": ("def bench(:\n", "failed", "SyntaxError", ""),
    "wrong": ("def bench(loops): return 41\nEXPECTED = 42\n", "failed", "wrong answer: 41 instead of 42", ""),
    "false": ("def bench(loops): return 41\ndef check(answer): return answer == 42\n", "failed", "wrong answer: 41", ""),
    "assertion": ("def bench(loops): return 41\ndef check(answer): assert answer == 42, 'not that'\n", "failed", "not that", ""),
    "no check": ("def bench(loops): return 42\n", "failed", "neither check() nor EXPECTED", ""),
    "no bench": ("EXPECTED = 42\n", "failed", "has no attribute 'bench'", ""),
    "exit": ("def bench(loops): raise SystemExit(0)\nEXPECTED = 1\n", "failed", "SystemExit: 0", ""),
    "interrupt": ("def bench(loops): raise KeyboardInterrupt\nEXPECTED = 1\n", "failed", "KeyboardInterrupt", ""),
    "recursion": ("def bench(loops): return bench(loops)\nEXPECTED = 1\n", "failed", "RecursionError", ""),
    "segfault": ("import ctypes\ndef bench(loops): ctypes.memset(8, 1, 1)\nEXPECTED = 1\n", "crashed", "SIGSEGV", "in bench"),
    "abort": ("import os\ndef bench(loops): os.abort()\nEXPECTED = 1\n", "crashed", "SIGABRT", "in bench"),
    "killed": ("import os\ndef bench(loops): os.kill(os.getpid(), 9)\nEXPECTED = 1\n", "crashed", "SIGKILL", ""),
    "gone well": ("import os\ndef bench(loops): os._exit(0)\nEXPECTED = 1\n", "crashed", "in the middle of it: exit status 0", ""),
    "gone": ("import os\ndef bench(loops): print('last words', flush=True); os._exit(3)\nEXPECTED = 1\n", "crashed", "exit status 3",
             "last words"),
    "at the end": ("import atexit, os\natexit.register(os.abort)\ndef bench(loops): return 1\nEXPECTED = 1\n", "crashed",
                   "after the last iteration", ""),
    "bad status": ("import atexit, os\natexit.register(os._exit, 4)\ndef bench(loops): return 1\nEXPECTED = 1\n", "crashed",
                   "after the last iteration: exit status 4", ""),
    "bad wish": ("GC = 'sometimes'\ndef bench(loops): return 1\nEXPECTED = 1\n", "failed", "GC = 'sometimes'", ""),
}


@pytest.mark.parametrize("case", sorted(FAILURES))
def test_what_goes_wrong_costs_one_execution(bench, case):
    text, status, first_line, more = FAILURES[case]
    bad, good = dict(bench.write(text, "bad.py"), name=case), bench.write(QUICK, "good.py")
    ran = bench.run(bad, [measure(), measure()])
    assert ran.statuses() == [status] * 2 and ran.finish()["complete"] and ran.status == 0
    detail = ran.end()["detail"]
    assert first_line in detail.split("\n")[0] and more in detail
    assert "labctl_bench" not in detail or status == "failed"
    assert bench.run(good, [measure()]).statuses() == ["ok"]


def test_iterations_before_a_crash_are_kept(bench):
    death = "    if calls[0] == 6:\n        import os\n        os.kill(os.getpid(), 9)\n"
    ran = bench.run(OWN_CLOCK.replace("    now[0] +=", death + "    now[0] +="), [measure(20)])
    assert ran.statuses() == ["crashed"] and ran.values() == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_an_answer_that_becomes_wrong_is_noticed_at_the_end(bench):
    text = "calls = []\ndef bench(loops):\n    calls.append(1)\n    return len(calls) < 10\nEXPECTED = True\n"
    ran = bench.run(text, [measure(10), measure(9)])
    assert ran.statuses() == ["failed", "ok"] and "wrong answer: False" in ran.end()["detail"]


@pytest.mark.parametrize("worst", ["time.sleep(1000)", "signal.signal(signal.SIGABRT, signal.SIG_IGN); time.sleep(1000)"])
def test_a_hang_costs_one_execution(bench, worst):
    text = "import signal, sys, time, os\ndef bench(loops):\n    if 'SECOND' not in os.environ: %s\n    return 1\nEXPECTED = 1\n" % worst
    ran = bench.run(text, [measure(), measure(runtime="two")], process_limit_s=5)
    assert ran.statuses() == ["timed_out", "ok"]
    detail = ran.end()["detail"]
    assert detail.startswith("no end after 5 s")
    assert "SIG_IGN" in worst or "in bench" in detail


def test_an_end_that_does_not_come(bench):
    ran = bench.run("import atexit, time\natexit.register(time.sleep, 1000)\n" + OWN_CLOCK, [measure(4)], process_limit_s=5)
    assert ran.statuses() == ["timed_out"] and len(ran.values()) == 4


def test_processes_of_a_benchmark_go_with_it(bench):
    bench.run("import subprocess, sys\ndef bench(loops):\n    subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
              "EXPECTED = None\n", [measure(2)])  # which looks for what was left behind


def test_no_such_interpreter(bench):
    ran = bench.run(QUICK, [measure(), measure(runtime="two")], runtimes={"one": {"python": "no-such-python"}, "two": {"python": RUNTIME}})
    assert ran.statuses() == ["failed", "ok"] and "no interpreter no-such-python" in ran.end()["detail"]


def test_an_interpreter_that_cannot_run(bench):
    broken = bench.folder / "python"
    broken.write_text("#!/bin/sh\necho it is broken >&2\nexit 5\n")
    broken.chmod(0o755)
    ran = bench.run(QUICK, [measure()], runtimes={"one": {"python": str(broken)}})
    assert ran.statuses() == ["crashed"]
    assert "exit status 5" in ran.end()["detail"] and "it is broken" in ran.end()["detail"]


def test_open_files_that_a_benchmark_closes_are_not_missed(bench):
    ran = bench.run("import os\ndef bench(loops):\n    os.closerange(0, 200)\n    return 1\nEXPECTED = 1\n", [measure(5)])
    assert ran.statuses() == ["ok"] and len(ran.values()) == 5


# ---- limits ----

def test_nothing_is_begun_when_the_time_is_over(bench):
    ran = bench.run(QUICK, [measure(), measure()], limit_s=0)
    assert ran.status == 1 and not ran.of("begin")
    finish = ran.finish()
    assert not finish["complete"] and finish["left"] == 2 and "time limit" in finish["reason"]


def test_the_limit_of_the_whole_leaves_the_rest_out(bench):
    ran = bench.run("import time\ndef bench(loops): time.sleep(0.05)\nEXPECTED = None\n", [measure(100)] * 500, limit_s=6)
    done = len(ran.of("end"))
    assert ran.status == 1 and 0 < done < 500 and ran.finish()["left"] == 500 - done
    # The last one was told to come to its end, not killed.
    assert set(ran.statuses()) == {"ok"} and ran.facts(done - 1)["iterations"] >= 1


def test_the_limit_of_the_whole_also_ends_what_does_not_end_by_itself(bench):
    ran = bench.run("import time\ndef bench(loops): time.sleep(1000)\nEXPECTED = None\n", [measure()] * 3, limit_s=1, process_limit_s=None)
    assert ran.statuses() == ["timed_out"] and "the time limit of the whole" in ran.end()["detail"]
    assert ran.finish()["left"] == 2


# ---- memory, facts, chance ----

def test_memory_of_the_process_and_of_those_below_it(bench):
    ran = bench.run("""
import subprocess, sys, time
HOLD = "data = bytearray(b'x' * 60000000); print('ready', flush=True); import time; time.sleep(1000)"
def setup():
    global data, child
    data = bytearray(b"x" * 80000000)
    child = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE)
    child.stdout.readline()
def bench(loops): time.sleep(0.2)
EXPECTED = None
""", [measure(6)])
    memory = ran.one("memory")
    assert memory["bytes"] and max(memory["bytes"]) > 140000000
    assert 140000000 < memory["peak_bytes"] < 400000000
    assert ran.facts()["memory_measure"] in ("pss", "rss")


def test_memory_between_two_samples_is_seen_too(bench):
    ran = bench.run("def bench(loops):\n    data = bytearray(b'x' * 150000000)\n    return len(data)\nEXPECTED = 150000000\n", [measure(1)])
    assert ran.one("memory")["peak_bytes"] > 150000000


def test_memory_that_setup_needed_in_other_processes_is_not_counted(bench):
    ran = bench.run("""
import subprocess, sys, time
def setup():
    subprocess.check_call([sys.executable, "-c", "data = bytearray(b'x' * 150000000); import time; time.sleep(0.5)"])
def bench(loops): time.sleep(0.1)
EXPECTED = None
""", [measure(2)])
    assert ran.one("memory")["peak_bytes"] < 150000000


def test_facts_of_the_interpreter(bench):
    ran = bench.run("import gc\ndef bench(loops): gc.collect()\nEXPECTED = None\n", [measure(3)])
    facts = ran.facts()
    code = "import sys; print(sys.implementation.name, '.'.join(map(str, sys.version_info[:3])))"
    implementation, version = subprocess.check_output([RUNTIME, "-c", code]).decode().split()
    assert (facts["implementation"], facts["version"]) == (implementation, version)
    if implementation == "cpython":
        assert facts["gc2_collections_after"] - facts["gc2_collections_before"] >= 3
    assert any(name.startswith("gc") and name.endswith("_after") for name in facts)


def hash_of(ran, x):
    return [line for line in ran.out.splitlines() if line.startswith("hash")][x]


def test_hash_seeds_differ_are_recorded_and_come_from_the_seed(bench):
    text = "def bench(loops): print('hash', hash('some text'))\nEXPECTED = None\n"
    first = bench.run(text, [measure(1), measure(1)])
    seeds = [first.facts(x)["hash_seed"] for x in (0, 1)]
    assert seeds[0] != seeds[1] and hash_of(first, 0) != hash_of(first, 1)
    again = bench.run(text, [measure(1), measure(1)])
    assert [again.facts(x)["hash_seed"] for x in (0, 1)] == seeds and hash_of(again, 0) == hash_of(first, 0)
    other = bench.run(text, [measure(1), measure(1)], seed=8)
    assert other.facts(0)["hash_seed"] not in seeds
    fixed = bench.run(text, [measure(1), measure(1)], env={"PYTHONHASHSEED": "3"})
    assert [fixed.facts(x)["hash_seed"] for x in (0, 1)] == ["3", "3"] and hash_of(fixed, 0) == hash_of(fixed, 1)
    free = bench.run(text, [measure(1)], env={"PYTHONHASHSEED": None})
    assert "hash_seed" not in free.facts()


def test_the_size_of_the_environment_is_drawn_by_lot_when_asked_for(bench):
    text = "import os\ndef bench(loops): print('padding', len(os.environ.get('LABCTL_PADDING', '')))\nEXPECTED = None\n"
    assert "environment_padding_bytes" not in bench.run(text, [measure(1)]).facts()
    ran = bench.run(text, [measure(1)] * 3, randomise_environment=True)
    sizes = [ran.facts(x)["environment_padding_bytes"] for x in range(3)]
    assert len(set(sizes)) == 3 and all(0 <= size < 4096 for size in sizes)
    assert [int(line.split()[1]) for line in ran.out.splitlines() if line.startswith("padding")] == sizes


def test_settings_of_the_user_do_not_get_through(bench):
    os.environ["PYTHONOPTIMIZE"] = "2"
    try:
        ran = bench.run("import sys\ndef bench(loops): return sys.flags.optimize\nEXPECTED = 0\n", [measure(1)])
    finally:
        del os.environ["PYTHONOPTIMIZE"]
    assert ran.statuses() == ["ok"]


COUNTING = """
import gc
collect, collected = gc.collect, []
gc.collect = lambda: collected.append(collect())
%s
def bench(loops):
    return len(collected), gc.isenabled()
def check(answer):
    print("gc", answer)
"""


@pytest.mark.parametrize("wish, last", [("", (0, True)), ("GC = 'collect'", (4, True)), ("GC = 'off'", (0, False))])
def test_what_a_benchmark_wants_of_the_garbage_collector(bench, wish, last):
    ran = bench.run(COUNTING % wish, [measure(4)])
    assert ran.statuses() == ["ok"]
    assert [line for line in ran.out.splitlines() if line.startswith("gc")][-1] == "gc %s" % (last,)


def test_a_result_is_let_go_before_the_next_iteration_is_timed(bench):
    ran = bench.run(OWN_CLOCK.replace('    return "answer"', "    return Heavy()").replace('EXPECTED = "answer"', """
class Heavy:
    def __del__(self): now[0] += 1000
def check(answer): pass
"""), [measure(5)])
    assert ran.values() == [1.0, 2.0, 3.0, 4.0, 5.0]


# ---- the other kinds ----

def test_a_callable(bench):
    benchmark = {"name": "it", "kind": "callable", "callable": "json:dumps", "args": [{"b": 1, "a": [None]}], "kwargs": {"sort_keys": True},
                 "expect": '{"a": [null], "b": 1}'}
    ran = bench.run(benchmark, [measure(4, loops=3)])
    assert ran.statuses() == ["ok"] and len(ran.values()) == 4 and ran.one("values")["loops"] == 3
    ran = bench.run(dict(benchmark, expect="{}"), [measure(4)])
    assert ran.statuses() == ["failed"] and "wrong answer" in ran.end()["detail"]


def test_a_callable_of_a_class_in_a_file_here(bench):
    (bench.folder / "here.py").write_text("class Thing:\n    @staticmethod\n    def twice(n): return 2 * n\n")
    ran = bench.run({"name": "it", "kind": "callable", "callable": "here:Thing.twice", "args": [21], "expect": 42}, [measure()])
    assert ran.statuses() == ["ok"]
    ran = bench.run({"name": "it", "kind": "callable", "callable": "here:Thing.thrice"}, [measure()])
    assert ran.statuses() == ["failed"] and "thrice" in ran.end()["detail"]


def test_a_command(bench):
    code = "import os; open('ran', 'a').write('x'); print(os.environ.get('SECOND'))"
    command = {"name": "it", "kind": "command", "command": ["{python}", "-c", code]}
    ran = bench.run(command, [measure(3, loops=2)])
    assert ran.statuses() == ["ok"] and len(ran.values()) == 3 and all(value > 0 for value in ran.values())
    assert (bench.folder / "ran").read_text() == "x" * (1 + 6)  # once before, not timed
    assert ran.facts()["command_user_s"] >= 0 and ran.facts()["command_system_s"] >= 0
    assert ran.events[0]["starts_anew"]
    ran = bench.run(dict(command, expect="yes\n"), [measure(1, runtime="two"), measure(1)])
    assert ran.statuses() == ["ok", "failed"] and "said 'None\\n' instead of 'yes\\n'" in ran.end(1)["detail"]


def test_the_memory_of_a_command_is_its_own(bench):
    code = "data = bytearray(b'x' * 90000000); import time; time.sleep(0.3)"
    ran = bench.run({"name": "it", "kind": "command", "command": ["{python}", "-c", code]}, [measure(1)])
    assert 90000000 < ran.one("memory")["peak_bytes"] < 300000000
    assert ran.facts()["command_peak_bytes"] > 90000000
    ran = bench.run({"name": "it", "kind": "command", "command": ["sh", "-c", "sleep 0.2"]}, [measure(1)])
    assert 0 < ran.one("memory")["peak_bytes"] < 8000000


@pytest.mark.parametrize("words, told", [
    (["{python}", "-c", "import sys; sys.stderr.write('its own words'); sys.exit(7)"], "exit status 7"),
    (["{python}", "-c", "import os; os.kill(os.getpid(), 9)"], "signal 9"),
    (["no-such-command"], "there is no command no-such-command"),
])
def test_a_command_that_fails(bench, words, told):
    ran = bench.run({"name": "it", "kind": "command", "command": words}, [measure()])
    assert ran.statuses() == ["failed"] and told in ran.end()["detail"]
    assert "its own words" not in str(words) or "its own words" in ran.end()["detail"]


def test_a_command_that_hangs(bench):
    ran = bench.run({"name": "it", "kind": "command", "command": ["sleep", "1000"]}, [measure()], process_limit_s=3)
    assert ran.statuses() == ["timed_out"]


# As much of pyperf as the protocol of its workers needs.
PYPERF = """
import argparse, json, os
__version__ = "2.0.0"
class Runner:
    def __init__(self):
        parser = argparse.ArgumentParser()
        for name in ("task", "min-time", "loops", "values", "warmups", "output"):
            parser.add_argument("--worker-task" if name == "task" else "--" + name)
        parser.add_argument("--worker", action="store_true", required=True)
        parser.add_argument("--calibrate-loops", action="store_true")
        self.args, self.number = parser.parse_args(), 0
    def bench_time_func(self, name, function, unit="second", inner_loops=4):
        self.number += 1
        if int(self.args.worker_task) != self.number - 1:
            return
        assert self.args.warmups == "0"
        loops = 16 if self.args.calibrate_loops else int(self.args.loops)
        metadata = {"name": name, "unit": unit, "loops": loops, "inner_loops": inner_loops}
        run = {"metadata": metadata, "values": [function(loops) / loops / inner_loops for _ in range(int(self.args.values))]}
        if self.args.calibrate_loops:
            run = {"metadata": dict(metadata, calibrate_loops=loops), "warmups": [[16, 1.0]]}
        with open(self.args.output, "w") as out:
            json.dump({"version": "1.0", "metadata": {}, "benchmarks": [{"runs": [run]}]}, out)
"""


def test_a_script_that_speaks_pyperf(bench):
    (bench.folder / "site").mkdir()
    (bench.folder / "site" / "pyperf.py").write_text(PYPERF)
    (bench.folder / "script.py").write_text(
        "import pyperf\ncalls = []\ndef work(loops):\n    calls.append(1)\n    return loops * len(calls) * 2.0\n"
        "runner = pyperf.Runner()\nrunner.bench_time_func('first', work)\nrunner.bench_time_func('second', work, unit='byte')\n")
    site = {"PYTHONPATH": str(bench.folder / "site")}
    script = {"name": "it", "kind": "pyperf", "script": "script.py"}
    ran = bench.run(script, [calibrate(), measure(3, loops=None), measure(2, loops=5)], env=site)
    assert ran.statuses() == ["ok"] * 3 and ran.one("calibrated")["loops"] == 16
    first, second = ran.one("values", 1), ran.one("values", 2)
    assert (first["loops"], first["inner_loops"], first["s"]) == (16, 4, [0.5, 1.0, 1.5])
    assert (second["loops"], second["s"]) == (5, [0.5, 1.0])
    assert ran.facts(1)["pyperf_version"] == "2.0.0" and ran.one("memory", 1)["peak_bytes"] > 0
    ran = bench.run(dict(script, task=1), [measure()], env=site)
    assert ran.statuses() == ["failed"] and "unit byte" in ran.end()["detail"]
    ran = bench.run(dict(script, task=2), [measure()], env=site)
    assert ran.statuses() == ["failed"] and "no pyperf results" in ran.end()["detail"]
    ran = bench.run(dict(script, args=["--no-such-option"]), [measure()], env=site)
    assert ran.statuses() == ["failed"] and "the script ended with 2" in ran.end()["detail"]


def test_pyperf_that_is_not_there(bench):
    (bench.folder / "site").mkdir()
    (bench.folder / "site" / "pyperf.py").write_text("raise ImportError('not here')\n")
    (bench.folder / "script.py").write_text("import pyperf\n")
    ran = bench.run({"name": "it", "kind": "pyperf", "script": "script.py"}, [measure()], env={"PYTHONPATH": str(bench.folder / "site")})
    assert ran.statuses() == ["failed"] and ran.end()["detail"] == "pyperf cannot be imported: not here"


# ---- names and texts of any kind ----

def test_names_of_any_kind(bench):
    benchmark = bench.write(QUICK, "n\u00e4me [1] 'q' \u20ac.py")
    benchmark["name"] = "\ud800 a\0b\nnew \x1b[31m \u20ac"
    ran = bench.run(benchmark, [measure(runtime="\u20ac\n\"", role="r\u00f6le")], runtimes={"\u20ac\n\"": {"python": RUNTIME}})
    assert ran.statuses() == ["ok"]
    name = ran.events[0]["benchmark"]
    assert name.startswith("\\ud800 a\\x00b") and "\u20ac" in name
    assert ran.one("begin")["runtime"] == "\u20ac\n\"" and ran.one("begin")["role"] == "r\u00f6le"


@pytest.mark.parametrize("message", ["'\\ud800'", "'a\\0b'", "'x' * 100000", "'\\x1b[31m'", "'l1\\nl2'", "b'\\xff'"])
def test_messages_of_any_kind(bench, message):
    ran = bench.run("def bench(loops): raise ValueError(%s)\nEXPECTED = 1\n" % message, [measure()])
    assert ran.statuses() == ["failed"]
    detail = ran.end()["detail"]
    detail.encode("utf-8")
    assert "\0" not in detail and len(detail) < 9000 and "ValueError" in detail


def test_output_of_any_kind(bench):
    text = ("import os\ndef bench(loops):\n    os.write(1, bytes(range(256)) * 1000)\n"
            "    os.write(2, b'{\"e\":\"end\",\"x\":0}\\n')\nEXPECTED = None\n")
    ran = bench.run(text, [measure(5)])
    assert ran.statuses() == ["ok"] and len(ran.out) > 1000000


def test_files_beside_a_benchmark_do_not_hide_pythons_own(bench):
    (bench.folder / "random.py").write_text("raise RuntimeError('the wrong one')\n")
    (bench.folder / "helper_of_it.py").write_text("VALUE = 5\n")
    benchmark = bench.write("import random, tempfile, helper_of_it\ndef bench(loops): return helper_of_it.VALUE\nEXPECTED = 5\n", "json.py")
    assert bench.run(benchmark, [measure()]).statuses() == ["ok"]


# ---- plans that cannot be carried out ----

@pytest.mark.parametrize("more, told", [
    ({"version": 2}, "version 1"), ({"benchmark": None}, "there is no benchmark"),
    ({"benchmark": {"name": "", "kind": "module"}}, "no name"),
    ({"benchmark": {"name": "x", "kind": "story"}}, "kind is one of"), ({"benchmark": {"name": "x", "kind": "module"}}, "no module"),
    ({"benchmark": {"name": "x", "kind": "command", "command": []}}, "command"),
    ({"benchmark": {"name": "x", "kind": "callable", "callable": "json"}}, "MODULE:FUNCTION"),
    ({"benchmark": {"name": "x", "kind": "module", "module": "m", "env": {"A": 1}}}, "A is no text"),
    ({"runtimes": {}}, "no runtimes"), ({"runtimes": {"one": {}}}, "has no python"), ({"env": {"A=B": "x"}}, "a bad name"),
    ({"seed": -1}, "seed"), ({"seed": True}, "seed"), ({"limit_s": "long"}, "limit_s"), ({"limit_s": -1}, "limit_s"),
    ({"min_iteration_s": None}, "min_iteration_s"), ({"randomise_environment": 1}, "randomise_environment"),
    ({"executions": {}}, "executions"), ({"executions": [measure(runtime="three")]}, "no such runtime: 'three'"),
    ({"executions": [measure(0)]}, "iterations"), ({"executions": [measure(10 ** 7)]}, "iterations"),
    ({"executions": [measure(loops=0)]}, "loops"),
    ({"executions": [measure(max_s="x")]}, "max_s"), ({"executions": [dict(measure(), kind="guess")]}, "calibrate or measure"),
    ({"executions": [dict(measure(), role=1)]}, "role"), ({"executions": [7]}, "no map"),
])
def test_plans_that_cannot_be_carried_out(bench, more, told):
    bench.write_plan(bench.write(QUICK), [measure()])
    plan = dict(json.loads((bench.folder / "plan.json").read_text()), **more)
    (bench.folder / "plan.json").write_text(json.dumps(plan))
    done = subprocess.run(bench.command(), cwd=str(bench.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS)
    assert done.returncode == 2 and told in done.stderr.decode() and done.stdout == b""
    assert not (bench.folder / "events.jsonl").exists()


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100000, b"null"])
def test_plans_that_are_no_plans(bench, text):
    (bench.folder / "plan.json").write_bytes(text)
    done = subprocess.run(bench.command(), cwd=str(bench.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS)
    assert done.returncode == 2 and b"plan.json" in done.stderr and b"Traceback" not in done.stderr


def test_wrong_use(bench):
    for words in ([], ["--plan", "x"], ["--plan", "x", "--events"], ["--plan", "no-such-file", "--events", "e"],
                  ["--what", "x", "--events", "e"]):
        done = subprocess.run([PYTHON, str(DRIVER)] + words, cwd=str(bench.folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 2 and done.stderr and b"Traceback" not in done.stderr


# ---- ended from outside ----

SLOW = "import time\ndef bench(loops):\n    open('begun', 'w').close()\n    time.sleep(1000)\nEXPECTED = None\n"
SLOW_COMMAND = {"name": "it", "kind": "command", "command": ["sh", "-c", ": >begun; sleep 1000 & sleep 1000"]}


def begin_slowly(bench, benchmark):
    process = bench.start(bench.write(SLOW) if benchmark is None else benchmark, [measure(), measure()], process_limit_s=None)
    wait_until((bench.folder / "begun").exists)
    return process


def wait_until(condition, limit=60):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)


@pytest.mark.parametrize("benchmark", [None, SLOW_COMMAND])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_order(bench, number, benchmark):
    process = begin_slowly(bench, benchmark)
    process.send_signal(number)
    process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == 1 and left_behind(bench.folder) == []
    ran = Ran(1, "", "", bench.read_events())
    assert_valid(ran.events)
    assert ran.statuses() == ["failed"] and ran.end()["detail"].startswith("stopped by " + number.name)
    finish = ran.finish()
    assert not finish["complete"] and finish["left"] == 1 and finish["reason"] == "stopped by " + number.name


@pytest.mark.parametrize("benchmark", [None, SLOW_COMMAND])
def test_no_process_outlives_a_driver_that_is_killed(bench, benchmark):
    process = begin_slowly(bench, benchmark)
    process.kill()
    process.communicate(timeout=LIMIT_SECONDS)
    wait_until(lambda: left_behind(bench.folder) == [])
    assert [event["e"] for event in bench.read_events()] == ["session", "begin", "system"]


def test_progress_is_told(bench):
    benchmark = bench.write("import time\ndef bench(loops): time.sleep(0.5)\nEXPECTED = None\n")
    ran = bench.run(dict(benchmark, name="two\nwords"), [measure(4)] * 2)
    lines = [line for line in ran.err.splitlines() if line.startswith("labctl-progress ")]
    assert lines and all(line.split(None, 4)[2:] == ["2", "0", "two words"] for line in lines)
    assert {line.split()[1] for line in lines} <= {"0", "1"}


def test_the_driver_measures_itself(bench):
    done = subprocess.run([PYTHON, str(DRIVER), "--empty", RUNTIME], stdout=subprocess.PIPE, timeout=LIMIT_SECONDS)
    assert done.returncode == 0
    figures = dict(pair.split("=") for pair in done.stdout.decode().splitlines()[-1].split())
    assert int(figures["iterations"]) > 0 and {"timed_ns", "beside_ns"} < set(figures)


# ---- parts of it ----

@pytest.fixture
def lib(monkeypatch):
    monkeypatch.syspath_prepend(str(LIB))


def test_long_series_of_samples_are_thinned_out(lib):
    from labctl_memory import MemorySamples
    samples = MemorySamples(os.getpid(), 0.0, True)
    for second in range(10000):
        samples.add(float(second), second)
    assert samples.peak == 9999 and len(samples.bytes) == len(samples.at_s) < 256
    assert samples.at_s == sorted(samples.at_s) and samples.at_s[0] == 0.0
    assert samples.pause > 1


def test_samples_are_further_apart_where_they_cost_more(lib, monkeypatch):
    import labctl_memory
    clock = iter([0.0, 0.0, 0.001, 0.03]).__next__
    monkeypatch.setattr(labctl_memory.time, "process_time", clock)
    samples = labctl_memory.MemorySamples(os.getpid(), 10.0, True)
    samples.tick(11.0)
    assert samples.next == pytest.approx(11.0 + 3.0) and samples.at_s == [1.0]
    samples.tick(12.0)
    assert len(samples.bytes) == 1


def test_frequencies_as_machines_tell_them(lib, monkeypatch, tmp_path):
    import labctl_system
    texts = {"x86": ("cpu MHz\t\t: 2600.5\n", [2600.5]), "power": ("clock\t\t: 3425.000000MHz\n", [3425.0]),
             "s390x": ("cpu MHz dynamic : 5200\ncpu MHz static  : 5200\n", [5200.0]), "arm": ("BogoMIPS : 48.00\n", [])}
    real_open = open
    for text, found in texts.values():
        (tmp_path / "cpuinfo").write_text(text)
        monkeypatch.setattr(labctl_system, "open", lambda path, **options: real_open(str(tmp_path / "cpuinfo")), raising=False)
        assert labctl_system.mhz_of_cpuinfo() == found


def test_times_of_another_byte_order(lib, tmp_path):
    import struct
    from labctl_bench_process import Files
    files = Files(str(tmp_path / "events"))
    for order, sign in (("big", ">"), ("little", "<")):
        files.reset(4)
        with open(files.values, "r+b") as values:
            values.write(struct.pack(sign + "3d", 1.5, 0.25, 3e-7))
        assert files.read_values(4, order) == [1.5, 0.25, 3e-7]


def test_lots_are_the_same_everywhere(lib):
    from labctl_bench_process import number_from
    drawn = collections.Counter(number_from(1, x, "hash", 4) for x in range(400))
    assert set(drawn) == {0, 1, 2, 3} and min(drawn.values()) > 60
    assert number_from(1, 2, "hash", 2 ** 32) == 1363301413
