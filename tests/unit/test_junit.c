#include "parse_text.h"

#include <stdlib.h>

#include "base/str.h"

static void reads(struct parsed *p, const char *text)
{
	struct parser_opts opts = { .what = "out.xml" };

	parse_in_pieces(p, "junit", &opts, text);
}

static void reads_bytes(struct parsed *p, const struct str *text)
{
	struct parser_opts opts = { .what = "out.xml" };

	parse_bytes(p, "junit", &opts, text->text, text->len, 64 * 1024);
}

static const char *const suite_of_pytest =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites><testsuite name=\"pytest\" errors=\"1\" tests=\"7\">"
	"<properties><property name=\"a\" value=\"b\"/></properties>"
	"<testcase classname=\"pkg.test_a.TestA\" name=\"test_ok[1-&lt;x&gt;]\" time=\"0.012\" />"
	"<testcase classname=\"pkg.test_a\" name=\"test_bad\" time=\"1e-05\"><failure message=\"assert 1 == 2\">def "
	"f():\n"
	"    &lt;body&gt;\n</failure><system-out>not this</system-out></testcase>"
	"<testcase classname=\"pkg.test_a\" name=\"test_setup\"><error message=\"failed on setup\"><![CDATA[E  "
	"<boom>]]></error>"
	"</testcase>"
	"<testcase classname=\"\" name=\"pkg.test_c\"><error message=\"collection failure\">no "
	"module</error></testcase>"
	"<testcase classname=\"c\" name=\"skip\"><skipped type=\"pytest.skip\" message=\"no "
	"network\">f.py:1</skipped></testcase>"
	"<testcase classname=\"c\" name=\"xfail\"><skipped type=\"pytest.xfail\" message=\"ticket 7\" /></testcase>"
	"<testcase name=\"bare\" status=\"notrun\"/>"
	"</testsuite></testsuites>\n";

static void verdicts_of_pytest(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, suite_of_pytest);
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 7);
	assert_case(&p, 0, "pkg.test_a.TestA::test_ok[1-<x>]", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[0].took_ns, 12000000);
	assert_case(&p, 1, "pkg.test_a::test_bad", VERDICT_FAILED, "assert 1 == 2\ndef f():\n    <body>");
	assert_int_equal(p.result.cases[1].took_ns, 10000);
	assert_case(&p, 2, "pkg.test_a::test_setup", VERDICT_FAILED, "failed on setup\nE  <boom>");
	assert_int_equal(p.result.cases[2].took_ns, -1);
	assert_case(&p, 3, "pytest::pkg.test_c", VERDICT_BROKEN, "collection failure\nno module");
	assert_case(&p, 4, "c::skip", VERDICT_SKIPPED, "no network\nf.py:1");
	assert_case(&p, 5, "c::xfail", VERDICT_SKIPPED, "xfail: ticket 7");
	assert_case(&p, 6, "pytest::bare", VERDICT_SKIPPED, NULL);
	result_free(&p.result);
}

static void a_lone_suite_and_nested_ones(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "<testsuite name=\"outer\"><testsuite name=\"inner\"><testcase name=\"a\" time=\"1,000.5\"/>"
		  "<testcase name=\"b\"><failure/><rerunFailure message=\"x\"/></testcase></testsuite></testsuite>");
	assert_true(p.result.complete);
	assert_case(&p, 0, "inner::a", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[0].took_ns, INT64_C(1000500000000));
	assert_case(&p, 1, "inner::b", VERDICT_FAILED, NULL);
	result_free(&p.result);
}

/* Cut at every byte: never a wrong verdict, never complete but at the end, what was told before the cut is kept. */
static void a_cut_file_keeps_what_it_told(void **state)
{
	struct parser_opts opts = { .what = "out.xml" };
	size_t len = strlen(suite_of_pytest), most = 0;

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		struct parsed p;

		parse_bytes(&p, "junit", &opts, suite_of_pytest, cut, 1000);
		if (p.status == 0 && cut < len - 1)
			assert_false(p.result.complete);
		assert_true(p.result.count >= most || p.result.cases[p.result.count - 1].verdict == VERDICT_BROKEN ||
			    most - p.result.count <= 1);
		most = p.result.count > most ? p.result.count : most;
		result_free(&p.result);
	}
	assert_int_equal(most, 7);
}

static void a_test_cut_in_the_middle_is_broken(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "<testsuite name=\"s\"><testcase name=\"a\"/><testcase name=\"b\"><failure message=\"m\">te");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 2);
	assert_case(&p, 1, "s::b", VERDICT_BROKEN, "the report ends in the middle of this test");
	result_free(&p.result);
}

static void damage_in_the_middle_ends_it_there(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "<testsuite name=\"s\"><testcase name=\"a\"/></wrong><testcase name=\"b\"/></testsuite>");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 1);
	result_free(&p.result);
}

static void entities_are_refused(void **state)
{
	static const char *const bombs[] = {
		"<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;\">]>"
		"<testsuite><testcase name=\"&lol2;\"/></testsuite>",
		"<!DOCTYPE x [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite><testcase "
		"name=\"a\">&x;</testcase></testsuite>",
		"<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><testsuite/>",
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(bombs) / sizeof(*bombs); i++) {
		reads(&p, bombs[i]);
		assert_int_equal(p.status, -1);
		assert_int_equal(p.err.code, ERR_FORMAT);
		assert_non_null(strstr(p.err.text, "entities"));
		assert_int_equal(p.result.count, 0);
		result_free(&p.result);
	}
}

