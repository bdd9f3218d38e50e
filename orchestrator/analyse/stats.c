#include "analyse/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Values beyond BIG are summed in units of BIG_UNIT, so that no sum of less than 2^60 of them overflows. */
#define BIG	 0x1p960
#define BIG_UNIT 0x1p64

static int refuse(const double *values, size_t i, const char *why, const char *what, struct err *e)
{
	err_set(e, ERR_FORMAT, "%s: value %zu is %g, %s", what, i + 1, values[i], why);
	return err_hint(e, "Leave this measurement out, or measure again: its record is damaged");
}

int stats_check(const double *values, size_t count, bool positive, const char *what, struct err *e)
{
	if (count == 0)
		return err_set(e, ERR_FORMAT, "%s: no values", what);
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(values[i]))
			return refuse(values, i, "not a finite number", what, e);
		if (positive && values[i] <= 0)
			return refuse(values, i, "which no measurement can be", what, e);
	}
	return 0;
}

static bool all_finite(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isfinite(values[i]))
			return false;
	return true;
}

static double largest_magnitude(const double *values, size_t count)
{
	double most = 0;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, fabs(values[i]));
	return most;
}

static double unit_of(const double *values, size_t count)
{
	return largest_magnitude(values, count) > BIG ? BIG_UNIT : 1;
}

/* A sum in twice the precision of a double: high is the rounded sum, low what the rounding left (Ogita, Rump and Oishi,
 * Accurate Sum and Dot Product, 2005). */
struct sum {
	double high, low;
};

static struct sum add_up(const double *values, size_t count, double unit)
{
	struct sum s = { 0, 0 };
	double total;

	for (size_t i = 0; i < count; i++) {
		double x = values[i] / unit, before = s.high, grown;

		s.high = before + x;
		grown = s.high - before;
		s.low += (before - (s.high - grown)) + (x - grown);
	}
	total = s.high + s.low;
	return (struct sum){ total, s.low - (total - s.high) };
}

double stats_sum(const double *values, size_t count)
{
	double unit = unit_of(values, count);

	return all_finite(values, count) ? add_up(values, count, unit).high * unit : NAN;
}

double stats_mean(const double *values, size_t count)
{
	double unit = unit_of(values, count), n = (double)count, mean;
	struct sum s;

	if (count == 0 || !all_finite(values, count))
		return NAN;
	s = add_up(values, count, unit);
	mean = s.high / n;
	mean += (fma(-mean, n, s.high) + s.low) / n; /* what the division left */
	return mean * unit;
}

/* Two passes over distances from the mean, in units of the largest of them. */
double stats_deviation(const double *values, size_t count)
{
	double unit = unit_of(values, count), mean = stats_mean(values, count) / unit, widest = 0, squares = 0;

	if (count < 2 || isnan(mean))
		return NAN;
	for (size_t i = 0; i < count; i++)
		widest = fmax(widest, fabs(values[i] / unit - mean));
	if (widest == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		double distance = (values[i] / unit - mean) / widest;

		squares += distance * distance;
	}
	return sqrt(squares / (double)(count - 1)) * widest * unit;
}

double stats_variance(const double *values, size_t count)
{
	double deviation = stats_deviation(values, count);

	return deviation * deviation;
}

double stats_geometric_mean(const double *values, size_t count)
{
	AUTO_FREE double *logs = mem_new(count + 1, sizeof(*logs));

	for (size_t i = 0; i < count; i++)
		logs[i] = log(values[i]); /* of what is not above 0 no finite number, so that the mean is none */
	return exp(stats_mean(logs, count));
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double *stats_sorted(const double *values, size_t count)
{
	double *sorted = mem_new(count + 1, sizeof(*sorted));

	if (count > 0)
		memcpy(sorted, values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_doubles);
	return sorted;
}

double stats_quantile_sorted(const double *sorted, size_t count, double q)
{
	double position = (double)(count - 1) * q, below = floor(position), share = position - below;

	if (count == 0 || !(q >= 0 && q <= 1))
		return NAN;
	if (share == 0)
		return sorted[(size_t)below];
	return sorted[(size_t)below] * (1 - share) + sorted[(size_t)below + 1] * share;
}

double stats_quantile(const double *values, size_t count, double q)
{
	AUTO_FREE double *sorted = NULL;

	if (!all_finite(values, count))
		return NAN;
	sorted = stats_sorted(values, count);
	return stats_quantile_sorted(sorted, count, q);
}

double stats_median(const double *values, size_t count)
{
	return stats_quantile(values, count, 0.5);
}

double stats_median_distance(const double *values, size_t count)
{
	AUTO_FREE double *distances = mem_new(count + 1, sizeof(*distances));
	double median = stats_median(values, count);

	for (size_t i = 0; i < count; i++)
		distances[i] = fabs(values[i] - median);
	return stats_median(distances, count);
}

static int compare_places(const void *a, const void *b, void *values)
{
	double x = ((const double *)values)[*(const size_t *)a], y = ((const double *)values)[*(const size_t *)b];

	return (x > y) - (x < y);
}

size_t *stats_places(const double *values, size_t count, size_t *out_count)
{
	size_t *places = mem_new(count + 1, sizeof(*places));

	*out_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]))
			places[(*out_count)++] = i;
	qsort_r(places, *out_count, sizeof(*places), compare_places, (void *)values);
	return places;
}
