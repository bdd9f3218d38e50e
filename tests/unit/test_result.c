#include "parse_text.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "parse/format.h"
#include "parse/result.h"

static void every_verdict_has_its_words(void **state)
{
	char letters[VERDICT_COUNT + 1] = "";

	(void)state;
	for (int v = 0; v < VERDICT_COUNT; v++) {
		assert_int_equal(verdict_from_key(verdict_key(v)), v);
		letters[v] = verdict_letter(v);
	}
	assert_string_equal(letters, "pfctbuls");
	assert_string_equal(verdict_name(VERDICT_TIMED_OUT), "timed out");
	assert_string_equal(verdict_key(VERDICT_TIMED_OUT), "timed_out");
	assert_int_equal(verdict_from_key("Passed"), -1);
	assert_int_equal(verdict_from_key(NULL), -1);
	assert_string_equal(verdict_name((enum verdict)77), "unknown");
	assert_false(verdict_is_bad((enum verdict)77));
}

static void the_worst_verdict_names_the_whole(void **state)
{
	static const enum verdict order[] = { VERDICT_SKIPPED, VERDICT_PASSED,	  VERDICT_UNAVAILABLE, VERDICT_FAILED,
					      VERDICT_BROKEN,  VERDICT_TIMED_OUT, VERDICT_CRASHED,     VERDICT_LOST };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(order); i++)
		for (size_t j = 0; j < COUNT_OF(order); j++)
			assert_int_equal(verdict_worst(order[i], order[j]), order[i > j ? i : j]);
	assert_false(verdict_is_bad(VERDICT_PASSED));
	assert_false(verdict_is_bad(VERDICT_SKIPPED));
	assert_false(verdict_is_bad(VERDICT_UNAVAILABLE));
	assert_true(verdict_is_bad(VERDICT_BROKEN));
}

static void cases_are_copied_and_counted(void **state)
{
	char name[] = "test_a", detail[] = "boom";
	struct result r;

	(void)state;
	result_start(&r);
	assert_false(r.complete);
	result_add(&r, name, VERDICT_FAILED, -7, detail);
	result_add(&r, name, VERDICT_PASSED, 12, "");
	name[0] = detail[0] = 'X';
	assert_string_equal(r.cases[0].name, "test_a");
	assert_string_equal(r.cases[0].detail, "boom");
	assert_int_equal(r.cases[0].took_ns, -1);
	assert_string_equal(r.cases[1].name, "test_a");
	assert_null(r.cases[1].detail);
	assert_int_equal(r.cases[1].took_ns, 12);
	assert_int_equal(r.tally.count[VERDICT_FAILED], 1);
	assert_int_equal(r.tally.count[VERDICT_PASSED], 1);
	result_free(&r);
	assert_null(r.cases);
}

static void counting_anew_keeps_known_passes(void **state)
{
	struct result r;

	(void)state;
	result_start(&r);
	result_add(&r, "a", VERDICT_FAILED, 0, NULL)->known = "reason";
	result_add(&r, "b", VERDICT_PASSED, 0, NULL)->verdict = VERDICT_CRASHED;
	r.tally.known_passed = 3;
	result_count(&r);
	assert_int_equal(r.tally.count[VERDICT_PASSED], 0);
	assert_int_equal(r.tally.count[VERDICT_CRASHED], 1);
	assert_int_equal(r.tally.known, 1);
	assert_int_equal(r.tally.known_passed, 3);
	result_free(&r);
}

static const char *name_made_of(struct result *r, const char *text)
{
	return result_add(r, text, VERDICT_PASSED, 0, NULL)->name;
}

