"""Real Debian roots in sandboxes: built once by two at the same time, of this architecture and of another, as root and as an ordinary user."""
import os
import pwd
import shutil
import signal
import subprocess
import time

import pytest

LIMIT_SECONDS = 1500
TARGETS = {"here": "kind: local\n", "foreign": "kind: local\narch: s390x\n"}
ONE = "labctl-tester"


class Labctl:
    """labctl with a lab and a cache of its own, perhaps as another user."""

    def __init__(self, folder, before=()):
        self.folder, self.before, self.cache = folder, list(before), os.path.join(folder, "cache")
        os.makedirs(os.path.join(folder, "targets"), exist_ok=True)
        with open(os.path.join(folder, "lab.yaml"), "w") as lab:
            lab.write("shipped: false\n")
        for name, text in TARGETS.items():
            with open(os.path.join(folder, "targets", name + ".yaml"), "w") as file:
                file.write(text)

    def start(self, *words, **more):
        environment = dict(os.environ, LABCTL_LAB=self.folder, LABCTL_CACHE=self.cache, HOME=self.folder,
                           LABCTL_RESULTS=os.path.join(self.folder, "results"), LABCTL_DATA=os.environ["LABCTL_SOURCE"])
        return subprocess.Popen(self.before + [os.environ["LABCTL"], *words], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                                stdin=subprocess.PIPE, universal_newlines=True, **more)

    def run(self, *words, typed="", expect=0):
        with self.start(*words, stderr=subprocess.PIPE) as process:
            out, err = process.communicate(typed, timeout=LIMIT_SECONDS)
        assert process.returncode == expect, "labctl %s: status %d\n%s\n%s" % (" ".join(words), process.returncode, out, err[-8000:])
        return out, err

    def shell(self, target, *lines):
        """What commands print that are typed into `labctl target shell`."""
        return self.run("target", "shell", target, typed="\n".join(lines) + "\n")[0]

    def kept(self, kind):
        folder = os.path.join(self.cache, "layers", kind)
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def processes_with(word):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                if word.encode() in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def wait_until_gone(word):
    deadline = time.monotonic() + 60
    while processes_with(word):
        assert time.monotonic() < deadline, "processes with %r among their arguments: %r" % (word, processes_with(word))
        time.sleep(0.05)


@pytest.fixture(scope="module")
def labctl(tmp_path_factory):
    made = Labctl(str(tmp_path_factory.mktemp("roots")))
    yield made
    made.run("cache", "prune", "--all")
    assert not made.kept("image") and not made.kept("tools")


