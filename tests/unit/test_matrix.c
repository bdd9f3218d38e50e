#include "reports.h"

#include <math.h>

static void columns_are_grouped_by_architecture(void **state)
{
	static const struct {
		const char *target, *arch, *runtime;
	} order[] = { { "laptop", "amd64", "cpython" },
		      { "z15", "s390x", "cpython" },
		      { "laptop", "amd64", "pypy" },
		      { "cloud", "amd64", "cpython" },
		      { "z15", "s390x", "pypy" } },
	  shown[] = { { "laptop", "amd64", "cpython" },
		      { "laptop", "amd64", "pypy" },
		      { "cloud", "amd64", "cpython" },
		      { "z15", "s390x", "cpython" },
		      { "z15", "s390x", "pypy" } };
	struct matrix_want want[COUNT_OF(order)];
	struct matrix m;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(order); i++)
		want[i] = (struct matrix_want){
			"numpy", { order[i].target, order[i].arch, order[i].runtime, false }, "x", NULL
		};
	matrix_build(want, COUNT_OF(order), NULL, NULL, &m);
	assert_int_equal(m.row_count, 1);
	assert_int_equal(m.column_count, COUNT_OF(shown));
	for (size_t i = 0; i < COUNT_OF(shown); i++) {
		assert_string_equal(m.columns[i].target, shown[i].target);
		assert_string_equal(m.columns[i].runtime, shown[i].runtime);
		assert_null(matrix_at(&m, 0, i)->now);
	}
	matrix_free(&m);
}

static void nothing_is_a_matrix_too(void **state)
{
	struct matrix m;

	(void)state;
	matrix_build(NULL, 0, NULL, NULL, &m);
	assert_int_equal(m.row_count, 0);
	assert_int_equal(m.column_count, 0);
	matrix_free(&m);
}

/* One cell, now and before; before_verdict < 0: there was none. */
static struct matrix_cell judge(enum verdict v, int64_t passed, int64_t failed, int64_t known, int before_verdict,
				int64_t failed_before)
{
	struct outcome_set now = { 0 }, before = { 0 };
	struct matrix_want want;
	struct matrix_cell c;
	struct matrix m;
	char id[64];

	add_outcome_row(&now, 10, "amd64", "cpython", "numpy", v, passed, failed)->tally.known = known;
	now.rows[0].run = 5;
	if (before_verdict >= 0)
		add_outcome_row(&before, 9, "amd64", "cpython", "numpy", (enum verdict)before_verdict, passed,
				failed_before);
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &now, &before, &m);
	c = *matrix_at(&m, 0, 0);
	/* The rows are gone with this function. */
	c.now = NULL;
	matrix_free(&m);
	outcome_set_free(&now);
	outcome_set_free(&before);
	return c;
}

static void cells_are_judged(void **state)
{
	struct matrix_cell c = judge(VERDICT_FAILED, 90, 10, 4, -1, 0);

	(void)state;
	assert_true(c.pass_rate == 0.9);
	assert_int_equal(c.bad, 10);
	assert_int_equal(c.bad_unknown, 6);
	assert_int_equal(c.newly_bad, 0);
	assert_false(c.expected);
	assert_null(c.before);
	assert_true(judge(VERDICT_FAILED, 90, 4, 4, -1, 0).expected);
	assert_true(judge(VERDICT_PASSED, 90, 4, 4, -1, 0).expected);
	assert_true(judge(VERDICT_UNAVAILABLE, 0, 0, 0, -1, 0).expected);
	assert_true(isnan(judge(VERDICT_UNAVAILABLE, 0, 0, 0, -1, 0).pass_rate));
	assert_false(judge(VERDICT_BROKEN, 0, 0, 0, -1, 0).expected);
	assert_false(judge(VERDICT_LOST, 0, 0, 0, -1, 0).expected);
	assert_false(judge(VERDICT_TIMED_OUT, 10, 0, 0, -1, 0).expected);
}

static void news_is_more_than_before(void **state)
{
	(void)state;
	assert_int_equal(judge(VERDICT_FAILED, 90, 10, 0, VERDICT_FAILED, 7).newly_bad, 3);
	assert_int_equal(judge(VERDICT_FAILED, 90, 7, 0, VERDICT_FAILED, 7).newly_bad, 0);
	assert_int_equal(judge(VERDICT_FAILED, 90, 7, 0, VERDICT_FAILED, 10).newly_bad, 0);
	assert_int_equal(judge(VERDICT_FAILED, 90, 7, 0, VERDICT_LOST, 0).newly_bad, 0);
	assert_int_equal(judge(VERDICT_FAILED, 90, 7, 0, VERDICT_UNAVAILABLE, 0).newly_bad, 0);
	/* A cell that broke as a whole is news without any test. */
	assert_int_equal(judge(VERDICT_BROKEN, 0, 0, 0, VERDICT_PASSED, 0).newly_bad, 1);
	assert_int_equal(judge(VERDICT_LOST, 0, 0, 0, VERDICT_PASSED, 0).newly_bad, 0);
}

static void the_latest_counts_and_is_not_its_own_before(void **state)
{
	struct outcome_set set = { 0 };
	struct matrix_want want;
	struct matrix m;
	char id[64];

	(void)state;
	add_outcome_row(&set, 1, "amd64", "cpython", "numpy", VERDICT_PASSED, 1, 0)->run = 1;
	add_outcome_row(&set, 2, "amd64", "cpython", "numpy", VERDICT_PASSED, 2, 0)->run = 3;
	add_outcome_row(&set, 3, "amd64", "cpython", "numpy", VERDICT_PASSED, 3, 0)->run = 2;
	add_outcome_row(&set, 4, "amd64", "cpython", "numpy", VERDICT_PASSED, 4, 0)->run = 3;
	set.rows[3].attempt = 2;
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &set, &set, &m);
	assert_int_equal(matrix_at(&m, 0, 0)->now->id, 4);
	assert_int_equal(matrix_at(&m, 0, 0)->before->id, 2);
	matrix_free(&m);
	outcome_set_free(&set);
}

static void a_changed_recipe_is_compared_by_its_coordinates(void **state)
{
	struct outcome_set now = { 0 }, before = { 0 };
	struct matrix_want want;
	struct matrix m;
	char id[64];

	(void)state;
	add_outcome_row(&now, 2, "amd64", "cpython", "numpy", VERDICT_PASSED, 1, 0);
	add_outcome_row(&before, 1, "amd64", "cpython", "numpy", VERDICT_PASSED, 1, 0)->cell_id = "other";
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &now, &before, &m);
	assert_non_null(matrix_at(&m, 0, 0)->before);
	matrix_free(&m);
	before.rows[0].tier = "full";
	matrix_build(&want, 1, &now, &before, &m);
	assert_null(matrix_at(&m, 0, 0)->before);
	matrix_free(&m);
	outcome_set_free(&now);
	outcome_set_free(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_grouped_by_architecture),
		cmocka_unit_test(nothing_is_a_matrix_too),
		cmocka_unit_test(cells_are_judged),
		cmocka_unit_test(news_is_more_than_before),
		cmocka_unit_test(the_latest_counts_and_is_not_its_own_before),
		cmocka_unit_test(a_changed_recipe_is_compared_by_its_coordinates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
