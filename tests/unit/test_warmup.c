#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyse/warmup.h"
#include "base/mem.h"
#include "base/str.h"
#include "draws.h"
#include "numbers.h"

#define COUNT 200

/* Noise of one per cent about 1, the same each time. */
static void fill(double *values, size_t count)
{
	struct rng r = draws_from(11);

	for (size_t i = 0; i < count; i++)
		values[i] = 1 + 0.01 * rng_normal(&r);
}

static void multiply(double *values, size_t from, size_t to, double by)
{
	for (size_t i = from; i < to; i++)
		values[i] *= by;
}

static struct warmup_process judged(const double *values, size_t count)
{
	struct warmup_process p;
	struct err e = ERR_INIT;

	assert_int_equal(warmup_judge(values, count, 1, &warmup_defaults, &p, &e), 0);
	return p;
}

static void a_flat_process_is_steady_from_the_start(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_FLAT);
	assert_null(p.why);
	assert_int_equal(p.steady_start, 0);
	assert_true(p.steady_after_s == 0 && p.before == 1);
	assert_true(fabs(p.mean - 1) < 0.002);
	assert_true(p.mean_error > 0.0004 && p.mean_error < 0.0015);
	assert_int_equal(p.phases.count, 1);
	assert_int_equal(p.phases.items[0].end, COUNT);
	warmup_free(&p);
}

static void what_comes_before_the_steady_state_is_counted(void **state)
{
	double values[COUNT], before = 0;
	struct warmup_process p;
	struct err e = ERR_INIT;

	(void)state;
	fill(values, COUNT);
	multiply(values, 0, 30, 3);
	multiply(values, 30, 50, 1.5);
	for (size_t i = 0; i < 50; i++)
		before += values[i];
	assert_int_equal(warmup_judge(values, COUNT, 1000, &warmup_defaults, &p, &e), 0);
	assert_int_equal(p.class, WARMUP_WARMUP);
	assert_int_equal(p.steady_start, 50);
	assert_near(p.steady_after_s, before * 1000, 1e-6);
	assert_true(fabs(p.mean - 1) < 0.003);
	assert_true(fabs(p.before - 3) < 0.02);
	assert_int_equal(p.phases.count, 3);
	assert_int_equal(p.phases.items[1].start, 30);
	assert_true(fabs(p.phases.items[1].level - 1.5) < 0.01);
	warmup_free(&p);
}

/* Sub-millisecond times: what an absolute limit of one millisecond would call flat. */
static void short_times_warm_up_as_well(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	multiply(values, 0, COUNT, 0.3e-3);
	multiply(values, 0, 60, 3);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_WARMUP);
	assert_int_equal(p.steady_start, 60);
	warmup_free(&p);
}

static void becoming_slower_is_a_slow_down_even_after_a_warm_up(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	multiply(values, 0, 10, 2);
	multiply(values, 60, COUNT, 1.08);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_SLOWDOWN);
	assert_int_equal(p.steady_start, 60);
	assert_true(fabs(p.mean - 1.08) < 0.003);
	warmup_free(&p);
}

static void a_small_difference_does_not_matter(void **state)
{
	double values[2000];
	struct warmup_process p;

	(void)state;
	fill(values, 2000);
	multiply(values, 0, 1000, 1.005);
	p = judged(values, 2000);
	assert_int_equal(p.class, WARMUP_FLAT);
	warmup_free(&p);
	multiply(values, 0, 1000, 1.02);
	p = judged(values, 2000);
	assert_int_equal(p.class, WARMUP_WARMUP);
	warmup_free(&p);
}

static void a_late_change_leaves_no_steady_state(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	multiply(values, 170, COUNT, 0.9);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_UNSETTLED);
	assert_non_null(p.why);
	assert_int_equal(p.steady_start, COUNT);
	assert_true(isnan(p.mean) && isnan(p.mean_error) && isnan(p.steady_after_s));
	warmup_free(&p);
	fill(values, COUNT);
	for (size_t i = 0; i < COUNT; i++)
		values[i] *= 1 + 0.002 * (double)i;
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_UNSETTLED);
	warmup_free(&p);
}

