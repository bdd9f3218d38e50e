#include "simulated.h"

#include "analyse/distributions.h"
#include "analyse/geomean.h"

static struct ratio ratio_like(double value, double log_error, double freedom)
{
	return (struct ratio){ value, log(value), log_error, freedom, log_error, log_error, 10, 10 };
}

static void it_is_computed_as_told(void **state)
{
	const struct ratio ratios[] = { ratio_like(0.5, 0.02, 9), ratio_like(2, 0.01, 18), ratio_like(0.125, 0.03, 5) };
	double squares = 0.0004 + 0.0001 + 0.0009, se = sqrt(squares) / 3;
	double freedom = squares * squares / (0.0004 * 0.0004 / 9 + 0.0001 * 0.0001 / 18 + 0.0009 * 0.0009 / 5);
	struct geomean g;

	(void)state;
	geomean_of(ratios, 3, 0.05, &g);
	assert_close(g.value, 0.5);
	assert_close(g.log_error, se);
	assert_close(g.freedom, freedom);
	assert_close(g.interval.low, 0.5 * exp(-dist_t_critical(0.05, freedom) * se));
	assert_close(g.interval.high, 0.5 * exp(dist_t_critical(0.05, freedom) * se));
	assert_true(g.count == 3 && g.of == 3);
}

static void one_ratio_is_its_own_mean(void **state)
{
	const struct ratio r = ratio_like(1.3, 0.02, 7);
	struct interval own = ratio_interval(&r, 0.05);
	struct geomean g;

	(void)state;
	geomean_of(&r, 1, 0.05, &g);
	assert_close(g.value, 1.3);
	assert_close(g.interval.low, own.low);
	assert_close(g.interval.high, own.high);
}

static void what_is_missing_is_counted(void **state)
{
	const struct ratio ratios[] = { ratio_like(4, 0.02, 9), ratio_none(), ratio_like(9, NAN, NAN),
					ratio_like(4, 0, INFINITY) };
	struct geomean g;

	(void)state;
	geomean_of(ratios, 2, 0.05, &g);
	assert_close(g.value, 4);
	assert_true(g.count == 1 && g.of == 2 && interval_known(g.interval));
	/* A ratio of one process counts in the mean, whose interval nobody knows then. */
	geomean_of(ratios, 3, 0.05, &g);
	assert_close(g.value, 6);
	assert_true(g.count == 2 && g.of == 3 && !interval_known(g.interval));
	geomean_of(&ratios[1], 1, 0.05, &g);
	assert_true(isnan(g.value) && g.count == 0 && g.of == 1 && !interval_known(g.interval));
	geomean_of(&ratios[3], 1, 0.05, &g);
	assert_true(g.interval.low == g.value && g.interval.high == g.value);
	assert_close(g.value, 4);
	geomean_of(NULL, 0, 0.05, &g);
	assert_true(isnan(g.value) && g.of == 0);
}

/* Over simulated suites whose benchmarks have true ratios of their own. */
static void the_interval_keeps_its_promise(void **state)
{
	static struct simulated base, changed;
	enum {
		ROUNDS = 3000,
		SUITE = 6
	};
	int held = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 71);
	for (int round = 0; round < ROUNDS; round++) {
		struct ratio ratios[SUITE];
		double truth = 0;
		struct geomean g;

		for (size_t i = 0; i < SUITE; i++) {
			struct behaviour b = behaviour_of(0.01 + 0.01 * (double)i, 0.4, 5, 4), c = b;
			struct err e = ERR_INIT;

			c.level_s *= 1 + 0.1 * (double)i;
			truth += log(1 + 0.1 * (double)i) / SUITE;
			simulate(&b, &r, &base);
			simulate(&c, &r, &changed);
			assert_int_equal(ratio_of(&base.side, &changed.side, &ratios[i], &e), 0);
		}
		geomean_of(ratios, SUITE, 0.05, &g);
		held += interval_holds(g.interval, exp(truth));
	}
	assert_within(held / (double)ROUNDS, 0.935, 0.965);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_computed_as_told),
		cmocka_unit_test(one_ratio_is_its_own_mean),
		cmocka_unit_test(what_is_missing_is_counted),
		cmocka_unit_test(the_interval_keeps_its_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
