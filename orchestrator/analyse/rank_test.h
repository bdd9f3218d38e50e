/* Mann and Whitney's U test as asv makes it (Mann and Whitney 1947): two-sided; exact for up to 20 values on a side,
 * else by the normal distribution without a correction for continuity. Ties are broken the way that gives the largest
 * p. */
#ifndef LABCTL_ANALYSE_RANK_TEST_H
#define LABCTL_ANALYSE_RANK_TEST_H

#include <stddef.h>
#include <stdint.h>

#define RANK_TEST_EXACT 20

/* Both sides have values, none of them NaN. */
double rank_test_p(const double *x, size_t x_count, const double *y, size_t y_count);
/* How many pairs have x above y, and how many are equal. */
void rank_test_pairs(const double *x, size_t x_count, const double *y, size_t y_count, int64_t *out_above,
		     int64_t *out_equal);
/* P(U <= u) where the sides do not differ; each count at most RANK_TEST_EXACT. */
double rank_test_below(size_t x_count, size_t y_count, int64_t u);

#endif
