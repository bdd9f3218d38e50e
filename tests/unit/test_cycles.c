#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/pulses.h"
#include "base/mem.h"
#include "draws.h"

#define MOST 1000

static void fill_noise(struct rng *r, double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = rng_normal(r);
}

static void whole_and_broken_periods_are_found(void **state)
{
	static const double periods[] = { 2, 3, 4.4, 7, 9.7, 12, 20 };
	struct rng r = draws_from(1);
	double values[MOST];

	(void)state;
	for (size_t p = 0; p < COUNT_OF(periods); p++) {
		struct cycle c;

		fill_noise(&r, values, 400);
		for (size_t i = 0; i < 400; i++)
			values[i] += 2 * cos(2 * M_PI * (double)i / periods[p]);
		c = cycles_find(values, 400, 4.5);
		assert_true(fabs(c.period / periods[p] - 1) < 0.05);
		if (periods[p] > 4) /* a whole turn is seen */
			assert_true(c.swing > 3 && c.swing < 7);
	}
}

static void a_pulse_in_each_period_is_found(void **state)
{
	static const double periods[] = { 3.3, 5, 11.5, 17, 60 };
	struct rng r = draws_from(2);
	double values[MOST];

	(void)state;
	for (size_t p = 0; p < COUNT_OF(periods); p++) {
		double left = periods[p];
		struct cycle c;

		fill_noise(&r, values, MOST);
		for (size_t i = 0; i < MOST; i++)
			if (--left < 0) {
				left += periods[p];
				values[i] += 12;
			}
		values[100] = values[333] = values[608] = 50; /* spikes between them */
		c = pulses_find(values, MOST, 4.5);
		assert_true(fabs(c.period / periods[p] - 1) < 0.05);
		assert_true(c.swing > 10);
	}
}

static void random_series(struct rng *r, int number, double *values, size_t count)
{
	double kept = 0, memory = 0.1 * (number % 4);

	for (size_t i = 0; i < count; i++) {
		kept = memory * kept + rng_normal(r);
		values[i] = kept + (rng_index(r, 40) == 0 ? draw_between(r, 5, 100) : 0);
	}
}

static void noise_and_spikes_at_random_are_no_cycle(void **state)
{
	struct rng r = draws_from(3);
	size_t cycles = 0, pulses = 0;

	(void)state;
	for (int number = 0; number < 200; number++) {
		double values[MOST];
		size_t count = 50 + rng_index(&r, 300);

		random_series(&r, number, values, count);
		pulses += pulses_find(values, count, 4.5).period > 0;
		for (size_t i = 0; i < count; i++)
			values[i] = fmin(values[i], 4);
		cycles += cycles_find(values, count, 4.5).period > 0;
	}
	assert_true(cycles <= 2);
	assert_true(pulses <= 2);
}

static void a_walk_and_a_lone_gap_are_no_cycle(void **state)
{
	struct rng r = draws_from(4);
	double values[MOST];

	(void)state;
	fill_noise(&r, values, MOST);
	for (size_t i = 1; i < MOST; i++)
		values[i] += values[i - 1];
	assert_true(cycles_find(values, MOST, 4.5).period <= 0);
	/* Slow iterations crowd at the start, then one comes late. */
	fill_noise(&r, values, MOST);
	for (size_t i = 0; i < 60; i += 1 + rng_index(&r, 5))
		values[i] += 20;
	values[900] += 20;
	assert_true(pulses_find(values, MOST, 4.5).period <= 0);
}

static void nothing_repeats_in_constant_and_short_series(void **state)
{
	double values[100] = { 0 };

	(void)state;
	assert_true(cycles_find(values, 100, 4.5).period <= 0);
	assert_true(pulses_find(values, 100, 4.5).period <= 0);
	for (size_t i = 0; i < 100; i++)
		values[i] = (double)(i % 2);
	for (size_t count = 0; count < 14; count++) {
		assert_true(cycles_find(values, count, 4.5).period <= 0);
		assert_true(pulses_find(values, count, 4.5).period <= 0);
	}
	assert_true(cycles_find(values, 100, 4.5).period == 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_and_broken_periods_are_found),
		cmocka_unit_test(a_pulse_in_each_period_is_found),
		cmocka_unit_test(noise_and_spikes_at_random_are_no_cycle),
		cmocka_unit_test(a_walk_and_a_lone_gap_are_no_cycle),
		cmocka_unit_test(nothing_repeats_in_constant_and_short_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
