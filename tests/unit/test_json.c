#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static struct json_value *parsed(const char *text)
{
	struct err e = ERR_INIT;
	struct json_value *v = json_parse(text, strlen(text), &e);

	if (!v)
		fail_msg("%s", e.text);
	return v;
}

static void refused(const char *text, size_t len, const char *because)
{
	struct err e = ERR_INIT;

	assert_null(json_parse(text, len, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	if (!strstr(e.text, because))
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
}

static void write_sample(struct str *out, bool pretty)
{
	struct json_writer w;

	json_start(&w, out, pretty);
	json_open(&w, NULL, '{');
	json_add_text(&w, "a\"b", "x\ty\n\\\x01");
	json_add_text(&w, "none", NULL);
	json_open(&w, "list", '[');
	json_add_int(&w, NULL, INT64_MIN);
	json_add_bool(&w, NULL, true);
	json_open(&w, NULL, '{');
	json_close(&w, '}');
	json_close(&w, ']');
	json_add_real(&w, "r", 0.1);
	json_close(&w, '}');
}

static void writes_on_one_line(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	write_sample(&out, false);
	assert_string_equal(out.text, "{\"a\\\"b\":\"x\\ty\\n\\\\\\u0001\",\"none\":null,"
				      "\"list\":[-9223372036854775808,true,{}],\"r\":0.1}");
}

static void writes_a_line_per_entry(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	write_sample(&out, true);
	assert_string_equal(out.text, "{\n  \"a\\\"b\": \"x\\ty\\n\\\\\\u0001\",\n  \"none\": null,\n  \"list\": [\n"
				      "    -9223372036854775808,\n    true,\n    {}\n  ],\n  \"r\": 0.1\n}\n");
}

static void bad_bytes_become_the_replacement_character(void **state)
{
	AUTO_STR out = { 0 };
	struct json_writer w;

	(void)state;
	json_start(&w, &out, false);
	json_add_text(&w, NULL, "a\xFF\xC3(\xE2\x82\xAC\xED\xA0\x80");
	AUTO_JSON *v = parsed(out.text);
	assert_string_equal(json_text(v, ""),
			    "a\xEF\xBF\xBD\xEF\xBF\xBD(\xE2\x82\xAC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void assert_real(double value, const char *expected)
{
	AUTO_STR out = { 0 };
	struct json_writer w;

	json_start(&w, &out, false);
	json_add_real(&w, NULL, value);
	if (expected)
		assert_string_equal(out.text, expected);
	AUTO_JSON *v = parsed(out.text);
	double back = json_number(v, NAN);
	assert_memory_equal(&back, &value, sizeof(value));
}

static void reals_are_short_and_read_back_the_same(void **state)
{
	(void)state;
	assert_real(0.1, "0.1");
	assert_real(1.0, "1.0");
	assert_real(-0.0, "-0.0");
	assert_real(1.0 / 3, "0.3333333333333333");
	assert_real(0.1 + 0.2, "0.30000000000000004");
	assert_real(1e22, "1e+22");
	assert_real(123456.0, "123456.0");
	assert_real(DBL_MAX, NULL);
	assert_real(DBL_MIN, NULL);
	assert_real(DBL_TRUE_MIN, NULL);
	uint64_t bits = 0x9E3779B97F4A7C15;
	for (int i = 0; i < 20000; i++) {
		double value;
		bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
		memcpy(&value, &bits, sizeof(value));
		if (isfinite(value))
			assert_real(value, NULL);
	}
}

static void what_is_no_number_is_null(void **state)
{
	static const double values[] = { NAN, INFINITY, -INFINITY };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		AUTO_STR out = { 0 };
		struct json_writer w;
		json_start(&w, &out, false);
		json_add_real(&w, NULL, values[i]);
		assert_string_equal(out.text, "null");
	}
}

static void reads_a_tree(void **state)
{
	AUTO_JSON *v = parsed("{\"t\":\"x\",\"i\":-5,\"r\":2.5,\"b\":true,\"n\":null,\"l\":[1,[2,3]]}");

	(void)state;
	assert_string_equal(json_text(json_at(v, "t"), "?"), "x");
	assert_int_equal(json_int(json_at(v, "i"), 0), -5);
	assert_true(json_number(json_at(v, "r"), 0) == 2.5);
	assert_true(json_number(json_at(v, "i"), 0) == -5);
	assert_true(json_bool(json_at(v, "b"), false));
	assert_int_equal(json_count(json_at(v, "l")), 2);
	assert_int_equal(json_int(json_item(json_item(json_at(v, "l"), 1), 0), 0), 2);
}

static void what_is_not_there_is_otherwise(void **state)
{
	AUTO_JSON *v = parsed("{\"t\":\"x\",\"r\":2.5,\"n\":null}");

	(void)state;
	assert_null(json_at(v, "none"));
	assert_null(json_at(NULL, "none"));
	assert_null(json_at(json_at(v, "t"), "none"));
	assert_string_equal(json_text(NULL, "?"), "?");
	assert_string_equal(json_text(json_at(v, "r"), "?"), "?");
	assert_string_equal(json_text(json_at(v, "n"), "?"), "?");
	assert_int_equal(json_int(json_at(v, "r"), 7), 7);
	assert_int_equal(json_int(NULL, 7), 7);
	assert_true(json_number(json_at(v, "t"), 7) == 7);
	assert_true(json_bool(json_at(v, "t"), true));
	assert_false(json_bool(json_at(v, "none"), false));
	assert_int_equal(json_count(v), 0);
	assert_int_equal(json_count(NULL), 0);
	assert_null(json_item(NULL, 0));
	assert_null(json_item(v, 0));
}

static void join_keys(void *ctx, const char *key, const struct json_value *value)
{
	str_addf(ctx, "%s%d", key, (int)json_int(value, -1));
}

static void an_object_keeps_its_order(void **state)
{
	AUTO_JSON *v = parsed("{\"z\":1,\"a\":2,\"m\":3}");
	AUTO_STR seen = { 0 };

	(void)state;
	json_each(v, join_keys, &seen);
	json_each(json_at(v, "z"), join_keys, &seen);
	json_each(NULL, join_keys, &seen);
	assert_string_equal(seen.text, "z1a2m3");
}

static void errors_say_where(void **state)
{
	(void)state;
	refused("{\n  \"a\": x\n}", 12, "line 2, column");
	refused("", 0, "JSON: line 1");
	refused("[1] 2", 5, "end of file");
	refused("{\"a\":1,\"a\":2}", 13, "duplicate");
	refused("\"a\0b\"", 5, "line 1");
	refused("\"\\u0000\"", 8, "u0000");
	refused("\"\xFF\"", 3, "line 1");
	refused("99999999999999999999", 20, "big integer");
	refused("[\x7f]", 3, "\\x7f"); /* quoted from the input, but harmless on a terminal */
}

static void nesting_is_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	for (int i = 0; i < 64; i++)
		str_add_char(&text, '[');
	str_add(&text, "\"[[[{{{\\\"[\"");
	for (int i = 0; i < 64; i++)
		str_add_char(&text, ']');
	json_free(parsed(text.text));
	str_clear(&text);
	for (int i = 0; i < 1000000; i++)
		str_add_char(&text, '[');
	refused(text.text, text.len, "line 1, column 65: nested deeper than 64");
}

static void size_and_number_of_values_are_bounded(void **state)
{
	size_t len = (size_t)64 * 1024 * 1024 + 1;
	AUTO_FREE char *text = mem_new(len, 1);

	(void)state;
	memset(text, ' ', len);
	refused(text, len, "64 MiB");
	for (size_t i = 0; i < 10000000; i++)
		text[i] = i == 0 ? '[' : i % 2 ? '0' : ',';
	refused(text, 10000000, "more than 4000000 values");
}

static void kinds_are_told(void **state)
{
	const char *text = "[null,true,1,1.5,\"a\",[],{}]";
	AUTO_JSON *root = json_parse(text, strlen(text), NULL);
	static const enum json_kind expected[] = { JSON_IS_NULL, JSON_IS_BOOL, JSON_IS_NUMBER, JSON_IS_NUMBER,
						   JSON_IS_TEXT, JSON_IS_LIST, JSON_IS_OBJECT };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(expected); i++)
		assert_int_equal(json_kind(json_item(root, i)), expected[i]);
	assert_int_equal(json_kind(NULL), JSON_ABSENT);
	assert_true(json_is_whole(json_item(root, 2)));
	assert_false(json_is_whole(json_item(root, 3)));
	assert_false(json_is_whole(NULL));
}

static void words_for_nan_are_read_when_asked(void **state)
{
	const char *text = "{\"a\":[NaN,1,Infinity , -Infinity,\"NaN\",\"x Infinity\"],\"NaN\":NaN}";
	AUTO_JSON *root = json_parse_with_nan(text, strlen(text), NULL);
	const struct json_value *list = json_at(root, "a");

	(void)state;
	assert_int_equal(json_count(list), 6);
	assert_true(isnan(json_number(json_item(list, 0), 0)));
	assert_int_equal(json_kind(json_item(list, 0)), JSON_IS_NUMBER);
	assert_true(json_number(json_item(list, 1), 0) == 1);
	assert_true(json_number(json_item(list, 2), 0) == INFINITY);
	assert_true(json_number(json_item(list, 3), 0) == -INFINITY);
	assert_string_equal(json_text(json_item(list, 4), ""), "NaN");
	assert_string_equal(json_text(json_item(list, 5), ""), "x Infinity");
	assert_null(json_text(json_item(list, 0), NULL));
	assert_true(isnan(json_number(json_at(root, "NaN"), 0)));
	AUTO_JSON *alone = json_parse_with_nan("NaN", 3, NULL);
	assert_int_equal(json_kind(alone), JSON_IS_TEXT); /* a file of nothing else: a text that nobody asks for */
	refused(text, strlen(text), "line 1, column 9");
}

static void refused_with_nan(const char *text, const char *because)
{
	struct err e = ERR_INIT;

	assert_null(json_parse_with_nan(text, strlen(text), &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, because));
}

static void columns_stay_right_behind_nan(void **state)
{
	(void)state;
	refused_with_nan("[NaN,\n Infinity, x]", "line 2, column 12");
	refused_with_nan("[NaNNaN]", "line 1");
	refused_with_nan("[nan]", "line 1");
	refused_with_nan("[NaN", "line 1");
	/* What stands for NaN on the way cannot be brought in from outside. */
	refused_with_nan("[\"\x7f\"]", "DEL");
	refused_with_nan("[\n\"\\u007F\"]", "line 2: a DEL");
}

static void the_locale_plays_no_part(void **state)
{
	static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names) && !setlocale(LC_NUMERIC, names[i]); i++)
		;
	assert_real(0.5, "0.5");
	assert_real(1.0, "1.0");
	assert_real(1.5e300, "1.5e+300");
	setlocale(LC_NUMERIC, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_on_one_line),
		cmocka_unit_test(writes_a_line_per_entry),
		cmocka_unit_test(bad_bytes_become_the_replacement_character),
		cmocka_unit_test(reals_are_short_and_read_back_the_same),
		cmocka_unit_test(what_is_no_number_is_null),
		cmocka_unit_test(reads_a_tree),
		cmocka_unit_test(what_is_not_there_is_otherwise),
		cmocka_unit_test(an_object_keeps_its_order),
		cmocka_unit_test(errors_say_where),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(size_and_number_of_values_are_bounded),
		cmocka_unit_test(kinds_are_told),
		cmocka_unit_test(words_for_nan_are_read_when_asked),
		cmocka_unit_test(columns_stay_right_behind_nan),
		cmocka_unit_test(the_locale_plays_no_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
