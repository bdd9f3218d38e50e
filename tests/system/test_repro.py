"""labctl repro: an outcome of the record done again, in the machine of the record."""
import io
import os
import shutil
import subprocess
import tarfile

import pytest
from conftest import FAILED, PASSED, SOURCE

CELL = "one/cpython/numpy"
OTHER = FAILED.replace("no such colour", "no such brush")
FAILS = {"match": "report numpy", "output": FAILED}


@pytest.fixture
def ran(lab):
    lab.package("numpy", install=[{"run": "fetch numpy"}])
    lab.target("one", FAILS)
    lab.labctl("matrix", status=1)
    return lab


def record_of(lab):
    return lab.results / "runs" / "/".join(lab.records()[-1])


def test_the_same_failure(ran):
    done = ran.labctl("repro", CELL, "draws")
    assert done.out.startswith(FAILED)
    assert "\none/cpython/numpy:smoke draws\n" in done.out
    assert "recorded  failed: message: 'no such colour' (run 1, " in done.out
    assert "now       failed: message: 'no such colour'\n" in done.out
    assert done.out.endswith("\nthe same failure\n")
    assert "is not what it was" not in done.err
    assert len(ran.records()) == 1


def test_a_test_by_a_part_of_its_name_and_a_cell_by_its_id(ran):
    identity = ran.records()[0][1]
    assert ran.labctl("repro", identity, "raw").out == ran.labctl("repro", CELL, "draws").out
    assert "is part of the names of 2 tests" not in ran.labctl("repro", CELL, "d").err  # the bad one is meant
    assert "the record has no test" in ran.labctl("repro", CELL, "sings", status=2).err
    assert "there is no result of a cell" in ran.labctl("repro", "0123456789abcdef", status=2).err


@pytest.mark.parametrize("output, words", [
    (PASSED, "it passes now"), (OTHER, "it fails for another reason"), ("ok 1 - adds\n1..1\n", "it did not run now")])
def test_what_is_not_the_same_says_what_it_is(ran, output, words):
    ran.target("one", {"match": "report numpy", "output": output})
    done = ran.labctl("repro", CELL, "draws", status=1)
    assert words in done.out.splitlines()[-1] or words in done.out.splitlines()[-2], done.out


def test_a_test_that_passes_passes_again_or_not(ran):
    assert ran.labctl("repro", CELL, "adds").out.endswith("the same: it does not fail\n")
    ran.target("one", {"match": "report numpy", "output": "not ok 1 - adds\n1..1\n"})
    assert ran.labctl("repro", CELL, "adds", status=1).out.endswith("it fails in another way\n")


def test_a_whole_suite(ran):
    assert ran.labctl("repro", CELL).out.endswith(
        "the same: 1 of the same failures, 0 others, 0 pass now, 0 did not run, 0 fail only now\n")
    ran.target("one", {"match": "report numpy", "output": "not ok 1 - adds\nok 2 - draws\n1..2\n"})
    out = ran.labctl("repro", CELL, status=1).out
    assert "it fails only now: adds\n" in out and "it passes now: draws\n" in out
    assert out.endswith("not the same: 0 of the same failures, 0 others, 1 pass now, 0 did not run, 1 fail only now\n")


def test_a_lost_target_is_no_answer(ran):
    ran.target("one", {"match": "report numpy", "die": True})
    assert "lost" in ran.labctl("repro", CELL, "draws", status=4).out


def test_a_changed_recipe_is_told_and_the_record_done_again(ran):
    """The fake answers by what it is asked to run: by the recipe of now nothing would fail."""
    ran.package("numpy", install=[{"run": "fetch numpy --new"}],
                tiers={"smoke": {"run": "report another", "format": "tap", "env": {"COLOUR": "red"}}})
    done = ran.labctl("repro", CELL, "draws")
    assert "one/cpython/numpy:smoke is not what it was in run 1:" in done.err
    for line in ("numpy for cpython is installed in another way", "- fetch numpy", "+ fetch numpy --new",
                 "the environment is another one", "+ COLOUR=red", "the command of the tests is another one",
                 "- report numpy", "+ report another", "its layers, environment and command are those of the record"):
        assert line in done.err, line
    assert done.out.endswith("the same failure\n")


def test_what_cannot_be_made_again_is_done_as_the_recipe_says(ran):
    """Another way to install must not come to stand under the name of the recorded layer."""
    shutil.copytree(str(SOURCE / "recipes" / "lib"), str(ran.folder / "recipes" / "lib"))
    ran.write("recipes/lib/install/more.sh", "true\n")
    ran.package("numpy", install=[{"run": "fetch numpy --new"}])
    done = ran.labctl("repro", CELL, "draws")
    assert "what installs packages (recipes/lib/install) is another one" in done.err
    assert "what was recorded cannot be made again any more: it is done as the recipe says now" in done.err


