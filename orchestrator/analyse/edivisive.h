/* Where a history of nights changes its level: E-divisive over all split points.
 *
 * Matteson and James, A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data, JASA 109, 2014,
 * equations 5 to 7, with alpha = 1. For X = z[s .. t) of n values and Y = z[t .. k) of m values
 *
 *     E = 2/(nm) sum |x - y|  -  2/(n(n-1)) sum_{i<j} |x_i - x_j|  -  2/(m(m-1)) sum_{i<j} |y_i - y_j|
 *     Q(s, t, k) = nm/(n+m) E
 *
 * and the best split of z[s .. e) is the t of the largest Q over all t and all k <= e, so that a bump which goes back
 * is found as well as a step. Splitting goes on within the parts. No segment is shorter than min_length.
 *
 * Values are taken by rank: in each segment they are replaced by normal scores, Phi^-1((rank - 1/2) / n), ties by their
 * mean rank. Nights have outliers; of two that lie side by side a test that believes in Normal noise makes a change.
 * With ranks the chance of a false change is the same whatever the noise is like, as long as nights do not hang
 * together.
 *
 * Significance. A value is one night: the mean over its processes (their iterations, and the processes of one night
 * among themselves, are not independent). The test of a split is a permutation test: how likely is it that m of the N
 * scores, drawn without replacement, have a sum x as far out as those of the smaller side? Instead of drawing, which
 * cannot reach the small p-values that many series ask for, the probability is bounded from above (Chernoff's bound for
 * drawing without replacement; Robinson, Saddlepoint Approximations for Permutation Tests, JRSS B 44, 1982):
 *
 *     P <= 2 exp(f) / C(N, m),    f = min over a, b of  sum log(1 + exp(a s_i + b)) - a x - b m
 *
 * which is exact where the sides do not overlap. The split was chosen for looking different, so its p-value is
 * multiplied by the number of splits that could have been chosen, as many as are independent of each other:
 * edivisive_choices().
 *
 * Which of them are findings is decided over all series that are asked for at once: Benjamini and Hochberg, Controlling
 * the False Discovery Rate, JRSS B 57, 1995 (discovery_adjust). */
#ifndef LABCTL_ANALYSE_EDIVISIVE_H
#define LABCTL_ANALYSE_EDIVISIVE_H

#include <stdbool.h>
#include <stddef.h>

#define EDIVISIVE_MIN_LENGTH 3
#define EDIVISIVE_LEVEL	     0.05 /* a split whose p-value is larger is not split further */
#define EDIVISIVE_MOST	     4096 /* values; of a longer series the newest count */

struct edivisive_split {
	size_t at; /* the first value of the new level */
	double p;  /* between its neighbouring segments, adjusted for the choice among splits; NaN is never one */
};

/* The splits of a series whose p-value is at most EDIVISIVE_LEVEL, in order; the caller frees *out (never NULL).
 * *out_tests: how many segments were tested, with those that were not split. Values are finite. Fewer than twice
 * min_length values have no split, and of more than EDIVISIVE_MOST the newest are looked at. */
size_t edivisive_find(const double *values, size_t count, size_t min_length, struct edivisive_split **out,
		      size_t *out_tests);
/* p-value of "z[from .. at) and z[at .. to) have one level", for a split that was given in advance. Either side may be
 * a single value, but not both; 1 where nothing can be said. */
double edivisive_split_p(const double *values, size_t from, size_t at, size_t to);
/* How many independent choices a search over `count` values amounts to: measured, see the definition. */
double edivisive_choices(size_t count);

/* The p-values that decide: each <= q exactly when Benjamini and Hochberg's procedure at rate q makes it a finding.
 * `of`: how many hypotheses there were, at least count; those without a p-value here count as 1. */
void discovery_adjust(const double *p, size_t count, size_t of, double *out_adjusted);

#endif
