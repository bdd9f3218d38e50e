#include "simulated.h"

#include "analyse/distributions.h"

static struct ratio ratio_between(const double *base, size_t base_count, const double *changed, size_t changed_count)
{
	struct err e = ERR_INIT;
	struct ratio r;

	assert_int_equal(ratio_of_means(base, base_count, changed, changed_count, &r, &e), 0);
	return r;
}

/* By hand: the logarithms are 0, 2, 1, 1 (mean 1, s^2 2/3) and 3, 4, 5, 6, 4.5 (mean 4.5, s^2 5/4). */
static void a_ratio_is_computed_as_told(void **state)
{
	const double base[] = { 1, exp(2), exp(1), exp(1) }, changed[] = { exp(3), exp(4), exp(5), exp(6), exp(4.5) };
	struct ratio r = ratio_between(base, 4, changed, 5);
	double a = 2.0 / 3 / 4, b = 5.0 / 4 / 5, se = sqrt(a + b),
	       freedom = (a + b) * (a + b) / (a * a / 3 + b * b / 4);
	struct interval i = ratio_interval(&r, 0.05);

	(void)state;
	assert_close(r.log_value, 3.5);
	assert_close(r.value, exp(3.5));
	assert_close(r.log_error, se);
	assert_close(r.freedom, freedom);
	assert_true(r.base_count == 4 && r.changed_count == 5);
	assert_close(i.low, exp(3.5 - dist_t_critical(0.05, freedom) * se));
	assert_close(i.high, exp(3.5 + dist_t_critical(0.05, freedom) * se));
	assert_close(ratio_p(&r), dist_t_two_sided(3.5 / se, freedom));
	assert_close(ratio_within(&r, 0.05), i.high - 1);
	assert_close(ratio_detectable(&r, 0.05, 0.8),
		     exp((dist_t_critical(0.05, freedom) + dist_t_quantile(0.8, freedom)) * se) - 1);
	assert_close(ratio_equivalence_p(&r, 0.02), 1 - dist_t_below((log(1.02) - 3.5) / se, freedom));
}

/* Welch's test on pyperf's sample files, 60 values a side, computed elsewhere: here of the logarithms. */
static void welch_is_done_as_elsewhere(void **state)
{
	static const struct {
		double mean[2], deviation[2], freedom, p, low, high;
	} known[] = {
		{ { 2.1270022359187735, 2.0896602343167815 },
		  { 0.06300784634658051, 0.03719510901933837 },
		  95.66806869048857,
		  0.00014770658748082947,
		  0.01859127242170432,
		  0.056092730782279844 },
		{ { 4.224797463470154, 4.3363962718201424 },
		  { 0.08019891752223883, 0.3092206460889908 },
		  66.90171547168475,
		  0.008631487292726971,
		  -0.19391843988407278,
		  -0.029279176815904748 },
	};

	(void)state;
	for (size_t k = 0; k < COUNT_OF(known); k++) {
		double values[2][60];
		struct interval i;
		struct ratio r;

		for (int side = 0; side < 2; side++)
			for (int j = 0; j < 60; j++)
				values[side][j] = exp(known[k].mean[side] +
						      (j % 2 ? 1 : -1) * known[k].deviation[side] * sqrt(59.0 / 60));
		r = ratio_between(values[0], 60, values[1], 60);
		i = ratio_interval(&r, 0.05);
		assert_close(r.freedom, known[k].freedom);
		assert_near(ratio_p(&r) / known[k].p, 1, 1e-8);
		assert_near(log(i.low), -known[k].high, 1e-8);
		assert_near(log(i.high), -known[k].low, 1e-8);
	}
}

/* Iterations count through the mean of their process alone: many iterations make no observation of their own. */
static void a_process_is_one_observation(void **state)
{
	const double few[] = { 1, 3 }, many[] = { 1, 3, 1, 3, 1, 3, 1, 3 }, other[] = { 4, 4, 4, 4 };
	const struct sample with_few[] = { { few, 2 }, { other, 4 } }, with_many[] = { { many, 8 }, { other, 1 } };
	struct err e = ERR_INIT;
	struct ratio a, b;

	(void)state;
	assert_int_equal(ratio_of(&(struct side){ with_few, 2 }, &(struct side){ with_few, 2 }, &a, &e), 0);
	assert_int_equal(ratio_of(&(struct side){ with_many, 2 }, &(struct side){ with_many, 2 }, &b, &e), 0);
	assert_true(memcmp(&a, &b, sizeof(a)) == 0);
	assert_true(a.value == 1);
}

