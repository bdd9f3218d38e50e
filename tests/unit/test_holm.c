#include "numbers.h"

#include "analyse/holm.h"
#include "analyse/rng.h"

/* Worked by hand: 4 tests at 0.05 are held against 0.0125, 0.0167, 0.025, 0.05 in the order of their p-values. */
static void a_family_is_adjusted(void **state)
{
	const double p[] = { 0.01, 0.04, 0.03, 0.005 };
	struct holm h[4];

	(void)state;
	holm_adjust(p, 4, 0.05, h);
	assert_close(h[3].adjusted, 0.02);
	assert_close(h[0].adjusted, 0.03);
	assert_close(h[2].adjusted, 0.06);
	assert_close(h[1].adjusted, 0.06);
	assert_close(h[3].level, 0.0125);
	assert_close(h[0].level, 0.05 / 3);
	assert_close(h[2].level, 0.025);
	assert_close(h[1].level, 0.025); /* behind the first that is no finding */
}

static void what_is_no_test_is_not_counted(void **state)
{
	const double p[] = { NAN, 0.04, NAN, 0.9 }, none[] = { NAN, NAN };
	struct holm h[4];

	(void)state;
	holm_adjust(p, 4, 0.05, h);
	assert_true(isnan(h[0].adjusted) && isnan(h[0].level) && isnan(h[2].adjusted));
	assert_close(h[1].adjusted, 0.08);
	assert_close(h[1].level, 0.025);
	assert_close(h[3].adjusted, 0.9);
	holm_adjust(none, 2, 0.05, h);
	assert_true(isnan(h[0].adjusted) && isnan(h[1].adjusted));
	holm_adjust(NULL, 0, 0.05, NULL);
}

static void adjusted_values_and_levels_agree(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 51);
	for (int round = 0; round < 3000; round++) {
		size_t n = 1 + rng_index(&r, 12);
		struct holm h[12];
		double p[12];

		for (size_t i = 0; i < n; i++)
			p[i] = rng_index(&r, 4) == 0 ? 0.02 : pow(rng_uniform(&r), 3); /* some are equal */
		holm_adjust(p, n, 0.05, h);
		for (size_t i = 0; i < n; i++) {
			bool found = h[i].adjusted <= 0.05;

			assert_true(found == (p[i] <= h[i].level));
			assert_true(h[i].adjusted >= p[i] && h[i].adjusted <= fmin(1, p[i] * (double)n) + 1e-15);
			assert_within(h[i].level, 0.05 / (double)n, 0.05);
			/* All that Bonferroni finds. */
			assert_true(found || p[i] > 0.05 / (double)n);
			for (size_t j = 0; j < n; j++)
				assert_true(p[i] > p[j] || h[i].adjusted <= h[j].adjusted);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_is_adjusted),
		cmocka_unit_test(what_is_no_test_is_not_counted),
		cmocka_unit_test(adjusted_values_and_levels_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
