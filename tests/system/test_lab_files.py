"""labctl check, describe, doctor, and the targets' own commands."""
import os
import re
import time

import pytest
from conftest import SOURCE, wait_for


def test_a_lab_without_problems(lab):
    lab.package("numpy")
    lab.target("one")
    done = lab.labctl("check")
    assert done.out == "%s: 1 targets, 1 runtimes, 1 packages, 0 benchmarks, 0 suites, 0 policies, 0 causes: no problem found\n" % lab.folder
    assert done.err == ""


def test_the_lab_that_comes_with_labctl_is_right(lab):
    done = lab.labctl("--lab", SOURCE, "check")
    assert "no problem found" in done.out


def test_all_problems_at_once_each_with_its_place(lab):
    lab.write("lab.yaml", "shipped: false\ntargets: [one, two]\nfresh_for: soon\n")
    lab.write("targets/one.yaml", "kind: fake\narch: s390q\nprocesors: 2\nfake:\n  rules:\n    - match: '('\n")
    lab.write("recipes/runtimes/pypy.yaml", "title: no command\n")
    lab.write("recipes/packages/a.yaml", "needs: [b]\ntiers:\n  smoke: {run: x, format: xml}\n")
    lab.write("recipes/packages/b.yaml", "needs: [a]\n")
    lab.write("recipes/packages/c.yaml", "needs:\n\t- a\n")
    lab.write("recipes/packages/d.yml", "")
    for command in ("check", "matrix", "doctor"):
        done = lab.labctl(command, status=3)
        assert done.out == ""
        told = re.findall(r"^(\S+):(\d+):(\d+): (.*)$", done.err, re.M)
        places = {(name, int(line), int(column)) for name, line, column, text in told}
        assert {("lab.yaml", 2, 16), ("lab.yaml", 3, 12), ("targets/one.yaml", 2, 7), ("targets/one.yaml", 3, 1),
                ("targets/one.yaml", 6, 14), ("recipes/runtimes/pypy.yaml", 1, 1), ("recipes/packages/a.yaml", 3, 27)} <= places
        assert {name for name, line, column in places} >= {"recipes/packages/b.yaml", "recipes/packages/c.yaml"}
        assert "recipes/packages/d.yml" in done.err
        assert 'did you mean "processors"?' in done.err
        assert re.search(r"labctl: (check: )?\d+ problems in the lab", done.err)
        assert done.err == lab.labctl(command, status=3).err
    assert not lab.results.exists()


@pytest.mark.parametrize("text", [b"a: &a [x]\nb: [*a, *a]\nkind: fake\n", b"kind: fake\0arch: s390x\n", b"kind: \xff\xfe\n",
                                  b"[" * 5000, b"kind: fake\n---\nkind: fake\n", b"- kind\n", b"kind: fake\nkind: ssh\n",
                                  b"x: &x [" + b"*x," * 9 + b"]\n", b"\t", b"{", b"kind: !!python/object:os.system x\n"],
                         ids=lambda value: repr(value[:16]))
def test_hostile_files_are_refused_with_their_name(lab, text):
    path = lab.folder / "targets" / "bad.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    done = lab.labctl("check", status=3)
    assert "targets/bad.yaml" in done.err and "Traceback" not in done.err
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", done.err)


