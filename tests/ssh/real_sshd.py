"""A real sshd on loopback with throw-away keys, and labctl against it."""
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

LABCTL = os.environ["LABCTL"]
SOURCE = Path(os.environ["LABCTL_SOURCE"])
LIMIT_SECONDS = 120
SSHD = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_key(path, kind="ed25519", passphrase=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    size = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "labctl test", "-f", str(path)] + size, check=True)
    return path


def public(path):
    return Path(str(path) + ".pub").read_text().split(" labctl")[0]


def fingerprint(path):
    return subprocess.run(["ssh-keygen", "-l", "-f", str(path) + ".pub"], check=True, capture_output=True,
                          text=True).stdout.split()[1]


def child_processes(pid):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append(int(entry.name))
    return found


class Server:
    """One sshd. Everybody who holds `user_key` gets in as the user who runs the tests."""

    def __init__(self, folder, user_key, host_kind="ed25519", addresses=("127.0.0.1",), extra=()):
        self.folder, self.port, self.host = folder, free_port(), addresses[0]
        self.host_key = make_key(folder / "host_key", host_kind)
        self.authorized = folder / "authorized_keys"
        self.authorized.write_text(public(user_key) + "\n")
        self.config = folder / "sshd_config"
        self.config.write_text("\n".join(
            ["ListenAddress %s:%d" % (address, self.port) for address in addresses] +
            ["HostKey %s" % self.host_key, "AuthorizedKeysFile %s" % self.authorized, "PidFile none", "UsePAM no",
             "StrictModes no", "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin yes",
             "MaxStartups 500", "MaxSessions 100", "PrintMotd no", "LogLevel VERBOSE"] + list(extra)) + "\n")
        self.log = folder / "sshd.log"
        self.start()

    def start(self):
        self.process = subprocess.Popen([SSHD, "-D", "-E", str(self.log), "-f", str(self.config)],
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex((self.host, self.port)) == 0:
                    return
            time.sleep(0.02)
        raise RuntimeError("sshd does not listen: " + self.log.read_text())

    def sessions(self):
        return child_processes(self.process.pid)

    def stop(self):
        for pid in self.sessions() + [self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def known_line(self, key=None, host=None):
        return "[%s]:%d %s\n" % (host or self.host, self.port, public(key or self.host_key))


class Lab:
    def __init__(self, folder):
        self.folder = folder / "lab"
        (self.folder / "targets").mkdir(parents=True)
        (folder / "home").mkdir()
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text("")
        self.work = folder / "there"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8", "TERM": "dumb", "TZ": "UTC",
            "LABCTL_DATA": str(SOURCE), "LABCTL_CACHE": str(folder / "cache"),
            "LABCTL_RESULTS": str(folder / "results"), "TMPDIR": str(folder),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        (self.folder / "lab.yaml").write_text("shipped: false\n")

    def target(self, name, server=None, host=None, port=None, key=None, jump=None, user=None, agent=False, **more):
        ssh = {"host": host or server.host, "port": port or server.port, "agent": agent,
               "user": user or getpass.getuser(), "known_hosts": str(self.known_hosts)}
        if key:
            ssh["key_file"] = str(key)
        if jump:
            ssh["jump"] = jump
        spec = {"kind": "ssh", "arch": "amd64", "connect_limit": "5s", "work_folder": str(self.work), "ssh": ssh}
        spec.update(more)
        spec = {key: value for key, value in spec.items() if value is not None}
        (self.folder / "targets" / (name + ".yaml")).write_text(json.dumps(spec, indent=1))

    def know(self, *lines):
        with open(self.known_hosts, "a") as known:
            known.writelines(lines)

    def start(self, *arguments, **more):
        environment = dict(self.environment, **more.pop("environment", {}))
        return subprocess.Popen([LABCTL, "--lab", str(self.folder), "--color", "never"] + list(arguments),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                                cwd=str(self.folder), **more)

    def labctl(self, *arguments, status=0, **more):
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=LIMIT_SECONDS)
        done = subprocess.CompletedProcess(arguments, process.returncode, out.decode(), err.decode())
        done.said = done.stdout + done.stderr
        assert status is None or done.returncode == status, (done.returncode, done.stdout[-4000:], done.stderr[-4000:])
        return done

    def run(self, name, script, *options, **more):
        return self.labctl("target", "run", name, *options, "--", script, **more)
