#include "render/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LOGARITHMIC_FROM 20.0
#define LABEL_WIDTH	 10

struct field {
	const struct plot *plot;
	double low, high; /* of the axis; logarithms where it is logarithmic */
	bool logarithmic;
	size_t longest;	     /* of the curves */
	unsigned char *dots; /* row-major from the top: 1 + number of the curve */
};

const char *plot_sign(size_t curve, bool ascii)
{
	static const char *const signs[] = { "•", "▴", "▫", "✕" };
	static const char *const ascii_signs[] = { "*", "o", "+", "x" };

	return (ascii ? ascii_signs : signs)[curve % 4];
}

static bool is_shown(double value)
{
	return isfinite(value) && value > 0;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of what falls into a column; NaN: nothing does. */
static double column_value(const struct field *f, const double *values, size_t count, unsigned column)
{
	size_t columns = f->plot->width;
	size_t begin = f->longest <= columns ? column : f->longest * column / columns;
	size_t end = f->longest <= columns ? column + 1 : f->longest * (column + 1) / columns;
	double *sorted = mem_new(end - begin + 1, sizeof(*sorted)), median;
	size_t shown = 0;

	for (size_t i = begin; i < end && i < count; i++)
		if (is_shown(values[i]))
			sorted[shown++] = values[i];
	qsort(sorted, shown, sizeof(*sorted), compare_doubles);
	median = shown ? sorted[shown / 2] : NAN;
	free(sorted);
	return median;
}

static double on_axis(const struct field *f, double value)
{
	return f->logarithmic ? log(value) : value;
}

/* The axis spans what the columns show, not single iterations that no column does. */
static void find_axis(struct field *f, const double *const *curves, const size_t *counts, size_t count)
{
	double low = INFINITY, high = 0;

	for (size_t c = 0; c < count; c++)
		for (unsigned column = 0; column < f->plot->width; column++) {
			double value = column_value(f, curves[c], counts[c], column);

			low = fmin(low, isnan(value) ? INFINITY : value);
			high = fmax(high, isnan(value) ? 0 : value);
		}
	f->logarithmic = !f->plot->from_zero && high / low >= LOGARITHMIC_FROM;
	if (f->plot->from_zero)
		low = 0;
	else if (high / low < 1.02) /* noise shall not fill the picture */
		low /= 1.01, high *= 1.01;
	f->low = f->plot->from_zero ? 0 : on_axis(f, low);
	f->high = on_axis(f, high);
}

static void draw(struct field *f, const double *values, size_t count, size_t curve)
{
	for (unsigned column = 0; column < f->plot->width; column++) {
		double value = column_value(f, values, count, column), at;

		if (isnan(value))
			continue;
		at = (on_axis(f, value) - f->low) / (f->high > f->low ? f->high - f->low : 1);
		at = (1 - fmin(fmax(at, 0), 1)) * (f->plot->height - 1);
		f->dots[(size_t)lround(at) * f->plot->width + column] = (unsigned char)(1 + curve);
	}
}

static void add_label(const struct field *f, unsigned row, struct str *out)
{
	double at = f->high - (f->high - f->low) * row / (f->plot->height - 1 ? f->plot->height - 1 : 1);
	bool labelled = row == 0 || row == f->plot->height - 1 || row == f->plot->height / 2;
	AUTO_STR text = { 0 };

	if (labelled)
		f->plot->label(f->logarithmic ? exp(at) : at, f->plot->ascii, &text);
	for (size_t i = str_width(str_text(&text)); i < LABEL_WIDTH; i++)
		str_add_char(out, ' ');
	str_add(out, str_text(&text));
	str_add(out, f->plot->ascii ? (labelled ? " +" : " |") : labelled ? " ┤" : " │");
}

static void print(const struct field *f, struct str *out)
{
	const struct plot *p = f->plot;

	for (unsigned row = 0; row < p->height; row++) {
		size_t last = 0;

		add_label(f, row, out);
		for (unsigned column = 0; column < p->width; column++)
			if (f->dots[(size_t)row * p->width + column])
				last = column + 1;
		for (unsigned column = 0; column < last; column++) {
			unsigned char dot = f->dots[(size_t)row * p->width + column];

			str_add(out, dot ? plot_sign(dot - 1U, p->ascii) : " ");
		}
		str_add_char(out, '\n');
	}
	str_addf(out, "%*s %s", LABEL_WIDTH, f->logarithmic ? "log scale" : "", p->ascii ? "+" : "└");
	for (unsigned column = 0; column < p->width && column < f->longest; column++)
		str_add(out, p->ascii ? "-" : "─");
	str_addf(out, " %s %zu\n", p->x_label, f->longest);
}

void plot_curves(const struct plot *p, const double *const *curves, const size_t *counts, size_t count, struct str *out)
{
	struct field f = { .plot = p };

	for (size_t i = 0; i < count; i++)
		f.longest = counts[i] > f.longest ? counts[i] : f.longest;
	if (!f.longest || !p->width || p->height < 2)
		return;
	find_axis(&f, curves, counts, count);
	f.dots = mem_new((size_t)p->width * p->height, 1);
	for (size_t i = count; i > 0; i--) /* the first lies on top */
		draw(&f, curves[i - 1], counts[i - 1], i - 1);
	print(&f, out);
	free(f.dots);
}
