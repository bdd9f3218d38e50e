"""What else went on in the machine: load, time stolen by a hypervisor, frequencies of the processors."""
import glob
import os
import time

PROCESSORS_MAX = 16
# The line of /proc/cpuinfo that tells what a processor runs at now: x86, POWER, IBM Z.
CPUINFO_NAMES = ("cpu MHz", "clock", "cpu MHz dynamic")


def load():
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None


def steal_s():
    """Seconds that all processors together were ready to run and another guest had them, since the machine's start."""
    try:
        with open("/proc/stat") as stat:
            fields = stat.readline().split()
        return int(fields[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def mhz_of_cpufreq():
    found = []
    for path in sorted(glob.glob("/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq"))[:PROCESSORS_MAX]:
        with open(path) as frequency:
            found.append(int(frequency.read()) / 1000)
    return found


def mhz_of_cpuinfo():
    found = []
    with open("/proc/cpuinfo", errors="replace") as info:
        for line in info:
            name, _, value = line.partition(":")
            if name.strip() in CPUINFO_NAMES:
                found.append(float(value.strip().replace("MHz", "")))
    return found[:PROCESSORS_MAX]


def mhz():
    """Of the first processors, or None where the machine does not tell."""
    for way in (mhz_of_cpufreq, mhz_of_cpuinfo):
        try:
            found = way()
        except (OSError, ValueError):
            continue
        if found:
            return found
    return None


class SystemWatch:
    """Stolen time counts from the making of this."""

    def __init__(self):
        self.begun = time.monotonic()
        self.steal_at_begin = steal_s()

    def now(self):
        stolen = steal_s()
        if stolen is not None and self.steal_at_begin is not None:
            stolen = round(stolen - self.steal_at_begin, 3)
        return {"load": load(), "steal_s": stolen, "mhz": mhz(), "at_s": round(time.monotonic() - self.begun, 3)}
