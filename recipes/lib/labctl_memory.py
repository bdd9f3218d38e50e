"""How much memory a process and all below it hold, sampled from /proc at a rate that the process does not feel.

The pause between two samples is at least a hundred times the processor time that the last one took, so that sampling takes under
one per cent of one processor, also where Python is slow. A long series is thinned out.

The measure is the proportional set size (pss: pages shared with others count in part, so that a tree is not counted
twice) where the kernel tells it at little cost, else the resident set size (rss). One execution has one measure.
"""
import os
import time

FIRST_PAUSE_S = 0.05
COST_FACTOR = 100
CHEAP_S = 0.002
SAMPLES_MAX = 256
PROCESSES_MAX = 1024
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def field_kib(path, name):
    """The value in bytes of a line like `Pss:   1234 kB`, or None."""
    for line in read(path).splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return None


def pss_bytes(pid):
    return field_kib("/proc/%s/smaps_rollup" % pid, b"Pss:") or 0


def rss_bytes(pid):
    return int(read("/proc/%s/statm" % pid).split()[1]) * PAGE_BYTES


def high_water_bytes(pid="self"):
    """The most that a process itself has held so far, or None. Unlike ru_maxrss it does not count what held its place
    before exec()."""
    try:
        return field_kib("/proc/%s/status" % pid, b"VmHWM:")
    except (OSError, ValueError):
        return None


def forget_high_water():
    """From now on the high water counts from what is held now, where the kernel lets a process say so."""
    try:
        with open("/proc/self/clear_refs", "w") as clear:
            clear.write("5")
    except OSError:
        pass


def tree(root):
    """The process and all below it, as far as it can be seen."""
    found, left = [], [root]
    while left and len(found) < PROCESSES_MAX:
        pid = left.pop()
        found.append(pid)
        try:
            for task in os.listdir("/proc/%d/task" % pid):
                left += map(int, read("/proc/%d/task/%s/children" % (pid, task)).split())
        except (OSError, ValueError):
            pass  # it is gone, or this kernel does not tell
    return found


def choose_measure(pid):
    try:
        begun = time.process_time()
        if pss_bytes(pid) and time.process_time() - begun < CHEAP_S:
            return "pss"
    except (OSError, ValueError):
        pass
    return "rss"


class MemorySamples:
    """Of the process `pid` and those below it, or (with_root false) of those below it alone. Times count from `begun`."""

    def __init__(self, pid, begun, with_root):
        self.pid, self.begun, self.with_root = pid, begun, with_root
        self.at_s, self.bytes = [], []
        self.peak = 0
        self.measure = None
        self.pause = FIRST_PAUSE_S
        self.next = 0.0

    def tick(self, now):
        if now < self.next:
            return
        started = time.process_time()
        if self.measure is None:
            self.measure = choose_measure(self.pid)
        total = self.total()
        if total:
            self.add(now - self.begun, total)
        self.next = now + max(self.pause, COST_FACTOR * (time.process_time() - started))

    def total(self):
        measure = pss_bytes if self.measure == "pss" else rss_bytes
        total = 0
        for pid in tree(self.pid)[0 if self.with_root else 1:]:
            try:
                total += measure(pid)
            except (OSError, ValueError, IndexError):
                pass  # gone in between
        return total

    def add(self, at_s, total):
        self.peak = max(self.peak, total)
        self.at_s.append(round(at_s, 4))
        self.bytes.append(total)
        if len(self.bytes) >= SAMPLES_MAX:
            del self.at_s[1::2], self.bytes[1::2]
            self.pause *= 2
