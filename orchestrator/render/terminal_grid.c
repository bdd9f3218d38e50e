#include "render/terminal_grid.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "render/columns.h"

#define SEPARATOR "  "

struct table {
	const struct pen *pen;
	const struct grid *grid;
	size_t *widths; /* of each column's texts, not less than its heading */
};

/* The first column behind the target that column `first` belongs to. */
static size_t group_end(const struct grid *g, size_t first, size_t end)
{
	size_t i = first + 1;

	while (i < end && strcmp(g->columns[i].target, g->columns[first].target) == 0)
		i++;
	return i;
}

static void add_group_heading(const struct table *t, struct columns *c, size_t first, size_t end, size_t offset)
{
	const struct grid *g = t->grid;
	AUTO_STR name = { 0 };
	AUTO_FREE char *harmless = NULL;
	bool emulated = false;

	for (size_t i = first; i < end; i++)
		emulated |= g->columns[i].emulated;
	phrase_target(&g->columns[first], &name);
	if (emulated)
		str_addf(&name, " %s", t->pen->signs->emulated);
	harmless = pen_harmless(t->pen, str_text(&name));
	columns_span(c, first - offset + 1, end - first, harmless);
	columns_style(c, first - offset + 1, pen_style(t->pen, STYLE_BOLD), pen_style_end(t->pen, STYLE_BOLD));
}

static void add_headings(const struct table *t, struct columns *c, size_t first, size_t end)
{
	const struct grid *g = t->grid;
	const char **texts = mem_new(end - first + 2, sizeof(*texts));
	char **harmless = mem_new(end - first + 2, sizeof(*harmless));

	columns_row(c, texts);
	for (size_t i = first, next; i < end; i = next) {
		next = group_end(g, i, end);
		add_group_heading(t, c, i, next, first);
	}
	for (size_t i = first; i < end; i++)
		texts[i - first + 1] = harmless[i - first] = pen_harmless(t->pen, g->columns[i].runtime);
	columns_row(c, texts);
	free(texts);
	mem_free_list(harmless);
}

/* Texts end in one place, marks begin behind them. */
static char *cell_text(const struct table *t, size_t cell, size_t column)
{
	AUTO_STR s = { 0 };
	size_t width = str_width(t->grid->texts[cell]);

	while (width++ < t->widths[column])
		str_add_char(&s, ' ');
	str_add(&s, t->grid->texts[cell]);
	if (t->grid->marks[cell][0] != '\0')
		str_addf(&s, " %s", t->grid->marks[cell]);
	return str_take(&s);
}

static void add_row(const struct table *t, struct columns *c, size_t row, size_t first, size_t end)
{
	const struct grid *g = t->grid;
	char **texts = mem_new(end - first + 2, sizeof(*texts));

	texts[0] = pen_harmless(t->pen, g->rows[row]);
	for (size_t i = first; i < end; i++)
		texts[i - first + 1] = cell_text(t, row * g->column_count + i, i);
	columns_row(c, (const char *const *)texts);
	for (size_t i = first; i < end; i++) {
		enum style style = g->styles[row * g->column_count + i];

		columns_style(c, i - first + 1, pen_style(t->pen, style), pen_style_end(t->pen, style));
	}
	mem_free_list(texts);
}

static struct columns *build_block(const struct table *t, size_t first, size_t end)
{
	struct columns *c = columns_new(end - first + 1);

	add_headings(t, c, first, end);
	for (size_t row = 0; row < t->grid->row_count; row++)
		add_row(t, c, row, first, end);
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
	size_t count = t->grid->column_count, end = group_end(t->grid, first, count);

	if (t->pen->opts->width == 0)
		return count;
	if (!fits(t, first, end)) {
		while (end > first + 1 && !fits(t, first, end))
			end--;
		return end;
	}
	while (end < count && fits(t, first, group_end(t->grid, end, count)))
		end = group_end(t->grid, end, count);
	return end;
}

static size_t *text_widths(const struct grid *g)
{
	size_t *widths = mem_new(g->column_count + 1, sizeof(*widths));

	for (size_t i = 0; i < g->column_count; i++)
		widths[i] = str_width(g->columns[i].runtime);
	for (size_t i = 0; i < g->row_count * g->column_count; i++) {
		size_t width = str_width(g->texts[i]);

		if (width > widths[i % g->column_count])
			widths[i % g->column_count] = width;
	}
	return widths;
}

void terminal_grid(const struct pen *p, const struct grid *g)
{
	struct table t = { p, g, text_widths(g) };

	for (size_t first = 0, end; first < g->column_count; first = end) {
		struct columns *c;

		end = block_end(&t, first);
		c = build_block(&t, first, end);
		if (first > 0)
			str_add_char(p->out, '\n');
		columns_print(c, SEPARATOR, p->out);
		columns_free(c);
	}
	free(t.widths);
}

void grid_start(struct grid *g, size_t rows, size_t columns)
{
	*g = (struct grid){ .row_count = rows, .column_count = columns };
	g->texts = mem_new(rows * columns + 1, sizeof(*g->texts));
	g->marks = mem_new(rows * columns + 1, sizeof(*g->marks));
	g->styles = mem_new(rows * columns + 1, sizeof(*g->styles));
}

void grid_free(struct grid *g)
{
	mem_free_list(g->texts);
	mem_free_list(g->marks);
	free(g->styles);
}
