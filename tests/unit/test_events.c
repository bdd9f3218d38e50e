#include "parse_text.h"

#include <stdlib.h>

#include "base/str.h"

static void reads(struct parsed *p, const char *text)
{
	struct parser_opts opts = { .what = "events.jsonl" };

	parse_in_pieces(p, "events", &opts, text);
}

static const char *const usual =
	"{\"e\": \"session\", \"python\": \"3.11.2\"}\n"
	"{\"e\": \"collect\", \"t\": \"pkg/test_a.py\"}\n"
	"{\"e\": \"broken\", \"t\": \"pkg/test_b.py\", \"d\": \"ImportError: no\"}\n"
	"{\"e\": \"skipped\", \"t\": \"pkg/test_c.py\", \"d\": \"no tables\"}\n"
	"{\"e\": \"collected\", \"n\": 4}\n"
	"{\"e\": \"start\", \"i\": 1, \"t\": \"pkg/test_a.py::a\"}\n"
	"{\"e\": \"end\", \"i\": 1, \"v\": \"passed\", \"s\": 0.5}\n"
	"{\"e\": \"start\", \"i\": 2, \"t\": \"pkg/test_a.py::b\"}\n"
	"{\"e\": \"end\", \"i\": 2, \"v\": \"failed\", \"s\": 0.25, \"d\": \"assert \\u00e9\\nE  boom\"}\n"
	"{\"e\": \"start\", \"i\": 3, \"t\": \"pkg/test_a.py::c\"}\n"
	"{\"e\": \"died\", \"t\": \"pkg/test_a.py::c\", \"d\": \"killed by SIGSEGV\"}\n"
	"{\"e\": \"restart\", \"n\": 1}\n"
	"{\"e\": \"session\"}\n"
	"{\"e\": \"collected\", \"n\": 1}\n"
	"{\"e\": \"start\", \"i\": 1, \"t\": \"pkg/test_a.py::d\"}\n"
	"{\"e\": \"timed_out\", \"t\": \"pkg/test_a.py::d\", \"s\": 30, \"d\": \"no end after 30 s\"}\n"
	"{\"e\": \"finish\", \"complete\": true, \"reason\": \"\"}\n";

static void a_whole_run(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, usual);
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 6);
	assert_case(&p, 0, "pkg/test_b.py", VERDICT_BROKEN, "ImportError: no");
	assert_case(&p, 1, "pkg/test_c.py", VERDICT_SKIPPED, "no tables");
	assert_case(&p, 2, "pkg/test_a.py::a", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[2].took_ns, 500000000);
	assert_case(&p, 3, "pkg/test_a.py::b", VERDICT_FAILED, "assert \xc3\xa9\nE  boom");
	assert_case(&p, 4, "pkg/test_a.py::c", VERDICT_CRASHED, "killed by SIGSEGV");
	assert_case(&p, 5, "pkg/test_a.py::d", VERDICT_TIMED_OUT, "no end after 30 s");
	assert_int_equal(p.result.cases[5].took_ns, INT64_C(30000000000));
	result_free(&p.result);
}

static void an_unfinished_run_is_not_complete(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p,
	      "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"finish\",\"complete\":false,\"reason\":\"stopped\"}\n");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 1);
	assert_case(&p, 0, "a", VERDICT_BROKEN, "it began, and never ended");
	result_free(&p.result);
}

/* Cut at every byte: each test is told once, and only the whole is complete. */
static void a_cut_file_keeps_what_it_told(void **state)
{
	struct parser_opts opts = { .what = "events.jsonl" };
	size_t len = strlen(usual);

	(void)state;
	for (size_t cut = 0; cut + 1 < len; cut++) {
		struct parsed p;

		parse_bytes(&p, "events", &opts, usual, cut, 1000);
		assert_false(p.result.complete);
		assert_true(p.result.count <= 6);
		for (size_t i = 0; i < p.result.count; i++)
			for (size_t j = 0; j < i; j++)
				assert_string_not_equal(p.result.cases[i].name, p.result.cases[j].name);
		result_free(&p.result);
	}
}

static void the_same_name_twice_is_two_tests(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"end\",\"i\":1,\"v\":\"passed\"}\n"
		  "{\"e\":\"start\",\"i\":2,\"t\":\"a\"}\n{\"e\":\"end\",\"i\":2,\"v\":\"skipped\"}\n"
		  "{\"e\":\"finish\",\"complete\":true}\n");
	assert_int_equal(p.result.count, 2);
	assert_case(&p, 0, "a", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[0].took_ns, -1);
	assert_case(&p, 1, "a", VERDICT_SKIPPED, NULL);
	result_free(&p.result);
}

