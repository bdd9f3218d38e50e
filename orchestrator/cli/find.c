#include "cli/find.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/query.h"

#define NAMED_MOST 5 /* tests that an error lists */

static bool row_matches(const struct outcome_row *row, const struct cell_name *name)
{
	return (!name->target[0] || !strcmp(row->target, name->target)) &&
	       (!name->runtime[0] || !strcmp(row->runtime, name->runtime)) &&
	       (!name->tier[0] || !strcmp(row->tier, name->tier)) && !strcmp(row->package, name->package);
}

char *find_label_of(const struct outcome_row *row)
{
	return mem_printf("%s/%s/%s:%s", row->target, row->runtime, row->package, row->tier);
}

/* Names the cells that a short name could mean. */
static int fail_ambiguous(const char *text, const struct outcome_set *set, const struct cell_name *name, struct err *e)
{
	AUTO_STR list = { 0 };

	for (size_t i = 0; i < set->count; i++) {
		AUTO_FREE char *label = find_label_of(&set->rows[i]);

		if (row_matches(&set->rows[i], name) && list.len < 400)
			str_addf(&list, "%s%s", list.len ? ", " : "", label);
	}
	err_set(e, ERR_USAGE, "'%s' could be several cells", text);
	return err_hint(e, "%s", str_text(&list));
}

static int fail_unknown(const char *text, const struct outcome_set *set, struct err *e)
{
	AUTO_FREE char **labels = mem_new(set->count + 1, sizeof(*labels));
	const char *near;

	for (size_t i = 0; i < set->count; i++)
		labels[i] = find_label_of(&set->rows[i]);
	near = str_nearest(text, (const char *const *)labels);
	err_set(e, ERR_USAGE, "there is no result of a cell '%s'", text);
	if (near)
		err_hint(e, "did you mean %s?", near);
	else
		err_hint(e, "labctl matrix --no-run shows what there is");
	for (size_t i = 0; i < set->count; i++)
		free(labels[i]);
	return -1;
}

/* The one row that the name means. */
static int find_row(const char *text, const struct outcome_set *set, const struct outcome_row **out, struct err *e)
{
	struct cell_name name;
	size_t count = 0;

	if (cell_name_parse(text, &name, e))
		return -1;
	for (size_t i = 0; i < set->count; i++) {
		if (!row_matches(&set->rows[i], &name))
			continue;
		if (count && !strcmp(set->rows[i].cell_id, (*out)->cell_id))
			continue; /* an earlier attempt at the same cell */
		if (!count++)
			*out = &set->rows[i];
	}
	if (count > 1)
		return fail_ambiguous(text, set, &name, e);
	return count ? 0 : fail_unknown(text, set, e);
}

/* The outcome of a cell that is named by its id; of that run, or its last. */
static int find_by_id(struct context *c, const char *id, const char *run, struct outcome_set *out,
		      const struct outcome_row **out_row, struct err *e)
{
	int64_t wanted = 0;

	if ((run && query_resolve_run(c->store, run, &wanted, e)) || query_cell_outcomes(c->store, id, out, e))
		return -1;
	for (size_t i = 0; i < out->count && !*out_row; i++)
		if (!run || out->rows[i].run == wanted)
			*out_row = &out->rows[i];
	if (*out_row)
		return 0;
	err_set(e, ERR_USAGE, "there is no result of a cell '%s'%s%s", id, run ? " in the run " : "", run ? run : "");
	return err_hint(e, "labctl matrix --no-run shows what there is");
}

static bool is_cell_id(const char *text)
{
	return strlen(text) == DIGEST_ID_BYTES - 1 && strspn(text, "0123456789abcdef") == DIGEST_ID_BYTES - 1;
}

int find_outcome(struct context *c, const char *text, const char *run, struct outcome_set *out,
		 const struct outcome_row **out_row, struct err *e)
{
	struct cell_name name;
	int64_t id;

	*out_row = NULL;
	*out = (struct outcome_set){ 0 };
	if (is_cell_id(text))
		return find_by_id(c, text, run, out, out_row, e);
	if (cell_name_parse(text, &name, e))
		return -1;
	if (!run)
		return query_last_like(c->store, name.target, name.runtime, "", name.tier, 0, out, e)
			       ? -1
			       : find_row(text, out, out_row, e);
	return query_resolve_run(c->store, run, &id, e) || query_run_outcomes(c->store, id, out, e)
		       ? -1
		       : find_row(text, out, out_row, e);
}

/* The one test that holds the text, among the bad ones or among all; *count: how many do. */
static const struct test_row *holding(const struct test_set *tests, const char *text, bool only_bad, size_t *count)
{
	const struct test_row *found = NULL;

	*count = 0;
	for (size_t i = 0; i < tests->count; i++) {
		const struct test_row *row = &tests->rows[i];

		if ((only_bad && !verdict_is_bad(row->verdict)) || !strstr(row->name, text))
			continue;
		if (!found || strcmp(found->name, row->name) != 0)
			++*count;
		found = row;
	}
	return found;
}

static int fail_several(const struct test_set *tests, const char *text, size_t count, bool only_bad, struct err *e)
{
	AUTO_STR list = { 0 };
	size_t shown = 0;

	for (size_t i = 0; i < tests->count && shown < NAMED_MOST; i++) {
		const struct test_row *row = &tests->rows[i];

		if (strstr(row->name, text) && (!only_bad || verdict_is_bad(row->verdict)))
			str_addf(&list, "%s%.80s", shown++ ? ", " : "", row->name);
	}
	err_set(e, ERR_USAGE, "'%.200s' is part of the names of %zu tests", text, count);
	return err_hint(e, "%s%s", str_text(&list), count > shown ? ", ..." : "");
}

int find_test(const struct test_set *tests, const char *text, const struct test_row **out, struct err *e)
{
	size_t bad, all;

	*out = NULL;
	/* Of several runs of one name the last counts. */
	for (size_t i = tests->count; i-- > 0 && !*out;)
		if (!strcmp(tests->rows[i].name, text))
			*out = &tests->rows[i];
	if (*out)
		return 0;
	*out = holding(tests, text, true, &bad);
	if (bad > 1)
		return fail_several(tests, text, bad, true, e);
	if (!bad)
		*out = holding(tests, text, false, &all);
	if (!bad && all > 1)
		return fail_several(tests, text, all, false, e);
	if (*out)
		return 0;
	err_set(e, ERR_USAGE, "the record has no test '%.200s'", text);
	return err_hint(e, "labctl show CELL --all lists what it has");
}
