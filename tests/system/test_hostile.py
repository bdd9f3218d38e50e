"""Names and messages that come from targets, files and users are shown as text, whatever they hold."""
import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest

ESCAPES = "\x1b[2J\x1b[31mred\x1b]0;title\x07"
BIDI = "pass\u202edessap\u2066x\u2069"
MARKUP = "<script>alert(1)</script> & \"quotes\" 'single' ]]> -->"
MARKDOWN = "| a | `b` *c* _d_ [e](http://x) # f\\"
BYTES = "bell\a del\x7f c1\x9b31m line\u2028sep"
LONG = "x" * 20000
NAMES = {"escapes": ESCAPES, "bidi": BIDI, "markup": MARKUP, "markdown": MARKDOWN, "bytes": BYTES, "long": LONG,
         "formula": "=cmd|' /C calc'!A0", "format": "%s%n%999999d", "newline": "two\nlines\rover"}

# No control character but the end of a line; nothing that turns the direction of text or ends a line unseen.
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")


def events(names):
    lines = [{"e": "session"}, {"e": "collected", "n": len(names)}]
    for number, name in enumerate(names, 1):
        lines.append({"e": "start", "i": number, "t": name})
        lines.append({"e": "end", "i": number, "v": "failed", "s": 0.1, "d": "because of " + name})
    lines.append({"e": "finish", "complete": True, "reason": ""})
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def hostile(lab):
    lab.write("recipes/causes.yaml", "- {name: any, pattern: because, advice: none}\n")
    lab.package("numpy", title=ESCAPES, tiers={"smoke": {"pytest": ["tests"]}})
    lab.package("pandas", install=[{"unavailable": ESCAPES + BIDI + MARKUP + MARKDOWN}])
    lab.package("scipy", install=[{"apt": ["x"]}])
    lab.target("one", {"match": r"labctl_suite\.py", "files": {"events.jsonl": events(NAMES.values())}},
               {"match": r"apt\.sh x", "output": ESCAPES + BIDI + MARKUP + "\n", "exit_status": 1}, title=ESCAPES)
    lab.target("far", open_error=ESCAPES + BIDI + MARKUP)
    lab.result = lab.labctl("matrix", status=1)
    return lab


def shown(lab, *words, status=1):
    return lab.labctl(*words, status=status).out


def test_on_screen(hostile):
    for text in (hostile.result.out, hostile.result.err, shown(hostile, "show", "one/numpy", "--all", status=0),
                 shown(hostile, "show", "far/numpy", status=0), shown(hostile, "show", "one/scipy", status=0),
                 shown(hostile, "target", "list", status=0), shown(hostile, "target", "show", "one", status=0),
                 hostile.labctl("doctor", status=1).out, hostile.labctl("target", "probe", status=4).err):
        assert not UNSAFE.search(text), repr(UNSAFE.search(text)) + repr(text)
    assert "red" in hostile.result.out


def test_in_colour(hostile):
    text = hostile.labctl("matrix", "--no-run", "--color=always", status=1).out
    text += hostile.labctl("show", "one/numpy", "--all", "--color=always").out
    assert not UNSAFE.search(re.sub("\x1b\\[[0-9;]*m", "", text))
    assert "\x1b[2J" not in text and "\x1b]" not in text


def test_in_json(hostile):
    for words, status in ((("matrix", "--no-run"), 1), (("show", "one/numpy", "--all"), 0)):
        text = shown(hostile, *words, "--format", "json", status=status)
        report = json.loads(text)
        assert not re.search("[\x00-\x08\x0b-\x1f]", text)
    names = [test["name"] for test in report["tests"]]
    assert len(names) == len(NAMES)
    assert MARKUP in names and BIDI in names


def test_in_junit(hostile):
    root = ElementTree.fromstring(shown(hostile, "matrix", "--no-run", "--format", "junit"))
    names = [case.get("name") for case in root.iter("testcase")]
    assert MARKUP in names


def test_in_csv(hostile):
    text = shown(hostile, "matrix", "--no-run", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    for row in rows:
        for value in row.values():
            assert not value.startswith(("=", "+", "@", "\t", "\r"))


def test_in_markdown(hostile):
    text = shown(hostile, "matrix", "--no-run", "--format", "markdown")
    assert "<script>" not in text and not UNSAFE.search(text)
    assert "[e](http://x)" not in re.sub(r"```.*?```", "", re.sub(r"`[^`\n]*`", "", text), flags=re.S)


def test_the_log_of_the_run(hostile):
    for path in hostile.results.glob("runs/*/log"):
        assert not UNSAFE.search(path.read_text(encoding="utf-8"))


def test_raw_output_is_raw(hostile):
    assert hostile.labctl("show", "one/scipy", "--log", "3-install-scipy-for-cpython", status=None).out.startswith(ESCAPES) or \
        ESCAPES in hostile.labctl("show", "one/scipy", "--raw").out


def test_command_lines_in_runs(hostile):
    hostile.labctl("matrix", "--no-run", ESCAPES, status=2)
    hostile.labctl("matrix", "-t", "one", "--fresh", "-o", "/dev/null/" + ESCAPES, status=6)
    assert not UNSAFE.search(hostile.labctl("runs").out)


def test_errors_that_repeat_what_was_typed(hostile):
    for words in (["matrix", ESCAPES], [ESCAPES], ["show", ESCAPES + "/" + BIDI], ["matrix", "--" + ESCAPES], ["matrix", "--format", BIDI],
                  ["target", "show", ESCAPES], ["--lab", "/" + ESCAPES, "check"], ["describe", BIDI], ["matrix", "-t", BIDI]):
        done = hostile.labctl(*words, status=None)
        assert done.status in (2, 3) and not UNSAFE.search(done.err), (words, repr(done.err))


def test_imported_names(lab, tmp_path):
    lab.target("one")
    path = tmp_path / "r.xml"
    suite = ElementTree.Element("testsuite")
    for name in (BIDI, MARKUP, MARKDOWN, LONG, "c1 \x9b31m"):
        case = ElementTree.SubElement(suite, "testcase", classname="c", name=name)
        ElementTree.SubElement(case, "failure", message=name).text = name
    path.write_bytes(ElementTree.tostring(suite, encoding="utf-8"))
    lab.labctl("import", path, "-p", "numpy")
    text = lab.labctl("show", "imported/cpython/numpy", "--all").out
    assert not UNSAFE.search(text) and "<script>" in text
