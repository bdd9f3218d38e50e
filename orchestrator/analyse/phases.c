#include "analyse/phases.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/changepoints.h"
#include "base/mem.h"

#define NOISE_LAGS     10   /* what hangs together for longer is no noise but a level that moves */
#define MOST_INFLATION 2.5  /* that of neighbours whose correlation is MOST_ALIKE */
#define MOST_ALIKE     0.43 /* (MOST_INFLATION - 1) / (MOST_INFLATION + 1) */
#define BORROWED       4    /* values' worth of the common variance that the variance of a phase is mixed with */

size_t phase_length(const struct phase *p)
{
	return p->end - p->start;
}

static double correlation(const double *rests, size_t count, size_t lag, double squares)
{
	double sum = 0;

	for (size_t i = lag; i < count; i++)
		sum += rests[i] * rests[i - lag];
	return sum / squares;
}

double phases_inflation(const double *rests, size_t count, size_t most_lags)
{
	double squares = correlation(rests, count, 0, 1), sum = 0;

	if (squares <= 0)
		return 1;
	for (size_t lag = 0; lag + 1 < most_lags && lag + 1 < count; lag += 2) {
		double pair = correlation(rests, count, lag, squares) + correlation(rests, count, lag + 1, squares);

		if (pair <= 0)
			break;
		sum += 2 * pair;
	}
	return fmax(sum - 1, 1);
}

static double mean_of(const double *values, const struct phase *p)
{
	double sum = 0;

	for (size_t i = p->start; i < p->end; i++)
		sum += values[i];
	return sum / (double)phase_length(p);
}

/* (length - 1) · variance, from differences of neighbours. */
static double steps_of(const double *values, const struct phase *p)
{
	double sum = 0;

	for (size_t i = p->start + 1; i < p->end; i++)
		sum += pow(values[i] - values[i - 1], 2) / 2;
	return sum;
}

static void cut(const double *values, size_t count, struct phase_list *out)
{
	AUTO_FREE size_t *starts = NULL;
	size_t changes = changepoints_find(values, count, &changepoint_defaults, &starts);

	out->items = mem_new(changes + 1, sizeof(out->items[0]));
	out->count = count > 0 ? changes + 1 : 0;
	for (size_t i = 0; i < out->count; i++) {
		struct phase *p = &out->items[i];

		p->start = i > 0 ? starts[i - 1] : 0;
		p->end = i < changes ? starts[i] : count;
		p->level = mean_of(values, p);
	}
}

static const struct phase *longest_of(const struct phase_list *list)
{
	const struct phase *longest = &list->items[0];

	for (size_t i = 1; i < list->count; i++)
		if (phase_length(&list->items[i]) >= phase_length(longest))
			longest = &list->items[i];
	return longest;
}

/* Differences of neighbours that are alike are smaller than the noise: by their correlation. */
static void measure_noise(const double *values, struct phase_list *out)
{
	const struct phase *p = longest_of(out);
	size_t m = phase_length(p), lags = m / 4 < NOISE_LAGS ? m / 4 : NOISE_LAGS;
	AUTO_FREE double *rests = mem_new(m, sizeof(*rests));
	double squares, alike = 0;

	for (size_t i = 0; i < m; i++)
		rests[i] = values[p->start + i] - p->level;
	squares = correlation(rests, m, 0, 1);
	if (squares > 0)
		alike = fmin(fmax(correlation(rests, m, 1, squares), 0), MOST_ALIKE);
	out->noise = m > 1 ? sqrt(steps_of(values, p) / (double)(m - 1) / (1 - alike)) : 0;
	out->inflation = fmin(phases_inflation(rests, m, lags), MOST_INFLATION);
}

void phases_find(const double *values, size_t count, struct phase_list *out)
{
	cut(values, count, out);
	if (out->count == 0)
		return;
	measure_noise(values, out);
	for (size_t i = 0; i < out->count; i++) {
		struct phase *p = &out->items[i];
		double m = (double)phase_length(p), common = out->noise * out->noise;
		double own = (steps_of(values, p) + BORROWED * common) / (m - 1 + BORROWED);

		p->error = sqrt(fmax(own, common) / m * out->inflation);
	}
}

void phases_free(struct phase_list *p)
{
	free(p->items);
	*p = (struct phase_list){ 0 };
}
