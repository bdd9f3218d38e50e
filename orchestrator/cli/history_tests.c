/* Series of tests, which are found by name in the newest outcome that has tests. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "base/vec.h"
#include "cli/history_inside.h"
#include "lab/benchmark.h"
#include "store/query.h"

#define MOST_TESTS 500 /* series of tests that one question may ask for */

static void fill_verdicts(struct history_series *s, const struct outcome_row *rows, const signed char *verdicts,
			  size_t count, size_t stride)
{
	AUTO_FREE struct flaky_point *points = mem_new(count + 1, sizeof(*points));
	size_t first = count > FLAKY_WINDOW ? count - FLAKY_WINDOW : 0, at = 0;

	for (size_t i = 0; i < count; i++) {
		points[i] = history_flaky_point(rows[i].run, verdicts[i * stride]);
		points[i].other_cell = i && strcmp(rows[i].cell_id, rows[i - 1].cell_id) != 0;
	}
	s->flaky = flaky_judge(points + first, count - first);
	for (size_t i = 0; i < s->count; i++) {
		while (rows[at].id != s->points[i].outcome)
			at++;
		if (verdicts[at * stride] >= 0)
			s->points[i].verdict = (enum verdict)verdicts[at * stride];
		s->points[i].value = points[at].ran ? points[at].bad : NAN;
	}
}

static int add_tests(struct series_list *l, const struct outcome_row *rows, size_t count, const char *const *tests,
		     size_t test_count, struct err *e)
{
	AUTO_FREE signed char *verdicts = mem_new(count * test_count + 1, 1);
	AUTO_FREE int64_t *ids = mem_new(count + 1, sizeof(*ids));

	for (size_t i = 0; i < count; i++)
		ids[i] = rows[i].id;
	if (test_reader_verdicts(l->reader, ids, count, tests, test_count, verdicts, e))
		return -1;
	for (size_t t = 0; t < test_count; t++)
		fill_verdicts(series_begin(l, rows, count, HISTORY_VERDICT, tests[t]), rows, verdicts + t, count,
			      test_count);
	return 0;
}

/* ---- tests by name ---- */

/* What is meant in one list of names, which many cells share. */
struct searched {
	const struct name_list *names;
	size_t first, count; /* in test_search.found */
};

struct test_search {
	const char *name;
	struct regex *pattern; /* NULL: by name */
	VEC(const char *) found;
	VEC(struct searched) lists;
	const struct searched *present; /* of the cell that is being added */
	size_t hits;			/* over all cells */
};

static bool is_meant(const struct test_search *s, const char *test)
{
	const char *last = NULL;

	if (s->pattern)
		return regex_matches(s->pattern, test, strlen(test));
	if (!strcmp(test, s->name))
		return true;
	for (const char *at = strstr(test, "::"); at; at = strstr(at + 2, "::"))
		last = at + 2;
	return last && !strcmp(last, s->name);
}

static int fail_many(const struct test_search *s, struct err *e)
{
	err_set(e, ERR_USAGE, "'%.100s' means more than %d tests", s->name, MOST_TESTS);
	return err_hint(e, "name them more closely, or choose with --target and --runtime");
}

static int add_found(struct series_list *l, const struct outcome_row *rows, size_t count, void *ctx, struct err *e)
{
	const struct test_search *s = ctx;

	return add_tests(l, rows, count, s->found.items + s->present->first, s->present->count, e);
}

static const struct searched *search_list(struct test_search *s, const struct name_list *names)
{
	struct searched searched = { names, s->found.count, 0 };

	for (size_t i = 0; i < s->lists.count; i++)
		if (s->lists.items[i].names == names)
			return &s->lists.items[i];
	for (size_t i = 0; i < names->count; i++)
		if (is_meant(s, names->names[i]))
			vec_add(&s->found, names->names[i]);
	searched.count = s->found.count - searched.first;
	vec_add(&s->lists, searched);
	return &s->lists.items[s->lists.count - 1];
}

/* In the newest outcome of a cell that has tests: a broken night knows no names. */
static int search_cell(struct series_list *l, const struct outcome_row *newest, struct test_search *s, struct err *e)
{
	const struct name_list *names;
	const unsigned char *verdicts;
	struct cell_name cell;
	size_t groups = 0;
	int64_t tested;

	if (query_last_tested(l->c->store, newest, &tested, e) ||
	    (tested && test_reader_all(l->reader, tested, &names, &verdicts, e)))
		return -1;
	if (!tested)
		return 0;
	s->present = search_list(s, names);
	s->hits += s->present->count;
	if (s->hits > MOST_TESTS)
		return fail_many(s, e);
	snprintf(cell.target, sizeof(cell.target), "%s", newest->target);
	snprintf(cell.runtime, sizeof(cell.runtime), "%s", newest->runtime);
	snprintf(cell.package, sizeof(cell.package), "%s", newest->package);
	snprintf(cell.tier, sizeof(cell.tier), "%s", newest->tier);
	return s->present->count ? series_each_group(l, &cell, add_found, s, &groups, e) : 0;
}

static int search_cells(struct series_list *l, struct test_search *s, struct err *e)
{
	const struct history_wish *w = l->wish;
	struct outcome_set set = { 0 };
	int64_t until = w->until_run ? w->until_run : INT64_MAX - 1;
	int status = query_state(l->c->store, w->tier ? w->tier : "", until, &set, e);

	for (size_t i = 0; !status && i < set.count; i++)
		if (strcmp(set.rows[i].tier, SPEED_TIER) && history_is_listed(&w->targets, set.rows[i].target) &&
		    history_is_listed(&w->runtimes, set.rows[i].runtime))
			status = search_cell(l, &set.rows[i], s, e);
	outcome_set_free(&set);
	return status;
}

static int fail_unknown(struct context *c, const char *name, struct err *e)
{
	struct outcome_set set = { 0 };
	AUTO_FREE const char **packages = NULL;
	const char *near = NULL;

	if (!query_last_like(c->store, "", "", "", "", 0, &set, NULL)) {
		packages = mem_new(set.count + 1, sizeof(*packages));
		for (size_t i = 0; i < set.count; i++)
			packages[i] = set.rows[i].package;
		near = str_nearest(name, packages);
	}
	err_set(e, ERR_USAGE, "the results know no package, benchmark or test '%.200s' there", name);
	if (near)
		err_hint(e, "did you mean %s?", near);
	else
		err_hint(e, "tests are named as `labctl show CELL` does, or by a pattern: /test_.*_order/");
	outcome_set_free(&set);
	return -1;
}

int series_add_tests(struct series_list *l, const char *name, struct err *e)
{
	struct test_search s = { .name = name };
	size_t len = strlen(name);
	int status = 0;

	if (len > 2 && name[0] == '/' && name[len - 1] == '/') {
		AUTO_FREE char *pattern = mem_dup_bytes(name + 1, len - 2);

		s.pattern = regex_new(pattern, e);
		if (!s.pattern) {
			e->code = ERR_USAGE;
			return -1;
		}
	}
	status = search_cells(l, &s, e);
	regex_free(s.pattern);
	vec_free(&s.found);
	vec_free(&s.lists);
	return !status && !s.hits ? fail_unknown(l->c, name, e) : status;
}
