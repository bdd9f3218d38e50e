/* Exact text of a small report in every format: a change here is a change that users and programs see. */
#include "reports.h"

#include <locale.h>

#include "base/json.h"
#include "render/render.h"

/* The smallest report that has something of everything. */
struct one_cell {
	struct outcome_set now;
	struct report report;
};

static void open_one_cell(struct one_cell *l)
{
	struct matrix_want want;
	struct matrix m;
	struct err e = ERR_INIT;
	char id[64];

	memset(l, 0, sizeof(*l));
	fake_test_count = 0;
	add_outcome_row(&l->now, 1, "s390x", "pypy", "numpy", VERDICT_FAILED, 999, 1);
	add_fake_test(1, "t::\033[2J<b>", VERDICT_FAILED, "byte order", NULL, "first line\nsecond \"line\"");
	want = want_cell("s390x", "pypy", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &l->now, NULL, &m);
	assert_ok(report_build(&m, &fake_source, &l->report, &e), e);
	l->report.made_wall_ms = INT64_C(1700000000000);
}

static void fill_page(struct cell_page *p, struct outcome_set *set, struct test_set *tests)
{
	static const struct fact_pair facts[] = { { "kernel", "6.1" },
						  { "package_version", "1.24\033[0m" },
						  { NULL, NULL } };
	struct outcome_row *row = add_outcome_row(set, 1, "s390x", "pypy", "numpy", VERDICT_FAILED, 999, 1);

	row->facts = facts;
	row->reason = "1 failed of 1000 tests";
	row->attempt = 2;
	test_set_start(tests);
	*test_set_add(tests) = (struct test_row){ .name = "t::good", .verdict = VERDICT_PASSED, .took_ns = 1000000 };
	*test_set_add(tests) = (struct test_row){ .name = "t::\033[2J<b>",
						  .verdict = VERDICT_FAILED,
						  .took_ns = INT64_C(14142135623),
						  .cause = "byte order",
						  .known = "the recipe says so",
						  .detail = "first\tline\nsecond" };
	*p = (struct cell_page){ "s390x/pypy/numpy:smoke", row, tests, "raw \033[1mtext\n", false };
}

static void close_one_cell(struct one_cell *l)
{
	report_free(&l->report);
	outcome_set_free(&l->now);
}

static const struct render_opts plain = { .program = "./labctl" };

static char *render(const char *format, const struct report *r, const struct render_opts *o)
{
	AUTO_STR s = { 0 };

	renderer_find(format)->render(r, o, &s);
	return str_take(&s);
}

static char *render_small_lab(const char *format, const struct render_opts *o)
{
	struct small_lab l;
	char *text;

	open_small_lab(&l);
	text = render(format, &l.report, o);
	close_small_lab(&l);
	return text;
}

/* clang-format off */
static const char terminal_text[] =
	"                amd64                     s390x ~\n"
	"       cpython  pypy            cpython                 pypy\n"
	"numpy    100 %      –1           99.9 % ✗4 (1 known) ▲    –1\n"
	"sympy    100 %  99.7 % ✗1 ☠1 ▲   broken                   –2\n"
	"~ emulated   ✗ failed   ☠ interpreter crashed   ▲ newly failing\n"
	"–1 no package index can be reached (2 cells)\n"
	"–2 the run was interrupted\n"
	"\n"
	"Cells without a full result\n"
	"  broken  s390x/cpython/sympy:smoke\n"
	"      cannot import sympy: \\x1b[31mno\\x1b[0m mpmath\n"
	"      see the log of step package\n"
	"\n"
	"Findings\n"
	"  sympy: segfault  1 test in 1 cell, crashed  ▲ new\n"
	"      core/test_rec.py::test_deep\n"
	"        | Fatal Python error\n"
	"      ./labctl show amd64/pypy/sympy:smoke --cause segfault\n"
	"  numpy: byte order  2 tests in 1 cell  ▲ new\n"
	"      core/test_io.py::test_\\x1b[2Jread\n"
	"      core/test_io.py::test_swap\n"
	"        | AssertionError: got 16777216\n"
	"        |   expected 1\n"
	"        | at test_io.py:12\n"
	"        | line 4\n"
	"      The code takes the machine for a little-endian one\n"
	"      ./labctl show s390x/cpython/numpy:smoke --cause 'byte order'\n"
	"  numpy: no rule explains it  1 test in 1 cell  ▲ new\n"
	"      core/test_x.py::test_odd\n"
	"        | ValueError: <odd> & \"quoted\"\n"
	"      ./labctl show s390x/cpython/numpy:smoke\n"
	"  sympy: no rule explains it  1 test in 1 cell\n"
	"      core/test_x.py::test_odd\n"
	"      ./labctl show amd64/pypy/sympy:smoke\n"
	"\n"
	"Known failures\n"
	"  numpy: precision  1 test in 1 cell\n"
	"      long double is IBM's\n"
	"      ./labctl show s390x/cpython/numpy:smoke --cause precision\n"
	"\n"
	"8 cells: 2 as expected, 3 with findings, 2 not available, 1 not run\n"
	"38,540 tests: 38,534 passed, 5 failed, 1 crashed (1 of the bad ones is known)\n";

