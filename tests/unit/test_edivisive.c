#include "numbers.h"

#include <stdbool.h>
#include <stdlib.h>

#include "analyse/distributions.h"
#include "analyse/edivisive.h"
#include "analyse/rng.h"
#include "base/mem.h"

enum noise {
	NORMAL,
	OUTLIERS, /* one value in twenty is six times as far out */
	SKEWED,
	COUNTS, /* many equal values */
	NOISE_COUNT
};

static double draw(struct rng *r, enum noise noise)
{
	double z = rng_normal(r);

	switch (noise) {
	case OUTLIERS:
		return rng_uniform(r) < 0.05 ? 6 * z : z;
	case SKEWED:
		return exp(0.5 * z);
	case COUNTS:
		return floor(fmax(0, 1.5 + z));
	default:
		return z;
	}
}

/* 2 of 10 drawn values are those of a side: 1 / C(10, 2), either way. */
static void a_split_without_overlap_is_exact(void **state)
{
	const double apart[] = { 1, 2, 3, 4, 5, 6, 7, 8, 19, 20 }, equal[] = { 3, 3, 3, 3, 3, 3 };

	(void)state;
	assert_true(fabs(edivisive_split_p(apart, 0, 8, 10) - 2.0 / 45) < 1e-4);
	assert_close(edivisive_split_p(equal, 0, 3, 6), 1);
	assert_close(edivisive_split_p(apart, 0, 0, 10), 1);
	assert_close(edivisive_split_p(apart, 4, 10, 10), 1);
}

/* The bound is one: never below the probability itself, which all draws of 4 from 9 give. */
static void the_bound_is_above_the_permutation_p(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (int round = 0; round < 100; round++) {
		double z[9], sum = 0, as_far = 0, all = 0, scores[9];

		for (size_t i = 0; i < 9; i++)
			z[i] = draw(&r, NORMAL) + (i < 4 ? 0.8 : 0);
		for (size_t i = 0; i < 9; i++) {
			size_t below = 0;

			for (size_t k = 0; k < 9; k++)
				below += z[k] < z[i];
			scores[i] = dist_normal_quantile(((double)below + 0.5) / 9);
			sum += i < 4 ? scores[i] : 0;
		}
		for (unsigned drawn = 0; drawn < 512; drawn++) {
			double other = 0;
			int bits = 0;

			for (unsigned i = 0; i < 9; i++)
				if (drawn & 1u << i) {
					other += scores[i];
					bits++;
				}
			if (bits != 4)
				continue;
			all++;
			as_far += fabs(other) >= fabs(sum) - 1e-9;
		}
		assert_true(edivisive_split_p(z, 0, 4, 9) >= as_far / all - 1e-6);
	}
}

/* One series in twenty at most has a change where there is none, whatever the noise is like. */
static void noise_is_no_change(void **state)
{
	static const size_t lengths[] = { 12, 40, 150 };
	struct rng r;

	(void)state;
	rng_seed(&r, 41);
	for (int noise = 0; noise < NOISE_COUNT; noise++)
		for (size_t k = 0; k < COUNT_OF(lengths); k++) {
			int rounds = lengths[k] > 100 ? 300 : 1000, with_change = 0;

			for (int round = 0; round < rounds; round++) {
				double z[150];
				struct edivisive_split *splits;
				size_t tests;

				for (size_t i = 0; i < lengths[k]; i++)
					z[i] = draw(&r, (enum noise)noise);
				with_change += edivisive_find(z, lengths[k], 3, &splits, &tests) > 0;
				free(splits);
			}
			/* Three standard errors of a rate of 5 %. */
			assert_true(with_change <= rounds * 0.05 + 3 * sqrt(rounds * 0.05 * 0.95));
		}
}

/* Ranks know little of how far apart two levels are: the place is told to within a value or two. */
static bool is_split_near(const struct edivisive_split *splits, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (splits[i].at + 2 >= at && splits[i].at <= at + 2)
			return true;
	return false;
}

static void steps_and_bumps_are_found_where_they_are(void **state)
{
	size_t more = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 5);
	for (int round = 0; round < 50; round++) {
		double z[120];
		struct edivisive_split *splits;
		size_t tests, count;

		for (size_t i = 0; i < 120; i++)
			z[i] = rng_normal(&r) + (i >= 50 ? 8 : 0) - (i >= 90 ? 8 : 0);
		count = edivisive_find(z, 120, 3, &splits, &tests);
		assert_true(is_split_near(splits, count, 50) && is_split_near(splits, count, 90));
		assert_true(tests >= count + 1);
		more += count - 2;
		free(splits);
	}
	/* Three more segments were tested in each round, at 5 % each. */
	assert_true(more <= 15);
}

static void too_short_has_none(void **state)
{
	const double z[] = { 0, 0, 100, 100, 100 };
	struct edivisive_split *splits;
	size_t tests;

	(void)state;
	for (size_t count = 0; count <= 5; count++) {
		assert_int_equal(edivisive_find(z, count, 3, &splits, &tests), 0);
		assert_int_equal(tests, 0);
		free(splits);
	}
}

/* Worked by hand: 0.01, 0.02, 0.04, 0.5 of five hypotheses. */
static void false_discoveries_are_held_down(void **state)
{
	const double p[] = { 0.04, 0.01, 0.5, 0.02 };
	double adjusted[4];

	(void)state;
	discovery_adjust(p, 4, 5, adjusted);
	assert_close(adjusted[1], 0.05);
	assert_close(adjusted[3], 0.05);
	assert_close(adjusted[0], 0.2 / 3);
	assert_close(adjusted[2], 0.625);
	discovery_adjust(NULL, 0, 0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_split_without_overlap_is_exact),
		cmocka_unit_test(the_bound_is_above_the_permutation_p),
		cmocka_unit_test(noise_is_no_change),
		cmocka_unit_test(steps_and_bumps_are_found_where_they_are),
		cmocka_unit_test(too_short_has_none),
		cmocka_unit_test(false_discoveries_are_held_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
