"""A lab of scripted targets with many nights of made-up results: records as labctl writes them, which it takes in by itself."""
import hashlib
import json
import os
import random
import subprocess
from pathlib import Path

RUNTIMES = ("cpython", "pypy")
TARGETS = (("amd64", "amd64", False), ("arm64", "arm64", True), ("s390x", "s390x", True), ("ppc64el", "ppc64el", True))
NIGHT_MS = 86400000
FIRST_NIGHT_MS = 1790000000000

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\">",
    "</script><script>document.title='owned'</script>",
    "\x1b[2J\x1b[31mred\x07",
    "\u202egnp.exe\u2066 reversed",
    "two\nlines\tand a tab",
    "'; rm -rf ~; echo '",
    "javascript:alert(1)",
    "long " + "x" * 4000,
)


def zstd(data):
    """A frame of stored blocks: no library is needed to write one."""
    parts = [b"\x28\xb5\x2f\xfd\xe0", len(data).to_bytes(8, "little")]
    pieces = [data[at:at + 131072] for at in range(0, len(data), 131072)] or [b""]
    for i, piece in enumerate(pieces):
        parts.append(((len(piece) << 3) | (i + 1 == len(pieces))).to_bytes(3, "little") + piece)
    return b"".join(parts)


def cell_id(*coordinates):
    return hashlib.sha256("/".join(coordinates).encode()).hexdigest()[:16]


