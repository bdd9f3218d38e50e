#include "numbers.h"

#include "analyse/rng.h"
#include "analyse/stats.h"

/* The first outputs of the published generator for the state 1, 2, 3, 4. */
static void bits_are_those_of_the_published_generator(void **state)
{
	static const uint64_t first[] = { 41943041,
					  58720359,
					  UINT64_C(3588806011781223),
					  UINT64_C(3591011842654386),
					  UINT64_C(9228616714210784205),
					  UINT64_C(9973669472204895162) };
	struct rng r = { .state = { 1, 2, 3, 4 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(first); i++)
		assert_true(rng_bits(&r) == first[i]);
}

static void a_seed_gives_the_same_again_and_another_does_not(void **state)
{
	struct rng a, b, c;
	int same = 0;

	(void)state;
	rng_seed(&a, 7);
	rng_seed(&b, 7);
	rng_seed(&c, 8);
	for (int i = 0; i < 100; i++) {
		uint64_t bits = rng_bits(&a);

		assert_true(bits == rng_bits(&b));
		same += bits == rng_bits(&c);
	}
	assert_int_equal(same, 0);
	rng_seed(&a, 0);
	assert_true(rng_bits(&a) != 0);
}

/* Chi squared over the cells, for counts that are powers of two and such that are not. */
static void indexes_are_equally_likely(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 10, 100 };
	struct rng r;

	(void)state;
	rng_seed(&r, 3);
	for (size_t s = 0; s < COUNT_OF(sizes); s++) {
		size_t seen[100] = { 0 }, draws = 2000 * sizes[s];
		double chi2 = 0;

		for (size_t i = 0; i < draws; i++) {
			size_t index = rng_index(&r, sizes[s]);

			assert_true(index < sizes[s]);
			seen[index]++;
		}
		for (size_t i = 0; i < sizes[s]; i++)
			chi2 += ((double)seen[i] - 2000) * ((double)seen[i] - 2000) / 2000;
		assert_within(chi2, 0, (double)sizes[s] + 5 * sqrt(2 * (double)sizes[s]));
	}
}

static void draws_have_their_moments(void **state)
{
	enum {
		DRAWS = 100000
	};
	double *uniform = mem_new(DRAWS, sizeof(*uniform)), *normal = mem_new(DRAWS, sizeof(*normal));
	double fourth = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 4);
	for (int i = 0; i < DRAWS; i++) {
		uniform[i] = rng_uniform(&r);
		assert_true(uniform[i] >= 0 && uniform[i] < 1);
		normal[i] = rng_normal(&r);
		fourth += pow(normal[i], 4) / DRAWS;
	}
	assert_near(stats_mean(uniform, DRAWS), 0.5, 0.004);
	assert_near(stats_variance(uniform, DRAWS), 1.0 / 12, 0.002);
	assert_near(stats_mean(normal, DRAWS), 0, 0.013);
	assert_near(stats_variance(normal, DRAWS), 1, 0.018);
	assert_near(fourth, 3, 0.13);
	assert_near(stats_quantile(normal, DRAWS, 0.975), 1.96, 0.03);
	free(uniform);
	free(normal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_are_those_of_the_published_generator),
		cmocka_unit_test(a_seed_gives_the_same_again_and_another_does_not),
		cmocka_unit_test(indexes_are_equally_likely),
		cmocka_unit_test(draws_have_their_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
