"""The benchmarks that come with labctl: each gives the right answer, and notices a wrong one."""
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

RECIPES = Path(os.environ["LABCTL_SOURCE"]) / "recipes"
FOLDER = RECIPES / "benchmarks"
# Another interpreter can be tried by hand.
PYTHON = os.environ.get("LABCTL_BENCH_PYTHON", sys.executable)
LIMIT_SECONDS = 300
MUTANTS_MAX = 400


def read_suite(name):
    """{benchmark: {key: text}} of a suite: as much of YAML as these files use."""
    found, current = {}, None
    for line in (FOLDER / (name + ".yaml")).read_text().split("\nbenchmarks:\n")[1].splitlines():
        if re.match(r"  [\w.]+:$", line):
            current = found.setdefault(line.strip()[:-1], {})
        elif re.match(r"    \w+:", line):
            key, _, value = line.strip().partition(":")
            current[key] = value.partition(" #")[0].strip()
    return found


def params_of(entry):
    return dict(pair.split(": ") for pair in re.findall(r"\w+: \w+", entry.get("parameters", "")))


SUITES = {name: read_suite(name) for name in ("pure", "border", "arrays")}
MODULES = {name: entry for name, entry in SUITES["pure"].items() if "module" in entry}
CROSSINGS = SUITES["border"]


def run(folder, benchmark, executions):
    plan = {"version": 1, "benchmark": benchmark, "seed": 1, "process_limit_s": 120, "runtimes": {"it": {"python": PYTHON}},
            "executions": [dict({"runtime": "it", "kind": "measure", "role": None}, **execution) for execution in executions]}
    (folder / "plan.json").write_text(json.dumps(plan))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "LABCTL"))}
    done = subprocess.run([sys.executable, str(RECIPES / "lib" / "labctl_bench.py"), "--plan", "plan.json", "--events", "events"],
                          cwd=str(folder), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=LIMIT_SECONDS)
    assert done.returncode == 0
    events = [json.loads(line) for line in (folder / "events").read_text().splitlines()]
    assert [(event["status"], event["detail"]) for event in events if event["e"] == "end"] == [("ok", None)] * len(executions)
    return [event for event in events if event["e"] == "values"]


def module_benchmark(name, entry):
    return {"name": name, "kind": "module", "module": str(FOLDER / entry["module"]), "params": params_of(entry)}


def test_there_are_enough_of_them_and_all_are_listed():
    assert len(MODULES) >= 24
    for suite, entries in SUITES.items():
        files = {entry["module"] for entry in entries.values() if "module" in entry}
        assert all(path.startswith(suite + "/") and (FOLDER / path).is_file() for path in files)
        parts = {"border/border_build.py", "border/border_ways.py"}
        assert {"%s/%s" % (suite, path.name) for path in (FOLDER / suite).glob("*.py")} == files | (parts if suite == "border" else set())
        assert all(entry.get("title") for entry in entries.values())


def test_the_names_of_the_suites_are_those_of_the_programs(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER / "border"))
    monkeypatch.syspath_prepend(str(FOLDER / "arrays"))
    import array_programs
    import border_ways
    import cross
    assert {params_of(entry)["program"] for entry in SUITES["arrays"].values()} == set(array_programs.PROGRAMS)
    assert set(SUITES["arrays"]) == set(array_programs.PROGRAMS)
    assert set(CROSSINGS) == {"%s.%s" % (value, way) for value in cross.VALUES for way in border_ways.WAYS} - {"gil_held.cffi"}
    for name, entry in CROSSINGS.items():
        assert "%(value)s.%(way)s" % params_of(entry) == name


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_answer_is_right(tmp_path, name):
    values = run(tmp_path, module_benchmark(name, MODULES[name]), [{"iterations": 2, "loops": 1}, {"iterations": 1, "loops": 2}])
    assert [len(event["s"]) for event in values] == [2, 1]


