/* The tests of a night. A package's cases are made once per version; a cell changes a few of them and puts them back.
 */
#include "year.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "store/inside.h"

struct simulated {
	struct result result;
	double *took_s; /* of each test, without noise */
	unsigned *numbers;
	unsigned char *last; /* cells × tests: bad the last time; tests by number */
	VEC(size_t) touched;
};

static struct simulated *suites; /* packages × versions */

enum luck {
	LUCK_RUNS,
	LUCK_LEFT_OUT,
	LUCK_LOST,
	LUCK_BROKEN
};

static unsigned version_of(const struct year *y, unsigned night)
{
	return night * YEAR_VERSIONS / y->size.nights;
}

static void name_test(unsigned package, unsigned number, char *out, size_t size)
{
	if (number < YEAR_KNOWN)
		snprintf(out, size, "pkg%02u/tests/test_base.py::test_known_%u", package, number);
	else
		snprintf(out, size, "pkg%02u/tests/test_part_%u.py::TestPart::test_case_%u[%s-%u]", package,
			 number / 200, number, number % 3 ? "float" : "int", number % 7);
}

static void make_suite(const struct year *y, unsigned package, unsigned version, struct simulated *out)
{
	unsigned gone_from = y->size.tests - YEAR_NEW_TESTS / 4 * version;
	unsigned end = y->size.tests + YEAR_NEW_TESTS * version;
	struct rng r;
	char name[160];

	rng_seed(&r, y->size.seed + package);
	result_start(&out->result);
	out->took_s = mem_new(end + 1, sizeof(*out->took_s));
	out->numbers = mem_new(end + 1, sizeof(*out->numbers));
	for (unsigned number = 0; number < end; number++) {
		double took_s = exp(rng_normal(&r) * 1.5 - 5.5);

		if (number >= gone_from && number < y->size.tests)
			continue;
		name_test(package, number, name, sizeof(name));
		out->numbers[out->result.count] = number;
		out->took_s[out->result.count] = took_s;
		result_add(&out->result, name, VERDICT_PASSED, 0, NULL);
	}
	out->result.complete = true;
}

static struct simulated *suite_of(const struct year *y, unsigned package, unsigned version)
{
	struct simulated *s;

	if (!suites)
		suites = mem_new((size_t)y->size.packages * YEAR_VERSIONS, sizeof(*suites));
	s = &suites[package * YEAR_VERSIONS + version];
	if (!s->took_s)
		make_suite(y, package, version, s);
	return s;
}

/* Numbers below the ones that go are their own positions. */
static struct test_case *touch(struct simulated *s, unsigned number, enum verdict v, const char *cause,
			       const char *known)
{
	static const char *const details[] = {
		"AssertionError: values are in another byte order than asked for\nassert b'\\x00\\x01' == "
		"b'\\x01\\x00'",
		"AssertionError: arrays are not almost equal to 7 decimals\nx: 0.30000000000000004\ny: 0.3",
		"Fatal Python error: Segmentation fault\n\nCurrent thread (most recent call first):\n  File "
		"\"core.c\", line 1",
		"RuntimeError: something else went wrong",
	};
	struct test_case *t = &s->result.cases[number];

	t->verdict = v;
	t->cause = cause;
	t->known = known;
	t->detail = !verdict_is_bad(v)		   ? NULL
		    : !cause			   ? details[3]
		    : !strcmp(cause, "byte order") ? details[0]
		    : !strcmp(cause, "rounding")   ? details[1]
						   : details[2];
	vec_add(&s->touched, number);
	return t;
}

static void put_back(struct simulated *s)
{
	for (size_t i = 0; i < s->touched.count; i++) {
		struct test_case *t = &s->result.cases[s->touched.items[i]];

		t->verdict = VERDICT_PASSED;
		t->detail = t->cause = t->known = NULL;
	}
	s->touched.count = 0;
}

static int set_verdicts(const struct year *y, const struct cell *c, unsigned night, unsigned attempt,
			struct simulated *s)
{
	unsigned package = year_number(c->package->name);
	bool known_passes = night * 5 >= y->size.nights * 4;

	for (unsigned i = 0; i < YEAR_KNOWN; i++)
		if (i || !known_passes)
			touch(s, i, VERDICT_FAILED, NULL, "compares addresses");
	for (unsigned i = 0; i < YEAR_OLD && !strcmp(c->target->name, "s390x"); i++)
		touch(s, YEAR_KNOWN + i, VERDICT_FAILED, "byte order", NULL);
	for (unsigned i = 0; i < y->size.regressions; i++) {
		const struct year_regression *p = &y->regressions[i];

		if (p->package != package || night < p->from || night >= p->to ||
		    !year_applies(p->target, p->runtime, c))
			continue;
		for (unsigned t = 0; t < p->count; t++)
			touch(s, p->first_test + t, p->verdict, p->cause, NULL);
	}
	for (size_t i = 0; i < y->flaky_count; i++) {
		const struct year_flaky *f = &y->flaky[i];
		struct rng r = year_rng(y, 1, (uint64_t)i << 32 | night,
					(uint64_t)attempt << 32 | (uint64_t)(c - y->packages->cells));

		if (f->package == package && year_applies(f->target, f->runtime, c) && rng_uniform(&r) < f->rate)
			touch(s, f->test, VERDICT_FAILED, NULL, NULL);
	}
	return known_passes;
}

