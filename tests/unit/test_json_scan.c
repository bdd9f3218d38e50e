#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/str.h"

struct begun {
	struct json_scan s;
	struct arena *arena;
	char *text;
	struct err err;
};

static void begin_bytes(struct begun *b, const char *text, size_t len)
{
	*b = (struct begun){ .arena = arena_new(0), .text = mem_dup_bytes(text, len) };
	json_scan_start(&b->s, b->text, len, b->arena, &b->err);
}

static void begin(struct begun *b, const char *text)
{
	begin_bytes(b, text, strlen(text));
}

static void end(struct begun *b)
{
	arena_free(b->arena);
	free(b->text);
}

static void reads_an_object(void **state)
{
	struct begun b;
	double sum = 0;
	bool whole = false;

	(void)state;
	begin(&b, " { \"name\" : \"a b\",\n\t\"list\":[1, 2.5 ,-3e2],\"yes\":true,\"no\":false,\"nothing\":null,"
		  "\"more\":{\"a\":[[],{}]}} \r\n");
	json_scan_open(&b.s, '{');
	assert_true(json_scan_more(&b.s, '}'));
	assert_string_equal(json_scan_key(&b.s), "name");
	assert_string_equal(json_scan_text(&b.s), "a b");
	assert_true(json_scan_more(&b.s, '}'));
	assert_string_equal(json_scan_key(&b.s), "list");
	json_scan_open(&b.s, '[');
	while (json_scan_more(&b.s, ']'))
		sum += json_scan_number(&b.s, &whole);
	assert_true(sum == 1 + 2.5 - 300);
	assert_false(whole);
	assert_true(json_scan_more(&b.s, '}'));
	json_scan_key(&b.s);
	assert_true(json_scan_bool(&b.s));
	assert_true(json_scan_more(&b.s, '}'));
	json_scan_key(&b.s);
	assert_false(json_scan_bool(&b.s));
	assert_true(json_scan_more(&b.s, '}'));
	json_scan_key(&b.s);
	assert_true(json_scan_null(&b.s));
	assert_true(json_scan_more(&b.s, '}'));
	json_scan_key(&b.s);
	json_scan_skip(&b.s);
	assert_false(json_scan_more(&b.s, '}'));
	assert_true(json_scan_finish(&b.s));
	end(&b);
}

static void a_key_that_was_foretold_is_stepped_over(void **state)
{
	struct begun b;

	(void)state;
	begin(&b, "{\"loops\":5,\"loop\":6,\"x\":7}");
	json_scan_open(&b.s, '{');
	assert_true(json_scan_more(&b.s, '}'));
	assert_false(json_scan_key_is(&b.s, "loop", 4));
	assert_true(json_scan_key_is(&b.s, "loops", 5));
	assert_true(json_scan_number(&b.s, NULL) == 5);
	assert_true(json_scan_more(&b.s, '}'));
	assert_false(json_scan_key_is(&b.s, "loops", 5));
	assert_string_equal(json_scan_key(&b.s), "loop");
	json_scan_skip(&b.s);
	assert_true(json_scan_more(&b.s, '}'));
	assert_false(json_scan_key_is(&b.s, "a name that is longer than what is left", 40));
	assert_string_equal(json_scan_key(&b.s), "x");
	json_scan_skip(&b.s);
	assert_false(json_scan_more(&b.s, '}'));
	assert_true(json_scan_finish(&b.s));
	end(&b);
}

static void texts_are(const char *json, const char *expected)
{
	struct begun b;

	begin(&b, json);
	assert_string_equal(json_scan_text(&b.s), expected);
	assert_true(json_scan_finish(&b.s));
	end(&b);
}

