#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyse/changepoints.h"
#include "analyse/order.h"
#include "base/mem.h"
#include "draws.h"
#include "numbers.h"

#define SMALL 120

/* A series with jumps of level and noise now and then; every fifth on a coarse grid. */
static size_t draw_series(struct rng *r, int number, double *out)
{
	size_t count = 1 + rng_index(r, SMALL - 1);
	double level = 0, noise = 1;

	for (size_t i = 0; i < count; i++) {
		if (rng_index(r, 20) == 0)
			level = 4 * rng_normal(r);
		if (rng_index(r, 20) == 0)
			noise = exp(rng_normal(r));
		out[i] = level + noise * rng_normal(r);
		if (number % 5 == 0)
			out[i] = floor(out[i]);
	}
	return count;
}

/* The cost as the header states it, without any sums kept; the floor is 1. */
static double plain_cost(const double *z, size_t from, size_t to)
{
	double mean = 0, squares = 0, m = (double)(to - from), variance;

	for (size_t i = from; i < to; i++)
		mean += z[i] / m;
	for (size_t i = from; i < to; i++)
		squares += (z[i] - mean) * (z[i] - mean);
	variance = fmax(squares / m, 1);
	return m * log(variance) + squares / variance;
}

static double plain_total(const double *z, size_t count, const size_t *starts, size_t changes, double penalty)
{
	double total = penalty * (double)changes;

	for (size_t i = 0; i <= changes; i++)
		total += plain_cost(z, i > 0 ? starts[i - 1] : 0, i < changes ? starts[i] : count);
	return total;
}

/* The smallest total, by trying every last segment for every end. */
static double plain_best(const double *z, size_t count, size_t min_length, double penalty)
{
	double best[SMALL + 1] = { -penalty };

	for (size_t to = 1; to <= count; to++) {
		best[to] = INFINITY;
		for (size_t from = 0; from + min_length <= to; from++)
			if (from == 0 || from >= min_length)
				best[to] = fmin(best[to], best[from] + plain_cost(z, from, to) + penalty);
	}
	return best[count];
}

static void the_cut_is_the_cheapest_of_all(void **state)
{
	struct rng r = draws_from(1);
	size_t with_changes = 0;

	(void)state;
	for (int number = 0; number < 600; number++) {
		struct changepoint_rule rule = { 1 + number % 3, 1 + rng_index(&r, 4) };
		double z[SMALL], floor, penalty;
		size_t count = draw_series(&r, number, z), changes;
		AUTO_FREE size_t *starts = NULL;

		changes = changepoints_find(z, count, &rule, &starts);
		floor = changepoints_floor(z, count);
		if (count < 2 * rule.min_length || floor <= 0) {
			assert_int_equal(changes, 0);
			continue;
		}
		for (size_t i = 0; i <= changes; i++)
			assert_true((i < changes ? starts[i] : count) - (i > 0 ? starts[i - 1] : 0) >= rule.min_length);
		for (size_t i = 0; i < count; i++)
			z[i] /= floor;
		penalty = rule.penalty * log((double)count);
		assert_near(plain_total(z, count, starts, changes, penalty),
			    plain_best(z, count, rule.min_length, penalty), 1e-3);
		with_changes += changes > 0;
	}
	assert_true(with_changes > 200);
}

static void assert_changes(const double *values, size_t count, const size_t *wanted, size_t wanted_count)
{
	AUTO_FREE size_t *starts = NULL;

	assert_int_equal(changepoints_find(values, count, &changepoint_defaults, &starts), wanted_count);
	for (size_t i = 0; i < wanted_count; i++)
		assert_int_equal(starts[i], wanted[i]);
}

static void scale_and_place_do_not_matter(void **state)
{
	static const double scales[] = { 1e-9, 1e-3, 3, 1e9 };
	struct rng r = draws_from(2);

	(void)state;
	for (int number = 0; number < 200; number++) {
		double z[SMALL], scaled[SMALL];
		size_t count = draw_series(&r, number, z), changes;
		AUTO_FREE size_t *starts = NULL;

		changes = changepoints_find(z, count, &changepoint_defaults, &starts);
		for (size_t s = 0; s < COUNT_OF(scales); s++) {
			for (size_t i = 0; i < count; i++)
				scaled[i] = (z[i] + 1000) * scales[s];
			assert_changes(scaled, count, starts, changes);
		}
	}
}

static void short_and_constant_series_have_no_change(void **state)
{
	double values[50] = { 1, 9, 1 };

	(void)state;
	assert_changes(values, 0, NULL, 0);
	assert_changes(values, 1, NULL, 0);
	assert_changes(values, 3, NULL, 0);
	for (size_t i = 0; i < 50; i++)
		values[i] = 0.1;
	assert_changes(values, 50, NULL, 0);
	for (size_t i = 0; i < 50; i++)
		values[i] = 1e-300;
	assert_changes(values, 50, NULL, 0);
}

