"""labctl bisect: which version of a list brought a change."""
import pytest
from test_bench import events

CELL = "one/cpython/numpy"
VERSIONS = ["1.%d" % number for number in range(10)]


def gone(pattern):
    """Rules for versions that no install step finds."""
    return [{"match": pattern, "exit_status": 69}, {"match": "head -n 1 unavailable.txt", "output": "no such version\n"}]


def bisect(lab, *words, **options):
    return lab.labctl("bisect", CELL, *words, **options)


def table(out):
    """{version: what the table says}."""
    lines = out.split(" runs\n")[1].split("\n\n")[0].splitlines()
    return {line.split()[0]: line.split(None, 1)[1] for line in lines}


@pytest.fixture
def runtimes(lab):
    """Versions of the runtime. A fake knows which one by the layers that it was asked to install."""
    for version in VERSIONS:
        lab.runtime("py" + version, env={"V": version}, install=[{"run": "fetch %s" % version}])
    lab.package("numpy")
    lab.target("one")
    lab.labctl("matrix", "-r", "cpython")
    return lab


def test_versions_that_cannot_be_had_are_passed_over(runtimes):
    runtimes.target("one", *gone(r"fetch 1\.[1-9]"))
    done = bisect(runtimes, "--versions-of", "runtime", "--versions", ",".join("py" + v for v in VERSIONS), status=1)
    assert "fewer than two of these versions can be tested" in done.out
    assert table(done.out)["py1.5"] == "unavailable: no such version (left out)"
    assert table(done.out)["py1.0"].startswith("passed")


def test_ends_that_are_alike(runtimes):
    done = bisect(runtimes, "draws", "--versions-of", "runtime", "--versions", "py1.0,py1.4,py1.9", status=1)
    assert "py1.0 and py1.9 are both passed: nothing changed between them" in done.out
    assert table(done.out)["py1.4"] == "not run"


def suites(lab, bad, first=()):
    """A package whose tests are of another text for each version, so that a rule knows it."""
    lab.settings(variables={"v": "1.9"})
    lab.package("numpy", install=[{"pip": ["numpy>=1"]}],
                tiers={"smoke": {"pytest": ["${v}"]}})
    events = ('{"e": "collected", "n": 1}\n{"e": "start", "i": 1, "t": "t::draws"}\n{"e": "end", "i": 1, "v": "%s", "s": 0.1%s}\n'
              '{"e": "finish", "complete": true}\n')
    made = list(first)
    for version in VERSIONS:
        verdict, detail = ("failed", ', "d": "ValueError: no such colour"') if version in bad else ("passed", "")
        made.append({"match": "labctl_suite.* %s\n" % version.replace(".", r"\."), "files": {"events.jsonl": events % (verdict, detail)}})
    lab.target("one", *made)
    lab.labctl("matrix", status=None)
    return lab


@pytest.mark.parametrize("change", [1, 4, 9])
def test_the_change_is_found(lab, change):
    suites(lab, VERSIONS[change:])
    done = bisect(lab, "draws", "--versions-of", "v", "--versions", ",".join(VERSIONS))
    before, after = VERSIONS[change - 1], VERSIONS[change]
    assert "t::draws is passed with %s and failed with %s: that one brought it" % (before, after) in done.out
    rows = table(done.out)
    assert rows[after] == "failed: ValueError: no such colour   <- here" and rows[before] == "passed"
    again = [line.strip() for line in done.out.splitlines() if line.startswith("  labctl repro")]
    assert "labctl repro one/cpython/numpy:smoke t::draws --version %s --versions-of v" % after in again
    assert len(lab.records()) == 1


def test_the_command_that_it_prints_shows_it(lab):
    suites(lab, VERSIONS[4:])
    good = lab.labctl("repro", CELL, "draws", "--version", "1.3", "--versions-of", "v", status=1)
    assert "now       passed" in good.out and "it passes now" in good.out and "is not what it was" not in good.err
    bad = lab.labctl("repro", CELL, "draws", "--version", "1.4", "--versions-of", "v")
    assert bad.out.endswith("the same failure\n")


def test_a_flaky_version_is_left_out(lab):
    flaky = {"match": "labctl_suite.* 1\\.4\n", "times": 1, "files": {"events.jsonl":
             '{"e": "start", "i": 1, "t": "t::draws"}\n{"e": "end", "i": 1, "v": "failed"}\n{"e": "finish", "complete": true}\n'}}
    suites(lab, VERSIONS[7:], first=[flaky])
    done = bisect(lab, "draws", "--versions-of", "v", "--versions", ",".join(VERSIONS))
    assert "passed with 1.6 and failed with 1.7" in done.out
    assert table(done.out)["1.4"] == "flaky, left out"


def test_a_lost_machine_gets_another_chance(lab):
    suites(lab, VERSIONS[7:])
    # A new machine is a new fake, whose rules count from the beginning: it is lost each time, and given up.
    suites(lab, VERSIONS[7:], first=[{"match": "labctl_suite.* 1\\.7\n", "die": True}])
    done = bisect(lab, "draws", "--versions-of", "v", "--versions", ",".join(VERSIONS))
    assert done.out.count("\n1.7 ") == 2 and table(done.out)["1.7"].endswith("(left out)")
    assert "passed with 1.6 and failed with 1.8: that one brought it, or one of those between" in done.out


