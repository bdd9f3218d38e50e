"""Colour, width and the live view: on a terminal that wants them, and nowhere else."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest
from conftest import FAILED, LABCTL, PASSED, wait_for

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"\x1b")


@pytest.fixture
def ran(lab):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("one", {"match": "report numpy", "output": FAILED})
    lab.labctl("matrix", status=1)
    return lab


class Screen:
    """A terminal with labctl on it."""

    def __init__(self, lab, *words, columns=80, program=(LABCTL,), **environment):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(list(program) + list(words), env=dict(lab.environment, **dict({"TERM": "xterm"}, **environment)),
                                        cwd=lab.folder, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.text = ""

    def read(self, until=None, limit=60):
        """What came until a text is there, or to the end."""
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and (until is None or until not in self.text):
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                got = os.read(self.master, 65536)
            except OSError:
                break
            if not got:
                break
            self.text += got.decode("utf-8", "replace")
        assert until is None or until in self.text, self.text
        return self.text

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        self.read()
        os.close(self.master)
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def on_screen(lab, *words, **options):
    screen = Screen(lab, *words, **options)
    status = screen.end()
    return status, screen.text


def test_colour_on_a_terminal(ran):
    status, text = on_screen(ran, "matrix", "--no-run")
    assert status == 1 and COLOUR.search(text) and "50 %" in COLOUR.sub("", text)


@pytest.mark.parametrize("words, environment", [(["--color=never"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})])
def test_no_colour_where_it_is_not_wanted(ran, words, environment):
    status, text = on_screen(ran, "matrix", "--no-run", *words, **environment)
    assert status == 1 and not CONTROL.search(text) and "50 %" in text


def test_an_empty_no_color_says_nothing(ran):
    assert COLOUR.search(on_screen(ran, "matrix", "--no-run", NO_COLOR="")[1])


def test_colour_in_a_pipe_only_when_asked_for(ran):
    assert not CONTROL.search(ran.labctl("matrix", "--no-run", status=1).out)
    coloured = ran.labctl("matrix", "--no-run", "--color=always", status=1, environment={"NO_COLOR": "1"}).out
    assert COLOUR.search(coloured)
    assert COLOUR.sub("", coloured) == ran.labctl("matrix", "--no-run", status=1).out
    assert COLOUR.search(ran.labctl("show", "one/numpy", "--color", "always").out)


def test_other_formats_are_never_coloured(ran):
    for form in ("json", "csv", "markdown", "junit"):
        assert not CONTROL.search(ran.labctl("matrix", "--no-run", "--color=always", "--format", form, status=1).out)


def test_a_narrow_screen_is_not_overrun(lab):
    lab.package("numpy")
    for name in ("first", "second", "third", "fourth", "fifth", "sixth"):
        lab.target(name + "-with-a-long-name")
    lab.labctl("matrix")
    status, text = on_screen(lab, "matrix", "--no-run", columns=60)
    lines = COLOUR.sub("", text).splitlines()
    assert max(len(line) for line in lines) <= 60
    for name in ("first", "sixth"):
        assert name in text


def test_the_live_view_moves_on_a_terminal_and_ends_clean(lab):
    for name in "abc":
        lab.package(name)
    lab.target("one", {"match": "report", "output": PASSED, "delay": "400ms"})
    status, text = on_screen(lab, "matrix")
    assert status == 0
    assert re.search(r"\x1b\[\d*[A-HJK]", text)
    assert "100 %" in text
    # What it hid is shown again.
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")


def test_a_dumb_terminal_gets_plain_lines(lab):
    lab.package("a")
    lab.target("one")
    status, text = on_screen(lab, "matrix", TERM="dumb")
    assert status == 0
    assert not CONTROL.search(text) and "passed       one/cpython/a:smoke" in text


def test_plain_lines_in_a_pipe(lab):
    lab.package("a")
    lab.target("one")
    done = lab.labctl("matrix", environment={"TERM": "xterm"})
    assert not CONTROL.search(done.out + done.err)
    assert done.err.splitlines() == ["1 cell on 1 target", "passed       one/cpython/a:smoke  2 tests  [1 of 1]"]


def test_ctrl_c_on_the_terminal_twice(lab):
    for name in "ab":
        lab.package(name)
    lab.target("one", {"match": "report b", "output": PASSED, "delay": "90s"})
    screen = Screen(lab, "matrix")
    wait_for(lambda: len(lab.records()) == 1 and lab.testing())
    screen.type("\x03")
    screen.read("Ctrl-C again stops now")
    screen.type("\x03")
    screen.read("stopping now")
    assert screen.end() == 5
    lab.assert_no_process()


def test_ascii_where_the_locale_is_not_utf8(ran):
    out = ran.labctl("matrix", "--no-run", status=1, environment={"LANG": "C", "LC_ALL": "C"}).out
    assert out.isascii() and "50 %" in out


def test_questions_are_not_asked_without_a_terminal(lab):
    lab.put("targets/far.yaml", {"kind": "ssh", "arch": "s390x", "ssh": {"host": "127.0.0.1", "port": 1}, "connect_limit": "2s"})
    done = lab.labctl("target", "trust", "far", status=4)
    assert "[y/N]" not in done.err + done.out
