"""Commands on a machine that is there."""
import os
import signal
import subprocess
import time

from conftest import child_processes


def test_output_and_success(lab, there):
    done = lab.run(there, "echo out; echo err >&2; pwd")
    assert "out" in done.stdout
    assert str(lab.work) in done.stdout


def test_status_is_the_commands_own(lab, there):
    done = lab.run(there, "exit 7", status=1)
    assert "7" in done.stdout + done.stderr