def test_a_whole_cell(lab):
    suites(lab, VERSIONS[2:])
    done = bisect(lab, "--versions-of", "v", "--versions", "1.0,1.1,1.2,1.3")
    assert "one/cpython/numpy:smoke is passed with 1.1 and failed with 1.2" in done.out


def test_pip_requirements_are_pinned(lab):
    """The fake sees the requirement in the install step; a version that the index lacks is unavailable."""
    suites(lab, [])
    lab.target("one", *gone(r"pip\.sh '?numpy==1\.3"), {"match": r"pip\.sh '?numpy>", "exit_status": 1},
               {"match": "labctl_suite", "files": {"events.jsonl": '{"e": "start", "i": 1, "t": "t::draws"}\n{"e": "end", "i": 1, "v": "passed"}\n'
                                                                    '{"e": "finish", "complete": true}\n'}})
    done = bisect(lab, "draws", "--versions", "1.3,1.4,1.5", status=1)
    assert table(done.out) == {"1.3": "unavailable: no such version (left out)", "1.4": "passed", "1.5": "passed"}
    assert "labctl repro one/cpython/numpy:smoke t::draws --version 1.4\n" in done.out


def test_what_cannot_be_varied(lab):
    suites(lab, [])
    assert "the lab has no package 'nothing'" in bisect(lab, "--versions-of", "nothing", "--versions", "1,2", status=2).err
    bisect(lab, "--versions-of", "runtime", "--versions", "cpython,ghost", status=2)
    assert "is no version" in bisect(lab, "--versions", "1.0,-r", status=2).err
    lab.package("plain", install=[{"run": "true"}])
    lab.target("one")
    lab.labctl("matrix", "plain")
    done = lab.labctl("bisect", "one/plain", "--versions", "1,2", status=2)
    assert "installs no version with pip" in done.err and "--versions-of" in done.err


def test_wrong_use(lab):
    suites(lab, [])
    for words in ((), ("--versions", "1"), ("--versions", "1,1"), ("a", "b", "--versions", "1,2")):
        bisect(lab, *words, status=2)


# ---- speed ----

def measurements(looks):
    """Rules for looks one after the other, each {runtime: seconds per loop}: two stages of the driver for each."""
    rules = []
    for number, speeds in enumerate(looks):
        for stage, processes in enumerate((2, 8)):
            rules.append({"match": r"labctl_bench\.py", "times": 1, "files": {
                "bench.jsonl": events(speeds, processes, stage == 0, seed=10 * number + stage)}})
    return rules


@pytest.fixture
def bench(lab):
    for number in range(5):
        lab.runtime("v%d" % number)
    lab.settings(baseline="v0", runtimes=["v4"])
    lab.write("recipes/benchmarks/own.yaml", '{"benchmarks": {"loop": {"module": "own/loop.py"}}}')
    lab.write("recipes/benchmarks/own/loop.py", "EXPECTED = 1\ndef bench(loops):\n    return 1\n")
    lab.target("one", *measurements([{"v4": 0.013}]))
    lab.labctl("bench")
    return lab


def bisect_speed(lab, times, order, **options):
    """The target answers as the search will ask: the first alone, then each beside it."""
    lab.target("one", *measurements([{name: times[name] for name in (["v0"] if at == "v0" else ["v0", at])} for at in order]))
    return lab.labctl("bisect", "one/loop", "--versions-of", "runtime", "--versions", ",".join(sorted(times)), **options)


def test_the_version_that_made_it_slower(bench):
    times = {"v0": 0.010, "v1": 0.010, "v2": 0.010, "v3": 0.013, "v4": 0.013}
    done = bisect_speed(bench, times, ["v0", "v4", "v2", "v3", "v3", "v2"])
    assert "one/v4/loop:speed is equivalent with v2 and slower with v3: that one brought it" in done.out
    assert table(done.out)["v3"].startswith("slower: 1.") and " times the time of v0 (" in table(done.out)["v3"]
    assert table(done.out)["v1"] == "not run"
    assert "labctl bench loop --target one --fresh --runtime v3,v0\n" in done.out


def test_the_version_that_made_it_faster(bench):
    times = {"v0": 0.010, "v1": 0.007, "v2": 0.007, "v3": 0.007, "v4": 0.007}
    done = bisect_speed(bench, times, ["v0", "v4", "v2", "v1", "v1", "v0"])
    assert "equivalent with v0 and faster with v1: that one brought it" in done.out


def test_speed_that_did_not_change(bench):
    done = bisect_speed(bench, dict.fromkeys(("v0", "v1", "v4"), 0.010), ["v0", "v4"], status=1)
    assert "v0 and v4 are both equivalent: nothing changed between them" in done.out


def test_speed_of_packages_cannot_be_bisected(bench):
    assert "between runtimes only" in bench.labctl("bisect", "one/loop", "--versions", "1,2", status=2).err
    assert "has no tests" in bench.labctl("bisect", "one/loop", "x", "--versions-of", "runtime", "--versions", "v0,v4", status=2).err
