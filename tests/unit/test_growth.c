#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyse/growth.h"
#include "analyse/slope.h"
#include "base/mem.h"
#include "draws.h"
#include "numbers.h"

#define MOST	   1000
#define PROCESSES  20
#define SIMULATED  100
#define PAGE_BYTES 4096

static void the_slope_is_the_median_of_those_of_pairs(void **state)
{
	const double x[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	double y[10];
	struct slope s;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		y[i] = 3 + 2 * x[i];
	y[4] = 1000; /* far off, and of no weight */
	s = slope_find(x, y, 10);
	assert_true(s.value == 2);
	assert_true(s.low <= 2 && s.high >= 2);
	s = slope_find((double[]){ 0, 1, 3 }, (double[]){ 0, 3, 5 }, 3); /* pairs: 1, 5/3, 3 */
	assert_near(s.value, 5.0 / 3, 1e-12);
	assert_true(s.low == 1 && s.high == 3);
}

/* The interval covers the true slope about as often as it should, of independent and of correlated noise. */
static void the_interval_of_the_slope_is_honest(void **state)
{
	static const double memories[] = { 0, 0.5 };
	struct rng r = draws_from(1);

	(void)state;
	for (size_t m = 0; m < COUNT_OF(memories); m++) {
		size_t covered = 0;

		for (int number = 0; number < 400; number++) {
			double x[40], y[40], kept = 0;
			struct slope s;

			for (size_t i = 0; i < 40; i++) {
				kept = memories[m] * kept + rng_normal(&r);
				x[i] = (double)i;
				y[i] = 0.05 * x[i] + kept;
			}
			s = slope_find(x, y, 40);
			covered += s.low <= 0.05 && s.high >= 0.05;
		}
		assert_in_range(covered, m == 0 ? 368 : 340, 396);
	}
}

enum shape {
	EVEN,
	WANDERING,
	STEP_AT_START,
	PLATEAU,
	ONE_LATE_STEP,
	SHRINKING,
	LEAK,
	LEAK_AFTER_START,
	LEAK_IN_STEPS,
	LEAK_UNDER_CYCLES,
	SLOW_PLATEAU,
};

struct drawn {
	double at[PROCESSES][MOST], bytes[PROCESSES][MOST];
	struct growth_series series[PROCESSES];
	size_t count;
};

/* Memory relative to the level at a share t of the time. */
static double shape_at(enum shape shape, double t, double size, double place)
{
	switch (shape) {
	case STEP_AT_START:
		return t > place * 0.4 ? 0.5 : 0;
	case PLATEAU:
		return 0.8 * (1 - exp(-t / (0.02 + 0.1 * place)));
	case ONE_LATE_STEP:
		return t > 0.5 + 0.45 * place ? 0.1 : 0;
	case SHRINKING:
		return -0.3 * t;
	case LEAK:
		return size * t;
	case LEAK_AFTER_START:
		return size * t + 0.5 * (1 - exp(-t / (0.02 + 0.1 * place)));
	case LEAK_IN_STEPS:
		return size * floor(t * 30) / 30;
	case LEAK_UNDER_CYCLES:
		return size * t + 0.01 * fmod(t * 20 + place, 1);
	case SLOW_PLATEAU:
		return 0.8 * (1 - exp(-t / (0.3 + 0.2 * place)));
	default:
		return 0;
	}
}

/* Processes of 30 to 1000 samples, 10 MB to 1 GB, noise of 0.01 to 0.5 %, leaks of 5 to 100 % of the level. */
static void draw(struct drawn *d, enum shape shape, struct rng *r)
{
	size_t samples = (size_t)draw_scale(r, 30, MOST);
	double level = draw_scale(r, 1e7, 1e9), noise = draw_scale(r, 1e-4, 5e-3);
	double size = draw_scale(r, 0.05, 1), place = draw_between(r, 0, 1);

	d->count = (const size_t[]){ 1, 3, 10, PROCESSES }[rng_index(r, 4)];
	for (size_t p = 0; p < d->count; p++) {
		double own = size * draw_between(r, 0.8, 1.2), kept = 0;

		for (size_t i = 0; i < samples; i++) {
			double t = (double)i / (double)samples;

			kept = shape == WANDERING ? 0.8 * kept + 0.6 * rng_normal(r) : rng_normal(r);
			d->at[p][i] = 60 * t;
			d->bytes[p][i] = level * (1 + shape_at(shape, t, own, place) + noise * kept);
			d->bytes[p][i] = rint(d->bytes[p][i] / PAGE_BYTES) * PAGE_BYTES;
		}
		d->series[p] = (struct growth_series){ d->at[p], d->bytes[p], samples };
	}
}

/* At least so many per cent get the verdict, and at most so many the opposite one. */
static void assert_verdicts(enum shape shape, enum growth_verdict verdict, size_t least, size_t most_opposite)
{
	static struct drawn d;
	struct rng r = draws_from(100 + shape);
	size_t counts[GROWTH_VERDICT_COUNT] = { 0 };

	for (int number = 0; number < SIMULATED; number++) {
		struct growth g;

		draw(&d, shape, &r);
		assert_int_equal(growth_judge(d.series, d.count, &growth_defaults, &g, NULL), 0);
		assert_int_equal(g.processes, d.count);
		counts[g.verdict]++;
	}
	assert_true(counts[verdict] * 100 >= least * SIMULATED);
	assert_true(counts[verdict == GROWTH_YES ? GROWTH_NO : GROWTH_YES] * 100 <= most_opposite * SIMULATED);
}

static void memory_that_does_not_grow_is_no_leak(void **state)
{
	(void)state;
	assert_verdicts(EVEN, GROWTH_NO, 93, 0);
	assert_verdicts(WANDERING, GROWTH_NO, 93, 0);
	assert_verdicts(SHRINKING, GROWTH_NO, 93, 0);
}

static void a_start_up_is_no_leak(void **state)
{
	(void)state;
	assert_verdicts(STEP_AT_START, GROWTH_NO, 95, 0);
	assert_verdicts(PLATEAU, GROWTH_NO, 95, 0);
	assert_verdicts(SLOW_PLATEAU, GROWTH_UNDECIDED, 95, 0);
	assert_verdicts(ONE_LATE_STEP, GROWTH_UNDECIDED, 40, 0);
}

static void growth_that_goes_on_is_a_leak(void **state)
{
	(void)state;
	assert_verdicts(LEAK, GROWTH_YES, 95, 0);
	assert_verdicts(LEAK_AFTER_START, GROWTH_YES, 95, 0);
	assert_verdicts(LEAK_IN_STEPS, GROWTH_YES, 95, 0);
	assert_verdicts(LEAK_UNDER_CYCLES, GROWTH_YES, 95, 0);
}

/* 100 MB and 1 MB per second over 100 s; the last half has a level of 175 MB. */
static void figures_are_those_of_the_judged_part(void **state)
{
	double at[101], bytes[101];
	struct growth_series series = { at, bytes, 101 };
	struct growth g;

	(void)state;
	for (size_t i = 0; i <= 100; i++) {
		at[i] = (double)i;
		bytes[i] = 100e6 + 1e6 * (double)i;
	}
	assert_int_equal(growth_judge(&series, 1, &growth_defaults, &g, NULL), 0);
	assert_int_equal(g.verdict, GROWTH_YES);
	assert_null(g.why);
	assert_near(g.slope, 1e6, 1);
	assert_near(g.level_bytes, 175e6, 1);
	assert_near(g.growth, 50.0 / 175, 1e-9);
	assert_true(g.slope_low <= g.slope && g.slope <= g.slope_high);
}

/* The 95 % interval of the median of six values is from the smallest to the largest. */
static void processes_make_one_interval(void **state)
{
	static double at[20], bytes[8][20];
	struct growth_series series[8];
	struct growth g;

	(void)state;
	for (size_t p = 0; p < 8; p++) {
		for (size_t i = 0; i < 20; i++) {
			at[i] = (double)i;
			bytes[p][i] = 1e6 + 1e3 * (double)(p * i);
		}
		series[p] = (struct growth_series){ at, bytes[p], 20 };
	}
	assert_int_equal(growth_judge(series, 6, &growth_defaults, &g, NULL), 0);
	assert_near(g.slope, 2500, 1e-6);
	assert_near(g.slope_low, 0, 1e-6);
	assert_near(g.slope_high, 5000, 1e-6);
	assert_int_equal(growth_judge(series, 8, &growth_defaults, &g, NULL), 0); /* 1/256 · 2 < 5 %, 9/256 · 2 > 5 % */
	assert_near(g.slope_high, 7000, 1e-6);
}

/* So many that the exact chances are no numbers any more: the interval closes in on the median. */
static void very_many_processes_make_a_narrow_interval(void **state)
{
	enum {
		MANY = 3000
	};
	AUTO_FREE struct growth_series *series = mem_new(MANY, sizeof(*series));
	static double at[20], bytes[3][20];
	struct growth g;

	(void)state;
	for (size_t i = 0; i < 20; i++)
		for (size_t p = 0; p < 3; p++) {
			at[i] = (double)i;
			bytes[p][i] = 1e6 + 1e3 * (double)((p + 1) * i);
		}
	for (size_t p = 0; p < MANY; p++)
		series[p] = (struct growth_series){ at, bytes[p % 3], 20 };
	assert_int_equal(growth_judge(series, MANY, &growth_defaults, &g, NULL), 0);
	assert_near(g.slope_low, 2000, 1e-6);
	assert_near(g.slope_high, 2000, 1e-6);
}

static void few_samples_are_undecided_and_bad_ones_an_error(void **state)
{
	double at[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, bytes[10];
	struct growth_series series = { at, bytes, 10 };
	struct err e = ERR_INIT;
	struct growth g;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		bytes[i] = 1e6;
	assert_int_equal(growth_judge(&series, 1, &growth_defaults, &g, &e), 0);
	assert_int_equal(g.verdict, GROWTH_UNDECIDED);
	assert_int_equal(g.processes, 0);
	assert_true(isnan(g.slope));
	assert_int_equal(growth_judge(NULL, 0, &growth_defaults, &g, &e), 0);
	assert_int_equal(g.verdict, GROWTH_UNDECIDED);
	bytes[3] = -1;
	assert_int_equal(growth_judge(&series, 1, &growth_defaults, &g, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	bytes[3] = 1e6;
	at[5] = 0;
	assert_int_equal(growth_judge(&series, 1, &growth_defaults, &g, &e), -1);
	assert_non_null(strstr(e.text, "sample 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slope_is_the_median_of_those_of_pairs),
		cmocka_unit_test(the_interval_of_the_slope_is_honest),
		cmocka_unit_test(memory_that_does_not_grow_is_no_leak),
		cmocka_unit_test(a_start_up_is_no_leak),
		cmocka_unit_test(growth_that_goes_on_is_a_leak),
		cmocka_unit_test(figures_are_those_of_the_judged_part),
		cmocka_unit_test(processes_make_one_interval),
		cmocka_unit_test(very_many_processes_make_a_narrow_interval),
		cmocka_unit_test(few_samples_are_undecided_and_bad_ones_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
