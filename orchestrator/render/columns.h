/* Column widths and padding in terminal cells, shared by terminal and markdown. */
#ifndef LABCTL_RENDER_COLUMNS_H
#define LABCTL_RENDER_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct columns;

struct columns *columns_new(size_t count);
void columns_row(struct columns *c, const char *const *texts);        /* copied; NULL is "" */
void columns_style(struct columns *c, size_t column, const char *before, const char *after); /* of the last row's cell: escape sequences that take no room */
void columns_align_right(struct columns *c, size_t column);
void columns_print(const struct columns *c, const char *separator, struct str *out);
size_t columns_width(const struct columns *c, size_t column);
void columns_free(struct columns *c);

#endif
