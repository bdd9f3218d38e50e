"""A pytest plug-in that tells of each test while it happens: one JSON line per event, appended to $LABCTL_EVENTS.

Works with pytest 6 to 8 on Python 3.6 and later. Started by labctl_suite.py, which also reads the file and says what
the events mean. Every line is written at once, so that a crash of the interpreter leaves all that was told until then.

    $LABCTL_SKIP    a JSON file {"tests": {name: how often}, "modules": [name], "told": [name]}: what is not run (any
                    more), and which findings of the collection were told before
    $LABCTL_TEST    the name of a test, or of a module: nothing else is run; not set: all
    $LABCTL_STACKS  where the fault handler writes the stacks of a dying or hanging interpreter
"""
import faulthandler
import json
import os
import signal
import sys

import pytest
from _pytest.reports import CollectReport

from labctl_text import cut, plain

NAME_MAX = 1000
PR_SET_PDEATHSIG = 1

INSTALLED_IN = [os.path.realpath(entry) for entry in sys.path[1:] if entry]
HERE = os.path.dirname(os.path.abspath(__file__))


def die_with_parent():
    """The tests must not outlive the supervisor, however that ends."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


class Names:
    """Names of tests that are the same wherever a package is installed: paths count from the folder on sys.path."""

    def __init__(self, work):
        bases = set(INSTALLED_IN) - {HERE, os.path.realpath(work)}
        self.bases = sorted(bases, key=len, reverse=True)
        self.work = os.path.realpath(work)
        self.known = {}

    def of_path(self, path):
        path = str(path)
        if path not in self.known:
            self.known[path] = self.shorten(path)
        return self.known[path]

    def shorten(self, path):
        real = os.path.realpath(path)
        for base in self.bases + [self.work]:
            for candidate in (path, real):
                if candidate.startswith(base + os.sep):
                    return candidate[len(base) + 1:]
        return real

    def of(self, node):
        """pytest's own name, with its first part, the file as pytest saw it, replaced."""
        behind = node.nodeid.split("::", 1)
        path = getattr(node, "path", None) or getattr(node, "fspath", None)
        first = self.of_path(path) if path else behind[0]
        name = plain("::".join([first] + behind[1:]))
        return name if len(name) <= NAME_MAX else name[:NAME_MAX] + "[...]"


class Teller:
    def __init__(self, path):
        self.path = path
        self.pid = os.getpid()
        self.fd = None

    def tell(self, event, **fields):
        if os.getpid() != self.pid:
            return  # a test that forked and came back
        fields["e"] = event
        line = (json.dumps(fields) + "\n").encode("ascii")
        try:
            self.write(line)
        except OSError:
            self.fd = None  # a test closed what was not its own
            self.write(line)

    def write(self, line):
        if self.fd is None:
            self.fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        while line:
            line = line[os.write(self.fd, line):]