static void deep_nesting_is_refused(void **state)
{
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	for (int i = 0; i < 100000; i++)
		str_add(&text, "<testsuite name=\"x\">");
	reads_bytes(&p, &text);
	assert_int_equal(p.status, -1);
	assert_non_null(strstr(p.err.text, "nested"));
	result_free(&p.result);
}

static void a_huge_attribute_is_refused(void **state)
{
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	str_add(&text, "<testsuite name=\"s\"><testcase name=\"");
	for (int i = 0; i < 1024 * 1024; i++)
		str_add(&text, "12345678");
	reads_bytes(&p, &text);
	assert_int_equal(p.status, -1);
	assert_non_null(strstr(p.err.text, "4 MiB"));
	result_free(&p.result);
}

static void long_texts_are_cut(void **state)
{
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	str_add(&text, "<testsuite name=\"s\"><testcase classname=\"");
	for (int i = 0; i < 100000; i++)
		str_add_char(&text, 'c');
	str_add(&text, "\" name=\"the end\"><failure message=\"m\">");
	for (int i = 0; i < 3000000; i++)
		str_add(&text, "0123456789");
	str_add(&text, "</failure></testcase></testsuite>");
	reads_bytes(&p, &text);
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(strlen(p.result.cases[0].detail), 8192);
	assert_true(strlen(p.result.cases[0].name) <= 4096);
	assert_non_null(strstr(p.result.cases[0].name, "the end"));
	result_free(&p.result);
}

static void strange_times_are_not_told(void **state)
{
	static const char *const times[] = { "nan", "NaN", "-1", "1e308", "-inf", "", "1 s", "0x10", "1e99999999" };
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	str_add(&text, "<testsuite name=\"s\">");
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		str_addf(&text, "<testcase name=\"t\" time=\"%s\"/>", times[i]);
	str_add(&text, "</testsuite>");
	reads_bytes(&p, &text);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, sizeof(times) / sizeof(*times));
	for (size_t i = 0; i < p.result.count; i++)
		assert_int_equal(p.result.cases[i].took_ns, -1);
	result_free(&p.result);
}

/* What report writers let through: control characters, and output that is no UTF-8. */
static void bytes_that_xml_forbids_are_replaced(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p,
	      "<testsuite name=\"s\"><testcase name=\"a\x1b[1m\x01\"/><testcase name=\"\xff\xc3\"/>"
	      "<testcase name=\"\xed\xa0\x80\xf0\x9f\x90\x8d\"/><testcase name=\"\xc3\xa9\xe2\x82\xac\xef\xbf\xbf\"/>"
	      "<testcase name=\"\xe2\x82x\"/></testsuite>");
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 5);
	assert_case(&p, 0, "s::a?[1m?", VERDICT_PASSED, NULL);
	assert_true(strlen(p.result.cases[1].name) >= 4);
	assert_non_null(strstr(p.result.cases[2].name, "\xf0\x9f\x90\x8d"));
	assert_non_null(strstr(p.result.cases[3].name, "\xc3\xa9\xe2\x82\xac"));
	result_free(&p.result);
}

static void a_declared_encoding_is_used(void **state)
{
	struct parser_opts opts = { .what = "out.xml" };
	const char *latin =
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><testsuite><testcase name=\"\xe9\"/></testsuite>";
	static const char wide[] = "\xff\xfe<\0t\0e\0s\0t\0s\0u\0i\0t\0e\0/\0>";
	struct parsed p;

	(void)state;
	parse_bytes(&p, "junit", &opts, latin, strlen(latin), 1000);
	assert_true(p.result.complete);
	assert_case(&p, 0, "\xc3\xa9", VERDICT_PASSED, NULL);
	result_free(&p.result);
	parse_bytes(&p, "junit", &opts, wide, sizeof(wide), 1000);
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	result_free(&p.result);
}

static void other_bytes_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "no xml", "<html><body/></html>", "<testcase name=\"a\"/>", "\x01\x02\x03", "<"
	};
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		reads(&p, texts[i]);
		assert_int_equal(p.status, -1);
		assert_int_equal(p.err.code, ERR_FORMAT);
		assert_non_null(strstr(p.err.text, "out.xml"));
		result_free(&p.result);
	}
}

/* Random damage: whatever comes out, it comes out, and texts are valid. */
static void damaged_files_do_no_harm(void **state)
{
	struct parser_opts opts = { .what = "out.xml", .max_cases = 100 };
	size_t len = strlen(suite_of_pytest);
	char *text = strdup(suite_of_pytest);

	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		struct parsed p;

		memcpy(text, suite_of_pytest, len);
		for (int i = rand() % 6; i >= 0; i--)
			text[(size_t)rand() % len] = (char)(rand() % 256);
		parse_bytes(&p, "junit", &opts, text, len, 1 + (size_t)rand() % 500);
		for (size_t i = 0; i < p.result.count; i++)
			assert_true(str_is_utf8(p.result.cases[i].name, strlen(p.result.cases[i].name)));
		result_free(&p.result);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_of_pytest),
		cmocka_unit_test(a_lone_suite_and_nested_ones),
		cmocka_unit_test(a_cut_file_keeps_what_it_told),
		cmocka_unit_test(a_test_cut_in_the_middle_is_broken),
		cmocka_unit_test(damage_in_the_middle_ends_it_there),
		cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(a_huge_attribute_is_refused),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(strange_times_are_not_told),
		cmocka_unit_test(bytes_that_xml_forbids_are_replaced),
		cmocka_unit_test(a_declared_encoding_is_used),
		cmocka_unit_test(other_bytes_are_refused),
		cmocka_unit_test(damaged_files_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
