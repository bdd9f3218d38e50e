"""labctl matrix sympy, as it comes with labctl: real results under both runtimes, without any package index."""
import pytest
from matrix_lab import Lab

RUNTIMES = ("cpython", "pypy")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    return lab, lab.matrix("sympy")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_sympy_has_a_real_pass_rate(ran, runtime):
    lab, cells = ran
    cell = cells["local", runtime, "sympy"]
    assert cell.tally["passed"] >= 300, cell
    assert cell.fields["pass_rate"] > 0.98, (cell, cell.fields["bad_tests"])
    assert lab.facts(cell)["package_version"].startswith("1."), lab.facts(cell)


def test_pypy_runs_the_files_that_debian_means_for_cpython(ran):
    lab, cells = ran
    facts = lab.facts(cells["local", "pypy", "sympy"])
    assert facts["runtime_implementation"] == "PyPy"
    assert "pure-pypy" in facts["package_file"]
