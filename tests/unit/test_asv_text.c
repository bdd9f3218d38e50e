#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/asv_text.h"

static void value_is(const char *unit, double value, double error, const char *expected)
{
	AUTO_STR out = { 0 };

	asv_text_value(&out, unit, value, "42.0", error);
	assert_string_equal(str_text(&out), expected);
}

static void times_have_three_digits(void **state)
{
	(void)state;
	value_is("seconds", 4.54e-4, NAN, "454μs");
	value_is("seconds", 1, NAN, "1.00s");
	value_is("seconds", 1, 0, "1.00±0s");
	value_is("seconds", 1.75e-3, NAN, "1.75ms");
	value_is("seconds", 1.57e-7, 3e-9, "157±3ns");
	value_is("seconds", 343.8, NAN, "5.73m");
	value_is("seconds", 0, NAN, "0s");
	value_is("seconds", 3268292, NAN, "1.25M");
	value_is("seconds", 7e9, NAN, "~0");
	/* A small error: zeros in front of its digit count as digits. */
	value_is("seconds", 5, 0.0625, "5.00±0.06s");
	value_is("seconds", 5, 0.0011, "5.00±0s");
}

static void sizes_count_in_thousands(void **state)
{
	(void)state;
	value_is("bytes", 0.5, NAN, "0");
	value_is("bytes", 256, NAN, "256");
	value_is("bytes", 64000, NAN, "64k");
	value_is("bytes", 1234567, 1000, "1.23±0M");
	value_is("bytes", 1.1e9, NAN, "1.1G");
}

static void other_units_stand_as_they_were(void **state)
{
	(void)state;
	value_is("lines", 42, NAN, "42.0");
	value_is(NULL, 42, 0.123, "42.0±0.12");
	value_is("seconds", NAN, NAN, "n/a");
}

static void table_is(const char *const *cells, size_t rows, const char *expected)
{
	static const char *const headers[] = { "Mark", "Ratio" };
	AUTO_STR out = { 0 };

	asv_text_table(&out, headers, 2, cells, rows);
	assert_string_equal(str_text(&out), expected);
}

static void numbers_stand_by_their_point(void **state)
{
	(void)state;
	table_is((const char *const[]){ "", "1.00", "+", "12.25", "-", "0.50" }, 3,
		 "| Mark   |   Ratio |\n"
		 "|--------|---------|\n"
		 "|        |    1    |\n"
		 "| +      |   12.25 |\n"
		 "| -      |    0.5  |\n");
}

static void one_text_makes_a_column_of_texts(void **state)
{
	(void)state;
	table_is((const char *const[]){ "±", "1.00", "!", "n/a" }, 2,
		 "| Mark   | Ratio   |\n"
		 "|--------|---------|\n"
		 "| ±      | 1.00    |\n"
		 "| !      | n/a     |\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_have_three_digits),	    cmocka_unit_test(sizes_count_in_thousands),
		cmocka_unit_test(other_units_stand_as_they_were),   cmocka_unit_test(numbers_stand_by_their_point),
		cmocka_unit_test(one_text_makes_a_column_of_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
