#include "numbers.h"

#include "analyse/rng.h"
#include "analyse/stats.h"

static void small_samples_are_described(void **state)
{
	const double v[] = { 2, 4, 4, 4, 5, 5, 7, 9 };

	(void)state;
	assert_true(stats_mean(v, 8) == 5);
	assert_true(stats_sum(v, 8) == 40);
	assert_close(stats_variance(v, 8), 32.0 / 7);
	assert_close(stats_deviation(v, 8), sqrt(32.0 / 7));
	assert_true(stats_median(v, 8) == 4.5);
	assert_true(stats_median(v, 7) == 4);
	assert_true(stats_median_distance(v, 8) == 0.5);
	assert_close(stats_geometric_mean(v, 8), pow(2 * 4 * 4 * 4 * 5 * 5 * 7 * 9, 1.0 / 8));
	assert_true(stats_quantile(v, 8, 0) == 2 && stats_quantile(v, 8, 1) == 9);
	assert_true(stats_quantile(v, 8, 0.25) == 4 && stats_quantile(v, 8, 0.75) == 5.5);
	assert_close(stats_quantile(v, 8, 0.95), 7 + 2 * 0.65);
}

static void order_does_not_matter(void **state)
{
	double v[] = { 9, 2, 5, 4, 7, 4, 5, 4 };

	(void)state;
	assert_true(stats_median(v, 8) == 4.5);
	assert_true(v[0] == 9 && v[7] == 4);
}

/* Numbers that a textbook's formula would lose or overflow with. */
static void no_digit_is_lost(void **state)
{
	const double offset[] = { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16 }, huge[] = { 1e308, 1.2e308, 1.1e308 };
	const double tiny[] = { 1e-9, 1.000000001e-9, 0.999999999e-9 }, minute[] = { 2e-300, 4e-300, 6e-300 };
	const double cancelled[] = { 1e300, 1, -1e300 },
		     tenths[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 };
	const double wide[] = { -1.7e308, 1.7e308 };

	(void)state;
	assert_true(stats_variance(offset, 4) == 30);
	assert_close(stats_mean(huge, 3), 1.1e308);
	assert_close(stats_deviation(huge, 3), 1e307);
	assert_close(stats_geometric_mean(huge, 3), pow(1.32, 1.0 / 3) * 1e308);
	assert_close(stats_quantile(huge, 3, 0.75), 1.15e308);
	assert_near(stats_deviation(tiny, 3), 1e-18, 1e-24);
	assert_close(stats_deviation(minute, 3), 2e-300);
	assert_true(stats_sum(cancelled, 3) == 1);
	assert_true(stats_sum(tenths, 10) == 1);
	assert_true(stats_mean(tenths, 10) == 0.1);
	assert_true(stats_deviation(tenths, 10) == 0);
	assert_true(stats_mean(wide, 2) == 0 && stats_median(wide, 2) == 0);
}

/* Shifting, scaling and shuffling do to the results what they must. */
static void results_follow_their_values(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 11);
	for (int round = 0; round < 500; round++) {
		double v[40], w[40], scale = exp(20 * rng_normal(&r)), shift = 10 * rng_normal(&r);
		size_t n = 2 + rng_index(&r, 39);

		for (size_t i = 0; i < n; i++) {
			v[i] = rng_normal(&r);
			w[i] = (v[i] + shift) * scale;
		}
		assert_near(stats_mean(w, n), (stats_mean(v, n) + shift) * scale, 1e-12 * scale);
		assert_close(stats_deviation(w, n), stats_deviation(v, n) * scale);
		assert_near(stats_quantile(w, n, 0.3), (stats_quantile(v, n, 0.3) + shift) * scale, 1e-12 * scale);
		assert_near(stats_median_distance(w, n), stats_median_distance(v, n) * scale, 1e-12 * scale);
		assert_true(stats_quantile(v, n, 0.2) <= stats_quantile(v, n, 0.21));
		assert_true(interval_holds(stats_mean_interval(v, n, 0.05), stats_mean(v, n)));
	}
}

static void bad_values_give_no_number(void **state)
{
	static const double bad[][3] = { { 1, NAN, 2 }, { INFINITY, 1, 2 }, { 1, 2, -INFINITY } };
	const double one = 3, negative[] = { 1, -2 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_true(isnan(stats_mean(bad[i], 3)) && isnan(stats_sum(bad[i], 3)));
		assert_true(isnan(stats_deviation(bad[i], 3)) && isnan(stats_variance(bad[i], 3)));
		assert_true(isnan(stats_median(bad[i], 3)) && isnan(stats_median_distance(bad[i], 3)));
		assert_true(isnan(stats_geometric_mean(bad[i], 3)));
		assert_false(interval_known(stats_mean_interval(bad[i], 3, 0.05)));
		assert_false(interval_known(stats_median_interval(bad[i], 3, 0.5)));
	}
	assert_true(isnan(stats_mean(NULL, 0)) && isnan(stats_median(NULL, 0)) && isnan(stats_deviation(NULL, 0)));
	assert_true(isnan(stats_geometric_mean(NULL, 0)) && isnan(stats_geometric_mean(negative, 2)));
	assert_true(isnan(stats_deviation(&one, 1)) && stats_mean(&one, 1) == 3 && stats_median(&one, 1) == 3);
	assert_true(isnan(stats_quantile(negative, 2, 1.1)) && isnan(stats_quantile(negative, 2, NAN)));
	assert_true(stats_sum(NULL, 0) == 0);
}

