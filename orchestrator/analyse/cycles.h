/* Does a series repeat itself: iterations that are slow every so often, as a collector or a cache makes them? */
#ifndef LABCTL_ANALYSE_CYCLES_H
#define LABCTL_ANALYSE_CYCLES_H

#include <stdbool.h>
#include <stddef.h>

#define CYCLE_LONGEST	 32 /* the longest period that is looked for */
#define CYCLE_MIN_CYCLES 7  /* that often it must have been seen */

struct cycle {
	double period; /* in iterations, >= 2; 0: none found */
	double score;  /* of the test, in standard deviations of a Normal variable */
	double swing;  /* largest minus smallest mean of a place in the cycle, in units of the values */
};

/* For each period the series, less its moving average over one period (which takes away level and drift and leaves the
 * cycle), is laid out by place in the cycle, and the variance between places is held against that within places
 * (analysis of variance, F). That is done for the whole series, and within stretches of a few cycles, whose sums make
 * one F: periods that are no whole number, or waver, stay together only that long. The quotient becomes a Normal score
 * by Paulson's approximation (An approximate normalization of the analysis of variance distribution, Annals of
 * Mathematical Statistics 13, 1942). The period with the largest score wins, when that exceeds `least_score`.
 *
 * What is given are distances from a level that is free of steps, without the weight of spikes (outliers_rest), not
 * without spikes, which may be the cycle. O(count) for each of about a hundred periods. */
struct cycle cycles_find(const double *values, size_t count, double least_score);

#endif
