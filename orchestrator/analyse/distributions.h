/* Quantiles and tails of the distributions that the statistics rest on. The one place that knows GSL.
 *
 * Degrees of freedom are any number above 0; for t also INFINITY, which means the normal distribution. An argument
 * outside a function's domain, NaN among them, gives NaN; nothing here ends the program. */
#ifndef LABCTL_ANALYSE_DISTRIBUTIONS_H
#define LABCTL_ANALYSE_DISTRIBUTIONS_H

#include <stdint.h>

/* `below` is P(X <= x), `above` is P(X >= x); `quantile` gives the x with P(X <= x) = p, 0 <= p <= 1. */
double dist_normal_below(double z);
double dist_normal_quantile(double p);

double dist_t_below(double t, double freedom);
double dist_t_quantile(double p, double freedom);
/* P(|T| >= |t|): the p-value of a two-sided test. */
double dist_t_two_sided(double t, double freedom);
/* The t >= 0 with P(|T| >= t) = alpha, 0 < alpha <= 1: half the width of a 1 - alpha interval, in standard errors.
 * Keeps its digits for a tiny alpha, where dist_t_quantile(1 - alpha / 2) would lose them. */
double dist_t_critical(double alpha, double freedom);

double dist_f_above(double x, double freedom_1, double freedom_2);
double dist_f_quantile(double p, double freedom_1, double freedom_2);

double dist_chi2_above(double x, double freedom);
double dist_chi2_quantile(double p, double freedom);

/* K successes in n trials of probability p each. */
double dist_binomial_below(int64_t k, double p, int64_t n);

#endif
