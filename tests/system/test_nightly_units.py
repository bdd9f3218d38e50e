"""The units and the workflow in ci/nightly: systemd takes them, and every command in them is one of labctl's."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import LABCTL, SOURCE

BUILD = Path(os.environ["LABCTL_BUILD"])
NIGHTLY = SOURCE / "ci" / "nightly"


@pytest.fixture
def units(tmp_path):
    """As installed, with a labctl where the service says that there is one."""
    folder = tmp_path / "units"
    folder.mkdir()
    service = (BUILD / "ci/nightly/labctl-nightly.service").read_text()
    (bindir,) = set(re.findall(r"^ExecStart=(/.*)/labctl ", service, re.M))
    (tmp_path / "bin").mkdir()
    shutil.copy(LABCTL, tmp_path / "bin" / "labctl")
    (folder / "labctl-nightly.service").write_text(service.replace(bindir, str(tmp_path / "bin")))
    shutil.copy(NIGHTLY / "labctl-nightly.timer", folder)
    return folder


def verify(folder, *names):
    environment = dict(os.environ, XDG_RUNTIME_DIR=str(folder))
    done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no"] + [str(folder / name) for name in names],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, timeout=60)
    return done.returncode, "".join(line for line in done.stdout.decode().splitlines(True) if str(folder) in line or "labctl" in line)


def test_the_service_starts_from_its_timer(units):
    assert verify(units, "labctl-nightly.timer") == (0, "")
    assert verify(units, "labctl-nightly.service") == (0, "")
    assert "Unit=labctl-nightly.service\n" in (units / "labctl-nightly.timer").read_text()


def test_what_is_wrong_would_be_found(units):
    service = units / "labctl-nightly.service"
    service.write_text(service.read_text().replace("/labctl --color", "/not-there --color"))
    status, told = verify(units, "labctl-nightly.service")
    assert status != 0 and "not-there is not executable" in told
    (units / "labctl-nightly.timer").write_text("[Timer]\nOnCalendar=every other moon\n")
    status, told = verify(units, "labctl-nightly.timer")
    assert status != 0 and "every other moon" in told


def test_the_timer_has_a_next_time():
    (when,) = re.findall(r"^OnCalendar=(.*)$", (NIGHTLY / "labctl-nightly.timer").read_text(), re.M)
    done = subprocess.run(["systemd-analyze", "calendar", when], stdout=subprocess.PIPE, timeout=60)
    assert done.returncode == 0 and b"Next elapse" in done.stdout


def test_commands_are_labctls(lab):
    """The service runs what labctl knows: its suite is shipped and its options are there."""
    words = re.findall(r"^ExecStart=/.*/labctl (.*)$", (BUILD / "ci/nightly/labctl-nightly.service").read_text(), re.M)[0].split()
    assert words == ["--color", "never", "run", "nightly"]
    lab.settings(shipped=True)
    assert "local/cpython/numpy:standard" in lab.labctl(*words, "--dry-run").out
    workflow = (NIGHTLY / "github-workflow.yml").read_text()
    (line,) = re.findall(r"labctl (run .*) \|\|", workflow)
    for option in re.findall(r"--[a-z-]+", line):
        assert option in lab.labctl("help", "run").out


def test_the_workflow_is_yaml_with_a_time_limit():
    workflow = yaml.safe_load((NIGHTLY / "github-workflow.yml").read_text())
    job = workflow["jobs"]["nightly"]
    assert job["timeout-minutes"] > 300 and workflow["concurrency"]["cancel-in-progress"] is False
    assert all("uses" in step or "run" in step for step in job["steps"])
