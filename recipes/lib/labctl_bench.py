r"""Runs the process executions of a benchmark in the order that a plan gives, and tells of each as it happens.

    PYTHON labctl_bench.py --plan FILE --events FILE
    PYTHON labctl_bench.py --empty [PYTHON]           measures the driver itself

The plan is JSON:
    version 1, seed                  a number: what is drawn by lot is drawn from it
    benchmark                        name, kind, env, and by its kind
        module                       module: a file (its protocol: recipes/benchmarks/README.md); params: for its setup()
        callable                     callable: MODULE:FUNCTION; args, kwargs, expect: what it returns
        command                      command: words, {python} is the runtime's interpreter; expect: its output, checked once
        pyperf                       script, args, task: number of the benchmark in the script
    runtimes                         name: {python, env}
    env                              for all
    limit_s, process_limit_s         for the whole, and for one process with its start and end; null or absent: none
    min_iteration_s                  how long an iteration is to take at least: loops are calibrated to it (default 0.02)
    randomise_environment            true: the size of the environment differs from process to process
    executions                       in their order, each a process of its own:
        runtime, role
        kind calibrate               finds the loops for the later ones of its runtime
        kind measure                 iterations, loops (null: as calibrated), max_s: seconds of iterating after which no further
                                     iteration begins
Relative paths count from the current folder.

FILE of events holds one JSON object per line; "e" is the event, x the number of the execution:
    session version benchmark seed starts_anew driver     starts_anew: each iteration is a process of its own
    begin x runtime kind role
    system x when load steal_s mhz at_s   before and after; stolen seconds and at_s count from the session's start
    calibrated x loops
    facts x NAME:VALUE...                 texts and numbers; among them hash_seed, iterations, memory_measure, and figures of garbage
                                          collector and JIT compiler, whose names end in before and after
    values x loops inner_loops s          seconds per loop and inner loop of each iteration, in order, from the first on; a calibration
                                          tells those of each number of loops that it tried
    memory x peak_bytes at_s bytes        of the process and all below it; at_s counts from its start
    end x status detail s                 ok; failed: an exception or a wrong answer; crashed; timed_out. Whatever came before holds.
    finish complete reason left

Ends with 0 when every execution was begun, whatever became of it, with 1 when not, with 2 when called wrongly. Standard error gets
one line a second, for a progress display only: labctl-progress DONE TOTAL BAD NAME.
"""
import json
import os
import platform
import signal
import sys
import tempfile
import time

from labctl_bench_plan import PlanError, read_plan
from labctl_bench_process import Files, Process
from labctl_child import pass_on, signal_name, tell_progress
from labctl_system import SystemWatch
from labctl_text import plain

GRACE_S = 10.0  # beyond the limit of the whole, for a process to come to its own end


class Events:
    def __init__(self, path):
        self.fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)

    def tell(self, event, **fields):
        line = (json.dumps(dict(e=event, **fields), allow_nan=False) + "\n").encode("ascii")
        while line:
            line = line[os.write(self.fd, line):]