class ReportLab:
    """Made in `folder`; packages: {name: tiers}; benchmarks: names."""

    def __init__(self, folder, packages, benchmarks=(), targets=TARGETS):
        self.folder, self.results = Path(folder) / "lab", Path(folder) / "results"
        self.targets, self.benchmarks, self.nights = targets, list(benchmarks), 0
        self.put("lab.yaml", {"shipped": False, "title": "Lab of the night", "baseline": "cpython", "targets": [name for name, _, _ in targets],
                              "runtimes": list(RUNTIMES)})
        self.put("recipes/causes.yaml", [
            {"name": "byte order", "pattern": "byte ?order|endian", "advice": "The code takes the machine for a little-endian one."},
            {"name": "long double", "pattern": "longdouble", "advice": "long double has another form there."}])
        for runtime in RUNTIMES:
            self.put("recipes/runtimes/%s.yaml" % runtime, {"command": runtime})
        for name, arch, _ in targets:
            self.put("targets/%s.yaml" % name, {"kind": "fake", "arch": arch, "fake": {"slowness": 1, "rules": [{"match": "x", "output": ""}]}})
        for name, tiers in packages.items():
            self.put("recipes/packages/%s.yaml" % name, {"tiers": {tier: {"run": "report", "format": "tap"} for tier in tiers}})
        if benchmarks:
            self.put("recipes/benchmarks/own.yaml", {"benchmarks": {name: {"module": "own/loop.py"} for name in benchmarks}})
            self.write("recipes/benchmarks/own/loop.py", b"EXPECTED = 1\ndef bench(loops):\n    return 1\n")
        self.packages = packages

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def put(self, name, value):
        self.write(name, json.dumps(value).encode())

    def labctl(self, *words, status=0, limit=600):
        environment = dict(os.environ, LABCTL_DATA=os.environ["LABCTL_SOURCE"], LANG="C.UTF-8", TZ="UTC")
        done = subprocess.run([os.environ["LABCTL"], "--lab", str(self.folder), "--results", str(self.results), *map(str, words)], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit)
        assert status is None or done.returncode == status, "labctl %s: %d\n%s\n%s" % (words, done.returncode, done.stdout.decode(), done.stderr.decode())
        return done.stdout.decode()

    # ---- nights ----

    def night(self, cells):
        """A run with these cells: struct as made by test_cell and bench_cell."""
        started = FIRST_NIGHT_MS + self.nights * NIGHT_MS
        run = self.results / "runs" / ("night-%04d" % self.nights)
        self.nights += 1
        for i, (outcome, files) in enumerate(cells):
            folder = run / outcome["cell"] / str(outcome["attempt"])
            folder.mkdir(parents=True)
            for name, data in files.items():
                (folder / name).write_bytes(zstd(data))
            outcome["started_wall_ms"] = started + i * 60000
            (folder / "outcome.json").write_text(json.dumps(outcome))
        (run / "run.json").write_text(json.dumps({
            "format": 1, "command": "labctl run nightly", "version": "0.1.0", "started_wall_ms": started, "ended_wall_ms": started + 3600000,
            "complete": True, "cells": sorted({outcome["cell"] for outcome, _ in cells})}))

    @staticmethod
    def outcome(target, arch, emulated, runtime, package, tier, verdict, tests, **more):
        tally = {key: 0 for key in ("passed", "failed", "crashed", "timed_out", "broken", "unavailable", "lost", "skipped", "known", "known_passed")}
        for test in tests:
            tally[test["verdict"]] += 1
            tally["known"] += "known" in test
        return dict({
            "format": 1, "cell": cell_id(target, runtime, package, tier), "attempt": 1, "target": target, "arch": arch, "runtime": runtime,
            "package": package, "tier": tier, "how_run": "emulated machine" if emulated else "native", "emulated": emulated, "verdict": verdict,
            "reason": "", "hint": "", "took_ns": 41000000000, "tests": len(tests), "complete": True, "tally": tally,
            "facts": {"arch": arch, "kernel": "6.1.0-28", "os": "Debian GNU/Linux 12", "processors": "2", "memory_bytes": "4294967296", "clock": "time",
                      "runtime_version": "3.11.2" if runtime == "cpython" else "7.3.11", "package_version": "1.24.2"},
            "steps": [{"name": "check", "how": "exited", "status": 0, "took_ns": 2000000000, "dropped_bytes": 0},
                      {"name": "tests", "how": "exited", "status": 1 if verdict == "failed" else 0, "took_ns": 39000000000, "dropped_bytes": 0}]}, **more)

    @classmethod
    def test_cell(cls, where, runtime, package, tier, tests, log=b"collected\n", **more):
        target, arch, emulated = where
        bad = any(test["verdict"] in ("failed", "crashed", "timed_out", "broken") and "known" not in test for test in tests)
        verdict = more.pop("verdict", "failed" if bad or any("known" in test for test in tests) else "passed")
        lines = "".join(json.dumps(dict({"took_ns": 5000000}, **test)) + "\n" for test in tests)
        return (cls.outcome(target, arch, emulated, runtime, package, tier, verdict, tests, **more),
                {"tests.jsonl.zst": lines.encode(), "tests.log.zst": log})

    @classmethod
    def bench_cell(cls, where, runtime, name, seconds, seed, iterations=60, processes=8):
        target, arch, emulated = where
        draw = random.Random("%s %s %s %s" % (target, runtime, name, seed))
        runs = []
        for number in range(processes):
            level = seconds * (1 + draw.gauss(0, 0.004))
            values = [level * (1 + abs(draw.gauss(0, 0.006))) * (5 if runtime == "pypy" and i < 9 else 1) for i in range(iterations)]
            runs.append({"role": "ab"[number % 2] if runtime == "cpython" else None, "loops": 4, "peak_bytes": 20000000 + draw.randrange(1000000),
                         "memory": {"at_s": [0.1 * k for k in range(1, 30)], "bytes": [15000000 + 150000 * k for k in range(1, 30)]}, "values": values})
            if runs[-1]["role"] is None:
                del runs[-1]["role"]
        bench = {"format": "labctl-bench", "version": 1, "series": [{"name": name, "runtime": runtime, "unit": "second", "from_start": True, "runs": runs}]}
        tests = [{"name": "process %d" % (k + 1), "verdict": "passed"} for k in range(processes)]
        lines = "".join(json.dumps(dict({"took_ns": 1000000000}, **test)) + "\n" for test in tests)
        return (cls.outcome(target, arch, emulated, runtime, name, "speed", "passed", tests),
                {"tests.jsonl.zst": lines.encode(), "bench.json.zst": json.dumps(bench).encode()})

    def cell(self, target, runtime, package, tier):
        return "%s/%s/%s:%s" % (target, runtime, package, tier)


def names_of(package, count):
    """Names as pytest gives them: long, and alike."""
    return ["%s/tests/test_%s.py::Test%s::test_%s_%d[%s]" % (
        package, ("core", "io", "linalg", "random", "indexing", "ufunc", "array")[i // 40 % 7], ("Basic", "Edge", "Threads")[i // 13 % 3],
        ("adds", "reads", "writes", "casts", "sorts")[i % 5], i, ("int8", "float64", "complex128", "object")[i % 4]) for i in range(count)]


def tests_of(package, count, bad=(), skipped=50):
    """bad: {index: (verdict, message[, known])}."""
    tests = []
    for i, name in enumerate(names_of(package, count)):
        test = {"name": name, "verdict": "skipped" if i % skipped == skipped - 1 else "passed"}
        if i in bad:
            verdict, message, *known = bad[i]
            test.update(verdict=verdict, detail=message, **({"known": known[0]} if known else {}))
            cause = "byte order" if "byte order" in message else "long double" if "longdouble" in message else "segfault" if "Fatal" in message else None
            if cause:
                test["cause"] = cause
        tests.append(test)
    return tests
