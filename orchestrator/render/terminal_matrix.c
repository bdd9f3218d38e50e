/* The matrix as a table: packages down, target and runtime across, in as many blocks as the width asks for. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "render/columns.h"
#include "render/terminal_text.h"

#define SEPARATOR "  "

struct table {
	const struct pen *pen;
	const struct matrix *matrix;
	const struct absences *absences;
	char **rates, **marks; /* of each cell */
	size_t *rate_widths;   /* of each column, not less than its heading */
};

static void say_cells(struct table *t)
{
	const struct matrix *m = t->matrix;

	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct matrix_cell *c = &m->cells[i];
		AUTO_STR rate = { 0 };
		AUTO_STR marks = { 0 };
		size_t column = i % m->column_count, width;

		phrase_cell(c, t->pen->signs, absences_number(t->absences, c), &rate);
		phrase_marks(c, t->pen->signs, &marks);
		width = str_width(str_text(&rate));
		if (width > t->rate_widths[column])
			t->rate_widths[column] = width;
		t->rates[i] = str_take(&rate);
		t->marks[i] = str_take(&marks);
	}
}

static struct table table_new(const struct pen *pen, const struct matrix *m, const struct absences *absences)
{
	size_t all = m->row_count * m->column_count;
	struct table t = { .pen = pen, .matrix = m, .absences = absences };

	t.rates = mem_new(all + 1, sizeof(*t.rates));
	t.marks = mem_new(all + 1, sizeof(*t.marks));
	t.rate_widths = mem_new(m->column_count + 1, sizeof(*t.rate_widths));
	for (size_t i = 0; i < m->column_count; i++)
		t.rate_widths[i] = str_width(m->columns[i].runtime);
	say_cells(&t);
	return t;
}

static void table_free(struct table *t)
{
	mem_free_list(t->rates);
	mem_free_list(t->marks);
	free(t->rate_widths);
}

/* The first column behind the target that column `first` belongs to. */
static size_t group_end(const struct matrix *m, size_t first, size_t end)
{
	size_t i = first + 1;

	while (i < end && strcmp(m->columns[i].target, m->columns[first].target) == 0)
		i++;
	return i;
}

static void add_group_heading(const struct table *t, struct columns *c, size_t first, size_t end, size_t offset)
{
	const struct matrix *m = t->matrix;
	AUTO_STR name = { 0 };
	AUTO_FREE char *harmless = NULL;
	bool emulated = false;

	for (size_t i = first; i < end; i++)
		emulated |= m->columns[i].emulated;
	phrase_target(&m->columns[first], &name);
	if (emulated)
		str_addf(&name, " %s", t->pen->signs->emulated);
	harmless = pen_harmless(t->pen, str_text(&name));
	columns_span(c, first - offset + 1, end - first, harmless);
	columns_style(c, first - offset + 1, pen_style(t->pen, STYLE_BOLD), pen_style_end(t->pen, STYLE_BOLD));
}

static void add_headings(const struct table *t, struct columns *c, size_t first, size_t end)
{
	const struct matrix *m = t->matrix;
	const char **texts = mem_new(end - first + 2, sizeof(*texts));
	char **harmless = mem_new(end - first + 2, sizeof(*harmless));

	columns_row(c, texts);
	for (size_t i = first, next; i < end; i = next) {
		next = group_end(m, i, end);
		add_group_heading(t, c, i, next, first);
	}
	for (size_t i = first; i < end; i++)
		texts[i - first + 1] = harmless[i - first] = pen_harmless(t->pen, m->columns[i].runtime);
	columns_row(c, texts);
	free(texts);
	mem_free_list(harmless);
}

/* Rates end in one place, marks begin behind them. */
static char *cell_text(const struct table *t, size_t cell, size_t column)
{
	AUTO_STR s = { 0 };
	size_t width = str_width(t->rates[cell]);

	while (width++ < t->rate_widths[column])
		str_add_char(&s, ' ');
	str_add(&s, t->rates[cell]);
	if (t->marks[cell][0] != '\0')
		str_addf(&s, " %s", t->marks[cell]);
	return str_take(&s);
}

static void add_package(const struct table *t, struct columns *c, size_t row, size_t first, size_t end)
{
	const struct matrix *m = t->matrix;
	char **texts = mem_new(end - first + 2, sizeof(*texts));

	texts[0] = pen_harmless(t->pen, m->packages[row]);
	for (size_t i = first; i < end; i++)
		texts[i - first + 1] = cell_text(t, row * m->column_count + i, i);
	columns_row(c, (const char *const *)texts);
	for (size_t i = first; i < end; i++) {
		enum style style = style_of_cell(matrix_at(m, row, i));

		columns_style(c, i - first + 1, pen_style(t->pen, style), pen_style_end(t->pen, style));
	}
	mem_free_list(texts);
}

static struct columns *build_block(const struct table *t, size_t first, size_t end)
{
	struct columns *c = columns_new(end - first + 1);

	add_headings(t, c, first, end);
	for (size_t row = 0; row < t->matrix->row_count; row++)
		add_package(t, c, row, first, end);
	return c;
}

static bool fits(const struct table *t, size_t first, size_t end)
{
	struct columns *c = build_block(t, first, end);
	size_t width = columns_total_width(c, SEPARATOR);

	columns_free(c);
	return width <= t->pen->opts->width;
}

/* As many whole targets as there is room for; at least one column. */
static size_t block_end(const struct table *t, size_t first)
{
	size_t count = t->matrix->column_count, end = group_end(t->matrix, first, count);

	if (t->pen->opts->width == 0)
		return count;
	if (!fits(t, first, end)) {
		while (end > first + 1 && !fits(t, first, end))
			end--;
		return end;
	}
	while (end < count && fits(t, first, group_end(t->matrix, end, count)))
		end = group_end(t->matrix, end, count);
	return end;
}

void terminal_matrix(const struct pen *p, const struct matrix *m, const struct absences *absences)
{
	struct table t = table_new(p, m, absences);

	for (size_t first = 0, end; first < m->column_count; first = end) {
		struct columns *c;

		end = block_end(&t, first);
		c = build_block(&t, first, end);
		if (first > 0)
			str_add_char(p->out, '\n');
		columns_print(c, SEPARATOR, p->out);
		columns_free(c);
	}
	table_free(&t);
}
