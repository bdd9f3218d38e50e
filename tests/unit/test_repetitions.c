/* analyse/repetitions.h: how many processes, of how many iterations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/repetitions.h"

#define PROCESSES 2
#define COUNT	  50

static const struct repetitions_wish patient = {
	.budget_s = 60, .half_width = 0.01, .iterations_max = 120, .processes_min = 4, .processes_max = 30
};

/* Two processes, a relative distance `between` apart, whose iterations lie `within` around their mean, of which the
 * first half is twice as slow. An iteration takes 20 ms, a process 80 ms more. */
static struct bench_series *pilot_of(struct bench_set *set, double between, double within)
{
	struct bench_series *s;

	bench_start(set, "labctl");
	s = bench_add_series(set, "b", "r");
	for (int p = 0; p < PROCESSES; p++) {
		struct bench_run *run = bench_add_run(set, s);
		double level = 0.02 * (1 + (p ? between : -between) / 2), values[COUNT], sum = 0;

		for (int i = 0; i < COUNT; i++) {
			values[i] = level * (1 + (i % 2 ? within : -within)) * (i < COUNT / 2 ? 2 : 1);
			sum += values[i];
		}
		bench_set_values(set, run, values, COUNT);
		bench_fact_set_real(set, &run->facts, "wall_s", sum + 0.08);
	}
	return s;
}

static struct repetitions plan(double between, double within, const struct repetitions_wish *wish)
{
	struct bench_set set;
	struct repetitions r = repetitions_plan(pilot_of(&set, between, within), wish);

	bench_free(&set);
	return r;
}

static void quiet_programs_take_the_fewest(void **state)
{
	struct repetitions r = plan(0.0005, 0.0001, &patient);

	(void)state;
	assert_int_equal(r.processes, 4);
	assert_int_equal(r.iterations, REPETITIONS_ITERATIONS_MIN);
}

static void noise_between_processes_asks_for_more_of_them(void **state)
{
	struct repetitions few = plan(0.01, 0.001, &patient), many = plan(0.03, 0.001, &patient);

	(void)state;
	assert_true(few.processes > 4);
	assert_true(many.processes > few.processes);
	assert_int_equal(many.iterations, REPETITIONS_ITERATIONS_MIN);
	/* S_2 is 3 % / sqrt(2): t^2 S_2^2 / h^2 with about 20 processes is 4.4 * 4.5 */
	assert_in_range(many.processes, 18, 22);
}

static void noise_within_processes_asks_for_longer_ones(void **state)
{
	(void)state;
	assert_true(plan(0.001, 0.05, &patient).iterations > REPETITIONS_ITERATIONS_MIN);
}

static void the_budget_is_kept(void **state)
{
	struct repetitions_wish poor = patient;
	struct repetitions r;

	(void)state;
	poor.budget_s = 20;
	r = plan(0.1, 0.001, &poor);
	/* One costs 80 ms and 40 iterations of 30 ms on average, since half of them are slow: 1.28 s. */
	assert_int_equal(r.processes, 2 + 15);
	poor.budget_s = 0.9; /* not one whole process: shorter ones, as few as there must be */
	r = plan(0.1, 0.001, &poor);
	assert_int_equal(r.processes, 4);
	assert_int_equal(r.iterations, 10);
}

static void nothing_to_go_by_is_the_least(void **state)
{
	struct bench_set set;
	struct repetitions r;

	(void)state;
	bench_start(&set, "labctl");
	r = repetitions_plan(bench_add_series(&set, "b", "r"), &patient);
	assert_int_equal(r.processes, patient.processes_min);
	assert_int_equal(r.iterations, patient.iterations_max);
	bench_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiet_programs_take_the_fewest),
		cmocka_unit_test(noise_between_processes_asks_for_more_of_them),
		cmocka_unit_test(noise_within_processes_asks_for_longer_ones),
		cmocka_unit_test(the_budget_is_kept),
		cmocka_unit_test(nothing_to_go_by_is_the_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
