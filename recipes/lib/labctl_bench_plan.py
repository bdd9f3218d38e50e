"""The plan that labctl_bench.py carries out; its head tells the shape. What is wrong in one is told before anything runs."""
import json

ITERATIONS_MAX = 1000000
EXECUTIONS_MAX = 100000
LOOPS_MAX = 2 ** 32
NEEDED = {"module": "module", "callable": "callable", "command": "command", "pyperf": "script", "empty": None}


class PlanError(Exception):
    pass


def must(condition, text):
    if not condition:
        raise PlanError(text)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf")


def is_whole(value, low, high):
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_list_of_texts(value):
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def read_seconds(plan, name, default=None):
    value = plan.get(name, default)
    must(value is None or is_number(value), "%s is no number of seconds: %r" % (name, value))
    return value


def read_environment(owner, what):
    """Names and texts; a null takes a variable away."""
    value = owner.get("env", {})
    must(isinstance(value, dict), "env of %s is no map" % what)
    for name, text in value.items():
        must(name and "=" not in name and "\0" not in name, "env of %s: a bad name: %r" % (what, name))
        must(text is None or (isinstance(text, str) and "\0" not in text), "env of %s: %s is no text" % (what, name))
    return value


def read_benchmark(plan):
    benchmark = plan.get("benchmark")
    must(isinstance(benchmark, dict), "there is no benchmark")
    must(isinstance(benchmark.get("name"), str) and benchmark["name"], "the benchmark has no name")
    must(benchmark.get("kind") in NEEDED, "the benchmark's kind is one of " + ", ".join(sorted(NEEDED)))
    needed = NEEDED[benchmark["kind"]]
    if needed == "command":
        must(is_list_of_texts(benchmark.get(needed)) and benchmark[needed], "the benchmark has no list of words called command")
    elif needed:
        must(isinstance(benchmark.get(needed), str) and benchmark[needed], "the benchmark has no %s" % needed)
    if benchmark["kind"] == "callable":
        must(all(benchmark["callable"].partition(":")), "callable is no MODULE:FUNCTION: %r" % benchmark["callable"])
    must(isinstance(benchmark.get("params", {}), dict), "the benchmark's params are no map")
    must(isinstance(benchmark.get("args", []), list), "the benchmark's args are no list")
    must(isinstance(benchmark.get("kwargs", {}), dict), "the benchmark's kwargs are no map")
    if benchmark["kind"] == "pyperf":
        must(is_list_of_texts(benchmark.get("args", [])), "the benchmark's args are no list of texts")
        must(is_whole(benchmark.get("task", 0), 0, 10000), "the benchmark's task is no number")
    if benchmark["kind"] == "command":
        must(isinstance(benchmark.get("expect", ""), str), "what to expect of the command is no text")
    read_environment(benchmark, "the benchmark")
    return benchmark


def read_runtimes(plan):
    runtimes = plan.get("runtimes")
    must(isinstance(runtimes, dict) and runtimes, "there are no runtimes")
    for name, runtime in runtimes.items():
        must(isinstance(runtime, dict) and isinstance(runtime.get("python"), str) and runtime["python"],
             "the runtime %s has no python" % name)
        read_environment(runtime, "the runtime " + name)
    return runtimes


class Execution:
    """One process that is to be: number x of the plan."""

    def __init__(self, x, entry, runtimes):
        what = "execution %d" % x
        must(isinstance(entry, dict), what + " is no map")
        self.x = x
        self.runtime = entry.get("runtime")
        must(isinstance(self.runtime, str) and self.runtime in runtimes, "%s: no such runtime: %r" % (what, self.runtime))
        self.kind = entry.get("kind")
        must(self.kind in ("calibrate", "measure"), what + ": its kind is calibrate or measure")
        self.role = entry.get("role")
        must(self.role is None or isinstance(self.role, str), what + ": its role is no text")
        self.iterations = entry.get("iterations")
        must(self.kind == "calibrate" or is_whole(self.iterations, 1, ITERATIONS_MAX),
             "%s: iterations is no number from 1 to %d" % (what, ITERATIONS_MAX))
        self.loops = entry.get("loops")
        must(self.loops is None or is_whole(self.loops, 1, LOOPS_MAX), what + ": loops is no number from 1")
        self.max_s = read_seconds(entry, "max_s")


class Plan:
    def __init__(self, plan):
        must(isinstance(plan, dict) and plan.get("version") == 1, "a plan of version 1 was expected")
        self.benchmark = read_benchmark(plan)
        self.runtimes = read_runtimes(plan)
        self.environment = read_environment(plan, "the plan")
        self.seed = plan.get("seed", 0)
        must(is_whole(self.seed, 0, 2 ** 64 - 1), "seed is no number from 0: %r" % (self.seed,))
        self.limit_s = read_seconds(plan, "limit_s")
        self.process_limit_s = read_seconds(plan, "process_limit_s")
        self.min_iteration_s = read_seconds(plan, "min_iteration_s", 0.02)
        must(self.min_iteration_s is not None, "min_iteration_s is missing")
        self.randomise_environment = plan.get("randomise_environment", False)
        must(isinstance(self.randomise_environment, bool), "randomise_environment is true or false")
        entries = plan.get("executions")
        must(isinstance(entries, list) and len(entries) <= EXECUTIONS_MAX, "there is no list of executions")
        self.executions = [Execution(x, entry, self.runtimes) for x, entry in enumerate(entries)]


def read_plan(path):
    try:
        with open(path, "rb") as stream:
            return Plan(json.loads(stream.read().decode("utf-8")))
    except OSError as error:
        raise PlanError("cannot be read: %s" % error.strerror)
    except (ValueError, RecursionError) as error:
        raise PlanError("is no JSON: %s" % error)
