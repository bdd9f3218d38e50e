"""Where pip may get packages from: no index, a folder of archives, constraints, an index without build tools."""
import socket

import pytest
from matrix_lab import Lab, index_of

RUNTIMES = ("cpython", "pypy")


def closed_port():
    """A port of the loopback address that nobody listens on as long as it is held."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held


def test_no_index_is_unavailable_and_no_failure(tmp_path):
    with closed_port() as held:
        lab = Lab(tmp_path, index_of("http://127.0.0.1:%d/simple/" % held.getsockname()[1]))
        lab.add_package("plain")
        cells = lab.matrix("plain", expect=0)
    for runtime in RUNTIMES:
        cell = cells["local", runtime, "plain"]
        assert cell.verdict == "unavailable", cell
        assert cell.reason == "no package index reachable (Connection refused)"


def test_only_a_folder_of_archives(tmp_path, archives, index):
    asked = len(index.server.asked)
    lab = Lab(tmp_path, "index: {url: \"%s\", folder: \"%s\", only_folder: true, build_isolation: false}\n" %
              (index.url, archives), index.port)
    lab.add_package("plain")
    lab.add_package("absent")
    cells = lab.matrix("plain", "absent", expect=0)
    for runtime in RUNTIMES:
        cell = cells["local", runtime, "plain"]
        assert (cell.verdict, cell.tally) == ("passed", {"passed": 5}), cell
        assert lab.facts(cell)["package_version"] == "2.0"
        assert cells["local", runtime, "absent"].verdict == "unavailable"
        assert "the folder of archives has no package absent" in cells["local", runtime, "absent"].reason
    assert len(index.server.asked) == asked


def test_constraints_choose_the_version(tmp_path, index):
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("plain<2\n")
    lab = Lab(tmp_path / "lab", "index: {url: \"%s\", constraints: \"%s\", build_isolation: false}\n" %
              (index.url, constraints), index.port)
    lab.add_package("plain")
    cells = lab.matrix("plain")
    for runtime in RUNTIMES:
        assert lab.facts(cells["local", runtime, "plain"])["package_version"] == "1.0"


def test_an_index_without_build_tools(tmp_path, index):
    """Isolated builds want setuptools from the index, which has none: the reason names it."""
    lab = Lab(tmp_path, "index: {url: \"%s\"}\n" % index.url)
    lab.add_package("hang")
    cell = lab.matrix("hang", "--runtime", "cpython")["local", "cpython", "hang"]
    assert cell.verdict == "unavailable", cell
    assert "setuptools" in cell.reason, cell


@pytest.mark.parametrize("command", ["no-such-interpreter", "/opt/nowhere/python"])
def test_a_runtime_that_is_not_there_is_unavailable(tmp_path, command):
    lab = Lab(tmp_path)
    lab.write("recipes/runtimes/ghost.yaml", "command: %s\n" % command)
    lab.write("recipes/packages/anything.yaml", "tiers: {smoke: {run: \"true\"}}\n")
    cell = lab.matrix("anything", "--runtime", "ghost")["local", "ghost", "anything"]
    assert cell.verdict == "unavailable", cell
    assert cell.reason == "there is no " + command
