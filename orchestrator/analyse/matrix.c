#include "analyse/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ARENA_FIRST_BYTES 4096

typedef int compare_rows_fn(const struct outcome_row *a, const struct outcome_row *b);

/* The rows of a set in an order in which one can be looked up; the latest of equal ones comes first. */
struct row_index {
	const struct outcome_row **rows;
	size_t count;
	compare_rows_fn *compare;
};

static int by_age(const struct outcome_row *a, const struct outcome_row *b)
{
	if (a->run != b->run)
		return a->run > b->run ? -1 : 1;
	if (a->attempt != b->attempt)
		return a->attempt > b->attempt ? -1 : 1;
	return (a->id < b->id) - (a->id > b->id);
}

static int by_cell(const struct outcome_row *a, const struct outcome_row *b)
{
	return strcmp(a->cell_id, b->cell_id);
}

static int by_coordinates(const struct outcome_row *a, const struct outcome_row *b)
{
	int order = strcmp(a->package, b->package);

	if (order == 0)
		order = strcmp(a->target, b->target);
	if (order == 0)
		order = strcmp(a->runtime, b->runtime);
	return order != 0 ? order : strcmp(a->tier, b->tier);
}

static int compare_for_sort(const void *a, const void *b, void *compare)
{
	const struct outcome_row *x = *(const struct outcome_row *const *)a;
	const struct outcome_row *y = *(const struct outcome_row *const *)b;
	int order = ((struct row_index *)compare)->compare(x, y);

	return order != 0 ? order : by_age(x, y);
}

static struct row_index index_rows(const struct outcome_set *set, compare_rows_fn *compare)
{
	struct row_index index = { NULL, set == NULL ? 0 : set->count, compare };

	index.rows = mem_new(index.count + 1, sizeof(*index.rows));
	for (size_t i = 0; i < index.count; i++)
		index.rows[i] = &set->rows[i];
	qsort_r(index.rows, index.count, sizeof(index.rows[0]), compare_for_sort, &index);
	return index;
}

/* The latest row that compares equal to `like` and is not the outcome other_id. */
static const struct outcome_row *find_row(const struct row_index *index, const struct outcome_row *like,
					  int64_t other_id)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->compare(index->rows[middle], like) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->count && index->compare(index->rows[low], like) == 0; low++)
		if (index->rows[low]->id != other_id)
			return index->rows[low];
	return NULL;
}

static int64_t bad_count(const struct tally *t)
{
	return t->count[VERDICT_FAILED] + t->count[VERDICT_CRASHED] + t->count[VERDICT_TIMED_OUT] +
	       t->count[VERDICT_BROKEN];
}

static double pass_rate(const struct tally *t)
{
	int64_t run = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		if (v != VERDICT_SKIPPED)
			run += t->count[v];
	return run == 0 ? NAN : (double)t->count[VERDICT_PASSED] / (double)run;
}

static int64_t unknown_count(const struct tally *t)
{
	int64_t unknown = bad_count(t) - t->known;

	return unknown > 0 ? unknown : 0;
}

static bool is_expected(const struct outcome_row *row)
{
	switch (row->verdict) {
	case VERDICT_PASSED:
	case VERDICT_UNAVAILABLE:
	case VERDICT_SKIPPED:
		return true;
	case VERDICT_FAILED:
		return bad_count(&row->tally) > 0 && unknown_count(&row->tally) == 0;
	default:
		return false;
	}
}

/* An outcome that says something of the package: one whose target was lost does not. */
static bool can_be_compared(const struct outcome_row *row)
{
	return row->verdict != VERDICT_LOST && row->verdict != VERDICT_UNAVAILABLE && row->verdict != VERDICT_SKIPPED;
}

static int64_t newly_bad(const struct matrix_cell *c)
{
	int64_t more;

	if (c->before == NULL || c->now->verdict == VERDICT_LOST || !can_be_compared(c->before))
		return 0;
	more = c->bad_unknown - unknown_count(&c->before->tally);
	if (more <= 0 && !c->expected && is_expected(c->before))
		more = 1;
	return more > 0 ? more : 0;
}

static void fill_cell(struct matrix_cell *c, const struct row_index *before, const struct row_index *before_like)
{
	c->before = find_row(before, c->now, c->now->id);
	if (c->before == NULL)
		c->before = find_row(before_like, c->now, c->now->id);
	c->pass_rate = pass_rate(&c->now->tally);
	c->bad = bad_count(&c->now->tally);
	c->bad_unknown = unknown_count(&c->now->tally);
	c->crashed = c->now->tally.count[VERDICT_CRASHED];
	c->expected = is_expected(c->now);
	c->newly_bad = newly_bad(c);
}

