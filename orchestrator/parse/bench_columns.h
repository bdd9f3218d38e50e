/* Tables as text: lines of fields, told apart by one character. Not included outside parse/. */
#ifndef LABCTL_PARSE_BENCH_COLUMNS_H
#define LABCTL_PARSE_BENCH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define BENCH_MOST_COLUMNS 10000

struct bench_row {
	char **items; /* in the text that is read, which is changed */
	size_t count, room;
	size_t line; /* from 1; of its beginning */
};

struct bench_columns {
	char *at; /* a NUL ends the text */
	char separator;
	bool quotes; /* "a ""quoted"" field", as CSV has it; may go over many lines */
	size_t line;
};

/* The next line that is not empty: 1; none: 0; -1: too many columns, or a quote that never ends. */
int bench_next_row(struct bench_columns *c, struct bench_row *row, struct err *e);
/* The number of the column; -1: there is none. */
int bench_column(const struct bench_row *header, const char *name);
/* "" where a row is too short. */
const char *bench_field(const struct bench_row *row, int column);
/* A finite number and nothing else; `what` names the column. */
int bench_field_number(const struct bench_row *row, const char *field, const char *what, double *out, struct err *e);

#endif
