"""labctl compare, export and import of measurements: files and runs against each other, and as pyperf prints them."""
import json
import math

import pytest

from test_bench import bench, measured  # noqa: F401  (a fixture, and what fills it)


def with_moments(count, mean, deviation):
    """So many values of exactly this mean and this deviation (n - 1 below), by scaling a fixed zigzag."""
    shape = [(-1) ** i * (1 + i % 7 / 10) for i in range(count)]
    middle = math.fsum(shape) / count
    spread = math.sqrt(math.fsum((x - middle) ** 2 for x in shape) / (count - 1))
    return [mean + (x - middle) / spread * deviation for x in shape]


def pyperf_file(path, benchmarks):
    """{name: values}, three values a process."""
    path.write_text(json.dumps({"version": "1.0", "benchmarks": [
        {"metadata": {"name": name, "unit": "second", "loops": 8},
         "runs": [{"values": values[i:i + 3]} for i in range(0, len(values), 3)]}
        for name, values in benchmarks.items()]}))
    return path


@pytest.fixture
def files(tmp_path):
    """Two of pyperf's published comparisons by their moments: 1.02x faster with t = 3.9533, 1.42x slower with t = -117.29."""
    base = {"[1]*1000": with_moments(60, 2.1270022359187735e-06, 6.300784634658051e-08),
            "[1,2]*1000": with_moments(60, 3.70e-06, 5.0e-08)}
    # t = (a - b) / sqrt((s_a^2 + s_b^2) / n): the deviation that gives -117.29 for 1.42 times the mean.
    changed_mean = 1.42 * 3.70e-06
    deviation = math.sqrt(60 * ((3.70e-06 - changed_mean) / 117.29) ** 2 - 5.0e-08 ** 2)
    changed = {"[1]*1000": with_moments(60, 2.0896602343167815e-06, 3.719510901933837e-08),
               "[1,2]*1000": with_moments(60, changed_mean, deviation)}
    return pyperf_file(tmp_path / "py36.json", base), pyperf_file(tmp_path / "py37.json", changed)


def test_as_pyperf_prints_it(bench, files):
    assert bench.labctl("compare", *files, "--as", "pyperf").out == (
        "[1,2]*1000: Mean +- std dev: [py36] 3.70 us +- 0.05 us -> [py37] 5.25 us +- 0.09 us: 1.42x slower\n"
        "[1]*1000: Mean +- std dev: [py36] 2.13 us +- 0.06 us -> [py37] 2.09 us +- 0.04 us: 1.02x faster\n"
        "\n"
        "Geometric mean: 1.18x slower\n")
    verbose = bench.labctl("-v", "compare", *files, "--as", "pyperf").out
    assert "Significant (t=3.95)" in verbose and "Significant (t=-117.29)" in verbose


def test_our_own_words(bench, files):
    done = bench.labctl("compare", *files, "--format", "json", status=1).json()
    found = {row["benchmark"]: row for row in done["benchmarks"]}
    assert found["[1,2]*1000"]["word"] == "slower" and found["[1,2]*1000"]["base_processes"] == 20
    assert found["[1,2]*1000"]["ratio"] == pytest.approx(1.42, rel=1e-4)
    # 2 % faster and surely so, but the margin says that this does not matter; with a smaller one it does.
    assert found["[1]*1000"]["word"] in ("equivalent", "faster", "undecided")
    strict = bench.labctl("compare", *files, "--margin", "0", "--format", "json", status=1).json()
    assert {row["benchmark"]: row["word"] for row in strict["benchmarks"]}["[1]*1000"] == "faster"
    assert done["geometric_mean"] == pytest.approx(math.sqrt(found["[1,2]*1000"]["ratio"] * found["[1]*1000"]["ratio"]))


def test_the_same_file_twice_is_no_change(bench, files):
    out = bench.labctl("compare", files[0], files[0]).out
    assert "2 equivalent" in out and "slower" not in out


def test_what_one_side_lacks_is_told(bench, files, tmp_path):
    other = pyperf_file(tmp_path / "other.json", {"[1]*1000": [2e-06] * 3, "new": [1e-3] * 3})
    out = bench.labctl("compare", files[0], other).out
    assert "only the first has it" in out and "only the second has it" in out
    assert "Ignored benchmarks (1) of other: new" in bench.labctl("compare", files[0], other, "--as", "pyperf").out


def test_two_runs(bench):
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    bench.labctl("bench", "--fresh")
    out = bench.labctl("compare", "latest~1", "latest").out
    assert "one/cpython/loop" in out and "one/pypy/loop" in out and "over 2 of 2" in out
    assert "one/cpython/loop" not in bench.labctl("compare", "latest~1", "latest", "--runtime", "pypy").out


def test_out_as_pyperf_and_in_again(bench, tmp_path):
    """What came before the steady state is warm-up for pyperf."""
    measured(bench, "one", {"cpython": 0.010, "pypy": 0.002})
    bench.labctl("bench")
    path = tmp_path / "pypy.json"
    bench.labctl("export", "latest", "--runtime", "pypy", "--format", "pyperf", "-o", path)
    suite = json.loads(path.read_text())
    runs = [run for run in suite["benchmarks"][0]["runs"] if "values" in run]
    assert suite["metadata"]["name"] == "loop" and len(runs) == 10
    assert all(len(run["warmups"]) == 10 and len(run["values"]) == 50 for run in runs)
    again = tmp_path / "again.json"
    bench.labctl("export", path, "--format", "pyperf", "-o", again)
    assert again.read_bytes() == path.read_bytes()
    assert "power/pypy/loop:speed" in bench.labctl("import", "--bench", path, "--target", "power", "--runtime", "pypy").out
    assert "1 equivalent" in bench.labctl("compare", path, "latest").out


