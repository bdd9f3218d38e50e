#include "simulated.h"

#include "analyse/levels.h"

/* 40 processes of three values, seconds, in which processes differ more than the iterations of one do. */
static struct levels levels_of_waves(void)
{
	double values[40][3];
	struct sample processes[40];
	const struct side side = { processes, 40 };
	struct err e = ERR_INIT;
	struct levels l;

	for (int i = 0; i < 40; i++) {
		for (int k = 0; k < 3; k++)
			values[i][k] = 0.0225 * (1 + 0.01 * sin(7.0 * i) + 0.005 * cos(13.0 * i + 5.0 * k));
		processes[i] = (struct sample){ values[i], 3 };
	}
	assert_int_equal(levels_of(&side, &l, &e), 0);
	return l;
}

/* Computed elsewhere by the formulas of the paper. */
static void a_measurement_has_its_components(void **state)
{
	struct levels l = levels_of_waves();
	double square = l.mean * l.mean;

	(void)state;
	assert_close(l.mean, 0.022518459233322442);
	assert_close(l.s1 * square, 6.843269934636101e-09);
	assert_close(l.s2 * square, 2.5950523598745603e-08);
	assert_close(l.t2 * square, 2.366943362053357e-08);
	assert_true(l.t1 == l.s1);
	assert_close(l.t2 / (l.t1 + l.t2), 0.7757239071830241);
	assert_near(levels_half_width(&l, 40, 3, 0.05) * l.mean, 5.151961295671751e-05, 1e-13);
	assert_int_equal(l.processes, 40);
	assert_close(l.iterations, 3);
}

/* By hand: processes (1, 3) and (4, 6, 8), means 2 and 6, grand mean 4. S_1^2 = (2 + 8) / (1 + 2), S_2^2 = 8, 1/r =
 * (1/2 + 1/3) / 2. */
static void unequal_counts_are_pooled(void **state)
{
	const double first[] = { 1, 3 }, second[] = { 4, 6, 8 };
	const struct sample processes[] = { { first, 2 }, { second, 3 } };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ processes, 2 }, &l, &e), 0);
	assert_close(l.mean, 4);
	assert_close(l.s1 * 16, 10.0 / 3);
	assert_close(l.s2 * 16, 8);
	assert_close(l.iterations, 2.4);
	assert_close(l.t2 * 16, 8 - 10.0 / 3 / 2.4);
}

static void what_cannot_be_told_is_nan(void **state)
{
	const double values[] = { 1, 2, 3 };
	const struct sample singles[] = { { values, 1 }, { values + 1, 1 }, { values + 2, 1 } };
	const struct sample whole = { values, 3 };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ singles, 3 }, &l, &e), 0);
	assert_true(isnan(l.s1) && isnan(l.t1));
	assert_close(l.t2 * 4, 1);
	assert_int_equal(levels_plan_iterations(&l, 1, 1, 50), 0);
	assert_int_equal(levels_of(&(struct side){ &whole, 1 }, &l, &e), 0);
	assert_close(l.s1 * 4, 1);
	assert_true(isnan(l.s2) && isnan(l.t2) && isnan(levels_half_width(&l, 5, 5, 0.05)));
	assert_int_equal(levels_plan_processes(&l, 5, 0.01, 0.05, 100), 0);
}

