/* Numbers and tables as asv's own commands print them, character for character: for those who compare the two. Facts
 * from asv/util.py and asv_runner/util.py (asv 0.6), and of the table from tabulate's "github" form, which asv uses. */
#ifndef LABCTL_RENDER_ASV_TEXT_H
#define LABCTL_RENDER_ASV_TEXT_H

#include <stddef.h>

#include "base/str.h"

/* A result in its unit: "seconds" and "bytes" are made readable ("454μs", "1.00±0.2s", "5.73M"), of any other (NULL
 * too) the number stands as its JSON text does. error: half of what lies between the quartiles; NaN: not told. */
void asv_text_value(struct str *out, const char *unit, double value, const char *json, double error);

/* A table of Markdown, with a first line of headers. A column whose every cell is a number is set to the right, by its
 * decimal point, and loses the zeros behind it. cells: row by row. */
void asv_text_table(struct str *out, const char *const *headers, size_t columns, const char *const *cells, size_t rows);

#endif
