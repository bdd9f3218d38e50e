"""Commands on a machine that is there, and what becomes of them when it goes away."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import termios
import time

import pytest

from real_sshd import child_processes, public

MEGABYTE = 1000 * 1000


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_output_and_folder(lab, there):
    done = lab.run(there, "echo out; echo err >&2; pwd; ls -A")
    assert "out\n" in done.stdout
    assert str(lab.work) in done.stdout
    assert "err" in done.said


def test_status_is_the_commands_own(lab, there):
    done = lab.run(there, "exit 7", status=1)
    assert "7" in done.said


@pytest.mark.parametrize("script", ["kill -SEGV $$", "kill -KILL $$", "exit 255"])
def test_no_end_is_taken_for_success(lab, there, script):
    lab.run(there, script, status=1)


def test_nothing_is_left_behind(lab, there):
    lab.run(there, "echo x >file")
    assert not list(lab.work.glob("run-*"))


def test_work_folder_below_the_home_folder(lab, server, keys):
    """Without a work_folder in the target's file; and what start-up files print is no answer."""
    lab.know(server.known_line())
    lab.target("there", server, key=keys["good"], work_folder=None)
    home = os.path.expanduser("~")
    try:
        assert home + "/labctl-work/run-" in lab.run("there", "pwd").stdout
    finally:
        shutil.rmtree(os.path.join(home, "labctl-work"), ignore_errors=True)


def test_what_the_login_shell_is_does_not_matter(lab, servers, keys):
    """A stand-in for shells that treat backslashes, exclamation marks and new lines in their own way."""
    server = servers()
    odd = server.folder / "odd-shell"
    odd.write_text("#!/bin/sh\n"
                   "case $SSH_ORIGINAL_COMMAND in *'\n'* | *!* | *\\'\\\\* | *'\\\\'*) echo 'odd shell: no' >&2; exit 1 ;; esac\n"
                   "exec sh -c \"$SSH_ORIGINAL_COMMAND\"\n")
    odd.chmod(0o755)
    server.authorized.write_text('command="%s" %s\n' % (odd, public(keys["good"])))
    lab.know(server.known_line())
    lab.target("there", server, key=keys["good"])
    done = lab.run("there", "printf '%s\\n' 'a\\b!' \"it's\"")
    assert "a\\b!\nit's\n" in done.stdout


def test_much_output_of_both_streams(lab, there):
    done = lab.run(there, "head -c %d /dev/zero | tr '\\0' o & head -c %d /dev/zero | tr '\\0' e >&2; wait" %
                   (10 * MEGABYTE, 5 * MEGABYTE))
    everything = done.said
    assert everything.count("o") >= 10 * MEGABYTE
    assert everything.count("e") >= 5 * MEGABYTE


def test_time_limit_kills_the_whole_tree(lab, there, tmp_path):
    pids = tmp_path / "pids"
    done = lab.run(there, "setsid sleep 1000 & echo $! >%s; sleep 1000 & echo $! >>%s; wait" % (pids, pids),
                   "--limit", "1s", status=None)
    assert done.returncode != 0
    assert "1.0 s" in done.said
    for pid in pids.read_text().split():
        wait_for(lambda: not os.path.exists("/proc/%s" % pid) or
                 open("/proc/%s/stat" % pid).read().rsplit(") ", 1)[1][0] == "Z")


def test_silent_command_on_a_living_link_is_not_lost(lab, server, keys):
    lab.know(server.known_line())
    lab.target("there", server, key=keys["good"], keepalive="2s", idle_limit="5s")
    assert "still here" in lab.run("there", "sleep 8; echo still here").stdout


