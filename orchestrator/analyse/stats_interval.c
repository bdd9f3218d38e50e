#include <math.h>

#include "analyse/distributions.h"
#include "analyse/stats.h"
#include "base/mem.h"

struct interval interval_none(void)
{
	return (struct interval){ NAN, NAN };
}

bool interval_known(struct interval i)
{
	return !isnan(i.low) && !isnan(i.high);
}

bool interval_holds(struct interval i, double x)
{
	return i.low <= x && x <= i.high;
}

static bool is_alpha(double alpha)
{
	return alpha > 0 && alpha < 1;
}

struct interval stats_mean_interval(const double *values, size_t count, double alpha)
{
	double mean = stats_mean(values, count), half;

	if (count < 2 || isnan(mean) || !is_alpha(alpha))
		return interval_none();
	half = dist_t_critical(alpha, (double)(count - 1)) * stats_deviation(values, count) / sqrt((double)count);
	return (struct interval){ mean - half, mean + half };
}

struct interval stats_rate_interval(int64_t k, int64_t n, double alpha)
{
	double trials = (double)n, rate = (double)k / trials, z = dist_t_critical(alpha, INFINITY);
	double shrink = 1 + z * z / trials, middle = (rate + z * z / (2 * trials)) / shrink, half;

	if (n <= 0 || k < 0 || k > n || !is_alpha(alpha))
		return interval_none();
	half = z / shrink * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials));
	/* The formula gives these bounds but for rounding. */
	return (struct interval){ k == 0 ? 0 : middle - half, k == n ? 1 : middle + half };
}

struct interval stats_median_interval(const double *values, size_t count, double alpha)
{
	AUTO_FREE double *sorted = NULL;
	size_t below = 0; /* how many values may lie on either side of the interval */

	if (isnan(stats_mean(values, count)) || !is_alpha(alpha))
		return interval_none();
	while (below < count / 2 && dist_binomial_below((int64_t)below, 0.5, (int64_t)count) <= alpha / 2)
		below++;
	if (below == 0)
		return interval_none();
	sorted = stats_sorted(values, count);
	return (struct interval){ sorted[below - 1], sorted[count - below] };
}
