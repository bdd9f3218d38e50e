/* What the files of ratio.h share. Not included outside analyse/ratio*.c. */
#ifndef LABCTL_ANALYSE_RATIO_INSIDE_H
#define LABCTL_ANALYSE_RATIO_INSIDE_H

#include "analyse/ratio.h"

/* Degrees of freedom of a difference whose variance is base_share + changed_share (each a squared standard error);
 * NaN: a side has one process; INFINITY: no variance. */
double welch_freedom(double base_share, size_t base_count, double changed_share, size_t changed_count);

/* The quotient of arithmetic means, which the other roads to an interval begin with. */
struct quotient {
	double *base_means, *changed_means; /* of processes */
	double base_mean, changed_mean, value;
};

int quotient_of(const struct side *base, const struct side *changed, struct quotient *out, struct err *e);
void quotient_free(struct quotient *q);
#define AUTO_QUOTIENT __attribute__((cleanup(quotient_free))) struct quotient

#endif