def test_link_that_breaks(lab, there, server, tmp_path):
    pid_file = tmp_path / "pid"
    process = lab.start("target", "run", there, "--", "echo $$ >%s; exec sleep 1000" % pid_file)
    wait_for(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    for pid in server.sessions():
        for below in child_processes(pid):
            os.kill(below, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, (out, err)
    assert b"connection" in out + err
    with contextlib.suppress(ProcessLookupError):  # where its wrapper saw the link break it has ended already
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def test_machine_that_freezes(lab, server, keys, tmp_path):
    """Nothing is closed, nothing is answered: the sessions are stopped."""
    lab.know(server.known_line())
    lab.target("there", server, key=keys["good"], keepalive="2s", idle_limit="5s")
    pid_file = tmp_path / "pid"
    process = lab.start("target", "run", "there", "--", "echo $$ >%s; exec sleep 1000" % pid_file)
    wait_for(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    stopped = [pid for parent in server.sessions() for pid in [parent] + child_processes(parent)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 4, (out, err)
    assert b"no sign of life for 5" in out + err
    assert time.monotonic() - begun < 30
    for pid in stopped + [int(pid_file.read_text())]:
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def small_disk(lab):
    """The work folder on a file system of 256 KiB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    lab.work.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=0777", "none", str(lab.work)], check=True)
    yield
    subprocess.run(["umount", "-l", str(lab.work)], check=True)


def test_full_disk_is_told_as_such(lab, there, small_disk):
    done = lab.run(there, "head -c 1000000 /dev/zero >big", status=None)
    assert done.returncode != 0
    assert "room" in done.said
    # The folder was emptied: the next one finds room again.
    lab.run(there, "true")


def test_facts(lab, there):
    done = lab.labctl("target", "probe", there)
    assert os.uname().release in done.stdout
    assert os.uname().machine in done.stdout


# ---- files and layers: by way of a small package ----

@pytest.fixture
def package(lab):
    """A runtime that installs by its own script, and a package whose install and tests count how often they run."""
    def put(name, value):
        path = lab.folder / "recipes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    count = lab.folder.parent / "count"
    count.write_text("")
    put("runtimes/cpython.yaml", {"command": "python3"})
    put("packages/small.yaml", {
        "install": [{"run": "mkdir -p \"$LABCTL_PREFIX/small\"; echo '1..1' >\"$LABCTL_PREFIX/small/plan\"; echo installed >>%s" % count}],
        "import": "json", "version": "echo 1.0",
        "tiers": {"smoke": {"run": "cat \"$LABCTL_PREFIX/small/plan\"; echo 'ok 1 - works'; echo tested >>%s" % count,
                            "format": "tap"}}})
    return count


def test_matrix_keeps_its_layers(lab, there, package):
    first = lab.labctl("matrix", "small", "--target", there, "--runtime", "cpython", "--tier", "smoke", status=None)
    assert first.returncode == 0, (first.stdout, first.stderr)
    assert package.read_text().split().count("installed") == 1
    again = lab.labctl("matrix", "small", "--target", there, "--runtime", "cpython", "--tier", "smoke", "--fresh", status=None)
    assert again.returncode == 0, (again.stdout, again.stderr)
    assert package.read_text().split() == ["installed", "tested", "tested"]
    assert list(lab.work.glob("layers/*/prefix/small/plan"))
    assert not list(lab.work.glob("run-*"))


def is_running(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


def test_what_runs_there_ends_with_labctl(lab, there, tmp_path):
    pid_file = tmp_path / "pid"
    process = lab.start("target", "run", there, "--", "echo $$ >%s; exec sleep 1000" % pid_file)
    wait_for(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
    pid = int(pid_file.read_text())
    process.kill()
    process.communicate(timeout=60)
    wait_for(lambda: not is_running(pid))


def test_shell_on_a_terminal(lab, there):
    """With the size of ours, and what is typed goes there."""
    primary, secondary = os.openpty()
    termios.tcsetwinsize(primary, (33, 99))
    process = subprocess.Popen([os.environ["LABCTL"], "--lab", str(lab.folder), "target", "shell", there], stdin=secondary,
                               stdout=secondary, stderr=secondary, env=lab.environment, cwd=str(lab.folder))
    os.close(secondary)
    os.write(primary, b"stty size; echo $((6*7)) \"$PWD\"; exit\n")
    shown = b""
    while True:
        try:
            piece = os.read(primary, 4096)
        except OSError: # its end is closed: all is read
            break
        if not piece:
            break
        shown += piece
    os.close(primary)
    assert process.wait(timeout=60) == 0, shown
    assert b"33 99" in shown
    assert b"42 %s/run-" % str(lab.work).encode() in shown
    assert not list(lab.work.glob("run-*"))


def test_shell_without_a_terminal(lab, there):
    done = subprocess.run([os.environ["LABCTL"], "--lab", str(lab.folder), "target", "shell", there], input="echo $((6*7))\n",
                          capture_output=True, text=True, env=lab.environment, cwd=str(lab.folder), timeout=60)
    assert done.returncode == 0 and "42" in done.stdout
