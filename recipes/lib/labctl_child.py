"""One interpreter under labctl_suite.py or labctl_bench.py, in a process group of its own, with its output passed on."""
import os
import select
import signal
import time

POLL_SECONDS = 0.1
STACK_SECONDS = 10  # for a hanging interpreter to write its stacks
TAIL_BYTES = 4000
STACKS_MAX = 65536
PR_SET_PDEATHSIG = 1

try:
    import ctypes
    LIBC = ctypes.CDLL(None)
except (ImportError, OSError):
    LIBC = None


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return "signal %d" % number


def pass_on(data):
    try:
        while data:
            data = data[os.write(1, data):]
    except OSError:
        pass  # nobody listens; the record is what counts


def tell_progress(done, total, bad, name):
    """For a progress display only; a person at a terminal sees the output itself."""
    if os.isatty(2):
        return
    line = "labctl-progress %d %d %d %s\n" % (done, total, bad, " ".join(name.split())[:200])
    try:
        os.write(2, line.encode("ascii", "backslashreplace"))
    except OSError:
        pass


def own_environment():
    """For children: home and temporary files in the current folder, text in UTF-8, and none of the user's settings."""
    folder = os.getcwd()
    result = dict(os.environ)
    for name in list(result):
        if name.startswith("XDG_") or name in ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS"):
            del result[name]
    for name, below in (("HOME", "home"), ("TMPDIR", "tmp")):
        result[name] = os.path.join(folder, below)
        os.makedirs(result[name], exist_ok=True)
    if not any(result.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        result["LC_ALL"] = "C.UTF-8"
    return result


def as_text(data):
    return data.decode("utf-8", "replace").strip().replace("\0", "\\x00")


def read_stacks(path, is_noise, were_asked_for):
    """What the fault handler wrote, without lines that are the same every time; "" where it did not come to that."""
    with open(path, "rb") as stacks:
        lines = as_text(stacks.read(STACKS_MAX)).splitlines()
    text = "\n".join(line for line in lines if not is_noise(line)).strip()
    return text.replace("Fatal Python error: Aborted", "Stacks:", 1) if were_asked_for else text


class Child:
    """One interpreter, in a process group of its own. It gets `death_signal` when this process ends, however that ends."""

    def __init__(self, command, environment, death_signal=signal.SIGKILL):
        self.tail = b""
        self.status = None
        self.usage = None  # as of wait4, once it has ended
        reading, writing = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self.become(command, environment, writing, parent, death_signal)
        os.close(writing)
        self.output = reading

    @staticmethod
    def become(command, environment, writing, parent, death_signal):
        try:
            os.setsid()
            if LIBC is not None:
                LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(127)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(writing, 1)
            os.dup2(writing, 2)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            os.execve(command[0], command, environment)
        except OSError as error:
            os.write(2, ("cannot start %s: %s\n" % (command[0], error)).encode("utf-8", "replace"))
        finally:
            os._exit(127)

    def pump(self, seconds):
        """Passes its output on for at most so long; True when some came."""
        if self.output is None:
            time.sleep(seconds)
            return False
        if not select.select([self.output], [], [], seconds)[0]:
            return False
        data = os.read(self.output, 65536)
        if not data:
            os.close(self.output)
            self.output = None
            return False
        self.tail = (self.tail + data)[-TAIL_BYTES:]
        pass_on(data)
        return True

    def drain(self):
        """What is in the pipe now; a process that left the group may hold it open for ever."""
        for _ in range(64):
            if self.output is None or not self.pump(0):
                return

    def has_ended(self):
        if self.status is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.status, self.usage = status, usage
        return self.status is not None

    def stop(self, with_stack):
        """Ends the whole group, first asking for the stacks."""
        if with_stack:
            self.send(os.kill, signal.SIGABRT)
            until = time.monotonic() + STACK_SECONDS
            while not self.has_ended() and time.monotonic() < until:
                self.pump(POLL_SECONDS)
        self.send(os.killpg, signal.SIGKILL)
        if self.status is None:
            _, self.status, self.usage = os.wait4(self.pid, 0)
        self.drain()
        if self.output is not None:
            os.close(self.output)
            self.output = None

    def send(self, how, number):
        try:
            how(self.pid, number)
        except OSError:
            pass  # it is gone

    def last_output(self):
        text = as_text(self.tail)
        return text and "the last of its output:\n" + text

    def how_it_ended(self):
        if os.WIFSIGNALED(self.status):
            return "killed by " + signal_name(os.WTERMSIG(self.status))
        return "exit status %d" % os.WEXITSTATUS(self.status)
