/* Tests: which of those that pass under the baseline do not under the candidate. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/qualify_inside.h"
#include "base/mem.h"
#include "base/regex.h"

#define MOST_MISSING_NAMES 20
#define DETAIL_BYTES	   300

/* ---- the tests of a side, each name once ---- */

struct tests {
	const struct test_case **items; /* sorted by name */
	size_t count;
};

static int compare_cases(const void *a, const void *b)
{
	return strcmp((*(const struct test_case *const *)a)->name, (*(const struct test_case *const *)b)->name);
}

/* The same name twice: the worse one speaks for it. */
static struct tests tests_of(const struct result *r)
{
	struct tests t = { mem_new((r ? r->count : 0) + 1, sizeof(*t.items)), 0 };
	size_t kept = 0;

	for (size_t i = 0; r && i < r->count; i++)
		t.items[t.count++] = &r->cases[i];
	qsort(t.items, t.count, sizeof(*t.items), compare_cases);
	for (size_t i = 0; i < t.count; i++) {
		const struct test_case *last = kept ? t.items[kept - 1] : NULL;

		if (!last || strcmp(last->name, t.items[i]->name) != 0)
			t.items[kept++] = t.items[i];
		else if (verdict_worst(last->verdict, t.items[i]->verdict) != last->verdict)
			t.items[kept - 1] = t.items[i];
	}
	t.count = kept;
	return t;
}

/* ---- one cell ---- */

struct judge {
	const struct qualify_terms *terms;
	struct qualification *q;
	struct qualify_tests *cell;
	struct regex **exceptions, **must; /* compiled; NULL: all */
	bool *told;			   /* of the candidate's tests: a regression, or excepted from being one */
	size_t regression_room;
};

static bool is_there(const struct qualify_evidence *e)
{
	return e->record && e->verdict != VERDICT_LOST && e->verdict != VERDICT_UNAVAILABLE;
}

/* Its suite came to run: others can be held against it. */
static bool has_run(const struct qualify_evidence *e)
{
	return is_there(e) && e->verdict != VERDICT_BROKEN && e->tests && e->tests->count;
}

static bool did_not_end(const struct qualify_evidence *e)
{
	return e->verdict == VERDICT_BROKEN || e->verdict == VERDICT_CRASHED || e->verdict == VERDICT_TIMED_OUT;
}

/* The exception that covers a test (NULL: the package as a whole); one that holds before one that has expired. */
static const struct qualify_exception *exception_for(const struct judge *j, const char *test)
{
	const struct qualify_tests_want *want = j->cell->want;
	const struct qualify_exception *expired = NULL;

	for (size_t i = 0; i < want->exception_count; i++) {
		const struct qualify_exception *x = &want->exceptions[i];

		if (j->exceptions[i] && (!test || !regex_matches(j->exceptions[i], test, strlen(test))))
			continue;
		if (!x->expired)
			return x;
		expired = x;
	}
	return expired;
}

