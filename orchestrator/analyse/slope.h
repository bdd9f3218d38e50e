/* How fast a series grows: a robust slope with an interval. */
#ifndef LABCTL_ANALYSE_SLOPE_H
#define LABCTL_ANALYSE_SLOPE_H

#include <stddef.h>

#define SLOPE_MOST 128 /* values; there are half as many times as many pairs */

struct slope {
	double value;	  /* units of y per unit of x */
	double low, high; /* 95 % interval */
};

/* Theil and Sen: the median of the slopes of all pairs (Sen, Estimates of the regression coefficient based on Kendall's
 * tau, JASA 63, 1968). Steps and single values far off do not move it much, and memory is made of such, which speaks
 * against least squares. The interval lies between the slopes whose ranks are Kendall's standard deviation times 1.96
 * from the middle, after that was multiplied by what the correlation of the ranks of the remainders adds (Hamed & Rao,
 * A modified Mann-Kendall trend test for autocorrelated data, Journal of Hydrology 204, 1998), of neighbours near and
 * far.
 *
 * x ascends; x and y have 3 <= count <= SLOPE_MOST values, x not all the same. */
struct slope slope_find(const double *x, const double *y, size_t count);

#endif