static bool same_tier(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static size_t row_of(struct matrix *m, const struct matrix_want *want)
{
	size_t i;

	for (i = 0; i < m->row_count; i++)
		if (strcmp(m->packages[i], want->package) == 0 && same_tier(m->tiers[i], want->tier))
			return i;
	m->packages[m->row_count] = arena_dup(m->arena, want->package);
	m->tiers[m->row_count++] = arena_dup(m->arena, want->tier);
	return i;
}

static void title_rows(struct matrix *m)
{
	bool several = false;

	for (size_t i = 1; i < m->row_count; i++)
		several |= !same_tier(m->tiers[0], m->tiers[i]);
	for (size_t i = 0; i < m->row_count; i++)
		m->titles[i] = several && m->tiers[i] != NULL
				       ? arena_printf(m->arena, "%s:%s", m->packages[i], m->tiers[i])
				       : m->packages[i];
}

static bool same_column(const struct matrix_column *a, const struct matrix_column *b)
{
	return strcmp(a->target, b->target) == 0 && strcmp(a->runtime, b->runtime) == 0;
}

static size_t find_column(const struct matrix *m, const struct matrix_column *column)
{
	size_t i;

	for (i = 0; i < m->column_count && !same_column(&m->columns[i], column); i++)
		;
	return i;
}

/* Where a new column goes: behind the last of its target, else behind the last of its architecture, else to the end. */
static size_t place_for(const struct matrix *m, const struct matrix_column *column)
{
	for (size_t i = m->column_count; i-- > 0;)
		if (strcmp(m->columns[i].target, column->target) == 0)
			return i + 1;
	for (size_t i = m->column_count; i-- > 0;)
		if (strcmp(m->columns[i].arch, column->arch) == 0)
			return i + 1;
	return m->column_count;
}

static void add_column(struct matrix *m, const struct matrix_column *column)
{
	size_t at = find_column(m, column);

	if (at < m->column_count)
		return;
	at = place_for(m, column);
	memmove(&m->columns[at + 1], &m->columns[at], (m->column_count - at) * sizeof(m->columns[0]));
	m->columns[at] = (struct matrix_column){
		.target = arena_dup(m->arena, column->target),
		.arch = arena_dup(m->arena, column->arch),
		.runtime = arena_dup(m->arena, column->runtime),
		.emulated = column->emulated,
	};
	m->column_count++;
}

static void lay_out(const struct matrix_want *want, size_t want_count, struct matrix *m)
{
	m->packages = arena_items(m->arena, want_count + 1, sizeof(*m->packages));
	m->tiers = arena_items(m->arena, want_count + 1, sizeof(*m->tiers));
	m->titles = arena_items(m->arena, want_count + 1, sizeof(*m->titles));
	m->columns = arena_items(m->arena, want_count + 1, sizeof(*m->columns));
	for (size_t i = 0; i < want_count; i++) {
		row_of(m, &want[i]);
		add_column(m, &want[i].column);
	}
	title_rows(m);
	m->cells = arena_items(m->arena, m->row_count * m->column_count + 1, sizeof(*m->cells));
	for (size_t i = 0; i < m->row_count * m->column_count; i++)
		m->cells[i].pass_rate = NAN;
}

void matrix_build(const struct matrix_want *want, size_t want_count, const struct outcome_set *now,
		  const struct outcome_set *before, struct matrix *out)
{
	struct row_index index_now = index_rows(now, by_cell);
	struct row_index index_before = index_rows(before, by_cell);
	struct row_index before_like = index_rows(before, by_coordinates);

	memset(out, 0, sizeof(*out));
	out->arena = arena_new(ARENA_FIRST_BYTES);
	lay_out(want, want_count, out);
	for (size_t i = 0; i < want_count; i++) {
		size_t row = row_of(out, &want[i]), column = find_column(out, &want[i].column);
		struct matrix_cell *c = &out->cells[row * out->column_count + column];

		c->not_run = arena_dup(out->arena, want[i].not_run);
		if (want[i].not_run == NULL && want[i].cell_id != NULL)
			c->now = find_row(&index_now, &(struct outcome_row){ .cell_id = want[i].cell_id }, -1);
		if (c->now == NULL)
			continue;
		fill_cell(c, &index_before, &before_like);
		/* What the outcome says of its machine is truer than what was expected of it. */
		out->columns[column].emulated |= c->now->emulated;
	}
	free(index_now.rows);
	free(index_before.rows);
	free(before_like.rows);
}

const struct matrix_cell *matrix_at(const struct matrix *m, size_t row, size_t column)
{
	return &m->cells[row * m->column_count + column];
}

void matrix_free(struct matrix *m)
{
	arena_free(m->arena);
	memset(m, 0, sizeof(*m));
}
