"""What an interpreter tells of itself, and what its garbage collector and JIT compiler have done so far."""
import gc
import os
import sys
import time

PYPY_MEMORY = ("total_gc_memory", "peak_memory", "total_allocated_memory", "peak_allocated_memory")
JIT_COUNTERS = {"TOTAL_COMPILED_LOOPS": "jit_loops", "TOTAL_COMPILED_BRIDGES": "jit_bridges", "ABORT_TOO_LONG": "jit_aborts_too_long"}

COUNTING_MACHINES = ("x86_64", "i686")


def has_jit():
    if sys.implementation.name == "cpython":
        return hasattr(sys, "_jit") and sys._jit.is_enabled()
    return True


def facts():
    """Of this process from its start to its end; each is a text or a number."""
    found = {
        "implementation": sys.implementation.name,
        "version": ".".join(map(str, sys.version_info[:3])),
        "build": " ".join(sys.version.split()),
        "bits": sys.maxsize.bit_length() + 1,
        "byte_order": sys.byteorder,
        "gc_enabled": "yes" if gc.isenabled() else "no",
        "clock_resolution_s": time.get_clock_info("perf_counter").resolution,
    }
    if hasattr(sys, "pypy_version_info"):
        found["pypy_version"] = ".".join(map(str, sys.pypy_version_info[:3]))
    elif hasattr(gc, "get_threshold"):
        found["gc_threshold"] = " ".join(map(str, gc.get_threshold()))
    if hasattr(sys, "_jit"):
        found["jit"] = "on" if sys._jit.is_enabled() else "off"
    return found


def figures_of_generations(statistics):
    """CPython: one dictionary for each generation."""
    return {"gc%d_%s" % (number, name): value for number, generation in enumerate(statistics)
            for name, value in generation.items()}


def figures_of_pypy_gc(statistics):
    raw = getattr(statistics, "_s", None)  # numbers; the public attributes are texts for people
    found = {"gc_%s_bytes" % name: getattr(raw, name) for name in PYPY_MEMORY if hasattr(raw, name)}
    if hasattr(raw, "total_gc_time"):
        found["gc_time_s"] = raw.total_gc_time / 1000
    return found


def figures_of_pypy_jit():
    try:
        import pypyjit
        code_bytes = pypyjit.get_stats_asmmemmgr()[1]
    except (ImportError, AttributeError):
        return {}
    found = {"jit_code_bytes": code_bytes}
    # PyPy 7.3.11 dies in get_stats_snapshot() as long as nothing has been compiled, and on s390x always: its compilers for
    # other processors lack what that asks for.
    if code_bytes and os.uname().machine in COUNTING_MACHINES and hasattr(pypyjit, "get_stats_snapshot"):
        snapshot = pypyjit.get_stats_snapshot()
        for name, ours in JIT_COUNTERS.items():
            if name in snapshot.counters:
                found[ours] = snapshot.counters[name]
        for name, seconds in snapshot.counter_times.items():
            found["jit_%s_s" % name.lower()] = round(seconds, 6)
    return found


def figures(when):
    """Of garbage collector and JIT compiler since the process's start, as far as the runtime tells; names end in `when`."""
    found = {}
    statistics = gc.get_stats() if hasattr(gc, "get_stats") else []
    found.update(figures_of_generations(statistics) if isinstance(statistics, list) else figures_of_pypy_gc(statistics))
    found.update(figures_of_pypy_jit())
    return {"%s_%s" % (name, when): value for name, value in found.items() if isinstance(value, (int, float))}
