#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"

static void it_grows_and_stays_terminated(void **state)
{
	AUTO_STR s = { 0 };

	(void)state;
	assert_string_equal(str_text(&s), "");
	for (int i = 0; i < 10000; i++) {
		str_addf(&s, "%d,", i % 10);
		assert_int_equal(s.text[s.len], '\0');
	}
	assert_int_equal(s.len, 20000);
	str_cut(&s, 4);
	assert_string_equal(s.text, "0,1,");
	str_cut(&s, 400);
	assert_int_equal(s.len, 4);
	str_add_char(&s, '\0');
	assert_int_equal(s.len, 5);
	str_clear(&s);
	assert_string_equal(s.text, "");
}

static void taking_leaves_it_empty(void **state)
{
	struct str s = { 0 };

	(void)state;
	char *nothing = str_take(&s);
	assert_string_equal(nothing, "");
	free(nothing);
	str_add(&s, "abc");
	char *text = str_take(&s);
	assert_string_equal(text, "abc");
	assert_null(s.text);
	assert_int_equal(s.len, 0);
	free(text);
	str_clear(&s);
	str_free(&s);
}

static void check_quoted(const char *text, enum str_quote how, const char *wanted)
{
	AUTO_STR s = { 0 };

	str_add_quoted(&s, text, how);
	assert_string_equal(str_text(&s), wanted);
}

static void shell_words(void **state)
{
	(void)state;
	check_quoted("", STR_SHELL, "''");
	check_quoted("a/b-c_1.2:3,4@5%+", STR_SHELL, "a/b-c_1.2:3,4@5%+");
	check_quoted("a b", STR_SHELL, "'a b'");
	check_quoted("it's", STR_SHELL, "'it'\\''s'");
	check_quoted("$(rm -rf /)", STR_SHELL, "'$(rm -rf /)'");
	check_quoted("~", STR_SHELL, "'~'");
	check_quoted("A=b", STR_SHELL, "'A=b'");
	check_quoted("--opt=x=y", STR_SHELL, "--opt=x=y");
	check_quoted("--opt=$x", STR_SHELL, "'--opt=$x'");
	check_quoted("a\nb", STR_SHELL, "'a\nb'");
	check_quoted("\xFF", STR_SHELL, "'\xFF'");
}

/* Every byte value comes back from a real shell as it went in. */
static void the_shell_agrees(void **state)
{
	AUTO_STR all = { 0 };
	AUTO_STR script = { 0 };
	AUTO_STR back = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	for (int c = 255; c >= 1; c--)
		str_add_char(&all, (char)c);
	str_add(&script, "printf %s ");
	str_add_quoted(&script, all.text, STR_SHELL);
	const char *argv[] = { "sh", "-c", script.text, NULL };
	assert_int_equal(proc_run_ok(argv, -1, &back, &e), 0);
	assert_int_equal(back.len, all.len);
	assert_memory_equal(back.text, all.text, all.len);
}

static void nothing_moves_a_terminal(void **state)
{
	(void)state;
	check_quoted("plain \xC3\xA9\xE2\x82\xAC\xF0\x9F\x8D\xB0", STR_TERMINAL,
		     "plain \xC3\xA9\xE2\x82\xAC\xF0\x9F\x8D\xB0");
	check_quoted("\x1B[2J\a\b\r\n\t\x7F", STR_TERMINAL, "\\x1b[2J\\x07\\x08\\x0d\\x0a\\x09\\x7f");
	check_quoted("\xC2\x9B"
		     "31m",
		     STR_TERMINAL, "\\u{9b}31m");
	check_quoted("\x9B"
		     "31m",
		     STR_TERMINAL, "\\x9b31m");
	check_quoted("\xFF\xC0\x80\xED\xA0\x80", STR_TERMINAL, "\\xff\\xc0\\x80\\xed\\xa0\\x80");
	check_quoted("a\xE2\x82", STR_TERMINAL, "a\\xe2\\x82");
	check_quoted("\xF4\x90\x80\x80", STR_TERMINAL, "\\xf4\\x90\\x80\\x80");
	check_quoted("\xE0\x80\xAF", STR_TERMINAL, "\\xe0\\x80\\xaf");
}

static void bidirectional_marks_are_shown(void **state)
{
	static const unsigned marks[] = { 0x61C,  0x200E, 0x200F, 0x202A, 0x202B, 0x202C,
					  0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		unsigned code = marks[i];
		char text[4] = { (char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3F)),
				 (char)(0x80 | (code & 0x3F)), '\0' };
		char wanted[16];

		snprintf(wanted, sizeof(wanted), "\\u{%x}", code);
		check_quoted(code == 0x61C ? "\xD8\x9C" : text, STR_TERMINAL, wanted);
	}
	check_quoted("\xE2\x80\x8D", STR_TERMINAL, "\xE2\x80\x8D"); /* a joiner is part of ordinary text */
}

/* Quoting twice is quoting once: two layers that both make text safe do no harm. */
static void terminal_quoting_may_be_repeated(void **state)
{
	AUTO_STR once = { 0 };

	(void)state;
	str_add_quoted(&once, "a\x1B\\\xFF\xE2\x80\xAE", STR_TERMINAL);
	check_quoted(once.text, STR_TERMINAL, once.text);
}

