#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/pyperf_text.h"

static void value_is(enum bench_unit unit, double first, double value, bool whole, const char *expected)
{
	AUTO_STR out = { 0 };

	pyperf_text_value(&out, unit, first, value, whole);
	assert_string_equal(str_text(&out), expected);
}

static void time_is(double first, double value, const char *expected)
{
	value_is(BENCH_SECONDS, first, value, false, expected);
}

/* Each decade that pyperf tells apart, at its beginning and just below it. */
static void times_have_three_digits(void **state)
{
	(void)state;
	time_is(316, 316, "316 sec");
	time_is(12345, 12345, "12345 sec");
	time_is(100, 100, "100 sec");
	time_is(99.9, 99.9, "99.9 sec");
	time_is(10, 10, "10.0 sec");
	time_is(9.996, 9.996, "10.00 sec");
	time_is(1, 1, "1.00 sec");
	time_is(0.9999, 0.9999, "1000 ms");
	time_is(0.1, 0.1, "100 ms");
	time_is(0.0225, 0.0225, "22.5 ms");
	time_is(0.001, 0.001, "1.00 ms");
	time_is(0.00046, 0.00046, "460 us");
	time_is(0.0000125, 0.0000125, "12.5 us");
	time_is(1e-6, 1e-6, "1.00 us");
	time_is(7.5e-7, 7.5e-7, "750 ns");
	time_is(8.94e-8, 8.94e-8, "89.4 ns");
	time_is(1.5e-9, 1.5e-9, "1.50 ns");
	time_is(2e-10, 2e-10, "0.20 ns");
	time_is(0, 0, "0.00 ns");
}

static void the_first_value_decides_for_all(void **state)
{
	(void)state;
	time_is(0.0225, 0.00018, "0.2 ms");
	time_is(7.5e-7, 8.94e-8, "89 ns");
	time_is(1.5, 0.0001, "0.00 sec");
	time_is(0.001, 2.5, "2500.00 ms");
}

static void size_is(double bytes, const char *expected)
{
	value_is(BENCH_BYTES, 1, bytes, true, expected);
}

static void sizes_have_their_own_units(void **state)
{
	(void)state;
	size_is(0, "0 bytes");
	size_is(1, "1 byte");
	size_is(4096, "4096 bytes");
	size_is(10239, "10239 bytes");
	size_is(10240, "10.0 KiB");
	size_is(7360512, "7188.0 KiB");
	size_is(10485760, "10240.0 KiB");
	size_is(10485761, "10.0 MiB");
	size_is(14123008, "13.5 MiB");
}

static void number_is(double number, bool whole, const char *expected)
{
	value_is(BENCH_COUNT, 1, number, whole, expected);
}

static void numbers_may_be_powers(void **state)
{
	(void)state;
	number_is(0, true, "0");
	number_is(8, true, "8");
	number_is(1000, true, "1000");
	number_is(8192, true, "8192");
	number_is(16384, true, "2^14");
	number_is(32768, true, "2^15");
	number_is(10000, true, "10^4");
	number_is(1e9, true, "10^9");
	number_is(20000, true, "20000");
	number_is(10001, true, "10001");
	number_is(12345, true, "12345");
	number_is(32768, false, "32768.0");
	number_is(10000, false, "10^4");
	number_is(1.5, false, "1.5");
}

static void mean_is(enum bench_unit unit, double mean, double deviation, const char *expected)
{
	AUTO_STR out = { 0 };

	pyperf_text_mean(&out, unit, mean, deviation, false);
	assert_string_equal(out.text, expected);
}

/* What `pyperf show` and `pyperf stats` say of the files that come with pyperf. */
static void means_share_unit_and_decimals(void **state)
{
	(void)state;
	mean_is(BENCH_SECONDS, 0.02249, 0.00021, "22.5 ms +- 0.2 ms");
	mean_is(BENCH_SECONDS, 7.5e-07, 8.94e-08, "750 ns +- 89 ns");
	mean_is(BENCH_BYTES, 7368704, 10836.76, "7196.0 KiB +- 10.6 KiB");
	mean_is(BENCH_BYTES, 7364608, 4096, "7192.0 KiB +- 4096 bytes");
}

static void ratio_is(double reference, double changed, const char *expected)
{
	AUTO_STR out = { 0 };

	pyperf_text_ratio(&out, reference, changed);
	assert_string_equal(out.text, expected);
}

static void ratios_have_a_direction(void **state)
{
	(void)state;
	ratio_is(1, 1, "no change");
	ratio_is(1, 1.0000001, "1.00x slower");
	ratio_is(1, 0.9999999, "1.00x faster");
	ratio_is(1, 2, "2.00x slower");
	ratio_is(2, 1, "2.00x faster");
	ratio_is(3, 4, "1.33x slower");
	ratio_is(1.5, 150, "100.00x slower");
}

static void duration_is(double seconds, const char *expected)
{
	AUTO_STR out = { 0 };

	str_add(&out, "x: ");
	pyperf_text_seconds(&out, seconds);
	assert_string_equal(out.text + 3, expected);
}

static void durations_are_coarse(void **state)
{
	(void)state;
	duration_is(0, "0 sec");
	duration_is(0.65, "650 ms");
	duration_is(2.12, "2.1 sec");
	duration_is(29.2, "29.2 sec");
	duration_is(60, "1 min");
	duration_is(65, "1 min 5.0 sec");
	duration_is(3600, "1 hour");
	duration_is(7380, "2 hour 3 min");
	duration_is(7384.5, "2 hour 3 min 4.5 sec");
	duration_is(180251.675687, "2 day 2 hour 4 min");
}

static void fact_is(const char *key, const char *json, const char *expected)
{
	AUTO_STR out = { 0 };

	pyperf_text_fact(&out, key, json);
	assert_string_equal(str_text(&out), expected);
}

static void metadata_is_shown_by_its_kind(void **state)
{
	(void)state;
	fact_is("loops", "32768", "2^15");
	fact_is("mem_max_rss", "14123008", "13.5 MiB");
	fact_is("duration", "0.7234010050015058", "723 ms");
	fact_is("load_avg_1min", "0.29", "0.29");
	fact_is("load_avg_1min", "2", "2.00");
	fact_is("cpu_count", "4", "4");
	fact_is("something", "32768", "32768");
	fact_is("something", "0.1", "0.1");
	fact_is("something", "true", "True");
	fact_is("description", "\"caf\\u00e9 \\\"x\\\"\"", "caf\xC3\xA9 \"x\"");
	fact_is("tags", "[\"a\",\"b, c\"]", "['a', 'b, c']");
	fact_is("tags", "[\"\\\"q\\\"\"]", "['\"q\"']");
	fact_is("tags", "[\"it's\",\"caf\\u00e9\",\"'\\\"\\\\\"]", "[\"it's\", 'caf\xC3\xA9', '\\'\"\\\\']");
	fact_is("tags", "[]", "[]");
	fact_is("loops", "\"text\"", "text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_have_three_digits),	 cmocka_unit_test(the_first_value_decides_for_all),
		cmocka_unit_test(sizes_have_their_own_units),	 cmocka_unit_test(numbers_may_be_powers),
		cmocka_unit_test(means_share_unit_and_decimals), cmocka_unit_test(ratios_have_a_direction),
		cmocka_unit_test(durations_are_coarse),		 cmocka_unit_test(metadata_is_shown_by_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
