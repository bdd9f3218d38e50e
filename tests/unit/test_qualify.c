#include "numbers.h"

#include <stdio.h>

#include "analyse/qualify.h"
#include "analyse/rng.h"

#define PROCESSES 10
#define MOST	  16 /* benchmarks of a release */

/* ---- simulated releases ---- */

struct simulated_side {
	struct speed_process processes[PROCESSES];
	struct speed_summary summary;
};

/* A release: benchmarks on one target, measured with so much deviation between processes. */
struct release {
	struct simulated_side base[MOST], now[MOST];
	struct qualify_speed_want wants[MOST];
	char names[MOST][32];
	struct qualify_terms terms;
};

static void fill_side(struct simulated_side *s, double level, double deviation, double half_apart, bool halves,
		      struct rng *r)
{
	for (size_t i = 0; i < PROCESSES; i++) {
		char role = halves ? "ab"[i % 2] : 0;

		s->processes[i] = (struct speed_process){
			.role = role,
			.class = WARMUP_FLAT,
			.mean = level * (role == 'b' ? half_apart : 1) * exp(deviation * rng_normal(r)),
		};
	}
	s->summary = (struct speed_summary){ .processes = s->processes,
					     .process_count = PROCESSES,
					     .class = WARMUP_FLAT,
					     .speed = WARMUP_SPEED_SHOWN,
					     .mean = level };
}

static struct qualify_evidence evidence_of(const struct simulated_side *s, const char *record)
{
	return (struct qualify_evidence){ .record = record,
					  .run = "night",
					  .arch = "s390x",
					  .verdict = VERDICT_PASSED,
					  .took_ns = INT64_C(60000000000),
					  .speed = &s->summary };
}

static void simulate_release(struct release *out, size_t count, const double *truths, double deviation,
			     double half_apart, struct rng *r)
{
	for (size_t i = 0; i < count; i++) {
		snprintf(out->names[i], sizeof(out->names[i]), "b%zu", i);
		fill_side(&out->base[i], 0.01, deviation, half_apart, true, r);
		fill_side(&out->now[i], 0.01 * truths[i], deviation, 1, false, r);
		out->wants[i] = (struct qualify_speed_want){ .target = "one",
							     .benchmark = out->names[i],
							     .margin = 0.05,
							     .baseline = evidence_of(&out->base[i], "base"),
							     .candidate = evidence_of(&out->now[i], "now") };
		out->wants[i].controls[0] = out->wants[i].baseline;
	}
	out->terms = (struct qualify_terms){ .candidate = "pypy",
					     .baseline = "cpython",
					     .candidate_runtime = "pypy",
					     .runtimes = "cpython,pypy",
					     .alpha = 0.05,
					     .power = 0.8,
					     .tests_coverage = 1,
					     .benchmarks_coverage = 1,
					     .most_processes = 30,
					     .speed = out->wants,
					     .speed_count = count };
}

static enum qualify_status status_of(const struct release *release)
{
	struct qualification q;
	enum qualify_status status;

	assert_int_equal(qualify_judge(&release->terms, &q, NULL), 0);
	status = q.status;
	qualification_free(&q);
	return status;
}

/* How many of so many releases end in each way. */
static void simulate_releases(uint64_t seed, size_t releases, size_t count, const double *truths, double deviation,
			      double half_apart, size_t out[QUALIFY_COUNT])
{
	static struct release release;
	struct rng r;

	rng_seed(&r, seed);
	memset(out, 0, QUALIFY_COUNT * sizeof(*out));
	for (size_t i = 0; i < releases; i++) {
		simulate_release(&release, count, truths, deviation, half_apart, &r);
		out[status_of(&release)]++;
	}
}

static const double one_at_the_margin[MOST] = { 1.05, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8,
						0.8,  0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8 };
static const double all_at_the_margin[MOST] = { 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05,
						1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05, 1.05 };
static const double all_equal[MOST] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

/* The worst that there is: one benchmark is at its margin, all others pass for certain, so that it alone decides. The
 * A/A control takes a few of the wrong passes as well. */
