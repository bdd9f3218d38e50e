/* Descriptions of a handful of numbers, and intervals around them.
 *
 * Nothing here overflows or loses digits on the way: sums are kept in twice the precision, squares are taken of scaled
 * numbers. A function that is given nothing, or a value that is not finite, answers NaN; stats_check tells such input
 * apart with an error. */
#ifndef LABCTL_ANALYSE_STATS_H
#define LABCTL_ANALYSE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Both NaN: there is none. A bound may be infinite. */
struct interval {
	double low, high;
};

struct interval interval_none(void);
bool interval_known(struct interval i);
bool interval_holds(struct interval i, double x); /* false when there is none */

/* -1 (ERR_FORMAT) where there is no value, or one that is no finite number; positive: also where one is not above 0.
 * `what` names the values in the message. */
int stats_check(const double *values, size_t count, bool positive, const char *what, struct err *e);

double stats_sum(const double *values, size_t count); /* 0 for no value */
double stats_mean(const double *values, size_t count);
/* Of the sample: n - 1 below. NaN for fewer than two values; exactly 0 when all are equal. The variance may be infinite
 * or 0 where its square root, the deviation, is not. */
double stats_deviation(const double *values, size_t count);
double stats_variance(const double *values, size_t count);
/* exp of the mean of the logarithms; NaN unless all are above 0. */
double stats_geometric_mean(const double *values, size_t count);

/* Linear between the order statistics around position (n - 1) q, 0 <= q <= 1 (type 7 of Hyndman and Fan 1996; what
 * pyperf and asv use). */
double stats_quantile(const double *values, size_t count, double q);
double stats_quantile_sorted(const double *sorted, size_t count, double q);
double stats_median(const double *values, size_t count);
/* The median of the distances from the median; times 1.4826 it estimates the deviation of normal values. */
double stats_median_distance(const double *values, size_t count);
/* A sorted copy; the caller frees. The values must be finite. */
double *stats_sorted(const double *values, size_t count);

/* The places of the values in ascending order, those of NaN left out; the caller frees. */
size_t *stats_places(const double *values, size_t count, size_t *out_count);

/* Of the mean of independent values (of processes, never of iterations of one process): mean -+ t deviation / sqrt(n).
 * None for fewer than two. alpha = 1 - confidence, here and everywhere else. */
struct interval stats_mean_interval(const double *values, size_t count, double alpha);
/* Of a rate, k of n trials, 0 <= k <= n: Wilson's score interval (Wilson 1927), which stays within 0..1 and is good for
 * few trials. None for n = 0. */
struct interval stats_rate_interval(int64_t k, int64_t n, double alpha);
/* Of the median, without any assumption but independence: the order statistics (r, n + 1 - r) with the largest r for
 * which the binomial distribution (n, 1/2) promises 1 - alpha. None where n is too small for that (below 6 for 0.05).
 */
struct interval stats_median_interval(const double *values, size_t count, double alpha);

#endif