static const char *first_line(struct arena *a, const char *text)
{
	size_t len = text ? strcspn(text, "\r\n") : 0;

	if (len > DETAIL_BYTES) {
		len = DETAIL_BYTES;
		while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	return len ? arena_dup_bytes(a, text, len) : NULL;
}

static void add_regression(struct judge *j, const char *test, enum verdict v, const char *why, const char *detail)
{
	struct qualify_tests *cell = j->cell;
	const struct qualify_exception *x = exception_for(j, test);
	struct arena *a = j->q->arena;

	if (x && !x->expired) {
		cell->excepted++;
		return;
	}
	if (x)
		why = arena_printf(a, "%s; its exception (%s) expired on %s", why, x->reason, x->until);
	if (cell->regression_count == j->regression_room) {
		j->regression_room = j->regression_room * 2 + 8;
		cell->regressions = mem_grow(cell->regressions, j->regression_room, sizeof(*cell->regressions));
	}
	cell->regressions[cell->regression_count++] =
		(struct qualify_regression){ arena_dup(a, test), v, arena_dup(a, why), first_line(a, detail) };
}

static void add_missing(struct judge *j, const char *test)
{
	const struct qualify_exception *x = exception_for(j, test);
	struct qualify_tests *cell = j->cell;

	if (x && !x->expired) {
		cell->excepted++;
		cell->covered++;
		return;
	}
	if (cell->missing_count == MOST_MISSING_NAMES)
		return;
	cell->missing = mem_grow(cell->missing, cell->missing_count + 1, sizeof(*cell->missing));
	cell->missing[cell->missing_count++] = arena_dup(j->q->arena, test);
}

/* Two sides of one test; either may be NULL. True: it is worse than it was, beyond what the recipe knows. */
static bool judge_pair(struct judge *j, const struct test_case *base, const struct test_case *now)
{
	struct qualify_tests *cell = j->cell;
	bool passed = base && base->verdict == VERDICT_PASSED, bad = now && verdict_is_bad(now->verdict);

	cell->baseline_passed += passed;
	if (!passed) {
		cell->still_failing += bad && base && verdict_is_bad(base->verdict);
		cell->fixed += base && verdict_is_bad(base->verdict) && now && now->verdict == VERDICT_PASSED;
		return false;
	}
	if (!now || (!bad && now->verdict != VERDICT_PASSED)) {
		add_missing(j, base->name);
		return false;
	}
	cell->covered++;
	cell->known += bad && now->known;
	if (!bad || now->known)
		return false;
	add_regression(j, now->name, now->verdict, arena_printf(j->q->arena, "passes under %s", j->terms->baseline),
		       now->detail);
	return true;
}

static void hold_against_baseline(struct judge *j, const struct tests *base, const struct tests *now)
{
	size_t b = 0, n = 0;

	while (b < base->count || n < now->count) {
		int order = b == base->count  ? 1
			    : n == now->count ? -1
					      : strcmp(base->items[b]->name, now->items[n]->name);

		if (order >= 0)
			j->told[n] = judge_pair(j, order == 0 ? base->items[b] : NULL, now->items[n]);
		else
			judge_pair(j, base->items[b], NULL);
		b += order <= 0;
		n += order >= 0;
	}
}

/* Of the tests that must pass at least one has to be there and pass, and none may be bad, known or not. */
static void judge_must(struct judge *j, size_t which, const struct tests *now)
{
	const char *text = j->cell->want->must[which];
	const struct regex *pattern = j->must[which];
	size_t passed = 0, bad = 0;

	for (size_t i = 0; i < now->count; i++) {
		const struct test_case *t = now->items[i];

		if (pattern && !regex_matches(pattern, t->name, strlen(t->name)))
			continue;
		passed += t->verdict == VERDICT_PASSED;
		bad += verdict_is_bad(t->verdict);
		if (!verdict_is_bad(t->verdict) || j->told[i])
			continue;
		j->told[i] = true;
		add_regression(j, t->name, t->verdict, "must pass", t->detail);
	}
	if (passed || bad)
		return;
	j->cell->status = QUALIFY_INCOMPLETE;
	j->cell->why = text ? arena_printf(j->q->arena, "no test that fits %s, which must pass, has passed", text)
			    : "no test has passed, and all must";
}

static void judge_coverage(struct judge *j)
{
	struct qualify_tests *c = j->cell;
	double wanted = j->terms->tests_coverage * (double)c->baseline_passed;

	if (c->baseline_passed && (double)c->covered >= wanted - 1e-9)
		return;
	c->status = QUALIFY_INCOMPLETE;
	c->why = !c->baseline_passed ? arena_printf(j->q->arena, "no test passes under %s", j->terms->baseline)
				     : arena_printf(j->q->arena,
						    "%" PRId64 " of %" PRId64
						    " tests that pass under %s have an answer, %g %% are asked for",
						    c->covered, c->baseline_passed, j->terms->baseline,
						    j->terms->tests_coverage * 100);
}

static void judge_tests(struct judge *j)
{
	const struct qualify_tests_want *want = j->cell->want;
	struct tests now = tests_of(want->candidate.tests), base = tests_of(want->baseline.tests);
	bool comparable = want->against_baseline && has_run(&want->baseline);
	AUTO_FREE bool *told = mem_new(now.count + 1, sizeof(*told));

	j->told = told;
	if (comparable)
		hold_against_baseline(j, &base, &now);
	for (size_t i = 0; i < want->must_count; i++)
		judge_must(j, i, &now);
	if (comparable)
		judge_coverage(j);
	else if (want->against_baseline) {
		j->cell->status = QUALIFY_INCOMPLETE;
		j->cell->why = arena_printf(j->q->arena, "nothing to hold it against: under %s %s", j->terms->baseline,
					    want->baseline.reason ? want->baseline.reason : "it did not run");
	}
	if (did_not_end(&want->candidate) && !j->cell->regression_count &&
	    (!comparable || !did_not_end(&want->baseline)))
		add_regression(j, NULL, want->candidate.verdict, "the suite does not come to its end",
			       want->candidate.reason);
	free(now.items);
	free(base.items);
}

static void judge_cell(struct judge *j)
{
	const struct qualify_tests_want *want = j->cell->want;
	const struct qualify_exception *whole = exception_for(j, NULL);

	if (whole && !whole->expired) {
		j->cell->excepted = 1;
		j->cell->why = arena_printf(j->q->arena, "excepted until %s: %s", whole->until, whole->reason);
		return;
	}
	if (!is_there(&want->candidate)) {
		j->cell->status = QUALIFY_INCOMPLETE;
		j->cell->why = want->candidate.reason ? want->candidate.reason : "it was not run";
	} else if (!has_run(&want->candidate)) {
		bool shown = has_run(&want->baseline) || want->must_count;

		if (shown)
			add_regression(j, NULL, want->candidate.verdict, "the suite does not run",
				       want->candidate.reason);
		else
			j->cell->status = QUALIFY_INCOMPLETE;
		j->cell->why = want->candidate.reason;
	} else {
		judge_tests(j);
	}
	if (j->cell->regression_count)
		j->cell->status = QUALIFY_REGRESSION;
}

static int compile(struct judge *j, struct err *e)
{
	const struct qualify_tests_want *want = j->cell->want;

	for (size_t i = 0; i < want->exception_count; i++)
		if (want->exceptions[i].test && !(j->exceptions[i] = regex_new(want->exceptions[i].test, e)))
			return -1;
	for (size_t i = 0; i < want->must_count; i++)
		if (want->must[i] && !(j->must[i] = regex_new(want->must[i], e)))
			return -1;
	return 0;
}

int qualify_tests(const struct qualify_terms *terms, struct qualification *out, struct err *e)
{
	int status = 0;

	out->tests = mem_new(terms->tests_count + 1, sizeof(*out->tests));
	for (size_t i = 0; i < terms->tests_count && !status; i++) {
		const struct qualify_tests_want *want = &terms->tests[i];
		AUTO_FREE struct regex **exceptions = mem_new(want->exception_count + 1, sizeof(*exceptions));
		AUTO_FREE struct regex **must = mem_new(want->must_count + 1, sizeof(*must));
		struct judge j = { terms, out, &out->tests[i], exceptions, must, NULL, 0 };

		out->tests[i].want = want;
		out->tests_count++;
		status = compile(&j, e);
		if (!status)
			judge_cell(&j);
		for (size_t k = 0; k < want->exception_count; k++)
			regex_free(exceptions[k]);
		for (size_t k = 0; k < want->must_count; k++)
			regex_free(must[k]);
	}
	return status;
}
