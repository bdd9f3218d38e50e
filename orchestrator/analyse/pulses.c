#include "analyse/pulses.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/order.h"
#include "base/mem.h"

#define NEIGHBOURS    15  /* an odd number of values, whose median is the level */
#define SLOW	      3.5 /* standard deviations above the level */
#define LEAST_PULSES  7
#define AGREEING      0.33 /* of the distances at least: a single long one would be most improbable, too */
#define LARGEST_SHARE 0.45 /* of slow iterations: more are no pulses */

static void subtract_level(const double *values, size_t count, double *out)
{
	double window[NEIGHBOURS];

	for (size_t i = 0; i < count; i++) {
		size_t start = i < NEIGHBOURS / 2 ? 0 : i - NEIGHBOURS / 2;

		if (start + NEIGHBOURS > count)
			start = count - NEIGHBOURS;
		for (size_t k = 0; k < NEIGHBOURS; k++)
			window[k] = values[start + k];
		out[i] = values[i] - order_median(window, NEIGHBOURS);
	}
}

/* Distances between the values above `edge`; returns how many distances. */
static size_t distances_of(const double *values, size_t count, double edge, double *out)
{
	size_t last = count, found = 0;

	for (size_t i = 0; i < count; i++) {
		if (values[i] <= edge)
			continue;
		if (last < count)
			out[found++] = (double)(i - last);
		last = i;
	}
	return found;
}

/* f ln(f/q) + (1-f) ln((1-f)/(1-q)), where more are within than expected. */
static double divergence(double f, double q)
{
	if (f <= q)
		return 0;
	return f * log(f / q) + (f < 1 ? (1 - f) * log((1 - f) / (1 - q)) : 0);
}

/* Probability of a distance from low to high where each iteration is slow with probability `each`. */
static double geometric(double each, double low, double high)
{
	return pow(1 - each, low - 1) - pow(1 - each, high);
}

/* The score of so many distances from low to high. */
static double score_of(size_t agreeing, size_t count, double low, double high, const double *each)
{
	double expected = fmax(geometric(each[0], low, high), geometric(each[1], low, high));
	double share = (double)agreeing / (double)count;

	return share >= AGREEING ? sqrt(2 * (double)count * divergence(share, expected)) : 0;
}

/* Each of the distances may be the one that they agree on. `share` is that of slow iterations among all. */
static struct cycle best_of(double *distances, size_t count, double share)
{
	double each[2] = { 1 - exp2(-1 / order_median(distances, count)), share };
	struct cycle best = { 0 };
	size_t first = 0, end = 0;

	qsort(distances, count, sizeof(distances[0]), order_compare);
	for (size_t i = 0; i < count; i++) {
		double middle = distances[i], slack = fmax(1, floor(middle / 10)), score;
		double low = fmax(middle - slack, 2), high = middle + slack; /* neighbours are no period */

		if (middle < 2 || (i > 0 && middle <= distances[i - 1]))
			continue;
		while (distances[first] < low)
			first++;
		while (end < count && distances[end] <= high)
			end++;
		score = score_of(end - first, count, low, high, each);
		if (score <= best.score)
			continue;
		best = (struct cycle){ .score = score };
		for (size_t k = first; k < end; k++)
			best.period += distances[k] / (double)(end - first);
	}
	return best;
}

static double swing_of(const double *values, size_t count, double edge)
{
	double slow = 0, sum = 0;

	for (size_t i = 0; i < count; i++)
		if (values[i] > edge) {
			sum += values[i];
			slow++;
		}
	return sum / slow;
}

struct cycle pulses_find(const double *values, size_t count, double least_score)
{
	AUTO_FREE double *above = mem_new(count + 1, sizeof(*above));
	AUTO_FREE double *distances = mem_new(count + 1, sizeof(*distances));
	struct cycle found = { 0 };
	size_t pulses;
	double edge;

	if (count < NEIGHBOURS)
		return found;
	subtract_level(values, count, above);
	edge = SLOW * order_spread_about(above, count, 0);
	pulses = distances_of(above, count, edge, distances);
	if (pulses + 1 < LEAST_PULSES || (double)pulses > LARGEST_SHARE * (double)count)
		return found;
	found = best_of(distances, pulses, (double)pulses / (double)count);
	found.swing = swing_of(above, count, edge);
	return found.score > least_score ? found : (struct cycle){ 0 };
}