static void exchanged_sides_give_the_reciprocal(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 31);
	for (int round = 0; round < 1000; round++) {
		double x[20], y[20], level = exp(10 * rng_normal(&r));
		size_t n = 2 + rng_index(&r, 19), m = 2 + rng_index(&r, 19);
		struct ratio forth, back;
		struct interval i, j;

		for (size_t k = 0; k < 20; k++) {
			x[k] = level * exp(0.05 * rng_normal(&r));
			y[k] = level * exp(0.02 + 0.01 * rng_normal(&r));
		}
		forth = ratio_between(x, n, y, m);
		back = ratio_between(y, m, x, n);
		i = ratio_interval(&forth, 0.05);
		j = ratio_interval(&back, 0.05);
		assert_close(forth.value * back.value, 1);
		assert_close(i.low * j.high, 1);
		assert_close(ratio_p(&forth), ratio_p(&back));
		assert_close(ratio_equivalence_p(&forth, 0.02), ratio_equivalence_p(&back, 0.02));
		assert_close(ratio_within(&forth, 0.05), ratio_within(&back, 0.05));
		assert_true(interval_holds(i, forth.value));
		/* Each p-value agrees with the interval that it belongs to. */
		assert_true((ratio_p(&forth) <= 0.05) == !interval_holds(i, 1));
		i = ratio_interval(&forth, 0.1);
		assert_true((ratio_equivalence_p(&forth, 0.02) <= 0.05) == (i.low >= 1 / 1.02 && i.high <= 1.02));
	}
}

static void no_unit_is_too_small_or_too_large(void **state)
{
	const double small[] = { 1e-9, 1.1e-9, 0.9e-9, 1.05e-9 }, large[] = { 1e308, 1.1e308, 0.9e308, 1.05e308 };
	const double plain[] = { 1, 1.1, 0.9, 1.05 };
	struct ratio r = ratio_between(plain, 4, plain, 4), s = ratio_between(small, 4, small, 4);
	struct ratio l = ratio_between(large, 4, large, 4), far = ratio_between(small, 4, plain, 4);

	(void)state;
	assert_close(s.log_error, r.log_error);
	assert_close(l.log_error, r.log_error);
	assert_close(far.value, 1e9);
	assert_close(far.log_error, r.log_error);
}

/* Two or three processes: an interval as wide as the smaller side alone demands. One: none. */
static void few_processes_are_handled_honestly(void **state)
{
	const double x[] = { 1.00, 1.02, 1.01, 0.99, 1.03 }, y[] = { 1.10, 1.12, 1.11, 1.09, 1.13 };

	(void)state;
	for (size_t n = 1; n <= 5; n++)
		for (size_t m = 1; m <= 5; m++) {
			struct ratio r = ratio_between(x, n, y, m);
			size_t fewer = n < m ? n : m;

			assert_true(interval_known(ratio_interval(&r, 0.05)) == (fewer > 1));
			assert_true(isnan(ratio_p(&r)) == (fewer == 1));
			if (fewer == 1) {
				assert_true(isnan(ratio_detectable(&r, 0.05, 0.8)) && isnan(ratio_within(&r, 0.05)));
				assert_true(isnan(ratio_equivalence_p(&r, 0.5)) && r.value > 1);
			} else if (fewer < RATIO_FEW_PROCESSES) {
				assert_true(r.freedom == (double)(fewer - 1));
			} else {
				assert_true(r.freedom > (double)(fewer - 1));
			}
		}
}

