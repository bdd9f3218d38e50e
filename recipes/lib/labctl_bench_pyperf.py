"""A script that speaks pyperf, as one worker process of it; its values are handed on.

The script decides how it measures; from us it has the number of values and of loops. There are no warm-ups apart: all
values count from the process's start.
"""
import json
import os
import runpy
import sys

from labctl_bench_worker import Failure
from labctl_memory import high_water_bytes
from labctl_runtime import facts, figures


def arguments(job, output):
    words = job["benchmark"].get("args", []) + [
        "--worker", "--worker-task", str(job["benchmark"].get("task", 0)), "--warmups", "0",
        "--min-time", repr(job["min_iteration_s"]), "--output", output]
    if job["kind"] == "calibrate":
        return words + ["--calibrate-loops", "--values", "1"]
    return words + ["--loops", str(job["loops"]), "--values", str(job["iterations"])]


def run_script(script, words):
    sys.argv = [script] + words
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0):
            raise Failure("the script ended with %s" % end.code)


def read_run(path):
    """The one run in the file, with the metadata that hold for it."""
    try:
        with open(path) as stream:
            suite = json.load(stream)
        benchmark = suite["benchmarks"][-1]
        run = benchmark["runs"][-1]
        run["metadata"] = dict(suite.get("metadata", {}), **dict(benchmark.get("metadata", {}), **run.get("metadata", {})))
        return run
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Failure("the script left no pyperf results: %s: %s" % (type(error).__name__, error))


def run_pyperf(job, report):
    try:
        import pyperf
    except ImportError as error:
        raise Failure("pyperf cannot be imported: %s" % error)
    output = job["values"] + ".pyperf"
    if os.path.exists(output):
        os.unlink(output)
    report.tell(facts=dict(facts(), pyperf_version=str(pyperf.__version__), **figures("before")))
    report.tell(ready=True)
    try:
        run_script(job["benchmark"]["script"], arguments(job, output))
        run = read_run(output)
    finally:
        if os.path.exists(output):
            os.unlink(output)
    metadata, values = run["metadata"], run.get("values", [])
    if metadata.get("unit", "second") != "second":
        raise Failure("the script measures in the unit %s, not in seconds" % metadata["unit"])
    if job["kind"] == "calibrate":
        report.tell(loops=metadata.get("calibrate_loops", metadata.get("loops", 1)))
    elif not values:
        raise Failure("the script told no values")
    else:
        report.tell(inner_loops=metadata.get("inner_loops", 1), loops_used=metadata.get("loops", 1), values=values)
    report.tell(done={}, high_water_bytes=high_water_bytes(), facts=figures("after"))
