#include "numbers.h"

#include "analyse/compare_pyperf.h"

#define VALUES 60

/* Values with exactly this mean and deviation: what a t score depends on. */
static void fill(double *values, double mean, double deviation)
{
	double distance = deviation * sqrt((VALUES - 1.0) / VALUES);

	for (int i = 0; i < VALUES; i++)
		values[i] = i % 2 ? mean + distance : mean - distance;
}

static struct pyperf_comparison compare(const double *base, size_t base_count, const double *changed,
					size_t changed_count, double min_speed)
{
	struct pyperf_comparison c;
	struct err e = ERR_INIT;

	assert_int_equal(pyperf_compare(base, base_count, changed, changed_count, min_speed, &c, &e), 0);
	return c;
}

static void assert_phrase(double ratio, const char *text)
{
	AUTO_STR s = { 0 };

	pyperf_add_phrase(ratio, &s);
	assert_string_equal(s.text, text);
}

/* pyperf's own sample files (60 values each), t scores computed elsewhere, and what its compare_to prints. */
static void real_measurements_have_their_scores(void **state)
{
	static const struct {
		double mean[2], deviation[2], t;
		bool significant;
		const char *phrase;
	} known[] = {
		{ { 2.1270022359187735e-06, 2.0896602343167815e-06 },
		  { 6.300784634658051e-08, 3.719510901933837e-08 },
		  3.9532633048175967,
		  true,
		  "1.02x faster" },
		{ { 2.1270022359187735e-06, 2.1283866813955518e-06 },
		  { 6.300784634658051e-08, 3.077543992520182e-08 },
		  -0.15293124959338944,
		  false,
		  "1.00x slower" },
		{ { 3.704373486357326e-06, 3.1828695536380755e-06 },
		  { 5.056514886103271e-08, 8.316342125485347e-08 },
		  41.50397554373394,
		  true,
		  "1.16x faster" },
		{ { 4.613265927696138e-06, 6.053961814922459e-06 },
		  { 1.346138456014693e-07, 1.1259360699371073e-07 },
		  -63.58947206558088,
		  true,
		  "1.31x slower" },
		{ { 4.704931658731463e-06, 4.224797463470154e-06 },
		  { 1.7841122607856614e-07, 8.019891752223883e-08 },
		  19.013058201438472,
		  true,
		  "1.11x faster" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		double base[VALUES], changed[VALUES];
		struct pyperf_comparison c;

		fill(base, known[i].mean[0], known[i].deviation[0]);
		fill(changed, known[i].mean[1], known[i].deviation[1]);
		c = compare(base, VALUES, changed, VALUES, PYPERF_NO_MINIMUM);
		assert_close(c.t, known[i].t);
		assert_true(c.significant == known[i].significant);
		assert_close(c.base_mean, known[i].mean[0]);
		assert_close(c.ratio, known[i].mean[1] / known[i].mean[0]);
		assert_phrase(c.ratio, known[i].phrase);
	}
}

static void the_table_is_theirs(void **state)
{
	static const struct {
		size_t freedom;
		double t;
	} known[] = {
		{ 0, 0 },	{ 1, 12.706 },	{ 2, 4.303 },	{ 4, 2.776 },	     { 5, 2.571 },  { 10, 2.228 },
		{ 18, 2.101 },	{ 29, 2.045 },	{ 30, 2.042 },	{ 31, 2.042 },	     { 39, 2.042 }, { 40, 2.021 },
		{ 49, 2.021 },	{ 50, 2.009 },	{ 60, 2.000 },	{ 79, 2.000 },	     { 80, 1.990 }, { 99, 1.990 },
		{ 100, 1.984 }, { 199, 1.984 }, { 200, 1.960 }, { SIZE_MAX, 1.960 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(known); i++)
		assert_true(pyperf_critical_t(known[i].freedom) == known[i].t);
}

static void what_it_cannot_test_is_significant_to_it(void **state)
{
	const double three[] = { 1, 2, 3 }, same[] = { 2, 2, 2 }, huge[] = { 1e200, 3e200, 2e200 };
	struct pyperf_comparison c = compare(three, 3, three, 2, PYPERF_NO_MINIMUM);

	(void)state;
	assert_true(c.significant && isnan(c.t));
	c = compare(three, 1, same, 1, PYPERF_NO_MINIMUM);
	assert_true(c.significant && isnan(c.t) && c.ratio == 2);
	c = compare(same, 3, same, 3, PYPERF_NO_MINIMUM);
	assert_true(c.significant && isnan(c.t) && c.ratio == 1);
	c = compare(huge, 3, huge, 3, PYPERF_NO_MINIMUM);
	assert_true(c.significant && isnan(c.t));
	c = compare(three, 3, three, 3, PYPERF_NO_MINIMUM);
	assert_true(!c.significant && c.t == 0);
	c = compare(same, 3, three, 3, PYPERF_NO_MINIMUM); /* one side without variation is enough for a t */
	assert_true(!c.significant && c.t == 0);
}

/* |t| is held against the table with >=. The difference is looked for that gives exactly 2.776, the value for 4 degrees
 * of freedom; the exact one would be 2.7764. */
static void the_limit_itself_is_significant(void **state)
{
	const double base[] = { 1, 2, 3 }, error = 2.0 / 4 / 3;
	double difference = 2.776 * sqrt(error * 2) - 1e-14;

	(void)state;
	while (difference / sqrt(error * 2) < 2.776)
		difference = nextafter(difference, 9);
	for (int beyond = 0; beyond < 2; beyond++) {
		double mean = 2 - (beyond ? difference : difference - 1e-12);
		const double changed[] = { mean, mean, mean };
		struct pyperf_comparison c = compare(base, 3, changed, 3, PYPERF_NO_MINIMUM);

		assert_true(c.significant == beyond);
		assert_true((c.t == 2.776) == beyond);
		assert_true(compare(changed, 3, base, 3, PYPERF_NO_MINIMUM).t == -c.t);
	}
}

static void small_ratios_can_be_left_out(void **state)
{
	double base[VALUES], slower[VALUES];

	(void)state;
	fill(base, 1, 0.001);
	fill(slower, 1.04, 0.001);
	assert_true(compare(base, VALUES, slower, VALUES, 3).significant);
	assert_false(compare(base, VALUES, slower, VALUES, 5).significant);
	assert_true(compare(slower, VALUES, base, VALUES, 3).significant);
	assert_false(compare(slower, VALUES, base, VALUES, 5).significant);
	/* Also what could not be tested. */
	assert_false(compare(base, VALUES, slower, VALUES - 2, 5).significant);
}

static void ratios_are_phrased(void **state)
{
	const double ratios[] = { 0.5, 2, 4 };

	(void)state;
	assert_phrase(1, "no change");
	assert_phrase(0.999999, "1.00x faster");
	assert_phrase(1.000001, "1.00x slower");
	assert_phrase(0.5, "2.00x faster");
	assert_phrase(12.345, "12.35x slower");
	assert_close(pyperf_geometric_mean(ratios, 3), cbrt(4));
	assert_true(isnan(pyperf_geometric_mean(ratios, 0)));
}

static void bad_values_are_refused(void **state)
{
	const double good[] = { 1, 2 }, zero[] = { 1, 0 };
	struct pyperf_comparison c;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(pyperf_compare(good, 2, zero, 2, 0, &c, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(strncmp(e.text, "changed: value 2 is 0", 21), 0);
	assert_int_equal(pyperf_compare(good, 0, good, 2, 0, &c, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_measurements_have_their_scores),
		cmocka_unit_test(the_table_is_theirs),
		cmocka_unit_test(what_it_cannot_test_is_significant_to_it),
		cmocka_unit_test(the_limit_itself_is_significant),
		cmocka_unit_test(small_ratios_can_be_left_out),
		cmocka_unit_test(ratios_are_phrased),
		cmocka_unit_test(bad_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