static void a_step_without_noise_is_found(void **state)
{
	static const size_t places[] = { 7, 30 };
	double values[40];

	(void)state;
	for (size_t i = 0; i < 40; i++)
		values[i] = i < 7 ? 5 : i < 30 ? 1 : 1.5;
	assert_changes(values, 40, places, 2);
}

/* Where a coarse clock makes most values equal, stretches of equal ones are no phases of their own. */
static void ties_are_no_phases(void **state)
{
	struct rng r = draws_from(3);
	double values[1000];

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		values[i] = 100 + (rng_index(&r, 10) == 0);
	assert_changes(values, 1000, NULL, 0);
	for (size_t i = 0; i < 1000; i++)
		values[i] = 100 + rint(rng_normal(&r) * 0.7);
	assert_changes(values, 1000, NULL, 0);
}

static size_t distance_to_nearest(size_t place, const size_t *starts, size_t count)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < count; i++) {
		size_t away = place > starts[i] ? place - starts[i] : starts[i] - place;

		best = away < best ? away : best;
	}
	return best;
}

static void changes_of_a_long_series_are_found(void **state)
{
	enum {
		COUNT = 10000,
		EACH = 250
	};
	AUTO_FREE double *values = mem_new(COUNT, sizeof(*values));
	AUTO_FREE size_t *starts = NULL;
	struct rng r = draws_from(4);
	size_t changes, near = 0;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		values[i] = 3.0 * (double)(i / EACH % 2) + rng_normal(&r);
	changes = changepoints_find(values, COUNT, &changepoint_defaults, &starts);
	assert_int_equal(changes, COUNT / EACH - 1);
	for (size_t place = EACH; place < COUNT; place += EACH)
		near += distance_to_nearest(place, starts, changes) <= 2;
	assert_true(near >= 37);
}

static void noise_alone_has_no_change(void **state)
{
	enum {
		COUNT = 2000
	};
	AUTO_FREE double *values = mem_new(COUNT, sizeof(*values));
	struct rng r = draws_from(5);
	size_t with_changes = 0;

	(void)state;
	for (int number = 0; number < 50; number++) {
		double kept = 0;
		AUTO_FREE size_t *starts = NULL;

		for (size_t i = 0; i < COUNT; i++)
			values[i] = kept = 0.3 * kept + rng_normal(&r);
		with_changes += changepoints_find(values, COUNT, &changepoint_defaults, &starts) > 0;
	}
	assert_true(with_changes <= 2);
}

static void a_change_of_variance_is_one(void **state)
{
	struct rng r = draws_from(6);
	AUTO_FREE size_t *starts = NULL;
	double values[400];

	(void)state;
	for (size_t i = 0; i < 400; i++)
		values[i] = (i < 150 ? 4 : 1) * rng_normal(&r);
	assert_int_equal(changepoints_find(values, 400, &changepoint_defaults, &starts), 1);
	assert_in_range(starts[0], 135, 165);
}

static void order_statistics_are_those_of_sorted_values(void **state)
{
	struct rng r = draws_from(7);

	(void)state;
	for (int number = 0; number < 500; number++) {
		double values[60], sorted[60], copy[60];
		size_t count = 1 + rng_index(&r, 59), rank = rng_index(&r, count);

		for (size_t i = 0; i < count; i++)
			sorted[i] = values[i] = floor(rng_normal(&r) * (number % 2 ? 2 : 100));
		qsort(sorted, count, sizeof(sorted[0]), order_compare);
		memcpy(copy, values, sizeof(copy));
		assert_true(order_select(copy, count, rank) == sorted[rank]);
		assert_true(order_median_of(values, count) == (sorted[count / 2] + sorted[(count - 1) / 2]) / 2);
	}
	assert_true(order_spread_about((double[]){ 1, 2, 3, 4, 100 }, 5, 3) == 1.4826);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cut_is_the_cheapest_of_all),
		cmocka_unit_test(scale_and_place_do_not_matter),
		cmocka_unit_test(short_and_constant_series_have_no_change),
		cmocka_unit_test(a_step_without_noise_is_found),
		cmocka_unit_test(ties_are_no_phases),
		cmocka_unit_test(changes_of_a_long_series_are_found),
		cmocka_unit_test(noise_alone_has_no_change),
		cmocka_unit_test(a_change_of_variance_is_one),
		cmocka_unit_test(order_statistics_are_those_of_sorted_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
