"""What happens at the end of a suite: who is told, and what is pruned."""
import http.server
import json
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from conftest import FAILED, SOURCE

SECRET = "s3cr3t-t0ken"


@pytest.fixture
def one(lab):
    lab.package("a")
    lab.target("one")
    return lab


def suite(lab, **more):
    lab.put("recipes/suites/night.yaml", dict({"packages": ["all"]}, **more))


def everything_written(lab):
    """All that a run left in results and cache, but the lab itself."""
    for top in (lab.results, Path(lab.environment["LABCTL_CACHE"])):
        for path in top.rglob("*"):
            if path.is_file():
                yield path.read_bytes()


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, self.headers["Content-Type"], body))
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.posts, server.status, server.delay = [], 204, 0
    server.url = "http://127.0.0.1:%d/hook/%s?a=[1]&b=\"" % (server.server_port, SECRET)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


# ---- who is told ----

def test_a_command_gets_the_summary(one):
    heard = one.folder / "heard.json"
    suite(one, notify={"command": ["sh", "-c", "cat >\"$1\"", "tell", str(heard)]})
    told = one.labctl("run", "night", "--format", "json").json()
    assert json.loads(heard.read_text()) == told and told["format"] == "labctl-night"
    heard.unlink()
    one.labctl("run", "night", "--fresh", "--no-notify")
    assert not heard.exists()


def test_the_lab_names_whom_a_suite_does_not(one):
    heard, other = one.folder / "heard", one.folder / "other"
    one.settings(notify={"command": ["sh", "-c", "cat >%s" % heard]})
    suite(one)
    one.labctl("run", "night")
    assert heard.exists()
    heard.unlink()
    suite(one, notify={"command": ["sh", "-c", "cat >%s" % other]})
    one.labctl("run", "night")
    assert other.exists() and not heard.exists()


def test_only_of_findings(one):
    heard = one.folder / "heard"
    suite(one, notify={"command": ["sh", "-c", "cat >%s" % heard], "when": "findings"})
    one.labctl("run", "night")
    assert not heard.exists()
    one.target("one", {"match": "report", "output": FAILED})
    one.labctl("run", "night", status=1)
    assert json.loads(heard.read_text())["status_word"] == "findings"


def test_a_post_with_the_address_from_a_file(one, hook):
    (one.folder / "secret").write_text(hook.url + "\n")
    suite(one, notify={"url_file": "../../secret"})
    done = one.labctl("run", "night", "--format", "json")
    ((path, kind, body),) = hook.posts
    assert path == "/hook/%s?a=[1]&b=\"" % SECRET and kind == "application/json" and json.loads(body) == done.json()
    assert SECRET not in done.out + done.err
    assert not any(SECRET.encode() in written for written in everything_written(one))


def test_the_address_from_the_environment_is_in_no_arguments(one, hook, tmp_path):
    """A curl of ours looks at what it is given, then does as told."""
    seen = tmp_path / "seen"
    real = next(path for path in os.environ["PATH"].split(":") if os.access(path + "/curl", os.X_OK)) + "/curl"
    fake = tmp_path / "bin" / "curl"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\ntr '\\0' '\\n' </proc/$$/cmdline >%s\nexec %s \"$@\"\n" % (seen, real))
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    suite(one, notify={"url_env": "NIGHT_HOOK"})
    one.labctl("run", "night", environment={"NIGHT_HOOK": hook.url, "PATH": "%s:%s" % (fake.parent, os.environ["PATH"])})
    assert len(hook.posts) == 1
    assert "--config" in seen.read_text() and SECRET not in seen.read_text()


