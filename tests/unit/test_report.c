#include "reports.h"

static void findings_are_in_order_of_importance(void **state)
{
	static const struct {
		const char *package, *cause;
		size_t tests;
		bool is_new, known;
	} order[] = {
		{ "sympy", "segfault", 1, true, false },  { "numpy", "byte order", 2, true, false },
		{ "numpy", NULL, 1, true, false },	  { "sympy", NULL, 1, false, false },
		{ "numpy", "precision", 1, false, true },
	};
	struct small_lab l;

	(void)state;
	open_small_lab(&l);
	assert_int_equal(l.report.finding_count, COUNT_OF(order));
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		const struct finding *f = &l.report.findings[i];

		assert_string_equal(f->package, order[i].package);
		assert_string_equal(f->cause ? f->cause : "-", order[i].cause ? order[i].cause : "-");
		assert_int_equal(f->test_count, order[i].tests);
		assert_int_equal(f->is_new, order[i].is_new);
		assert_int_equal(f->known, order[i].known);
		assert_int_equal(f->cell_count, 1);
	}
	assert_string_equal(l.report.findings[1].cells[0], "s390x/cpython/numpy:smoke");
	assert_string_equal(l.report.findings[1].advice, "The code takes the machine for a little-endian one");
	assert_string_equal(l.report.findings[1].sample,
			    "AssertionError: got 16777216\n  expected 1\nat test_io.py:12\nline 4");
	assert_string_equal(l.report.findings[4].advice, "long double is IBM's");
	close_small_lab(&l);
}

static void cells_are_counted(void **state)
{
	struct small_lab l;

	(void)state;
	open_small_lab(&l);
	assert_int_equal(l.report.cells_expected, 2);
	assert_int_equal(l.report.cells_unexpected, 3);
	assert_int_equal(l.report.cells_unavailable, 2);
	assert_int_equal(l.report.cells_not_run, 1);
	assert_int_equal(l.report.cells_lost, 0);
	assert_int_equal(l.report.total.count[VERDICT_CRASHED], 1);
	assert_int_equal(l.report.total.known, 1);
	assert_int_equal(report_exit_status(&l.report), 1);
	assert_string_equal(l.report.tier, "smoke");
	close_small_lab(&l);
}

/* Tests t0..t9, each in some of 3 cells. */
static void one_finding_spans_cells(void **state)
{
	static const char *const targets[] = { "amd64", "arm64", "s390x" };
	struct outcome_set now = { 0 };
	struct matrix_want want[3];
	char ids[3][64], names[10][8];
	struct matrix m;
	struct report r;
	struct err e = ERR_INIT;

	(void)state;
	fake_test_count = 0;
	for (int i = 0; i < 10; i++)
		snprintf(names[i], sizeof(names[i]), "t%d", i);
	for (size_t i = 0; i < 3; i++) {
		add_outcome_row(&now, (int64_t)i + 1, targets[i], "cpython", "numpy", VERDICT_FAILED, 5, 10);
		want[i] = want_cell(targets[i], "cpython", "numpy", ids[i], sizeof(ids[i]));
		for (int t = 0; t < 10; t++)
			if (i == 0 || (i == 1 && t >= 5) || t == 9)
				add_fake_test((int64_t)i + 1, names[t], VERDICT_FAILED, "cause", NULL, NULL);
	}
	/* The same test twice in a cell is one test in one cell. */
	add_fake_test(1, names[0], VERDICT_TIMED_OUT, "cause", NULL, NULL);
	matrix_build(want, 3, &now, NULL, &m);
	assert_ok(report_build(&m, &fake_source, &r, &e), e);
	assert_int_equal(r.finding_count, 1);
	assert_int_equal(r.findings[0].test_count, 10);
	assert_int_equal(r.findings[0].cell_count, 3);
	assert_int_equal(r.findings[0].worst, VERDICT_TIMED_OUT);
	assert_false(r.findings[0].is_new);
	assert_string_equal(r.findings[0].tests[0], "t9");
	assert_string_equal(r.findings[0].tests[1], "t5");
	assert_string_equal(r.findings[0].tests[4], "t8");
	assert_null(r.findings[0].tests[5]);
	assert_string_equal(r.findings[0].cells[2], "s390x/cpython/numpy:smoke");
	report_free(&r);
	outcome_set_free(&now);
}

