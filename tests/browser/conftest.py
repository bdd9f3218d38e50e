"""Chromium on reports of made-up labs: from a web server with a strict policy, from the folder, and as one file."""
import http.server
import json
import os
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

sys.path.insert(0, str(Path(os.environ["LABCTL_SOURCE"]) / "tests" / "support"))
import report_lab  # noqa: E402

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
WAIT_SECONDS = 60


class Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_):
        pass


class Server:
    """Serves a folder on this machine alone."""

    def __init__(self, folder):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.url = "http://127.0.0.1:%d/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Page:
    """A browser on one report."""

    def __init__(self, driver, base):
        self.driver, self.base = driver, base

    def open(self, place=""):
        self.driver.get("about:blank")
        self.driver.get(self.base + place)
        self.wait(lambda: self.script("return document.querySelector('h1') !== null"))
        return self

    def wait(self, condition, what="it does not come about"):
        return WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.05).until(lambda _: condition(), what)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.wait(lambda: (self.all(selector) or [None])[0], "there is no %s" % selector)

    def texts(self, selector):
        return self.script("return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)", selector)

    def text(self):
        return self.script("return document.body.innerText")

    def place(self):
        return self.script("return decodeURIComponent(location.hash)")

    def keys(self, *keys):
        """To whatever has the focus, as from a keyboard."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def focused(self):
        return self.script("const e = document.activeElement; return e.getAttribute('aria-label') ?? e.textContent")

    def wait_for_tests(self):
        self.wait(lambda: self.script("return performance.getEntriesByName('labctl-suites-ready').length > 0"))

    # What the browser says of it.

    def complaints(self):
        """Errors and violations of a policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Every address that was asked for since the last time."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return [url for url in found if url != "about:blank"]


@pytest.fixture(scope="session")
def driver():
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1440,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    made.set_page_load_timeout(WAIT_SECONDS)
    yield made
    made.quit()


def fill(lab):
    """Three nights: pandas breaks on two targets in the last one, scipy is mended, sympy takes pypy down."""
    for night in range(3):
        lab.night([cell for where in lab.targets for runtime in report_lab.RUNTIMES for cell in cells_of(lab, where, runtime, night)])


def cells_of(lab, where, runtime, night):
    target = where[0]
    message = "AssertionError: byte order\n ACTUAL: 16777216\n DESIRED: 1\n<b>not bold</b>"
    if runtime == "pypy":
        yield lab.test_cell(where, runtime, "numpy", "smoke", [], verdict="unavailable", reason="no package index reachable")
    else:
        yield lab.test_cell(where, runtime, "numpy", "smoke", report_lab.tests_of(
            "numpy", 400, {i: ("failed", message) for i in range(3, 10)} if target == "s390x" else {}), log=b"first line\n" + b"and on\n" * 30000 + b"last line \x1b[31mred\n")
    bad = {200: ("failed", "ValueError: read-only")} if night == 2 and target in ("arm64", "s390x") else {}
    yield lab.test_cell(where, runtime, "pandas", "smoke", report_lab.tests_of("pandas", 300, bad))
    yield lab.test_cell(where, runtime, "scipy", "smoke", report_lab.tests_of("scipy", 60, {7: ("failed", "assert 3 == 4")} if night < 2 and target == "amd64" else {}))
    crash = {5: ("crashed", "Fatal Python error: Segmentation fault")} if night == 2 and runtime == "pypy" and target == "ppc64el" else {}
    yield lab.test_cell(where, runtime, "sympy", "smoke", report_lab.tests_of("sympy", 90, crash))
    if runtime == "cpython":
        yield lab.test_cell(where, runtime, "hostile", "smoke", [{"name": name, "verdict": "failed", "detail": "<script>document.title='owned'</script>\x1b[31m" + name[:100]}
                                                                for name in report_lab.HOSTILE])
    for number, name in enumerate(lab.benchmarks):
        yield lab.bench_cell(where, runtime, name, (0.02 if runtime == "cpython" else 0.0025 * (4 ** number)), night)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    made = report_lab.ReportLab(tmp_path_factory.mktemp("report"), {name: ["smoke"] for name in ("numpy", "pandas", "scipy", "sympy", "hostile")}, ["nbody", "richards"])
    fill(made)
    made.labctl("report", "-o", made.results.parent / "site", "--single-file", made.results.parent / "one.html")
    return made


@pytest.fixture(scope="session")
def served(lab):
    server = Server(lab.results.parent / "site")
    yield server
    server.close()


@pytest.fixture
def page(driver, served):
    driver.get_log("browser"), driver.get_log("performance")
    return Page(driver, served.url)
