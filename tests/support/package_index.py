"""Source archives of the packages in tests/data/packages, and a package index (PEP 503) on loopback for them."""
import contextlib
import gzip
import html
import http.server
import io
import os
import tarfile
import threading

PACKAGES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "packages")
METADATA = "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: made in a test of labctl\n"


def source_files(name, version):
    """(path below the package's folder, content) of each file, with the version filled in."""
    top = os.path.join(PACKAGES, name)
    yield "PKG-INFO", METADATA % (name, version)
    for parent, folders, files in sorted(os.walk(top)):
        for file in sorted(files):
            if "__pycache__" in parent:
                continue
            path = os.path.join(parent, file)
            with open(path) as source:
                yield os.path.relpath(path, top), source.read().replace("@VERSION@", version)


def make_archive(name, version, folder):
    """NAME-VERSION.tar.gz in folder: the same bytes each time, so that caches recognize it."""
    top = "%s-%s" % (name, version)
    path = os.path.join(str(folder), top + ".tar.gz")
    with open(path, "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed, \
            tarfile.open(fileobj=packed, mode="w") as archive:
        for relative, text in source_files(name, version):
            entry = tarfile.TarInfo("%s/%s" % (top, relative))
            content = text.encode()
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return path


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        words = [word for word in self.path.split("/") if word]
        if words[:1] == ["simple"] and len(words) <= 2:
            self.answer_simple(words[1:])
        elif words[:1] == ["files"] and len(words) == 2:
            self.answer_file(words[1])
        else:
            self.answer(404, "text/plain", b"no such page\n")

    do_HEAD = do_GET

    def answer(self, status, kind, content):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def answer_simple(self, project):
        files = sorted(file for file in os.listdir(self.server.folder) if file.endswith(".tar.gz"))
        if project:
            links = ["/files/" + file for file in files if file.rsplit("-", 1)[0] == project[0]]
            if not links:
                self.answer(404, "text/plain", b"no such project\n")
                return
        else:
            links = ["/simple/%s/" % name for name in sorted({file.rsplit("-", 1)[0] for file in files})]
        anchors = "".join('<a href="%s">%s</a>\n' % (html.escape(link), html.escape(link.strip("/").rsplit("/", 1)[-1]))
                          for link in links)
        self.answer(200, "text/html", ("<!DOCTYPE html><html><body>\n%s</body></html>\n" % anchors).encode())

    def answer_file(self, name):
        path = os.path.join(self.server.folder, name)
        if name not in os.listdir(self.server.folder):
            self.answer(404, "text/plain", b"no such file\n")
            return
        with open(path, "rb") as content:
            self.answer(200, "application/gzip", content.read())

    def log_message(self, *ignored):
        pass


class Index:
    def __init__(self, server):
        self.server = server
        self.port = server.server_address[1]
        self.url = "http://127.0.0.1:%d/simple/" % self.port

    def asked_for(self, text):
        return [path for path in self.server.asked if text in path]


@contextlib.contextmanager
def serve(folder):
    """An index of the archives in folder, as long as the block lasts. Nobody but this machine can reach it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.folder, server.asked = str(folder), []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Index(server)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
