/* Asserting things about numbers that are not whole. */
#ifndef LABCTL_TESTS_NUMBERS_H
#define LABCTL_TESTS_NUMBERS_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define assert_near(a, b, tolerance)                                                                                   \
	do {                                                                                                           \
		double near_a_ = (a), near_b_ = (b);                                                                   \
		if (!(fabs(near_a_ - near_b_) <= (tolerance)))                                                         \
			fail_msg("%s is %.17g, not %.17g", #a, near_a_, near_b_);                                      \
	} while (0)
/* To nine digits. */
#define assert_close(a, b)                                                                                             \
	do {                                                                                                           \
		double close_ = (b);                                                                                   \
		assert_near(a, close_, 1e-9 * fabs(close_));                                                           \
	} while (0)
#define assert_within(x, low, high)                                                                                    \
	do {                                                                                                           \
		double within_x_ = (x);                                                                                \
		if (!(within_x_ >= (low) && within_x_ <= (high)))                                                      \
			fail_msg("%s is %.17g, not within %g .. %g", #x, within_x_, (double)(low), (double)(high));    \
	} while (0)

#endif
