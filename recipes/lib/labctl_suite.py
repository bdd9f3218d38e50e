r"""Runs a package's test suite to its end, whatever its tests do to the interpreter.

    PYTHON labctl_suite.py --events FILE [--test-limit S] [--collect-limit S] [--limit S] [--crash-limit N] \
        -- ARGUMENT...

Starts `PYTHON -m pytest ARGUMENT...` with the plug-in labctl_pytest as a child in the current folder and reads along
what that writes to FILE. A test that takes longer than --test-limit is stopped, with its stack; an interpreter that
dies is one crashed test; then the suite goes on behind it in a new process, at most --crash-limit times. Times are
seconds; 0 is no limit. --collect-limit is for all that happens between tests: start, collecting one module, the end.

An ARGUMENT like @numpy/core/tests (or --option=@numpy/...) is the path of that in the installed package numpy.
With the name of a test (or of a module) in $LABCTL_TEST that one alone runs, with the same settings: of the paths among
the arguments only its own module is collected.

FILE holds one JSON object per line, "e" is the event; `t` a test's name, `d` a detail, `s` seconds:
    by the plug-in   session            an interpreter begins
                     collect t          a module is about to be imported
                     broken t d         a module or class that could not be collected
                     skipped t d        a module that skips itself
                     collected n        so many tests are to be run now
                     start i t          test number i of this session begins
                     end i v s d        its verdict: passed, failed or skipped
                     session_end status stopped
    by this program  died t d           the interpreter died in this test or module
                     timed_out t s d    it was stopped
                     broken t d         also: pytest could not begin
                     again t            it was stopped for another's sake and will run again
                     restart n          a new interpreter follows
                     finish complete reason done missing

Ends with 0 when the suite came to its end, whatever the tests' verdicts, with 1 when it did not, with 2 when called
wrongly. Standard error gets one line a second, for a progress display only: labctl-progress DONE TOTAL BAD NAME.
"""
import json
import os
import signal
import sys
import time

from labctl_child import Child, POLL_SECONDS, own_environment, pass_on, read_stacks, signal_name, tell_progress
from labctl_record import Record
from labctl_text import DETAIL_MAX

PYTEST_FRAMES = ("/_pytest/", "/pluggy/", "/pytest/__main__.py", "<frozen runpy>", "/runpy.py\"", "<frozen importlib")
LIB = os.path.dirname(os.path.abspath(__file__))

AFTER_LAST = "(after the last test)"
BETWEEN = "(between two tests)"
BEFORE_FIRST = "(before the first test)"


class Usage(Exception):
    pass


class Options:
    NUMBERS = {"--test-limit": "test_limit", "--collect-limit": "collect_limit", "--limit": "limit",
               "--crash-limit": "crash_limit"}

    def __init__(self, argv):
        self.events, self.test_limit, self.collect_limit, self.limit, self.crash_limit = None, 300.0, None, 0.0, 20.0
        argv = list(argv)
        while argv and argv[0] != "--":
            self.take(argv)
        self.pytest = argv[1:]
        if not self.events or not self.pytest:
            raise Usage("usage: labctl_suite.py --events FILE [limits] -- PYTEST-ARGUMENT...")
        if self.collect_limit is None:
            self.collect_limit = max(300.0, 2 * self.test_limit) if self.test_limit else 0.0

    def take(self, argv):
        option, value = argv[0], argv[1] if len(argv) > 1 else None
        if value is None or (option != "--events" and option not in self.NUMBERS):
            raise Usage("labctl_suite.py: what is %s?" % option)
        del argv[:2]
        if option == "--events":
            self.events = os.path.abspath(value)
            return
        try:
            setattr(self, self.NUMBERS[option], float(value))
        except ValueError:
            raise Usage("labctl_suite.py: %s needs a number" % option)


def is_of_pytest(line):
    """A stack is easier to read without the frames that are the same in every test."""
    return line.startswith("  File ") and any(part in line for part in PYTEST_FRAMES)


def with_path(argument):
    """@package/rest as the path of the installed package's file; where it is not installed pytest will say so."""
    before, mark, path = argument.partition("=@") if argument.startswith("-") else ("", "", argument[1:])
    if not (mark or argument.startswith("@")):
        return argument
    import importlib.util
    package, slash, rest = path.partition("/")
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    folders = list(spec.submodule_search_locations or []) if spec else []
    if not folders:
        return argument
    return before + mark[:1] + folders[0] + slash + rest