static void sides_without_variation_give_a_point(void **state)
{
	const double tenth[] = { 0.1, 0.1, 0.1, 0.1 }, more[] = { 0.2, 0.2, 0.2 }, varied[] = { 0.1, 0.11, 0.12, 0.1 };
	const double above = 0.1 * (1 + 4e-15), rounded[] = { above, above, above };
	struct ratio same = ratio_between(tenth, 4, tenth, 3), twice = ratio_between(tenth, 4, more, 3);
	struct ratio half = ratio_between(tenth, 4, varied, 4);
	struct interval i = ratio_interval(&twice, 0.05);

	(void)state;
	assert_true(same.log_error == 0 && ratio_p(&same) == 1 && ratio_equivalence_p(&same, 0) == 0);
	assert_true(i.low == i.high && i.low == twice.value);
	assert_close(twice.value, 2);
	assert_true(ratio_p(&twice) == 0 && ratio_equivalence_p(&twice, 0.5) == 1 &&
		    ratio_detectable(&twice, 0.05, 0.8) == 0);
	assert_true(ratio_equivalence_p(&twice, 1.01) == 0);
	/* What differs by a rounding does not differ. */
	same = ratio_between(tenth, 4, rounded, 3);
	assert_true(same.log_error == 0 && ratio_p(&same) == 1 && ratio_equivalence_p(&same, 0) == 0);
	/* One side varies: its own degrees of freedom. */
	assert_close(half.freedom, 3);
	assert_true(half.base_deviation == 0);
}