static void bad_values_are_told(void **state)
{
	const double good[] = { 1, 2 }, nan[] = { 1, NAN }, zero[] = { 0, 1 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(stats_check(good, 2, true, "it", &e), 0);
	assert_int_equal(stats_check(zero, 2, false, "it", &e), 0);
	assert_int_equal(stats_check(nan, 2, false, "it", &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.text, "it: value 2 is nan, not a finite number");
	assert_true(strlen(e.hint) > 0);
	assert_int_equal(stats_check(zero, 2, true, "it", &e), -1);
	assert_non_null(strstr(e.text, "value 1 is 0"));
	assert_int_equal(stats_check(good, 0, false, "it", &e), -1);
	assert_string_equal(e.text, "it: no values");
}

static void the_mean_has_its_interval(void **state)
{
	const double v[] = { 9.8, 10.2, 10.4, 9.6, 10.0 };
	struct interval i = stats_mean_interval(v, 5, 0.05);
	double half = 2.7764451052 * sqrt(0.1 / 5);

	(void)state;
	assert_near(i.low, 10 - half, 1e-9);
	assert_near(i.high, 10 + half, 1e-9);
	assert_false(interval_known(stats_mean_interval(v, 1, 0.05)));
	assert_false(interval_known(stats_mean_interval(v, 5, 0)));
	assert_false(interval_known(stats_mean_interval(v, 5, NAN)));
	assert_false(interval_holds(interval_none(), 0));
}

/* Published examples of Wilson's interval (Newcombe 1998), and the mirror of one. */
static void a_rate_has_its_interval(void **state)
{
	static const struct {
		int64_t k, n;
		double low, high;
	} known[] = { { 81, 263, 0.2553, 0.3662 },
		      { 15, 148, 0.0624, 0.1605 },
		      { 0, 20, 0, 0.1611 },
		      { 1, 29, 0.0061, 0.1718 },
		      { 20, 20, 0.8389, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		struct interval got = stats_rate_interval(known[i].k, known[i].n, 0.05);

		assert_near(got.low, known[i].low, 5e-5);
		assert_near(got.high, known[i].high, 5e-5);
	}
	assert_true(stats_rate_interval(0, 20, 0.05).low == 0);
	assert_false(interval_known(stats_rate_interval(0, 0, 0.05)));
	assert_false(interval_known(stats_rate_interval(3, 2, 0.05)));
}

static void a_median_has_its_interval(void **state)
{
	double v[20];
	struct interval i;

	(void)state;
	for (int j = 0; j < 20; j++)
		v[j] = 20 - j;
	/* The tables for 95 %: 6 values: (1, 6); 10: (2, 9); 20: (6, 15). */
	i = stats_median_interval(v, 20, 0.05);
	assert_true(i.low == 6 && i.high == 15);
	i = stats_median_interval(v + 10, 10, 0.05);
	assert_true(i.low == 2 && i.high == 9);
	i = stats_median_interval(v + 14, 6, 0.05);
	assert_true(i.low == 1 && i.high == 6);
	assert_false(interval_known(stats_median_interval(v, 5, 0.05)));
	assert_false(interval_known(stats_median_interval(v, 0, 0.05)));
}

/* How often the intervals hold the truth. */
static void intervals_keep_their_promise(void **state)
{
	enum {
		ROUNDS = 4000,
		N = 8
	};
	int of_mean = 0, of_median = 0, of_rate = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 12);
	for (int round = 0; round < ROUNDS; round++) {
		double v[N];
		int64_t hits = 0;

		for (int i = 0; i < N; i++)
			v[i] = 3 + rng_normal(&r);
		for (int i = 0; i < 40; i++)
			hits += rng_uniform(&r) < 0.3;
		of_mean += interval_holds(stats_mean_interval(v, N, 0.05), 3);
		of_median += interval_holds(stats_median_interval(v, N, 0.05), 3);
		of_rate += interval_holds(stats_rate_interval(hits, 40, 0.05), 0.3);
	}
	assert_within(of_mean / (double)ROUNDS, 0.94, 0.96);
	assert_within(of_median / (double)ROUNDS, 0.985, 0.997); /* (1, 8): 0.9922 */
	assert_within(of_rate / (double)ROUNDS, 0.93, 0.97);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_samples_are_described),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(no_digit_is_lost),
		cmocka_unit_test(results_follow_their_values),
		cmocka_unit_test(bad_values_give_no_number),
		cmocka_unit_test(bad_values_are_told),
		cmocka_unit_test(the_mean_has_its_interval),
		cmocka_unit_test(a_rate_has_its_interval),
		cmocka_unit_test(a_median_has_its_interval),
		cmocka_unit_test(intervals_keep_their_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
