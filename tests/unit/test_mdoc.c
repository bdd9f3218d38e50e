#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mdoc.h"

static void expect_prose(const char *text, const char *end, const char *wanted)
{
	AUTO_STR out = { 0 };

	mdoc_add_prose(&out, text, end);
	assert_string_equal(str_text(&out), wanted);
}

static void each_sentence_has_a_line(void **state)
{
	(void)state;
	expect_prose("One. Two (or `three`). Four", ".", "One.\nTwo (or \\(oqthree\\(cq).\nFour.\n");
	expect_prose("suite, ... as the list", "", "suite, ... as the list\n");
	expect_prose("", ".", ".\n");
}

static void nothing_is_a_command_of_roff(void **state)
{
	(void)state;
	expect_prose(".Off", "", "\\&.Off\n");
	expect_prose("'a' and a\\b", "", "\\&'a' and a\\eb\n");
	expect_prose("One. .Two", "", "One.\n\\&.Two\n");
}

static void dashes_of_options_are_kept(void **state)
{
	(void)state;
	expect_prose("a least-used one, -a or --all", "", "a least-used one, \\-a or \\-\\-all\n");
}

static void long_lines_are_broken(void **state)
{
	AUTO_STR out = { 0 };
	size_t column = 0;

	(void)state;
	mdoc_add_prose(&out,
		       "a word and a word and a word and a word and a word and a word and a word and a word and a word "
		       "and a word and a word and a word and a word and a word and a word and a word",
		       ".");
	for (const char *at = str_text(&out); *at; at++) {
		column = *at == '\n' ? 0 : column + 1;
		assert_in_range(column, 0, 80);
	}
}

static void examples_stay_as_they_are(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	mdoc_add_literal(&out, ".x --all 'a b' `c`. Then\\n");
	assert_string_equal(str_text(&out), "\\&.x \\-\\-all \\(aqa b\\(aq \\(gac\\(ga. Then\\en");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sentence_has_a_line),   cmocka_unit_test(nothing_is_a_command_of_roff),
		cmocka_unit_test(dashes_of_options_are_kept), cmocka_unit_test(long_lines_are_broken),
		cmocka_unit_test(examples_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
