#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>

#include "render/columns.h"

static void expect(struct columns *c, const char *separator, const char *text)
{
	AUTO_STR s = { 0 };

	columns_print(c, separator, &s);
	assert_string_equal(str_text(&s), text);
	columns_free(c);
}

static void add(struct columns *c, const char *a, const char *b, const char *d)
{
	const char *texts[] = { a, b, d };

	columns_row(c, texts);
}

static void rows_are_padded(void **state)
{
	struct columns *c = columns_new(3);

	(void)state;
	add(c, "a", "bb", "c");
	add(c, "aaa", NULL, "cc");
	add(c, "a", "", NULL);
	assert_int_equal(columns_width(c, 0), 3);
	assert_int_equal(columns_total_width(c, " | "), 13);
	expect(c, " | ", "a   | bb | c\naaa |    | cc\na\n");
}

static void numbers_stand_to_the_right(void **state)
{
	struct columns *c = columns_new(3);

	(void)state;
	columns_align_right(c, 1);
	add(c, "a", "1", "x");
	add(c, "b", "100", "y");
	expect(c, " ", "a   1 x\nb 100 y\n");
}

static void width_is_that_of_the_screen(void **state)
{
	struct columns *c = columns_new(3);

	(void)state;
	add(c, "日本", "x", "");
	add(c, "☠", "x", "");
	add(c, "e\xcc\x81", "x", "");
	expect(c, " ", "日本 x\n☠    x\ne\xcc\x81    x\n");
}

static void styles_take_no_room(void **state)
{
	struct columns *c = columns_new(3);

	(void)state;
	add(c, "a", "b", "c");
	columns_style(c, 1, "<<<", ">>>");
	add(c, "a", "bbb", "c");
	add(c, "a", "", "c");
	columns_style(c, 1, "<<<", ">>>");
	expect(c, " ", "a <<<b>>>   c\na bbb c\na     c\n");
}

static void spans_lie_over_columns(void **state)
{
	struct columns *c = columns_new(3);

	(void)state;
	add(c, "", "", "");
	columns_span(c, 1, 2, "head");
	add(c, "row", "12345", "12345");
	expect(c, "  ", "         head\nrow  12345  12345\n");
	c = columns_new(3);
	add(c, "", "", "");
	columns_span(c, 1, 2, "a long heading");
	add(c, "row", "1", "2");
	columns_align_right(c, 2);
	expect(c, "  ", "     a long heading\nrow  1            2\n");
}

static void nothing_prints_nothing(void **state)
{
	(void)state;
	expect(columns_new(3), " ", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_padded),
		cmocka_unit_test(numbers_stand_to_the_right),
		cmocka_unit_test(width_is_that_of_the_screen),
		cmocka_unit_test(styles_take_no_room),
		cmocka_unit_test(spans_lie_over_columns),
		cmocka_unit_test(nothing_prints_nothing),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
