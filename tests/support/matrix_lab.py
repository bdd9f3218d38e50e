"""A lab of our own for labctl matrix: packages that pip builds from an index or a folder that the test made."""
import json
import os
import subprocess

# What pip needs to build a C extension, and what runs the tests. A layer of its own: it does not depend on the index.
TOOLCHAIN = """
title: what building and testing needs
install:
  - runtimes: [cpython]
    apt: [gcc, libc6-dev, python3-dev, python3-venv, python3-wheel, python3-pytest]
  - runtimes: [pypy]
    apt: [gcc, libc6-dev, pypy3-dev, pypy3-venv, python3-wheel, python3-pytest, python3-exceptiongroup, python3-tomli]
"""

PACKAGE = """
needs: [%(needs)s]
install:
  - pip: ["%(requirement)s"]
tiers:
  smoke:
    pytest: [%(pytest)s]
    limit: 5m
    test_limit: %(test_limit)s
    env: {PLAIN_PORT: "%(port)d"}
"""


class Cell:
    """One cell of `labctl matrix --format json`."""

    def __init__(self, fields, results):
        self.fields, self.results = fields, results
        self.label, self.verdict, self.reason = fields["label"], fields.get("verdict"), fields.get("reason") or ""
        self.tally = {key: count for key, count in fields.get("tally", {}).items() if count}

    def bad_test(self, ending):
        found = [test for test in self.fields["bad_tests"] if test["name"].endswith(ending)]
        assert len(found) == 1, "%s: %s among the bad tests %r" % (self.label, ending, self.fields["bad_tests"])
        return found[0]

    def steps(self):
        """How each step went, by name: exited, kept, ..."""
        with open(os.path.join(self.results, self.fields["record"], "outcome.json")) as file:
            return {step["name"]: step["how"] for step in json.load(file)["steps"]}

    def __repr__(self):
        return "<%s: %s %s %s>" % (self.label, self.verdict, self.tally, self.reason)


class Lab:
    def __init__(self, folder, index="", port=9):
        self.folder, self.results, self.port = str(folder), os.path.join(str(folder), "results"), port
        self.write("lab.yaml", "targets: [local]\nruntimes: [cpython, pypy]\n" + index)
        self.write("recipes/packages/toolchain.yaml", TOOLCHAIN)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)

    def add_package(self, name, requirement=None, pytest=None, test_limit="30s", needs="toolchain"):
        self.write("recipes/packages/%s.yaml" % name, PACKAGE % {
            "requirement": requirement or name, "pytest": pytest or '"@%s/tests"' % name, "test_limit": test_limit,
            "port": self.port, "needs": needs})

    def environment(self):
        return dict(os.environ, LABCTL_DATA=os.environ["LABCTL_SOURCE"], LABCTL_RESULTS=self.results, LABCTL_LAB=self.folder)

    def start(self, *words):
        """A labctl that runs beside the test, which ends it."""
        return subprocess.Popen([os.environ["LABCTL"], *words], cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def labctl(self, *words, expect=0, limit_seconds=3000):
        done = subprocess.run([os.environ["LABCTL"], *words], cwd=self.folder, env=self.environment(), timeout=limit_seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True)
        assert done.returncode in (expect if isinstance(expect, tuple) else (expect,)), "labctl %s: status %d\n%s\n%s" % (
            " ".join(words), done.returncode, done.stdout[-20000:], done.stderr[-20000:])
        return done.stdout

    def matrix(self, *words, expect=0, **more):
        """The cells, by (target, runtime, package)."""
        report = json.loads(self.labctl("matrix", *words, "--format", "json", expect=expect, **more))
        return {(cell["target"], cell["runtime"], cell["package"]): Cell(cell, self.results)
                for cell in report["cells"]}

    def facts(self, cell):
        """What target, runtime and package said of themselves."""
        return json.loads(self.labctl("show", cell.label, "--format", "json"))["facts"]

    def log(self, cell, step):
        """The raw output of a step whose name ends so."""
        names = [name for name in cell.steps() if name.endswith(step)]
        assert len(names) == 1, "%s: steps %r" % (cell.label, cell.steps())
        return self.labctl("show", cell.label, "--log", names[0])


def index_of(url):
    return "index: {url: \"%s\", build_isolation: false}\n" % url
