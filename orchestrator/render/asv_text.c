#include "render/asv_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- numbers ---- */

#define FLOAT_BYTES	 400 /* the largest double without an exponent has 309 digits */
#define VALUE_DIGITS	 3
#define ERROR_DIGITS	 1
#define ERROR_ZEROS_MOST 2 /* zeros in front of a small error that count as its digits */

static void strip_zeros(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == '0')
		text[--len] = '\0';
	if (len && text[len - 1] == '.')
		text[len - 1] = '\0';
}

static void pad_zeros(char text[static FLOAT_BYTES], int digits)
{
	int len = (int)strlen(text);

	if (len >= digits)
		return;
	text[len++] = '.';
	for (int missing = digits - (len - 1); missing > 0; missing--)
		text[len++] = '0';
	text[len] = '\0';
}

/* A whole number rounded to so many digits in front of its end: 12345 to 12300. */
static double round_to_digits(double value, int digits)
{
	char text[FLOAT_BYTES];

	snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	return strtod(text, NULL);
}

/* A positive number with so many significant digits. zeros_most < 0: zeros in front do not count. */
static void format_float(char out[static FLOAT_BYTES], double value, int digits, int zeros_most, bool keep_zeros)
{
	int magnitude = (int)floor(log10(value)) + 1, decimals;

	if (zeros_most >= 0 && magnitude < 1 - zeros_most)
		magnitude = 1 - zeros_most;
	decimals = digits - magnitude;
	if (magnitude <= -5 || magnitude >= 9) {
		snprintf(out, FLOAT_BYTES, "%.*e", digits, value);
		return;
	}
	if (decimals <= 0)
		snprintf(out, FLOAT_BYTES, "%.0f", round_to_digits(value, magnitude > digits ? digits : magnitude));
	else
		snprintf(out, FLOAT_BYTES, "%.*f", value == floor(value) ? 0 : decimals, value);
	if (!keep_zeros && strchr(out, '.'))
		strip_zeros(out);
	if (keep_zeros && !strchr(out, '.'))
		pad_zeros(out, digits);
}

static void add_float(struct str *out, double value, int digits, int zeros_most, bool keep_zeros)
{
	char text[FLOAT_BYTES];

	if (value == 0 || !isfinite(value)) {
		str_addf(out, "%s", value == 0 ? "0" : isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
		return;
	}
	format_float(text, fabs(value), digits, zeros_most, keep_zeros);
	str_addf(out, "%s%s", value < 0 ? "-" : "", text);
}

static void add_scaled(struct str *out, double value, double error, double scale, bool keep_zeros, const char *unit)
{
	add_float(out, value / scale, VALUE_DIGITS, -1, keep_zeros);
	if (!isnan(error)) {
		str_add(out, "±");
		add_float(out, error / scale, ERROR_DIGITS, ERROR_ZEROS_MOST, false);
	}
	str_add(out, unit);
}

static void add_time(struct str *out, double seconds, double error)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = { { "ns", 1e-9 },	{ "\u03bcs", 1e-6 }, { "ms", 1e-3 },	{ "s", 1 },
		      { "m", 60 },	{ "h", 3600 },	     { "d", 86400 },	{ "w", 604800 },
		      { "M", 2620800 }, { "q", 7862400 },    { "y", 31449600 }, { "C", 3144960000 } };
	double size = seconds == 0 && !isnan(error) ? error : seconds;

	if (isnan(size)) {
		str_add(out, "n/a");
		return;
	}
	for (size_t i = size == 0 ? 3 : 0; i + 1 < COUNT_OF(units); i++)
		if (size < units[i + 1].seconds) {
			add_scaled(out, seconds, error, units[i].seconds, true, units[i].name);
			return;
		}
	str_add(out, "~0");
}

static void add_size(struct str *out, double bytes, double error)
{
	static const char *const suffixes[] = { "", "k", "M", "G", "T", "P", "E", "H" };
	double size = bytes < 1 ? 0 : bytes;
	size_t thousands = size > 0 ? (size_t)floor(log(size) / log(1000)) : 0;

	add_scaled(out, size, error, floor(pow(1000, (double)thousands)), false,
		   thousands < COUNT_OF(suffixes) ? suffixes[thousands] : "?");
}

