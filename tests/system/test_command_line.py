"""Help on standard output with status 0; wrong use on standard error with status 2 and the nearest right word."""
import re

import pytest


@pytest.fixture
def small(lab):
    lab.package("numpy")
    lab.target("script")
    return lab


def commands(lab):
    return re.findall(r"^  ([a-z]+(?: [a-z]+)?) {2,}", lab.labctl("help").out.split("\n\n")[2], re.M)


def test_help_lists_every_command_and_each_explains_itself(small):
    names = commands(small)
    assert "matrix" in names and "target show" in names and len(names) > 15
    for name in names:
        done = small.labctl("help", *name.split())
        assert done.out.startswith("usage: labctl %s" % name) and done.err == ""
        assert done.out == small.labctl(*name.split(), "--help").out == small.labctl(*name.split(), "-h").out
        assert "--color" in done.out


def test_help_in_all_its_forms(small):
    first = small.labctl("help").out
    for words in ((), ("--help",), ("-h",), ("help", "help"), ("--quiet", "--help")):
        assert small.labctl(*words).out == first
    for status in range(7):
        assert re.search(r"^  %d  " % status, first, re.M)


def test_a_group_of_commands_explains_itself(small):
    done = small.labctl("help", "target")
    assert "target probe" in done.out and "cache" not in done.out
    assert small.labctl("target", "--help").out == done.out


def test_the_version_names_the_libraries(small):
    done = small.labctl("--version")
    assert re.match(r"labctl \d+\.\d+\.\d+\n", done.out)
    for library in ("libssh2", "libyaml", "PCRE2", "SQLite", "jansson", "libarchive", "zstd", "OpenSSL"):
        assert library in done.out


WRONG = [
    (["matrx"], "unknown command 'matrx'", "did you mean `labctl matrix`?"),
    (["target", "shwo"], "unknown command 'target shwo'", "did you mean `labctl target show`?"),
    (["target"], "'target' needs a verb", "list, show, probe"),
    (["cache", "--all"], "'cache' needs a verb", "list, prune"),
    (["help", "matrx"], "unknown command 'matrx'", "did you mean `labctl matrix`?"),
    (["zzzzzzzzzz"], "unknown command 'zzzzzzzzzz'", "labctl help"),
    (["--quiet"], "no command is given", "labctl help"),
    (["matrix", "--frehs"], "unknown option --frehs", "did you mean --fresh?"),
    (["--colour=never", "matrix"], "unknown option --colour", "did you mean --color?"),
    (["matrix", "--color", "sometimes"], "--color sometimes: not one of auto, always, never", ""),
    (["matrix", "--format", "html5"], "--format html5: not one of terminal, json", ""),
    (["matrix", "--jobs", "many"], "--jobs many: not a whole number", ""),
    (["matrix", "--tier"], "--tier needs a value", "--tier TIER"),
    (["matrix", "nmpy"], "nmpy", "did you mean"),
    (["matrix", "-t", "scrpt"], "scrpt", "did you mean"),
    (["matrix", "-r", "cpythn"], "cpythn", "did you mean"),
    (["matrix", "-t", "-script"], "", ""),
    (["matrix", "--fresh", "--no-run"], "exclude each other", ""),
    (["show"], "show takes one cell", "labctl help show"),
    (["show", "a", "b"], "show takes one cell", ""),
    (["show", "a/b/c/d"], "names no cell", "TARGET/RUNTIME/PACKAGE"),
    (["runs", "x"], "takes no operand: 'x'", ""),
    (["check", "x"], "takes no operand: 'x'", ""),
    (["target", "show"], "takes one target", ""),
    (["target", "show", "scrpt"], "there is no target 'scrpt'", "did you mean script?"),
    (["target", "show", "script", "--command"], "nothing is started for script", ""),
    (["target", "run", "script"], "takes targets and a command", ""),
    (["target", "trust", "script"], "only ssh targets", ""),
    (["import", "x.xml"], "--package NAME", ""),
    (["describe", "packge"], "packge", "did you mean package?"),
    (["completion"], "bash or zsh", ""),
    (["completion", "fish"], "bash or zsh", ""),
]


@pytest.mark.parametrize("words, says, hint", WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_use(small, words, says, hint):
    done = small.labctl(*words, status=2)
    assert done.out == ""
    assert says in done.err and hint in done.err
    assert "\nusage: labctl " in done.err and "labctl help" in done.err
    assert not small.results.exists()


def test_options_stand_anywhere(small):
    expected = small.labctl("matrix", "numpy", "--no-run", "--format", "csv").out
    assert small.labctl("--lab", small.folder, "matrix", "--format=csv", "numpy", "--no-run").out == expected
    assert small.labctl("-q", "matrix", "--no-run", "--format", "csv", "--", "numpy").out == expected
    assert small.labctl("--color=never", "matrix", "-q", "--no-run", "numpy", "--format", "csv").out == expected


def test_flag_over_environment_over_default(small, tmp_path):
    text = small.labctl("describe").out
    assert "results   %s ($LABCTL_RESULTS)" % small.results in text
    assert "($LABCTL_CACHE)" in text and "nearest lab.yaml upward" in text
    text = small.labctl("describe", "--results", tmp_path / "r", "--cache", tmp_path / "c").out
    assert "results   %s (--results)" % (tmp_path / "r") in text and "cache     %s (--cache)" % (tmp_path / "c") in text


def test_the_lab_is_found(small, tmp_path):
    process = small.labctl("--lab", small.folder, "check")
    assert process.out.startswith(str(small.folder))
    assert small.labctl("check", environment={"LABCTL_LAB": str(small.folder)}).out == process.out
    other = tmp_path / "other"
    other.mkdir()
    assert "touch" in small.labctl("--lab", other, "check", status=3).err


def test_quiet_says_nothing_but_the_answer(small):
    done = small.labctl("matrix", "--quiet")
    assert done.err == "" and "100 %" in done.out


def test_statuses_stand_in_the_manual(small):
    done = small.labctl("describe", "--manual", "exit")
    for status in range(7):
        assert "\n.It %d\n" % status in done.out
