"""The report as people and their programs use it."""
import re

import pytest
import report_lab
from conftest import Page
from selenium.webdriver.common.keys import Keys


def test_the_first_page_tells_what_there_is(page):
    page.open()
    text = page.text()
    for part in ("Lab of the night", "What changed", "Compatibility", "Speed", "Findings", "Targets", "held against run 2", "byte order", "unavailable"):
        assert part in text
    # A sign, a word and a number in each cell: no colour stands alone.
    cells = page.script("""return [...document.querySelectorAll('#part-matrix td.mx a')].map((a) => [a.querySelectorAll('svg.icon').length, a.innerText])""")
    assert len(cells) == 36 and all(icons >= 1 and re.search("[a-z]", text) for icons, text in cells)
    assert not page.complaints()


def test_newly_failing_stands_out(page):
    page.open()
    labels = page.script("return [...document.querySelectorAll('#part-matrix td.mx a')].map((a) => a.getAttribute('aria-label'))")
    newly = [label for label in labels if "newly" in label]
    assert sorted(label.split(":")[0] for label in newly) == [
        "arm64/cpython/pandas", "arm64/pypy/pandas", "ppc64el/pypy/sympy", "s390x/cpython/pandas", "s390x/pypy/pandas"]


def test_what_changed_comes_first_and_leads_to_the_tests(page):
    page.open()
    assert page.script("return document.querySelector('main section').id") == "part-changes"
    badges = page.texts("#part-changes .sentence .badge")
    assert badges[:3] == ["1 newly crashed", "1 newly failing", "1 fixed"]
    page.one("#part-changes a.finding-link").click()
    page.wait(lambda: page.place().startswith("#/change/"))
    row = page.texts("tbody tr")[0]
    assert row.startswith(report_lab.names_of("sympy", 90)[5]) and "ppc64el/pypy/sympy:smoke" in row and row.endswith("passedcrashed")
    page.one("tbody th a").click()
    page.wait(lambda: page.all("details.test[open] pre.message"))
    assert not page.complaints()


def test_a_cell_tells_its_past(page):
    page.open("#/cell/s390x/cpython/pandas:smoke")
    page.wait(lambda: page.all(".chart circle.point"))
    assert len(page.all(".chart circle.point")) == 3 and "Bad tests over the runs" in page.text()
    assert "labctl history pandas --target s390x --runtime cpython" in page.texts(".command code")
    page.open("#/cell/amd64/pypy/nbody:speed")
    page.wait(lambda: len(page.all(".chart circle.point")) == 3)


def test_a_cell_opens_with_tests_by_cause_message_and_command(page):
    page.open()
    page.one("#part-matrix a[aria-label^='s390x/cpython/numpy:smoke']").click()
    page.wait(lambda: page.all("details.cause"))
    assert page.place() == "#/cell/s390x/cpython/numpy:smoke"
    assert "The code takes the machine for a little-endian one." in page.text()
    page.all("details.test summary")[0].click()
    page.wait(lambda: page.all("pre.message"))
    assert "16777216" in page.texts("pre.message")[0] and "<b>not bold</b>" in page.texts("pre.message")[0]
    assert any(text.startswith("labctl repro s390x/cpython/numpy:smoke numpy/tests/") or text.startswith("labctl repro s390x/cpython/numpy:smoke 'numpy/tests/")
               for text in page.texts(".command code"))
    assert not page.complaints()


def test_raw_output_comes_when_it_is_asked_for_and_is_cut(page):
    page.open("#/cell/s390x/cpython/numpy:smoke")
    page.one(".steps details summary").click()
    page.wait(lambda: page.texts("pre.log") and "last line" in page.texts("pre.log")[0])
    log = page.texts("pre.log")[0]
    assert log.endswith("last line \\x1b[31mred\n") and "first line" not in log and len(log) < 70000
    assert "before that are left out here" in page.text()


