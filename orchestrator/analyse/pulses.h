/* Single slow iterations that come at regular distances, which need not be a whole number: a collector that runs
 * whenever enough has been allocated. */
#ifndef LABCTL_ANALYSE_PULSES_H
#define LABCTL_ANALYSE_PULSES_H

#include "analyse/cycles.h"

/* A value more than 3.5 standard deviations of the noise above the median of its neighbours is slow. Were slow ones to
 * come at random, the distances between them would be geometric. For each distance m that occurs, the number of
 * distances within m ± max(1, m / 10), but not below 2, is held against that of the geometric distribution of the same
 * median, or of the same share of slow ones, whichever expects more, by Chernoff's bound:
 *
 *     probability <= exp(-r · (f ln(f/q) + (1-f) ln((1-f)/(1-q))))      f of r distances within, q expected
 *
 * The score is the root of twice the exponent, which for Normal variables would be a standard deviation. At least a
 * third of the distances has to agree. Period 0: nothing found above least_score. */
struct cycle pulses_find(const double *values, size_t count, double least_score);

#endif
