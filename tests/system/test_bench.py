"""labctl bench on scripted targets: what the driver tells becomes cells, a speed matrix and pages."""
import csv
import io
import json
import random
import re

import pytest


def events(speeds, processes, calibrate, seed=1, iterations=60, bad=(), noise=0.004, spread=None, apart=1, starts_anew=False):
    """What a driver tells of so many processes of each runtime: {runtime: seconds per loop in the steady state}.

    pypy is slow for its first ten iterations. `bad`: (runtime, number of the process, status) that do not end well.
    spread: of processes, else as noise. apart: how many times as long half b of the baseline takes.
    """
    draw = random.Random(seed)
    lines, x = [{"e": "session", "version": 1, "benchmark": "loop", "seed": seed, "starts_anew": starts_anew, "driver": {}}], 0
    for runtime in speeds if calibrate else ():
        lines += [{"e": "begin", "x": x, "runtime": runtime, "kind": "calibrate", "role": None},
                  {"e": "calibrated", "x": x, "loops": 4},
                  {"e": "end", "x": x, "status": "ok", "detail": None, "s": 0.5}]
        x += 1
    for number in range(processes):
        for runtime, speed in speeds.items():
            role = "ab"[number % 2] if runtime == "cpython" else None
            level = speed * (apart if role == "b" else 1) * (1 + draw.gauss(0, spread or noise))
            values = [level * (1 + draw.gauss(0, noise)) * (6 if runtime == "pypy" and i < 10 else 1)
                      for i in range(iterations)]
            status = dict((bad_number, status) for who, bad_number, status in bad if who == runtime).get(number, "ok")
            lines += [{"e": "begin", "x": x, "runtime": runtime, "kind": "measure", "role": role},
                      {"e": "facts", "x": x, "hash_seed": str(draw.randrange(1000))},
                      {"e": "values", "x": x, "loops": 4, "inner_loops": 1, "s": values if status == "ok" else values[:2]},
                      {"e": "memory", "x": x, "peak_bytes": 20000000 if runtime == "cpython" else 60000000,
                       "at_s": [0.1, 0.2], "bytes": [15000000, 20000000]},
                      {"e": "end", "x": x, "status": status, "detail": None if status == "ok" else "it was no good",
                       "s": sum(values) * 4 + 0.1}]
            x += 1
    lines.append({"e": "finish", "complete": True, "reason": "", "left": 0})
    return "".join(json.dumps(line) + "\n" for line in lines)


def measured(lab, target, speeds, **more):
    """A target on which the benchmark runs as fast as told: two stages of the driver, then again."""
    rule = {"match": r"labctl_bench\.py", "exit_status": 0}
    lab.target(target, dict(rule, files={"bench.jsonl": events(speeds, 2, True, seed=1, **more)}, times=1),
               dict(rule, files={"bench.jsonl": events(speeds, 8, False, seed=2, **more)}, times=1),
               dict(rule, files={"bench.jsonl": events(speeds, 2, True, seed=3, **more)}, times=1),
               dict(rule, files={"bench.jsonl": events(speeds, 8, False, seed=4, **more)}))


@pytest.fixture
def bench(lab):
    lab.runtime("pypy")
    lab.settings(baseline="cpython", runtimes=["cpython", "pypy"])
    lab.write("recipes/benchmarks/own.yaml", json.dumps({"benchmarks": {"loop": {"module": "own/loop.py"}}}))
    lab.write("recipes/benchmarks/own/loop.py", "EXPECTED = 1\ndef bench(loops):\n    return 1\n")
    return lab


def speeds_of(lab, *words, **options):
    done = lab.labctl("matrix", "--speed", "--format", "json", *words, **options)
    return {(cell["target"], cell["runtime"], cell["benchmark"]): cell for cell in done.json()["cells"]}, done.json()


def test_a_faster_runtime_is_told_with_its_interval(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    done = bench.labctl("bench")
    assert "own" not in done.err and "2 cells on 1 target" in done.err
    cells, matrix = speeds_of(bench)
    fast = cells["one", "pypy", "loop"]
    assert fast["word"] == "faster"
    low, high = fast["time_ratio_interval"]
    assert 0.19 < low < fast["time_ratio"] < high < 0.21
    assert fast["class"] == "warm-up" and cells["one", "cpython", "loop"]["class"] == "flat"
    assert [process["steady_from"] for process in fast["processes"]] == [10] * 10
    assert cells["one", "cpython", "loop"]["baseline"] is True
    assert 0.0098 < cells["one", "cpython", "loop"]["mean"] < 0.0102
    assert fast["memory_ratio"] == pytest.approx(3)
    column = [column for column in matrix["columns"] if column["runtime"] == "pypy"][0]
    assert column["geometric_mean_time_ratio"] == pytest.approx(fast["time_ratio"]) and column["of"] == 1


def test_the_matrix_for_people(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    out = bench.labctl("matrix", "--speed").out
    loop = [line for line in out.splitlines() if line.startswith("loop")][0]
    assert re.search(r"(9\.9\d|10\.0) ms", loop) and re.search(r"(4\.9\d|5\.0\d)× ±0\.\d %", loop)
    assert "geometric mean" in out and "1 of 1" in out and "A/A control" in out
    memory = bench.labctl("matrix", "--speed", "--memory").out
    assert "19.1 MiB" in memory and "mem 3.00×" in memory


def test_equal_runtimes_are_never_called_different(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.010}, noise=0.001)
    bench.labctl("bench")
    assert speeds_of(bench)[0]["one", "pypy", "loop"]["word"] == "equivalent"


def test_a_first_iteration_or_two_are_no_speed(bench):
    """Before anything is warm a runtime with a compiler is slow; that is not how fast it is."""
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002}, iterations=2)
    bench.labctl("bench")
    assert speeds_of(bench)[0]["one", "pypy", "loop"]["word"] == "no-steady-state"
    assert "Speed: none" in bench.labctl("show", "one/pypy/loop").out


