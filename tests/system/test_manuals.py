"""What README, manuals and help tell to type is what labctl knows."""
import re
import shlex

import pytest
from conftest import SOURCE


class Known:
    """Commands and their options, as `labctl help` has them."""

    def __init__(self, lab):
        self.lab = lab
        first = lab.labctl("help").out
        self.names = set(re.findall(r"^  ([a-z]+(?: [a-z]+)?) {2,}\S", first.split("For every command")[0], re.M))
        self.helps = {name: lab.labctl("help", *name.split()).out for name in self.names}

    def command_of(self, words):
        """(command, the words behind it)"""
        if " ".join(words[:2]) in self.names:
            return " ".join(words[:2]), words[2:]
        return (words[0] if words else ""), words[1:]

    def problem_with(self, line):
        """None, or what is wrong with a line that begins with labctl."""
        words = shlex.split(line, comments=True)[1:]
        if words[:1] in (["help"], ["--version"], ["--help"]):
            return None if words[0] != "help" or len(words) == 1 or " ".join(words[1:]) in self.names | {"target", "cache", "COMMAND", "VERB"} \
                else "no such command: %s" % " ".join(words[1:])
        command, rest = self.command_of(words)
        if command not in self.names:
            return "no such command: %s" % command
        for word in rest[:rest.index("--")] if "--" in rest else rest:
            if word.startswith("--") and not re.search(r"^  (?:-\w, )?%s(?: |$)" % re.escape(word.split("=")[0]), self.helps[command], re.M):
                return "%s knows no %s" % (command, word)
            if re.match(r"-[a-z]$", word) and not re.search(r"^  %s, --" % word, self.helps[command], re.M):
                return "%s knows no %s" % (command, word)
        return None


@pytest.fixture
def known(lab):
    lab.target("one")
    return Known(lab)


def labctl_parts(line):
    """The parts of a shell line that call labctl."""
    for part in re.split(r"&&|\|\||;(?![^']*'[^']*$)", line):
        match = re.match(r"\s*(?:\$ )?(?:\./)?(labctl .*)", part)
        if match:
            yield match.group(1)


def in_markdown(path):
    for block in re.findall(r"^```(?:sh|shell|console)\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S):
        for line in block.splitlines():
            yield from labctl_parts(line)


def in_mdoc(path):
    text = path.read_text(encoding="utf-8")
    for line in re.findall(r"^\.Dl (.*)$", text, re.M):
        yield from labctl_parts(line.replace("\\-", "-").replace("\\&", ""))
    for line in re.findall(r"^\.(?:Ic|It Ic|Nm Ic) (labctl .*?)(?: [.,])?$", text, re.M):
        yield re.sub(r"\b(?:Cm|Ar) ", "", re.sub(r"\bFl Fl ", "--", line))
    for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S):
        for line in block.splitlines():
            yield from labctl_parts(line.replace("\\-", "-").replace("\\&", ""))


def problems(known, lines):
    return ["%s: %s" % (line, known.problem_with(line)) for line in lines if known.problem_with(line)]


def test_readme(known):
    lines = list(in_markdown(SOURCE / "README.md"))
    assert any(line.startswith("labctl matrix numpy pandas") for line in lines) and len(lines) > 5
    assert problems(known, lines) == []


def test_the_two_lines_that_set_it_up():
    text = (SOURCE / "README.md").read_text(encoding="utf-8")
    assert "ci/setup && ./labctl matrix numpy pandas" in text and "ci/setup && make check" in text


def test_documents_and_manual_pages(known):
    lines = []
    for path in sorted((SOURCE / "doc").glob("*.md")):
        lines += in_markdown(path)
    for path in sorted((SOURCE / "doc").glob("*.in")):
        lines += in_mdoc(path)
    assert "labctl check" in lines
    assert problems(known, lines) == []


def test_examples_in_help(known):
    lines = [line.strip() for text in known.helps.values() for line in text.splitlines() if re.match(r"  (?:\./)?labctl ", line)]
    assert len(lines) > 5
    assert problems(known, lines) == []


def test_commands_in_running_text(known):
    """`labctl …` in backquotes, in help and in Markdown."""
    text = "\n".join(known.helps.values()) + known.lab.labctl("help").out + (SOURCE / "README.md").read_text(encoding="utf-8")
    quoted = re.findall(r"`(labctl [^`\n]+)`", text)
    assert problems(known, [line for line in quoted if "…" not in line and "..." not in line]) == []


def test_every_command_and_option_is_in_the_manual(known):
    manual = known.lab.labctl("describe", "--manual", "commands").out + known.lab.labctl("describe", "--manual", "options").out
    for name, text in known.helps.items():
        assert re.search(r"^\.It Nm Ic %s( |$)" % name, manual, re.M), name
        for option in re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.M):
            assert "Fl Fl %s" % option in manual, option


def test_the_check_itself_finds_what_is_wrong(known):
    assert known.problem_with("labctl matrx numpy")
    assert known.problem_with("labctl matrix numpy --frehs")
    assert known.problem_with("labctl matrix numpy -z")
    assert known.problem_with("labctl target shwo one")
    assert not known.problem_with("labctl matrix numpy -t 'tag:x' --fresh # words")
    assert not known.problem_with("labctl target run one -- uname --strange")
