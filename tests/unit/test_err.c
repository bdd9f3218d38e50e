#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

static void setting_returns_minus_one_and_clears_the_hint(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(err_set(&e, ERR_CONFIG, "key %s", "cpus"), -1);
	assert_int_equal(err_hint(&e, "write %d", 4), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	assert_string_equal(e.text, "key cpus");
	assert_string_equal(e.hint, "write 4");
	err_set(&e, ERR_IO, "other");
	assert_string_equal(e.hint, "");
}

static void nowhere_to_put_it_is_fine(void **state)
{
	(void)state;
	errno = ENOENT;
	assert_int_equal(err_set(NULL, ERR_IO, "x"), -1);
	assert_int_equal(err_errno(NULL, ERR_IO, "x"), -1);
	assert_int_equal(err_wrap(NULL, "x"), -1);
	assert_int_equal(err_hint(NULL, "x"), -1);
}

static void errno_is_told_and_a_full_disk_is_named(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	errno = ENOENT;
	err_errno(&e, ERR_IO, "%s: cannot open it", "a/b");
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "a/b: cannot open it: No such file or directory");
	errno = ENOSPC;
	err_errno(&e, ERR_IO, "write");
	assert_int_equal(e.code, ERR_DISK_FULL);
	errno = EDQUOT;
	err_errno(&e, ERR_INTERNAL, "write");
	assert_int_equal(e.code, ERR_DISK_FULL);
}

static void wrapping_keeps_code_and_hint(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_LOST, "no answer");
	err_hint(&e, "look at the cable");
	assert_int_equal(err_wrap(&e, "target %s", "s390x"), -1);
	assert_string_equal(e.text, "target s390x: no answer");
	assert_int_equal(e.code, ERR_LOST);
	assert_string_equal(e.hint, "look at the cable");
}

static void an_error_may_be_told_again_from_its_own_text(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_IO, "disk on fire");
	err_set(&e, ERR_LOST, "lost, since %s", e.text);
	assert_string_equal(e.text, "lost, since disk on fire");
	err_wrap(&e, "(%s)", e.text);
	assert_string_equal(e.text, "(lost, since disk on fire): lost, since disk on fire");
}

/* Two-byte letters at every offset: one of them always stands across the end. */
static void a_text_too_long_is_cut_between_characters(void **state)
{
	(void)state;
	for (size_t offset = 0; offset < 4; offset++) {
		struct err e = ERR_INIT;
		struct str text = { 0 };

		for (size_t i = 0; i < offset; i++)
			str_add(&text, "x");
		while (text.len < 3 * sizeof(e.text))
			str_add(&text, offset % 2 ? "\xE2\x82\xAC" : "\xF0\x9F\x8D\xB0");
		err_set(&e, ERR_IO, "%s", text.text);
		assert_true(strlen(e.text) > sizeof(e.text) - 5);
		assert_true(str_is_utf8(e.text, strlen(e.text)));
		err_wrap(&e, "%s", offset % 2 ? "a" : "ab");
		assert_true(str_is_utf8(e.text, strlen(e.text)));
		assert_true(strlen(e.text) < sizeof(e.text));
		err_hint(&e, "%s", text.text);
		assert_true(strlen(e.hint) > sizeof(e.hint) - 5 && strlen(e.hint) < sizeof(e.hint));
		assert_true(str_is_utf8(e.hint, strlen(e.hint)));
		str_free(&text);
	}
}

static void a_text_that_just_fits_is_whole(void **state)
{
	struct err e = ERR_INIT;
	char text[sizeof(e.text)];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 3, "\xC3\xA9", 3);
	err_set(&e, ERR_IO, "%s", text);
	assert_string_equal(e.text, text);
}

static void names_lead_back_to_codes(void **state)
{
	(void)state;
	for (int code = ERR_NONE; code <= ERR_INTERNAL; code++)
		assert_int_equal(err_code_from_name(err_code_name((enum err_code)code)), code);
	assert_int_equal(err_code_from_name("no-such-name"), ERR_INTERNAL);
	assert_int_equal(err_code_from_name(NULL), ERR_INTERNAL);
	assert_string_equal(err_code_name((enum err_code)999), "internal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_returns_minus_one_and_clears_the_hint),
		cmocka_unit_test(nowhere_to_put_it_is_fine),
		cmocka_unit_test(errno_is_told_and_a_full_disk_is_named),
		cmocka_unit_test(wrapping_keeps_code_and_hint),
		cmocka_unit_test(an_error_may_be_told_again_from_its_own_text),
		cmocka_unit_test(a_text_too_long_is_cut_between_characters),
		cmocka_unit_test(a_text_that_just_fits_is_whole),
		cmocka_unit_test(names_lead_back_to_codes),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
