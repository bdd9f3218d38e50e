#include "render/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct field {
	char *text;	      /* NULL: covered by a span, or empty */
	char *before, *after; /* NULL: no style */
	size_t span;	      /* columns it lies over; 0: covered */
};

struct columns {
	size_t count;
	bool *align_right;
	struct field *fields; /* row by row */
	size_t rows, room;
};

struct columns *columns_new(size_t count)
{
	struct columns *c = mem_new(1, sizeof(*c));

	c->count = count;
	c->align_right = mem_new(count + 1, sizeof(*c->align_right));
	return c;
}

static struct field *field_at(const struct columns *c, size_t row, size_t column)
{
	return &c->fields[row * c->count + column];
}

void columns_row(struct columns *c, const char *const *texts)
{
	if (c->rows == c->room) {
		c->room = c->room * 2 + 16;
		c->fields = mem_grow(c->fields, c->room * c->count, sizeof(*c->fields));
	}
	for (size_t i = 0; i < c->count; i++)
		*field_at(c, c->rows, i) = (struct field){ .text = mem_dup(texts[i]), .span = 1 };
	c->rows++;
}

void columns_span(struct columns *c, size_t first, size_t count, const char *text)
{
	struct field *f = field_at(c, c->rows - 1, first);

	for (size_t i = 0; i < count; i++) {
		free(f[i].text);
		f[i].text = NULL;
		f[i].span = 0;
	}
	f->text = mem_dup(text);
	f->span = count;
}

void columns_style(struct columns *c, size_t column, const char *before, const char *after)
{
	struct field *f = field_at(c, c->rows - 1, column);

	free(f->before);
	free(f->after);
	f->before = mem_dup(before);
	f->after = mem_dup(after);
}

void columns_align_right(struct columns *c, size_t column)
{
	c->align_right[column] = true;
}

static size_t text_width(const struct field *f)
{
	return f->text == NULL ? 0 : str_width(f->text);
}

static size_t span_width(const size_t *widths, size_t first, size_t span, size_t separator_width)
{
	size_t width = separator_width * (span - 1);

	for (size_t i = 0; i < span; i++)
		width += widths[first + i];
	return width;
}

static void widen_for_span(const struct field *f, size_t column, size_t separator_width, size_t *widths)
{
	size_t room, need = text_width(f);

	if (f->span < 2)
		return;
	room = span_width(widths, column, f->span, separator_width);
	if (need > room)
		widths[column + f->span - 1] += need - room;
}

/* Caller frees. */
static size_t *find_widths(const struct columns *c, size_t separator_width)
{
	size_t *widths = mem_new(c->count + 1, sizeof(*widths));

	for (size_t row = 0; row < c->rows; row++)
		for (size_t i = 0; i < c->count; i++) {
			const struct field *f = field_at(c, row, i);

			if (f->span == 1 && text_width(f) > widths[i])
				widths[i] = text_width(f);
		}
	for (size_t row = 0; row < c->rows; row++)
		for (size_t i = 0; i < c->count; i++)
			widen_for_span(field_at(c, row, i), i, separator_width, widths);
	return widths;
}

static void add_blanks(struct str *out, size_t count)
{
	while (count-- > 0)
		str_add_char(out, ' ');
}

static void add_styled(const struct field *f, struct str *out)
{
	if (f->before != NULL && f->text != NULL && f->text[0] != '\0')
		str_add(out, f->before);
	if (f->text != NULL)
		str_add(out, f->text);
	if (f->after != NULL && f->text != NULL && f->text[0] != '\0')
		str_add(out, f->after);
}

static void print_row(const struct columns *c, size_t row, const size_t *widths, const char *separator, struct str *out)
{
	size_t start = out->len, end = out->len;

	for (size_t i = 0; i < c->count;) {
		const struct field *f = field_at(c, row, i);
		size_t width = span_width(widths, i, f->span, str_width(separator));
		size_t pad = width - text_width(f);
		size_t left = f->span > 1 ? pad / 2 : c->align_right[i] ? pad : 0;

		if (i > 0)
			str_add(out, separator);
		add_blanks(out, left);
		add_styled(f, out);
		if (text_width(f) > 0)
			end = out->len;
		add_blanks(out, pad - left);
		i += f->span;
	}
	str_cut(out, end < start ? start : end);
	str_add_char(out, '\n');
}

void columns_print(const struct columns *c, const char *separator, struct str *out)
{
	AUTO_FREE size_t *widths = find_widths(c, str_width(separator));

	for (size_t row = 0; row < c->rows; row++)
		print_row(c, row, widths, separator, out);
}

size_t columns_width(const struct columns *c, size_t column)
{
	AUTO_FREE size_t *widths = find_widths(c, 0);

	return widths[column];
}

size_t columns_total_width(const struct columns *c, const char *separator)
{
	AUTO_FREE size_t *widths = find_widths(c, str_width(separator));

	return c->count == 0 ? 0 : span_width(widths, 0, c->count, str_width(separator));
}

void columns_free(struct columns *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->rows * c->count; i++) {
		free(c->fields[i].text);
		free(c->fields[i].before);
		free(c->fields[i].after);
	}
	free(c->fields);
	free(c->align_right);
	free(c);
}