static void at_the_margin_at_most_one_of_twenty_passes(void **state)
{
	size_t ends[QUALIFY_COUNT];

	(void)state;
	simulate_releases(1, 1000, 10, one_at_the_margin, 0.01, 1, ends);
	assert_true(ends[QUALIFY_QUALIFIED] <= 50);
	assert_true(ends[QUALIFY_QUALIFIED] >= 20); /* the test is not idle */
	assert_true(ends[QUALIFY_REGRESSION] <= 50);
	/* Many more, for a rate without luck: 4.75 % are expected. */
	simulate_releases(2, 20000, 4, one_at_the_margin, 0.02, 1, ends);
	assert_in_range(ends[QUALIFY_QUALIFIED], 800, 1000);
	simulate_releases(3, 1000, 10, all_at_the_margin, 0.01, 1, ends);
	assert_int_equal(ends[QUALIFY_QUALIFIED], 0);
	assert_true(ends[QUALIFY_REGRESSION] <= 65); /* family-wise 5 % +- 2 standard deviations */
}

static void equal_ones_pass_and_slow_ones_do_not(void **state)
{
	double slow[MOST];
	size_t ends[QUALIFY_COUNT];

	(void)state;
	memcpy(slow, all_equal, sizeof(slow));
	slow[7] = 1.1;
	simulate_releases(4, 1000, 10, all_equal, 0.01, 1, ends);
	assert_in_range(ends[QUALIFY_QUALIFIED], 920, 980); /* the control fails in 5 %, as it says */
	assert_in_range(ends[QUALIFY_INVALID], 20, 70);
	simulate_releases(5, 1000, 10, slow, 0.01, 1, ends);
	assert_int_equal(ends[QUALIFY_QUALIFIED], 0);
	assert_in_range(ends[QUALIFY_REGRESSION], 900, 990);
	/* With 9 % between processes nothing can be said of 5 %, and nothing is. */
	simulate_releases(6, 1000, 10, all_equal, 0.09, 1, ends);
	assert_int_equal(ends[QUALIFY_QUALIFIED], 0);
	assert_in_range(ends[QUALIFY_UNDECIDED], 880, 1000);
	/* A machine that takes 20 % more time for one half than for the other. */
	simulate_releases(7, 1000, 10, slow, 0.01, 1.2, ends);
	assert_int_equal(ends[QUALIFY_INVALID], 1000);
}

/* ---- what decides ---- */

static struct release *equal_release(size_t count)
{
	static struct release release;
	struct rng r;

	rng_seed(&r, 42);
	simulate_release(&release, count, all_equal, 0.002, 1, &r);
	assert_int_equal(status_of(&release), QUALIFY_QUALIFIED);
	return &release;
}

static void missing_is_never_a_pass(void **state)
{
	static const enum verdict absent[] = { VERDICT_LOST, VERDICT_UNAVAILABLE };
	struct release *release = equal_release(4);
	const struct qualify_speed_want whole = release->wants[2];

	(void)state;
	release->wants[2].candidate = (struct qualify_evidence){ 0 };
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	release->terms.benchmarks_coverage = 0.75;
	assert_int_equal(status_of(release), QUALIFY_QUALIFIED);
	release->terms.benchmarks_coverage = 0.76;
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	release->wants[2] = whole;
	release->wants[2].baseline = (struct qualify_evidence){ 0 };
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	for (size_t i = 0; i < COUNT_OF(absent); i++) {
		release->wants[2] = whole;
		release->wants[2].candidate.verdict = absent[i];
		assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	}
	release->wants[2] = whole;
	release->wants[2].candidate.run = "day";
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	release->wants[2] = whole;
	release->wants[2].candidate.arch = "amd64";
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	release->wants[2] = whole;
	release->now[2].summary.speed = WARMUP_SPEED_REFUSED;
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	/* Nothing at all is not qualified, however little is asked for. */
	release->terms.benchmarks_coverage = 0;
	for (size_t i = 0; i < 4; i++)
		release->wants[i].candidate = (struct qualify_evidence){ 0 };
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
	release->terms.speed_count = 0;
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
}

static void without_a_control_it_is_incomplete(void **state)
{
	struct release *release = equal_release(4);

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < PROCESSES; k++)
			release->base[i].processes[k].role = 0;
	assert_int_equal(status_of(release), QUALIFY_INCOMPLETE);
}

static void a_failure_is_a_regression_unless_excepted(void **state)
{
	struct release *release = equal_release(4);
	struct qualify_exception x = { NULL, "bug 7", "2030-01-31", false };

	(void)state;
	release->wants[1].candidate.verdict = VERDICT_CRASHED;
	assert_int_equal(status_of(release), QUALIFY_REGRESSION);
	release->wants[1].exception = &x;
	assert_int_equal(status_of(release), QUALIFY_QUALIFIED);
	x.expired = true;
	assert_int_equal(status_of(release), QUALIFY_REGRESSION);
	/* A regression that is shown stands, whatever else is missing. */
	release->wants[3].candidate = (struct qualify_evidence){ 0 };
	assert_int_equal(status_of(release), QUALIFY_REGRESSION);
}

