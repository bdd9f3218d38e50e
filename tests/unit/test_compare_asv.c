#include "numbers.h"

#include "analyse/compare_asv.h"
#include "analyse/rank_test.h"
#include "analyse/rng.h"

/* Mann and Whitney's own tables (1947): P(U <= u) for 4 and n values. */
static void u_has_its_published_distribution(void **state)
{
	static const double four[][4] = {
		{ 0.200, 0.067, 0.028, 0.014 }, { 0.400, 0.133, 0.057, 0.029 }, { 0.600, 0.267, 0.114, 0.057 },
		{ NAN, 0.400, 0.200, 0.100 },	{ NAN, 0.600, 0.314, 0.171 },	{ NAN, NAN, 0.429, 0.243 },
		{ NAN, NAN, 0.571, 0.343 },	{ NAN, NAN, NAN, 0.443 },	{ NAN, NAN, NAN, 0.557 },
	};

	(void)state;
	for (size_t u = 0; u < COUNT_OF(four); u++)
		for (size_t n = 1; n <= 4; n++)
			if (!isnan(four[u][n - 1])) {
				assert_near(rank_test_below(4, n, (int64_t)u), four[u][n - 1], 6e-4);
				assert_close(rank_test_below(n, 4, (int64_t)u), rank_test_below(4, n, (int64_t)u));
			}
	assert_true(rank_test_below(4, 4, -1) == 0 && rank_test_below(4, 4, 16) == 1);
	/* C(40, 20) = 137846528820 orders, of which one has U = 0. */
	assert_close(rank_test_below(20, 20, 0), 1 / 137846528820.0);
	assert_close(rank_test_below(20, 20, 199) + rank_test_below(20, 20, 200), 1);
}

/* x values so that u pairs of 60 x 60 have x above y: y are 1 .. 60. */
static double p_of_sixty(int u)
{
	double x[60], y[60];
	int64_t above, equal;

	for (int i = 0; i < 60; i++) {
		int beaten = u > 60 ? 60 : u;

		y[i] = i + 1;
		x[i] = beaten + 0.5;
		u -= beaten;
	}
	rank_test_pairs(x, 60, y, 60, &above, &equal);
	assert_int_equal(equal, 0);
	return rank_test_p(x, 60, y, 60);
}

/* p-values of pyperf's sample files, computed elsewhere without a correction for continuity. */
static void many_values_are_tested_by_the_normal_distribution(void **state)
{
	(void)state;
	assert_close(p_of_sixty(2649), 8.346630924435188e-06);
	assert_close(p_of_sixty(1413), 0.042232355958448);
	assert_close(p_of_sixty(3600), 3.468544363931386e-21);
	assert_close(p_of_sixty(0), 3.468544363931386e-21);
	assert_close(p_of_sixty(1177), 0.001075847573746516);
}

/* What R says of a few values (its exact test). */
static void few_values_are_tested_exactly(void **state)
{
	const double a[] = { 1, 2, 3, 4 }, b[] = { 0.9, 1.1, 0.7 }, c[] = { 1.5 }, d[] = { 2.5 };

	(void)state;
	assert_close(rank_test_p(a, 4, b, 3), 0.11428571428571428);
	assert_close(rank_test_p(b, 3, a, 4), 0.11428571428571428);
	assert_close(rank_test_p(a, 2, c, 1), 1);
	assert_close(rank_test_p(a, 2, d, 1), 2.0 / 3);
}

/* Pairs are counted right, ties among them, and p is never smaller than with one way or another of breaking the ties.
 */
static void ties_are_broken_conservatively(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 81);
	for (int round = 0; round < 300; round++) {
		size_t m = 1 + rng_index(&r, 12), n = 1 + rng_index(&r, 12);
		double x[12], y[12], up[12], down[12], mixed[12];
		int64_t above, equal, true_above = 0, true_equal = 0;
		double p;

		for (size_t i = 0; i < 12; i++) {
			x[i] = (double)rng_index(&r, 6);
			y[i] = (double)rng_index(&r, 6);
			up[i] = x[i] + 0.1;
			down[i] = x[i] - 0.1;
			mixed[i] = rng_index(&r, 2) == 0 ? up[i] : down[i];
		}
		for (size_t i = 0; i < m; i++)
			for (size_t j = 0; j < n; j++) {
				true_above += x[i] > y[j];
				true_equal += x[i] == y[j];
			}
		rank_test_pairs(x, m, y, n, &above, &equal);
		assert_true(above == true_above && equal == true_equal);
		p = rank_test_p(x, m, y, n) + 1e-12;
		assert_true(p >= rank_test_p(up, m, y, n) && p >= rank_test_p(down, m, y, n));
		assert_true(p >= rank_test_p(mixed, m, y, n));
	}
}

static const struct asv_result failed = { .failed = true }, skipped = { .value = NAN };

static struct asv_result value(double v)
{
	return (struct asv_result){ .value = v };
}

static struct asv_result with_interval(double v, double low, double high)
{
	return (struct asv_result){ .value = v, .has_stats = true, .ci_low = low, .ci_high = high };
}

static struct asv_comparison compare(struct asv_result before, struct asv_result after, double factor)
{
	struct asv_comparison c;

