"""A small year of nights: what was planted is found, and hardly anything else; ci/bench --only year does the large one."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.environ["LABCTL_SOURCE"], "tests", "support"))
from year import Year  # noqa: E402

# Nights, packages, targets, runtimes, tests, benchmarks; regressions, steps, flaky tests of each package; records.
SIZE = (60, 4, 2, 1, 2000, 20, 30, 12, 6, 2)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    folder = tmp_path_factory.mktemp("year")
    source = os.environ["LABCTL_SOURCE"]
    Year.make(os.path.join(os.environ["LABCTL_BUILD"], "tests", "year", "make_year"), folder, source, SIZE)
    return Year(folder, os.environ["LABCTL"], source)


def test_the_store_is_small(year):
    # Benchmarks weigh ten times as much here as in a year of 64 cells with 20,000 tests.
    assert year.bytes_per_unchanged() < 3


def test_every_planted_verdict_is_told_and_few_others(year):
    told = year.compare_nights(range(1, year.truth["nights"]))
    assert told["planted"] > 100 and told["found"] == told["planted"], told
    assert told["false"] <= 0.05 * told["told"], told


def test_flaky_tests_are_called_so_and_no_others(year):
    called = year.flaky()
    assert called["called"] > 5 and called["false"] == 0, called


def test_steps_of_speed_are_found(year):
    changes = year.speed_changes()
    assert changes["planted"] >= 5 and changes["found"] >= 0.9 * changes["planted"], changes
    assert changes["false"] <= max(1, 0.05 * changes["told"]), changes


def test_all_is_fresh_and_shown(year):
    out = year.labctl("matrix")
    assert "not run" not in out and "pkg03" in out
    assert "▲" in year.labctl("compare", "latest~1", "latest", expect=(1,))
    assert "time now" in year.labctl("history", "bench003")
    assert "failures now" in year.labctl("history", "amd64/cpython/pkg01:standard")


def test_a_record_of_the_last_night_is_there(year):
    assert "test_known_1" in year.labctl("show", "amd64/cpython/pkg01:standard", expect=(0,))
    assert "processes" in year.labctl("show", "amd64/cpython/bench003", expect=(0,))
