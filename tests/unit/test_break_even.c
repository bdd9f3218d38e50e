#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/break_even.h"
#include "base/mem.h"
#include "numbers.h"

#define COUNT 100

/* `slow` times the steady time for the first `warm` iterations, then the steady time. */
static void fill(double *values, size_t warm, double slow, double steady)
{
	for (size_t i = 0; i < COUNT; i++)
		values[i] = i < warm ? slow : steady;
}

static struct break_even found(const struct break_even_process *early, size_t early_count, double early_steady,
			       const struct break_even_process *late, size_t late_count, double late_steady)
{
	const struct break_even_runtime a = { early, early_count, early_steady, 0.001 };
	const struct break_even_runtime b = { late, late_count, late_steady, 0.001 };
	struct break_even out;

	break_even_find(&a, &b, &out);
	return out;
}

/* 10 iterations of 3 s, then 0.5 s each, against 1 s each: 30 + 0.5 (n - 10) = n at n = 50. */
static void the_place_where_totals_cross_is_found(void **state)
{
	double plain[COUNT], jit[COUNT];
	struct break_even_process a = { plain, COUNT, 1, 0 }, b = { jit, COUNT, 1, 0 };
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	fill(jit, 10, 3, 0.5);
	out = found(&a, 1, 1, &b, 1, 0.5);
	assert_int_equal(out.kind, BREAK_EVEN_WITHIN);
	assert_near(out.calls, 50, 1e-9);
	assert_near(out.iteration, 50, 1e-9);
	assert_near(out.elapsed_s, 50, 1e-9);
	assert_near(out.compared_calls, 100, 1e-9);
	assert_int_equal(out.caught_up, 1);
}

/* The same in calls, where an iteration of one is 4 calls and of the other 10. */
static void iterations_of_different_length_are_compared_by_calls(void **state)
{
	double plain[COUNT], jit[COUNT];
	struct break_even_process a = { plain, COUNT, 4, 0 }, b = { jit, COUNT, 10, 0 };
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	fill(jit, 10, 1.5, 0.5);
	out = found(&a, 1, 1, &b, 1, 0.5); /* 100 calls of 1.5 s; 150 + 0.5 (n - 100) = n at n = 200 */
	assert_int_equal(out.kind, BREAK_EVEN_WITHIN);
	assert_near(out.calls, 200, 1e-9);
	assert_near(out.iteration, 20, 1e-9);
	assert_near(out.elapsed_s, 200, 1e-9);
	assert_near(out.compared_calls, 400, 1e-9);
}

static void later_than_what_was_run_is_extrapolated_or_unknown(void **state)
{
	double plain[COUNT], jit[COUNT];
	struct break_even_process a = { plain, COUNT, 1, 0 }, b = { jit, COUNT, 1, 0 };
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	fill(jit, 10, 20, 0.5);
	out = found(&a, 1, 1, &b, 1, 0.5); /* 200 + 0.5 (n - 10) = n at n = 390 */
	assert_int_equal(out.kind, BREAK_EVEN_EXTRAPOLATED);
	assert_near(out.calls, 390, 1e-9);
	assert_near(out.elapsed_s, 390, 1e-9);
	assert_int_equal(out.caught_up, 0);
	assert_true(isnan(out.low_calls) && isnan(out.high_calls));
	out = found(&a, 1, 1, &b, 1, NAN);
	assert_int_equal(out.kind, BREAK_EVEN_NOT_WITHIN);
	assert_true(isnan(out.calls));
	out = found(&a, 1, 1, &b, 1, 0.999); /* by less than its error */
	assert_int_equal(out.kind, BREAK_EVEN_NOT_WITHIN);
	out = found(&a, 1, 1, &b, 1, 1.001);
	assert_int_equal(out.kind, BREAK_EVEN_NOT_WITHIN);
	out = found(&a, 1, 1, &b, 1, 1.1);
	assert_int_equal(out.kind, BREAK_EVEN_NEVER);
}

static void ahead_for_a_while_is_not_caught_up(void **state)
{
	double plain[COUNT], jit[COUNT];
	struct break_even_process a = { plain, COUNT, 1, 0 }, b = { jit, COUNT, 1, 0 };
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	fill(jit, 10, 0.5, 2);
	out = found(&a, 1, 1, &b, 1, 2);
	assert_int_equal(out.kind, BREAK_EVEN_NEVER);
	fill(jit, 0, 0.5, 0.5);
	out = found(&a, 1, 1, &b, 1, 0.5);
	assert_int_equal(out.kind, BREAK_EVEN_FROM_START);
	assert_true(out.calls == 0 && out.elapsed_s == 0);
	b.start_s = 10; /* the start of the process counts: 10 + 0.5 n = n at n = 20 */
	out = found(&a, 1, 1, &b, 1, 0.5);
	assert_int_equal(out.kind, BREAK_EVEN_WITHIN);
	assert_near(out.calls, 20, 1e-9);
}

static void processes_are_put_together_by_their_median(void **state)
{
	double plain[COUNT], jits[3][COUNT];
	struct break_even_process a = { plain, COUNT, 1, 0 }, b[3];
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	for (size_t i = 0; i < 3; i++) {
		fill(jits[i], 10, (double[]){ 2, 3, 50 }[i], 0.5);
		b[i] = (struct break_even_process){ jits[i], i == 1 ? 90 : COUNT, 1, 0 };
	}
	out = found(&a, 1, 1, b, 3, 0.5);
	assert_int_equal(out.kind, BREAK_EVEN_WITHIN);
	assert_near(out.calls, 50, 1e-9);
	assert_near(out.compared_calls, 90, 1e-9);
	assert_int_equal(out.caught_up, 2);
	assert_near(out.low_calls, 30, 1e-9);
	assert_near(out.high_calls, 50, 1e-9);
}

static void many_iterations_are_compared_at_fewer_places(void **state)
{
	enum {
		MANY = 50000
	};
	AUTO_FREE double *plain = mem_new(MANY, sizeof(*plain));
	AUTO_FREE double *jit = mem_new(MANY, sizeof(*jit));
	struct break_even_process a = { plain, MANY, 1, 0 }, b = { jit, MANY, 1, 0 };
	struct break_even out;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		plain[i] = 1;
		jit[i] = i < 1000 ? 11 : 0.5;
	}
	out = found(&a, 1, 1, &b, 1, 0.5); /* 11000 + 0.5 (n - 1000) = n at n = 21000 */
	assert_int_equal(out.kind, BREAK_EVEN_WITHIN);
	assert_near(out.calls, 21000, 1e-3);
}

static void nothing_run_is_nothing_known(void **state)
{
	double plain[COUNT];
	struct break_even_process a = { plain, COUNT, 1, 0 }, none = { plain, 0, 1, 0 };
	struct break_even out;

	(void)state;
	fill(plain, 0, 1, 1);
	out = found(&a, 1, 1, &none, 1, 1);
	assert_int_equal(out.kind, BREAK_EVEN_UNKNOWN);
	out = found(&a, 0, 1, &a, 1, 1);
	assert_int_equal(out.kind, BREAK_EVEN_UNKNOWN);
	assert_true(isnan(out.calls));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_where_totals_cross_is_found),
		cmocka_unit_test(iterations_of_different_length_are_compared_by_calls),
		cmocka_unit_test(later_than_what_was_run_is_extrapolated_or_unknown),
		cmocka_unit_test(ahead_for_a_while_is_not_caught_up),
		cmocka_unit_test(processes_are_put_together_by_their_median),
		cmocka_unit_test(many_iterations_are_compared_at_fewer_places),
		cmocka_unit_test(nothing_run_is_nothing_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