static void bad_input_is_refused(void **state)
{
	const double values[] = { 1, 2, NAN }, zero[] = { 1, 0 };
	const struct sample nan[] = { { values, 2 }, { values, 3 } }, empty[] = { { values, 0 } },
			    zeros[] = { { zero, 2 } };
	struct err e = ERR_INIT;
	struct levels l;

	(void)state;
	assert_int_equal(levels_of(&(struct side){ nan, 2 }, &l, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(e.text, "process 2: iterations: value 3 is nan, not a finite number");
	assert_int_equal(levels_of(&(struct side){ empty, 1 }, &l, &e), -1);
	assert_int_equal(levels_of(&(struct side){ zeros, 1 }, &l, &e), -1);
	assert_int_equal(levels_of(&(struct side){ NULL, 0 }, &l, &e), -1);
	assert_string_equal(e.text, "no processes");
}

/* T_1^2 / T_2^2 = 4, a process costs 25 iterations: sqrt(25 * 4) = 10. */
static void iterations_are_planned_by_cost(void **state)
{
	struct levels l = {
		.mean = 1, .s1 = 4e-4, .t1 = 4e-4, .s2 = 2e-4, .t2 = 1e-4, .iterations = 4, .processes = 10
	};

	(void)state;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 10);
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.6, 1000), 11);
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 7), 7);
	assert_int_equal(levels_plan_iterations(&l, 1, 0.001, 1000), 1);
	assert_int_equal(levels_plan_iterations(&l, 0, 1, 1000), 0);
	assert_int_equal(levels_plan_iterations(&l, 1, -1, 1000), 0);
	l.t2 = -1e-6;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 1000);
	l.t1 = 0, l.t2 = 1e-4;
	assert_int_equal(levels_plan_iterations(&l, 0.1, 2.5, 1000), 1);
}

/* With the planned number of iterations no other number gives a narrower interval in the same time. */
static void the_plan_is_the_cheapest(void **state)
{
	struct levels l = {
		.mean = 1, .s1 = 9e-4, .t1 = 9e-4, .s2 = 2e-4, .t2 = 1e-4, .iterations = 9, .processes = 10
	};
	size_t planned = levels_plan_iterations(&l, 1, 16, 1000);
	double best = INFINITY;
	size_t cheapest = 0;

	(void)state;
	for (size_t r = 1; r < 100; r++) {
		double product = (l.t2 + l.t1 / (double)r) * (16 + (double)r); /* variance times time */

		if (product < best) {
			best = product;
			cheapest = r;
		}
	}
	assert_int_equal(planned, cheapest);
	assert_int_equal(planned, 12);
}

static void the_fewest_processes_are_found(void **state)
{
	struct levels l = levels_of_waves();
	size_t n = levels_plan_processes(&l, 3, 0.005, 0.05, 10000);

	(void)state;
	assert_within((double)n, 2, 40);
	assert_true(levels_half_width(&l, n, 3, 0.05) <= 0.005);
	assert_true(levels_half_width(&l, n - 1, 3, 0.05) > 0.005);
	assert_int_equal(levels_plan_processes(&l, 3, 1e-9, 0.05, 10000), 0);
	assert_int_equal(levels_plan_processes(&l, 3, 10, 0.05, 10000), 2);
	assert_int_equal(levels_plan_processes(&l, 3, 0.005, 0.05, 1), 0);
	assert_int_equal(levels_plan_processes(&l, 3, NAN, 0.05, 100), 0);
}

/* Over many simulated measurements the components come out right on average. */
static void components_are_unbiased(void **state)
{
	static struct simulated side;
	enum {
		ROUNDS = 3000
	};
	double t1 = 0, t2 = 0;
	struct rng r;

	(void)state;
	rng_seed(&r, 21);
	for (int round = 0; round < ROUNDS; round++) {
		const struct behaviour b = { 1, 0.01, 0.02, 0, 8, 12 };
		struct err e = ERR_INIT;
		struct levels l;

		simulate(&b, &r, &side);
		for (size_t i = 0; i < 8; i++)
			side.processes[i].count = 2 + rng_index(&r, 11);
		assert_int_equal(levels_of(&side.side, &l, &e), 0);
		t1 += l.t1 / ROUNDS;
		t2 += l.t2 / ROUNDS;
	}
	assert_near(t1 / 4e-4, 1, 0.02);
	assert_near(t2 / 1e-4, 1, 0.06);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_measurement_has_its_components), cmocka_unit_test(unequal_counts_are_pooled),
		cmocka_unit_test(what_cannot_be_told_is_nan),	    cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(iterations_are_planned_by_cost),   cmocka_unit_test(the_plan_is_the_cheapest),
		cmocka_unit_test(the_fewest_processes_are_found),   cmocka_unit_test(components_are_unbiased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
