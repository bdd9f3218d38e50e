#include "cli/again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "plan/value.h"
#include "store/query.h"

struct again {
	struct context *context;
	struct outcome_set now; /* of the run, in the order in which they came */
	int64_t run, retries;
	struct err failed; /* code ERR_NONE: nothing */
};

/* The last attempt at a cell in this run; *out_attempts: those at which the target stayed. */
static const struct outcome_row *last_attempt(const struct again *a, const char *cell_id, int64_t *out_attempts)
{
	const struct outcome_row *last = NULL;

	*out_attempts = 0;
	for (size_t i = 0; i < a->now.count; i++) {
		const struct outcome_row *row = &a->now.rows[i];

		if (strcmp(row->cell_id, cell_id) != 0)
			continue;
		*out_attempts += row->verdict != VERDICT_LOST;
		if (!last || row->attempt > last->attempt)
			last = row;
	}
	return last;
}

static bool has_tests(const struct outcome_row *row)
{
	int64_t count = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		count += row->tally.count[v];
	return count > 0 && row->verdict != VERDICT_LOST && row->verdict != VERDICT_UNAVAILABLE;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A bad test that the recipe does not know, and that was not bad before. */
static bool has_new_one(const struct test_set *now, const struct test_set *before)
{
	AUTO_FREE const char **names = mem_new(before->count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < before->count; i++)
		if (verdict_is_bad(before->rows[i].verdict))
			names[count++] = before->rows[i].name;
	if (count > 1)
		qsort(names, count, sizeof(*names), compare_texts);
	for (size_t i = 0; i < now->count; i++)
		if (verdict_is_bad(now->rows[i].verdict) && !now->rows[i].known &&
		    (!count || !bsearch(&now->rows[i].name, names, count, sizeof(*names), compare_texts)))
			return true;
	return false;
}

static int compare_outcomes(struct again *a, const struct outcome_row *now, const struct outcome_row *before,
			    bool *out_new, struct err *e)
{
	struct test_set tests = { 0 }, tests_before = { 0 };
	int status = query_tests(a->context->store, now->id, true, &tests, e);

	if (!status)
		status = query_tests(a->context->store, before->id, true, &tests_before, e);
	*out_new = !status && (has_new_one(&tests, &tests_before) ||
			       (now->verdict != before->verdict && now->verdict != VERDICT_FAILED));
	test_set_free(&tests);
	test_set_free(&tests_before);
	return status;
}

static int newly_fails(struct again *a, const struct outcome_row *now, bool *out_new, struct err *e)
{
	struct outcome_set history = { 0 };
	const struct outcome_row *before = NULL;
	int status = query_cell_outcomes(a->context->store, now->cell_id, &history, e);

	*out_new = false;
	for (size_t i = 0; !status && i < history.count && !before; i++)
		if (history.rows[i].run < a->run && has_tests(&history.rows[i]))
			before = &history.rows[i];
	if (before)
		status = compare_outcomes(a, now, before, out_new, e);
	outcome_set_free(&history);
	return status;
}

/* For plan_lanes. */
static bool is_wanted(void *ctx, struct cell *cell)
{
	struct again *a = ctx;
	int64_t attempts;
	const struct outcome_row *now;
	bool is_new = false;

	if (cell->benchmark || a->failed.code != ERR_NONE)
		return false;
	now = last_attempt(a, cell->id, &attempts);
	if (!now || attempts > a->retries)
		return false;
	switch (now->verdict) {
	case VERDICT_FAILED:
	case VERDICT_CRASHED:
	case VERDICT_TIMED_OUT:
	case VERDICT_BROKEN:
		newly_fails(a, now, &is_new, &a->failed);
		snprintf(cell->why, sizeof(cell->why), "a test fails that did not before");
		return is_new;
	default:
		return false;
	}
}

int again_lanes(struct context *c, struct plan *p, int64_t run, int64_t retries, struct err *e)
{
	struct again a = { .context = c, .run = run, .retries = retries, .failed = ERR_INIT };

	if (query_run_outcomes(c->store, run, &a.now, e))
		return -1;
	plan_lanes(p, is_wanted, &a);
	plan_order_by_value(p, clock_wall_ms());
	outcome_set_free(&a.now);
	if (a.failed.code == ERR_NONE)
		return 0;
	*e = a.failed;
	return -1;
}