/* The certain change is an early one; what comes late barely exceeds the threshold. */
static void a_late_change_that_may_be_noise_is_undecided(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	multiply(values, 0, 30, 3);
	multiply(values, 165, COUNT, 1.012);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_UNDECIDED);
	assert_int_equal(p.phases.count, 3);
	warmup_free(&p);
	multiply(values, 165, COUNT, 1.02);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_UNSETTLED);
	warmup_free(&p);
}

static void a_cycle_is_found_and_averaged_over(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	for (size_t i = 0; i < COUNT; i += 8)
		values[i] *= 1.4;
	multiply(values, 0, 40, 2);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_CYCLIC);
	assert_true(fabs(p.period - 8) < 0.1);
	assert_in_range(p.steady_start, 40, 47);
	assert_true(fabs(p.mean - 1.05) < 0.003);
	assert_true(p.mean_error < 0.003); /* the cycle itself is no noise */
	assert_true(p.swing > 0.03);
	warmup_free(&p);
}

static void a_slow_first_iteration_is_a_warm_up_and_a_spike_is_none(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	fill(values, COUNT);
	values[0] = 1.5;
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_WARMUP);
	assert_int_equal(p.steady_start, 1);
	assert_near(p.steady_after_s, 1.5, 1e-12);
	assert_near(p.before, 1.5, 0.005);
	warmup_free(&p);
	values[70] = 2; /* others are as slow: it may be one of them */
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_FLAT);
	assert_int_equal(p.spikes, 2);
	assert_true(p.odd_first);
	warmup_free(&p);
}

static void too_little_is_undecided(void **state)
{
	double values[COUNT];
	struct warmup_process p;
	struct rng r = draws_from(3);

	(void)state;
	fill(values, COUNT);
	for (size_t count = 0; count < 30; count += count < 3 ? 1 : 9) {
		p = judged(values, count);
		assert_int_equal(p.class, WARMUP_UNDECIDED);
		assert_string_equal(p.why, "too few iterations");
		assert_int_equal(p.steady_start, 0);
		assert_int_equal(isnan(p.mean), count == 0);
		assert_int_equal(isnan(p.mean_error), count < 2);
		warmup_free(&p);
	}
	for (size_t i = 0; i < 50; i++)
		values[i] = exp(0.4 * rng_normal(&r));
	p = judged(values, 50);
	assert_int_equal(p.class, WARMUP_UNDECIDED);
	warmup_free(&p);
	fill(values, COUNT);
	multiply(values, COUNT - 3, COUNT, 2); /* spikes, or the start of something */
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_UNDECIDED);
	warmup_free(&p);
}

static void equal_times_are_flat_and_steps_without_noise_are_seen(void **state)
{
	double values[COUNT];
	struct warmup_process p;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		values[i] = 2e-6;
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_FLAT);
	assert_true(p.mean_error == 0);
	warmup_free(&p);
	multiply(values, 0, 40, 2);
	p = judged(values, COUNT);
	assert_int_equal(p.class, WARMUP_WARMUP);
	assert_int_equal(p.steady_start, 40);
	warmup_free(&p);
}

static void what_is_no_time_is_an_error(void **state)
{
	static const double bad[] = { 0, -1, NAN, INFINITY };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct err e = ERR_INIT;
		struct warmup_process p;
		double values[40];

		fill(values, 40);
		values[17] = bad[i];
		assert_int_equal(warmup_judge(values, 40, 1, &warmup_defaults, &p, &e), -1);
		assert_int_equal(e.code, ERR_FORMAT);
		assert_non_null(strstr(e.text, "iteration 17"));
		warmup_free(&p);
	}
}

static void every_class_has_its_words(void **state)
{
	(void)state;
	for (int which = 0; which < WARMUP_CLASS_COUNT; which++) {
		assert_true(strlen(warmup_words[which].word) > 0);
		assert_int_equal(str_width(warmup_words[which].sign), 1);
		assert_true(strlen(warmup_words[which].help) > 0);
	}
}

/* One letter per process: its class; F: flat with an odd first iteration. */
static struct warmup_level level_of(const char *classes)
{
	static const char letters[] = "fwscn?";
	struct warmup_process processes[32] = { 0 };
	struct warmup_level level;
	size_t count = strlen(classes);