static void texts_are_decoded(void **state)
{
	(void)state;
	texts_are("\"\"", "");
	texts_are("\"plain text of more than sixteen characters\"", "plain text of more than sixteen characters");
	texts_are("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
	texts_are("\"\\u0041\\u00e9\\u20ac\\ud83d\\udc0d\"", "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x8D");
	texts_are("\"caf\xC3\xA9 \xE2\x82\xAC \x7f\"", "caf\xC3\xA9 \xE2\x82\xAC \x7f");
}

static void fact_is(const char *json, const char *expected)
{
	AUTO_STR list = { 0 };
	struct begun b;

	/* In an object, where a comma or bracket follows, in one with blanks, and alone. */
	str_addf(&list, "[%s,%s , %s\n,%s]", json, json, json, json);
	begin(&b, list.text);
	json_scan_open(&b.s, '[');
	for (int i = 0; i < 4; i++) {
		assert_true(json_scan_more(&b.s, ']'));
		assert_string_equal(json_scan_fact(&b.s), expected);
	}
	assert_false(json_scan_more(&b.s, ']'));
	assert_true(json_scan_finish(&b.s));
	end(&b);
	begin(&b, json);
	assert_string_equal(json_scan_fact(&b.s), expected);
	assert_true(json_scan_finish(&b.s));
	end(&b);
}

static void facts_have_one_form(void **state)
{
	(void)state;
	fact_is("1", "1");
	fact_is("-0", "0");
	fact_is("-17", "-17");
	fact_is("123456789012345678901234567890", "123456789012345678901234567890");
	fact_is("1.5", "1.5");
	fact_is("1.50", "1.5");
	fact_is("0.0", "0.0");
	fact_is("-0.0", "-0.0");
	fact_is("1e3", "1000.0");
	fact_is("1E-7", "1e-07");
	fact_is("0.00001", "1e-05");
	fact_is("0.0001", "0.0001");
	fact_is("12345678901234567.0", "1.2345678901234568e+16");
	fact_is("0.012345678901234567", "0.012345678901234567");
	fact_is("0.0123456789012345678901", "0.012345678901234568");
	fact_is("true", "true");
	fact_is("false", "false");
	fact_is("\"a b\"", "\"a b\"");
	fact_is("\"caf\xC3\xA9\"", "\"caf\\u00e9\"");
	fact_is("\"\\u0041\\/\\u00E9\\uD83D\\uDC0D\\u0000\\udcff\x7f\"",
		"\"A/\\u00e9\\ud83d\\udc0d\\u0000\\udcff\\u007f\"");
	fact_is("[ \"a\" , 1.0,true ]", "[\"a\",1.0,true]");
	fact_is("[]", "[]");
}

/* The comma behind a fact is gone from the text, but not for the reader. */
static void facts_are_cut_out_in_place(void **state)
{
	struct begun b;

	(void)state;
	begin(&b, "{\"a\":1,\"b\":\"two\",\"c\":3}");
	json_scan_open(&b.s, '{');
	assert_true(json_scan_more(&b.s, '}'));
	const char *a = (json_scan_key(&b.s), json_scan_fact(&b.s));
	assert_true(json_scan_more(&b.s, '}'));
	const char *two = (json_scan_key(&b.s), json_scan_fact(&b.s));
	assert_true(json_scan_more(&b.s, '}'));
	const char *c = (json_scan_key(&b.s), json_scan_fact(&b.s));
	assert_false(json_scan_more(&b.s, '}'));
	assert_true(json_scan_finish(&b.s));
	assert_string_equal(a, "1");
	assert_string_equal(two, "\"two\"");
	assert_string_equal(c, "3");
	assert_true(a > b.text && a < b.text + 10);
	end(&b);
}

static void facts_and_texts_turn_into_each_other(void **state)
{
	static const char *const texts[] = { "", "a", "\"quoted\" \\ \n\t\x01\x7f", "caf\xC3\xA9 \xF0\x9F\x90\x8D" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		AUTO_FREE char *json = json_scan_quote(texts[i]);
		AUTO_FREE char *back = json_scan_fact_text(json);
		assert_string_equal(back, texts[i]);
		for (const char *c = json; *c; c++)
			assert_true(*c >= ' ' && *c <= '~');
	}
	AUTO_FREE char *broken = json_scan_quote("a\xFFz");
	assert_string_equal(broken, "\"a\\ufffdz\"");
	AUTO_FREE char *held = json_scan_fact_text("\"\\u0000\\udcff\"");
	assert_string_equal(held, "\xEF\xBF\xBD\xEF\xBF\xBD");
	AUTO_FREE char *number = json_scan_fact_text("2.5");
	assert_string_equal(number, "2.5");
}

static void skipping_refuses(const char *json, size_t len, const char *expected)
{
	struct begun b;

	begin_bytes(&b, json, len);
	json_scan_skip(&b.s);
	assert_false(json_scan_finish(&b.s));
	assert_int_equal(b.err.code, ERR_FORMAT);
	assert_string_equal(b.err.text, expected);
	end(&b);
}

static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *json, *expected;
	} cases[] = {
		{ "", "line 1, column 1: a value was expected; the file ends here" },
		{ "{\"a\":1", "line 1, column 7: \",\" or \"}\" was expected; the file ends here" },
		{ "[1,\n2,]", "line 2, column 3: a value was expected; this is no JSON" },
		{ "[1 2]", "line 1, column 4: \",\" or \"]\" was expected; there is a number" },
		{ "[1}", "line 1, column 3: \",\" or \"]\" was expected; this is no JSON" },
		{ "{\"a\" 1}", "line 1, column 6: \":\" was expected; there is a number" },
		{ "{1:2}", "line 1, column 2: a name in quotes was expected; there is a number" },
		{ "[\"a\nb\"]", "line 1, column 4: a control character in a text" },
		{ "[\"abc", "line 1, column 6: the file ends in the middle of a text" },
		{ "[\"\xFF\"]", "line 1, column 3: a text that is not UTF-8" },
		{ "[\"\\x\"]", "line 1, column 3: no such escape in a text" },
		{ "[\"\\u12g4\"]", "line 1, column 3: no such escape in a text" },
		{ "[NaN]",
		  "line 1, column 2: a value was expected; NaN and Infinity are no numbers that a result can have" },
		{ "[-Infinity]",
		  "line 1, column 2: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ "[1e999]", "line 1, column 2: this number is too large" },
		{ "[01]", "line 1, column 2: a number was expected; there is a number" },
		{ "[tru]", "line 1, column 2: true or false was expected; this is no JSON" },
		{ "[nul]", "line 1, column 2: a value was expected; this is no JSON" },
		{ "1 2", "line 1, column 3: something stands behind the end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		skipping_refuses(cases[i].json, strlen(cases[i].json), cases[i].expected);
	skipping_refuses("[1,\0002]", 7, "line 1, column 4: a value was expected; there is a NUL");
	skipping_refuses("1\0", 2, "line 1, column 2: there is a NUL");
}

static void nesting_is_bounded(void **state)
{
	AUTO_STR deep = { 0 };
	struct begun b;

	(void)state;
	for (int i = 0; i < 64; i++)
		str_add_char(&deep, '[');
	for (int i = 0; i < 64; i++)
		str_add_char(&deep, ']');
	begin(&b, deep.text);
	json_scan_skip(&b.s);
	assert_true(json_scan_finish(&b.s));
	end(&b);
	str_clear(&deep);
	for (int i = 0; i < 100000; i++)
		str_add(&deep, "{\"a\":[");
	skipping_refuses(deep.text, deep.len, "line 1, column 193: nested deeper than 64");
}

static void refuses_text(const char *json, const char *expected)
{
	struct begun b;

	begin(&b, json);
	assert_string_equal(json_scan_text(&b.s), "");
	assert_true(b.s.failed);
	assert_string_equal(b.err.text, expected);
	/* Nothing comes any more, and the first mistake stays. */
	assert_false(json_scan_more(&b.s, ']'));
	assert_true(json_scan_number(&b.s, NULL) == 0);
	assert_string_equal(json_scan_fact(&b.s), "");
	assert_string_equal(b.err.text, expected);
	end(&b);
}

static void a_c_string_must_be_able_to_hold_a_text(void **state)
{
	(void)state;
	refuses_text("\"a\\u0000b\"", "line 1, column 9: a text with a NUL in it");
	refuses_text("\"\\ud800\"", "line 1, column 8: a text with half a surrogate pair in it");
	refuses_text("[\"a\"]", "line 1, column 1: a text was expected; there is a list");
}

static void what_is_no_fact_is_refused(void **state)
{
	static const char *const jsons[] = { "null", "{}", "[[1]]", "[null]", "[{}]", "1e999", "[1,]", "\"a", "x" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(jsons); i++) {
		struct begun b;

		begin(&b, jsons[i]);
		json_scan_fact(&b.s);
		assert_false(json_scan_finish(&b.s));
		assert_int_equal(b.err.code, ERR_FORMAT);
		end(&b);
	}
}

static void flat_lists_are_told(void **state)
{
	static const struct {
		const char *json;
		bool flat;
	} cases[] = { { "[]", true },	   { "[1,\"a\",true]", true }, { "[\"[{n\\\"\"]", true }, { "[[]]", false },
		      { "[1,{}]", false }, { "[null]", false },	       { "[1", false },		  { "[\"]", false } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct begun b;

		begin(&b, cases[i].json);
		assert_int_equal(json_scan_is_flat(&b.s), cases[i].flat);
		end(&b);
	}
}

/* Cut anywhere, a text of all kinds of values is refused, and nothing outside it is touched (valgrind looks). */
static void a_cut_text_is_refused_everywhere(void **state)
{
	const char *json = "{\"a\":[1,2.5e-3,\"x\\u00e9\\n\",true,null],\"b\":{\"c\":\"caf\xC3\xA9\"}}";

	(void)state;
	for (size_t len = 0; len < strlen(json); len++) {
		struct begun b;

		begin_bytes(&b, json, len);
		json_scan_skip(&b.s);
		assert_false(json_scan_finish(&b.s));
		end(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_an_object),
		cmocka_unit_test(a_key_that_was_foretold_is_stepped_over),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(facts_have_one_form),
		cmocka_unit_test(facts_are_cut_out_in_place),
		cmocka_unit_test(facts_and_texts_turn_into_each_other),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(a_c_string_must_be_able_to_hold_a_text),
		cmocka_unit_test(what_is_no_fact_is_refused),
		cmocka_unit_test(flat_lists_are_told),
		cmocka_unit_test(a_cut_text_is_refused_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
