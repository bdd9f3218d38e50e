#include "numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/changes.h"
#include "base/mem.h"

/* What the source answers, whatever the cell. */
static struct test_pair told[16];
static size_t told_count;
static bool flaky_b; /* the test "b" is flaky */

static int tests_of(void *ctx, const struct outcome_row *base, const struct outcome_row *changed,
		    struct test_pair_set *out, struct err *e)
{
	(void)ctx, (void)base, (void)changed, (void)e;
	*out = (struct test_pair_set){ 0 };
	test_pair_set_start(out);
	for (size_t i = 0; i < told_count; i++)
		*test_pair_set_add(out) = told[i];
	return 0;
}

static int flaky_of(void *ctx, const struct outcome_row *row, const char *const *tests, size_t count, struct flaky *out,
		    struct err *e)
{
	(void)ctx, (void)row, (void)e;
	for (size_t i = 0; i < count; i++)
		out[i] = (struct flaky){ .is_flaky = flaky_b && !strcmp(tests[i], "b"), .outcomes = 9, .flips = 4 };
	return 0;
}

static int summary_of(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	double level = row->run == 1 ? 1.0 : 1.5;

	(void)ctx, (void)e;
	speed_summary_of_figures(&(struct speed_figures){ .mean = level, .processes = 4 },
				 (const double[]){ level, level * 1.01, level * 0.99, level * 1.002 }, 4, out);
	return 0;
}

static const struct change_source source = { tests_of, flaky_of, summary_of, NULL };

static void add_row(struct outcome_set *s, int64_t id, int64_t run, const char *target, const char *package,
		    const char *tier, enum verdict verdict, int64_t passed, int64_t failed)
{
	struct outcome_row *row;

	outcome_set_start(s);
	row = outcome_set_add(s);
	*row = (struct outcome_row){ .id = id,
				     .run = run,
				     .cell_id = "c",
				     .target = target,
				     .arch = "amd64",
				     .runtime = "cpython",
				     .package = package,
				     .tier = tier,
				     .verdict = verdict,
				     .reason = "no such package",
				     .hint = "",
				     .folder = "" };
	row->tally.count[VERDICT_PASSED] = passed;
	row->tally.count[VERDICT_FAILED] = failed;
}

static struct changes compare(struct outcome_set *base, struct outcome_set *changed)
{
	const struct change_rules rules = { .margin = 0.02, .speed_tier = "speed", .base_run = 1, .changed_run = 2 };
	struct changes c;
	struct err e;

	assert_int_equal(changes_build(base, changed, &rules, &source, &c, &e), 0);
	assert_int_equal(base->count, 0);
	return c;
}

/* Every pair of verdicts has one kind. */
static void kinds_of_tests(void **state)
{
	static const struct {
		int before, now;
		const char *known_before, *known_now;
		int kind; /* -1: no change */
	} cases[] = {
		{ VERDICT_PASSED, VERDICT_FAILED, NULL, NULL, CHANGE_NEWLY_FAILING },
		{ VERDICT_SKIPPED, VERDICT_TIMED_OUT, NULL, NULL, CHANGE_NEWLY_FAILING },
		{ -1, VERDICT_BROKEN, NULL, NULL, CHANGE_NEWLY_FAILING },
		{ VERDICT_PASSED, VERDICT_CRASHED, NULL, NULL, CHANGE_NEWLY_CRASHED },
		{ VERDICT_FAILED, VERDICT_CRASHED, NULL, NULL, CHANGE_NEWLY_CRASHED },
		{ VERDICT_CRASHED, VERDICT_CRASHED, NULL, NULL, CHANGE_STILL_FAILING },
		{ VERDICT_CRASHED, VERDICT_FAILED, NULL, NULL, CHANGE_STILL_FAILING },
		{ VERDICT_FAILED, VERDICT_PASSED, NULL, NULL, CHANGE_FIXED },
		{ VERDICT_FAILED, VERDICT_SKIPPED, NULL, NULL, CHANGE_DISAPPEARED },
		{ VERDICT_FAILED, -1, NULL, NULL, CHANGE_DISAPPEARED },
		{ VERDICT_FAILED, VERDICT_PASSED, "why", NULL, CHANGE_KNOWN_PASSES },
		{ VERDICT_PASSED, VERDICT_FAILED, NULL, "why", -1 },
		{ VERDICT_FAILED, VERDICT_CRASHED, "why", "why", -1 },
		{ VERDICT_FAILED, VERDICT_FAILED, "why", NULL, CHANGE_STILL_FAILING },
		{ -1, VERDICT_PASSED, NULL, NULL, CHANGE_APPEARED },
		{ VERDICT_SKIPPED, VERDICT_PASSED, NULL, NULL, CHANGE_APPEARED },
		{ VERDICT_PASSED, -1, NULL, NULL, CHANGE_DISAPPEARED },
		{ VERDICT_PASSED, VERDICT_SKIPPED, NULL, NULL, CHANGE_DISAPPEARED },
		{ VERDICT_SKIPPED, -1, NULL, NULL, -1 },
	};

	(void)state;
	flaky_b = false;
	told_count = 1;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct outcome_set base = { 0 }, changed = { 0 };
		struct changes c;

		told[0] = (struct test_pair){ "a",  cases[i].before,	   cases[i].now,      NULL,
					      NULL, cases[i].known_before, cases[i].known_now };
		add_row(&base, 1, 1, "t", "p", "smoke", VERDICT_PASSED, 5, 0);
		add_row(&changed, 2, 2, "t", "p", "smoke", VERDICT_PASSED, 5, 0);
		c = compare(&base, &changed);
		assert_int_equal(c.count, cases[i].kind >= 0);
		if (c.count) {
			assert_int_equal(c.items[0].kind, cases[i].kind);
			assert_int_equal(c.counts[cases[i].kind], 1);
		}
		assert_int_equal(changes_exit_status(&c),
				 cases[i].kind == CHANGE_NEWLY_CRASHED || cases[i].kind == CHANGE_NEWLY_FAILING);
		changes_free(&c);
	}
}