/* The innocent bystander of a stopped interpreter runs once more. */
static void a_withdrawn_start_is_no_case(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"again\",\"t\":\"a\"}\n{\"e\":\"session\"}\n"
		  "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"end\",\"i\":1,\"v\":\"passed\"}\n"
		  "{\"e\":\"finish\",\"complete\":true}\n");
	assert_int_equal(p.result.count, 1);
	assert_true(p.result.complete);
	result_free(&p.result);
}

static void an_end_counts_for_its_own_start_only(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "{\"e\":\"end\",\"i\":1,\"v\":\"passed\"}\n{\"e\":\"start\",\"i\":2,\"t\":\"a\"}\n"
		  "{\"e\":\"end\",\"i\":3,\"v\":\"passed\"}\n{\"e\":\"start\",\"i\":4,\"t\":\"b\"}\n"
		  "{\"e\":\"end\",\"i\":4,\"v\":\"wonderful\"}\n");
	assert_int_equal(p.result.count, 2);
	assert_case(&p, 0, "a", VERDICT_BROKEN, "it began, and the next test began before it ended");
	assert_case(&p, 1, "b", VERDICT_BROKEN, NULL);
	result_free(&p.result);
}

static void strange_lines_are_passed_over(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"en\nnot json\n[1,2]\n{\"e\":7}\n{\"e\":\"new in a "
		  "later version\"}\n"
		  "{\"t\":\"a\"}\n\n{\"e\":\"start\",\"e\":\"start\",\"t\":\"twice\"}\n\xff\xfe\n"
		  "{\"e\":\"end\",\"i\":1,\"v\":\"passed\",\"s\":-1}\n{\"e\":\"finish\",\"complete\":true}\n");
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 1);
	assert_case(&p, 0, "a", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[0].took_ns, -1);
	result_free(&p.result);
}

static void strange_times_are_not_told(void **state)
{
	static const char *const times[] = { "-1", "1e308", "null", "\"1\"", "[]", "1000000001" };
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		str_clear(&text);
		str_addf(&text,
			 "{\"e\":\"start\",\"i\":1,\"t\":\"a\"}\n{\"e\":\"end\",\"i\":1,\"v\":\"passed\",\"s\":%s}\n",
			 times[i]);
		reads(&p, text.text);
		assert_int_equal(p.result.count, 1);
		assert_int_equal(p.result.cases[0].took_ns, -1);
		result_free(&p.result);
	}
}

static void a_line_without_end_is_bounded(void **state)
{
	struct parser_opts opts = { .what = "events.jsonl" };
	AUTO_STR text = { 0 };
	struct parsed p;

	(void)state;
	str_add(&text, "{\"e\":\"session\"}\n{\"e\":\"broken\",\"t\":\"");
	for (int i = 0; i < 2000000; i++)
		str_add(&text, "xxxxxxxx");
	str_add(&text, "\"}\n{\"e\":\"broken\",\"t\":\"after\"}\n");
	parse_bytes(&p, "events", &opts, text.text, text.len, 64 * 1024);
	assert_int_equal(p.status, 0);
	assert_int_equal(p.result.count, 1);
	assert_case(&p, 0, "after", VERDICT_BROKEN, NULL);
	result_free(&p.result);
}

static void other_bytes_are_refused(void **state)
{
	static const char *const texts[] = { "", "hello\n", "{}\n{\"e\":\"x\"}\n", "\xff", "[[[[[[[[" };
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		reads(&p, texts[i]);
		assert_int_equal(p.status, -1);
		assert_int_equal(p.err.code, ERR_FORMAT);
		assert_int_equal(p.result.count, 0);
		result_free(&p.result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_run),
		cmocka_unit_test(an_unfinished_run_is_not_complete),
		cmocka_unit_test(a_cut_file_keeps_what_it_told),
		cmocka_unit_test(the_same_name_twice_is_two_tests),
		cmocka_unit_test(a_withdrawn_start_is_no_case),
		cmocka_unit_test(an_end_counts_for_its_own_start_only),
		cmocka_unit_test(strange_lines_are_passed_over),
		cmocka_unit_test(strange_times_are_not_told),
		cmocka_unit_test(a_line_without_end_is_bounded),
		cmocka_unit_test(other_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
