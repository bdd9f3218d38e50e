"""What a guest is worth: states that are restored as they were saved, thrown away after use, never shared by accident, and gone with labctl."""
import json
import os
import pathlib
import signal
import stat
import subprocess
import time

import pytest
from matrix_lab import Lab

# One foreign architecture is enough here: that all of them boot is tested elsewhere. The cheapest to emulate.
GUEST = "s390x"
PROGRAM = "qemu-system-s390x"
LIMIT_SECONDS = 1800

# Its install step leaves something that only lives in memory.
MEMORY = """
import: json
install:
  - run: echo "made at $(date +%s)" >/run/mark; setsid sleep 100000 >/dev/null 2>&1 &
tiers:
  smoke:
    run: |
      cat /run/mark
      date +now=%s
      echo "1..1"; [ -s /run/mark ] && echo "ok 1 - mark" || echo "not ok 1 - mark"
    format: tap
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.write("targets/%s.yaml" % GUEST, "kind: qemu\narch: %s\nmemory: 2 GiB\nimage: {release: bookworm}\n" % GUEST)
    lab.write("recipes/packages/memory.yaml", MEMORY)
    lab.labctl("target", "run", GUEST, "--", "true")  # the image and its first boot
    return lab


def environment(lab, **more):
    return dict(os.environ, LABCTL_DATA=os.environ["LABCTL_SOURCE"], LABCTL_RESULTS=lab.results, LABCTL_LAB=lab.folder, **more)


def start(lab, *words, **more):
    return subprocess.Popen([os.environ["LABCTL"], *words], cwd=lab.folder, env=environment(lab, **more), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


def finish(process, expect=0):
    out, err = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == expect, (process.returncode, out[-4000:], err[-4000:])
    return out, err


def fail(lab, *script, **more):
    """Everything that a run says which does not reach its target."""
    return "".join(run(lab, *script, expect=4, **more))


def run(lab, *script, target=GUEST, options=(), expect=0, **more):
    return finish(start(lab, "target", "run", *options, target, "--", *script, **more), expect)


def below(pid):
    """Process ids of all children, theirs too."""
    try:
        children = [int(word) for word in pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()]
    except OSError:
        return []
    return children + [other for child in children for other in below(child)]


def machines_below(pid):
    """Process ids of the emulators that a labctl has started."""
    def is_machine(other):
        try:
            return pathlib.Path("/proc/%d/cmdline" % other).read_bytes().startswith(PROGRAM.encode() + b"\0")
        except OSError:
            return False
    return [other for other in below(pid) if is_machine(other)]


def wait_for(condition, what, limit_seconds=300):
    end = time.monotonic() + limit_seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("%s: not within %d s" % (what, limit_seconds))


def program_before(tmp_path, script):
    """A folder for PATH in which the emulator is a script of ours; $REAL is the true one."""
    real = subprocess.run(["which", PROGRAM], stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.strip()
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / PROGRAM
    program.write_text("#!/bin/sh\nREAL=%s\ncase $1 in --version) exec $REAL --version ;; esac\n%s" % (real, script))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return "%s:%s" % (folder, os.environ["PATH"])


def test_what_a_command_leaves_is_thrown_away(lab):
    run(lab, "touch /etc/mark && echo stays >/run/mark")
    out, _ = run(lab, "ls /etc/mark /run/mark 2>/dev/null; echo done")
    assert out.split() == ["done"]


def test_the_clock_is_right_after_a_restore(lab):
    """The state that it comes from is minutes old."""
    before = time.time()
    out, _ = run(lab, "date +%s.%N; stat -c %Y .")
    after = time.time()
    now, folder_made = (float(word) for word in out.split())
    assert before - 1 <= now <= after + 1
    assert before - 2 <= folder_made <= after + 1


def test_two_labctl_at_once_on_one_state(lab):
    both = [start(lab, "target", "run", GUEST, "--", "echo %d >/etc/who; sleep 3; cat /etc/who" % number) for number in (1, 2)]
    assert [finish(process)[0].split() for process in both] == [["1"], ["2"]]


def test_a_kept_layer_holds_memory_too(lab):
    """The tests run in a machine that comes from the install step's layer; the second matrix finds the layer in the cache."""
    for options in ((), ("--fresh",)):
        cell = lab.matrix("memory", "--target", GUEST, "--runtime", "cpython", *options)[GUEST, "cpython", "memory"]
        assert (cell.verdict, cell.tally) == ("passed", {"passed": 1}), cell
        log = lab.labctl("show", cell.label, "--log", [name for name in cell.steps() if name.startswith("test")][0])
        made, now = int(log.split("made at ")[1].split()[0]), int(log.split("now=")[1].split()[0])
        assert made <= now <= time.time() + 1
    assert any(how == "kept" for how in cell.steps().values()), cell.steps()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_emulator_outlives_labctl(lab, how):
    process = start(lab, "target", "run", GUEST, "--", "sleep 1000")
    machines = wait_for(lambda: machines_below(process.pid), "an emulator")
    time.sleep(2)
    process.send_signal(how)
    process.communicate(timeout=60)
    wait_for(lambda: not any(os.path.exists("/proc/%d" % pid) for pid in machines), "the emulator's end", 30)