	for (size_t i = 0; i < count; i++) {
		struct warmup_process *p = &processes[i];
		bool odd = classes[i] == 'F';

		p->class = odd ? WARMUP_FLAT : (enum warmup_class)(strchr(letters, classes[i]) - letters);
		p->odd_first = odd;
		p->steady_start = p->class == WARMUP_WARMUP ? 10 * (i + 1) : 0;
		p->steady_after_s = p->class == WARMUP_WARMUP ? (double)(i + 1) : 0;
	}
	warmup_judge_level(processes, count, &level);
	return level;
}

static void processes_agree_or_they_do_not(void **state)
{
	static const struct {
		const char *processes;
		enum warmup_class class;
		enum warmup_speed speed;
	} cases[] = {
		{ "ffff", WARMUP_FLAT, WARMUP_SPEED_SHOWN },
		{ "wwww", WARMUP_WARMUP, WARMUP_SPEED_SHOWN },
		{ "ccc", WARMUP_CYCLIC, WARMUP_SPEED_SHOWN },
		{ "wfww", WARMUP_MIXED_GOOD, WARMUP_SPEED_SHOWN },
		{ "wsww", WARMUP_MIXED_BAD, WARMUP_SPEED_SHOWN },
		{ "cwww", WARMUP_MIXED_BAD, WARMUP_SPEED_SHOWN },
		{ "wwnw", WARMUP_MIXED_BAD, WARMUP_SPEED_REFUSED },
		{ "nnn", WARMUP_UNSETTLED, WARMUP_SPEED_REFUSED },
		{ "wwwwwwwwwn", WARMUP_MIXED_BAD, WARMUP_SPEED_SHOWN },
		{ "wwwwwwwwnn", WARMUP_MIXED_BAD, WARMUP_SPEED_REFUSED },
		{ "ff?f", WARMUP_FLAT, WARMUP_SPEED_SHOWN },
		{ "f???", WARMUP_UNDECIDED, WARMUP_SPEED_ASSUMED },
		{ "????", WARMUP_UNDECIDED, WARMUP_SPEED_ASSUMED },
		{ "", WARMUP_UNDECIDED, WARMUP_SPEED_REFUSED },
		{ "FFFF", WARMUP_WARMUP, WARMUP_SPEED_SHOWN },
		{ "Ffff", WARMUP_FLAT, WARMUP_SPEED_SHOWN },
		{ "FFFwf", WARMUP_MIXED_GOOD, WARMUP_SPEED_SHOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct warmup_level level = level_of(cases[i].processes);

		assert_int_equal(level.class, cases[i].class);
		assert_int_equal(level.speed, cases[i].speed);
	}
}

static void the_common_steady_start_suits_all(void **state)
{
	struct warmup_level level = level_of("wfw?w");

	(void)state;
	assert_int_equal(level.steady_start, 50);
	assert_true(level.steady_after_s == 2 && level.steady_after_low_s == 0 && level.steady_after_high_s == 5);
	assert_int_equal(level.counts[WARMUP_WARMUP], 3);
	assert_int_equal(level.counts[WARMUP_UNDECIDED], 1);
	level = level_of("wwwwwwwwwn");
	assert_int_equal(level.left_out, 1);
	level = level_of("FFFF");
	assert_int_equal(level.steady_start, 1);
	level = level_of("nn");
	assert_int_equal(level.left_out, 0);
	assert_true(isnan(level.steady_after_s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_flat_process_is_steady_from_the_start),
		cmocka_unit_test(what_comes_before_the_steady_state_is_counted),
		cmocka_unit_test(short_times_warm_up_as_well),
		cmocka_unit_test(becoming_slower_is_a_slow_down_even_after_a_warm_up),
		cmocka_unit_test(a_small_difference_does_not_matter),
		cmocka_unit_test(a_late_change_leaves_no_steady_state),
		cmocka_unit_test(a_late_change_that_may_be_noise_is_undecided),
		cmocka_unit_test(a_cycle_is_found_and_averaged_over),
		cmocka_unit_test(a_slow_first_iteration_is_a_warm_up_and_a_spike_is_none),
		cmocka_unit_test(too_little_is_undecided),
		cmocka_unit_test(equal_times_are_flat_and_steps_without_noise_are_seen),
		cmocka_unit_test(what_is_no_time_is_an_error),
		cmocka_unit_test(every_class_has_its_words),
		cmocka_unit_test(processes_agree_or_they_do_not),
		cmocka_unit_test(the_common_steady_start_suits_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