static const char narrow_ascii_start[] =
	"                amd64\n"
	"       cpython  pypy\n"
	"numpy    100 %      -1\n"
	"sympy    100 %  99.7 % x1 !1 ^\n"
	"\n"
	"                 s390x ~\n"
	"       cpython                 pypy\n"
	"numpy   99.9 % x4 (1 known) ^    -1\n"
	"sympy   broken                   -2\n"
	"~ emulated   x failed   ! interpreter crashed   ^ newly failing\n"
	"-1 no package index can be reached (2 cells)\n"
	"-2 the run was interrupted\n";

static const char colour_start[] =
	"                \033[1mamd64\033[0m                     \033[1ms390x ~\033[0m\n"
	"       cpython  pypy            cpython                 pypy\n"
	"numpy  \033[32m  100 %\033[0m  \033[2m    –1\033[0m          \033[1;31m 99.9 % ✗4 (1 known) ▲\033[0m  \033[2m  –1\033[0m\n"
	"sympy  \033[32m  100 %\033[0m  \033[1;35m99.7 % ✗1 ☠1 ▲\033[0m  \033[1;31m broken\033[0m                 \033[2m  –2\033[0m\n";

static const char csv_text[] =
	"package,target,arch,runtime,tier,emulated,verdict,reason,pass_rate,passed,failed,crashed,timed_out,broken,skipped,known,newly_bad,expected,started,took_s,run,cell_id\n"
	"numpy,amd64,amd64,cpython,smoke,no,passed,,1.000000,18320,0,0,0,0,0,0,0,yes,2023-11-14T22:13:20Z,41.000,2,amd64-cpython-numpy\n"
	"numpy,amd64,amd64,pypy,smoke,no,unavailable,no package index can be reached,,0,0,0,0,0,0,0,0,yes,2023-11-14T22:13:20Z,41.000,1,amd64-pypy-numpy\n"
	"numpy,s390x,s390x,cpython,smoke,yes,failed,,0.999781,18316,4,0,0,0,0,1,3,no,2023-11-14T22:13:20Z,41.000,2,s390x-cpython-numpy\n"
	"numpy,s390x,s390x,pypy,smoke,yes,unavailable,no package index can be reached,,0,0,0,0,0,0,0,0,yes,2023-11-14T22:13:20Z,41.000,1,s390x-pypy-numpy\n"
	"sympy,amd64,amd64,cpython,smoke,no,passed,,1.000000,950,0,0,0,0,0,0,0,yes,2023-11-14T22:13:20Z,41.000,1,amd64-cpython-sympy\n"
	"sympy,amd64,amd64,pypy,smoke,no,failed,,0.997894,948,1,1,0,0,0,0,1,no,2023-11-14T22:13:20Z,41.000,1,amd64-pypy-sympy\n"
	"sympy,s390x,s390x,cpython,smoke,yes,broken,cannot import sympy: \\x1b[31mno\\x1b[0m mpmath,,0,0,0,0,0,0,0,0,no,2023-11-14T22:13:20Z,41.000,1,s390x-cpython-sympy\n"
	"sympy,s390x,s390x,pypy,,yes,not_run,the run was interrupted,,,,,,,,,,,,,,\n";

