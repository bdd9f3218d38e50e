#include "parse_text.h"

static void reads(struct parsed *p, const char *text)
{
	struct parser_opts opts = { .what = "out.tap" };

	parse_in_pieces(p, "tap", &opts, text);
}

static void plan_and_tests(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p,
	      "TAP version 13\n1..4\nok 1 - opens\nnot ok 2 - closes\n# it did not\n# at all\nok 3\nok - last one\n");
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 4);
	assert_case(&p, 0, "opens", VERDICT_PASSED, NULL);
	assert_case(&p, 1, "closes", VERDICT_FAILED, "it did not\nat all");
	assert_case(&p, 2, "test 3", VERDICT_PASSED, NULL);
	assert_case(&p, 3, "last one", VERDICT_PASSED, NULL);
	result_free(&p.result);
}

static void directives(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "ok 1 - a # SKIP no network\nnot ok 2 b # TODO later\nok 3 c # todo done already\n"
		  "ok 4 d #3 # skipped: slow\nok 5 e \\# SKIP is part of the name\nok 6 # skip\n1..6\n");
	assert_true(p.result.complete);
	assert_case(&p, 0, "a", VERDICT_SKIPPED, "no network");
	assert_case(&p, 1, "b", VERDICT_SKIPPED, "xfail: expected by the test's author\nlater");
	assert_case(&p, 2, "c", VERDICT_PASSED, "done already");
	assert_case(&p, 3, "d #3", VERDICT_SKIPPED, "slow");
	assert_case(&p, 4, "e \\# SKIP is part of the name", VERDICT_PASSED, NULL);
	assert_case(&p, 5, "test 6", VERDICT_SKIPPED, NULL);
	result_free(&p.result);
}

static void yaml_block_and_subtests(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "1..2\n    ok 1 - inner\n      ---\n      duration_ms: 9\n      ...\n    1..1\nok 1 - outer\n  ---\n"
		  "  duration_ms: 12.5\n  message: fine\n  ...\nnot ok 2 - second\n");
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 2);
	assert_case(&p, 0, "outer", VERDICT_PASSED, "  message: fine");
	assert_int_equal(p.result.cases[0].took_ns, 12500000);
	assert_case(&p, 1, "second", VERDICT_FAILED, NULL);
	result_free(&p.result);
}

static void tests_that_never_came_are_broken(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "1..4\nok 1 - a\nok 3 - c\n");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 4);
	assert_int_equal(p.result.tally.count[VERDICT_BROKEN], 2);
	assert_int_equal(p.result.tally.count[VERDICT_PASSED], 2);
	assert_case(&p, 3, "test 4", VERDICT_BROKEN, "announced, and never came");
	result_free(&p.result);
}

static void a_plan_of_any_size_costs_nothing(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "1..99999999999999999999999999\nok 1\nok 888888888888\n");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_true(p.result.count < 10);
	assert_case(&p, 1, "tests 2 to 888888888887", VERDICT_BROKEN, "announced, and never came");
	result_free(&p.result);
}

static void bail_out_ends_it(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "1..3\nok 1 - a\nBail out! no disk\nok 2 - b\n");
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 2);
	assert_case(&p, 1, "Bail out!", VERDICT_BROKEN, "no disk");
	result_free(&p.result);
}

static void nothing_to_run_is_complete(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "1..0 # SKIP not on this machine\n");
	assert_int_equal(p.status, 0);
	assert_true(p.result.complete);
	assert_int_equal(p.result.count, 0);
	result_free(&p.result);
}

static void without_a_plan_it_is_not_complete(void **state)
{
	struct parsed p;

	(void)state;
	reads(&p, "ok 1 - a\nok 2 - b");
	assert_int_equal(p.status, 0);
	assert_false(p.result.complete);
	assert_int_equal(p.result.count, 2);
	result_free(&p.result);
}

static void other_bytes_are_refused(void **state)
{
	static const char *const texts[] = { "", "hello\nokay\nnot okay\n", "<xml/>\n", "1..x\n", "\xff\xfe\n" };
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
		cmocka_unit_test(plan_and_tests),
		cmocka_unit_test(directives),
		cmocka_unit_test(yaml_block_and_subtests),
		cmocka_unit_test(tests_that_never_came_are_broken),
		cmocka_unit_test(a_plan_of_any_size_costs_nothing),
		cmocka_unit_test(bail_out_ends_it),
		cmocka_unit_test(nothing_to_run_is_complete),
		cmocka_unit_test(without_a_plan_it_is_not_complete),
		cmocka_unit_test(other_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
