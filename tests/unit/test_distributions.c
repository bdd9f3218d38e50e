#include "numbers.h"

#include "analyse/distributions.h"
#include "analyse/rng.h"

/* Published tables of Student's t, two-sided 5 % and 1 %, and values computed to full precision elsewhere. */
static void t_has_its_published_values(void **state)
{
	static const struct {
		double freedom, at_5, at_1;
	} known[] = {
		{ 1, 12.706204736432095, 63.65674116287399 },	     { 2, 4.302652729911275, 9.92484320091807 },
		{ 3, 3.182446305284263, 5.84090929975643 },	     { 5, 2.5705818366147395, 4.032142983557536 },
		{ 10, 2.2281388519649385, 3.169272667175838 },	     { 19, 2.093024054408263, 2.860934606449914 },
		{ 30, 2.0422724563012373, 2.7499956535670305 },	     { 59, 2.00099537704821, 2.6617587534986837 },
		{ 120, 1.9799304050527766, 2.617421144765004 },	     { 500, 1.9647198374673438, 2.5856978351416706 },
		{ INFINITY, 1.959963984540054, 2.5758293035489004 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		assert_near(dist_t_critical(0.05, known[i].freedom), known[i].at_5, 1e-7);
		assert_near(dist_t_critical(0.01, known[i].freedom), known[i].at_1, 1e-6);
		assert_close(dist_t_quantile(0.975, known[i].freedom), dist_t_critical(0.05, known[i].freedom));
		assert_close(dist_t_quantile(0.005, known[i].freedom), -dist_t_critical(0.01, known[i].freedom));
	}
}

static void t_tails_have_their_values(void **state)
{
	static const struct {
		double t, freedom, p;
	} known[] = {
		{ 0.5, 3, 0.651447964848151 },
		{ 2.0, 5, 0.10193947882985828 },
		{ 2.776, 4, 0.0500227783199764 },
		{ 3.95, 118, 0.00013344915662671548 },
		{ 12.7, 1, 0.05002432768934415 },
		{ 41.5, 118, 3.1083314673864435e-72 },
		{ 0.1529, 118, 0.8787382874433463 },
		{ 6.0, 9.7, 0.00014958052363947774 },
		{ 0, 7, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		assert_close(dist_t_two_sided(known[i].t, known[i].freedom), known[i].p);
		assert_close(dist_t_two_sided(-known[i].t, known[i].freedom), known[i].p);
		assert_close(dist_t_below(-known[i].t, known[i].freedom), known[i].p / 2);
		assert_close(dist_t_below(known[i].t, known[i].freedom), 1 - known[i].p / 2);
	}
	assert_true(dist_t_two_sided(INFINITY, 3) == 0);
}

/* One degree of freedom is Cauchy's distribution, two have a closed form: exact answers, far into the tails. */
static void t_is_exact_in_far_tails(void **state)
{
	(void)state;
	for (double alpha = 0.9; alpha > 1e-60; alpha /= 7) {
		double q = 1 - alpha;

		assert_close(dist_t_critical(alpha, 1), 1 / tan(M_PI_2 * alpha));
		if (alpha > 1e-8)
			assert_near(dist_t_critical(alpha, 2) / (q * sqrt(2 / (1 - q * q))), 1, 1e-7);
	}
}

static void quantiles_undo_tails(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 1);
	for (int i = 0; i < 2000; i++) {
		double p = rng_uniform(&r), alpha = pow(10, -12 * rng_uniform(&r));
		double f1 = 1 + 60 * rng_uniform(&r), f2 = 1 + 60 * rng_uniform(&r);

		assert_close(dist_t_two_sided(dist_t_critical(alpha, f1), f1), alpha);
		assert_near(dist_t_below(dist_t_quantile(p, f1), f1), p, 1e-9);
		assert_near(dist_normal_below(dist_normal_quantile(p)), p, 1e-12);
		assert_near(dist_f_above(dist_f_quantile(p, f1, f2), f1, f2), 1 - p, 1e-6);
		assert_near(dist_chi2_above(dist_chi2_quantile(p, f1), f1), 1 - p, 1e-7);
	}
}

static void the_others_have_their_values(void **state)
{
	(void)state;
	assert_close(dist_normal_quantile(0.975), 1.959963984540054);
	assert_close(dist_normal_quantile(0.9995), 3.2905267314919255);
	assert_near(dist_normal_quantile(0.5), 0, 1e-15);
	assert_near(dist_f_quantile(0.95, 3, 10), 3.708265, 1e-6);
	assert_near(dist_f_quantile(0.99, 1, 5), 16.258177, 1e-6);
	assert_near(dist_f_above(3.708265, 3, 10), 0.05, 1e-7);
	assert_near(dist_chi2_quantile(0.95, 1), 3.841459, 1e-6);
	assert_near(dist_chi2_quantile(0.95, 10), 18.307038, 1e-6);
	assert_near(dist_chi2_above(18.307038, 10), 0.05, 1e-8);
	assert_near(dist_binomial_below(2, 0.5, 10), 56.0 / 1024, 1e-15);
	assert_true(dist_binomial_below(-1, 0.5, 10) == 0 && dist_binomial_below(10, 0.5, 10) == 1);
}

static void what_has_no_answer_is_nan(void **state)
{
	(void)state;
	assert_true(isnan(dist_t_critical(0, 5)) && isnan(dist_t_critical(1.1, 5)) && isnan(dist_t_critical(NAN, 5)));
	assert_true(isnan(dist_t_critical(0.05, 0)) && isnan(dist_t_critical(0.05, NAN)));
	assert_true(isnan(dist_t_quantile(-0.1, 5)) && isnan(dist_t_quantile(0.5, -1)));
	assert_true(isnan(dist_t_below(NAN, 5)) && isnan(dist_t_two_sided(1, 0)));
	assert_true(isnan(dist_normal_quantile(1.5)) && isnan(dist_normal_below(NAN)));
	assert_true(isnan(dist_f_above(1, 0, 1)) && isnan(dist_f_quantile(2, 1, 1)) &&
		    isnan(dist_f_above(1, INFINITY, 1)));
	assert_true(isnan(dist_chi2_above(NAN, 1)) && isnan(dist_chi2_quantile(0.5, 0)));
	assert_true(isnan(dist_binomial_below(1, 1.5, 3)) && isnan(dist_binomial_below(1, 0.5, -1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_has_its_published_values),	cmocka_unit_test(t_tails_have_their_values),
		cmocka_unit_test(t_is_exact_in_far_tails),	cmocka_unit_test(quantiles_undo_tails),
		cmocka_unit_test(the_others_have_their_values), cmocka_unit_test(what_has_no_answer_is_nan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
