#include "numbers.h"

#include <string.h>

#include "analyse/flaky.h"

/* "ppfp": a letter per run: p passed, f failed, - was not there; a digit before a letter: so many attempts of the run
 * fail before it; | another recipe from here on. */
static struct flaky judge(const char *text)
{
	struct flaky_point points[64] = { 0 };
	size_t count = 0;
	int64_t run = 1;
	bool other = false;

	for (; *text; text++) {
		if (*text == '|') {
			other = true;
			continue;
		}
		for (int again = *text >= '0' && *text <= '9' ? *text++ - '0' : 0; again > 0; again--)
			points[count++] = (struct flaky_point){ .run = run, .ran = true, .bad = true };
		points[count++] = (struct flaky_point){
			.run = run++, .other_cell = other, .ran = *text != '-', .bad = *text == 'f'
		};
		other = false;
	}
	return flaky_judge(points, count);
}

static void a_regression_is_not_flaky(void **state)
{
	(void)state;
	assert_false(judge("pppppffff").is_flaky);
	assert_false(judge("ppppf").is_flaky);
	assert_false(judge("ppppfffpppp").is_flaky); /* and mended */
	assert_false(judge("fpppp").is_flaky);	     /* where the window begins nothing is known */
	assert_false(judge("pppp").is_flaky);
	assert_false(judge("").is_flaky);
	assert_int_equal(judge("ppppfffpppp").flips, 2);
}

static void what_comes_and_goes_is(void **state)
{
	struct flaky f = judge("ppfpp-fp");

	(void)state;
	assert_true(f.is_flaky);
	assert_int_equal(f.outcomes, 7);
	assert_int_equal(f.bad, 2);
	assert_int_equal(f.flips, 4);
	assert_close(flaky_rate(&f), 4.0 / 6);
	assert_true(judge("ffffpffff").is_flaky);
	assert_true(judge("ppffpp").is_flaky);
}

/* Attempts of one run: the spell is one run long, however often it was tried. */
static void attempts_of_one_run(void **state)
{
	(void)state;
	assert_true(judge("pp1ppp").is_flaky);
	assert_int_equal(judge("pp1ppp").same_run_flips, 1);
	assert_true(judge("pp2fpp").is_flaky);
	assert_false(judge("pp2f2f2fpp").is_flaky);
}

static void another_recipe_is_a_cause(void **state)
{
	(void)state;
	assert_false(judge("ppp|f|ppp").is_flaky);
	assert_int_equal(judge("ppp|f|ppp").flips, 0);
	assert_true(judge("ppfp|ppp").is_flaky);
	assert_int_equal(judge("ppfp|ppp").pairs, 5);
}

static void what_stays_bad_is_broken(void **state)
{
	(void)state;
	assert_true(judge("ppfppfffffff").is_flaky);
	assert_false(judge("ppfppffffffffffff").is_flaky);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regression_is_not_flaky), cmocka_unit_test(what_comes_and_goes_is),
		cmocka_unit_test(attempts_of_one_run),	     cmocka_unit_test(another_recipe_is_a_cause),
		cmocka_unit_test(what_stays_bad_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