static const char markdown_text[] =
	"**8 cells: 2 as expected, 3 with findings, 2 not available, 1 not run** · 38,540 tests: 38,534 passed, 5 failed, 1 crashed (1 of the bad ones is known)\n"
	"\n"
	"| package | amd64 cpython | amd64 pypy | s390x \\~ cpython | s390x \\~ pypy |\n"
	"| --- | ---: | ---: | ---: | ---: |\n"
	"| numpy | 100 % | –1 | 99.9 % ✗4 (1 known) ▲ | –1 |\n"
	"| sympy | 100 % | 99.7 % ✗1 ☠1 ▲ | broken | –2 |\n"
	"\n"
	"\\~ emulated · ✗ failed · ☠ interpreter crashed · ▲ newly failing\n"
	"\n"
	"–1 no package index can be reached\n"
	"\n"
	"–2 the run was interrupted\n"
	"\n"
	"- **broken** s390x/cpython/sympy:smoke: cannot import sympy: \\x1b\\[31mno\\x1b\\[0m mpmath\n"
	"\n"
	"- **sympy: segfault** ▲ new, 1 test in 1 cell, crashed  \n"
	"  `core/test_rec.py::test_deep`  \n"
	"  `./labctl show amd64/pypy/sympy:smoke --cause segfault`\n"
	"- **numpy: byte order** ▲ new, 2 tests in 1 cell  \n"
	"  `core/test_io.py::test_\\x1b[2Jread` and 1 more  \n"
	"  `./labctl show s390x/cpython/numpy:smoke --cause 'byte order'`\n"
	"- **numpy: no rule explains it** ▲ new, 1 test in 1 cell  \n"
	"  `core/test_x.py::test_odd`  \n"
	"  `./labctl show s390x/cpython/numpy:smoke`\n"
	"- **sympy: no rule explains it** 1 test in 1 cell  \n"
	"  `core/test_x.py::test_odd`  \n"
	"  `./labctl show amd64/pypy/sympy:smoke`\n"
	"- **numpy: precision** 1 test in 1 cell (known)  \n"
	"  `core/test_long.py::test_double`  \n"
	"  `./labctl show s390x/cpython/numpy:smoke --cause precision`\n";