static void texts_become_valid_utf8(void **state)
{
	struct result r;

	(void)state;
	result_start(&r);
	assert_string_equal(name_made_of(&r, "\xc3\xa9"), "\xc3\xa9");
	assert_string_equal(name_made_of(&r, "a\xff"
					     "b"),
			    "a\xef\xbf\xbd"
			    "b");
	assert_string_equal(name_made_of(&r, "\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(name_made_of(&r, "cut \xe2\x82"), "cut \xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(name_made_of(&r, ""), "(no name)");
	assert_string_equal(name_made_of(&r, NULL), "(no name)");
	result_free(&r);
}

static void long_texts_are_cut_between_characters(void **state)
{
	AUTO_STR text = { 0 };
	struct result r;

	(void)state;
	result_start(&r);
	for (int lead = 0; lead < 4; lead++) {
		str_clear(&text);
		for (int i = 0; i < lead; i++)
			str_add_char(&text, 'x');
		for (int i = 0; i < 4000; i++)
			str_add(&text, "\xf0\x9f\x90\x8d");
		const struct test_case *c = result_add(&r, text.text, VERDICT_FAILED, 0, text.text);
		assert_true(strlen(c->name) <= 4096 && strlen(c->name) > 4090);
		assert_true(strlen(c->detail) <= 8192 && strlen(c->detail) > 8186);
		assert_true(str_is_utf8(c->name, strlen(c->name)));
		assert_true(str_is_utf8(c->detail, strlen(c->detail)));
	}
	str_clear(&text);
	for (int i = 0; i < 9000; i++)
		str_add_char(&text, (char)0xbf);
	const char *name = name_made_of(&r, text.text);
	assert_true(strlen(name) <= 4096);
	assert_true(str_is_utf8(name, strlen(name)));
	result_free(&r);
}

static void many_cases_stay_where_they_are(void **state)
{
	char name[32];
	struct result r;

	(void)state;
	result_start(&r);
	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "test_%d", i);
		result_add(&r, name, i % 3 ? VERDICT_PASSED : VERDICT_SKIPPED, i, NULL);
	}
	assert_int_equal(r.count, 100000);
	assert_string_equal(r.cases[0].name, "test_0");
	assert_string_equal(r.cases[99999].name, "test_99999");
	assert_int_equal(r.tally.count[VERDICT_SKIPPED], 33334);
	result_free(&r);
}

static int64_t ns(const char *text)
{
	return seconds_to_ns(text, strlen(text));
}

static void seconds_are_read_exactly(void **state)
{
	(void)state;
	assert_int_equal(ns("0"), 0);
	assert_int_equal(ns("0.000000001"), 1);
	assert_int_equal(ns("1.5"), 1500000000);
	assert_int_equal(ns(".25"), 250000000);
	assert_int_equal(ns("3."), 3 * NS_PER_S);
	assert_int_equal(ns("1,234.5"), INT64_C(1234500000000));
	assert_int_equal(ns("2e-05"), 20000);
	assert_int_equal(ns("1.5E3"), 1500 * NS_PER_S);
	assert_int_equal(ns("0.123456789123456789123456789"), 123456789);
	assert_int_equal(ns("1e-400"), 0);
	assert_int_equal(ns("00000000000000000000000000000000000001"), NS_PER_S);
}

static void what_is_no_time_is_not_told(void **state)
{
	static const char *const bad[] = {
		"",    "nan", "NaN", "inf", "-1", "-0.1", "1e308", "1e999999999999",	     "1s",
		"0x1", "1e",  "e5",  "1e+", ".",  ",1",	  "1.2.3", "99999999999999999999999"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(ns(bad[i]), -1);
}

static void formats_are_found_by_name(void **state)
{
	struct parser_opts opts = { .what = "x" };
	struct err e = ERR_INIT;
	size_t n = 0;

	(void)state;
	while (parser_format(n)) {
		struct parser *p = parser_open(parser_format(n)->name, &opts, &e);

		assert_non_null(p);
		assert_non_null(parser_format(n)->help);
		parser_free(p);
		n++;
	}
	assert_int_equal(n, 4);
	assert_null(parser_open("subunit", &opts, &e));
	assert_int_equal(e.code, ERR_INTERNAL);
	parser_free(NULL);
}

static void too_many_tests_end_the_reading(void **state)
{
	struct parser_opts opts = { .what = "out.tap", .max_cases = 3 };
	struct parsed p;

	(void)state;
	parse_bytes(&p, "tap", &opts, "1..5\nok\nok\nok\nok\nok\n", 20, 100);
	assert_int_equal(p.status, -1);
	assert_int_equal(p.err.code, ERR_FORMAT);
	assert_string_equal(p.err.text, "out.tap: more than 3 tests");
	assert_int_equal(p.result.count, 3);
	assert_false(p.result.complete);
	result_free(&p.result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_its_words),
		cmocka_unit_test(the_worst_verdict_names_the_whole),
		cmocka_unit_test(cases_are_copied_and_counted),
		cmocka_unit_test(counting_anew_keeps_known_passes),
		cmocka_unit_test(texts_become_valid_utf8),
		cmocka_unit_test(long_texts_are_cut_between_characters),
		cmocka_unit_test(many_cases_stay_where_they_are),
		cmocka_unit_test(seconds_are_read_exactly),
		cmocka_unit_test(what_is_no_time_is_not_told),
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(too_many_tests_end_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
