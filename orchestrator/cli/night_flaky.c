/* Tests that had different verdicts in attempts of one run, and how often they are bad. */
#include <stdlib.h>
#include <string.h>

#include "analyse/flaky.h"
#include "base/mem.h"
#include "cli/night.h"
#include "store/query.h"

/* The tests of one outcome, sorted by name. */
struct attempt {
	struct test_set tests;
	int64_t run;
	bool is_of_run;
};

struct attempts {
	struct attempt items[FLAKY_WINDOW]; /* newest first */
	size_t count;
};

static int compare_tests(const void *a, const void *b)
{
	return strcmp(((const struct test_row *)a)->name, ((const struct test_row *)b)->name);
}

static const struct test_row *find_test(const struct attempt *a, const char *name)
{
	const struct test_row key = { .name = name };

	return a->tests.count ? bsearch(&key, a->tests.rows, a->tests.count, sizeof(key), compare_tests) : NULL;
}

/* Outcomes in which tests ran at all. */
static bool counts(const struct outcome_row *row)
{
	return row->verdict == VERDICT_PASSED || row->verdict == VERDICT_FAILED || row->verdict == VERDICT_CRASHED ||
	       row->verdict == VERDICT_TIMED_OUT;
}

static int load_attempts(struct context *c, const char *cell_id, int64_t run, struct attempts *out, struct err *e)
{
	struct outcome_set history = { 0 };
	int status = query_cell_outcomes(c->store, cell_id, &history, e);

	for (size_t i = 0; !status && i < history.count && out->count < FLAKY_WINDOW; i++) {
		struct attempt *a = &out->items[out->count];

		if (!counts(&history.rows[i]) || history.rows[i].run > run)
			continue;
		*a = (struct attempt){ .run = history.rows[i].run, .is_of_run = history.rows[i].run == run };
		status = query_tests(c->store, history.rows[i].id, false, &a->tests, e);
		out->count++;
		if (!status && a->tests.count > 1)
			qsort(a->tests.rows, a->tests.count, sizeof(*a->tests.rows), compare_tests);
	}
	outcome_set_free(&history);
	return status;
}

static void free_attempts(struct attempts *a)
{
	for (size_t i = 0; i < a->count; i++)
		test_set_free(&a->items[i].tests);
	a->count = 0;
}

/* Bad in one attempt of this run and good in another; skipped and not there are neither. */
static bool differs_in_run(const struct attempts *a, const char *name)
{
	bool bad = false, good = false;

	for (size_t i = 0; i < a->count && a->items[i].is_of_run; i++) {
		const struct test_row *t = find_test(&a->items[i], name);

		bad |= t && verdict_is_bad(t->verdict);
		good |= t && t->verdict == VERDICT_PASSED;
	}
	return bad && good;
}

/* Over the outcomes in the order of time. */
static struct flaky judge_test(const struct attempts *a, const char *name)
{
	struct flaky_point points[FLAKY_WINDOW];

	for (size_t i = 0; i < a->count; i++) {
		const struct attempt *attempt = &a->items[a->count - 1 - i];
		const struct test_row *t = find_test(attempt, name);
		bool bad = t && verdict_is_bad(t->verdict);

		points[i] = (struct flaky_point){ .run = attempt->run,
						  .ran = bad || (t && t->verdict == VERDICT_PASSED),
						  .bad = bad };
	}
	return flaky_judge(points, a->count);
}

static void add_flaky(struct night *out, const struct cell *cell, const char *test, const struct attempts *a)
{
	struct night_summary *n = &out->summary;
	struct night_flaky f = { .judged = judge_test(a, test) };
	AUTO_STR label = { 0 };

	cell_label(cell, &label);
	f.cell = arena_dup(out->arena, str_text(&label));
	f.test = arena_dup(out->arena, test);
	n->flaky = mem_grow(n->flaky, n->flaky_count + 1, sizeof(*n->flaky));
	n->flaky[n->flaky_count++] = f;
}

/* A test that was bad in an attempt of the run shows itself in the first of them or in a later one: every name of the
 * newest attempt is asked for, and of the others those that it does not have. */
static void look_at(const struct cell *cell, const struct attempts *a, struct night *out)
{
	for (size_t i = 0; i < a->count && a->items[i].is_of_run; i++) {
		for (size_t k = 0; k < a->items[i].tests.count; k++) {
			const char *name = a->items[i].tests.rows[k].name;
			bool asked = false;

			for (size_t before = 0; before < i; before++)
				asked |= find_test(&a->items[before], name) != NULL;
			if (!asked && differs_in_run(a, name))
				add_flaky(out, cell, name, a);
		}
	}
}

static int64_t attempts_of(const struct outcome_set *set, const char *cell_id)
{
	int64_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += counts(&set->rows[i]) && !strcmp(set->rows[i].cell_id, cell_id);
	return count;
}

int night_find_flaky(struct context *c, const struct plan *all, int64_t run, struct night *out, struct err *e)
{
	struct outcome_set now = { 0 };
	int status = query_run_outcomes(c->store, run, &now, e);

	for (size_t i = 0; !status && i < all->count; i++) {
		const struct cell *cell = &all->cells[i];
		struct attempts attempts = { .count = 0 };

		if (cell->benchmark || attempts_of(&now, cell->id) < 2)
			continue;
		status = load_attempts(c, cell->id, run, &attempts, e);
		if (!status)
			look_at(cell, &attempts, out);
		free_attempts(&attempts);
	}
	outcome_set_free(&now);
	return status;
}