static void groups_are_by_package_and_cause(void **state)
{
	struct outcome_set base = { 0 }, changed = { 0 };
	struct changes c;

	(void)state;
	flaky_b = true;
	told_count = 3;
	told[0] = (struct test_pair){ "a", VERDICT_PASSED, VERDICT_FAILED, "m", "byte order", NULL, NULL };
	told[1] = (struct test_pair){ "b", VERDICT_PASSED, VERDICT_FAILED, "m", "byte order", NULL, NULL };
	told[2] = (struct test_pair){ "c", VERDICT_PASSED, VERDICT_FAILED, NULL, NULL, NULL, NULL };
	for (int64_t i = 0; i < 2; i++) {
		add_row(&base, 1 + i, 1, i ? "t" : "u", "p", "smoke", VERDICT_PASSED, 5, 0);
		add_row(&changed, 3 + i, 2, i ? "t" : "u", "p", "smoke", VERDICT_FAILED, 2, 3);
	}
	c = compare(&base, &changed);
	assert_int_equal(c.pair_count, 2);
	assert_int_equal(c.group_count, 3);
	assert_int_equal(c.groups[0].kind, CHANGE_NEWLY_FAILING);
	assert_string_equal(c.groups[0].cause, "byte order");
	assert_int_equal(c.groups[0].test_count, 1); /* b is flaky */
	assert_int_equal(c.groups[0].cell_count, 2);
	assert_int_equal(c.groups[0].count, 2);
	assert_null(c.groups[1].cause);
	assert_int_equal(c.groups[2].kind, CHANGE_FLAKY);
	assert_int_equal(c.counts[CHANGE_FLAKY], 2);
	assert_int_equal(c.test_counts[CHANGE_FLAKY], 1);
	assert_int_equal(c.items[c.groups[2].first].flaky.flips, 4);
	changes_free(&c);
}

static void cells_as_a_whole(void **state)
{
	struct outcome_set base = { 0 }, changed = { 0 };
	struct changes c;

	(void)state;
	told_count = 0;
	add_row(&base, 1, 1, "t", "broke", "smoke", VERDICT_PASSED, 5, 0);
	add_row(&changed, 2, 2, "t", "broke", "smoke", VERDICT_BROKEN, 0, 0);
	add_row(&base, 3, 1, "t", "mended", "smoke", VERDICT_BROKEN, 0, 0);
	add_row(&changed, 4, 2, "t", "mended", "smoke", VERDICT_PASSED, 5, 0);
	add_row(&base, 5, 1, "t", "gone", "smoke", VERDICT_PASSED, 5, 0);
	add_row(&changed, 6, 2, "t", "gone", "smoke", VERDICT_UNAVAILABLE, 0, 0);
	add_row(&changed, 7, 2, "t", "new", "smoke", VERDICT_PASSED, 7, 0);
	add_row(&base, 8, 0, "t", "same", "smoke", VERDICT_PASSED, 7, 0);
	add_row(&changed, 8, 0, "t", "same", "smoke", VERDICT_PASSED, 7, 0);
	c = compare(&base, &changed);
	assert_int_equal(c.pair_count, 5);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.items[0].kind, CHANGE_NEWLY_FAILING);
	assert_null(c.items[0].test);
	assert_string_equal(c.items[0].detail, "no such package");
	assert_int_equal(c.items[1].kind, CHANGE_FIXED);
	assert_int_equal(c.incomparable, 1);
	assert_int_equal(c.same, 1);
	assert_int_equal(c.carried_base, 1);
	assert_int_equal(c.carried_changed, 1);
	assert_int_equal(c.counts[CHANGE_APPEARED], 7);
	changes_free(&c);
}

static void speed_is_told_beside(void **state)
{
	struct outcome_set base = { 0 }, changed = { 0 };
	struct changes c;

	(void)state;
	told_count = 0;
	add_row(&base, 1, 1, "t", "bench", "speed", VERDICT_PASSED, 4, 0);
	add_row(&changed, 2, 2, "t", "bench", "speed", VERDICT_PASSED, 4, 0);
	add_row(&base, 3, 1, "t", "other", "speed", VERDICT_PASSED, 4, 0);
	add_row(&changed, 3, 1, "t", "other", "speed", VERDICT_PASSED, 4, 0);
	c = compare(&base, &changed);
	assert_int_equal(c.count, 0);
	assert_int_equal(c.speed.count, 1);
	assert_string_equal(c.speed.rows[0].name, "t/cpython/bench");
	assert_int_equal(c.speed.rows[0].judged.word, SPEED_SLOWER);
	assert_true(fabs(c.speed.rows[0].ratio.value - 1.5) < 1e-9);
	assert_int_equal(c.speed_same, 1);
	assert_int_equal(changes_exit_status(&c), 1);
	changes_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_of_tests),
		cmocka_unit_test(groups_are_by_package_and_cause),
		cmocka_unit_test(cells_as_a_whole),
		cmocka_unit_test(speed_is_told_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
