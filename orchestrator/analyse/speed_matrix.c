#include "analyse/speed_matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool same_column(const struct matrix_column *a, const struct matrix_column *b)
{
	return !strcmp(a->target, b->target) && !strcmp(a->runtime, b->runtime);
}

/* ---- what was measured of what is wanted ---- */

static int by_cell(const void *a, const void *b)
{
	return strcmp((*(const struct outcome_row *const *)a)->cell_id,
		      (*(const struct outcome_row *const *)b)->cell_id);
}

static int cell_to_row(const void *cell_id, const void *row)
{
	return strcmp(cell_id, (*(const struct outcome_row *const *)row)->cell_id);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The outcome of each wish, NULL where there is none. Caller frees. */
static const struct outcome_row **find_rows(const struct speed_want *want, size_t count, const struct outcome_set *now)
{
	const struct outcome_row **found = mem_new(count + 1, sizeof(*found));
	AUTO_FREE const struct outcome_row **sorted = mem_new(now->count + 1, sizeof(*sorted));

	for (size_t i = 0; i < now->count; i++)
		sorted[i] = &now->rows[i];
	qsort(sorted, now->count, sizeof(*sorted), by_cell);
	for (size_t i = 0; i < count; i++) {
		const struct outcome_row **row =
			bsearch(want[i].cell_id, sorted, now->count, sizeof(*sorted), cell_to_row);
		found[i] = row ? *row : NULL;
	}
	return found;
}

/* The names of benchmarks with any result, sorted; out has room for `count`. */
static size_t measured_names(const struct speed_want *want, size_t count, const struct outcome_row *const *found,
			     const char **out)
{
	size_t names = 0;

	for (size_t i = 0; i < count; i++)
		if (found[i])
			out[names++] = want[i].benchmark;
	qsort(out, names, sizeof(*out), compare_texts);
	return names;
}

/* ---- rows and columns ---- */

static size_t column_of(struct speed_matrix *m, const struct matrix_column *at)
{
	struct speed_column *c;

	for (size_t i = 0; i < m->column_count; i++)
		if (same_column(&m->columns[i].at, at))
			return i;
	m->columns = mem_grow(m->columns, m->column_count + 1, sizeof(*m->columns));
	c = &m->columns[m->column_count];
	*c = (struct speed_column){ .at = { arena_dup(m->arena, at->target), arena_dup(m->arena, at->arch),
					    arena_dup(m->arena, at->runtime), at->emulated } };
	c->is_baseline = !strcmp(at->runtime, m->baseline);
	return m->column_count++;
}

static size_t line_of(struct speed_matrix *m, const char *benchmark)
{
	for (size_t i = 0; i < m->row_count; i++)
		if (!strcmp(m->benchmarks[i], benchmark))
			return i;
	m->benchmarks = mem_grow(m->benchmarks, m->row_count + 1, sizeof(*m->benchmarks));
	m->benchmarks[m->row_count] = arena_dup(m->arena, benchmark);
	return m->row_count++;
}

static struct speed_cell *cell_at(struct speed_matrix *m, size_t row, size_t column)
{
	return &m->cells[row * m->column_count + column];
}

bool speed_counts_instructions(const struct outcome_row *row)
{
	for (const struct fact_pair *f = row->facts; f && f->name; f++)
		if (!strcmp(f->name, "clock"))
			return !strcmp(f->value, "instructions");
	return false;
}

static int fill_cell(struct speed_matrix *m, const struct speed_want *want, const struct outcome_row *now,
		     const struct speed_source *source, struct err *e)
{
	size_t column = column_of(m, &want->column);
	struct speed_cell *c = cell_at(m, line_of(m, want->benchmark), column);

	if (!now)
		return 0;
	c->now = now;
	m->columns[column].counted |= speed_counts_instructions(c->now);
	return source->summary(source->ctx, c->now, &c->summary, e);
}

/* ---- one column against its baseline ---- */

static size_t baseline_column(const struct speed_matrix *m, size_t column)
{
	for (size_t i = 0; i < m->column_count; i++)
		if (m->columns[i].is_baseline && !strcmp(m->columns[i].at.target, m->columns[column].at.target))
			return i;
	return SIZE_MAX;
}

/* Is there anything to compare? If not, *why says why not. */
static enum speed given_word(const struct speed_cell *c, const struct speed_cell *base, const char **why)
{
	*why = NULL;
	if (c->now->verdict == VERDICT_UNAVAILABLE || c->now->verdict == VERDICT_LOST) {
		*why = c->now->reason;
		return SPEED_NOT_COMPARABLE;
	}
	if (!c->summary.process_count || c->summary.failed == c->summary.process_count) {
		*why = c->now->reason;
		return SPEED_FAILED;
	}
	if (!speed_known(&c->summary))
		return SPEED_NO_STEADY_STATE;
	if (!base || !base->now)
		*why = "the baseline was not measured on this target";
	else if (base->now->run != c->now->run)
		*why = "the baseline was measured in another run";
	else if (!speed_known(&base->summary))
		*why = "the baseline has no speed";
	return *why ? SPEED_NOT_COMPARABLE : SPEED_UNDECIDED;
}

static void judge_column(struct speed_matrix *m, size_t column)
{
	AUTO_FREE struct contest *family = mem_new(m->row_count + 1, sizeof(*family));
	AUTO_FREE struct ratio *ratios = mem_new(m->row_count + 1, sizeof(*ratios));
	AUTO_FREE struct speed_judgement *judged = mem_new(m->row_count + 1, sizeof(*judged));
	size_t base_column = baseline_column(m, column);

	for (size_t row = 0; row < m->row_count; row++) {
		struct speed_cell *c = cell_at(m, row, column);
		struct speed_cell *base = base_column == SIZE_MAX ? NULL : cell_at(m, row, base_column);

		c->is_baseline = m->columns[column].is_baseline;
		c->ratio = ratio_none();
		c->memory_ratio = NAN;
		family[row] = (struct contest){ ratio_none(), SPEED_MARGIN, SPEED_NOT_COMPARABLE };
		if (c->now)
			family[row].given = given_word(c, base, &c->why);
		if (c->now && family[row].given == SPEED_UNDECIDED && !c->is_baseline) {
			c->ratio = speed_ratio(&base->summary, 0, &c->summary, 0);
			c->memory_ratio = c->summary.median_peak_bytes / base->summary.median_peak_bytes;
		}
		family[row].ratio = ratios[row] = c->ratio;
	}
	speed_judge(family, m->row_count, SPEED_ALPHA, SPEED_POWER, judged);
	for (size_t row = 0; row < m->row_count; row++)
		cell_at(m, row, column)->judged = judged[row];
	if (!m->columns[column].is_baseline)
		geomean_of(ratios, m->row_count, SPEED_ALPHA, &m->columns[column].mean);
}

/* Halves of the baseline against each other, of all benchmarks of the target. */
static void judge_control(struct speed_matrix *m, size_t column)
{
	AUTO_FREE struct ratio *halves = mem_new(m->row_count + 1, sizeof(*halves));
	size_t base_column = baseline_column(m, column), count = 0;

	for (size_t row = 0; base_column != SIZE_MAX && row < m->row_count; row++) {
		const struct speed_summary *s = &cell_at(m, row, base_column)->summary;

		if (speed_known(s))
			halves[count++] = speed_ratio(s, 'a', s, 'b');
	}
	control_judge(halves, count, SPEED_ALPHA, SPEED_POWER, &m->columns[column].control);
}

int speed_matrix_build(const struct speed_want *want, size_t want_count, const char *baseline, bool only_measured,
		       const struct outcome_set *now, const struct speed_source *source, struct speed_matrix *out,
		       struct err *e)
{
	AUTO_FREE const struct outcome_row **found = find_rows(want, want_count, now);
	AUTO_FREE const char **measured = mem_new(want_count + 1, sizeof(*measured));
	size_t names = measured_names(want, want_count, found, measured);

	*out = (struct speed_matrix){ .arena = arena_new(4096) };
	out->baseline = arena_dup(out->arena, baseline);
	for (size_t i = 0; i < want_count; i++)
		if (!only_measured || bsearch(&want[i].benchmark, measured, names, sizeof(*measured), compare_texts)) {
			line_of(out, want[i].benchmark);
			column_of(out, &want[i].column);
		}
	out->cells = mem_new(out->row_count * out->column_count + 1, sizeof(*out->cells));
	for (size_t i = 0; i < want_count; i++)
		if ((!only_measured || found[i]) && fill_cell(out, &want[i], found[i], source, e))
			return -1;
	for (size_t i = 0; i < out->column_count; i++) {
		judge_column(out, i);
		judge_control(out, i);
	}
	return 0;
}

const struct speed_cell *speed_matrix_at(const struct speed_matrix *m, size_t row, size_t column)
{
	return &m->cells[row * m->column_count + column];
}

int speed_matrix_exit_status(const struct speed_matrix *m)
{
	bool lost = false, bad = false;

	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct speed_cell *c = &m->cells[i];

		lost |= c->now && c->now->verdict == VERDICT_LOST;
		bad |= c->now && verdict_is_bad(c->now->verdict);
	}
	for (size_t i = 0; i < m->column_count; i++)
		bad |= m->columns[i].control.state == CONTROL_FAILED;
	return bad ? 1 : lost ? 4 : 0;
}

void speed_matrix_free(struct speed_matrix *m)
{
	for (size_t i = 0; m->cells && i < m->row_count * m->column_count; i++)
		speed_summary_free(&m->cells[i].summary);
	free(m->cells);
	free(m->columns);
	free(m->benchmarks);
	arena_free(m->arena);
	*m = (struct speed_matrix){ 0 };
}
