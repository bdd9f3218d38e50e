/* Which tests change their verdict without a cause. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "cli/history_inside.h"
#include "lab/benchmark.h"
#include "store/query.h"

struct flaky_search {
	struct context *c;
	struct test_reader *reader;
	struct flaky_set *out;
	size_t window;
};

/* The tests that were both good and bad in outcomes with the newest suite. What an older suite knew is asked for them
 * afterwards; a test that was unsteady only there is left out. */
static int find_unsteady(struct flaky_search *f, const struct outcome_key *keys, size_t count, const char ***out_tests,
			 size_t *out_count, struct err *e)
{
	const struct name_list *newest = NULL;
	AUTO_FREE unsigned char *seen = NULL; /* 1: good, 2: bad */

	*out_tests = NULL;
	*out_count = 0;
	for (size_t i = count; i-- > 0;) {
		const struct name_list *names;
		const unsigned char *verdicts;

		if (test_reader_all(f->reader, keys[i].id, &names, &verdicts, e))
			return -1;
		if (!newest && names->count) {
			newest = names;
			seen = mem_new(names->count, 1);
		}
		for (size_t t = 0; names == newest && t < names->count; t++)
			seen[t] |= verdict_is_bad((enum verdict)verdicts[t]) ? 2 : verdicts[t] == VERDICT_PASSED;
	}
	*out_tests = mem_new(newest ? newest->count + 1 : 1, sizeof(**out_tests));
	for (size_t t = 0; newest && t < newest->count; t++)
		if (seen[t] == 3)
			(*out_tests)[(*out_count)++] = newest->names[t];
	return 0;
}

static void add_test(struct flaky_search *f, const struct outcome_row *row, const char *test, const struct flaky *flaky)
{
	struct arena *a = f->out->arena;

	vec_add(f->out, ((struct flaky_test){
				.target = arena_dup(a, row->target),
				.runtime = arena_dup(a, row->runtime),
				.package = arena_dup(a, row->package),
				.tier = arena_dup(a, row->tier),
				.test = arena_dup(a, test),
				.cell_id = arena_dup(a, row->cell_id),
				.flaky = *flaky,
			}));
}

static int search_cell(struct flaky_search *f, const struct outcome_row *row, int64_t until_run, struct err *e)
{
	AUTO_FREE struct outcome_key *keys = mem_new(f->window + 1, sizeof(*keys));
	AUTO_FREE const char **tests = NULL;
	AUTO_FREE struct flaky *flaky = NULL;
	size_t outcomes, count;

	if (query_recent(f->c->store, row->cell_id, until_run, f->window, keys, &outcomes, e) ||
	    find_unsteady(f, keys, outcomes, &tests, &count, e))
		return -1;
	flaky = mem_new(count + 1, sizeof(*flaky));
	if (count &&
	    history_flaky_of(f->c->store, f->reader, row->cell_id, until_run, f->window, tests, count, flaky, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (flaky[i].is_flaky)
			add_test(f, row, tests[i], &flaky[i]);
	return 0;
}

static bool is_named(const struct history_wish *w, const char *package)
{
	for (size_t i = 0; i < w->name_count; i++)
		if (!strcmp(w->names[i], package))
			return true;
	return w->name_count == 0;
}

static int search_all(struct flaky_search *f, const struct history_wish *w, struct err *e)
{
	int64_t before = w->until_run ? w->until_run + 1 : 0;
	struct outcome_set set = { 0 };
	int status = query_last_like(f->c->store, "", "", "", w->tier ? w->tier : "", before, &set, e);

	for (size_t i = 0; !status && i < set.count; i++) {
		const struct outcome_row *row = &set.rows[i];

		if (strcmp(row->tier, SPEED_TIER) && is_named(w, row->package) &&
		    history_is_listed(&w->targets, row->target) && history_is_listed(&w->runtimes, row->runtime))
			status = search_cell(f, row, w->until_run, e);
	}
	outcome_set_free(&set);
	return status;
}

static int compare_tests(const void *x, const void *y)
{
	const struct flaky_test *a = x, *b = y;
	int order;

	if (a->flaky.flips != b->flaky.flips)
		return a->flaky.flips > b->flaky.flips ? -1 : 1;
	order = strcmp(a->package, b->package);
	order = order ? order : strcmp(a->test, b->test);
	order = order ? order : strcmp(a->target, b->target);
	return order ? order : strcmp(a->runtime, b->runtime);
}

int flaky_tests(struct context *c, const struct history_wish *w, size_t window, struct flaky_set *out, struct err *e)
{
	struct flaky_search f = { c, test_reader_new(c->store), out, window ? window : FLAKY_WINDOW };
	int status;

	*out = (struct flaky_set){ .arena = arena_new(4096) };
	status = search_all(&f, w, e);
	test_reader_free(f.reader);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), compare_tests);
	return status;
}

void flaky_set_free(struct flaky_set *s)
{
	arena_free(s->arena);
	free(s->items);
	*s = (struct flaky_set){ 0 };
}