@pytest.mark.parametrize("notify, told", [
    ({"command": ["false"]}, "the command of notify: false: exit status 1"),
    ({"command": ["sh", "-c", "echo no mail today; exit 7"]}, "sh: exit status 7: no mail today"),
    ({"command": ["a-program-that-is-not-there"]}, "a-program-that-is-not-there"),
    ({"command": ["sleep", "60"], "limit": "1s"}, "sleep: timed out"),
    ({"url_env": "NOT_SET"}, "the environment variable NOT_SET is not set"),
    ({"url_file": "not-there"}, "not-there: cannot open it"),
])
def test_what_cannot_be_told_changes_no_result(one, notify, told):
    suite(one, notify=notify)
    begun = time.monotonic()
    done = one.labctl("run", "night")
    assert told in done.err and "100 %" in done.out and time.monotonic() - begun < 20


def test_a_hook_that_refuses_is_told_without_its_address(one, hook):
    hook.status = 403
    suite(one, notify={"url_env": "NIGHT_HOOK"})
    done = one.labctl("run", "night", environment={"NIGHT_HOOK": hook.url})
    assert "the result could not be posted: curl: exit status 22" in done.err and "403" in done.err
    assert SECRET not in done.out + done.err


def test_a_hook_that_hangs_is_given_up(one, hook):
    hook.delay = 30
    suite(one, notify={"url_env": "NIGHT_HOOK", "limit": "1s"})
    begun = time.monotonic()
    done = one.labctl("run", "night", environment={"NIGHT_HOOK": hook.url})
    assert time.monotonic() - begun < 15 and "could not be posted" in done.err


def test_no_other_kind_of_address(one):
    (one.folder / "secret").write_text("file:///etc/%s\n" % SECRET)
    suite(one, notify={"url_file": "../../secret"})
    done = one.labctl("run", "night")
    assert "does not begin with https:// or http://" in done.err and SECRET not in done.err


def test_the_schema_that_is_shipped_fits(one):
    """Every key of a summary is in the schema and the other way round."""
    schema = json.loads((SOURCE / "doc" / "labctl-night.schema.json").read_text())
    suite(one)
    told = one.labctl("run", "night", "--format", "json").json()
    assert set(told) <= set(schema["properties"]) and set(schema["required"]) <= set(told)
    assert set(told["packages"]) == set(schema["properties"]["packages"]["properties"])


# ---- what is pruned ----

def logs(lab):
    return sorted(lab.results.glob("runs/*/*/*/*.log.zst"))


def run_of(path):
    return path.parts[-4]


def make_older(lab, run_file, days):
    """As if that run had been so many days ago."""
    run = json.loads(run_file.read_text())
    for key in ("started_wall_ms", "ended_wall_ms"):
        run[key] -= days * 86400 * 1000
    run_file.write_text(json.dumps(run))


def test_old_raw_output_goes_and_nothing_else(one):
    one.labctl("matrix")
    one.labctl("matrix", "--fresh")
    old, new = one.run_files()
    make_older(one, old, 100)
    before = {path: path.read_bytes() for path in one.results.rglob("*") if path.is_file() and path.parts[-2].isdigit()}
    assert "would go" in one.labctl("prune", "--dry-run").out and len(logs(one)) == len([path for path in before if path.name.endswith(".log.zst")])
    out = one.labctl("prune").out
    assert "of 1 run removed" in out
    assert logs(one) and {run_of(path) for path in logs(one)} == {new.parent.name}
    for path, content in before.items():
        if not path.name.endswith(".log.zst"):
            assert path.read_bytes() == content
    note = json.loads((old.parent / "pruned.json").read_text())
    assert note["format"] == 1 and abs(note["pruned_wall_ms"] - time.time() * 1000) < 100000 and note["bytes"] > 0
    assert "of 0 runs removed" in one.labctl("prune").out