static void set_durations(const struct year *y, const struct cell *c, unsigned night, unsigned attempt,
			  struct simulated *s)
{
	struct rng r = year_rng(y, 2, night, (uint64_t)attempt << 32 | (uint64_t)(c - y->packages->cells));
	double slowness = !strcmp(c->target->name, "amd64") ? 1 : 8;

	for (size_t i = 0; i < s->result.count; i++) {
		uint64_t bits = rng_bits(&r);
		double noise = 0.92 + 0.16 * (double)(bits & 0xffff) / 65536;

		if (!(bits >> 16 & 0x1ff)) /* a hiccup */
			noise *= 2.5;
		s->result.cases[i].took_ns = (int64_t)(s->took_s[i] * slowness * noise * (double)NS_PER_S);
	}
}

static bool is_newly_bad(const struct simulated *s, const unsigned char *last)
{
	for (size_t i = 0; i < s->touched.count; i++)
		if (verdict_is_bad(s->result.cases[s->touched.items[i]].verdict) && !last[s->touched.items[i]])
			return true;
	return false;
}

static void keep_last(struct year *y, const struct simulated *s, unsigned char *last)
{
	AUTO_FREE unsigned char *now = mem_new(YEAR_PLANTED_FROM + y->size.tests + 1, 1);

	for (size_t i = 0; i < s->touched.count; i++)
		now[s->touched.items[i]] = verdict_is_bad(s->result.cases[s->touched.items[i]].verdict);
	for (size_t i = 0; i < y->size.tests; i++) {
		y->changed_verdicts += now[i] != last[i];
		last[i] = now[i];
	}
}

static enum luck luck_of(const struct year *y, const struct cell *c, unsigned night)
{
	struct rng of_target = year_rng(y, 3, night, year_number(c->target->name) + (uint64_t)c->target->name[0]);
	struct rng of_cell = year_rng(y, 4, night, (uint64_t)(c - y->packages->cells));
	double draw = rng_uniform(&of_cell);

	if (night + 2 >= y->size.nights)
		return LUCK_RUNS;
	if (rng_uniform(&of_target) < 0.005)
		return LUCK_LOST;
	return draw < 0.03 ? LUCK_LEFT_OUT : draw < 0.032 ? LUCK_BROKEN : LUCK_RUNS;
}

static int add_without_tests(struct year *y, int64_t run, unsigned night, const struct cell *c, enum verdict v,
			     const char *reason, struct err *e)
{
	struct outcome *o = mem_new(1, sizeof(*o));
	int status;

	year_start_outcome(y, c, night, version_of(y, night), o);
	o->verdict = v;
	snprintf(o->reason, sizeof(o->reason), "%s", reason);
	status = year_add(y, run, night, o, e);
	outcome_free(o);
	free(o);
	return status;
}

static int run_once(struct year *y, int64_t run, unsigned night, const struct cell *c, unsigned attempt,
		    struct simulated *s, struct err *e)
{
	struct outcome *o = mem_new(1, sizeof(*o));
	int known_passes = set_verdicts(y, c, night, attempt, s), status;

	set_durations(y, c, night, attempt, s);
	result_count(&s->result);
	year_start_outcome(y, c, night, version_of(y, night), o);
	result_free(&o->result);
	o->result = s->result;
	o->result.tally.known_passed = known_passes;
	o->attempt = attempt;
	o->took_ns = 400 * NS_PER_S;
	outcome_settle(o);
	o->result.tally.known_passed = known_passes;
	status = year_add(y, run, night, o, e);
	y->tests_stored += (int64_t)s->result.count;
	o->result = (struct result){ 0 };
	free(o);
	return status;
}

static int test_cell(struct year *y, int64_t run, unsigned night, const struct cell *c, unsigned char *last,
		     struct err *e)
{
	struct simulated *s = suite_of(y, year_number(c->package->name), version_of(y, night));
	int status = run_once(y, run, night, c, 1, s, e);

	/* As the night does with what newly fails: once more. */
	if (!status && night && is_newly_bad(s, last)) {
		put_back(s);
		status = run_once(y, run, night, c, 2, s, e);
	}
	keep_last(y, s, last);
	put_back(s);
	return status;
}

int year_test_cells(struct year *y, int64_t run, unsigned night, struct err *e)
{
	static unsigned char *last;
	size_t stride = y->size.tests + YEAR_NEW_TESTS * YEAR_VERSIONS + 1;

	if (!last)
		last = mem_new(y->packages->count * stride, 1);
	for (size_t i = 0; i < y->packages->count; i++) {
		const struct cell *c = &y->packages->cells[i];
		enum luck luck = luck_of(y, c, night);
		int status = 0;

		y->ran[i * y->size.nights + night] = "10lb"[luck];
		if (luck == LUCK_RUNS)
			status = test_cell(y, run, night, c, last + i * stride, e);
		else if (luck == LUCK_LOST)
			status = add_without_tests(y, run, night, c, VERDICT_LOST, "the machine went away", e);
		else if (luck == LUCK_BROKEN)
			status = add_without_tests(y, run, night, c, VERDICT_BROKEN, "the package cannot be installed",
						   e);
		if (status)
			return -1;
	}
	return 0;
}
