"""The completion scripts, in a real bash and a real zsh with a real Tab key."""
import os
import shutil

import pytest
from conftest import LABCTL
from test_screen import Screen

PROMPT = "ready> "


@pytest.fixture
def small(lab, tmp_path):
    lab.package("numpy")
    lab.package("pandas")
    lab.target("alpha")
    lab.target("beta")
    lab.labctl("matrix")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "labctl").symlink_to(LABCTL)
    lab.environment["PATH"] = "%s:%s" % (programs, lab.environment["PATH"])
    for shell, name in (("bash", "labctl.bash"), ("zsh", "_labctl")):
        (tmp_path / name).write_text(lab.labctl("completion", shell).out)
    return lab


class Shell(Screen):
    """An interactive shell that has read the script."""

    def __init__(self, lab, *argv):
        super().__init__(lab, *argv, columns=200, program=())

    def run(self, line):
        self.text = ""
        self.type(line + "\n")
        self.read(until=PROMPT)

    def completed(self, line, wanted):
        """What the line becomes when Tab is typed behind it must have `wanted` in it."""
        self.text = ""
        self.type(line + "\t")
        self.read(until=wanted)
        self.type("\x15")  # the line is thrown away

    def offered(self, line, wanted):
        self.text = ""
        self.type(line + "\t\t")
        for word in wanted:
            self.read(until=word)
        self.type("\x15")


def bash(lab, tmp_path):
    shell = Shell(lab, "bash", "--norc", "--noprofile", "-i")
    shell.type("bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; PS1='rea''dy> '\n")
    shell.read(until=PROMPT)
    shell.run("source %s/labctl.bash" % tmp_path)
    return shell


def zsh(lab, tmp_path):
    """As installed: a file in a folder of completions, read at the first Tab."""
    shell = Shell(lab, "zsh", "-f", "-i")
    shell.type("PS1='rea''dy> '; unsetopt zle_bracketed_paste prompt_sp prompt_cr; unset zle_bracketed_paste\n")
    shell.read(until=PROMPT)
    shell.run("fpath=(%s $fpath); autoload -Uz compinit; compinit -u -d %s/dump" % (tmp_path, tmp_path))
    return shell


@pytest.mark.parametrize("start", [bash, zsh], ids=["bash", "zsh"])
def test_tab(small, tmp_path, start):
    with start(small, tmp_path) as shell:
        shell.completed("labctl mat", "labctl matrix")
        shell.completed("labctl target sho", "labctl target show")
        shell.completed("labctl matrix nu", "labctl matrix numpy")
        shell.completed("labctl matrix --fre", "labctl matrix --fresh")
        shell.completed("labctl matrix --target alp", "labctl matrix --target alpha")
        shell.completed("labctl matrix --format mark", "labctl matrix --format markdown")
        shell.completed("labctl matrix --color ne", "labctl matrix --color never")
        shell.completed("labctl target probe be", "labctl target probe beta")
        shell.offered("labctl cache ", ["list", "prune"])
        shell.completed("labctl matrix --runtime cpy", "labctl matrix --runtime cpython")


def test_a_cell_has_a_colon(small, tmp_path):
    with bash(small, tmp_path) as shell:
        shell.completed("labctl show alpha/cpython/num", "alpha/cpython/numpy:smoke")


def test_words_for_the_scripts(small):
    assert small.labctl("completion", "target").out == "alpha\nbeta\n"
    assert small.labctl("completion", "package").out == "numpy\npandas\n"
    assert small.labctl("completion", "runtime").out == "cpython\n"
    assert "alpha/cpython/numpy:smoke\n" in small.labctl("completion", "cell").out


def test_the_scripts_say_nothing_where_the_lab_is_broken(small, tmp_path):
    """What is wrong with a lab must not be written over the line that is typed."""
    small.write("targets/bad.yaml", "kind: nothing\n")
    with bash(small, tmp_path) as shell:
        shell.completed("labctl mat", "labctl matrix")
        shell.type("labctl matrix num\t")
        shell.type("\x15echo on''ward\n")
        shell.read(until="onward")
        assert "bad.yaml" not in shell.text
