/* Where the variance of a measurement comes from, and how often to repeat what.
 *
 * Kalibera and Jones, Rigorous Benchmarking in Reasonable Time, ISMM 2013, for two levels: iterations (1) in processes
 * (2). S_i^2 is the variance of the means at level i, T_i^2 what the level adds by itself:
 *
 *     S_1^2 = variance of iterations around the mean of their process      T_1^2 = S_1^2
 *     S_2^2 = variance of process means around the grand mean              T_2^2 = S_2^2 - S_1^2 / r
 *
 * Where processes differ in their number of iterations r_j, S_1^2 is pooled over their degrees of freedom and r is the
 * harmonic mean of the r_j: the variance of a process mean is T_2^2 + S_1^2 / r_j, and the mean of 1 / r_j is 1 / r.
 * With equal numbers these are the formulas of the paper. */
#ifndef LABCTL_ANALYSE_LEVELS_H
#define LABCTL_ANALYSE_LEVELS_H

#include "analyse/sample.h"
#include "analyse/stats.h"

/* Variances are relative to the square of the mean, so that no unit is too small or too large for them: multiplied by
 * mean^2 they are those of the paper. */
struct levels {
	double mean; /* of the process means, in the unit of the values */
	double s1, s2, t1, t2;
	double iterations; /* per process: r above */
	size_t processes;
};

/* s1 is NaN where no process has two iterations (t1 is NaN then, and t2 is s2); s2 and t2 are NaN for one process. t2
 * may come out negative: processes then differ no more than iterations make them. -1 as side_means. */
int levels_of(const struct side *s, struct levels *out, struct err *e);

/* How many iterations a process should make, for the narrowest interval in a given time: ceil(sqrt(c_2 / c_1 * T_1^2 /
 * T_2^2)), where an iteration costs c_1 and the start of a process, with its warm-up, c_2 (in one unit, both above 0).
 * Within 1 .. most; `most` where t2 is not above 0: a new process tells no more than a further iteration. 0: t1 or t2
 * is not known. */
size_t levels_plan_iterations(const struct levels *l, double iteration_cost, double process_cost, size_t most);

/* Half the width, relative to the mean, that the 1 - alpha interval of the mean may be expected to have with so many
 * processes of so many iterations: t_{n-1} sqrt((T_2^2 + T_1^2 / r) / n). A negative t2 counts as 0, an unknown t1 as
 * part of t2. NaN for fewer than two processes, or where t2 is not known. */
double levels_half_width(const struct levels *l, size_t processes, size_t iterations, double alpha);

/* The fewest processes, 2 .. most, whose expected relative half width is at most half_width; 0: `most` are not enough,
 * or levels_half_width is NaN. */
size_t levels_plan_processes(const struct levels *l, size_t iterations, double half_width, double alpha, size_t most);

#endif
