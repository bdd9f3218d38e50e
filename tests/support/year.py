"""What compare and history say of a simulated year, held against what tests/year/make_year planted in it."""
import json
import os
import re
import statistics
import subprocess
import time

TARGETS = ("amd64", "arm64", "s390x", "ppc64el")
RUNTIMES = ("cpython", "pypy")
NEAR = 2  # points that a change may lie beside its night
LARGE = 0.05  # steps from this size on have to be found


class Year:
    def __init__(self, folder, labctl, source):
        self.folder, self.program = str(folder), labctl
        self.environment = dict(os.environ, LABCTL_DATA=source, LABCTL_LAB=self.folder, LC_ALL="C.UTF-8", TZ="UTC")
        self.environment.pop("LABCTL_RESULTS", None)
        with open(os.path.join(self.folder, "truth.json")) as stream:
            self.truth = json.load(stream)

    @staticmethod
    def make(program, folder, source, numbers=()):
        subprocess.run([program, str(folder), *map(str, numbers)], check=True, stderr=subprocess.DEVNULL,
                       env=dict(os.environ, LABCTL_DATA=source))

    def labctl(self, *words, expect=(0, 1)):
        done = subprocess.run([self.program, *map(str, words)], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        assert done.returncode in expect, "labctl %s: %d\n%s\n%s" % (words, done.returncode, done.stdout[-3000:], done.stderr)
        return done.stdout

    def seconds(self, *words, times=5):
        """The median wall time of a command, start of the program and all."""
        walls = []
        for _ in range(times):
            begun = time.monotonic()
            self.labctl(*words)
            walls.append(time.monotonic() - begun)
        return statistics.median(walls)

    # ---- size ----

    def bytes_per_unchanged(self):
        """All of the database, with runs, benchmarks and changes, over the test outcomes that did not change."""
        return os.path.getsize(os.path.join(self.folder, "results", "lab.sqlite")) / (
            self.truth["tests_stored"] - self.truth["changed_verdicts"])

    # ---- verdicts ----

    @staticmethod
    def applies(planted, target, runtime):
        return (planted["target"] in (-1, TARGETS.index(target))) and (planted["runtime"] in (-1, RUNTIMES.index(runtime)))

    @staticmethod
    def number_of(test):
        return int(test.split("test_case_")[1].split("[")[0]) if "test_case_" in test else -1

    def planted_at(self, night):
        """What becomes bad, and what is mended, from the last night with tests to this one, by cell and number of the test."""
        bad, mended = {}, set()
        for label, nights in self.truth["ran"].items():
            before = nights.rfind("1", 0, night)
            if nights[night] != "1" or before < 0:
                continue
            target, runtime, package = label.split(":")[0].split("/")
            for planted in self.truth["regressions"]:
                if planted["package"] != int(package[3:]) or not self.applies(planted, target, runtime):
                    continue
                was, now = (planted["from"] <= n < planted["to"] for n in (before, night))
                for number in range(planted["first_test"], planted["first_test"] + planted["count"]):
                    if now and not was:
                        bad[label, number] = planted["verdict"]
                    elif was and not now:
                        mended.add((label, number))
        return bad, mended

    def compare_nights(self, nights):
        """What was told newly bad or fixed, and how much of it was false or missed."""
        told = false = planted = found = 0
        for night in nights:
            changes = json.loads(self.labctl("compare", night, night + 1, "--format", "json"))
            bad, mended = self.planted_at(night)
            claims_bad = {(t["cell"], self.number_of(t["test"])): t["now"] for t in changes["tests"]
                          if t["test"] and t["kind"] in ("newly-failing", "newly-crashed")}
            claims_fixed = {(t["cell"], self.number_of(t["test"])) for t in changes["tests"] if t["test"] and t["kind"] == "fixed"}
            right = sum(bad.get(key) == verdict for key, verdict in claims_bad.items()) + len(claims_fixed & mended)
            told += len(claims_bad) + len(claims_fixed)
            false += len(claims_bad) + len(claims_fixed) - right
            planted += len(bad) + len(mended)
            found += right
        return {"told": told, "false": false, "planted": planted, "found": found}

    def flaky(self):
        """The tests that are called flaky, against those that are."""
        called = {tuple(re.split(r"\s{2,}", line)[-2:]) for line in self.labctl("history", "--flaky").splitlines()[1:]}
        right = 0
        for cell, test in called:
            target, runtime, package = cell.split(":")[0].split("/")
            right += any(f["package"] == int(package[3:]) and f["test"] == self.number_of(test) and self.applies(f, target, runtime)
                         for f in self.truth["flaky"])
        return {"called": len(called), "false": len(called) - right}

    # ---- speed ----

    def step_of(self, series):
        for step in self.truth["steps"]:
            if series["package"] == "bench%03d" % step["benchmark"] and self.applies(step, series["target"], series["runtime"]):
                return step
        return None

    def speed_changes(self):
        """Change points of all benchmarks asked at once, against the steps."""
        names = ["bench%03d" % i for i in range(self.truth["benchmarks"])]
        history = json.loads(self.labctl("history", *names, "--format", "json"))
        result = {"series": len(history["series"]), "told": 0, "false": 0, "planted": 0, "found": 0, "pending": 0}
        for series in history["series"]:
            step = self.step_of(series)
            told = [change for change in series["changes"] if not change["pending"]]
            hit = [change for change in told if step and abs(change["run"] - 1 - step["night"]) <= NEAR
                   and (change["after"] > change["before"]) == (step["factor"] > 1)][:1]
            result["pending"] += len(series["changes"]) - len(told)
            result["told"] += len(told)
            result["false"] += len(told) - len(hit)
            if step and max(step["factor"], 1 / step["factor"]) >= 1 + LARGE:
                result["planted"] += 1
                result["found"] += len(hit)
        return result