static const char json_text_of_one[] =
	"{\n"
	"  \"format\": \"labctl-matrix\",\n"
	"  \"version\": 1,\n"
	"  \"run\": null,\n"
	"  \"tier\": \"smoke\",\n"
	"  \"made\": \"2023-11-14T22:13:20Z\",\n"
	"  \"packages\": [\n"
	"    \"numpy\"\n"
	"  ],\n"
	"  \"columns\": [\n"
	"    {\n"
	"      \"target\": \"s390x\",\n"
	"      \"arch\": \"s390x\",\n"
	"      \"runtime\": \"pypy\",\n"
	"      \"emulated\": true\n"
	"    }\n"
	"  ],\n"
	"  \"cells\": [\n"
	"    {\n"
	"      \"label\": \"s390x/pypy/numpy:smoke\",\n"
	"      \"package\": \"numpy\",\n"
	"      \"target\": \"s390x\",\n"
	"      \"arch\": \"s390x\",\n"
	"      \"runtime\": \"pypy\",\n"
	"      \"not_run\": null,\n"
	"      \"cell_id\": \"s390x-pypy-numpy\",\n"
	"      \"tier\": \"smoke\",\n"
	"      \"verdict\": \"failed\",\n"
	"      \"reason\": null,\n"
	"      \"hint\": null,\n"
	"      \"how_run\": \"scripted\",\n"
	"      \"emulated\": true,\n"
	"      \"run\": 1,\n"
	"      \"attempt\": 1,\n"
	"      \"started\": \"2023-11-14T22:13:20Z\",\n"
	"      \"took_s\": 41.0,\n"
	"      \"record\": \"runs/r1/0123456789abcdef/1\",\n"
	"      \"tally\": {\n"
	"        \"passed\": 999,\n"
	"        \"failed\": 1,\n"
	"        \"crashed\": 0,\n"
	"        \"timed_out\": 0,\n"
	"        \"broken\": 0,\n"
	"        \"unavailable\": 0,\n"
	"        \"lost\": 0,\n"
	"        \"skipped\": 0,\n"
	"        \"known\": 0,\n"
	"        \"known_passed\": 0\n"
	"      },\n"
	"      \"pass_rate\": 0.999,\n"
	"      \"expected\": false,\n"
	"      \"bad\": 1,\n"
	"      \"bad_unknown\": 1,\n"
	"      \"newly_bad\": 0,\n"
	"      \"bad_tests\": [\n"
	"        {\n"
	"          \"name\": \"t::\\u001b[2J<b>\",\n"
	"          \"verdict\": \"failed\",\n"
	"          \"cause\": \"byte order\",\n"
	"          \"known\": null,\n"
	"          \"detail\": \"first line\\nsecond \\\"line\\\"\",\n"
	"          \"about_s\": 0.5\n"
	"        }\n"
	"      ]\n"
	"    }\n"
	"  ],\n"
	"  \"findings\": [\n"
	"    {\n"
	"      \"package\": \"numpy\",\n"
	"      \"cause\": \"byte order\",\n"
	"      \"advice\": \"The code takes the machine for a little-endian one\",\n"
	"      \"worst\": \"failed\",\n"
	"      \"new\": false,\n"
	"      \"known\": false,\n"
	"      \"test_count\": 1,\n"
	"      \"tests\": [\n"
	"        \"t::\\u001b[2J<b>\"\n"
	"      ],\n"
	"      \"cells\": [\n"
	"        \"s390x/pypy/numpy:smoke\"\n"
	"      ],\n"
	"      \"sample\": \"first line\\nsecond \\\"line\\\"\"\n"
	"    }\n"
	"  ],\n"
	"  \"remarks\": [],\n"
	"  \"totals\": {\n"
	"    \"cells_expected\": 0,\n"
	"    \"cells_unexpected\": 1,\n"
	"    \"cells_unavailable\": 0,\n"
	"    \"cells_lost\": 0,\n"
	"    \"cells_not_run\": 0,\n"
	"    \"tests\": {\n"
	"      \"passed\": 999,\n"
	"      \"failed\": 1,\n"
	"      \"crashed\": 0,\n"
	"      \"timed_out\": 0,\n"
	"      \"broken\": 0,\n"
	"      \"unavailable\": 0,\n"
	"      \"lost\": 0,\n"
	"      \"skipped\": 0,\n"
	"      \"known\": 0,\n"
	"      \"known_passed\": 0\n"
	"    }\n"
	"  }\n"
	"}\n";

