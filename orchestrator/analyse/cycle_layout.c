#include "analyse/cycle_layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "base/mem.h"

#define LIMIT		      3	     /* values further from 0 than so many standard deviations count as that far */
#define PLACE_LIMIT	      4	     /* and further from their place in the cycle */
#define NORMAL_MEDIAN	      0.6745 /* half of Normal values are within so many standard deviations */
#define NORMAL_UPPER_QUARTILE 1.1503 /* three quarters of them */
#define SPREAD_SAMPLE	      128    /* values that a spread is taken from, in long series */

void layout_new(struct layout *l, size_t most)
{
	*l = (struct layout){ 0 };
	l->rest = mem_new(most + 1, sizeof(double));
	l->scratch = mem_new(2 * most + 1, sizeof(double));
	l->place = mem_new(most + 1, 1);
	l->order = mem_new(most + 1, sizeof(size_t));
}

void layout_free(struct layout *l)
{
	free(l->rest);
	free(l->scratch);
	free(l->place);
	free(l->order);
	*l = (struct layout){ 0 };
}

/* values[i] less the mean of one period about it, for the indexes that have a full period; returns how many. Of even
 * periods the two outermost values count half. */
static size_t detrend(const double *values, size_t count, size_t period, double *out)
{
	size_t half = period / 2, kept = count - 2 * half;
	double sum = 0;

	for (size_t i = 0; i < 2 * half + 1; i++)
		sum += values[i];
	for (size_t i = 0; i < kept; i++) {
		double ends = period % 2 == 0 ? (values[i] + values[i + 2 * half]) / 2 : 0;

		out[i] = values[i + half] - (sum - ends) / (double)period;
		if (i + 1 < kept)
			sum += values[i + 2 * half + 1] - values[i];
	}
	return kept;
}

size_t layout_start(const struct layout *l, size_t stretch)
{
	return stretch * l->count / l->stretches;
}

static void sort_by_place(struct layout *l)
{
	size_t longest = l->count / l->stretches + (l->stretches > 1), at[CYCLE_LONGEST + 2];

	memset(l->firsts, 0, sizeof(l->firsts));
	for (size_t i = 0; i < longest; i++)
		l->firsts[l->place[i] + 1]++;
	for (size_t p = 0; p < l->places; p++)
		l->firsts[p + 1] += l->firsts[p];
	memcpy(at, l->firsts, sizeof(at));
	for (size_t i = 0; i < longest; i++)
		l->order[at[l->place[i]]++] = i;
}

void layout_fill(struct layout *l, const double *values, size_t count, double period, double shift)
{
	double turn = 0.5 / period + shift / period;

	l->period = period;
	l->places = (size_t)lround(period);
	l->count = detrend(values, count, l->places, l->rest);
	l->stretches = (size_t)fmax(1, rint((double)l->count / (period * LAYOUT_STRETCH_CYCLES)));
	for (size_t i = 0; i < l->count; i++) {
		l->place[i] = (unsigned char)(turn * (double)l->places);
		turn += 1 / period;
		if (turn >= 1)
			turn -= 1;
	}
	sort_by_place(l);
}

/* Fills out[count] with the median of each value's place among `count` values of one stretch. */
static void place_medians(const struct layout *l, const double *values, size_t count, double *out)
{
	double *same = &l->scratch[l->count];

	for (size_t p = 0; p < l->places; p++) {
		const size_t *indexes = &l->order[l->firsts[p]];
		size_t found = l->firsts[p + 1] - l->firsts[p];
		double median;

		while (found > 0 && indexes[found - 1] >= count) /* this stretch is not the longest */
			found--;
		if (found == 0)
			continue;
		for (size_t i = 0; i < found; i++)
			same[i] = values[indexes[i]];
		median = order_median(same, found);
		for (size_t i = 0; i < found; i++)
			out[indexes[i]] = median;
	}
}

static double clamp(double value, double centre, double most)
{
	if (value > centre + most)
		return centre + most;
	return value < centre - most ? centre - most : value;
}

/* Of the values that are given, or of their distances from `centres`: how far a share of them is from 0. Of long series
 * a sample will do. */
static double distance_of_share(const struct layout *l, const double *centres, double share)
{
	size_t step = l->count / SPREAD_SAMPLE + 1, taken = 0;
	double away[SPREAD_SAMPLE];

	for (size_t i = 0; i < l->count; i += step)
		away[taken++] = fabs(l->rest[i] - (centres != NULL ? centres[i] : 0));
	return order_select(away, taken, (size_t)((double)(taken - 1) * share));
}

void layout_limit(struct layout *l)
{
	double *centres = l->scratch, most = LIMIT / NORMAL_MEDIAN * distance_of_share(l, NULL, 0.5);

	for (size_t i = 0; most > 0 && i < l->count; i++)
		l->rest[i] = clamp(l->rest[i], 0, most);
	for (size_t s = 0; s < l->stretches; s++) {
		size_t start = layout_start(l, s);

		place_medians(l, &l->rest[start], layout_start(l, s + 1) - start, &centres[start]);
	}
	most = PLACE_LIMIT / NORMAL_UPPER_QUARTILE * distance_of_share(l, centres, 0.75);
	for (size_t i = 0; most > 0 && i < l->count; i++)
		l->rest[i] = clamp(l->rest[i], centres[i], most);
}
