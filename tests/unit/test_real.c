#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/real.h"

static void writes_as(double value, const char *expected)
{
	char text[REAL_TEXT_BYTES];

	assert_int_equal(real_write(value, text), strlen(expected));
	assert_string_equal(text, expected);
}

/* What Python 3.11 prints. */
static void writes_what_python_writes(void **state)
{
	(void)state;
	writes_as(0.1, "0.1");
	writes_as(0.0, "0.0");
	writes_as(-0.0, "-0.0");
	writes_as(1.0, "1.0");
	writes_as(-2.5, "-2.5");
	writes_as(100.0, "100.0");
	writes_as(123456789.0, "123456789.0");
	writes_as(0.0001, "0.0001");
	writes_as(0.00001, "1e-05");
	writes_as(0.000123456, "0.000123456");
	writes_as(1e15, "1000000000000000.0");
	writes_as(1e16, "1e+16");
	writes_as(9999999999999998.0, "9999999999999998.0");
	writes_as(12345678901234567.0, "1.2345678901234568e+16");
	writes_as(1e22, "1e+22");
	writes_as(1.5e300, "1.5e+300");
	writes_as(1e-7, "1e-07");
	writes_as(2.5e-10, "2.5e-10");
	writes_as(0.1 + 0.2, "0.30000000000000004");
	writes_as(1.0 / 3, "0.3333333333333333");
	writes_as(7.710041245445609e-07, "7.710041245445609e-07");
	writes_as(270575.3759384155, "270575.3759384155");
	writes_as(1.7976931348623157e308, "1.7976931348623157e+308");
	writes_as(2.2250738585072014e-308, "2.2250738585072014e-308");
	writes_as(5e-324, "5e-324");
	writes_as(-6.2773490077855e-311, "-6.2773490077855e-311");
}

/* Where sixteen digits are enough, but not the nearest sixteen. */
static void powers_of_two_are_as_short_as_can_be(void **state)
{
	(void)state;
	writes_as(ldexp(1, -44), "5.684341886080802e-14");
	writes_as(ldexp(1, -24), "5.960464477539063e-08");
	writes_as(ldexp(1, 89), "6.189700196426902e+26");
	writes_as(9007199254740992.0, "9007199254740992.0");
	writes_as(ldexp(1, -1022), "2.2250738585072014e-308");
}

static void reads_as(const char *text, double expected, bool expected_whole)
{
	double value = 0;
	bool whole = !expected_whole;

	assert_true(real_from_text(text, &value, &whole));
	assert_memory_equal(&value, &expected, sizeof(value));
	assert_int_equal(whole, expected_whole);
}

static void reads_the_nearest_double(void **state)
{
	(void)state;
	reads_as("0", 0.0, true);
	reads_as("-0.0", -0.0, false);
	reads_as("42", 42, true);
	reads_as("1e3", 1000, false);
	reads_as("1E+3", 1000, false);
	reads_as("0.1", 0.1, false);
	reads_as("123456789012345678", 123456789012345680.0, true);
	reads_as("12345678901234567890123", 1.2345678901234568e22, true);
	reads_as("0.00000000000000000000000000000000000000000000001", 1e-47, false);
	reads_as("9007199254740993", 9007199254740992.0, true); /* a tie: to even */
	reads_as("9007199254740993.0000000000000000000001", 9007199254740994.0, false);
	reads_as("9007199254740995", 9007199254740996.0, true);
	reads_as("2.2250738585072011e-308", 2.2250738585072011e-308, false);
	reads_as("4.9e-324", 5e-324, false);
	reads_as("1e-400", 0.0, false);
	reads_as("1.7976931348623157e308", 1.7976931348623157e308, false);
}

static void what_is_no_number_is_not_read(void **state)
{
	static const char *const texts[] = { "",    "-",   "+1",    ".5",     "1.",    "01",   "1e",	   "1e+",
					     "nan", "NaN", "inf",   "0x10",   "1_000", "1,5",  "Infinity", "--1",
					     "1 ",  " 1",  "1e400", "-1e400", "00",    "1..2", "-.5" };
	double value;
	bool whole;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		assert_false(real_from_text(texts[i], &value, &whole));
}

static void what_stands_behind_is_left(void **state)
{
	const char *text = "1.5,2", *exponent = "1e5x", *dot = "7.x";
	double value;
	bool whole;

	(void)state;
	assert_int_equal(real_read(text, text + strlen(text), &value, &whole), 3);
	assert_int_equal(real_read(exponent, exponent + strlen(exponent), &value, &whole), 3);
	assert_int_equal(real_read(dot, dot + strlen(dot), &value, &whole), 0);
	assert_int_equal(real_length(text, text + strlen(text), &whole), 3);
	assert_false(whole);
}

static uint64_t random_bits(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Measured times, whole range, whole numbers, powers of two, subnormal ones. */
static double random_double(uint64_t *seed, int kind)
{
	uint64_t bits = random_bits(seed);
	double value;

	if (kind == 0)
		return (double)(bits >> 11) * pow(10, -(double)(random_bits(seed) % 40));
	if (kind == 1)
		return ldexp(1, (int)(bits % 2000) - 1000);
	if (kind == 2)
		return (double)(bits >> random_bits(seed) % 64);
	if (kind == 3)
		bits &= ~(UINT64_C(0x7FF) << 52);
	memcpy(&value, &bits, sizeof(value));
	return isfinite(value) ? value : 1.25;
}

/* glibc's strtod is right: it is the oracle. */
static void reads_what_strtod_reads(void **state)
{
	uint64_t seed = UINT64_C(88172645463325252);

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double value = random_double(&seed, i % 5), expected, read;
		char text[400];
		bool whole;

		snprintf(text, sizeof(text), "%.*g", 1 + i % 20, value);
		expected = strtod(text, NULL);
		if (!isfinite(expected))
			continue;
		assert_true(real_from_text(text, &read, &whole));
		assert_memory_equal(&read, &expected, sizeof(read));
	}
}

static void what_is_written_reads_back_and_is_not_longer_than_17_digits(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		double value = random_double(&seed, i % 5), read = 0;
		char text[REAL_TEXT_BYTES], shorter[64];
		int digits = 0;
		bool whole;

		real_write(value, text);
		assert_true(real_from_text(text, &read, &whole));
		assert_memory_equal(&read, &value, sizeof(read));
		for (const char *c = text + strspn(text, "-0."); *c && *c != 'e'; c++)
			digits += *c != '.';
		assert_true(digits <= 17 || value > 1e15);
		for (int fewer = 1; fewer < digits && fewer < 17; fewer++) {
			snprintf(shorter, sizeof(shorter), "%.*e", fewer - 1, value);
			if (text[strlen(text) - 1] != '0')
				assert_true(strtod(shorter, NULL) != value);
		}
	}
}

static void the_locale_plays_no_part(void **state)
{
	static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names) && !setlocale(LC_NUMERIC, names[i]); i++)
		;
	writes_as(0.5, "0.5");
	writes_as(1.25e-20, "1.25e-20");
	reads_as("1234567890123456789012345.5", 1234567890123456789012345.5, false);
	setlocale(LC_NUMERIC, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_python_writes),
		cmocka_unit_test(powers_of_two_are_as_short_as_can_be),
		cmocka_unit_test(reads_the_nearest_double),
		cmocka_unit_test(what_is_no_number_is_not_read),
		cmocka_unit_test(what_stands_behind_is_left),
		cmocka_unit_test(reads_what_strtod_reads),
		cmocka_unit_test(what_is_written_reads_back_and_is_not_longer_than_17_digits),
		cmocka_unit_test(the_locale_plays_no_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
