"""One process execution, as labctl_bench.py sees it from outside: started, watched, and judged when it has ended."""
import hashlib
import itertools
import json
import os
import shutil
import signal
import struct
import sys
import time

from labctl_bench_plan import LOOPS_MAX, is_whole
from labctl_child import Child, POLL_SECONDS, own_environment, read_stacks
from labctl_memory import MemorySamples, high_water_bytes
from labctl_text import cut

WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "labctl_bench_worker.py")
FRAMES_OF_WORKER = ("/labctl_bench", "<frozen runpy>", "<frozen importlib")
UNSET = b"\xff" * 8  # a not-a-number that no clock gives
KEPT_OF_PYTHON = ("PYTHONPATH", "PYTHONHOME")
PADDING_MAX = 4096
FIRST_POLL_S = 0.001
SECONDS_MIN, SECONDS_MAX = 1e-15, 1e9
POLL_MAX_S = 1.0


def is_of_worker(line):
    return line.startswith("  File ") and any(part in line for part in FRAMES_OF_WORKER)


def is_finite(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def is_time(value):
    return is_finite(value) and SECONDS_MIN < value < SECONDS_MAX


def number_from(seed, x, purpose, below):
    """The same for the same seed, whatever Python this is."""
    digest = hashlib.sha256(("%s %d %d" % (purpose, seed, x)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


class Environment:
    """What a process gets to see, and what of it was drawn by lot."""

    def __init__(self, plan, execution):
        self.facts = {}
        self.variables = own_environment()
        for name in list(self.variables):
            if name.startswith(("PYTHON", "PYPY")) and name not in KEPT_OF_PYTHON:
                del self.variables[name]
        # 0 would mean: not randomised at all.
        self.variables["PYTHONHASHSEED"] = str(1 + number_from(plan.seed, execution.x, "hash", 2 ** 32 - 1))
        for more in (plan.runtimes[execution.runtime].get("env", {}), plan.benchmark.get("env", {}), plan.environment):
            self.add(more)
        if "PYTHONHASHSEED" in self.variables:
            self.facts["hash_seed"] = self.variables["PYTHONHASHSEED"]
        if plan.randomise_environment:
            # Where the stack begins depends on the size of the environment, and with it how data fall into caches.
            padding = number_from(plan.seed, execution.x, "padding", PADDING_MAX)
            self.variables["LABCTL_PADDING"] = "x" * padding
            self.facts["environment_padding_bytes"] = padding

    def add(self, more):
        for name, text in more.items():
            if text is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = text


class Files:
    """Where supervisor and worker leave things for each other, beside the file of events."""

    def __init__(self, events):
        self.job, self.report, self.values, self.stacks = (events + end for end in (".job", ".report", ".values", ".stacks"))

    def reset(self, slots):
        for path in (self.report, self.stacks):
            open(path, "wb").close()
        with open(self.values, "wb") as values:
            values.write(UNSET * max(slots, 1))

    def read_values(self, slots, byte_order):
        """The times that the worker came to write. It need not be of this machine's architecture."""
        with open(self.values, "rb") as values:
            data = values.read(8 * slots)
        found = []
        for (value,) in struct.iter_unpack(">d" if byte_order == "big" else "<d", data[:len(data) // 8 * 8]):
            if value != value:
                break
            found.append(value)
        return found

    def read_report(self):
        """What the worker told, as one map; its last line may be cut off."""
        told = {"facts": {}}
        with open(self.report, "rb") as report:
            for line in report.read().splitlines():
                try:
                    event = json.loads(line.decode("utf-8", "replace"))
                    told["facts"].update(event.pop("facts", {}))
                    told.update(event)
                except (ValueError, TypeError, AttributeError):
                    continue
        return told

    def remove(self):
        for path in (self.job, self.report, self.values, self.stacks):
            if os.path.exists(path):
                os.unlink(path)


class Process:
    """One execution of the plan. After run(): status, detail, seconds, values, report, memory."""

    def __init__(self, plan, execution, loops, files):
        self.plan, self.execution, self.loops, self.files = plan, execution, loops, files
        self.slots = execution.iterations if execution.kind == "measure" else 0
        self.environment = Environment(plan, execution)
        self.status, self.detail, self.seconds = "failed", None, 0.0
        self.values, self.report, self.memory, self.child = [], {"facts": {}}, None, None

    def is_command(self):
        return self.plan.benchmark["kind"] == "command"

    def write_job(self, python, max_s):
        benchmark = dict(self.plan.benchmark)
        if self.is_command():
            benchmark.update(python=python, environment=self.environment.variables)
        job = {"benchmark": benchmark, "kind": self.execution.kind, "iterations": self.execution.iterations, "loops": self.loops,
               "max_s": max_s, "min_iteration_s": self.plan.min_iteration_s, "values": self.files.values,
               "report": self.files.report, "stacks": self.files.stacks}
        with open(self.files.job, "w") as stream:
            json.dump(job, stream)

    def start(self, max_s):
        """False when there is no such interpreter."""
        variables = self.environment.variables
        wanted = self.plan.runtimes[self.execution.runtime]["python"]
        python = shutil.which(wanted, path=variables.get("PATH"))
        if python is None:
            self.detail = "there is no interpreter %s" % wanted
            return False
        self.files.reset(self.slots)
        self.write_job(os.path.abspath(python), max_s)
        self.begun = time.monotonic()
        if self.is_command():
            # The worker's own variables are not the command's: an interpreter starts the other's.
            self.child = Child([sys.executable, WORKER, self.files.job], own_environment(), signal.SIGTERM)
        else:
            self.child = Child([os.path.abspath(python), WORKER, self.files.job], variables)
        self.memory = MemorySamples(self.child.pid, self.begun, not self.is_command())
        return True

    def is_ready(self):
        """Set-up is over: what was needed for it is not the benchmark's memory."""
        try:
            with open(self.files.report, "rb") as report:
                return b'"ready"' in report.read()
        except OSError:
            return False

    def watch(self, why_stop):
        """Until it ended, or had to be stopped: then (status, why)."""
        child, ready, pause = self.child, False, FIRST_POLL_S
        while not child.has_ended():
            now = time.monotonic()
            stop = why_stop(now, now - self.begun)
            if stop:
                return stop
            ready = ready or self.is_ready()
            if ready:
                self.memory.tick(now)
            # The end of its output wakes this up. Where looking at it is slow, it is looked at less often.
            wait = max(POLL_SECONDS, min(self.memory.next - now, POLL_MAX_S))
            if child.output is None:
                pause = wait = min(2 * pause, wait)
            child.pump(wait)
        return None

    def run(self, max_s, why_stop):
        """why_stop(now, seconds since its start) gives (status, reason) when it has to be stopped."""
        if not self.start(max_s):
            return
        stop = self.watch(why_stop)
        self.seconds = time.monotonic() - self.begun
        self.child.stop(bool(stop) and stop[0] == "timed_out")
        self.report = self.files.read_report()
        self.values = self.files.read_values(self.slots, self.report["facts"].get("byte_order", sys.byteorder))
        self.judge(stop)

    def judge(self, stop):
        report, how = self.report, self.child.how_it_ended()
        if stop:
            self.status = stop[0]
            self.detail = self.with_stack(stop[1], stop[0] == "timed_out")
        elif os.WIFSIGNALED(self.child.status):
            where = "after the last iteration" if "done" in report else "in it"
            self.status, self.detail = "crashed", self.with_stack("the interpreter was %s %s" % (how, where), False)
        elif "error" in report:
            self.detail = report["error"]
            if self.is_command() and self.child.tail:
                self.detail = cut(self.detail + "\n" + self.child.last_output())
        elif "done" not in report:
            self.status, self.detail = "crashed", self.with_stack("the interpreter ended in the middle of it: " + how, False)
        elif self.child.status != 0:
            self.status, self.detail = "crashed", self.with_stack("after the last iteration: " + how, False)
        else:
            self.detail = self.what_is_unsound()
            self.status = "failed" if self.detail else "ok"

    def what_is_unsound(self):
        """What the worker told comes from a process in which anything may have happened."""
        report = self.report
        if self.execution.kind == "calibrate":
            return None if is_whole(report.get("loops"), 1, LOOPS_MAX) else "it told no loops: %r" % report.get("loops")
        if not all(is_whole(report.get(name, 1), 1, LOOPS_MAX) for name in ("loops_used", "inner_loops")):
            return "it told no loops: %r, %r" % (report.get("loops_used", 1), report.get("inner_loops"))
        if "values" not in report and len(self.values) != report["done"].get("iterations"):
            return "of %s iterations it told %d times" % (report["done"].get("iterations"), len(self.values))
        values = report.get("values", self.values)
        wrong = [value for value in values if not is_time(value)] if isinstance(values, list) else [values]
        if wrong == [0.0] * len(wrong) and wrong:
            return "an iteration of %d loops took no time that the clock could tell: it needs more loops" % self.loops
        return "it told a time that is none: %r s" % (wrong[0],) if wrong else None

    def with_stack(self, first_line, asked):
        more = read_stacks(self.files.stacks, is_of_worker, asked) or self.child.last_output()
        return cut((first_line + "\n" + more).strip())

    def facts(self):
        found = dict(self.environment.facts)
        found.update(self.report["facts"])
        found.update(self.report.get("done", {}))
        found = {name: value for name, value in found.items() if isinstance(value, str) or is_finite(value)}
        if self.memory is not None and self.memory.measure:
            found["memory_measure"] = self.memory.measure
        return found

    def own_peak_bytes(self):
        """The most that the process held itself; None: not known."""
        if self.is_command():
            return self.report["facts"].get("command_peak_bytes")
        if self.report.get("high_water_bytes"):
            return self.report["high_water_bytes"]
        # It came to no orderly end. Before its exec() it counted as large as this process.
        usage = self.child.usage
        own = high_water_bytes()
        peak = usage.ru_maxrss * 1024 if usage else 0
        return peak if own is not None and peak > own else None

    def peak_bytes(self):
        return max(self.own_peak_bytes() or 0, self.memory.peak) if self.memory is not None else 0

    def times(self):
        """[(loops, inner loops, seconds per loop and inner loop of the iterations that had so many loops, in order)]."""
        inner_loops = self.report.get("inner_loops", 1)
        if "values" in self.report:
            return [(self.report["loops_used"], inner_loops, self.report["values"])] if self.status == "ok" else []
        tried = self.report.get("tried") or [(self.loops, value) for value in self.values]
        told = [(loops, seconds) for loops, seconds in tried if is_time(seconds)]
        return [(loops, inner_loops, [seconds / (loops * inner_loops) for _, seconds in group])
                for loops, group in itertools.groupby(told, lambda pair: pair[0])]
