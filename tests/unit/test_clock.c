#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{ "0", 0 },
		{ "0s", 0 },
		{ "250ms", 250 * NS_PER_MS },
		{ "90s", 90 * NS_PER_S },
		{ "5m", 300 * NS_PER_S },
		{ "2h", 7200 * NS_PER_S },
		{ "7d", 604800 * NS_PER_S },
		{ "1h30m", 5400 * NS_PER_S },
		{ "1d2h3m4s5ms", 93784 * NS_PER_S + 5 * NS_PER_MS },
		{ "106751d", 86400 * NS_PER_S * 106751 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct err e = ERR_INIT;
		int64_t ns = -1;

		assert_int_equal(clock_parse_duration(good[i].text, &ns, &e), 0);
		assert_true(ns == good[i].ns);
	}
}

static void what_is_no_duration_is_refused(void **state)
{
	static const char *const bad[] = {
		"",    "5",	"05",	 "s",	 "-5s",	     " 5s",  "5s ",	"5 s",	  "1.5h",
		"5x",  "30m1h", "1h1h",	 "5S",	 "5min",     "1h30", "106752d", "1d\xC3", "99999999999999999999s",
		"+5s", "0x10s", "5ms1s", "1e3s", "infinity", "١s",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct err e = ERR_INIT;
		int64_t ns = 77;

		assert_int_equal(clock_parse_duration(bad[i], &ns, &e), -1);
		assert_int_equal(e.code, ERR_CONFIG);
		assert_true(e.hint[0] != '\0');
		assert_int_equal(ns, 77);
	}
	int64_t ns;
	assert_int_equal(clock_parse_duration("5", &ns, NULL), -1);
}

static void durations_are_shown_with_no_more_digits_than_are_true(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} shown[] = {
		{ 0, "0 s" },
		{ 4000, "0 s" },
		{ 250000, "0.25 ms" },
		{ 994999, "0.99 ms" },
		{ 996000, "1 ms" },
		{ 30 * NS_PER_MS, "30 ms" },
		{ 99400000, "99 ms" },
		{ 99600000, "0.10 s" },
		{ 250 * NS_PER_MS, "0.25 s" },
		{ 994 * NS_PER_MS, "0.99 s" },
		{ 996 * NS_PER_MS, "1.0 s" },
		{ 4100 * NS_PER_MS, "4.1 s" },
		{ 9940 * NS_PER_MS, "9.9 s" },
		{ 9960 * NS_PER_MS, "10 s" },
		{ 41 * NS_PER_S, "41 s" },
		{ 59400 * NS_PER_MS, "59 s" },
		{ 59600 * NS_PER_MS, "1 min 00 s" },
		{ 200 * NS_PER_S, "3 min 20 s" },
		{ 3599400 * NS_PER_MS, "59 min 59 s" },
		{ 3599600 * NS_PER_MS, "1 h 00 min" },
		{ 7500 * NS_PER_S, "2 h 05 min" },
		{ 86399 * NS_PER_S, "1 d 00 h" },
		{ (3 * 24 + 4) * 3600 * NS_PER_S, "3 d 04 h" },
		{ -41 * NS_PER_S, "-41 s" },
		{ INT64_MAX, "106752 d 00 h" },
		{ INT64_MIN, "-106752 d 00 h" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(shown); i++) {
		char buf[64];

		clock_format_duration(shown[i].ns, buf, sizeof(buf));
		assert_string_equal(buf, shown[i].text);
	}
	char small[4];
	clock_format_duration(7500 * NS_PER_S, small, sizeof(small));
	assert_string_equal(small, "2 h");
}

static void calendar_times_are_shown(void **state)
{
	char buf[32];

	(void)state;
	clock_format_utc(0, buf, sizeof(buf));
	assert_string_equal(buf, "1970-01-01T00:00:00Z");
	clock_format_utc(INT64_C(1769860800999), buf, sizeof(buf));
	assert_string_equal(buf, "2026-01-31T12:00:00Z");
	clock_format_utc(-1, buf, sizeof(buf));
	assert_string_equal(buf, "1969-12-31T23:59:59Z");
	setenv("TZ", "XYZ-1", 1);
	clock_format_local(INT64_C(1769860800999), buf, sizeof(buf));
	assert_string_equal(buf, "2026-01-31 13:00");
	setenv("TZ", "UTC", 1);
	clock_format_local(INT64_C(1769860800999), buf, sizeof(buf));
	assert_string_equal(buf, "2026-01-31 12:00");
	clock_format_utc(INT64_MAX, buf, sizeof(buf)); /* a year that cannot be: some text or none, but no harm */
	clock_format_utc(0, buf, 5);
	assert_string_equal(buf, "");
}

static void deadlines_become_poll_times(void **state)
{
	(void)state;
	assert_true(clock_deadline_ns(-1) == CLOCK_NEVER_NS);
	assert_true(clock_deadline_ns(INT64_MAX) == CLOCK_NEVER_NS);
	assert_int_equal(clock_poll_ms(CLOCK_NEVER_NS), -1);
	assert_int_equal(clock_poll_ms(clock_now_ns()), 0);
	assert_int_equal(clock_poll_ms(0), 0);
	assert_int_equal(clock_poll_ms(CLOCK_NEVER_NS - 1), INT_MAX);
	int ms = clock_poll_ms(clock_deadline_ns(3600 * NS_PER_S));
	assert_in_range(ms, 1, 3600000);
}

static void the_monotonic_clock_goes_on(void **state)
{
	int64_t before = clock_now_ns();

	(void)state;
	clock_sleep_ns(2 * NS_PER_MS);
	assert_true(clock_now_ns() - before >= 2 * NS_PER_MS);
	clock_sleep_ns(0);
	clock_sleep_ns(-5);
	assert_true(clock_wall_ms() > INT64_C(1500000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(durations_are_shown_with_no_more_digits_than_are_true),
		cmocka_unit_test(calendar_times_are_shown),
		cmocka_unit_test(deadlines_become_poll_times),
		cmocka_unit_test(the_monotonic_clock_goes_on),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