@pytest.fixture(scope="module")
def built(labctl):
    """The root of this architecture, and what two labctl said who both wanted it."""
    both = [labctl.start("target", "build", "here", stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate("", timeout=LIMIT_SECONDS)[1] for process in both]
    return labctl, [process.returncode for process in both], said


def test_two_builders_make_one_image(built):
    labctl, statuses, said = built
    assert statuses == [0, 0], said
    assert len(labctl.kept("image")) == 1
    waited = ["waiting: another labctl" in text for text in said]
    worked = ["installing packages" in text for text in said]
    assert sorted(waited) == [False, True] and waited != worked, said


def test_the_root_is_debians(built):
    words = built[0].shell("here", "id -u", "dpkg --audit", "test -e /etc/debian_version && echo debian",
                           "test -e /usr/share/doc/apt/copyright && echo copyright", "find /usr/share/man /usr/share/locale -name '*.?.gz' -o -name '*.mo'")
    assert words.split() == ["0", "debian", "copyright"]


def test_apt_installs_with_network(built):
    words = built[0].shell("here", "apt-get -q -y install hello > /tmp/log 2>&1 || tail /tmp/log", "hello")
    assert "Hello, world!" in words


def test_what_a_shell_changes_is_thrown_away(built):
    assert built[0].shell("here", "touch /changed", "ls /changed") == "/changed\n"
    assert built[0].shell("here", "test -e /changed || echo fresh") == "fresh\n"


def test_a_killed_build_leaves_no_process_and_no_image(labctl):
    mark = os.path.join(labctl.cache, "layers/image/making-")
    before = labctl.kept("image")
    with labctl.start("target", "build", "foreign", stderr=subprocess.PIPE) as process:
        for line in process.stderr:
            if "unpacking essential packages" in line and "the s390x root" in line:
                break
        process.send_signal(signal.SIGKILL)
        process.stderr.read()
    wait_until_gone(mark)
    assert [name for name in labctl.kept("image") if not name.startswith("making-")] == before
    with open("/proc/self/mountinfo") as mounts:
        assert labctl.cache not in mounts.read()


def test_a_foreign_root_runs_through_qemu_user(labctl):
    labctl.run("target", "build", "foreign")
    assert not [name for name in labctl.kept("image") if name.startswith("making-")]
    words = labctl.shell("foreign", "uname -m", "dpkg --print-architecture", "dpkg --audit", "ls -d /lib*/*x86* 2>/dev/null",
                         "perl -e 'print unpack(\"H*\", pack(\"S\", 1)), \"\\n\"'")
    assert words.split() == ["s390x", "s390x", "0001"]
    assert "emulated           yes" in labctl.run("target", "probe", "foreign")[0]


def test_programs_of_the_foreign_root_are_all_its_own(labctl):
    """While it is built, programs of this machine lie over its own: none may stay."""
    roots = [os.path.join(labctl.cache, "layers/image", name, "root") for name in labctl.kept("image")]
    roots = [root for root in roots if os.path.isdir(os.path.join(root, "usr/lib/s390x-linux-gnu"))]
    assert len(roots) == 1
    strangers = []
    for here, _, names in os.walk(roots[0]):
        for path in (os.path.join(here, name) for name in names):
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    start = file.read(20)
                if start[:4] == b"\x7fELF" and start[18:20] != b"\x00\x16":
                    strangers.append(path)
    assert not strangers


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """labctl as a user without privileges: one of our own, made for the test, where the test itself is root."""
    if os.geteuid() != 0:
        yield Labctl(str(tmp_path_factory.mktemp("ordinary")))
        return
    if ONE in [user.pw_name for user in pwd.getpwall()]:
        subprocess.check_call(["userdel", "--remove", ONE], stderr=subprocess.DEVNULL)
    subprocess.check_call(["useradd", "--create-home", "--shell", "/bin/sh", ONE])
    user = pwd.getpwnam(ONE)
    # The built labctl may lie where only root can go.
    program = os.path.join(user.pw_dir, "labctl")
    shutil.copy(os.environ["LABCTL"], program)
    shipped = os.path.join(user.pw_dir, "shipped")
    for folder in ("recipes", "targets"):
        shutil.copytree(os.path.join(os.environ["LABCTL_SOURCE"], folder), os.path.join(shipped, folder))
    before = ["setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", "env", "LABCTL_DATA=" + shipped]
    made = Labctl(user.pw_dir, before + ["sh", "-c", 'shift; exec "$0" "$@"', program])
    for here, folders, files in os.walk(user.pw_dir):
        for name in folders + files:
            os.chown(os.path.join(here, name), user.pw_uid, user.pw_gid)
    yield made
    subprocess.check_call(["userdel", "--remove", ONE], stderr=subprocess.DEVNULL)


def test_an_ordinary_user_has_roots_too(ordinary):
    ordinary.run("target", "build", "here")
    words = ordinary.shell("here", "id -u", "stat -c %g /etc/shadow", "apt-get -q -y install hello > /tmp/log 2>&1 || tail /tmp/log", "hello",
                           "useradd joe && su joe -c 'id -un'")
    assert words.split() == ["0", "42", "Hello,", "world!", "joe"]
    ordinary.run("cache", "prune", "--all")
    assert not ordinary.kept("image")
