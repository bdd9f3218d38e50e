#include "numbers.h"

#include "analyse/control.h"
#include "analyse/distributions.h"

static struct ratio halves_like(double log_value, double log_error, size_t processes)
{
	double freedom = 2 * (double)processes - 2;

	return (struct ratio){
		exp(log_value), log_value, log_error, freedom, log_error, log_error, processes, processes
	};
}

static void halves_that_agree_pass(void **state)
{
	struct ratio halves[7];
	struct control c;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		halves[i] = halves_like(0.001 * ((double)i - 2), 0.004, 5); /* -0.002 .. 0.004 */
	control_judge(halves, 7, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_PASSED);
	assert_true(c.checked == 7 && c.benchmarks == 7);
	assert_int_equal(c.worst, 6);
	assert_close(c.adjusted_p, 1);
	assert_int_equal(c.largest_of, 6);
	assert_close(c.largest, exp(0.004) - 1);
	assert_true(c.largest_interval.low == 0);
	assert_close(c.largest_interval.high, exp(0.004 + dist_t_critical(0.05 / 7, 8) * 0.004) - 1);
	/* |ln| are 0, 1, 1, 2, 2, 3, 4 thousandths. */
	assert_close(c.typical, exp(0.002) - 1);
	assert_near(c.typical_interval.low, 0, 1e-15);
	assert_close(c.typical_interval.high, exp(0.004) - 1);
	assert_close(c.detectable, exp((dist_t_critical(0.05 / 7, 8) + dist_t_quantile(0.8, 8)) * 0.004) - 1);
	assert_string_equal(control_word(c.state), "passed");
}

static void halves_that_differ_fail(void **state)
{
	struct ratio halves[] = { halves_like(0.001, 0.004, 5), halves_like(-0.04, 0.004, 5),
				  halves_like(0.1, 0.1, 5) };
	struct control c;

	(void)state;
	control_judge(halves, 3, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_FAILED);
	assert_int_equal(c.worst, 1);
	assert_close(c.adjusted_p, 3 * ratio_p(&halves[1]));
	assert_int_equal(c.largest_of, 2);
	assert_close(c.largest, exp(0.1) - 1);
	assert_false(interval_known(c.typical_interval));
	assert_string_equal(control_word(c.state), "failed");
	/* The difference that fails is the largest: its interval does not reach down to 0, on whichever side of 1 it
	 * is. */
	control_judge(halves, 2, 0.05, 0.8, &c);
	assert_close(c.largest, exp(0.04) - 1);
	assert_close(c.largest_interval.low, exp(0.04 - dist_t_critical(0.025, 8) * 0.004) - 1);
	assert_close(c.largest_interval.high, exp(0.04 + dist_t_critical(0.025, 8) * 0.004) - 1);
}

static void too_little_data_is_no_pass(void **state)
{
	struct ratio halves[] = { halves_like(0.3, 0.001, 2), ratio_none(), halves_like(0, NAN, 1),
				  halves_like(0.001, 0.01, 3) };
	struct control c;

	(void)state;
	control_judge(halves, 3, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_TOO_LITTLE);
	assert_true(c.checked == 0 && c.benchmarks == 3 && c.worst == CONTROL_NONE && c.largest_of == CONTROL_NONE);
	assert_true(isnan(c.adjusted_p) && isnan(c.largest) && isnan(c.typical) && isnan(c.detectable));
	assert_false(interval_known(c.largest_interval));
	control_judge(halves, 4, 0.05, 0.8, &c); /* one of four */
	assert_int_equal(c.state, CONTROL_TOO_LITTLE);
	assert_true(c.checked == 1 && c.largest_of == 3);
	control_judge(halves + 2, 2, 0.05, 0.8, &c); /* one of two */
	assert_int_equal(c.state, CONTROL_PASSED);
	halves[3].base_count = CONTROL_LEAST_PROCESSES - 1; /* the smaller half counts */
	control_judge(halves + 2, 2, 0.05, 0.8, &c);
	assert_int_equal(c.checked, 0);
	control_judge(NULL, 0, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_TOO_LITTLE);
	assert_string_equal(control_word(CONTROL_TOO_LITTLE), "too little data");
}

/* Counts of instructions: the halves are equal to the last digit, or differ for certain. */
static void halves_without_variation_are_judged(void **state)
{
	struct ratio halves[] = { halves_like(0, 0, 5), halves_like(0, 0, 5), halves_like(0.5, 0, 5) };
	struct control c;

	(void)state;
	control_judge(halves, 2, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_PASSED);
	assert_true(c.largest == 0 && c.largest_interval.high == 0 && c.detectable == 0);
	control_judge(halves, 3, 0.05, 0.8, &c);
	assert_int_equal(c.state, CONTROL_FAILED);
	assert_int_equal(c.worst, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(halves_that_agree_pass),
		cmocka_unit_test(halves_that_differ_fail),
		cmocka_unit_test(too_little_data_is_no_pass),
		cmocka_unit_test(halves_without_variation_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
