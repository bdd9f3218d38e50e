/* The geometric mean of a suite's ratios, with the interval that belongs to it.
 *
 *     G = exp(1/n sum ln r_i)      se(ln G) = 1/n sqrt(sum se_i^2)
 *
 * with Satterthwaite's degrees of freedom, (sum se_i^2)^2 / sum(se_i^4 / f_i). The benchmarks are taken as fixed: the
 * interval says how well the mean of these benchmarks is known, and nothing of programs that are not among them. Their
 * measurements are taken as independent. Only the geometric mean of ratios is the same whichever side is called the
 * base (Fleming and Wallace, How Not to Lie with Statistics, 1986). */
#ifndef LABCTL_ANALYSE_GEOMEAN_H
#define LABCTL_ANALYSE_GEOMEAN_H

#include "analyse/ratio.h"

struct geomean {
	double value; /* NaN: no benchmark has a ratio */
	double log_error, freedom;
	struct interval interval; /* none where a ratio that counts has none */
	size_t count, of;	  /* "n of N": benchmarks with a ratio, of all that there are */
};

/* Ratios that are none (NaN) are left out of the mean and counted in `of`. */
void geomean_of(const struct ratio *ratios, size_t count, double alpha, struct geomean *out);

#endif