def test_a_benchmark_opens_with_curves_class_and_memory(page):
    page.open("#/cell/amd64/pypy/nbody:speed")
    page.wait(lambda: len(page.all(".chart path.line")) >= 9)  # eight processes and the baseline
    text = page.text()
    for part in ("warm-up", "Memory", "Does it grow?", "faster", "as fast as cpython", "labctl bench nbody --target amd64 --fresh"):
        assert part in text
    assert len(page.all("table.numbers tbody tr")) == 8
    assert not page.complaints()


def test_search_finds_while_one_types(page):
    page.open()
    page.wait_for_tests()
    page.keys("/")
    page.keys(*"pandas test_ufunc 200")
    page.wait(lambda: page.all(".told") and page.texts(".told")[0].startswith("1 of "))
    assert page.texts(".test-row .test-name") == [report_lab.names_of("pandas", 300)[200]]
    assert page.place() == "#/tests?q=pandas test_ufunc 200"


@pytest.mark.parametrize("filters, found", [
    ("verdict=crashed", 1), ("verdict=bad&package=pandas", 1), ("cause=byte order", 7), ("verdict=failed&target=s390x&package=numpy", 7),
    ("verdict=failed&target=amd64&package=numpy", 0), ("package=numpy", 400), ("verdict=skipped&package=sympy", 1), ("cause=none&package=pandas", 1)])
def test_filters(page, filters, found):
    page.open("#/tests?" + filters.replace(" ", "%20"))
    page.wait(lambda: re.match(r"[\d,]+ of", page.texts(".told")[0]))
    assert page.texts(".told")[0].startswith("%d of " % found)


def test_choosing_a_filter_changes_list_and_link(page):
    page.open("#/tests")
    page.wait(lambda: re.match(r"[\d,]+ of", page.texts(".told")[0]))
    page.script("const s = document.querySelector('select[name=verdict]'); s.value = 'crashed'; s.dispatchEvent(new Event('change'))")
    assert page.texts(".told")[0].startswith("1 of ") and page.place() == "#/tests?verdict=crashed"


def test_a_link_to_a_test_opens_it(page):
    name = report_lab.names_of("numpy", 400)[9]
    page.open("#/cell/s390x/cpython/numpy:smoke?test=" + name)
    page.wait(lambda: page.all("details.test[open] pre.message"))
    assert page.script("return document.querySelector('details.test[open]').dataset.test") == name
    assert page.script("const b = document.querySelector('details.test[open]').getBoundingClientRect(); return b.top >= 0 && b.top < innerHeight")


def test_a_link_to_a_test_that_passes_tells_so(page):
    page.open("#/cell/amd64/cpython/numpy:smoke?test=" + report_lab.names_of("numpy", 400)[9])
    page.wait(lambda: "passed" in (page.texts("p.aimed") or [""])[0])


def test_a_test_in_all_its_cells(page):
    page.open("#/test/pandas:smoke?name=" + report_lab.names_of("pandas", 300)[200])
    page.wait(lambda: len(page.all("tbody tr")) == 8)
    page.wait(lambda: page.text().count("ValueError: read-only") == 4)
    assert "bad in 4 of 8 cells" in page.text()


def test_every_finding_has_a_page_of_its_own(page):
    page.open()
    places = page.script("return [...document.querySelectorAll('#part-findings a.finding-link')].map((a) => a.hash)")
    assert len(places) >= 4 and len(set(places)) == len(places)
    for place in places:
        page.open(place)
        page.wait(lambda: page.all(".plain-list code"))
        assert "labctl repro" in page.text()
    assert not page.complaints()


def test_links_stay_from_night_to_night(lab, page, tmp_path):
    page.open()
    script = "return [...document.querySelectorAll('#part-findings a.finding-link')].map((a) => a.hash)"
    now = page.script(script)
    lab.labctl("report", "latest~1", "-o", tmp_path / "before")
    page.driver.get("file://%s/before/index.html" % tmp_path)
    page.wait(lambda: page.all("h1"))
    before = page.script(script)
    assert set(now) & set(before) and set(now) - set(before) and set(before) - set(now)