class Session:
    def __init__(self, plan, events_path):
        self.plan = plan
        self.events = Events(events_path)
        self.files = Files(events_path)
        self.system = SystemWatch()
        self.loops = {}        # of a runtime, as calibrated
        self.not_calibrated = {}  # why not
        self.done = self.bad = 0
        self.stop_signal = None
        self.begun = self.last_progress = time.monotonic()

    def left_s(self, now):
        limit = self.plan.limit_s
        return float("inf") if limit is None else self.begun + limit - now

    def why_stop(self, now, seconds):
        """(status, reason) when the process at hand has to be stopped."""
        self.progress(now)
        plan = self.plan
        if self.stop_signal:
            return "failed", "stopped by " + signal_name(self.stop_signal)
        if plan.process_limit_s is not None and seconds > plan.process_limit_s:
            return "timed_out", "no end after %g s" % plan.process_limit_s
        if self.left_s(now) < -max(GRACE_S, 0.1 * (plan.limit_s or 0)):
            return "timed_out", "the time limit of the whole, %g s, passed" % plan.limit_s
        return None

    def progress(self, now):
        if now - self.last_progress >= 1:
            self.last_progress = now
            tell_progress(self.done, len(self.plan.executions), self.bad, plain(self.plan.benchmark["name"]))

    def loops_of(self, execution):
        """None when they are not known."""
        return execution.loops or self.loops.get(execution.runtime)

    def run_one(self, execution):
        x = execution.x
        self.events.tell("begin", x=x, runtime=execution.runtime, kind=execution.kind, role=execution.role)
        self.events.tell("system", x=x, when="before", **self.system.now())
        process = Process(self.plan, execution, self.loops_of(execution), self.files)
        if execution.kind == "measure" and process.loops is None:
            process.detail = self.not_calibrated.get(execution.runtime, "the plan gives no loops, and no calibration came before")
        else:
            left_s = max(0.0, self.left_s(time.monotonic()))
            max_s = min(left_s, float("inf") if execution.max_s is None else execution.max_s)
            process.run(max_s if max_s < float("inf") else None, self.why_stop)
            self.events.tell("system", x=x, when="after", **self.system.now())
        self.tell_process(execution, process)
        self.done += 1
        self.bad += process.status != "ok"

    def tell_process(self, execution, process):
        x, tell = execution.x, self.events.tell
        if execution.kind == "calibrate":
            self.take_calibration(execution, process)
        facts = process.facts()
        if facts:
            tell("facts", x=x, **facts)
        for loops, inner_loops, seconds in process.times():
            tell("values", x=x, loops=loops, inner_loops=inner_loops, s=seconds)
        if process.peak_bytes():
            tell("memory", x=x, peak_bytes=process.peak_bytes(), at_s=process.memory.at_s, bytes=process.memory.bytes)
        tell("end", x=x, status=process.status, detail=process.detail, s=round(process.seconds, 6))

    def take_calibration(self, execution, process):
        if process.status == "ok":
            self.loops[execution.runtime] = process.report["loops"]
            self.events.tell("calibrated", x=execution.x, loops=process.report["loops"])
        else:
            self.not_calibrated[execution.runtime] = "not calibrated: " + (process.detail or process.status).split("\n")[0]

    def why_no_more(self):
        if self.stop_signal:
            return "stopped by " + signal_name(self.stop_signal)
        if self.left_s(time.monotonic()) <= 0:
            return "the time limit of the whole, %g s, is over" % self.plan.limit_s
        return None

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        self.events.tell("session", version=1, benchmark=plain(self.plan.benchmark["name"]), seed=self.plan.seed,
                         starts_anew=self.plan.benchmark["kind"] == "command",
                         driver={"implementation": platform.python_implementation(), "version": platform.python_version()})
        reason = None
        for execution in self.plan.executions:
            reason = self.why_no_more()
            if reason:
                break
            self.run_one(execution)
        left = len(self.plan.executions) - self.done
        reason = reason or (self.why_no_more() if self.stop_signal else None)
        self.events.tell("finish", complete=reason is None, reason=reason or "", left=left)
        self.files.remove()
        pass_on(("labctl_bench: %d done, %d bad, %s\n" % (
            self.done, self.bad, "incomplete: " + reason if reason else "complete")).encode("utf-8", "replace"))
        return 1 if reason else 0

    def on_signal(self, number, frame):
        self.stop_signal = number


def measure_empty(python):
    """What the driver adds to an iteration: within the time that it tells, and beside it."""
    iterations = 200000
    with tempfile.TemporaryDirectory(prefix="labctl-empty-") as folder:
        os.chdir(folder)
        with open("plan.json", "w") as stream:
            json.dump({"version": 1, "benchmark": {"name": "empty", "kind": "empty"}, "runtimes": {"it": {"python": python}},
                       "executions": [{"runtime": "it", "kind": "measure", "iterations": iterations, "loops": 1}]}, stream)
        status = Session(read_plan("plan.json"), os.path.abspath("events.jsonl")).run()
        with open("events.jsonl") as stream:
            events = {event["e"]: event for event in map(json.loads, stream)}
        os.chdir("/")
    if status or events["end"]["status"] != "ok":
        sys.stderr.write("labctl_bench.py: %s\n" % events["end"]["detail"])
        return 1
    values = events["values"]["s"]
    timed = sorted(values)[len(values) // 2]
    beside = (events["facts"]["iterating_s"] - sum(values)) / len(values)
    print("timed_ns=%.0f beside_ns=%.0f iterations=%d" % (timed * 1e9, beside * 1e9, len(values)))
    return 0


def main(argv):
    if argv[:1] == ["--empty"] and len(argv) <= 2:
        return measure_empty(argv[1] if len(argv) == 2 else sys.executable)
    options = dict(zip(argv[::2], argv[1::2]))
    if len(argv) != 4 or set(options) != {"--plan", "--events"}:
        sys.stderr.write("usage: labctl_bench.py --plan FILE --events FILE, or labctl_bench.py --empty [PYTHON]\n")
        return 2
    try:
        plan = read_plan(options["--plan"])
    except PlanError as problem:
        sys.stderr.write("labctl_bench.py: %s: %s\n" % (plain(options["--plan"]), plain(problem)))
        return 2
    return Session(plan, os.path.abspath(options["--events"])).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
