/* How the times of one benchmark on two sides compare: changed / base, below 1 is faster.
 *
 * Everything is computed over the means of processes. With x = ln(process mean), the ratio is exp(mean x_changed - mean
 * x_base), the quotient of the geometric means of the process means; its logarithm has the standard error
 *
 *     se = sqrt(s_base^2 / n_base + s_changed^2 / n_changed)        s: deviation of the x of a side
 *
 * and a t distribution with the degrees of freedom of Welch and Satterthwaite (Welch 1947). In logarithms the two sides
 * are alike: exchanging them gives the reciprocal of the ratio and of the interval, and the same p-values.
 *
 * That approximation promises too much where one side has very few processes (2 against 10: 90 % of the intervals hold
 * the truth, instead of 95 %). With fewer than RATIO_FEW_PROCESSES on a side the degrees of freedom are therefore those
 * of the smaller side, n - 1, which never promises too much (Mickey and Brown 1966); the interval is wide, as it has to
 * be. From there on the worst is 93.6 % (4 against 30, equal deviations), and 94.4 .. 95.8 % for equal numbers. With
 * one process on a side there is no interval.
 *
 * alpha = 1 - confidence. Ratios, margins and detectable differences are factors: a margin of 0.02 means from 1 / 1.02
 * to 1.02, which lies within 1 -+ 0.02. */
#ifndef LABCTL_ANALYSE_RATIO_H
#define LABCTL_ANALYSE_RATIO_H

#include <stdbool.h>
#include <stdint.h>

#include "analyse/sample.h"
#include "analyse/stats.h"

#define RATIO_FEW_PROCESSES 4

struct ratio {
	double value;	       /* NaN: there is none (ratio_none) */
	double log_value;      /* ln value */
	double log_error;      /* se above; NaN: a side has one process; 0: no variation at all */
	double freedom;	       /* NaN: a side has one process; INFINITY where log_error is 0 */
	double base_deviation; /* of ln(process mean): nearly the coefficient of variation; NaN: one process */
	double changed_deviation;
	size_t base_count, changed_count; /* processes */
};

/* -1 (ERR_FORMAT): a side without processes, a value that is not finite and above 0, a quotient beyond any double. */
int ratio_of(const struct side *base, const struct side *changed, struct ratio *out, struct err *e);
/* The same from process means that are there already. */
int ratio_of_means(const double *base, size_t base_count, const double *changed, size_t changed_count,
		   struct ratio *out, struct err *e);
struct ratio ratio_none(void); /* for a benchmark that has none: nothing follows from it */
bool ratio_has_interval(const struct ratio *r);

/* None where a side has one process. A single point where nothing varies (counts of instructions do not; of times it
 * means a coarse clock). */
struct interval ratio_interval(const struct ratio *r, double alpha);
/* Two-sided p-value of "the ratio is 1"; NaN: no interval. */
double ratio_p(const struct ratio *r);
/* p-value of "the ratio is outside the margin": the larger of the two one-sided ones (TOST, Schuirmann 1987). NaN: no
 * interval. At most alpha exactly when the 1 - 2 alpha interval lies within the margin. */
double ratio_equivalence_p(const struct ratio *r, double margin);
/* The smallest margin that holds the whole 1 - alpha interval: "the same to within 1.3 %". NaN: no interval. */
double ratio_within(const struct ratio *r, double alpha);
/* The smallest true difference that a test at level alpha finds with the given power, as margin: exp((t_{alpha/2} +
 * t_{1-power}) se) - 1. An estimate, since se is one. NaN: no interval. */
double ratio_detectable(const struct ratio *r, double alpha, double power);

/* The fewest processes per side, 2 .. most, with which the 1 - alpha interval may be expected to reach no further than
 * from value / (1 + half_width) to value * (1 + half_width), the deviations being what they were. 0: `most` are not
 * enough, or no interval. */
size_t ratio_plan_processes(const struct ratio *r, double half_width, double alpha, size_t most);

/* Another road to the interval, of the quotient of arithmetic means: Fieller's theorem (Fieller 1954) with unequal
 * variances, degrees of freedom as above at the observed quotient. high is INFINITY, and low 0, where the base's mean
 * is not told from 0; none where a side has one process. -1 as ratio_of. */
int ratio_fieller(const struct side *base, const struct side *changed, double alpha, struct interval *out,
		  struct err *e);

/* A check on both that assumes no distribution: the percentiles of the quotient of means over `replicates` resamplings
 * of processes and, inside each drawn process, of its iterations (Kalibera and Jones 2013). The same seed gives the
 * same interval. None where a side has one process. Where processes differ it is too narrow for few of them (95 %
 * intervals of 5 a side hold the truth in 91 % of the cases, of 10 in 93 %); where they do not, up to 1.3 times too
 * wide, since the variation of iterations is in it twice. -1 as ratio_of, or for fewer than 100 replicates. */
int ratio_bootstrap(const struct side *base, const struct side *changed, double alpha, size_t replicates, uint64_t seed,
		    struct interval *out, struct err *e);

#endif