@pytest.mark.parametrize("code, expect", [("pass", ""), ("imports", "23\n")])
def test_commands(tmp_path, code, expect):
    if code == "imports":
        text = (FOLDER / "pure.yaml").read_text().split("  imports:\n")[1]
        code = " ".join(text.split(">-\n")[1].split("expect:")[0].split())
    run(tmp_path, {"name": "it", "kind": "command", "command": ["{python}", "-c", code], "expect": expect}, [{"iterations": 2, "loops": 1}])


def can_run(entry):
    return "runtimes" not in entry or "pypy" not in PYTHON


@pytest.mark.parametrize("name", sorted(name for name in CROSSINGS if name.endswith((".python", ".ctypes")) and can_run(CROSSINGS[name])))
def test_crossing_gives_the_right_answer(tmp_path, name):
    values = run(tmp_path, module_benchmark(name, CROSSINGS[name]), [{"iterations": 2, "loops": 1}, {"iterations": 1, "loops": 2}])
    assert values[0]["inner_loops"] == (20 if name.startswith("large") else 100)


@pytest.mark.parametrize("way", ["extension", "cffi"])
def test_all_crossings_that_need_pythons_headers(tmp_path, way):
    for name in sorted(CROSSINGS):
        if name.endswith("." + way):
            run(tmp_path, module_benchmark(name, CROSSINGS[name]), [{"iterations": 1, "loops": 2}])


# ---- a wrong answer is noticed ----

def wrong(leaf):
    """Another value of the same type, as an interpreter that errs might give it."""
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int):
        return leaf + 1
    if isinstance(leaf, float):
        return leaf * 1.01 + 0.001
    if isinstance(leaf, str):
        return leaf + "?"
    if isinstance(leaf, (bytes, bytearray)):
        return bytes(leaf[:-1]) + b"?!"
    return None


def places(answer, path=()):
    """Where the numbers and texts in an answer are."""
    if isinstance(answer, dict):
        pairs = answer.items()
    elif isinstance(answer, (list, tuple)):
        pairs = enumerate(answer)
    else:
        if wrong(answer) is not None:
            yield path
        return
    for key, value in pairs:
        for place in places(value, path + (key,)):
            yield place


def replaced(answer, path):
    if not path:
        return wrong(answer)
    if isinstance(answer, tuple):
        changed = list(answer)
        changed[path[0]] = replaced(changed[path[0]], path[1:])
        return tuple(changed)
    changed = copy.copy(answer)
    changed[path[0]] = replaced(changed[path[0]], path[1:])
    return changed


def notices(module, answer):
    if not hasattr(module, "check"):
        return answer != module.EXPECTED
    try:
        verdict = module.check(answer)
    except Exception:
        return True
    return verdict is not None and not verdict


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_wrong_answer_is_noticed(monkeypatch, name):
    monkeypatch.syspath_prepend(str(RECIPES / "lib"))
    from labctl_bench_worker import load
    module = load(str(FOLDER / MODULES[name]["module"]))
    if hasattr(module, "setup"):
        module.setup(**params_of(MODULES[name]))
    answer = module.bench(1)
    assert not notices(module, answer)
    assert notices(module, None)
    found = list(places(answer)) if not hasattr(answer, "numerator") else []
    for path in found[:: 1 + len(found) // MUTANTS_MAX]:
        assert notices(module, replaced(answer, path)), path
    assert found or isinstance(answer, (int, float)) or name == "fraction_sums"


@pytest.mark.parametrize("value", sorted({name.split(".")[0] for name in CROSSINGS}))
def test_a_wrong_answer_from_across_the_border_is_noticed(monkeypatch, value):
    monkeypatch.syspath_prepend(str(FOLDER / "border"))
    import cross
    cross.setup(value, "python")
    answer = cross.bench(1)
    assert not notices(cross, answer)
    for place in (0, len(answer) // 2, len(answer) - 1):
        assert notices(cross, replaced(answer, (place,)))
    assert notices(cross, answer[:-1])
