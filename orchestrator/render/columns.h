/* Column widths and padding in terminal cells, shared by terminal and markdown. */
#ifndef LABCTL_RENDER_COLUMNS_H
#define LABCTL_RENDER_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct columns;

struct columns *columns_new(size_t count);
void columns_row(struct columns *c, const char *const *texts); /* copied; NULL is "" */
/* A text over several columns of the last row, in their middle; too long for them, it makes the last of them wider. */
void columns_span(struct columns *c, size_t first, size_t count, const char *text);
/* Escape sequences around the last row's cell, which take no room. */
void columns_style(struct columns *c, size_t column, const char *before, const char *after);
void columns_align_right(struct columns *c, size_t column);
/* One line per row, without blanks at its end. */
void columns_print(const struct columns *c, const char *separator, struct str *out);
size_t columns_width(const struct columns *c, size_t column);
size_t columns_total_width(const struct columns *c, const char *separator);
void columns_free(struct columns *c);

#endif
