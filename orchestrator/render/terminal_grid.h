/* A table of rows by target and runtime, in as many blocks as the width asks for. Not included outside render/. */
#ifndef LABCTL_RENDER_TERMINAL_GRID_H
#define LABCTL_RENDER_TERMINAL_GRID_H

#include "render/terminal_text.h"

/* Cells are row-major. */
struct grid {
	const char *const *rows; /* their names, which may be hostile; the caller's */
	size_t row_count;
	const struct matrix_column *columns; /* the caller's */
	size_t column_count;
	char **texts, **marks; /* of each cell, harmless; texts end in one place, marks stand behind them */
	enum style *styles;
};

void grid_start(struct grid *g, size_t rows, size_t columns); /* texts and marks are NULL: all are to be set */
void terminal_grid(const struct pen *p, const struct grid *g);
void grid_free(struct grid *g);

#endif
