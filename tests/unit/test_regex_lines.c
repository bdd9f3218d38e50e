#include "parse_text.h"

static const struct line_pattern patterns[] = {
	{ "^(?<name>\\S+) \\.\\.\\. ok(?: in (?<seconds>[\\d.]+)s)?$", VERDICT_PASSED },
	{ "^(?<name>\\S+) \\.\\.\\. FAIL(?:: (?<detail>.*))?", VERDICT_FAILED },
	{ "^(?<name>\\S+) \\.\\.\\.", VERDICT_SKIPPED },
};

static void the_first_pattern_decides(void **state)
{
	struct parser_opts opts = { .what = "output", .lines = patterns, .line_count = 3 };
	struct parsed p;

	(void)state;
	parse_in_pieces(
		&p, "lines", &opts,
		"building\na ... ok in 1.5s\nb ... FAIL: 1 != 2\r\nc ... FAIL\nd ... whatever\na ... ok\nbad \xff\n");
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 5);
	assert_case(&p, 0, "a", VERDICT_PASSED, NULL);
	assert_int_equal(p.result.cases[0].took_ns, 1500000000);
	assert_case(&p, 1, "b", VERDICT_FAILED, "1 != 2");
	assert_case(&p, 2, "c", VERDICT_FAILED, NULL);
	assert_case(&p, 3, "d", VERDICT_SKIPPED, NULL);
	assert_int_equal(p.result.cases[4].took_ns, -1);
	result_free(&p.result);
}

static void no_match_is_no_test(void **state)
{
	struct parser_opts opts = { .what = "output", .lines = patterns, .line_count = 3 };
	struct parsed p;

	(void)state;
	parse_in_pieces(&p, "lines", &opts, "nothing here\n");
	assert_int_equal(p.status, 0);
	assert_int_equal(p.result.count, 0);
	result_free(&p.result);
}

static void a_pattern_needs_a_name(void **state)
{
	const struct line_pattern bad[] = { { "^ok$", VERDICT_PASSED } };
	const struct line_pattern broken[] = { { "^(?<name>a", VERDICT_PASSED } };
	struct parser_opts opts = { .what = "output", .lines = bad, .line_count = 1 };
	struct err e = ERR_INIT;

	(void)state;
	assert_null(parser_open("lines", &opts, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.text, "name"));
	assert_true(e.hint[0]);
	opts.lines = broken;
	assert_null(parser_open("lines", &opts, &e));
	assert_int_equal(e.code, ERR_CONFIG);
}

/* A pattern that would try for ever, on a line made for it. */
static void matching_is_bounded(void **state)
{
	const struct line_pattern greedy[] = { { "^(?<name>(a+)+)$", VERDICT_PASSED } };
	struct parser_opts opts = { .what = "output", .lines = greedy, .line_count = 1 };
	static char text[5001];
	struct parsed p;

	(void)state;
	memset(text, 'a', sizeof(text) - 2);
	text[sizeof(text) - 2] = '!';
	parse_bytes(&p, "lines", &opts, text, sizeof(text) - 1, sizeof(text));
	assert_int_equal(p.status, 0);
	assert_int_equal(p.result.count, 0);
	result_free(&p.result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_pattern_decides),
		cmocka_unit_test(no_match_is_no_test),
		cmocka_unit_test(a_pattern_needs_a_name),
		cmocka_unit_test(matching_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