static const char junit_text_of_one[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<testsuites name=\"labctl\">\n"
	"  <testsuite name=\"s390x/pypy/numpy:smoke\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" timestamp=\"2023-11-14T22:13:20Z\" time=\"41.000\">\n"
	"    <properties>\n"
	"      <property name=\"arch\" value=\"s390x\"/>\n"
	"      <property name=\"emulated\" value=\"yes\"/>\n"
	"      <property name=\"verdict\" value=\"failed\"/>\n"
	"      <property name=\"passed\" value=\"999\"/>\n"
	"      <property name=\"failed\" value=\"1\"/>\n"
	"      <property name=\"crashed\" value=\"0\"/>\n"
	"      <property name=\"timed_out\" value=\"0\"/>\n"
	"      <property name=\"broken\" value=\"0\"/>\n"
	"      <property name=\"unavailable\" value=\"0\"/>\n"
	"      <property name=\"lost\" value=\"0\"/>\n"
	"      <property name=\"skipped\" value=\"0\"/>\n"
	"      <property name=\"known\" value=\"0\"/>\n"
	"    </properties>\n"
	"    <testcase classname=\"s390x/pypy/numpy:smoke\" name=\"the cell as a whole\"/>\n"
	"    <testcase classname=\"s390x/pypy/numpy:smoke\" name=\"t::�[2J&lt;b&gt;\" time=\"0.500\">\n"
	"      <failure message=\"failed: byte order\" type=\"failed\">first line\n"
	"second &quot;line&quot;</failure>\n"
	"    </testcase>\n"
	"  </testsuite>\n"
	"</testsuites>\n";

static const char page_text[] =
	"s390x/pypy/numpy:smoke\n"
	"  verdict          failed\n"
	"  why              1 failed of 1000 tests\n"
	"  pass rate        99.9 %\n"
	"  tests            1,000 tests: 999 passed, 1 failed\n"
	"  when             2023-11-14 22:13, took 41 s, attempt 2\n"
	"  machine          s390x, scripted\n"
	"  record           runs/r1/0123456789abcdef/1\n"
	"  cell             s390x-pypy-numpy\n"
	"  kernel           6.1\n"
	"  package_version  1.24\\x1b[0m\n"
	"\n"
	"  failed  t::\\x1b[2J<b>  about 10 s\n"
	"      cause: byte order\n"
	"      known: the recipe says so\n"
	"      | first   line\n"
	"      | second\n"
	"\n"
	"raw \\x1b[1mtext\n";

/* clang-format on */

static void assert_starts(const char *text, const char *start)
{
	AUTO_FREE char *head = mem_dup_bytes(text, strnlen(text, strlen(start)));

	assert_string_equal(head, start);
}

static void small_report_on_a_terminal(void **state)
{
	AUTO_FREE char *text = render_small_lab("terminal", &plain);

	(void)state;
	assert_string_equal(text, terminal_text);
}

static void small_report_on_a_narrow_terminal_without_utf8(void **state)
{
	struct render_opts o = { .program = "./labctl", .ascii = true, .width = 40 };
	AUTO_FREE char *text = render_small_lab("terminal", &o);

	(void)state;
	assert_starts(text, narrow_ascii_start);
	for (const char *c = text; *c != '\0'; c++)
		assert_true((unsigned char)*c < 0x80);
}

static void small_report_in_colour(void **state)
{
	struct render_opts o = { .program = "./labctl", .colour = true };
	AUTO_FREE char *text = render_small_lab("terminal", &o);

	(void)state;
	assert_starts(text, colour_start);
}

static void small_report_as_csv(void **state)
{
	AUTO_FREE char *text = render_small_lab("csv", &plain);

	(void)state;
	assert_string_equal(text, csv_text);
}

static void small_report_as_markdown(void **state)
{
	AUTO_FREE char *text = render_small_lab("markdown", &plain);

	(void)state;
	assert_string_equal(text, markdown_text);
}

static void one_cell_as_json(void **state)
{
	struct one_cell l;
	AUTO_FREE char *text = NULL;

	(void)state;
	open_one_cell(&l);
	text = render("json", &l.report, &plain);
	assert_string_equal(text, json_text_of_one);
	close_one_cell(&l);
}

static void json_of_all_can_be_read(void **state)
{
	AUTO_FREE char *text = render_small_lab("json", &plain);
	struct err e = ERR_INIT;
	AUTO_JSON *root = json_parse(text, strlen(text), &e);

	(void)state;
	if (root == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(json_count(json_at(root, "cells")), 8);
	assert_int_equal(json_count(json_at(root, "findings")), 5);
	assert_int_equal(json_count(json_at(root, "remarks")), 2);
	assert_string_equal(json_text(json_at(json_item(json_at(root, "cells"), 7), "not_run"), ""),
			    "the run was interrupted");
}

static void one_cell_as_junit(void **state)
{
	struct one_cell l;
	AUTO_FREE char *text = NULL;

	(void)state;
	open_one_cell(&l);
	text = render("junit", &l.report, &plain);
	assert_string_equal(text, junit_text_of_one);
	close_one_cell(&l);
}

static void junit_counts_what_it_lists(void **state)
{
	AUTO_FREE char *text = render_small_lab("junit", &plain);
	size_t suites = 0;

	(void)state;
	for (const char *at = text; (at = strstr(at, "<testsuite ")) != NULL; at++)
		suites++;
	assert_int_equal(suites, 8);
	assert_non_null(strstr(text, "<testsuite name=\"s390x/cpython/numpy:smoke\" tests=\"5\" failures=\"3\" "
				     "errors=\"0\" skipped=\"1\""));
	assert_non_null(strstr(text, "<testsuite name=\"amd64/pypy/sympy:smoke\" tests=\"3\" failures=\"1\" "
				     "errors=\"1\" skipped=\"0\""));
	assert_null(strchr(text, '\033'));
}

static void a_page_of_a_cell(void **state)
{
	struct outcome_set set = { 0 };
	struct test_set tests = { 0 };
	struct cell_page page;
	AUTO_STR s = { 0 };
	AUTO_STR json = { 0 };

	(void)state;
	fill_page(&page, &set, &tests);
	terminal_cell(&page, &plain, &s);
	assert_string_equal(str_text(&s), page_text);
	str_clear(&s);
	page.all_tests = true;
	terminal_cell(&page, &plain, &s);
	assert_non_null(strstr(str_text(&s), "  passed  t::good\n"));
	json_cell(&page, &json);
	assert_non_null(strstr(str_text(&json), "\"format\": \"labctl-cell\""));
	assert_non_null(strstr(str_text(&json), "\"name\": \"t::\\u001b[2J<b>\""));
	outcome_set_free(&set);
	test_set_free(&tests);
}

/* The rate that stands in the table for so many passed of so many. */
static void expect_rate(int64_t passed, int64_t failed, const char *rate)
{
	struct outcome_set now = { 0 };
	struct matrix_want want;
	struct matrix m;
	struct report r;
	struct err e = ERR_INIT;
	AUTO_FREE char *text = NULL;
	char id[64];

	fake_test_count = 0;
	add_outcome_row(&now, 1, "amd64", "cpython", "numpy", failed ? VERDICT_FAILED : VERDICT_PASSED, passed, failed);
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &now, NULL, &m);
	assert_ok(report_build(&m, &fake_source, &r, &e), e);
	text = render("markdown", &r, &plain);
	if (strstr(text, rate) == NULL)
		fail_msg("\"%s\" is not in\n%s", rate, text);
	report_free(&r);
	outcome_set_free(&now);
}

static void rates_are_not_better_than_true(void **state)
{
	(void)state;
	expect_rate(5, 0, "| 100 % |");
	expect_rate(99999, 1, "| 99.9 % ✗1 |");
	expect_rate(999, 1, "| 99.9 % ✗1 |");
	expect_rate(98, 1, "| 98 % ✗1 |");
	expect_rate(2, 1, "| 66 % ✗1 |");
	expect_rate(1, 1000, "| &lt;1 % ✗1000 |");
	expect_rate(0, 3, "| 0 % ✗3 |");
	expect_rate(0, 0, "| skipped |");
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; renderer_at(i) != NULL; i++)
		assert_ptr_equal(renderer_find(renderer_at(i)->name), renderer_at(i));
	assert_ptr_equal(renderer_at(0), &terminal_renderer);
	assert_null(renderer_find("pdf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_report_on_a_terminal),
		cmocka_unit_test(small_report_on_a_narrow_terminal_without_utf8),
		cmocka_unit_test(small_report_in_colour),
		cmocka_unit_test(small_report_as_csv),
		cmocka_unit_test(small_report_as_markdown),
		cmocka_unit_test(one_cell_as_json),
		cmocka_unit_test(json_of_all_can_be_read),
		cmocka_unit_test(one_cell_as_junit),
		cmocka_unit_test(junit_counts_what_it_lists),
		cmocka_unit_test(a_page_of_a_cell),
		cmocka_unit_test(rates_are_not_better_than_true),
		cmocka_unit_test(formats_are_found_by_name),
	};

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
