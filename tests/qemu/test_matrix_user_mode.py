"""labctl matrix on s390x by user-mode emulation: a foreign Debian root in the sandbox, with this machine's kernel."""
import pytest
from matrix_lab import Lab, index_of
from package_index import make_archive, serve


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    archives = tmp_path_factory.mktemp("archives")
    make_archive("boom", "1.0", archives)
    make_archive("plain", "2.0", archives)
    with serve(archives) as index:
        lab = Lab(tmp_path_factory.mktemp("lab"), index_of(index.url), index.port)
        lab.add_package("boom")
        lab.add_package("plain")
        yield lab, lab.matrix("boom", "plain", "--target", "s390x-user", "--runtime", "cpython", expect=1)


def test_it_is_marked_as_what_it_is(ran):
    lab, cells = ran
    for cell in cells.values():
        assert cell.fields["arch"] == "s390x"
        assert cell.fields["emulated"] is True
        assert cell.fields["how_run"] == "emulated process"
    words = ("matrix", "boom", "plain", "--target", "s390x-user", "--runtime", "cpython", "--no-run")
    assert "~ emulated" in lab.labctl(*words, expect=1)


def test_the_foreign_root_is_big_endian(ran):
    lab, cells = ran
    cell = cells["s390x-user", "cpython", "plain"]
    assert lab.facts(cell)["runtime_byteorder"] == "big"
    assert cell.tally["passed"] >= 4, (cell, cell.fields["bad_tests"])


def test_a_segfault_there_is_one_crashed_test(ran):
    cell = ran[1]["s390x-user", "cpython", "boom"]
    assert cell.tally == {"passed": 8, "failed": 1, "crashed": 1}, cell
    crash = cell.bad_test("::test_03_ends_the_interpreter")
    assert "SIGSEGV" in crash["detail"] and "in test_03_ends_the_interpreter" in crash["detail"]
