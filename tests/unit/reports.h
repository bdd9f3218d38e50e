/* A small report for the tests of analyse and render: two packages on two targets under two runtimes. */
#ifndef LABCTL_TESTS_REPORTS_H
#define LABCTL_TESTS_REPORTS_H

#include "outcomes.h"

#include "analyse/report.h"

/* What a made-up store answers: the bad tests of outcome n. */
struct fake_tests {
	int64_t outcome;
	struct test_row row;
};

static struct fake_tests fake_tests[64];
static size_t fake_test_count;

static inline void add_fake_test(int64_t outcome, const char *name, enum verdict v, const char *cause,
				 const char *known, const char *detail)
{
	fake_tests[fake_test_count++] = (struct fake_tests){
		outcome,
		{ .name = name, .verdict = v, .cause = cause, .known = known, .detail = detail, .took_ns = 500000000 },
	};
}

static inline int answer_tests(void *ctx, const struct outcome_row *row, struct test_set *out, struct err *e)
{
	(void)ctx;
	(void)e;
	memset(out, 0, sizeof(*out));
	test_set_start(out);
	for (size_t i = 0; i < fake_test_count; i++)
		if (fake_tests[i].outcome == row->id)
			*test_set_add(out) = fake_tests[i].row;
	return 0;
}

static inline const char *answer_advice(void *ctx, const char *cause)
{
	(void)ctx;
	return strcmp(cause, "byte order") == 0 ? "The code takes the machine for a little-endian one" : NULL;
}

static const struct report_source fake_source = { answer_tests, answer_advice, NULL };

/* An outcome of `package` on `target` under `runtime`; its cell id is made of the three. */
static inline struct outcome_row *add_outcome_row(struct outcome_set *set, int64_t id, const char *target,
						  const char *runtime, const char *package, enum verdict v,
						  int64_t passed, int64_t failed)
{
	struct outcome_row *row;

	outcome_set_start(set);
	row = outcome_set_add(set);
	*row = (struct outcome_row){
		.id = id,
		.run = 1,
		.cell_id = arena_printf(set->arena, "%s-%s-%s", target, runtime, package),
		.target = target,
		.arch = target,
		.runtime = runtime,
		.package = package,
		.tier = "smoke",
		.how_run = "scripted",
		.emulated = strcmp(target, "s390x") == 0,
		.attempt = 1,
		.verdict = v,
		.reason = "",
		.hint = "",
		.started_wall_ms = INT64_C(1700000000000),
		.took_ns = INT64_C(41000000000),
		.folder = "runs/r1/0123456789abcdef/1",
	};
	row->tally.count[VERDICT_PASSED] = passed;
	row->tally.count[VERDICT_FAILED] = failed;
	return row;
}

static inline struct matrix_want want_cell(const char *target, const char *runtime, const char *package, char *id,
					   size_t id_size)
{
	snprintf(id, id_size, "%s-%s-%s", target, runtime, package);
	return (struct matrix_want){ package, { target, target, runtime, strcmp(target, "s390x") == 0 }, id, NULL };
}

/* The whole of it. The sets must outlive the report. */
struct small_lab {
	struct outcome_set now, before;
	struct report report;
};

static inline void fill_small_lab(struct small_lab *l)
{
	struct outcome_row *row;

	fake_test_count = 0;
	add_outcome_row(&l->now, 1, "amd64", "cpython", "numpy", VERDICT_PASSED, 18320, 0)->run = 2;
	row = add_outcome_row(&l->now, 2, "amd64", "pypy", "numpy", VERDICT_UNAVAILABLE, 0, 0);
	row->reason = "no package index can be reached";
	row = add_outcome_row(&l->now, 3, "s390x", "cpython", "numpy", VERDICT_FAILED, 18316, 4);
	row->tally.known = 1;
	row->run = 2;
	row = add_outcome_row(&l->now, 4, "s390x", "pypy", "numpy", VERDICT_UNAVAILABLE, 0, 0);
	row->reason = "no package index can be reached";
	add_outcome_row(&l->now, 5, "amd64", "cpython", "sympy", VERDICT_PASSED, 950, 0);
	row = add_outcome_row(&l->now, 6, "amd64", "pypy", "sympy", VERDICT_FAILED, 948, 1);
	row->tally.count[VERDICT_CRASHED] = 1;
	row = add_outcome_row(&l->now, 7, "s390x", "cpython", "sympy", VERDICT_BROKEN, 0, 0);
	row->reason = "cannot import sympy: \033[31mno\033[0m mpmath";
	row->hint = "see the log of step package";

	add_outcome_row(&l->before, 13, "s390x", "cpython", "numpy", VERDICT_FAILED, 18319, 1)->tally.known = 1;
	row = add_outcome_row(&l->before, 16, "amd64", "pypy", "sympy", VERDICT_FAILED, 949, 1);

	add_fake_test(3, "core/test_io.py::test_swap", VERDICT_FAILED, "byte order", NULL,
		      "AssertionError: got 16777216\n  expected 1\nat test_io.py:12\nline 4\nline 5");
	add_fake_test(3, "core/test_io.py::test_\033[2Jread", VERDICT_FAILED, "byte order", NULL, NULL);
	add_fake_test(3, "core/test_x.py::test_odd", VERDICT_FAILED, NULL, NULL, "ValueError: <odd> & \"quoted\"");
	add_fake_test(3, "core/test_long.py::test_double", VERDICT_FAILED, "precision", "long double is IBM's", NULL);
	add_fake_test(13, "core/test_long.py::test_double", VERDICT_FAILED, "precision", "long double is IBM's", NULL);
	add_fake_test(6, "core/test_rec.py::test_deep", VERDICT_CRASHED, "segfault", NULL, "Fatal Python error");
	add_fake_test(6, "core/test_x.py::test_odd", VERDICT_FAILED, NULL, NULL, NULL);
	add_fake_test(16, "core/test_x.py::test_odd", VERDICT_FAILED, NULL, NULL, NULL);
}

static inline void open_small_lab(struct small_lab *l)
{
	static const char *const targets[] = { "amd64", "s390x" }, *const runtimes[] = { "cpython", "pypy" };
	static const char *const packages[] = { "numpy", "sympy" };
	struct matrix_want want[8];
	char ids[8][64];
	struct matrix m;
	struct err e = ERR_INIT;

	memset(l, 0, sizeof(*l));
	fill_small_lab(l);
	for (size_t i = 0; i < 8; i++)
		want[i] = want_cell(targets[i / 4], runtimes[i % 2], packages[i / 2 % 2], ids[i], sizeof(ids[i]));
	want[7].not_run = "the run was interrupted";
	matrix_build(want, 8, &l->now, &l->before, &m);
	assert_ok(report_build(&m, &fake_source, &l->report, &e), e);
	l->report.run_name = "r1";
	l->report.made_wall_ms = INT64_C(1700000000000);
}

static inline void close_small_lab(struct small_lab *l)
{
	report_free(&l->report);
	outcome_set_free(&l->now);
	outcome_set_free(&l->before);
}

#endif