def test_with_the_keyboard_alone(page):
    page.open()
    page.wait_for_tests()
    # Into the matrix and across it.
    for _ in range(60):
        page.keys(Keys.TAB)
        if "amd64/cpython/hostile:smoke" in page.focused():
            break
    page.keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert page.focused().startswith("amd64/pypy/numpy:smoke")
    page.keys(Keys.ARROW_LEFT)
    assert page.focused().startswith("amd64/cpython/numpy:smoke")
    page.keys(Keys.ENTER)
    page.wait(lambda: page.place() == "#/cell/amd64/cpython/numpy:smoke")
    assert page.focused().startswith("amd64/cpython/numpy:smoke")  # the heading: a screen reader begins there
    page.keys(Keys.ESCAPE)
    page.wait(lambda: page.all("#part-matrix"))
    # From the search into the list, to a test, and back.
    page.keys("/")
    page.keys(*"crashes sympy"[8:])
    page.wait(lambda: page.all(".told") and page.texts(".told")[0].startswith("90 of "))
    page.keys(Keys.ARROW_DOWN)
    page.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.END, Keys.HOME)
    page.keys(Keys.ENTER)
    page.wait(lambda: page.place().startswith("#/test/sympy:smoke?name=sympy/tests/"))
    page.wait(lambda: "Segmentation fault" in page.text())
    page.keys("g", "s")
    page.wait(lambda: page.place() == "#/speed")
    page.keys("?")
    page.wait(lambda: page.all("dialog[open]"))
    page.keys(Keys.ESCAPE)
    page.wait(lambda: not page.all("dialog[open]"))
    assert not page.complaints()


def test_screen_readers_are_told(page):
    page.open()
    assert page.script("return document.documentElement.lang") == "en"
    assert page.script("return [...document.querySelectorAll('table')].every((t) => t.caption && t.caption.textContent)")
    assert page.script("return [...document.querySelectorAll('table th')].every((t) => t.scope)")
    assert page.script("return [...document.querySelectorAll('svg')].every((s) => s.getAttribute('aria-hidden') === 'true' || s.getAttribute('aria-label'))")
    assert page.script("return [...document.querySelectorAll('button, input, select')].every((b) => b.getAttribute('aria-label') || b.textContent)")
    heads = page.script("return [...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))")
    assert heads[0] == 1 and all(b - a <= 1 for a, b in zip(heads, heads[1:]))


VISIT = ("", "#/tests?verdict=bad", "#/cell/amd64/pypy/nbody:speed", "#/cell/s390x/cpython/numpy:smoke", "#/cell/amd64/cpython/hostile:smoke",
         "#/test/pandas:smoke?name=x", "#/nothing", "#/cell/no/such/cell:x", "#/finding/0")


def visit_all(page):
    for place in VISIT:
        page.open(place)
        page.wait_for_tests()
    return page.requests(), page.complaints()


def test_no_request_leaves_the_page_from_a_server(page, served):
    requests, complaints = visit_all(page)
    assert requests and all(url.startswith(served.url) for url in requests)
    assert not complaints
    assert not any("favicon" in url for url in requests)


def test_no_request_leaves_the_page_from_a_folder(driver, lab, page):
    folder = "file://%s/site/" % lab.results.parent
    requests, complaints = visit_all(Page(driver, folder + "index.html"))
    assert requests and all(url.startswith(folder) for url in requests)
    assert not complaints


