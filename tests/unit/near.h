/* Doubles that are equal but for rounding. */
#ifndef LABCTL_TESTS_NEAR_H
#define LABCTL_TESTS_NEAR_H

#include <math.h>

#define assert_near(value, wanted, slack) assert_true(fabs((value) - (wanted)) <= (slack))

#endif
