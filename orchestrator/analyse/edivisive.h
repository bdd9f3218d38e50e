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
 * Significance. A value is one night: the mean over its processes (their iterations, and processes of one night among
 * themselves, are not independent). The two sides of a split are held against each other by Student's t test with one
 * variance for both (Student 1908). The split was chosen for looking different, so its p-value is multiplied by the
 * number of splits that could have been chosen, as many as are independent of each other: edivisive_choices(). Where
 * neither side varies at all (counts of failures often do not) it is the permutation p-value, 1 / C(n + m, m), which
 * needs no variance.
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
	double p;  /* adjusted for the choice among splits */
};

/* The splits of a series, in order; the caller frees *out (never NULL). Values are finite. Fewer than twice min_length
 * values have none. */
size_t edivisive_find(const double *values, size_t count, size_t min_length, struct edivisive_split **out);
/* p-value of "z[from .. at) and z[at .. to) have one level", for a split given in advance. */
double edivisive_split_p(const double *values, size_t from, size_t at, size_t to);
/* How many independent choices a search over `count` values amounts to. */
double edivisive_choices(size_t count, size_t min_length);

/* The p-values that decide: each <= q exactly when Benjamini and Hochberg's procedure at rate q makes it a finding.
 * `of`: how many hypotheses there were, at least count; those without a p-value here count as 1. */
void discovery_adjust(const double *p, size_t count, size_t of, double *out_adjusted);

#endif
