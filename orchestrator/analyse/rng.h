/* Seeded random numbers for resampling: the same seed gives the same bits, uniform numbers and indexes on every
 * machine, and the same normal ones as far as log() does. Not for secrets. */
#ifndef LABCTL_ANALYSE_RNG_H
#define LABCTL_ANALYSE_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* xoshiro256++ (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2021). */
struct rng {
	uint64_t state[4];
	double spare; /* the second of a pair of normal draws */
	bool has_spare;
};

void rng_seed(struct rng *r, uint64_t seed); /* any seed is a good one */
uint64_t rng_bits(struct rng *r);
double rng_uniform(struct rng *r);	       /* 0 <= u < 1, a multiple of 2^-53 */
size_t rng_index(struct rng *r, size_t count); /* 0 .. count - 1, each as likely; count > 0 */
double rng_normal(struct rng *r);	       /* mean 0, variance 1 */

#endif
