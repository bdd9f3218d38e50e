"""A disk image from a URL: fetched once, proved by its hash, and clear words when it cannot be had."""
import hashlib
import http.server
import os
import subprocess
import threading

import pytest

DISK = os.urandom(3 << 20)
TARGET = "kind: qemu\narch: amd64\nimage:\n  url: %s\n  sha256: %s\n  disk_bytes: 1 GiB\n"


class Server(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        known = self.path == "/disk.img"
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(DISK) if known else 0))
        self.end_headers()
        if known:
            self.wfile.write(DISK)

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    with Server() as served:
        yield served
        served.shutdown()


def build(folder, server, path="/disk.img", sha256=hashlib.sha256(DISK).hexdigest()):
    os.makedirs(str(folder / "targets"), exist_ok=True)
    (folder / "lab.yaml").write_text("shipped: false\n")
    (folder / "targets" / "theirs.yaml").write_text(TARGET % ("http://127.0.0.1:%d%s" % (server.server_address[1], path), sha256))
    environment = dict(os.environ, LABCTL_LAB=str(folder), LABCTL_CACHE=str(folder / "cache"), LABCTL_RESULTS=str(folder / "results"),
                       LABCTL_DATA=os.environ["LABCTL_SOURCE"], no_proxy="127.0.0.1", NO_PROXY="127.0.0.1")
    done = subprocess.run([os.environ["LABCTL"], "target", "build", "theirs"], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=120)
    return done.returncode, done.stderr


def kept(folder):
    images = folder / "cache" / "layers" / "image"
    return sorted(path.name for path in images.iterdir()) if images.is_dir() else []


def test_it_is_fetched_once(tmp_path, server):
    for _ in range(2):
        status, said = build(tmp_path, server)
        assert status == 0, said
    assert server.asked == ["/disk.img"]
    disk = tmp_path / "cache" / "layers" / "image" / kept(tmp_path)[0] / "disk"
    assert disk.read_bytes() == DISK


def test_other_bytes_than_meant_are_refused(tmp_path, server):
    status, said = build(tmp_path, server, sha256="0" * 64)
    assert status == 6 and hashlib.sha256(DISK).hexdigest() in said and "0" * 64 in said, said
    assert not kept(tmp_path)


def test_what_is_not_there_is_told(tmp_path, server):
    status, said = build(tmp_path, server, path="/other.img")
    assert status == 6 and "404" in said and "/other.img" in said, said
    assert not kept(tmp_path)


def test_nobody_who_answers_is_told(tmp_path, server):
    server.shutdown()
    server.server_close()
    status, said = build(tmp_path, server)
    assert status == 6 and "cannot fetch http://127.0.0.1" in said, said
    assert not kept(tmp_path)
