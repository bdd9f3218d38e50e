#include "analyse/report.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/findings.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define ARENA_FIRST_BYTES 16384
#define NAMES_LISTED	  6

const char *report_label(const struct report *r, size_t row, size_t column)
{
	const struct matrix_column *c = &r->matrix.columns[column];
	const struct outcome_row *now = matrix_at(&r->matrix, row, column)->now;
	const char *tier = r->matrix.tiers[row] != NULL ? r->matrix.tiers[row] : now != NULL ? now->tier : r->tier;

	return arena_printf(r->arena, "%s/%s/%s%s%s", c->target, c->runtime, r->matrix.packages[row],
			    tier != NULL ? ":" : "", tier != NULL ? tier : "");
}

static size_t cell_count(const struct report *r)
{
	return r->matrix.row_count * r->matrix.column_count;
}

static void count_cell(struct report *r, const struct matrix_cell *c)
{
	if (c->now == NULL) {
		r->cells_not_run++;
		return;
	}
	for (int v = 0; v < VERDICT_COUNT; v++)
		r->total.count[v] += c->now->tally.count[v];
	r->total.known += c->now->tally.known;
	r->total.known_passed += c->now->tally.known_passed;
	if (c->now->verdict == VERDICT_UNAVAILABLE)
		r->cells_unavailable++;
	else if (c->now->verdict == VERDICT_LOST)
		r->cells_lost++;
	else if (c->expected)
		r->cells_expected++;
	else
		r->cells_unexpected++;
}