def test_a_port_that_another_took_is_given_up(lab, tmp_path):
    """The first emulator says what QEMU says when its port is in use."""
    path = program_before(tmp_path, "if mkdir %s/first 2>/dev/null; then\n"
                          "echo \"$0: -netdev: Could not set up host forwarding rule 'tcp:127.0.0.1:1-:22'\" >&2; exit 1\n"
                          "fi\nexec $REAL \"$@\"\n" % tmp_path)
    out, _ = run(lab, "uname -m", PATH=path)
    assert out.strip() == GUEST
    assert (tmp_path / "first").is_dir()


def test_a_boot_that_fails_quotes_the_console(lab, tmp_path):
    path = program_before(tmp_path, "for a; do case $a in file,id=console,path=*) console=${a#*path=} ;; esac; done\n"
                          "echo 'Kernel panic - not syncing: no root\x1b[31m' >\"$console\"; echo 'qemu: no luck' >&2; exit 3\n")
    said = fail(lab, "true", options=("--cold",), PATH=path)
    assert "Kernel panic - not syncing: no root" in said and "qemu: no luck" in said and "exit status 3" in said
    assert "\x1b[31m" not in said


def test_a_boot_that_takes_too_long_says_so(lab):
    lab.write("targets/hasty.yaml", "kind: qemu\narch: %s\nmemory: 2 GiB\nimage: {release: bookworm}\nqemu: {boot_limit: 1s}\n" % GUEST)
    said = fail(lab, "true", target="hasty", options=("--cold",))
    assert "did not boot within 1.0 s" in said and "boot_limit" in said


def test_no_emulator_at_all(lab, tmp_path):
    for name in ("qemu-img", "sh", "true"):
        (tmp_path / name).symlink_to(subprocess.run(["which", name], stdout=subprocess.PIPE, universal_newlines=True).stdout.strip())
    said = fail(lab, "true", PATH=str(tmp_path))
    assert PROGRAM + " is not installed" in said and "apt-get install qemu-system-misc" in said


def test_a_damaged_state_is_told_and_replaced(lab):
    lab.write("targets/small.yaml", "kind: qemu\narch: %s\nmemory: 1 GiB\nimage: {release: bookworm}\n" % GUEST)
    run(lab, "true", target="small")
    cache = pathlib.Path(os.environ.get("LABCTL_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or
                                                                       os.path.expanduser("~/.cache"), "labctl"))
    [kept] = [path for path in (cache / "layers" / "qemu").glob("*/layer.json")
              if json.loads(path.read_text())["label"] == "small after its first boot"]
    state = kept.parent / "state"
    with open(state, "r+b") as file:
        file.truncate(state.stat().st_size // 2)
    out, err = run(lab, "uname -m", target="small")
    assert out.strip() == GUEST
    assert "cannot be used" in err
    out, err = run(lab, "uname -m", target="small")
    assert out.strip() == GUEST and "cannot be used" not in err


def test_the_command_line_boots_by_hand(lab, tmp_path):
    """What `target show --command` prints starts the machine when it is pasted."""
    line = lab.labctl("target", "show", GUEST, "--command")
    assert PROGRAM in line and "-sandbox" in line
    process = subprocess.Popen(["sh", "-c", "exec >/dev/null 2>&1\n" + line], cwd=tmp_path, start_new_session=True)
    try:
        wait_for(lambda: (tmp_path / "monitor").exists() or process.poll() is not None, "the monitor")
        time.sleep(1)
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_more_memory_is_another_machine(lab):
    """A state saved with so much memory fits no machine that has more."""
    lab.write("targets/large.yaml", "kind: qemu\narch: %s\nmemory: 3 GiB\nimage: {release: bookworm}\n" % GUEST)
    out, err = run(lab, "awk '/MemTotal/ {print $2}' /proc/meminfo", target="large")
    assert 2.5 * 1024 * 1024 < int(out) < 3.2 * 1024 * 1024
    assert "cannot be used" not in err