def headline(report, text):
    """The error in one line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None and getattr(crash, "message", ""):
        return crash.message.strip().split("\n", 1)[0][:500]
    for line in text.split("\n"):
        if line.startswith("E  "):
            return line[1:].strip()[:500]
    return ""


def detail_of(report):
    """The error in one line, then all that pytest has to say."""
    text = getattr(report, "longreprtext", None)
    if text is None:
        text = str(report.longrepr or "")
    message = headline(report, text)
    return cut(message + "\n" + text if message and not text.startswith(message) else text)


def reason_of_skip(report):
    if isinstance(report.longrepr, tuple) and len(report.longrepr) == 3:
        return cut(report.longrepr[2])
    return cut(report.longrepr or "")


class Verdict:
    """Of one test, from the reports on its setup, call and teardown."""

    def __init__(self):
        self.verdict, self.detail, self.seconds = "passed", "", 0.0
        self.settled = False

    def add(self, report):
        self.settled = report.when == "teardown"
        self.seconds += getattr(report, "duration", 0.0)
        if report.outcome == "failed":
            detail = detail_of(report)
            if report.when != "call":
                detail = "in %s: %s" % (report.when, detail)
            self.detail = cut(self.detail + "\n" + detail) if self.verdict == "failed" else detail
            self.verdict = "failed"
        elif report.outcome == "skipped" and self.verdict == "passed":
            self.verdict = "skipped"
            if hasattr(report, "wasxfail"):
                self.detail = cut("xfail: " + report.wasxfail)
            else:
                self.detail = reason_of_skip(report)


class Plugin:
    def __init__(self, config):
        self.config = config
        self.teller = Teller(os.environ["LABCTL_EVENTS"])
        self.names = Names(os.getcwd())
        self.name_of_node = {}
        self.number = 0
        self.verdict = None
        self.only = os.environ.get("LABCTL_TEST")
        self.skip_tests, self.skip_modules, self.told = {}, set(), set()
        if os.environ.get("LABCTL_SKIP"):
            with open(os.environ["LABCTL_SKIP"]) as skip:
                wanted = json.load(skip)
            self.skip_tests, self.skip_modules = wanted["tests"], set(wanted["modules"])
            self.told = set(wanted["told"])
        self.teller.tell("session", pid=os.getpid(), python=plain(sys.version.split()[0]),
                         implementation=sys.implementation.name, pytest=pytest.__version__)

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector):
        if not isinstance(collector, pytest.File):
            return None
        name = self.names.of(collector)
        if name in self.skip_modules:
            return CollectReport(collector.nodeid, "passed", None, [])
        self.teller.tell("collect", t=name)
        self.name_of_node[collector.nodeid] = name
        return None

    def name_of_collected(self, nodeid):
        file, colons, rest = nodeid.partition("::")
        return (self.name_of_node.get(file, plain(file)) + colons + plain(rest)) or "(session)"

    def pytest_collectreport(self, report):
        """What is wrong with a module, or a module that skips itself as a whole: it stands for the tests in it."""
        if report.outcome == "passed":
            return
        name = self.name_of_collected(report.nodeid)
        if name in self.told:
            return
        self.told.add(name)
        if report.outcome == "failed":
            self.teller.tell("broken", t=name, d=detail_of(report))
        else:
            self.teller.tell("skipped", t=name, d=reason_of_skip(report))

    def is_wanted(self, name):
        return not self.only or name == self.only or name.split("::", 1)[0] == self.only

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        if not self.skip_tests and not self.only:
            return
        left = dict(self.skip_tests)
        kept, dropped = [], []
        for item in items:
            name = self.names.of(item)
            if not self.is_wanted(name):
                dropped.append(item)
            elif left.get(name, 0) > 0:
                left[name] -= 1
                dropped.append(item)
            else:
                kept.append(item)
        if dropped:
            items[:] = kept
            self.config.hook.pytest_deselected(items=dropped)

    def pytest_collection_finish(self, session):
        self.teller.tell("collected", n=len(session.items))

    @pytest.hookimpl(tryfirst=True, hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        self.number += 1
        self.verdict = Verdict()
        self.teller.tell("start", i=self.number, t=self.names.of(item))
        yield
        # Left in the middle (pytest.exit, Ctrl-C): there was no last report, and no verdict is made up.
        if self.verdict is not None and self.verdict.settled:
            self.teller.tell("end", i=self.number, v=self.verdict.verdict, s=round(self.verdict.seconds, 6),
                             **({"d": self.verdict.detail} if self.verdict.detail else {}))
        self.verdict = None

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        if self.verdict is not None:
            self.verdict.add(report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        stopped = plain(session.shouldstop or session.shouldfail or "")
        self.teller.tell("session_end", status=int(exitstatus), stopped=stopped)


def enable_fault_handler():
    path = os.environ.get("LABCTL_STACKS")
    if path:
        # Never closed: it has to be open when the interpreter dies.
        faulthandler.enable(file=os.open(path, os.O_WRONLY | os.O_APPEND), all_threads=True)


die_with_parent()
enable_fault_handler()


def pytest_configure(config):
    if os.environ.get("LABCTL_EVENTS"):
        config.pluginmanager.register(Plugin(config), "labctl-events")