static void bad_input_is_refused(void **state)
{
	const double good[] = { 1, 2 }, zero[] = { 1, 0 }, small[] = { 1e-200, 1e-200 }, large[] = { 1e200, 1e200 };
	const struct sample sample = { good, 2 }, bad = { zero, 2 };
	const struct sample lows = { small, 2 }, highs = { large, 2 };
	const struct side fine = { &sample, 1 }, wrong = { &bad, 1 }, tiny = { &lows, 1 }, giant = { &highs, 1 };
	struct interval i;
	struct err e = ERR_INIT;
	struct ratio r;

	(void)state;
	assert_int_equal(ratio_of_means(good, 2, zero, 2, &r, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, "changed: process means: value 2 is 0"));
	assert_int_equal(ratio_of_means(good, 0, good, 2, &r, &e), -1);
	assert_int_equal(ratio_of(&fine, &wrong, &r, &e), -1);
	assert_non_null(strstr(e.text, "changed: process 1: iterations: value 2"));
	assert_int_equal(ratio_of(&wrong, &fine, &r, &e), -1);
	assert_non_null(strstr(e.text, "base: process 1"));
	assert_int_equal(ratio_fieller(&wrong, &fine, 0.05, &i, &e), -1);
	assert_int_equal(ratio_bootstrap(&fine, &wrong, 0.05, 1000, 1, &i, &e), -1);
	assert_int_equal(ratio_bootstrap(&fine, &fine, 0.05, 10, 1, &i, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(ratio_of_means(small, 2, large, 2, &r, &e), -1);
	assert_non_null(strstr(e.text, "orders of magnitude apart"));
	assert_int_equal(ratio_fieller(&tiny, &giant, 0.05, &i, &e), -1);
	assert_non_null(strstr(e.text, "orders of magnitude apart"));
	assert_int_equal(ratio_bootstrap(&giant, &tiny, 0.05, 1000, 1, &i, &e), -1);
	r = ratio_none();
	assert_true(isnan(r.value) && !ratio_has_interval(&r) && !interval_known(ratio_interval(&r, 0.05)));
}

static void planned_processes_give_the_width(void **state)
{
	const double x[] = { 1.00, 1.02, 1.01, 0.99, 1.03 }, y[] = { 1.10, 1.14, 1.11, 1.07, 1.13 };
	struct ratio r = ratio_between(x, 5, y, 5), one = ratio_between(x, 1, y, 5);
	size_t n = ratio_plan_processes(&r, 0.01, 0.05, 1000);
	double half = expm1(
		dist_t_critical(0.05, INFINITY) *
		sqrt((r.base_deviation * r.base_deviation + r.changed_deviation * r.changed_deviation) / (double)n));

	(void)state;
	assert_within(half, 0.008, 0.01);
	assert_int_equal(ratio_plan_processes(&r, 0.01, 0.05, n - 1), 0);
	assert_int_equal(ratio_plan_processes(&r, 0.01, 0.05, n), n);
	assert_true(ratio_plan_processes(&r, 0.02, 0.05, 1000) < n);
	assert_int_equal(ratio_plan_processes(&one, 0.01, 0.05, 1000), 0);
}

/* With small deviations both roads lead to nearly the same interval. */
static void fieller_agrees_with_the_logarithms(void **state)
{
	static struct simulated base, changed;
	struct rng r;

	(void)state;
	rng_seed(&r, 32);
	for (int round = 0; round < 200; round++) {
		const struct behaviour b = behaviour_of(0.02, 0.5, 5 + rng_index(&r, 10), 4);
		struct err e = ERR_INIT;
		struct interval i, logs;
		struct ratio ratio;

		simulate(&b, &r, &base);
		simulate(&b, &r, &changed);
		assert_int_equal(ratio_fieller(&base.side, &changed.side, 0.05, &i, &e), 0);
		assert_int_equal(ratio_of(&base.side, &changed.side, &ratio, &e), 0);
		logs = ratio_interval(&ratio, 0.05);
		assert_near(i.low, logs.low, 0.04 * (logs.high - logs.low));
		assert_near(i.high, logs.high, 0.04 * (logs.high - logs.low));
	}
}

/* The interval holds the quotients q for which mean_changed - q mean_base is not told from 0: put in, its bounds solve
 * that equation. */
static void fieller_solves_its_equation_within_its_limits(void **state)
{
	const double a[] = { 1, 2, 3, 4, 5 }, b[] = { 0.1, 9, 0.2, 8, 0.1 };
	struct sample x[5], y[5];
	const struct side steady = { x, 5 }, wild = { y, 5 }, one = { x, 1 };
	double mean = 3, va = 2.5 / 5, vb = 0, q, t;
	struct err e = ERR_INIT;
	struct interval i;

	(void)state;
	for (size_t k = 0; k < 5; k++) {
		x[k] = (struct sample){ &a[k], 1 };
		y[k] = (struct sample){ &b[k], 1 };
	}
	vb = va;
	assert_int_equal(ratio_fieller(&steady, &steady, 0.05, &i, &e), 0);
	t = dist_t_critical(0.05, 8);
	for (int bound = 0; bound < 2; bound++) {
		q = bound ? i.high : i.low;
		assert_near((mean - q * mean) * (mean - q * mean), t * t * (vb + q * q * va), 1e-9);
	}
	assert_int_equal(ratio_fieller(&wild, &steady, 0.05, &i, &e), 0);
	assert_true(i.low == 0 && isinf(i.high));
	assert_int_equal(ratio_fieller(&steady, &wild, 0.05, &i, &e), 0);
	assert_true(i.low == 0 && isfinite(i.high));
	assert_int_equal(ratio_fieller(&one, &steady, 0.05, &i, &e), 0);
	assert_false(interval_known(i));
}

static void the_bootstrap_agrees_for_many_processes(void **state)
{
	static struct simulated base, changed;
	const struct behaviour slow = { 1.1e-3, 0.02, 0.01, 0.3, 40, 10 }, fast = { 1e-3, 0.01, 0.01, 0.3, 40, 10 };
	struct interval i, again, other, logs;
	struct err e = ERR_INIT;
	struct ratio ratio;
	struct rng r;

	(void)state;
	rng_seed(&r, 33);
	simulate(&fast, &r, &base);
	simulate(&slow, &r, &changed);
	assert_int_equal(ratio_of(&base.side, &changed.side, &ratio, &e), 0);
	logs = ratio_interval(&ratio, 0.05);
	assert_int_equal(ratio_bootstrap(&base.side, &changed.side, 0.05, 2000, 5, &i, &e), 0);
	assert_int_equal(ratio_bootstrap(&base.side, &changed.side, 0.05, 2000, 5, &again, &e), 0);
	assert_int_equal(ratio_bootstrap(&base.side, &changed.side, 0.05, 2000, 6, &other, &e), 0);
	assert_true(i.low == again.low && i.high == again.high && i.low != other.low);
	assert_near((i.high - i.low) / (logs.high - logs.low), 1, 0.12);
	assert_near((i.high + i.low) / (logs.high + logs.low), 1, 0.002);
	base.side.count = 1;
	assert_int_equal(ratio_bootstrap(&base.side, &changed.side, 0.05, 2000, 5, &i, &e), 0);
	assert_false(interval_known(i));
}

/* Both levels are resampled: either one's variation alone gives the interval a width. */
static void the_bootstrap_draws_processes_and_iterations(void **state)
{
	const double low[] = { 1, 1 }, high[] = { 2, 2 }, both[] = { 1, 2 };
	const struct sample differ[] = { { low, 2 }, { high, 2 } }, alike[] = { { both, 2 }, { both, 2 } };
	const struct sample still[] = { { low, 2 }, { low, 2 } };
	const struct side kinds[] = { { still, 2 }, { differ, 2 }, { alike, 2 } };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(kinds); k++) {
		struct err e = ERR_INIT;
		struct interval i;

		assert_int_equal(ratio_bootstrap(&kinds[0], &kinds[k], 0.05, 500, 3, &i, &e), 0);
		assert_true((i.high > i.low) == (k > 0));
		assert_within(i.low, 1, 2);
		assert_within(i.high, 1, 2);
	}
}

/* The share of intervals that hold the true ratio, 1.05. Fieller's must do so as often. */
static double coverage(const struct behaviour *like, size_t base_count, size_t changed_count, uint64_t seed, int rounds)
{
	static struct simulated base, changed;
	struct behaviour b = *like, c = *like;
	int held = 0, held_by_fieller = 0;
	struct rng r;

	rng_seed(&r, seed);
	b.processes = base_count;
	c.processes = changed_count;
	c.level_s *= 1.05;
	for (int round = 0; round < rounds; round++) {
		struct err e = ERR_INIT;
		struct interval i;
		struct ratio ratio;

		simulate(&b, &r, &base);
		simulate(&c, &r, &changed);
		assert_int_equal(ratio_of(&base.side, &changed.side, &ratio, &e), 0);
		held += interval_holds(ratio_interval(&ratio, 0.05), 1.05);
		assert_int_equal(ratio_fieller(&base.side, &changed.side, 0.05, &i, &e), 0);
		held_by_fieller += interval_holds(i, 1.05);
	}
	assert_near(held_by_fieller / (double)rounds, held / (double)rounds, 0.005);
	return held / (double)rounds;
}

static void intervals_keep_their_promise(void **state)
{
	static const size_t counts[][2] = { { 4, 4 }, { 5, 5 }, { 5, 20 }, { 10, 10 }, { 30, 10 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++)
		for (int correlation = 0; correlation <= 6; correlation += 3) {
			struct behaviour b = behaviour_of(0.05, correlation / 10.0, 0, 5);

			b.next_correlation = correlation / 10.0;
			assert_within(coverage(&b, counts[i][0], counts[i][1], 34 + i, 6000), 0.935, 0.965);
		}
}

/* Welch's approximation alone would hold the truth in 90 % of the cases of 2 against 10. */
static void few_processes_never_promise_too_much(void **state)
{
	static const size_t counts[][2] = { { 2, 2 }, { 2, 10 }, { 3, 3 }, { 3, 30 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(counts); i++) {
		struct behaviour b = behaviour_of(0.05, 0.6, 0, 3);

		assert_within(coverage(&b, counts[i][0], counts[i][1], 44 + i, 6000), 0.945, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ratio_is_computed_as_told),
		cmocka_unit_test(welch_is_done_as_elsewhere),
		cmocka_unit_test(a_process_is_one_observation),
		cmocka_unit_test(exchanged_sides_give_the_reciprocal),
		cmocka_unit_test(no_unit_is_too_small_or_too_large),
		cmocka_unit_test(few_processes_are_handled_honestly),
		cmocka_unit_test(sides_without_variation_give_a_point),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(planned_processes_give_the_width),
		cmocka_unit_test(fieller_agrees_with_the_logarithms),
		cmocka_unit_test(fieller_solves_its_equation_within_its_limits),
		cmocka_unit_test(the_bootstrap_agrees_for_many_processes),
		cmocka_unit_test(the_bootstrap_draws_processes_and_iterations),
		cmocka_unit_test(intervals_keep_their_promise),
		cmocka_unit_test(few_processes_never_promise_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