static void html_and_xml(void **state)
{
	(void)state;
	check_quoted("<a href=\"x\" b='y'>&", STR_HTML, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
	check_quoted("a\tb\nc\rd", STR_HTML, "a\tb\nc&#13;d");
	check_quoted("\x01\x1B\xFF", STR_HTML, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	check_quoted("\xEF\xBF\xBE", STR_HTML, "\xEF\xBF\xBD");
	check_quoted("\xC3\xA9", STR_HTML, "\xC3\xA9");
}

static void csv_fields(void **state)
{
	(void)state;
	check_quoted("", STR_CSV, "");
	check_quoted("numpy", STR_CSV, "numpy");
	check_quoted("a,b", STR_CSV, "\"a,b\"");
	check_quoted("say \"x\"", STR_CSV, "\"say \"\"x\"\"\"");
	check_quoted("a\nb", STR_CSV, "\"a\nb\"");
	check_quoted("=1+1", STR_CSV, "'=1+1");
	check_quoted("@x", STR_CSV, "'@x");
	check_quoted("-x,y", STR_CSV, "\"'-x,y\"");
	check_quoted(" x", STR_CSV, "\" x\"");
}

static void markdown_cells(void **state)
{
	(void)state;
	check_quoted("a|b", STR_MARKDOWN, "a\\|b");
	check_quoted("<b>&`x`", STR_MARKDOWN, "&lt;b\\>&amp;\\`x\\`");
	check_quoted("[x](y)", STR_MARKDOWN, "\\[x\\](y)");
	check_quoted("a\\nb\nc", STR_MARKDOWN, "a\\\\nb\\x0ac");
	check_quoted("\xE2\x80\xAE", STR_MARKDOWN, "\\u{202e}");
}

static void utf8_is_checked(void **state)
{
	uint32_t code = 0;

	(void)state;
	assert_true(str_is_utf8("", 0));
	assert_true(str_is_utf8("a\0b", 3));
	assert_true(str_is_utf8("\xF4\x8F\xBF\xBF", 4));
	assert_false(str_is_utf8("\xF4\x90\x80\x80", 4));
	assert_false(str_is_utf8("\xED\xA0\x80", 3));
	assert_false(str_is_utf8("\xC1\xBF", 2));
	assert_false(str_is_utf8("\xE2\x82\xAC", 2));
	assert_false(str_is_utf8("\x80", 1));
	assert_int_equal(str_decode("\xE2\x82\xAC", 3, &code), 3);
	assert_int_equal(code, 0x20AC);
	assert_int_equal(str_decode("", 0, &code), 0);
}

static void beginnings_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts("recipe.yaml", "recipe"));
	assert_true(str_starts("x", ""));
	assert_false(str_starts("re", "recipe"));
	assert_true(str_ends("recipe.yaml", ".yaml"));
	assert_true(str_ends("x", ""));
	assert_false(str_ends("ml", ".yaml"));
}

static void columns_are_counted(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_int_equal(str_width("abc"), 3);
	assert_int_equal(str_width("\xC3\xA9t\xC3\xA9"), 3);
	assert_int_equal(str_width("\xFF\xFF"), 2);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_int_equal(str_width(""), 0);
	assert_int_equal(str_width("abc"), 3);
	assert_int_equal(str_width("e\xCC\x81"), 1);		    /* a combining accent takes no column */
	assert_int_equal(str_width("\xE6\xBC\xA2\xE5\xAD\x97"), 4); /* two wide characters */
	assert_int_equal(str_width("\xFF"), 1);
}

static void the_nearest_word_is_found(void **state)
{
	static const char *const verbs[] = { "run", "list", "describe", "compare", "report", "import", NULL };
	static const char *const none[] = { NULL };

	(void)state;
	assert_string_equal(str_nearest("lsit", verbs), "list");
	assert_string_equal(str_nearest("descibe", verbs), "describe");
	assert_string_equal(str_nearest("comprae", verbs), "compare");
	assert_string_equal(str_nearest("reports", verbs), "report");
	assert_string_equal(str_nearest("rn", verbs), "run");
	assert_string_equal(str_nearest("run", verbs), "run");
	assert_null(str_nearest("xyz", verbs));
	assert_null(str_nearest("", verbs));
	assert_null(str_nearest("x", verbs));
	assert_null(str_nearest("list", none));
	static const char *const letters[] = { "a", NULL };
	assert_null(str_nearest("b", letters));
	char longest[4096];
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_null(str_nearest(longest, verbs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_grows_and_stays_terminated),
		cmocka_unit_test(taking_leaves_it_empty),
		cmocka_unit_test(shell_words),
		cmocka_unit_test(the_shell_agrees),
		cmocka_unit_test(nothing_moves_a_terminal),
		cmocka_unit_test(bidirectional_marks_are_shown),
		cmocka_unit_test(terminal_quoting_may_be_repeated),
		cmocka_unit_test(html_and_xml),
		cmocka_unit_test(csv_fields),
		cmocka_unit_test(markdown_cells),
		cmocka_unit_test(utf8_is_checked),
		cmocka_unit_test(beginnings_and_ends),
		cmocka_unit_test(columns_are_counted),
		cmocka_unit_test(the_nearest_word_is_found),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
