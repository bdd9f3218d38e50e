/* Random draws for tests, from a seed: the same on every machine. */
#ifndef LABCTL_TESTS_DRAWS_H
#define LABCTL_TESTS_DRAWS_H

#include <math.h>

#include "analyse/rng.h"

static inline struct rng draws_from(uint64_t seed)
{
	struct rng r;

	rng_seed(&r, seed);
	return r;
}

/* In [low, high), evenly. */
static inline double draw_between(struct rng *r, double low, double high)
{
	return low + (high - low) * rng_uniform(r);
}

/* In [low, high), evenly in the logarithm. */
static inline double draw_scale(struct rng *r, double low, double high)
{
	return exp(draw_between(r, log(low), log(high)));
}

#endif