	asv_compare(&before, &after, factor, true, &c);
	return c;
}

/* asv's own example results with factor 2, and the marks that it prints for them. */
static void the_examples_have_their_marks(void **state)
{
	struct asv_comparison c;

	(void)state;
	assert_int_equal(compare(skipped, failed, 2).mark, '!');
	assert_int_equal(compare(failed, failed, 2).mark, ' ');
	assert_int_equal(compare(skipped, skipped, 2).mark, ' ');
	assert_int_equal(compare(value(0.0004540278911590576), failed, 2).mark, '!');
	assert_int_equal(compare(failed, value(1), 2).mark, '*');
	c = compare(with_interval(1, 0.5, 2.5), with_interval(3, 1.5, 3.5), 2);
	assert_true(c.mark == ' ' && c.insignificant && c.ratio == 3); /* ~3.00 */
	c = compare(with_interval(1, 0.9, 1.1), with_interval(3, 3.1, 3.9), 2);
	assert_true(c.mark == '+' && !c.insignificant && c.ratio == 3);
	c = compare(value(2), value(4), 2); /* exactly the factor is not beyond it */
	assert_true(c.mark == ' ' && !c.insignificant && c.ratio == 2);
	c = compare(value(6.909289360046387e-05), value(1.8321509361267086e-05), 2);
	assert_int_equal(c.mark, '-');
	assert_near(c.ratio, 0.27, 0.005);
	c = compare(value(0.0009337139129638672), value(0.10822079181671143), 2);
	assert_int_equal(c.mark, '+');
	assert_near(c.ratio, 115.90, 0.005);
	assert_int_equal(compare(value(1.186551809310913e-05), value(1.3104991912841798e-05), 2).mark, ' ');
	assert_true(isnan(compare(value(1), failed, 2).ratio) && isnan(compare(value(0), value(1), 2).ratio));
	assert_true(asv_is_worse('+') && asv_is_worse('!') && !asv_is_worse('-') && !asv_is_worse('x'));
}

static void a_changed_benchmark_is_not_compared(void **state)
{
	struct asv_result a = value(1), b = value(3);

	(void)state;
	a.version = "1";
	assert_int_equal(compare(a, b, 2).mark, '+');
	b.version = "1";
	assert_int_equal(compare(a, b, 2).mark, '+');
	b.version = "2";
	assert_int_equal(compare(a, b, 2).mark, 'x');
	b.failed = true;
	assert_int_equal(compare(a, b, 2).mark, 'x');
}

/* Samples are tested where there are enough for p < 0.002, else the intervals are looked at. */
static void samples_are_tested_when_there_are_enough(void **state)
{
	const double low[] = { 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, NAN, 1.6 };
	const double high[] = { 2.0, 2.1, NAN, 2.2, 2.3, 2.4, 2.5, 2.6 };
	struct asv_result a = with_interval(1.25, 0, 9), b = with_interval(2.25, 10, 19);

	(void)state;
	a.samples = low, b.samples = high;
	a.sample_count = b.sample_count = 8; /* 7 without NaN: 2 / C(14, 7) */
	assert_int_equal(compare(a, b, 1.1).mark, '+');
	assert_int_equal(compare(b, a, 1.1).mark, '-');
	a.sample_count = b.sample_count = 7; /* 6: 1 / 924 would do, and 2 / 924 is too much; intervals are not asked */
	assert_true(compare(a, b, 1.1).mark == ' ' && compare(a, b, 1.1).insignificant);
	a.sample_count = 5, b.sample_count = 6; /* 5: 1 / 252 can never do */
	assert_int_equal(compare(a, b, 1.1).mark, '+');
	b.ci_low = 9;
	assert_true(compare(a, b, 1.1).mark == ' ' && compare(a, b, 1.1).insignificant);
	b.samples = NULL;
	b.sample_count = 0;
	b.ci_low = 9.5, b.ci_high = INFINITY;
	assert_int_equal(compare(a, b, 1.1).mark, '+');
	b.ci_low = -INFINITY;
	assert_int_equal(compare(a, b, 1.1).mark, ' ');
}

static void the_test_can_be_left_out(void **state)
{
	struct asv_result a = with_interval(1, 0, 9), b = with_interval(2, 0, 9);
	struct asv_comparison c;

	(void)state;
	assert_int_equal(compare(a, b, 1.1).mark, ' ');
	asv_compare(&a, &b, 1.1, false, &c);
	assert_int_equal(c.mark, '+');
	b.repeat = 1; /* one sample: the factor alone */
	assert_int_equal(compare(a, b, 1.1).mark, '+');
	assert_int_equal(compare(b, a, 1.1).mark, '-');
	b.repeat = 2;
	assert_int_equal(compare(a, b, 1.1).mark, ' ');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u_has_its_published_distribution),
		cmocka_unit_test(many_values_are_tested_by_the_normal_distribution),
		cmocka_unit_test(few_values_are_tested_exactly),
		cmocka_unit_test(ties_are_broken_conservatively),
		cmocka_unit_test(the_examples_have_their_marks),
		cmocka_unit_test(a_changed_benchmark_is_not_compared),
		cmocka_unit_test(samples_are_tested_when_there_are_enough),
		cmocka_unit_test(the_test_can_be_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
