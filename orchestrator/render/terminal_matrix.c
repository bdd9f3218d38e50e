/* Pass rates as a table: packages down, target and runtime across. */
#include "render/terminal_grid.h"

void terminal_matrix(const struct pen *p, const struct matrix *m, const struct absences *absences)
{
	struct grid g;

	grid_start(&g, m->row_count, m->column_count);
	g.rows = m->titles;
	g.columns = m->columns;
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct matrix_cell *c = &m->cells[i];
		AUTO_STR rate = { 0 };
		AUTO_STR marks = { 0 };

		phrase_cell(c, p->signs, absences_number(absences, c), &rate);
		phrase_marks(c, p->signs, &marks);
		g.texts[i] = str_take(&rate);
		g.marks[i] = str_take(&marks);
		g.styles[i] = style_of_cell(c);
	}
	terminal_grid(p, &g);
	grid_free(&g);
}