def test_no_process_is_shorter_than_the_first_ones(bench):
    """When their start has used up the budget, what follows is still as long: a process of one iteration says nothing."""
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench", "--budget", "1ms")
    plans = [json.loads(path.read_text()) for path in sorted(bench.results.glob("runs/*/*/1/plan-2.json"))]
    assert plans and all(one["iterations"] >= 60 for plan in plans for one in plan["executions"])


def test_a_process_for_each_iteration_has_nothing_to_warm_up(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.060}, iterations=2, starts_anew=True)
    bench.labctl("bench")
    slow = speeds_of(bench)[0]["one", "pypy", "loop"]
    assert slow["word"] == "slower" and slow["class"] == "flat"


def test_what_is_known_is_not_measured_again(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    again = bench.labctl("bench")
    assert "cells on" not in again.err
    assert "0 cells would run, 2 fresh" in bench.labctl("bench", "--dry-run").out
    bench.write("recipes/benchmarks/own/loop.py", "EXPECTED = 2\ndef bench(loops):\n    return 2\n")
    assert "2 cells would run, 0 fresh" in bench.labctl("bench", "--dry-run").out
    # What lies beside it decides as well, another benchmark's own file does not.
    bench.labctl("bench")
    bench.write("recipes/benchmarks/own.yaml", json.dumps({"benchmarks": {
        "loop": {"module": "own/loop.py"}, "other": {"module": "own/other.py"}}}))
    bench.write("recipes/benchmarks/own/other.py", "EXPECTED = 1\ndef bench(loops):\n    return 1\n")
    assert "0 cells would run, 2 fresh" in bench.labctl("bench", "loop", "--dry-run").out


def test_one_changed_runtime_measures_its_siblings_too(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    bench.runtime("pypy", env={"MODE": "2"})
    lines = bench.labctl("bench", "--dry-run").out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == ["one/cpython/loop:speed", "one/pypy/loop:speed"]


def test_the_seed_decides_the_order_and_is_in_the_record(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    plans = []
    for seed in (7, 7, 8):
        bench.labctl("bench", "--fresh", "--seed", str(seed))
        folder = sorted(bench.results.glob("runs/*"))[-1]
        plans.append([[(execution["runtime"], execution["kind"], execution.get("role"))
                       for execution in json.loads(path.read_text())["executions"]]
                      for path in sorted(folder.glob("*/1/plan-*.json"))])
    assert plans[0] == plans[1] != plans[2]
    assert "8" in bench.labctl("show", "one/pypy/loop").out.split("seed")[1].split()[0]
    assert sorted(role for runtime, kind, role in plans[0][0] if (runtime, kind) == ("cpython", "measure")) == ["a", "b"]


def test_a_process_that_ends_badly_is_a_finding_and_no_number(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002}, bad=[("pypy", 1, "crashed")])
    bench.labctl("bench", status=1)
    cells, _ = speeds_of(bench, status=1)
    fast = cells["one", "pypy", "loop"]
    assert fast["verdict"] in ("failed", "crashed")
    assert [process["failed"] for process in fast["processes"]].count(True) == 2
    assert fast["word"] == "faster"
    shown = bench.labctl("show", "one/pypy/loop").out
    assert "it was no good" in shown and "process 2" in shown


def test_a_page_shows_processes_curve_and_break_even(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    out = bench.labctl("show", "one/pypy/loop").out
    assert "warm-up" in out and "iteration" in out and "•" in out
    # Ten iterations at 0.012 s lose 0.02 s against CPython's 0.010 s each; each later one wins 0.008 s.
    assert "caught up with cpython at iteration 13" in out
    data = bench.labctl("show", "one/pypy/loop", "--format", "json").json()
    assert len(data["speed"]["processes"]) == 10 and len(data["speed"]["iterations"][0]) == 60


def test_csv_and_markdown(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    rows = list(csv.DictReader(io.StringIO(bench.labctl("matrix", "--speed", "--format", "csv").out)))
    assert [(row["benchmark"], row["runtime"], row["word"]) for row in rows] == [("loop", "cpython", "baseline"), ("loop", "pypy", "faster")]
    markdown = bench.labctl("matrix", "--speed", "--format", "markdown").out
    assert markdown.startswith("| benchmark |") and "geometric mean" in markdown


def test_a_lost_machine_is_no_answer(bench):
    bench.target("one", {"match": r"labctl_bench\.py", "die": True})
    bench.labctl("bench", status=4)
    cells, _ = speeds_of(bench, "loop", status=4)
    assert {cell["verdict"] for cell in cells.values()} == {"lost"}
    assert all(cell.get("time_ratio") is None for cell in cells.values())


def test_wrong_words(bench):
    bench.target("one")
    assert "did you mean \"loop\"" in bench.labctl("bench", "lop", status=2).err
    assert "whole number" in bench.labctl("bench", "--seed", "x", status=2).err
    assert "exclude each other" in bench.labctl("matrix", "--speed", "--format", "junit", status=2).err


def test_a_package_shows_its_benchmarks_beside_its_tests(bench):
    bench.package("numpy")
    bench.write("recipes/benchmarks/own.yaml", json.dumps({"needs": ["numpy"], "benchmarks": {"loop": {"module": "own/loop.py"}}}))
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    assert "loop" not in bench.labctl("matrix", "numpy").out
    bench.labctl("bench")
    out = bench.labctl("matrix", "numpy").out
    assert out.startswith("      ") and "numpy" in out and re.search(r"^loop .* (4\.9\d|5\.0\d)×", out, re.M)