def test_a_huge_file_is_refused_at_once(lab):
    path = lab.folder / "targets" / "huge.yaml"
    path.parent.mkdir(exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(100 << 20)
    assert "targets/huge.yaml" in lab.labctl("check", status=3).err


def test_describe_explains_every_file_and_every_key(lab):
    lab.target("one")
    names = lab.labctl("describe").out.rsplit("explains what may stand in a file:", 1)[1].split()
    assert {"lab", "target", "runtime", "package", "suite", "cause"} <= set(names)
    for name in names:
        text = lab.labctl("describe", name).out
        assert len(text) > 100
    assert "known_failures" in lab.labctl("describe", "package").out
    assert "system_packages" in lab.labctl("describe", "target").out


def test_describe_says_which_settings_are_in_force(lab):
    lab.settings(tier="full", fresh_for="3d")
    lab.target("one")
    text = lab.labctl("describe").out
    assert "tier: full" in text and "fresh_for: 3d" in text


def test_doctor(lab):
    lab.target("one")
    done = lab.labctl("doctor")
    assert "this machine" in done.out and "one (fake)" in done.out and done.out.endswith("0 problems, 0 notes\n")
    lab.target("far", open_error="no route")
    done = lab.labctl("doctor", status=1)
    assert re.search(r"PROBLEM +no route\n +remove open_error", done.out) and done.out.endswith("1 problem, 0 notes\n")
    assert "no route" not in lab.labctl("doctor", "one").out
    lab.labctl("doctor", "oen", status=2)


def test_doctor_finds_a_folder_that_cannot_be_written(lab, tmp_path):
    lab.target("one")
    (tmp_path / "file").write_text("")
    done = lab.labctl("doctor", "--cache", tmp_path / "file" / "cache", status=1)
    assert "cannot be written" in done.out


def test_targets_are_listed_and_shown(lab):
    lab.target("one", title="The first", tags=["a", "b"])
    lines = lab.labctl("target", "list").out.splitlines()
    assert lines[1].split() == ["one", "fake", "s390x", "a,b", "The", "first"]
    text = lab.labctl("target", "show", "one").out
    assert text.startswith("one, written in %s/targets/one.yaml\n" % lab.folder) and "arch: s390x" in text


def test_probe_shows_facts_and_tells_who_is_away(lab):
    lab.target("one")
    lab.target("far", open_error="no route")
    done = lab.labctl("target", "probe", status=4)
    assert re.search(r"^one\n  arch +s390x$", done.out, re.M) and "no route" not in done.out
    assert done.err.count("no route") == 1 and "far" in done.err
    assert lab.labctl("target", "probe", "one").err == ""


def test_run_side_by_side_with_names_in_front(lab):
    lab.target("one", {"match": "uname", "output": "first\nsecond\n"})
    lab.target("two", {"match": "uname", "output": "third\n"})
    out = lab.labctl("target", "run", "one,two", "--", "uname").out
    assert sorted(out.splitlines()) == ["one: first", "one: second", "two: third"]
    assert lab.labctl("target", "run", "one", "--", "uname", "-a").out == "first\nsecond\n"


def test_run_tells_failures_apart(lab):
    lab.target("one", {"match": "fails", "exit_status": 3}, {"match": "hangs", "silent": True}, {"match": "dies", "die": True})
    done = lab.labctl("target", "run", "one", "--", "fails", status=1)
    assert done.out == "" and "one: exit status 3" in done.err
    lab.labctl("target", "run", "one", "--limit", "1s", "--", "hangs", status=6)
    lab.labctl("target", "run", "one", "--", "dies", status=4)


def test_up_answers_and_stays_until_down(lab):
    lab.target("one")
    begun = time.monotonic()
    done = lab.labctl("target", "up", "one")
    assert done.out.startswith("one is up: ") and "labctl target down one" in done.out
    assert "is up already" in lab.labctl("target", "up", "one", status=2).err
    assert len(lab.processes()) == 1
    assert lab.labctl("target", "down", "one").out == "one is down\n"
    lab.assert_no_process()
    assert lab.labctl("target", "down", "one").out == "one is not up\n"


def test_up_of_a_target_that_is_away(lab):
    lab.target("far", open_error="no route")
    assert "no route" in lab.labctl("target", "up", "far", status=4).err
    assert lab.labctl("target", "down", "far").out == "far is not up\n"


def test_the_cache_is_listed_and_pruned(lab):
    lab.target("one")
    assert "0 items" in lab.labctl("cache", "list").out
    assert "freed" in lab.labctl("cache", "prune", "--limit", "1G").out
    assert "freed" in lab.labctl("cache", "prune", "--all").out


def test_nothing_is_written_but_results_and_cache(lab, tmp_path):
    lab.package("numpy")
    lab.target("one")
    before = sorted(str(path) for path in lab.folder.rglob("*"))
    for words in (["matrix"], ["show", "numpy"], ["runs"], ["check"], ["doctor"], ["describe"], ["target", "probe"]):
        lab.labctl(*words)
    assert sorted(str(path) for path in lab.folder.rglob("*")) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"lab", "results", "cache", "home", "tmp"}
    assert not list((tmp_path / "home").iterdir()) and not list((tmp_path / "tmp").iterdir())