void asv_text_value(struct str *out, const char *unit, double value, const char *json, double error)
{
	if (isnan(value)) {
		str_add(out, "n/a");
	} else if (unit && !strcmp(unit, "seconds")) {
		add_time(out, value, error);
	} else if (unit && !strcmp(unit, "bytes")) {
		add_size(out, value, error);
	} else {
		str_add(out, json);
		if (!isnan(error))
			str_addf(out, "±%.2g", error);
	}
}

/* ---- table ---- */

#define HEADER_ROOM 2 /* columns are at least so much wider than their headers */

struct table {
	const char *const *headers, *const *cells;
	size_t columns, rows;
	char **texts; /* as they are printed, before padding */
	bool *numeric;
	size_t *widths;
};

static bool is_number(const char *text)
{
	char *end;

	if (!*text)
		return false;
	strtod(text, &end);
	return !*end;
}

static bool is_whole(const char *text)
{
	return is_number(text) && !text[strspn(text, "+-0123456789")];
}

static bool every(const struct table *t, size_t column, bool (*is)(const char *))
{
	for (size_t i = 0; i < t->rows; i++)
		if (!is(t->cells[i * t->columns + column]))
			return false;
	return t->rows > 0;
}

/* How much stands behind the last digit before the point, the point included. */
static size_t behind_point(const char *text)
{
	const char *point = strpbrk(text, ".eE");

	return point ? strlen(point) : 0;
}

static void set_numbers(struct table *t, size_t column)
{
	bool whole = every(t, column, is_whole);
	size_t most = 0;

	for (size_t i = 0; i < t->rows; i++) {
		char **text = &t->texts[i * t->columns + column];

		if (!whole) {
			double value = strtod(*text, NULL);
			free(*text);
			*text = mem_printf("%g", value);
		}
		most = behind_point(*text) > most ? behind_point(*text) : most;
	}
	for (size_t i = 0; i < t->rows; i++) {
		char **text = &t->texts[i * t->columns + column];
		char *padded = mem_printf("%s%*s", *text, (int)(most - behind_point(*text)), "");

		free(*text);
		*text = padded;
	}
}

static void measure(struct table *t, size_t column)
{
	t->widths[column] = str_width(t->headers[column]) + HEADER_ROOM;
	for (size_t i = 0; i < t->rows; i++) {
		size_t width = str_width(t->texts[i * t->columns + column]);
		t->widths[column] = width > t->widths[column] ? width : t->widths[column];
	}
}

static void add_cell(struct str *out, const char *text, size_t width, bool right)
{
	size_t pad = width - str_width(text);

	str_addf(out, "| %*s%s%*s ", right ? (int)pad : 0, "", text, right ? 0 : (int)pad, "");
}

static void add_row(const struct table *t, const char *const *texts, struct str *out)
{
	for (size_t i = 0; i < t->columns; i++)
		add_cell(out, texts[i], t->widths[i], t->numeric[i]);
	str_add(out, "|\n");
}

void asv_text_table(struct str *out, const char *const *headers, size_t columns, const char *const *cells, size_t rows)
{
	AUTO_FREE char **texts = mem_new(columns * rows + 1, sizeof(*texts));
	AUTO_FREE bool *numeric = mem_new(columns, sizeof(*numeric));
	AUTO_FREE size_t *widths = mem_new(columns, sizeof(*widths));
	struct table t = { headers, cells, columns, rows, texts, numeric, widths };

	for (size_t i = 0; i < columns * rows; i++)
		texts[i] = mem_dup(cells[i]);
	for (size_t i = 0; i < columns; i++) {
		numeric[i] = every(&t, i, is_number);
		if (numeric[i])
			set_numbers(&t, i);
		measure(&t, i);
	}
	add_row(&t, headers, out);
	for (size_t i = 0; i < columns; i++) {
		str_add_char(out, '|');
		for (size_t k = 0; k < widths[i] + 2; k++)
			str_add_char(out, '-');
	}
	str_add(out, "|\n");
	for (size_t i = 0; i < rows; i++)
		add_row(&t, (const char *const *)&texts[i * columns], out);
	for (size_t i = 0; i < columns * rows; i++)
		free(texts[i]);
}
