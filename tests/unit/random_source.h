/* A small random generator for tests (xoshiro256**, Blackman & Vigna 2018): the same numbers on every machine. */
#ifndef LABCTL_TESTS_RANDOM_SOURCE_H
#define LABCTL_TESTS_RANDOM_SOURCE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

struct random_source {
	uint64_t state[4];
};

static inline struct random_source random_from(uint64_t seed)
{
	struct random_source r;

	for (int i = 0; i < 4; i++) { /* splitmix64 */
		uint64_t z = seed += 0x9e3779b97f4a7c15ULL;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
		r.state[i] = z ^ z >> 31;
	}
	return r;
}

static inline uint64_t random_turned(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline uint64_t random_next(struct random_source *r)
{
	uint64_t *s = r->state, result = random_turned(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = random_turned(s[3], 45);
	return result;
}

/* In [low, high), evenly. */
static inline double random_between(struct random_source *r, double low, double high)
{
	return low + (high - low) * ((double)(random_next(r) >> 11) * 0x1p-53);
}

/* In [low, high), evenly in the logarithm. */
static inline double random_scale(struct random_source *r, double low, double high)
{
	return exp(random_between(r, log(low), log(high)));
}

/* One of 0 … choices - 1. */
static inline size_t random_choice(struct random_source *r, size_t choices)
{
	return (size_t)random_between(r, 0, (double)choices);
}

/* Normal, mean 0, variance 1 (Box & Muller). */
static inline double random_normal(struct random_source *r)
{
	double radius = sqrt(-2 * log(1 - random_between(r, 0, 1)));

	return radius * cos(2 * M_PI * random_between(r, 0, 1));
}

#endif