def test_a_change_that_decides_nothing_is_told_apart(ran):
    ran.package("numpy", install=[{"run": "fetch numpy"}], known_failures=[{"test": "sings", "reason": "no voice"}])
    done = ran.labctl("repro", CELL, "draws")
    assert "in nothing that installs or runs it" in done.err and done.out.endswith("the same failure\n")


def test_a_record_that_does_not_tell(ran):
    (record_of(ran) / "made.json").unlink()
    assert ran.labctl("repro", CELL, "draws").err.count("warning") == 0
    ran.package("numpy", install=[{"run": "fetch numpy --new"}])
    done = ran.labctl("repro", CELL, "draws")
    assert "does not tell what it was made of: it is done as the recipe says now" in done.err


def test_a_record_that_was_tampered_with(ran):
    (record_of(ran) / "made.json").write_text('{"format": 1, "layers": [{"key": "../../../../etc"}]}')
    assert "a layer without a key" in ran.labctl("repro", CELL, status=6).err


def test_a_record_that_was_pruned(ran):
    shutil.rmtree(str(record_of(ran)))
    assert ran.labctl("repro", CELL, "draws").out.endswith("the same failure\n")


def test_an_older_run(ran):
    ran.target("one")
    ran.labctl("matrix")
    assert ran.labctl("repro", CELL, "draws").out.endswith("the same: it does not fail\n")
    assert "it passes now" in ran.labctl("repro", CELL, "draws", "--run", "1", status=1).out


def test_what_is_gone_from_the_lab(ran):
    (ran.folder / "targets/one.yaml").unlink()
    ran.target("two")
    assert "the lab no longer has the cell one/cpython/numpy:smoke" in ran.labctl("repro", CELL, status=2).err


def test_output_of_a_test_cannot_play_with_the_terminal(ran):
    ran.target("one", {"match": "report numpy", "output": "\x1b[2J\x1b]0;title\x07" + FAILED})
    assert "\x1b" not in ran.labctl("repro", CELL, "draws").out


def test_what_could_not_be_installed_then_and_now(lab):
    lab.package("numpy", install=[{"run": "fetch numpy"}])
    lab.target("one", {"match": "fetch numpy", "exit_status": 3, "output": "no such archive\n"})
    lab.labctl("matrix", status=1)
    assert "the same: 0 of the same failures" in lab.labctl("repro", CELL).out
    lab.target("one", {"match": "fetch numpy", "exit_status": 3, "output": "no room\n"})
    assert "\nnot the same: " in lab.labctl("repro", CELL, status=1).out


# ---- a shell ----

