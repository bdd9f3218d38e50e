"""A lab of scripted targets in a folder of its own, and labctl on it."""
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

LABCTL = os.environ["LABCTL"]
SOURCE = Path(os.environ["LABCTL_SOURCE"])
LIMIT_SECONDS = 120

PASSED = "ok 1 - adds\nok 2 - draws\n1..2\n"
FAILED = "ok 1 - adds\nnot ok 2 - draws\n  ---\n  message: 'no such colour'\n  ...\n1..2\n"


class Done:
    """How a labctl ended."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def json(self):
        return json.loads(self.out)


class Lab:
    def __init__(self, folder):
        self.folder = folder / "lab"
        self.results = folder / "results"
        self.mark = "LABCTL_TEST_MARK=%s" % folder
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LANG": "C.UTF-8", "TERM": "dumb", "TZ": "UTC",
            "LABCTL_DATA": str(SOURCE), "LABCTL_CACHE": str(folder / "cache"), "LABCTL_RESULTS": str(self.results),
            "XDG_CACHE_HOME": str(folder / "xdg-cache"), "XDG_CONFIG_HOME": str(folder / "xdg-config"),
            "XDG_STATE_HOME": str(folder / "xdg-state"), "TMPDIR": str(folder / "tmp"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        name, value = self.mark.split("=", 1)
        self.environment[name] = value
        for path in (folder / "home", folder / "tmp"):
            path.mkdir(parents=True)
        self.write("lab.yaml", "shipped: false\n")
        self.runtime("cpython")

    # What the lab says. Every file but hand-written ones is JSON, which is YAML.

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put(self, name, value):
        self.write(name, json.dumps(value, ensure_ascii=False, indent=1))

    def settings(self, **settings):
        self.put("lab.yaml", dict({"shipped": False}, **settings))

    def runtime(self, name, **recipe):
        self.put("recipes/runtimes/%s.yaml" % name, dict({"command": name}, **recipe))

    def package(self, name, **recipe):
        """A package whose smoke tests are `report NAME`, which prints TAP."""
        self.put("recipes/packages/%s.yaml" % name,
                 dict({"tiers": {"smoke": {"run": "report %s" % name, "format": "tap"}}}, **recipe))

    def target(self, name, *rules, arch="s390x", **more):
        """A scripted target; what no rule answers for passes."""
        fake = {key: more.pop(key) for key in ("open_error", "open_delay") if key in more}
        fake["rules"] = list(rules) + [
            {"match": r"cat facts\.txt", "output": "runtime_version=3.11\npackage_version=1.0\n"},
            {"match": r"\breport\b", "output": PASSED},
        ]
        fake["slowness"] = 1
        self.put("targets/%s.yaml" % name, dict({"kind": "fake", "arch": arch, "fake": fake}, **more))

    # labctl on it.

    def command(self, *words):
        return [LABCTL] + [str(word) for word in words]

    def start(self, *words, environment=None, **options):
        return subprocess.Popen(self.command(*words), env=dict(self.environment, **(environment or {})), cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def labctl(self, *words, status=0, environment=None, limit=LIMIT_SECONDS):
        """Runs it to its end, which must be with this status (None: any)."""
        process = self.start(*words, environment=environment)
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            pytest.fail("labctl %s does not end:\n%s%s" % (" ".join(map(str, words)), out.decode(), err.decode()))
        done = Done(process.returncode, out.decode("utf-8"), err.decode("utf-8"))
        if status is not None:
            assert done.status == status, "labctl %s\n%s%s" % (" ".join(map(str, words)), done.out, done.err)
        return done

    def matrix(self, *words, **options):
        """labctl matrix as JSON: {(target, runtime, package): cell}, and how it ended."""
        done = self.labctl("matrix", *words, "--format", "json", **options)
        return cells_of(done.json()), done

    @staticmethod
    def stop_now(process, limit=60):
        """Ctrl-C until it ends; returns its standard output and error."""
        deadline = time.monotonic() + limit
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        return process.communicate(timeout=1)

    # What is left of it.

    def processes(self):
        """The processes that a labctl of this lab started and that live still."""
        found = []
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and self.mark.encode() in Path("/proc", entry, "environ").read_bytes().split(b"\0"):
                    found.append(int(entry))
            except OSError:
                pass
        return found

    def assert_no_process(self, limit=20):
        """Killed processes need a moment to go."""
        deadline = time.monotonic() + limit
        while self.processes():
            assert time.monotonic() < deadline, "left behind: %s" % self.processes()
            time.sleep(0.02)

    def testing(self):
        """Logs of the cells whose tests run just now."""
        return list(self.results.glob("runs/*/*/*.part/tests.log.zst.part"))

    def run_files(self):
        return sorted(self.results.glob("runs/*/run.json"))

    def records(self):
        """Whole records: (run, cell, attempt) below the results."""
        return sorted(tuple(path.parent.parts[-3:]) for path in self.results.glob("runs/*/*/*/outcome.json")
                      if not path.parent.name.endswith(".part"))


def wait_for(condition, limit=60):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.005)


def cells_of(report):
    return {(cell["target"], cell["runtime"], cell["package"]): cell for cell in report["cells"]}


@pytest.fixture
def lab(tmp_path):
    made = Lab(tmp_path)
    yield made
    try:
        made.assert_no_process()
    finally:
        for process in made.processes():
            os.kill(process, signal.SIGKILL)
