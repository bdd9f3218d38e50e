#include "numbers.h"

#include "analyse/history.h"
#include "analyse/rng.h"

#define MOST_SERIES 60
#define MOST_POINTS 120

static struct history_point points[MOST_SERIES][MOST_POINTS];
static struct history_series series[MOST_SERIES];

static struct history begin(size_t count, enum history_metric metric)
{
	struct history h = { .series = series, .count = count, .arena = arena_new(1000) };

	for (size_t i = 0; i < count; i++)
		series[i] = (struct history_series){ .metric = metric, .points = points[i], .count = MOST_POINTS };
	return h;
}

/* A level with noise of 1 %, from `at` on times `factor`. */
static void fill(size_t number, struct rng *r, size_t at, double factor)
{
	for (size_t i = 0; i < MOST_POINTS; i++)
		points[number][i] = (struct history_point){
			.run = (int64_t)i + 1,
			.value = 0.01 * exp(0.01 * rng_normal(r)) * (i >= at ? factor : 1),
		};
}

static void steps_are_told_apart_from_noise(void **state)
{
	struct history h = begin(MOST_SERIES, HISTORY_TIME);
	struct rng r;
	size_t false_ones = 0;

	(void)state;
	rng_seed(&r, 8);
	for (size_t i = 0; i < MOST_SERIES; i++)
		fill(i, &r, i < 20 ? 30 + i : MOST_POINTS, i % 2 ? 1.08 : 1 / 1.08);
	history_judge(&h, HISTORY_RATE);
	for (size_t i = 0; i < MOST_SERIES; i++) {
		if (i >= 20) {
			false_ones += series[i].change_count;
			continue;
		}
		assert_true(series[i].change_count >= 1);
		assert_true(series[i].changes[0].at + 1 >= 30 + i && series[i].changes[0].at <= 31 + i);
		assert_int_equal(series[i].changes[0].worse, i % 2);
		assert_false(series[i].changes[0].pending);
		assert_true(series[i].changes[0].adjusted_p < 1e-6);
		assert_true(fabs(series[i].changes[0].before - 0.01) < 2e-4);
	}
	assert_true(false_ones <= 2);
	assert_true(h.tests_made >= 80);
	history_free(&h);
}

/* A rate and a count that are better the other way round. */
static void worse_is_as_the_metric_has_it(void **state)
{
	struct history h = begin(2, HISTORY_FAILURES);

	(void)state;
	series[1].metric = HISTORY_PASS_RATE;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < MOST_POINTS; i++)
			points[k][i] = (struct history_point){ .value = i >= 60 };
	history_judge(&h, HISTORY_RATE);
	assert_int_equal(series[0].change_count, 1);
	assert_int_equal(series[0].changes[0].at, 60);
	assert_true(series[0].changes[0].worse);
	assert_false(series[1].changes[0].worse);
	assert_close(history_level(&series[0]), 1);
	history_free(&h);
}

static void the_newest_are_pending_until_confirmed(void **state)
{
	struct rng r;

	(void)state;
	for (size_t newest = 1; newest <= 6; newest++) {
		struct history h = begin(1, HISTORY_TIME);

		rng_seed(&r, 20 + newest);
		fill(0, &r, MOST_POINTS - newest, 1.3);
		history_judge(&h, HISTORY_RATE);
		assert_int_equal(series[0].change_count, 1);
		assert_int_equal(series[0].changes[0].at, MOST_POINTS - newest);
		assert_int_equal(series[0].changes[0].pending, newest < HISTORY_CONFIRM);
		assert_true(fabs(history_level(&series[0]) - 0.01) < 1e-3 || newest >= HISTORY_CONFIRM);
		history_free(&h);
	}
}

/* Nights without a value are passed over, and places are those of the points. */
static void holes_are_passed_over(void **state)
{
	struct history h = begin(1, HISTORY_TIME);
	struct rng r;

	(void)state;
	rng_seed(&r, 10);
	fill(0, &r, 70, 1.2);
	for (size_t i = 0; i < 70; i += 3)
		points[0][i].value = NAN;
	history_judge(&h, HISTORY_RATE);
	assert_int_equal(series[0].change_count, 1);
	assert_int_equal(series[0].changes[0].at, 70);
	for (size_t i = 0; i < MOST_POINTS; i++)
		points[0][i].value = NAN;
	history_judge(&h, HISTORY_RATE);
	assert_int_equal(series[0].change_count, 0);
	assert_true(isnan(history_level(&series[0])));
	history_free(&h);
}

static void verdicts_change_where_they_change(void **state)
{
	struct history h = begin(1, HISTORY_VERDICT);

	(void)state;
	series[0].count = 10;
	for (size_t i = 0; i < 10; i++)
		points[0][i] = (struct history_point){ .value = (i >= 4 && i < 7) || i == 9 };
	history_judge(&h, HISTORY_RATE);
	assert_int_equal(series[0].change_count, 3);
	assert_int_equal(series[0].changes[0].at, 4);
	assert_true(series[0].changes[0].worse && isnan(series[0].changes[0].p));
	assert_false(series[0].changes[1].worse);
	assert_int_equal(series[0].changes[2].at, 9);
	assert_true(series[0].changes[2].pending);
	/* A flaky one has no changes of its own: what it has is noise. */
	series[0].flaky.is_flaky = true;
	history_judge(&h, HISTORY_RATE);
	assert_int_equal(series[0].change_count, 0);
	history_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_told_apart_from_noise),
		cmocka_unit_test(worse_is_as_the_metric_has_it),
		cmocka_unit_test(the_newest_are_pending_until_confirmed),
		cmocka_unit_test(holes_are_passed_over),
		cmocka_unit_test(verdicts_change_where_they_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
