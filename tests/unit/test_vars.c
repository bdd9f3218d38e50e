#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "lab/vars.h"

static struct vars *some_vars(void)
{
	struct vars *v = vars_new(NULL);

	vars_set(v, "lab", "/lab");
	vars_set(v, "arch", "s390x");
	vars_set(v, "nested", "${lab}");
	return v;
}

static void expect(const char *text, const char *wanted)
{
	struct vars *v = some_vars();
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	assert_int_equal(vars_expand(v, text, &out, &e), 0);
	assert_string_equal(str_text(&out), wanted);
	assert_int_equal(e.code, ERR_NONE);
	vars_free(v);
}

static void expect_error(const char *text, const char *message, const char *hint)
{
	struct vars *v = some_vars();
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	assert_int_equal(vars_expand(v, text, &out, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_string_equal(e.text, message);
	assert_non_null(strstr(e.hint, hint));
	vars_free(v);
}

static void texts_are_filled_in(void **state)
{
	(void)state;
	expect("", "");
	expect("plain $HOME $ } text", "plain $HOME $ } text");
	expect("${lab}", "/lab");
	expect("a ${lab}/b ${arch}${arch} c", "a /lab/b s390xs390x c");
	expect("tail $", "tail $");
}

static void two_dollars_keep_one(void **state)
{
	(void)state;
	expect("$${lab}", "${lab}");
	expect("$$${lab}", "$${lab}");
	expect("${lab}$${lab}${lab}", "/lab${lab}/lab");
	expect("$$", "$$");
}

static void values_are_not_expanded_again(void **state)
{
	(void)state;
	expect("${nested}", "${lab}");
}

static void unknown_names_are_errors(void **state)
{
	(void)state;
	expect_error("x ${lba}", "unknown variable ${lba}", "did you mean ${lab}?");
	expect_error("${something_else}", "unknown variable ${something_else}", "$${something_else}");
	expect_error("${lab", "a ${ has no closing }", "$${");
	expect_error("${}", "${} names no variable", "$${");
}

static void no_variables_at_all_is_fine(void **state)
{
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	(void)state;
	assert_int_equal(vars_expand(NULL, "a$${b", &out, &e), 0);
	assert_string_equal(str_text(&out), "a${b");
	assert_int_equal(vars_expand(NULL, "${b}", &out, &e), -1);
}

static void inner_names_hide_outer_ones(void **state)
{
	struct vars *outer = some_vars(), *inner = vars_new(outer);
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	(void)state;
	vars_set(inner, "arch", "arm64");
	vars_set(inner, "arch", "amd64");
	assert_string_equal(vars_get(inner, "arch"), "amd64");
	assert_string_equal(vars_get(inner, "lab"), "/lab");
	assert_string_equal(vars_get(outer, "arch"), "s390x");
	assert_null(vars_get(inner, "other"));
	assert_int_equal(vars_expand(inner, "${lba}", &out, &e), -1);
	assert_string_equal(e.hint, "did you mean ${lab}?");
	vars_free(inner);
	vars_free(outer);
}

static void texts_do_not_grow_without_end(void **state)
{
	struct vars *v = vars_new(NULL);
	struct err e = ERR_INIT;
	AUTO_FREE char *kilobyte = mem_new(1025, 1);
	AUTO_STR text = { 0 }, out = { 0 };

	(void)state;
	memset(kilobyte, 'x', 1024);
	vars_set(v, "k", kilobyte);
	for (int i = 0; i < 60; i++)
		str_add(&text, "${k}");
	assert_int_equal(vars_expand(v, str_text(&text), &out, &e), 0);
	assert_int_equal(out.len, 60 * 1024);
	for (int i = 0; i < 100000; i++)
		str_add(&text, "${k}");
	str_clear(&out);
	assert_int_equal(vars_expand(v, str_text(&text), &out, &e), -1);
	assert_true(out.len < 128 * 1024);
	vars_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_filled_in),		 cmocka_unit_test(two_dollars_keep_one),
		cmocka_unit_test(values_are_not_expanded_again), cmocka_unit_test(unknown_names_are_errors),
		cmocka_unit_test(no_variables_at_all_is_fine),	 cmocka_unit_test(inner_names_hide_outer_ones),
		cmocka_unit_test(texts_do_not_grow_without_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
