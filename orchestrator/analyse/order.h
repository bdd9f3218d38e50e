/* Order statistics of plain arrays: what robust estimates are made of. */
#ifndef LABCTL_ANALYSE_ORDER_H
#define LABCTL_ANALYSE_ORDER_H

#include <stddef.h>

/* The value of rank `rank` (0: the smallest) of `count` > rank values. Reorders them; O(count) on average. */
double order_select(double *values, size_t count, size_t rank);

/* The median of `count` > 0 values, of an even number the mean of the middle two. Reorders them. */
double order_median(double *values, size_t count);

/* The same of values that stay as they are. */
double order_median_of(const double *values, size_t count);

/* Median distance of the values from `centre`, times 1.4826: for Normal values their standard deviation. */
double order_spread_about(const double *values, size_t count, double centre);

int order_compare(const void *x, const void *y); /* two doubles, none of them a NaN, for qsort */

#endif
