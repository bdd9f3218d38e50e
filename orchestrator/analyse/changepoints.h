/* Where a series changes its mean or its variance: change points by penalised likelihood.
 *
 * The series is cut into segments of independent Normal values, each with a mean and a variance of its own, such that
 *
 *     sum over segments of (m ln v + S / v)  +  (number of changes) · penalty · ln n
 *
 * is smallest: m values in the segment, S the sum of squares about their mean, v = max(S / m, floor). That is minus
 * twice the log-likelihood, without its constant. The minimum is exact, found by PELT (Killick, Fearnhead, Eckley:
 * Optimal detection of changepoints with a linear computational cost, JASA 107, 2012), which drops starting points of
 * the last segment that can never be best again.
 *
 * Where there are few changes PELT drops little and takes n². What is done about it here: a segment costs at least what
 * its two parts cost apart, so what a starting point cost up to an earlier place, plus the cost from there, is a lower
 * bound, and the second term is shared by all starting points that were looked at then. They are kept in groups, the
 * older the larger, sorted by what they cost; only those whose bound is below the best known are looked at. This keeps
 * the minimum exact, and takes about n log n steps with and without changes.
 *
 * The floor of the variance keeps two values that happen to be nearly equal from looking like a phase of their own, and
 * equal values of a coarse clock too. All scales with the values. */
#ifndef LABCTL_ANALYSE_CHANGEPOINTS_H
#define LABCTL_ANALYSE_CHANGEPOINTS_H

#include <stddef.h>

/* Three parameters come with a change (place, mean, variance); the Bayesian information criterion would take 3. Twice
 * that allows for noise that is not quite independent and not quite Normal. */
#define CHANGEPOINT_PENALTY    6.0
#define CHANGEPOINT_MIN_LENGTH 2

struct changepoint_rule {
	double penalty;	   /* per change, in units of ln n; > 0 */
	size_t min_length; /* of a segment, >= 1 */
};

extern const struct changepoint_rule changepoint_defaults;

/* The first indexes of all segments but the first, ascending; the caller frees *out_starts (never NULL). Returns how
 * many. Values are finite. Fewer than two segments' worth of values, or values that are all equal, have no change. */
size_t changepoints_find(const double *values, size_t count, const struct changepoint_rule *rule, size_t **out_starts);

/* Standard deviation of the noise about a level that may jump now and then, from the differences of neighbours: their
 * median, or where more than half of them are 0 their root mean square. 0: all values are equal. */
double changepoints_noise(const double *values, size_t count);

/* The root of the floor: the largest of a quarter of the noise, the smallest difference between two values / √12 (which
 * is what rounding to a clock's tick does), and 1/100,000 of the range. 0: all values are equal. */
double changepoints_floor(const double *values, size_t count);

#endif
