#include "analyse/slope.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/order.h"
#include "base/mem.h"

#define NORMAL_95 1.959964 /* half the width of the 95 % interval of a Normal variable, in standard deviations */

/* The slopes of all pairs that differ in x, sorted. Returns how many. */
static size_t pair_slopes(const double *x, const double *y, size_t count, double *out)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (x[k] > x[i])
				out[found++] = (y[k] - y[i]) / (x[k] - x[i]);
	qsort(out, found, sizeof(out[0]), order_compare);
	return found;
}

/* Ranks from 0; equal values share the mean of theirs. Less the mean rank. */
static void rank_values(const double *values, size_t count, double *out)
{
	for (size_t i = 0; i < count; i++) {
		out[i] = 0;
		for (size_t k = 0; k < count; k++)
			out[i] += values[k] < values[i] ? 0.5 : values[k] > values[i] ? -0.5 : 0;
	}
}

/* What correlation adds to the variance of Kendall's sum: 1 + 2 / (n (n-1) (n-2)) · Σ (n-k) (n-k-1) (n-k-2) ρ(k),
 * summed while positive. */
static double inflation_of(const double *x, const double *y, size_t count, double slope)
{
	AUTO_FREE double *rests = mem_new(count, sizeof(*rests));
	AUTO_FREE double *ranks = mem_new(count, sizeof(*ranks));
	double squares = 0, sum = 0, n = (double)count;

	for (size_t i = 0; i < count; i++)
		rests[i] = y[i] - slope * x[i];
	rank_values(rests, count, ranks);
	for (size_t i = 0; i < count; i++)
		squares += ranks[i] * ranks[i];
	for (size_t lag = 1; lag + 2 < count && squares > 0; lag++) {
		double products = 0, k = (double)lag;

		for (size_t i = lag; i < count; i++)
			products += ranks[i] * ranks[i - lag];
		if (products <= 0)
			break;
		sum += (n - k) * (n - k - 1) * (n - k - 2) * products / squares;
	}
	return 1 + 2 / (n * (n - 1) * (n - 2)) * sum;
}

/* Kendall's sum of n values without ties has the variance n (n-1) (2n+5) / 18. */
static double kendall_deviation(double n)
{
	return sqrt(n * (n - 1) * (2 * n + 5) / 18);
}

struct slope slope_find(const double *x, const double *y, size_t count)
{
	AUTO_FREE double *slopes = mem_new(count * (count - 1) / 2, sizeof(*slopes));
	size_t pairs = pair_slopes(x, y, count, slopes);
	struct slope out = { .value = order_median_of(slopes, pairs) };
	double deviation = kendall_deviation((double)count) * sqrt(inflation_of(x, y, count, out.value));
	double low = ((double)pairs - NORMAL_95 * deviation) / 2, high = (double)pairs - low;

	out.low = slopes[low > 1 ? (size_t)low - 1 : 0];
	out.high = slopes[high < (double)pairs - 1 ? (size_t)ceil(high) : pairs - 1];
	return out;
}