/* A cell whose own verdict needs a word; that tests failed is told by the findings. */
static bool is_remarkable(const struct matrix_cell *c)
{
	return c->now != NULL && c->now->verdict != VERDICT_PASSED && c->now->verdict != VERDICT_FAILED;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

/* One story: a lost target once for each target, all else once for each reason. */
static bool same_remark(const struct outcome_row *a, const struct outcome_row *b)
{
	return a->verdict == b->verdict && same_text(a->reason, b->reason) && same_text(a->hint, b->hint) &&
	       (a->verdict != VERDICT_LOST || strcmp(a->target, b->target) == 0);
}

/* A few of the names that occur, each once. */
struct name_list {
	const char *names[NAMES_LISTED];
	size_t count; /* also of those that found no room */
};

static void list_name(struct name_list *l, const char *name)
{
	for (size_t i = 0; i < l->count && i < NAMES_LISTED; i++)
		if (strcmp(l->names[i], name) == 0)
			return;
	if (l->count < NAMES_LISTED)
		l->names[l->count] = name;
	l->count++;
}

static void add_names(struct str *s, const struct name_list *l)
{
	for (size_t i = 0; i < l->count && i < NAMES_LISTED; i++)
		str_addf(s, "%s%s", i > 0 ? ", " : "", l->names[i]);
	if (l->count > NAMES_LISTED)
		str_add(s, " and more");
}

/* "numpy, pandas for pypy on arm64, s390x" */
static const char *describe_cells(const struct report *r, const struct outcome_row *like)
{
	struct name_list packages = { 0 }, runtimes = { 0 }, targets = { 0 };
	AUTO_STR s = { 0 };

	for (size_t i = 0; i < cell_count(r); i++) {
		const struct matrix_cell *c = &r->matrix.cells[i];

		if (!is_remarkable(c) || !same_remark(c->now, like))
			continue;
		list_name(&packages, c->now->package);
		list_name(&runtimes, c->now->runtime);
		list_name(&targets, c->now->target);
	}
	add_names(&s, &packages);
	str_add(&s, " for ");
	add_names(&s, &runtimes);
	str_add(&s, " on ");
	add_names(&s, &targets);
	return arena_dup(r->arena, str_text(&s));
}

static const char *text_or_null(struct arena *a, const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : arena_dup(a, text);
}

/* The cells before this one that tell the same story: true when there is one. */
static bool is_told(const struct report *r, size_t cell)
{
	for (size_t i = 0; i < cell; i++)
		if (is_remarkable(&r->matrix.cells[i]) &&
		    same_remark(r->matrix.cells[i].now, r->matrix.cells[cell].now))
			return true;
	return false;
}

static size_t count_same(const struct report *r, const struct outcome_row *like)
{
	size_t count = 0;

	for (size_t i = 0; i < cell_count(r); i++)
		count += is_remarkable(&r->matrix.cells[i]) && same_remark(r->matrix.cells[i].now, like);
	return count;
}

static void add_remark(struct report *r, size_t cell)
{
	const struct outcome_row *now = r->matrix.cells[cell].now;
	size_t count = count_same(r, now);

	r->remarks[r->remark_count++] = (struct remark){
		.cell = count == 1 ? report_label(r, cell / r->matrix.column_count, cell % r->matrix.column_count)
				   : describe_cells(r, now),
		.verdict = now->verdict,
		.reason = arena_dup(r->arena, now->reason == NULL ? "" : now->reason),
		.hint = text_or_null(r->arena, now->hint),
		.cell_count = count,
	};
}

static int remark_rank(enum verdict v)
{
	static const int ranks[VERDICT_COUNT] = {
		[VERDICT_LOST] = 6,   [VERDICT_CRASHED] = 5,	 [VERDICT_TIMED_OUT] = 4,
		[VERDICT_BROKEN] = 3, [VERDICT_UNAVAILABLE] = 2, [VERDICT_SKIPPED] = 1,
	};

	return ranks[v];
}

static int compare_remarks(const void *x, const void *y)
{
	const struct remark *a = x, *b = y;

	if (a->verdict != b->verdict)
		return remark_rank(a->verdict) > remark_rank(b->verdict) ? -1 : 1;
	if (a->cell_count != b->cell_count)
		return a->cell_count > b->cell_count ? -1 : 1;
	return strcmp(a->cell, b->cell);
}

static void build_remarks(struct report *r)
{
	r->remarks = arena_items(r->arena, cell_count(r) + 1, sizeof(*r->remarks));
	for (size_t i = 0; i < cell_count(r); i++)
		if (is_remarkable(&r->matrix.cells[i]) && !is_told(r, i))
			add_remark(r, i);
	qsort(r->remarks, r->remark_count, sizeof(r->remarks[0]), compare_remarks);
}

static int64_t bad_count(const struct outcome_row *row)
{
	const struct tally *t = &row->tally;

	return t->count[VERDICT_FAILED] + t->count[VERDICT_CRASHED] + t->count[VERDICT_TIMED_OUT] +
	       t->count[VERDICT_BROKEN];
}

static int fetch(const struct report_source *source, const struct outcome_row *row, struct test_set *out, struct err *e)
{
	if (row == NULL || bad_count(row) == 0)
		return 0;
	return source->tests(source->ctx, row, out, e);
}

static int fetch_all(struct report *r, struct test_set *before, const struct report_source *source, struct err *e)
{
	for (size_t i = 0; i < cell_count(r); i++) {
		const struct matrix_cell *c = &r->matrix.cells[i];

		if (fetch(source, c->now, &r->cell_tests[i], e) < 0)
			return -1;
		/* What was bad before matters only where something is bad now. */
		if (r->cell_tests[i].count > 0 && fetch(source, c->before, &before[i], e) < 0)
			return -1;
	}
	return 0;
}

static void free_sets(struct test_set *sets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		test_set_free(&sets[i]);
	free(sets);
}

static const char *first_tier(const struct report *r)
{
	for (size_t i = 0; i < cell_count(r); i++)
		if (r->matrix.cells[i].now != NULL)
			return arena_dup(r->arena, r->matrix.cells[i].now->tier);
	return NULL;
}

int report_build(const struct matrix *m, const struct report_source *source, struct report *out, struct err *e)
{
	struct test_set *before;
	int result;

	memset(out, 0, sizeof(*out));
	out->matrix = *m;
	out->arena = arena_new(ARENA_FIRST_BYTES);
	out->made_wall_ms = clock_wall_ms();
	out->tier = first_tier(out);
	out->cell_tests = mem_new(cell_count(out) + 1, sizeof(*out->cell_tests));
	before = mem_new(cell_count(out) + 1, sizeof(*before));
	result = fetch_all(out, before, source, e);
	if (result == 0) {
		for (size_t i = 0; i < cell_count(out); i++)
			count_cell(out, &out->matrix.cells[i]);
		build_remarks(out);
		findings_build(out, before, source);
	}
	free_sets(before, cell_count(out));
	if (result < 0)
		report_free(out);
	return result;
}

/* As cli's table of exit statuses has them. */
int report_exit_status(const struct report *r)
{
	if (r->cells_unexpected > 0)
		return 1;
	return r->cells_lost > 0 ? 4 : 0;
}

void report_free(struct report *r)
{
	free_sets(r->cell_tests, cell_count(r));
	matrix_free(&r->matrix);
	arena_free(r->arena);
	memset(r, 0, sizeof(*r));
}