def test_one_file_asks_for_nothing_at_all(driver, lab, page):
    alone = Page(driver, "file://%s/one.html" % lab.results.parent)
    requests, complaints = visit_all(alone)
    assert {url.split("#")[0] for url in requests if not url.startswith("data:")} == {alone.base}
    assert not complaints
    alone.open("#/cell/amd64/pypy/nbody:speed")
    alone.wait(lambda: len(alone.all(".chart path.line")) >= 9)
    # The policy lets nothing in that is not named by its hash.
    alone.script("const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"'; document.head.append(s)")
    assert alone.driver.title != "owned" and any("Content Security Policy" in text for text in alone.complaints())


def test_a_page_without_scripts_of_others_blocks_what_is_put_in(page):
    page.open()
    page.script("const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"'; document.head.append(s)")
    assert page.driver.title != "owned"


@pytest.mark.parametrize("place", ["#/cell/amd64/cpython/hostile:smoke", "#/tests?package=hostile", ""])
def test_hostile_names_are_text(page, place):
    page.open(place)
    page.wait_for_tests()
    if "cell" in place:
        page.wait(lambda: len(page.all("details.test")) == len(report_lab.HOSTILE))
        for summary in page.all("details.test summary"):
            summary.click()
        page.wait(lambda: len(page.all("details.test pre.message")) == len(report_lab.HOSTILE))
    elif "tests" in place:
        page.wait(lambda: len(page.all(".test-row")) == len(report_lab.HOSTILE))
    assert "owned" not in page.driver.title
    assert not page.all("main img") and not page.all("main script") and not page.all("main b b") and not page.all("a[href^='javascript']")
    text = page.script("return document.body.textContent + [...document.querySelectorAll('[title], [aria-label]')].map((e) => e.title + e.getAttribute('aria-label')).join()")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    if place:
        for part in ("<img src=x onerror=", "</script><script>", "\\x1b[2J\\x1b[31mred\\x07", "\\u{202e}gnp.exe\\u{2066} reversed", "two\\x0alines\\x09and a tab"):
            assert part in text
    assert page.script("return document.documentElement.scrollWidth <= innerWidth")
    assert not page.complaints()


def test_a_command_for_a_hostile_name_does_nothing_else(page):
    page.open("#/cell/amd64/cpython/hostile:smoke")
    page.wait(lambda: page.all("details.test"))
    for summary in page.all("details.test summary"):
        summary.click()
    page.wait(lambda: len(page.all("details.test .command")) == len(report_lab.HOSTILE))
    commands = page.texts("details.test .command code")
    assert "labctl repro amd64/cpython/hostile:smoke $'\\x1b[2J\\x1b[31mred\\x07'" in commands
    assert "labctl repro amd64/cpython/hostile:smoke ''\\''; rm -rf ~; echo '\\'''" in commands


def test_a_name_of_a_million_characters(lab, driver, page, tmp_path):
    name = "start " + "y" * (1 << 20)
    junit = "<testsuites><testsuite name='s'><testcase name='%s'><failure message='no'/></testcase></testsuite></testsuites>" % name
    (tmp_path / "long.xml").write_text(junit)
    lab.labctl("--results", tmp_path / "results", "import", tmp_path / "long.xml", "--package", "scipy", "--target", "amd64", "--runtime", "cpython", "--tier", "smoke", status=None)
    lab.labctl("--results", tmp_path / "results", "report", "-o", tmp_path / "site")
    far = Page(driver, "file://%s/site/index.html" % tmp_path).open("#/cell/amd64/cpython/scipy:smoke")
    far.wait(lambda: far.all("details.test"))
    assert "start yyyy" in far.text() and "characters)" in far.text()
    assert far.script("return document.documentElement.scrollWidth <= innerWidth")
    assert not far.complaints()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["", "#/tests", "#/cell/amd64/pypy/nbody:speed", "#/cell/s390x/cpython/numpy:smoke"])
def test_it_fits_the_window_in_both_schemes(page, width, scheme, place):
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 600})
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    try:
        page.open(place)
        assert page.script("return document.documentElement.scrollWidth") <= width
        ground = [int(part) for part in re.findall(r"\d+", page.script("return getComputedStyle(document.body).backgroundColor"))[:3]]
        assert (sum(ground) > 600) == (scheme == "light")
        if place == "" and width == 390:
            # Names of rows stay in sight while the matrix is moved.
            assert page.script("const w = document.querySelector('.wide'); w.scrollLeft = 200; return document.querySelector('tbody th').getBoundingClientRect().left < 40")
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_it_prints(page):
    page.open()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert page.script("return getComputedStyle(document.querySelector('.bar')).display") == "none"
        assert page.script("return getComputedStyle(document.querySelector('.wide')).overflow") == "visible"
        page.script("dispatchEvent(new Event('beforeprint'))")
        assert page.script("return [...document.querySelectorAll('main details')].every((d) => d.open)")
    finally:
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert page.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"]
