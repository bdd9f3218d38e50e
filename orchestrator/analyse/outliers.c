#include "analyse/outliers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "base/mem.h"

#define SLACK 1e-9 /* where a coarse clock puts many values exactly at the edge, rounding shall not decide */

const struct outlier_rule outlier_defaults = { .window = 41, .tail = 0.1, .reach = 2, .longest_run = 4 };

/* A window that slides over a stretch of the series. The values of the stretch are ranked once; a tree of counts
 * (Fenwick 1994) over the ranks then finds the value of any rank inside the window. */
struct sliding {
	size_t count; /* of the stretch */
	double *sorted;
	size_t *ranks; /* of each value: its place among `sorted`, from 1 */
	size_t *tree;
	double tick; /* smallest difference between two values; 0: all equal */
};

struct place {
	double value;
	size_t index;
};

static int compare_places(const void *x, const void *y)
{
	const struct place *a = x, *b = y;
	int order = (a->value > b->value) - (a->value < b->value);

	return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static void rank_stretch(struct sliding *s, const double *values, size_t count)
{
	AUTO_FREE struct place *places = mem_new(count, sizeof(*places));

	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){ values[i], i };
	qsort(places, count, sizeof(places[0]), compare_places);
	s->count = count;
	s->tick = 0;
	for (size_t i = 0; i < count; i++) {
		double step = i > 0 ? places[i].value - places[i - 1].value : 0;

		s->sorted[i] = places[i].value;
		s->ranks[places[i].index] = i + 1;
		if (step > 0 && (s->tick <= 0 || step < s->tick))
			s->tick = step;
	}
	memset(s->tree, 0, (count + 1) * sizeof(s->tree[0]));
}

static void change_count(struct sliding *s, size_t index, size_t by)
{
	for (size_t at = s->ranks[index]; at <= s->count; at += at & -at)
		s->tree[at] += by; /* (size_t)-1 takes one away */
}

/* The value of rank `rank` (from 0) inside the window. */
static double value_of_rank(const struct sliding *s, size_t rank)
{
	size_t at = 0, step = 1;

	while (step * 2 <= s->count)
		step *= 2;
	for (; step > 0; step /= 2)
		if (at + step <= s->count && s->tree[at + step] <= rank) {
			at += step;
			rank -= s->tree[at];
		}
	return s->sorted[at];
}

struct band {
	double middle, reach;
};

static struct band band_of(const struct sliding *s, size_t window, const struct outlier_rule *rule)
{
	size_t tail = (size_t)((double)(window - 1) * rule->tail);
	double spread = value_of_rank(s, window - 1 - tail) - value_of_rank(s, tail);

	return (struct band){ value_of_rank(s, (window - 1) / 2), rule->reach * fmax(spread, s->tick) };
}

/* First index of the `window` values that are nearest to index i. */
static size_t window_start(size_t i, size_t count, size_t window)
{
	size_t start = i > window / 2 ? i - window / 2 : 0;

	return start + window > count ? count - window : start;
}

/* The bands of indexes [from, to), of which there are no more than the window is wide. */
static void bands_of_block(struct sliding *s, const double *values, size_t count, size_t from, size_t to,
			   const struct outlier_rule *rule, struct band *bands)
{
	size_t window = rule->window < count ? rule->window : count;
	size_t base = window_start(from, count, window), start = base;

	rank_stretch(s, &values[base], window_start(to - 1, count, window) + window - base);
	for (size_t i = 0; i < window; i++)
		change_count(s, i, 1);
	for (size_t i = from; i < to; i++) {
		for (; start < window_start(i, count, window); start++) {
			change_count(s, start - base, (size_t)-1);
			change_count(s, start - base + window, 1);
		}
		bands[i] = band_of(s, window, rule);
	}
}

static struct band *bands_of(const double *values, size_t count, const struct outlier_rule *rule)
{
	struct band *bands = mem_new(count + 1, sizeof(*bands));
	struct sliding s = { 0 };

	s.sorted = mem_new(2 * rule->window, sizeof(double));
	s.ranks = mem_new(2 * rule->window, sizeof(size_t));
	s.tree = mem_new(2 * rule->window + 1, sizeof(size_t));
	for (size_t from = 0; from < count; from += rule->window)
		bands_of_block(&s, values, count, from, from + rule->window < count ? from + rule->window : count, rule,
			       bands);
	free(s.sorted);
	free(s.ranks);
	free(s.tree);
	return bands;
}

static size_t run_end(const bool *marks, size_t count, size_t start)
{
	size_t end = start;

	while (end < count && marks[end])
		end++;
	return end;
}

/* Takes back the marks of long runs; returns how many are left. */
static size_t keep_short_runs(bool *marks, size_t count, size_t longest)
{
	size_t kept = 0;

	for (size_t start = 0, end; start < count; start = end + 1) {
		end = run_end(marks, count, start);
		if (end - start > longest)
			memset(&marks[start], 0, (end - start) * sizeof(marks[0]));
		else
			kept += end - start;
	}
	return kept;
}

size_t outliers_find(const double *values, size_t count, const struct outlier_rule *rule, bool *spikes)
{
	AUTO_FREE struct band *bands = bands_of(values, count, rule);

	for (size_t i = 0; i < count; i++)
		spikes[i] = fabs(values[i] - bands[i].middle) > bands[i].reach * (1 + SLACK);
	return keep_short_runs(spikes, count, rule->longest_run);
}

void outliers_rest(const double *values, size_t count, const struct outlier_rule *rule, double *out)
{
	AUTO_FREE struct band *bands = bands_of(values, count, rule);

	for (size_t i = 0; i < count; i++)
		out[i] = fmax(-bands[i].reach, fmin(bands[i].reach, values[i] - bands[i].middle));
}