def test_a_pruned_record_is_shown_and_says_so(one):
    one.target("one", {"match": "report", "output": FAILED})
    one.labctl("matrix", status=1)
    shown = one.labctl("show", "one/cpython/a").out
    assert "raw output" not in shown
    make_older(one, one.run_files()[0], 100)
    one.labctl("prune")
    shown = one.labctl("show", "one/cpython/a").out
    assert "no such colour" in shown and "raw output" in shown and "was removed on 20" in shown
    assert one.labctl("show", "one/cpython/a", "--format", "json").json()["raw_pruned"].startswith("20")
    for words in (["--log", "tests"], ["--raw"]):
        done = one.labctl("show", "one/cpython/a", *words, status=2)
        assert "the raw output of the cell was removed on 20" in done.err


def test_a_rebuild_finds_every_verdict_of_pruned_records(one):
    one.target("one", {"match": "report", "output": FAILED})
    one.labctl("matrix", status=1)
    make_older(one, one.run_files()[0], 100)
    one.labctl("prune")
    before, done = one.matrix("--no-run", status=1)
    (one.results / "lab.sqlite").unlink()
    one.labctl("rebuild")
    after, done = one.matrix("--no-run", status=1)
    assert before == after
    assert "draws" in one.labctl("show", "one/cpython/a").out


def test_too_much_raw_output_goes_oldest_first_and_the_newest_stays(one):
    for _ in range(3):
        one.labctl("matrix", "--fresh")
    oldest, middle, newest = one.run_files()
    for days, run_file in ((3, oldest), (2, middle), (1, newest)):
        make_older(one, run_file, days)
    of_newest = sum(path.stat().st_blocks * 512 for path in logs(one) if run_of(path) == newest.parent.name)
    one.labctl("prune", "--raw-limit", str(2 * of_newest))
    assert {run_of(path) for path in logs(one)} == {middle.parent.name, newest.parent.name}
    one.labctl("prune", "--raw-limit", "1")
    assert {run_of(path) for path in logs(one)} == {newest.parent.name}


def test_a_run_at_work_is_passed_over(one):
    one.target("one", {"match": "report b", "output": FAILED, "delay": "60s"})
    one.package("b")
    process = one.start("matrix")
    while not logs(one) or len(one.records()) < 1:
        time.sleep(0.01)
    kept = logs(one)
    one.labctl("prune", "--raw-for", "1ms")
    assert set(kept) <= set(logs(one))
    one.stop_now(process)


def test_what_a_link_leads_to_is_left_alone(one):
    one.labctl("matrix")
    outside = one.folder / "outside" / "0123456789abcdef" / "1"
    outside.mkdir(parents=True)
    (outside / "tests.log.zst").write_bytes(b"x")
    (one.results / "runs" / "link").symlink_to(one.folder / "outside")
    (one.run_files()[0].parent / "0123456789abcdef").symlink_to(outside.parent)
    make_older(one, one.run_files()[0], 100)
    one.labctl("prune", "--raw-for", "1ms")
    assert (outside / "tests.log.zst").exists() and [path for path in logs(one) if "outside" not in str(path.resolve())] == []


def test_a_night_prunes_at_its_end(one):
    one.settings(retention={"raw_for": "30d"})
    suite(one, fresh_for="1ms")
    one.labctl("matrix")
    make_older(one, one.run_files()[0], 31)
    kept = one.labctl("run", "night", "--no-prune")
    assert "raw output" not in kept.err
    done = one.labctl("run", "night")
    assert "raw output: " in done.err and "of 1 run removed" in done.err
    assert one.run_files()[0].parent.name not in {run_of(path) for path in logs(one)}


def test_figures_of_benchmarks_stay(one):
    """bench.json.zst is a figure; a log beside it is not."""
    one.labctl("matrix")
    record = one.results / "runs" / one.records()[0][0] / one.records()[0][1] / "1"
    (record / "bench.json.zst").write_bytes(b"x")
    (record / "plan-1.json").write_bytes(b"x")
    make_older(one, one.run_files()[0], 100)
    one.labctl("prune")
    assert (record / "bench.json.zst").exists() and (record / "plan-1.json").exists() and (record / "tests.jsonl.zst").exists()
