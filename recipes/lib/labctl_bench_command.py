"""A command line as a benchmark: whole processes, from being started to being waited for.

Before the first iteration it runs once without being timed, which tells its output and how much memory it holds. The worker
that does all this is the same for all runtimes (the driver's own interpreter), so that what starting a process costs is the
same too.
"""
import itertools
import os
import select
import shutil
import signal

from labctl_bench_worker import Body, Failure, short
from labctl_memory import high_water_bytes
from labctl_text import plain

LOOK_S = 0.001
OUTPUT_MAX = 1 << 20


def die_with_group(number, frame):
    """The supervisor is gone: no command may outlive it."""
    os.killpg(0, signal.SIGKILL)


class Command:
    def __init__(self, words, environment):
        self.words = words
        self.environment = environment
        self.nothing = os.open(os.devnull, os.O_RDWR)
        self.path = shutil.which(words[0], path=environment.get("PATH"))
        if not self.path:
            raise Failure("there is no command %s" % words[0])
        self.count, self.user_s, self.system_s = 0, 0.0, 0.0
        self.largest_bytes = 0  # as the kernel counts it: at least as large as this process, which it began as
        self.seen_bytes = 0     # of the first run, as /proc showed it until shortly before its end

    def start(self, output):
        if hasattr(os, "posix_spawn"):
            return os.posix_spawn(self.path, self.words, self.environment, file_actions=[
                (os.POSIX_SPAWN_DUP2, self.nothing, 0), (os.POSIX_SPAWN_DUP2, output, 1)])
        pid = os.fork()
        if pid == 0:
            try:
                os.dup2(self.nothing, 0)
                os.dup2(output, 1)
                os.execve(self.path, self.words, self.environment)
            finally:
                os._exit(127)
        return pid

    def wait(self, pid):
        _, status, usage = os.wait4(pid, 0)
        if status:
            how = "signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else "exit status %d" % os.WEXITSTATUS(status)
            raise Failure("the command %s ended with %s" % (short(self.words), how))
        return usage

    def bench(self, loops):
        for _ in itertools.repeat(None, loops):
            usage = self.wait(self.start(self.nothing))
            self.count += 1
            self.user_s += usage.ru_utime
            self.system_s += usage.ru_stime
            self.largest_bytes = max(self.largest_bytes, usage.ru_maxrss * 1024)

    def first_run(self):
        """What it prints."""
        reading, writing = os.pipe()
        pid = self.start(writing)
        os.close(writing)
        said = b""
        while True:
            self.seen_bytes = max(self.seen_bytes, high_water_bytes(pid) or 0)
            if select.select([reading], [], [], LOOK_S)[0]:
                data = os.read(reading, 65536)
                if not data:
                    break
                said = (said + data)[:OUTPUT_MAX]
        os.close(reading)
        self.wait(pid)
        return said.decode("utf-8", "replace")

    def behind(self):
        """Processor time of one process, and the most memory that one held."""
        found = {"command_user_s": self.user_s / max(self.count, 1), "command_system_s": self.system_s / max(self.count, 1)}
        own = high_water_bytes() or 0
        peak = max(self.seen_bytes, self.largest_bytes if self.largest_bytes > own else 0)
        if peak:
            found["command_peak_bytes"] = peak
        return found


def body_of_command(benchmark):
    signal.signal(signal.SIGTERM, die_with_group)
    words = [plain(word).replace("{python}", benchmark["python"]) for word in benchmark["command"]]
    command = Command(words, benchmark["environment"])
    said = command.first_run()
    if said != benchmark.get("expect", said):
        raise Failure("wrong answer: the command said %s instead of %s" % (short(said), short(benchmark["expect"])))
    return Body(command.bench, lambda result: None, behind=command.behind)
