"""One process execution of a benchmark, started by labctl_bench.py: PYTHON labctl_bench_worker.py JOB.json

Times go into a file that is mapped into memory, so that telling them costs nothing while the benchmark runs and none is
lost when the interpreter dies. All else goes as JSON lines into the report, which the supervisor reads at the end:
    facts {…}         of the interpreter, with figures of its garbage collector and JIT compiler
    ready             set up: the benchmark begins now
    loops N           what calibration found
    tried [[N, S]...] how long so many loops took, of each iteration of a calibration
    inner_loops N
    done {…}          iterations that were run, and what they took in all
    error TEXT        it failed; what went wrong

Between two iterations nothing happens but that the last result is dropped, and the clock is looked at. The garbage collector
is left as the runtime has it, and runs when it wants to, unless the benchmark file says GC = "collect" (a full collection
before each iteration, not timed) or GC = "off".
"""
import faulthandler
import gc
import importlib
import importlib.util
import itertools
import json
import mmap
import os
import sys
import time
import traceback

from labctl_memory import forget_high_water, high_water_bytes
from labctl_runtime import facts, figures, has_jit
from labctl_text import cut

LOOPS_MAX, INNER_LOOPS_MAX = 2 ** 30, 2 ** 30
# Loops are found when this many iterations in a row, and this many times the minimum in all, were long enough: caches, and a JIT
# compiler even more, make the body faster than it was at first.
SETTLED_COUNT, SETTLED_MOST = 3, 1000
SETTLED_FACTOR, SETTLED_FACTOR_OF_JIT = 8, 64


class Failure(Exception):
    """It cannot be measured, or its answer is wrong: the text says why, and no stack says more."""


class Report:
    def __init__(self, path):
        self.path, self.pid = path, os.getpid()

    def tell(self, **fields):
        if os.getpid() != self.pid:
            return  # the benchmark forked, and both came back
        # Opened anew each time: a benchmark may have closed what was not its own.
        with open(self.path, "ab") as report:
            report.write((json.dumps(fields) + "\n").encode("ascii"))


class Body:
    """What is measured: bench(loops) runs it so often, check(result) raises Failure when its last answer is wrong."""

    def __init__(self, bench, check, inner_loops=1, collects=None, behind=dict):
        self.bench, self.check, self.inner_loops = bench, check, inner_loops
        self.collects = collects  # "collect", "off", or None: what the benchmark wants of the garbage collector
        self.behind = behind      # gives facts that are known only at the end


def short(value):
    text = repr(value)
    return text if len(text) <= 300 else text[:300] + "..."


def equals(expected):
    def check(result):
        if not result == expected:
            raise Failure("wrong answer: %s instead of %s" % (short(result), short(expected)))
    return check


def passes(own_check):
    """The check of a benchmark file, which returns something false (but not None) or raises."""
    def check(result):
        try:
            verdict = own_check(result)
        except AssertionError as error:
            raise Failure("wrong answer: %s (%s)" % (short(result), error))
        if verdict is not None and not verdict:
            raise Failure("wrong answer: %s" % short(result))
    return check


