"""One interpreter under labctl_suite.py, in a process group of its own, with its output passed on."""
import os
import select
import signal
import time

POLL_SECONDS = 0.1
STACK_SECONDS = 10  # for a hanging interpreter to write its stacks
TAIL_BYTES = 4000


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


class Child:
    """One interpreter that runs pytest, in a process group of its own."""

    def __init__(self, command, environment):
        self.tail = b""
        reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self.become(command, environment, writing)
        os.close(writing)
        self.output = reading
        self.status = None

    @staticmethod
    def become(command, environment, writing):
        try:
            os.setsid()
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
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
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
            self.status = os.waitpid(self.pid, 0)[1]
        self.drain()
        if self.output is not None:
            os.close(self.output)
            self.output = None

    def send(self, how, number):
        try:
            how(self.pid, number)
        except OSError:
            pass  # it is gone

    def how_it_ended(self):
        if os.WIFSIGNALED(self.status):
            return "killed by " + signal_name(os.WTERMSIG(self.status))
        return "exit status %d" % os.WEXITSTATUS(self.status)
