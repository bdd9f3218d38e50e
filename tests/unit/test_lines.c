#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/lines.h"
#include "base/mem.h"
#include "base/str.h"

/* What arrived, as "[line][line]". */
static void collect(void *ctx, const char *line, size_t len)
{
	struct str *all = ctx;

	assert_int_equal(line[len], '\0');
	str_add_char(all, '[');
	str_add_bytes(all, line, len);
	str_add_char(all, ']');
}

static size_t feed_in_pieces(const char *data, size_t len, size_t piece, size_t cap, struct str *all)
{
	struct lines *l = lines_new(cap, collect, all);

	for (size_t at = 0; at < len; at += piece) {
		/* A copy of just that size, so that a read past its end is noticed. */
		size_t now = len - at < piece ? len - at : piece;
		char *copy = mem_new(now, 1);

		memcpy(copy, data + at, now);
		lines_feed(l, copy, now);
		free(copy);
	}
	lines_finish(l);
	size_t cut = lines_cut(l);
	lines_free(l);
	return cut;
}

static void check(const char *data, size_t cap, const char *wanted, size_t wanted_cut)
{
	for (size_t piece = 1; piece <= strlen(data) + 1; piece++) {
		AUTO_STR all = { 0 };
		size_t cut = feed_in_pieces(data, strlen(data), piece, cap, &all);

		assert_string_equal(str_text(&all), wanted);
		assert_int_equal(cut, wanted_cut);
	}
}

static void lines_come_whole_however_the_bytes_come(void **state)
{
	(void)state;
	check("", 100, "", 0);
	check("one\ntwo\n", 100, "[one][two]", 0);
	check("one\ntwo", 100, "[one][two]", 0);
	check("\n\n", 100, "[][]", 0);
}

static void a_carriage_return_goes_with_its_newline_only(void **state)
{
	(void)state;
	check("one\r\ntwo\r\n", 100, "[one][two]", 0);
	check("a\rb\n", 100, "[a\rb]", 0);
	check("\r\n", 100, "[]", 0);
	check("a\r\r\n", 100, "[a\r]", 0);
}

static void what_is_over_the_cap_is_dropped_and_counted(void **state)
{
	(void)state;
	check("abcd\n", 4, "[abcd]", 0);
	check("abcd\r\n", 4, "[abcd]", 0);
	check("abcde\nxy\n", 4, "[abcd][xy]", 1);
	check("abcde\r\n", 4, "[abcd]", 1);
	check("abcd\refgh\nx", 4, "[abcd][x]", 1);
	check("abcdefghijkl", 4, "[abcd]", 1);
	check("abc\n", 0, "[]", 1);
}

static void nul_bytes_are_kept(void **state)
{
	AUTO_STR all = { 0 };

	(void)state;
	assert_int_equal(feed_in_pieces("a\0b\nc", 5, 2, 100, &all), 0);
	assert_int_equal(all.len, 8);
	assert_memory_equal(all.text, "[a\0b][c]", 8);
}

static void without_a_cap_nothing_is_cut(void **state)
{
	AUTO_STR all = { 0 };

	(void)state;
	assert_int_equal(feed_in_pieces("abc\n", 4, 4, SIZE_MAX, &all), 0);
	assert_string_equal(str_text(&all), "[abc]");
	lines_free(NULL);
}

/* The cap is on memory, too: a line of 64 MiB must not be kept anywhere. */
static void an_endless_line_is_bounded(void **state)
{
	AUTO_STR all = { 0 };
	struct lines *l = lines_new(10, collect, &all);
	char block[65536];

	(void)state;
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 1024; i++)
		lines_feed(l, block, sizeof(block));
	lines_feed(l, "\nend", 4);
	lines_finish(l);
	assert_string_equal(str_text(&all), "[xxxxxxxxxx][end]");
	assert_int_equal(lines_cut(l), 1);
	lines_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_whole_however_the_bytes_come),
		cmocka_unit_test(a_carriage_return_goes_with_its_newline_only),
		cmocka_unit_test(what_is_over_the_cap_is_dropped_and_counted),
		cmocka_unit_test(nul_bytes_are_kept),
		cmocka_unit_test(without_a_cap_nothing_is_cut),
		cmocka_unit_test(an_endless_line_is_bounded),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
