#include "parse/bench_columns.h"

#include <string.h>

#include "base/real.h"
#include "base/str.h"
#include "base/vec.h"

/* From behind the opening quote: the field moves together over its doubled quotes. NULL: it never ends. */
static char *read_quoted(struct bench_columns *c, char *field)
{
	char *to = field;

	for (; *c->at; c->at++) {
		if (*c->at == '"' && c->at[1] != '"')
			break;
		c->at += *c->at == '"';
		c->line += *c->at == '\n';
		*to++ = *c->at;
	}
	if (*c->at != '"')
		return NULL;
	c->at++;
	return to;
}

/* A field and what ends it: the separator, a newline or NUL, which is stepped over and given in out_end. */
static char *read_field(struct bench_columns *c, char *out_end)
{
	char *field = c->at, *end;

	if (c->quotes && *c->at == '"') {
		c->at++;
		field++;
		end = read_quoted(c, field);
		if (!end)
			return NULL;
	} else {
		end = c->at + strcspn(c->at, (char[]){ c->separator, '\n', '\0' });
		c->at = end;
	}
	c->at += strcspn(c->at, (char[]){ c->separator, '\n', '\0' });
	*out_end = *c->at;
	c->at += *c->at != '\0';
	if (end > field && end[-1] == '\r' && *out_end != c->separator)
		end--;
	*end = '\0';
	return field;
}

static void pass_empty_lines(struct bench_columns *c)
{
	for (; *c->at == '\n' || (*c->at == '\r' && c->at[1] == '\n'); c->at++)
		c->line += *c->at == '\n';
}

int bench_next_row(struct bench_columns *c, struct bench_row *row, struct err *e)
{
	char end = c->separator;

	pass_empty_lines(c);
	row->count = 0;
	row->line = c->line + 1;
	if (!*c->at)
		return 0;
	while (end == c->separator) {
		char *field = read_field(c, &end);

		if (!field)
			return err_set(e, ERR_FORMAT, "line %zu: a quote that never ends", row->line);
		if (row->count == BENCH_MOST_COLUMNS)
			return err_set(e, ERR_FORMAT, "line %zu: more than %d columns", row->line, BENCH_MOST_COLUMNS);
		vec_reserve(row, row->count + 1);
		row->items[row->count++] = field;
	}
	c->line += end == '\n';
	return 1;
}

int bench_column(const struct bench_row *header, const char *name)
{
	for (size_t i = 0; i < header->count; i++)
		if (strcmp(header->items[i], name) == 0)
			return (int)i;
	return -1;
}

const char *bench_field(const struct bench_row *row, int column)
{
	return column >= 0 && (size_t)column < row->count ? row->items[column] : "";
}

int bench_field_number(const struct bench_row *row, const char *field, const char *what, double *out, struct err *e)
{
	AUTO_STR shown = { 0 };
	bool whole;

	if (real_from_text(field, out, &whole))
		return 0;
	str_add_quoted(&shown, field, STR_TERMINAL);
	return err_set(e, ERR_FORMAT, "line %zu: %.100s is no number: \"%.100s\"", row->line, what, str_text(&shown));
}