def path_of_module(name):
    """Where the module of a test with that name lies; None where it cannot be told."""
    file = name.split("::", 1)[0]
    for path in (file, with_path("@" + file)):
        if os.path.isfile(path):
            return os.path.abspath(path)
    return None


def narrowed(arguments, name):
    """The arguments with the one module that the test is in for all paths; where that is in none of them, as they are."""
    module = path_of_module(name)
    result, found = [], False
    for argument in arguments:
        path = os.path.abspath(argument.split("::", 1)[0])
        if argument.startswith("-") or not os.path.exists(path):
            result.append(argument)
        elif module and not found and (module + os.sep).startswith(path + os.sep):
            found = True
            result.append(module)
    return result if found else arguments


class Suite:
    def __init__(self, options):
        self.options = options
        self.record = Record(options.events)
        self.skip_path = options.events + ".skip"
        self.stacks_path = options.events + ".stacks"
        self.child = None
        self.began = self.last_change = self.last_progress = time.monotonic()
        self.restarts = 0
        self.stop_signal = None
        self.asked_for_stack = False

    def environment(self):
        result = own_environment()
        before = result.get("PYTHONPATH")
        result["PYTHONPATH"] = LIB + (os.pathsep + before if before else "")
        # Names of parameters that come from sets must be the same in every process.
        result.setdefault("PYTHONHASHSEED", "0")
        result.update(LABCTL_EVENTS=self.options.events, LABCTL_SKIP=self.skip_path, LABCTL_STACKS=self.stacks_path)
        return result

    def arguments(self):
        arguments = [with_path(argument) for argument in self.options.pytest]
        only = os.environ.get("LABCTL_TEST")
        return narrowed(arguments, only) if only else arguments

    def command(self):
        return [sys.executable, "-X", "faulthandler", "-m", "pytest", "-p", "labctl_pytest", "-p", "no:faulthandler",
                "-o", "cache_dir=" + os.path.join(os.getcwd(), "tmp", "pytest-cache"),
                "--continue-on-collection-errors", "-q", "-rN", "--tb=short",
                ] + self.arguments()

    def start(self):
        record = self.record
        with open(self.skip_path, "w") as skip:
            json.dump({"tests": record.ran, "modules": record.left_out, "told": record.told}, skip)
        open(self.stacks_path, "wb").close()
        record.new_session()
        self.asked_for_stack = False
        self.child = Child(self.command(), self.environment())
        self.last_change = time.monotonic()

    def stack(self):
        """What the fault handler wrote; where it did not come to that, the last of the output."""
        text = read_stacks(self.stacks_path, is_of_pytest, self.asked_for_stack) or self.child.last_output()
        return text[:DETAIL_MAX]

    def culprit(self):
        """(name, is it a module) of what was going on."""
        record = self.record
        if record.running:
            return record.running[1], False
        if record.ended:
            return AFTER_LAST, False
        if record.collected is not None:
            return BETWEEN, False
        if record.collecting:
            return record.collecting, True
        return BEFORE_FIRST, False

    def detail(self, first_line):
        return (first_line + "\n" + self.stack()).strip()

    def settle(self, event, first_line, **fields):
        """Tells what became of the one that was going on, and leaves it out from now on."""
        name, is_module = self.culprit()
        if is_module:
            self.record.left_out.append(name)
        self.record.tell_bad(event, name, self.detail(first_line), **fields)
        self.record.running = None

    def progress(self, now):
        if now - self.last_progress < 1:
            return
        self.last_progress = now
        record = self.record
        tell_progress(record.done, record.total, record.bad, record.last_name or record.collecting or "-")

    def over_limit(self, now):
        """Why the child has to be stopped, or None."""
        options = self.options
        if options.limit and now - self.began > options.limit:
            return "suite", "the time limit of the whole suite, %g s, passed" % options.limit
        limit = options.test_limit if self.record.running else options.collect_limit
        if limit and now - self.last_change > limit:
            return "one", "no end after %g s" % limit
        return None

    def watch(self):
        """Until the child ended, or had to be stopped: then which limit passed, its text, and how long it took."""
        child, record = self.child, self.record
        while True:
            ended = child.has_ended()
            child.pump(0 if ended else POLL_SECONDS)
            now = time.monotonic()
            if record.read():
                self.last_change = now
            self.progress(now)
            if ended:
                child.stop(False)
                record.read()
                return None
            if self.stop_signal:
                child.stop(False)
                record.read()
                return "signal", "stopped by " + signal_name(self.stop_signal), 0.0
            over = self.over_limit(now)
            if over:
                return self.stop_over(over, now)

    def stop_over(self, over, now):
        """A slow test may still come to its end while it is being stopped, and another may begin."""
        record = self.record
        culprit, took = record.running, now - self.last_change
        self.asked_for_stack = True
        self.child.stop(True)
        record.read()
        if culprit and record.running != culprit and over[0] == "one":
            record.withdraw()
            return "late", "", took
        return over + (took,)

    def next_step(self):
        """One session. Returns None to go on behind it with another, else (complete, reason)."""
        self.start()
        over = self.watch()
        record, child = self.record, self.child
        if over and over[0] == "signal":
            return False, over[1]
        if over:
            return self.after_stop(over)
        if record.ended is None or record.running:
            return self.after_death()
        return self.after_end(os.WIFEXITED(child.status) and os.WEXITSTATUS(child.status) == record.ended["status"])

    def after_stop(self, over):
        which, why, took = over
        if which == "late":
            return None
        at_end = self.culprit()[0] in (AFTER_LAST, BEFORE_FIRST)
        ended = self.record.ended
        self.settle("timed_out", why, s=round(took, 3))
        if which == "suite":
            return False, why
        if ended and at_end:
            return self.judge_end(ended)
        return (False, "pytest did not begin: " + why) if at_end else None

    def after_death(self):
        """The interpreter ended without pytest having come to its end, or in the middle of a test."""
        name = self.culprit()[0]
        how = self.child.how_it_ended()
        if name == BEFORE_FIRST and os.WIFEXITED(self.child.status):
            self.record.tell_bad("broken", "(session)", self.detail("pytest could not begin: " + how))
            return False, "pytest could not begin: " + how
        if os.WIFSIGNALED(self.child.status):
            first = "the interpreter was " + how
        elif self.record.ended:
            first = "the test ended the whole session (pytest: %s)" % how
        else:
            first = "the interpreter ended in the middle of it: " + how
        self.settle("died", first)
        return (False, first) if name == BEFORE_FIRST else None

    def after_end(self, in_order):
        ended = self.record.ended
        if not in_order:
            self.settle("died", "the interpreter was lost after the last test: " + self.child.how_it_ended())
        return self.judge_end(ended)

    def judge_end(self, ended):
        """pytest said that it is done: with everything?"""
        record = self.record
        missing = (record.collected or 0) - record.in_session
        if ended["status"] == 4 or (ended["status"] == 3 and not missing):
            record.tell_bad("broken", "(session)", self.detail("pytest ended with status %d" % ended["status"]))
            return False, "pytest ended with status %d" % ended["status"]
        if missing > 0:
            return False, "pytest stopped early: %s" % (ended.get("stopped") or "status %d" % ended["status"])
        return True, ""

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.on_signal)
        # pytest looks upward for settings: it must not find somebody else's.
        if not os.path.exists("pytest.ini"):
            with open("pytest.ini", "w") as settings:
                settings.write("[pytest]\n")
        while True:
            end = self.next_step()
            if end is None and self.restarts >= self.options.crash_limit:
                end = False, "the interpreter was lost more than %d times" % self.options.crash_limit
            if end is not None:
                break
            self.restarts += 1
            self.record.tell("restart", n=self.restarts)
        complete, reason = end
        missing = max(0, self.record.total - self.record.done)
        self.record.tell("finish", complete=complete, reason=reason, done=self.record.done, missing=missing)
        for path in (self.skip_path, self.stacks_path):
            os.unlink(path)
        last_line = "labctl_suite: %d done, %d bad, %s\n" % (
            self.record.done, self.record.bad, "complete" if complete else "incomplete: " + reason)
        pass_on(last_line.encode("utf-8", "replace"))
        return 0 if complete else 1

    def on_signal(self, number, frame):
        self.stop_signal = number


def main(argv):
    try:
        options = Options(argv)
    except Usage as problem:
        sys.stderr.write("%s\n" % problem)
        return 2
    return Suite(options).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
