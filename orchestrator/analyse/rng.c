#include "analyse/rng.h"

#include <math.h>

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

/* The state is filled by another generator (splitmix64), so that near seeds do not give near streams. */
void rng_seed(struct rng *r, uint64_t seed)
{
	*r = (struct rng){ { 0 }, 0, false };
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);

		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		r->state[i] = z ^ z >> 31;
	}
}

uint64_t rng_bits(struct rng *r)
{
	uint64_t *s = r->state;
	uint64_t result = rotate(s[0] + s[3], 23) + s[0], shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

double rng_uniform(struct rng *r)
{
	return (double)(rng_bits(r) >> 11) * 0x1p-53;
}

/* As few bits as the largest index has, drawn again while they are beyond it. */
size_t rng_index(struct rng *r, size_t count)
{
	uint64_t last = (uint64_t)count - 1, index;
	int unused = __builtin_clzll(last | 1);

	do
		index = rng_bits(r) >> unused;
	while (index > last);
	return (size_t)index;
}

/* Marsaglia's polar method. */
double rng_normal(struct rng *r)
{
	double x, y, square, scale;

	if (r->has_spare) {
		r->has_spare = false;
		return r->spare;
	}
	do {
		x = 2 * rng_uniform(r) - 1;
		y = 2 * rng_uniform(r) - 1;
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	scale = sqrt(-2 * log(square) / square);
	r->spare = y * scale;
	r->has_spare = true;
	return x * scale;
}