static void the_worst_part_decides(void **state)
{
	static const enum qualify_status order[] = { QUALIFY_QUALIFIED, QUALIFY_UNDECIDED, QUALIFY_INCOMPLETE,
						     QUALIFY_INVALID, QUALIFY_REGRESSION };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(order); i++)
		for (size_t k = 0; k <= i; k++) {
			assert_int_equal(qualify_worse(order[i], order[k]), order[i]);
			assert_int_equal(qualify_worse(order[k], order[i]), order[i]);
		}
	assert_string_equal(qualify_word(QUALIFY_INVALID), "invalid");
	assert_string_equal(qualify_word((enum qualify_status)99), "unknown");
	/* Exit statuses: the users' scripts know them. */
	assert_int_equal(QUALIFY_QUALIFIED, 0);
	assert_int_equal(QUALIFY_REGRESSION, 1);
	assert_int_equal(QUALIFY_UNDECIDED, 2);
	assert_int_equal(QUALIFY_INVALID, 3);
	assert_int_equal(QUALIFY_INCOMPLETE, 4);
}

/* ---- tests ---- */

struct cell {
	struct result base, now;
	struct qualify_tests_want want;
	struct qualify_terms terms;
};

/* "p" passed, "f" failed, "k" failed and known, "s" skipped, "-" not there; test i is "t<i>". */
static void fill_result(struct result *r, const char *letters)
{
	result_start(r);
	for (size_t i = strlen(letters); i-- > 0;) { /* their order is nobody's promise */
		enum verdict v = letters[i] == 'p'   ? VERDICT_PASSED
				 : letters[i] == 's' ? VERDICT_SKIPPED
						     : VERDICT_FAILED;
		char name[32];

		snprintf(name, sizeof(name), "t%zu", i);
		if (letters[i] != '-')
			result_add(r, name, v, 1, "why\nmore")->known = letters[i] == 'k' ? "known" : NULL;
	}
}

static struct cell *cell_of(const char *base, const char *now)
{
	static struct cell c;

	fill_result(&c.base, base);
	fill_result(&c.now, now);
	c.want = (struct qualify_tests_want){
		.target = "one",
		.package = "numpy",
		.tier = "smoke",
		.against_baseline = true,
		.baseline = { .record = "base", .run = "night", .verdict = VERDICT_PASSED, .tests = &c.base },
		.candidate = { .record = "now", .run = "night", .verdict = VERDICT_PASSED, .tests = &c.now },
	};
	c.terms = (struct qualify_terms){ .candidate = "pypy",
					  .baseline = "cpython",
					  .candidate_runtime = "pypy",
					  .runtimes = "cpython,pypy",
					  .tests_coverage = 1,
					  .benchmarks_coverage = 1,
					  .tests = &c.want,
					  .tests_count = 1 };
	return &c;
}

static struct qualification judge_cell(struct cell *c)
{
	struct qualification q;

	assert_int_equal(qualify_judge(&c->terms, &q, NULL), 0);
	return q;
}

static enum qualify_status ends(struct cell *c)
{
	struct qualification q = judge_cell(c);
	enum qualify_status status = q.status;

	qualification_free(&q);
	return status;
}

static void free_cell(struct cell *c)
{
	result_free(&c->base);
	result_free(&c->now);
}

