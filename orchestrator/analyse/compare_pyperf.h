/* The comparison that pyperf makes, number for number, so that labctl can be checked against what its users know. Not
 * what labctl judges by: it pools the values of all processes as if they were independent, and corrects for nothing.
 *
 * From pyperf 2.10 (compare_to): Student's two-sample t with pooled variance s^2, t = (mean_base - mean_changed) /
 * sqrt(2 s^2 / n), held against a table of two-sided 95 % values. */
#ifndef LABCTL_ANALYSE_COMPARE_PYPERF_H
#define LABCTL_ANALYSE_COMPARE_PYPERF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct pyperf_comparison {
	double base_mean, changed_mean;
	double ratio; /* changed / base */
	bool significant;
	/* pyperf cannot compute t when the numbers of values differ, or when no value differs from its mean: it says
	 * "ERROR when testing if values are significant", and takes the difference for significant. For one value on
	 * each side it does not try, with the same result. NaN then. */
	double t;
};

#define PYPERF_NO_MINIMUM (-1.0)

/* All values of all processes of a side. min_speed_percent: a ratio nearer to 1 than that is never significant (option
 * --min-speed). -1 (ERR_FORMAT): no values, or one that is not finite and above 0. */
int pyperf_compare(const double *base, size_t base_count, const double *changed, size_t changed_count,
		   double min_speed_percent, struct pyperf_comparison *out, struct err *e);
/* The value of its table for so many degrees of freedom; 0 for 0. */
double pyperf_critical_t(size_t freedom);
/* Of the ratios of all benchmarks, those that are not significant among them; NaN for none. */
double pyperf_geometric_mean(const double *ratios, size_t count);
/* "no change" for exactly 1, "1.02x faster", "1.02x slower"; also "1.00x slower". */
void pyperf_add_phrase(double ratio, struct str *out);

#endif
