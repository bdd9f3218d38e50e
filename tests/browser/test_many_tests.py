"""A report of 200,000 tests: the first picture waits for none of their names, and a search is done before the next key."""
import pytest
import report_lab
from conftest import Page, Server

PACKAGES, TESTS_EACH = 10, 20000


@pytest.fixture(scope="module")
def many(tmp_path_factory, driver):
    names = ["pack%02d" % i for i in range(PACKAGES)]
    lab = report_lab.ReportLab(tmp_path_factory.mktemp("many"), {name: ["full"] for name in names}, targets=report_lab.TARGETS[:2])
    bad = {i: ("failed", "assert %d == 0" % i) for i in range(100, 120)}
    lab.night([lab.test_cell(where, "cpython", name, "full", report_lab.tests_of(name, TESTS_EACH, bad)) for where in lab.targets for name in names])
    lab.labctl("report", "-o", lab.results.parent / "site", "--single-file", lab.results.parent / "one.html")
    server = Server(lab.results.parent / "site")
    yield Page(driver, server.url), Page(driver, "file://%s/one.html" % lab.results.parent)
    server.close()


@pytest.mark.parametrize("which", [0, 1], ids=["folder", "one-file"])
def test_the_first_picture_comes_before_the_names(many, which):
    page = many[which].open()
    page.wait_for_tests()
    painted = page.script("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = page.script("return performance.getEntriesByName('labctl-suites-ready')[0].startTime")
    matrix = page.script("return performance.getEntriesByName('labctl-first-picture')[0].startTime")
    assert painted < ready and matrix < ready
    if which == 0:
        # No piece but the summary is asked for before the first page is made.
        first = page.script("return performance.getEntriesByType('resource').filter((r) => r.name.includes('/data/')).map((r) => [r.name, r.startTime])")
        assert [name.rsplit("/", 1)[1] for name, start in first if start < matrix] == ["summary.js"]
        assert len([name for name, _ in first if "names-" in name]) == PACKAGES
    page.complaints()


def test_all_of_them_are_searched(many):
    page = many[0].open("#/tests")
    page.wait(lambda: page.texts(".told")[0] == "200,000 of 200,000 tests")
    assert len(page.all(".test-row")) < 60  # of a long list only what is in sight
    page.script("const q = document.getElementById('query'); q.value = 'pack07 test_reads_19996'; q.dispatchEvent(new Event('input'))")
    assert page.texts(".told")[0].startswith("1 of ")
    page.script("const s = document.querySelector('select[name=verdict]'); s.value = 'bad'; s.dispatchEvent(new Event('change'))")
    assert page.texts(".told")[0].startswith("0 of ")
    page.script("const q = document.getElementById('query'); q.value = ''; q.dispatchEvent(new Event('input'))")
    assert page.texts(".told")[0].startswith("200 of ")


def test_the_end_of_the_list_can_be_reached(many):
    page = many[0].open("#/tests")
    page.wait(lambda: page.texts(".told")[0] == "200,000 of 200,000 tests")
    page.script("const b = document.querySelector('.long'); b.scrollTop = b.scrollHeight")
    page.wait(lambda: page.script("return [...document.querySelectorAll('.test-row')].some((r) => r.getAttribute('aria-posinset') === '200000')"))