static void pairs_of_tests(void **state)
{
	static const struct {
		const char *base, *now;
		enum qualify_status status;
	} cases[] = {
		{ "ppp", "ppp", QUALIFY_QUALIFIED },  { "ppp", "pfp", QUALIFY_REGRESSION },
		{ "ppp", "pkp", QUALIFY_QUALIFIED },  { "ppp", "psp", QUALIFY_INCOMPLETE },
		{ "ppp", "p-p", QUALIFY_INCOMPLETE }, { "pfp", "pfp", QUALIFY_QUALIFIED },
		{ "pfp", "ppp", QUALIFY_QUALIFIED },  { "psp", "pfp", QUALIFY_QUALIFIED },
		{ "p-p", "pfp", QUALIFY_QUALIFIED },  { "fff", "ppp", QUALIFY_INCOMPLETE },
		{ "ppp", "f--", QUALIFY_REGRESSION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cell *c = cell_of(cases[i].base, cases[i].now);

		if (ends(c) != cases[i].status)
			fail_msg("%s, %s: %s", cases[i].base, cases[i].now, qualify_word(ends(c)));
		free_cell(c);
	}
}

static void counts_and_names(void **state)
{
	struct cell *c = cell_of("pppppff", "pfks-fp");
	struct qualification q = judge_cell(c);
	const struct qualify_tests *t = &q.tests[0];

	(void)state;
	assert_int_equal(t->baseline_passed, 5);
	assert_int_equal(t->covered, 3);
	assert_int_equal(t->known, 1);
	assert_int_equal(t->still_failing, 1);
	assert_int_equal(t->fixed, 1);
	assert_int_equal(t->missing_count, 2);
	assert_int_equal(t->regression_count, 1);
	assert_string_equal(t->regressions[0].test, "t1");
	assert_string_equal(t->regressions[0].detail, "why");
	assert_string_equal(t->regressions[0].why, "passes under cpython");
	qualification_free(&q);
	free_cell(c);
}

static void exceptions_and_musts(void **state)
{
	struct cell *c = cell_of("ppp", "pfp");
	struct qualify_exception x[] = { { "t1", "bug 1", "2020-01-31", true },
					 { "t[12]", "bug 2", "2999-12-31", false } };
	const char *must[] = { "t1", NULL };

	(void)state;
	c->want.exceptions = x;
	c->want.exception_count = 1;
	assert_int_equal(ends(c), QUALIFY_REGRESSION);
	c->want.exception_count = 2; /* one that holds stands before one that has expired */
	assert_int_equal(ends(c), QUALIFY_QUALIFIED);
	c->want.must = must;
	c->want.must_count = 1;
	assert_int_equal(ends(c), QUALIFY_QUALIFIED);
	c->want.exception_count = 0;
	free_cell(c);

	c = cell_of("kkp", "pkp");
	c->want.must = must;
	assert_int_equal(ends(c), QUALIFY_QUALIFIED);
	c->want.must_count = 1; /* must pass, known or not */
	assert_int_equal(ends(c), QUALIFY_REGRESSION);
	must[0] = "t9";
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE);
	must[0] = NULL;
	assert_int_equal(ends(c), QUALIFY_REGRESSION);
	must[0] = "t0";
	assert_int_equal(ends(c), QUALIFY_QUALIFIED);
	must[0] = "(";
	struct qualification q;
	assert_int_equal(qualify_judge(&c->terms, &q, NULL), -1);
	qualification_free(&q);
	free_cell(c);
}

static void whole_cells(void **state)
{
	struct cell *c = cell_of("ppp", "pp");
	struct qualify_exception whole = { NULL, "no index", "2999-12-31", false };

	(void)state;
	c->want.candidate.verdict = VERDICT_UNAVAILABLE;
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE);
	c->want.exceptions = &whole;
	c->want.exception_count = 1;
	assert_int_equal(ends(c), QUALIFY_QUALIFIED);
	whole.expired = true;
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE);
	c->want.candidate.verdict = VERDICT_CRASHED; /* the suite died behind its second test */
	assert_int_equal(ends(c), QUALIFY_REGRESSION);
	c->want.baseline.verdict = VERDICT_CRASHED; /* there as here */
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE);
	c->want.baseline.verdict = VERDICT_UNAVAILABLE;
	c->want.candidate.verdict = VERDICT_PASSED;
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE);
	c->want.candidate = (struct qualify_evidence){ .record = "now", .verdict = VERDICT_BROKEN };
	assert_int_equal(ends(c), QUALIFY_INCOMPLETE); /* and nothing to hold it against */
	c->want.baseline.verdict = VERDICT_PASSED;
	assert_int_equal(ends(c), QUALIFY_REGRESSION);
	free_cell(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_margin_at_most_one_of_twenty_passes),
		cmocka_unit_test(equal_ones_pass_and_slow_ones_do_not),
		cmocka_unit_test(missing_is_never_a_pass),
		cmocka_unit_test(without_a_control_it_is_incomplete),
		cmocka_unit_test(a_failure_is_a_regression_unless_excepted),
		cmocka_unit_test(the_worst_part_decides),
		cmocka_unit_test(pairs_of_tests),
		cmocka_unit_test(counts_and_names),
		cmocka_unit_test(exceptions_and_musts),
		cmocka_unit_test(whole_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
