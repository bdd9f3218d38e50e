#include "parse_text.h"

#include "base/mem.h"
#include "parse/causes.h"

static const struct cause_rule rules[] = {
	{ "no Tkinter", "No module named '_?tkinter'", NULL },
	{ "missing module", "No module named '\\S+'", "install it" },
	{ "segfault", "SIGSEGV", NULL },
};

static struct causes *made(void)
{
	struct err e = ERR_INIT;
	struct causes *c = causes_new(rules, COUNT_OF(rules), &e);

	assert_non_null(c);
	return c;
}

static void the_first_rule_wins(void **state)
{
	struct causes *c = made();

	(void)state;
	assert_string_equal(causes_find(c, "ImportError\nNo module named '_tkinter'\n"), "no Tkinter");
	assert_string_equal(causes_find(c, "No module named 'numpy'"), "missing module");
	assert_string_equal(causes_find(c, "killed by SIGSEGV"), "segfault");
	assert_null(causes_find(c, "assert 1 == 2"));
	assert_null(causes_find(c, ""));
	assert_null(causes_find(c, NULL));
	assert_null(causes_find(c, "\xff\xfe not text"));
	causes_free(c);
	causes_free(NULL);
}

static void only_bad_cases_get_a_cause(void **state)
{
	struct causes *c = made();
	struct result r;

	(void)state;
	result_start(&r);
	result_add(&r, "a", VERDICT_CRASHED, 0, "SIGSEGV");
	result_add(&r, "b", VERDICT_SKIPPED, 0, "SIGSEGV");
	result_add(&r, "c", VERDICT_FAILED, 0, NULL);
	result_add(&r, "d", VERDICT_FAILED, 0, "SIGSEGV")->cause = "told before";
	causes_mark(c, &r);
	assert_string_equal(r.cases[0].cause, "segfault");
	assert_null(r.cases[1].cause);
	assert_null(r.cases[2].cause);
	assert_string_equal(r.cases[3].cause, "told before");
	result_free(&r);
	causes_free(c);
}

static void a_bad_pattern_is_named(void **state)
{
	const struct cause_rule bad[] = { { "broken rule", "(", NULL } };
	struct err e = ERR_INIT;

	(void)state;
	assert_null(causes_new(bad, 1, &e));
	assert_non_null(strstr(e.text, "broken rule"));
}

static void matching_is_bounded(void **state)
{
	const struct cause_rule greedy[] = { { "slow", "(x+x+)+y", NULL }, { "end", "x!$", NULL } };
	struct err e = ERR_INIT;
	struct causes *c = causes_new(greedy, 2, &e);
	static char text[8193];

	(void)state;
	memset(text, 'x', sizeof(text) - 2);
	text[sizeof(text) - 2] = '!';
	assert_string_equal(causes_find(c, text), "end");
	causes_free(c);
}

static void known_failures_are_marked_and_counted(void **state)
{
	const struct known_failure known[] = { { "test_exp\\b", "rounding of this libm" },
					       { "::test_io", "no network" } };
	struct err e = ERR_INIT;
	struct result r;

	(void)state;
	result_start(&r);
	result_add(&r, "umath::test_exp", VERDICT_FAILED, 0, NULL);
	result_add(&r, "umath::test_expm1", VERDICT_FAILED, 0, NULL);
	result_add(&r, "net::test_io", VERDICT_PASSED, 0, NULL);
	result_add(&r, "more::test_io", VERDICT_SKIPPED, 0, NULL);
	result_add(&r, "more::test_io2", VERDICT_TIMED_OUT, 0, NULL);
	assert_int_equal(known_mark(known, 2, &r, &e), 0);
	assert_string_equal(r.cases[0].known, "rounding of this libm");
	assert_null(r.cases[1].known);
	assert_null(r.cases[2].known);
	assert_null(r.cases[3].known);
	assert_string_equal(r.cases[4].known, "no network");
	assert_int_equal(r.tally.known, 2);
	assert_int_equal(r.tally.known_passed, 1);
	assert_int_equal(known_mark(known, 2, &r, &e), 0);
	assert_int_equal(r.tally.known_passed, 1);
	result_free(&r);
}

static void a_bad_known_failure_is_told(void **state)
{
	const struct known_failure known[] = { { "(", "rounding" } };
	struct err e = ERR_INIT;
	struct result r;

	(void)state;
	result_start(&r);
	assert_int_equal(known_mark(known, 1, &r, &e), -1);
	assert_non_null(strstr(e.text, "rounding"));
	assert_int_equal(known_mark(NULL, 0, &r, &e), 0);
	result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_rule_wins),
		cmocka_unit_test(only_bad_cases_get_a_cause),
		cmocka_unit_test(a_bad_pattern_is_named),
		cmocka_unit_test(matching_is_bounded),
		cmocka_unit_test(known_failures_are_marked_and_counted),
		cmocka_unit_test(a_bad_known_failure_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