def shell(lab, script, *words):
    process = subprocess.Popen(lab.command("repro", CELL, *words, "--shell"), env=dict(lab.environment, SHELL="/bin/sh"),
                               cwd=lab.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(script.encode(), timeout=60)
    assert process.returncode == 0, err
    return out.decode(), err.decode()


def test_a_shell_where_the_test_would_run(ran):
    ran.package("numpy", install=[{"run": "fetch numpy"}],
                tiers={"smoke": {"run": "echo \"I am $LABCTL_TEST in $COLOUR\"", "format": "tap", "env": {"COLOUR": "it's red"}}})
    ran.target("one", {"match": "I am", "output": FAILED})
    ran.labctl("matrix", status=1)
    out, err = shell(ran, "pwd; ls; echo $LABCTL_RUNTIME $LABCTL_PYTHON; ./run-test\n", "draws")
    lines = out.splitlines()
    assert lines[0].endswith("/work") and lines[1:3] == ["lib", "run-test"]
    assert lines[3:] == ["cpython cpython", "I am draws in it's red"]
    assert "./run-test" in err and "runs the test" in err and "thrown away" in err


def test_no_shell_where_it_cannot_be_installed(ran):
    ran.target("one", {"match": "fetch numpy", "exit_status": 3, "output": "no such archive\n"})
    done = ran.labctl("repro", CELL, "--shell", status=6)
    assert "installing numpy for cpython ended with status 3: no such archive" in done.err


# ---- a script and a bundle ----

def test_the_script_says_all_that_was_done(ran):
    script = ran.labctl("repro", CELL, "draws", "-n").out
    assert subprocess.run(["sh", "-n"], input=script.encode()).returncode == 0
    for part in ("fetch numpy", "report numpy", "export LABCTL_TEST=draws", "export LABCTL_RUNTIME=cpython", "no such colour"):
        assert part in script, part


def test_the_script_runs(ran, tmp_path):
    """With what it calls on PATH, and with the folder of our own scripts."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in (("fetch", "echo fetched \"$@\""), ("report", "echo reported \"$@\" $LABCTL_TEST"), ("cpython", ":")):
        (tools / name).write_text("#!/bin/sh\n%s\n" % text)
        (tools / name).chmod(0o755)
    script = ran.labctl("repro", CELL, "draws", "-n").out
    done = subprocess.run(["sh", "-s"], input=script.encode(), stdout=subprocess.PIPE, cwd=str(tmp_path),
                          env={"PATH": "%s:%s" % (tools, os.environ["PATH"]), "LABCTL_WORK": str(tmp_path / "work")})
    assert done.stdout.decode().split("\n") == ["fetched numpy", "reported numpy draws", ""]


def test_what_pip_installs_from_is_asked_for(ran, tmp_path):
    (tmp_path / "archives").mkdir()
    (tmp_path / "limits.txt").write_text("numpy<2\n")
    ran.settings(index={"folder": str(tmp_path / "archives"), "constraints": str(tmp_path / "limits.txt")})
    path = tmp_path / "b.tar.zst"
    ran.labctl("repro", CELL, "--bundle", path)
    files = unpacked(path)
    assert files["numpy-one-cpython/constraints.txt"] == b"numpy<2\n"
    assert b"put them into archives/" in files["numpy-one-cpython/reproduce.sh"]
    assert not any("archives/" in name for name in files)


def unpacked(path):
    tar = subprocess.run(["zstd", "-dc", str(path)], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isfile()}


@pytest.fixture
def bundle(lab, tmp_path):
    key = tmp_path / "key"
    key.write_text("-----BEGIN KEY-----\nq8Jf0aVeryPrivateLine7d\n-----END KEY-----\n")
    lab.package("numpy", install=[{"run": "fetch numpy from https://me:geheim@host/"}],
                tiers={"smoke": {"run": "report numpy", "format": "tap",
                                 "env": {"API_TOKEN": "tok-12345678", "COLOUR": "red"}}})
    lab.put("targets/far.yaml", {"kind": "ssh", "arch": "s390x", "ssh": {"host": "h.example", "user": "u", "key_file": str(key)}})
    lab.target("one", {"match": "fetch", "output": "from https://me:geheim@host/ with tok-12345678\n  q8Jf0aVeryPrivateLine7d\n"},
               {"match": "report", "output": FAILED + "# my password is hunter2222\n"})
    lab.labctl("matrix", "-t", "one", status=1)
    path = tmp_path / "b.tar.zst"
    lab.labctl("repro", CELL, "draws", "--bundle", path, environment={"MY_PASSWORD": "hunter2222"})
    return unpacked(path)


def test_a_bundle_holds_what_a_bug_report_needs(bundle):
    top = "numpy-one-cpython/"
    for name in ("README.md", "reproduce.sh", "messages.txt", "facts.txt", "environment.txt", "log/tests.log",
                 "log/2-install-numpy-for-cpython.log", "lib/labctl_suite.py", "lib/install/pip.sh"):
        assert top + name in bundle, sorted(bundle)
    assert b"no such colour" in bundle[top + "messages.txt"] and b"not ok 2 - draws" in bundle[top + "log/tests.log"]
    assert b"package_version=1.0" in bundle[top + "facts.txt"]
    assert b"COLOUR=red" in bundle[top + "environment.txt"] and b"API_TOKEN=[left out]" in bundle[top + "environment.txt"]
    readme = bundle[top + "README.md"].decode()
    assert "sh reproduce.sh" in readme and "draws" in readme and "no such colour" in readme
    assert b"# API_TOKEN is left out" in bundle[top + "reproduce.sh"] and b"export COLOUR=red" in bundle[top + "reproduce.sh"]


def test_a_bundle_holds_no_secret(bundle):
    for name, content in bundle.items():
        for secret in (b"geheim", b"tok-12345678", b"q8Jf0aVeryPrivateLine7d", b"hunter2222"):
            assert secret not in content, name
    log = bundle["numpy-one-cpython/log/2-install-numpy-for-cpython.log"].decode()
    assert log == "from https://[left out]@host/ with [left out]\n  [left out]\n"


def test_wrong_use(ran):
    for words in ((), (CELL, "a", "b"), (CELL, "--shell", "--print"), (CELL, "--bundle", "x", "-n"), (CELL, "--versions-of", "runtime")):
        ran.labctl("repro", *words, status=2)
