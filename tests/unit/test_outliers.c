#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyse/order.h"
#include "analyse/outliers.h"
#include "base/mem.h"
#include "draws.h"
#include "numbers.h"

#define MOST 400

/* The rule as the header states it, window by window. */
static void plain_bands(const double *values, size_t count, const struct outlier_rule *rule, double *middle,
			double *reach)
{
	size_t window = rule->window < count ? rule->window : count;

	for (size_t i = 0; i < count; i++) {
		size_t start = i > window / 2 ? i - window / 2 : 0, tail = (size_t)((double)(window - 1) * rule->tail);
		double sorted[MOST];

		if (start + window > count)
			start = count - window;
		memcpy(sorted, &values[start], window * sizeof(sorted[0]));
		qsort(sorted, window, sizeof(sorted[0]), order_compare);
		middle[i] = sorted[(window - 1) / 2];
		reach[i] = rule->reach * (sorted[window - 1 - tail] - sorted[tail]);
	}
}

static void windows_are_those_of_sorted_values(void **state)
{
	struct rng r = draws_from(1);

	(void)state;
	for (int number = 0; number < 200; number++) {
		struct outlier_rule rule = { 1 + rng_index(&r, 60), 0.1, 2, MOST };
		double values[MOST], middle[MOST], reach[MOST], rests[MOST];
		size_t count = 1 + rng_index(&r, MOST - 1);
		bool spikes[MOST];

		for (size_t i = 0; i < count; i++)
			values[i] = rng_normal(&r) * (rng_index(&r, 30) == 0 ? 20 : 1);
		plain_bands(values, count, &rule, middle, reach);
		outliers_find(values, count, &rule, spikes);
		outliers_rest(values, count, &rule, rests);
		for (size_t i = 0; i < count; i++) {
			double away = values[i] - middle[i];

			if (reach[i] <= 0) /* stands for the smallest difference nearby */
				continue;
			assert_int_equal(spikes[i], fabs(away) > reach[i]);
			assert_near(rests[i], fmax(-reach[i], fmin(reach[i], away)), 1e-12);
		}
	}
}

static void spikes_are_found_and_steps_are_none(void **state)
{
	struct rng r = draws_from(2);
	double values[300];
	bool spikes[300];

	(void)state;
	for (size_t i = 0; i < 300; i++)
		values[i] = (i < 25 ? 5 : i < 150 ? 2 : 1) + 0.01 * rng_normal(&r);
	assert_int_equal(outliers_find(values, 300, &outlier_defaults, spikes), 0);
	values[80] *= 2;
	values[220] *= 3;
	values[221] *= 3;
	values[299] /= 2;
	assert_int_equal(outliers_find(values, 300, &outlier_defaults, spikes), 4);
	assert_true(spikes[80] && spikes[220] && spikes[221] && spikes[299]);
}

static void a_long_run_is_a_phase(void **state)
{
	double values[200];
	bool spikes[200];

	(void)state;
	for (size_t i = 0; i < 200; i++)
		values[i] = 1 + 0.01 * (double)(i % 7) + (i >= 100 && i < 105);
	assert_int_equal(outliers_find(values, 200, &outlier_defaults, spikes), 0);
	values[104] = 1;
	assert_int_equal(outliers_find(values, 200, &outlier_defaults, spikes), 4);
}

static void ties_and_short_series_are_no_trouble(void **state)
{
	double values[100];
	bool spikes[100];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		values[i] = 7;
	assert_int_equal(outliers_find(values, 100, &outlier_defaults, spikes), 0);
	values[50] = 8; /* one tick of a coarse clock */
	assert_int_equal(outliers_find(values, 100, &outlier_defaults, spikes), 0);
	values[60] = 12;
	assert_int_equal(outliers_find(values, 100, &outlier_defaults, spikes), 1);
	assert_true(spikes[60]);
	assert_int_equal(outliers_find(values, 0, &outlier_defaults, spikes), 0);
	for (size_t count = 1; count < 5; count++)
		assert_int_equal(outliers_find(values, count, &outlier_defaults, spikes), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_are_those_of_sorted_values),
		cmocka_unit_test(spikes_are_found_and_steps_are_none),
		cmocka_unit_test(a_long_run_is_a_phase),
		cmocka_unit_test(ties_and_short_series_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