def load(path):
    """A benchmark file under its own name, so that what it pickles can be found again; it may import files beside it."""
    name = os.path.splitext(os.path.basename(path))[0]
    if not os.path.isfile(path):
        raise Failure("there is no file %s" % path)
    if name in sys.modules:
        name = "benchmark_" + name
    sys.path.append(os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def of_module(benchmark):
    module = load(benchmark["module"])
    if hasattr(module, "setup"):
        module.setup(**benchmark.get("params", {}))
    if hasattr(module, "check"):
        check = passes(module.check)
    elif hasattr(module, "EXPECTED"):
        check = equals(module.EXPECTED)
    else:
        raise Failure("%s has neither check() nor EXPECTED: nobody would notice a wrong answer" % benchmark["module"])
    return Body(module.bench, check, getattr(module, "INNER_LOOPS", 1), getattr(module, "GC", None))


def of_callable(benchmark):
    module, colon, path = benchmark["callable"].partition(":")
    sys.path.insert(0, os.getcwd())
    function = importlib.import_module(module)
    for name in path.split("."):
        function = getattr(function, name)
    arguments, keywords = benchmark.get("args", []), benchmark.get("kwargs", {})

    def bench(loops):
        result = None
        for _ in itertools.repeat(None, loops):
            result = function(*arguments, **keywords)
        return result
    return Body(bench, equals(benchmark["expect"]) if "expect" in benchmark else lambda result: None)


def of_nothing(benchmark):
    """For measuring the driver itself."""
    return Body(lambda loops: None, lambda result: None)


KINDS = {"module": of_module, "callable": of_callable, "empty": of_nothing}


def preparation(collects):
    """What is to be done before each iteration, or None."""
    if collects is None:
        return None
    if collects == "collect":
        return gc.collect
    if collects == "off":
        gc.disable()
        return None
    raise Failure("GC = %s: \"collect\" or \"off\" was expected" % short(collects))


def calibrate(body, prepare, min_iteration_s, max_s):
    """The smallest power of two of loops that take min_iteration_s, also when the body has become as fast as it gets soon; and what
    was tried: [loops, seconds]."""
    clock = time.perf_counter
    end = clock() + max_s
    settled_s = min_iteration_s * (SETTLED_FACTOR_OF_JIT if has_jit() else SETTLED_FACTOR)
    loops, count, total, tried = 1, 0, 0.0, []
    while True:
        if prepare:
            prepare()
        begun = clock()
        result = body.bench(loops)
        took = clock() - begun
        tried.append([loops, took])
        if len(tried) == 1:
            body.check(result)
        if took < min_iteration_s and loops < LOOPS_MAX:
            loops, count, total = 2 * loops, 0, 0.0
        else:
            count, total = count + 1, total + took
            if count >= SETTLED_COUNT and (total >= settled_s or count >= SETTLED_MOST):
                break
        if clock() > end:
            break
    body.check(result)
    return loops, tried


def measure(body, prepare, loops, slots, max_s):
    """Fills the slots with times in seconds; (how many, seconds in all). The first and the last answer are checked."""
    bench, clock, count = body.bench, time.perf_counter, len(slots)
    index = 0
    first = clock()
    end = first + max_s
    while True:
        if prepare:
            prepare()
        result = None
        begun = clock()
        result = bench(loops)
        ended = clock()
        slots[index] = ended - begun
        index += 1
        if index == 1:
            body.check(result)
        if index == count or ended > end:
            break
    body.check(result)
    return index, ended - first


def map_slots(path):
    """The file of times as an array of doubles."""
    with open(path, "r+b") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 0)).cast("d")


def run(job, report, make_body):
    report.tell(facts=facts())
    max_s = job["max_s"] if job["max_s"] is not None else float("inf")
    body = make_body(job["benchmark"])
    if not isinstance(body.inner_loops, int) or not 1 <= body.inner_loops <= INNER_LOOPS_MAX:
        raise Failure("INNER_LOOPS = %s: a number from 1 was expected" % short(body.inner_loops))
    prepare = preparation(body.collects)
    report.tell(inner_loops=body.inner_loops, facts=figures("before"))
    forget_high_water()
    report.tell(ready=True)
    if job["kind"] == "calibrate":
        loops, tried = calibrate(body, prepare, job["min_iteration_s"], max_s)
        report.tell(loops=loops, tried=tried)
        done = {}
    else:
        iterations, span_s = measure(body, prepare, job["loops"], map_slots(job["values"]), max_s)
        done = {"iterations": iterations, "iterating_s": round(span_s, 9)}
    high_water = high_water_bytes()
    report.tell(done=done, high_water_bytes=high_water, facts=dict(figures("after"), **body.behind()))


def runner_of(kind):
    """What carries out a job of this kind. A measured process imports no more of the driver than it needs."""
    if kind == "pyperf":
        from labctl_bench_pyperf import run_pyperf
        return run_pyperf
    if kind == "command":
        from labctl_bench_command import body_of_command
        return lambda job, report: run(job, report, body_of_command)
    return lambda job, report: run(job, report, KINDS[kind])


def main(path):
    with open(path) as stream:
        job = json.load(stream)
    # Never closed: it has to be open when the interpreter dies.
    faulthandler.enable(file=os.open(job["stacks"], os.O_WRONLY | os.O_APPEND), all_threads=True)
    carry_out = runner_of(job["benchmark"]["kind"])
    del sys.path[0]  # the driver's own folder
    report = Report(job["report"])
    try:
        carry_out(job, report)
    except Failure as failure:
        report.tell(error=cut(failure))
        return 1
    except BaseException as error:
        first_line = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[-1]
        report.tell(error=cut("%s\n%s" % (first_line, traceback.format_exc())))
        return 1
    return 0


if __name__ == "__main__":
    # Files of the driver that are imported later must find the classes of this one.
    sys.modules["labctl_bench_worker"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1]))
