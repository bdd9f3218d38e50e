#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "base/str.h"

static void free_at(struct regex **r)
{
	regex_free(*r);
}

#define AUTO_REGEX __attribute__((cleanup(free_at))) struct regex

static struct regex *compiled(const char *pattern)
{
	struct err e = ERR_INIT;
	struct regex *r = regex_new(pattern, &e);

	if (!r)
		fail_msg("%s", e.text);
	return r;
}

static bool matches(const char *pattern, const char *text)
{
	AUTO_REGEX *r = compiled(pattern);

	return regex_matches(r, text, strlen(text));
}

static void anchors_are_those_of_lines(void **state)
{
	(void)state;
	assert_true(matches("^two$", "one\ntwo\nthree"));
	assert_false(matches("^wo$", "one\ntwo\nthree"));
	assert_false(matches("one.two", "one\ntwo"));
	assert_true(matches("^one\r$", "one\r\ntwo"));
}

static void text_is_utf8_and_bad_bytes_do_no_harm(void **state)
{
	(void)state;
	assert_true(matches("^.{3}$", "n\xC3\xA4h"));
	assert_true(matches("failed", "\xFF\xFE bytes \xC3 failed \x80"));
	assert_true(matches("^$", ""));
	AUTO_REGEX *r = compiled("b$");
	assert_true(regex_matches(r, "a\0b", 3));
	assert_false(regex_matches(r, NULL, 0));
}

static void groups_by_number_and_name(void **state)
{
	AUTO_REGEX *r = compiled("(?<key>\\w+)=(?<value>\\d+)?(x)?");
	struct regex_group g[8];

	(void)state;
	assert_int_equal(regex_groups(r, "  a=12;", 7, g, COUNT_OF(g)), 4);
	assert_int_equal(g[0].start, 2);
	assert_int_equal(g[0].end, 6);
	assert_int_equal(regex_group_number(r, "value"), 2);
	assert_int_equal(g[2].start, 4);
	assert_int_equal(g[2].end, 6);
	assert_true(g[3].start > g[3].end);
	assert_int_equal(regex_group_number(r, "nothing"), -1);
	assert_int_equal(regex_groups(r, "none", 4, g, COUNT_OF(g)), 0);
}

static void no_more_groups_than_there_is_room_for(void **state)
{
	AUTO_REGEX *r = compiled("(a)(b)(c)");
	struct regex_group g[3] = { [2] = { 77, 77 } };

	(void)state;
	assert_int_equal(regex_groups(r, "abc", 3, g, 2), 2);
	assert_int_equal(g[1].end, 1);
	assert_int_equal(g[2].start, 77);
}

static void a_bad_pattern_tells_where(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(regex_new("ab(c", &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.text, "\"ab(c\""));
	assert_non_null(strstr(e.text, "byte 5"));
	assert_null(regex_new("\xFF", &e));
	assert_null(regex_new("\\C", &e));
}

/* Exponential without a limit: this test would not end. In machine code and in the interpreter. */
static void a_runaway_match_is_given_up(void **state)
{
	static const char *const patterns[] = { "^(x+x+)+y", "(*NO_JIT)^(x+x+)+y" };
	AUTO_STR text = { 0 };
	struct regex_group g[2];

	(void)state;
	for (int i = 0; i < 5000; i++)
		str_add_char(&text, 'x');
	str_add(&text, "zy");
	for (size_t i = 0; i < COUNT_OF(patterns); i++) {
		AUTO_REGEX *r = compiled(patterns[i]);
		assert_false(regex_matches(r, text.text, text.len));
		assert_int_equal(regex_groups(r, text.text, text.len, g, 2), -1);
	}
}

/* More than the stack of the machine code holds: found all the same. */
static void a_deep_match_is_found(void **state)
{
	AUTO_REGEX *r = compiled("^(?:a|(b))+$");
	AUTO_STR text = { 0 };

	(void)state;
	for (int i = 0; i < 40000; i++)
		str_add(&text, "ab");
	assert_true(regex_matches(r, text.text, text.len));
}

static void a_pattern_that_is_too_long_is_refused(void **state)
{
	AUTO_STR pattern = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	for (int i = 0; i < 70000; i++)
		str_add_char(&pattern, 'x');
	assert_null(regex_new(pattern.text, &e));
	assert_int_equal(e.code, ERR_CONFIG);
}

static void the_version_is_told(void **state)
{
	(void)state;
	assert_true(str_starts(regex_library_version(), "10."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anchors_are_those_of_lines), cmocka_unit_test(text_is_utf8_and_bad_bytes_do_no_harm),
		cmocka_unit_test(groups_by_number_and_name),  cmocka_unit_test(no_more_groups_than_there_is_room_for),
		cmocka_unit_test(a_bad_pattern_tells_where),  cmocka_unit_test(a_runaway_match_is_given_up),
		cmocka_unit_test(a_deep_match_is_found),      cmocka_unit_test(a_pattern_that_is_too_long_is_refused),
		cmocka_unit_test(the_version_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