static void a_broken_target_is_told_once(void **state)
{
	static const char *const packages[] = { "numpy", "pandas", "sympy" };
	struct outcome_set now = { 0 };
	struct matrix_want want[6];
	char ids[6][64];
	struct matrix m;
	struct report r;
	struct err e = ERR_INIT;

	(void)state;
	fake_test_count = 0;
	for (size_t i = 0; i < 6; i++) {
		const char *target = i < 3 ? "arm64" : "s390x";
		struct outcome_row *row =
			add_outcome_row(&now, (int64_t)i + 1, target, "pypy", packages[i % 3], VERDICT_LOST, 0, 0);

		row->reason = "connection refused";
		want[i] = want_cell(target, "pypy", packages[i % 3], ids[i], sizeof(ids[i]));
	}
	now.rows[5].verdict = VERDICT_UNAVAILABLE;
	matrix_build(want, 6, &now, NULL, &m);
	assert_ok(report_build(&m, &fake_source, &r, &e), e);
	assert_int_equal(r.remark_count, 3);
	assert_string_equal(r.remarks[0].cell, "numpy, pandas, sympy for pypy on arm64");
	assert_int_equal(r.remarks[0].cell_count, 3);
	assert_string_equal(r.remarks[1].cell, "numpy, pandas for pypy on s390x");
	assert_null(r.remarks[1].hint);
	assert_string_equal(r.remarks[2].cell, "s390x/pypy/sympy:smoke");
	assert_int_equal(r.cells_lost, 5);
	assert_int_equal(report_exit_status(&r), 4);
	report_free(&r);
	outcome_set_free(&now);
}

static int no_tests(void *ctx, const struct outcome_row *row, struct test_set *out, struct err *e)
{
	(void)ctx;
	(void)row;
	(void)out;
	return err_set(e, ERR_FORMAT, "damaged");
}

static void an_error_of_the_source_is_told(void **state)
{
	const struct report_source source = { no_tests, NULL, NULL };
	struct outcome_set now = { 0 };
	struct matrix_want want;
	struct matrix m;
	struct report r;
	struct err e = ERR_INIT;
	char id[64];

	(void)state;
	add_outcome_row(&now, 1, "amd64", "cpython", "numpy", VERDICT_FAILED, 5, 1);
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &now, NULL, &m);
	assert_int_equal(report_build(&m, &source, &r, &e), -1);
	assert_string_equal(e.text, "damaged");
	outcome_set_free(&now);
}

static void all_as_expected_is_0(void **state)
{
	struct outcome_set now = { 0 };
	struct matrix_want want;
	struct matrix m;
	struct report r;
	struct err e = ERR_INIT;
	char id[64];

	(void)state;
	add_outcome_row(&now, 1, "amd64", "cpython", "numpy", VERDICT_PASSED, 5, 0);
	want = want_cell("amd64", "cpython", "numpy", id, sizeof(id));
	matrix_build(&want, 1, &now, NULL, &m);
	assert_ok(report_build(&m, &fake_source, &r, &e), e);
	assert_int_equal(report_exit_status(&r), 0);
	assert_int_equal(r.finding_count + r.remark_count, 0);
	report_free(&r);
	outcome_set_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_are_in_order_of_importance),
		cmocka_unit_test(cells_are_counted),
		cmocka_unit_test(one_finding_spans_cells),
		cmocka_unit_test(a_broken_target_is_told_once),
		cmocka_unit_test(an_error_of_the_source_is_told),
		cmocka_unit_test(all_as_expected_is_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