@pytest.mark.parametrize("text, why", [
    ("", "it is empty"),
    ("{}", "no benchmark format"),
    ('{"version":"1.0","benchmarks":[', ":1:32"),
    ('{"version":"1.0","benchmarks":[{"metadata":{"name":"a"},"runs":[{"values":[-1.0]}]}]}', "-1"),
    ('{"version":"1.0","benchmarks":[{"metadata":{"name":"a"},"runs":[{"values":[1e999]}]}]}', "1e999"),
])
def test_a_broken_file_is_one_clear_error(bench, tmp_path, text, why):
    path = tmp_path / "broken.json"
    path.write_text(text)
    done = bench.labctl("compare", path, path, status=None)
    assert done.status not in (0, 1) and done.out == ""
    assert done.err.count("labctl:") == 1 and "broken.json" in done.err, done.err


def test_wrong_words(bench, files):
    assert "two runs or files" in bench.labctl("compare", files[0], status=2).err
    assert "exclude each other" in bench.labctl("compare", *files, "--as", "pyperf", "--format", "json", status=2).err
    assert "percent" in bench.labctl("compare", *files, "--margin", "x", status=2).err
    assert "did you mean \"pyperf\"" in bench.labctl("export", files[0], "--format", "pyperv", status=2).err
    assert "pyperf     read, write" in bench.labctl("export", "--format", "help").out


def asv_file(path, commit, results, environment="py3.11", **more):
    columns = ["result", "params", "version", "started_at", "duration", "stats_ci_99_a", "stats_ci_99_b", "stats_q_25",
               "stats_q_75", "stats_number", "stats_repeat", "samples", "profile"]
    path.write_text(json.dumps(dict({
        "version": 2, "commit_hash": commit, "env_name": environment, "date": 1367127519000, "python": "3.11",
        "params": {"machine": "box", "arch": "x86_64"}, "requirements": {}, "env_vars": {}, "durations": {},
        "result_columns": columns, "results": results}, **more)))
    return path


def test_as_asv_prints_it(bench, tmp_path):
    """Marks, values and layout by asv's own rules: statistics decide, then the factor; a changed benchmark is not compared."""
    def row(value, low, high, version="1"):
        return [[value], [], version, None, None, [low], [high], [low], [high], [1], [5]]

    before = asv_file(tmp_path / "a.json", "53cbf8c1ffff", {
        "m.time_same": row(1.0, 0.9, 1.1), "m.time_worse": row(1.0, 0.9, 1.1), "m.time_noisy": row(1.0, 0.5, 2.5),
        "m.time_better": row(2e-6, 1.9e-6, 2.1e-6), "m.time_gone": [[0.25], [], "1"], "m.time_mended": [None, [], "1"],
        "m.time_other": row(1.0, 0.9, 1.1), "m.peakmem_it": [[6.4e7], [], "1"],
        "m.time_many": [[1.0, math.nan], [["'x y'", "2"]], "1"], "m.track_it": [[42], [], "1"]})
    after = asv_file(tmp_path / "b.json", "60cd5cb3ffff", {
        "m.time_same": row(1.05, 0.9, 1.2), "m.time_worse": row(3.0, 2.9, 3.1), "m.time_noisy": row(3.0, 1.5, 3.5),
        "m.time_better": row(1e-6, 9e-7, 1.1e-6), "m.time_gone": [None, [], "1"], "m.time_mended": [[0.25], [], "1"],
        "m.time_other": row(9.0, 8.9, 9.1, "2"), "m.peakmem_it": [[6.4e7], [], "1"],
        "m.time_many": [[1.0, math.nan], [["'x y'", "2"]], "1"], "m.track_it": [[42], [], "1"]})
    assert bench.labctl("compare", before, after, "--as", "asv").out == """
All benchmarks:

| Change   | Before [53cbf8c1]    | After [60cd5cb3]    | Ratio   | Benchmark (Parameter)   |
|----------|----------------------|---------------------|---------|-------------------------|
|          | 64M                  | 64M                 | 1.00    | m.peakmem_it            |
| -        | 2.00±0.1μs           | 1.00±0.1μs          | 0.50    | m.time_better           |
| !        | 250ms                | failed              | n/a     | m.time_gone             |
|          | 1.00s                | 1.00s               | 1.00    | m.time_many('x y')      |
|          | n/a                  | n/a                 | n/a     | m.time_many(2)          |
| *        | failed               | 250ms               | n/a     | m.time_mended           |
|          | 1.00±1s              | 3.00±1s             | ~3.00   | m.time_noisy            |
| x        | 1.00±0.1s            | 9.00±0.1s           | 9.00    | m.time_other            |
|          | 1.00±0.1s            | 1.05±0.1s           | 1.05    | m.time_same             |
| +        | 1.00±0.1s            | 3.00±0.1s           | 3.00    | m.time_worse            |
|          | 42                   | 42                  | 1.00    | m.track_it              |
"""


def test_as_asv_holds_only_one_place_against_itself(bench, tmp_path):
    before = asv_file(tmp_path / "a.json", "53cbf8c1", {"m.time_it": [[1.0], [], "1"]})
    after = asv_file(tmp_path / "b.json", "60cd5cb3", {"m.time_it": [[9.0], [], "1"]}, environment="py3.12")
    assert bench.labctl("compare", before, after, "--as", "asv").out.splitlines()[5:] == [
        "|          | 1.00s                | n/a                 | n/a     | m.time_it [box/py3.11]  |",
        "|          | n/a                  | 9.00s               | n/a     | m.time_it [box/py3.12]  |"]


def test_as_asv_wants_files_of_asv(bench, files):
    told = bench.labctl("compare", *files, "--as", "asv", status=2)
    assert "py36 is no result of asv" in told.err
