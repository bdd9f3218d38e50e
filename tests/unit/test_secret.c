#include "parse_text.h"

#include "base/secret.h"

static void names(void **state)
{
	(void)state;
	assert_true(secret_is_name("GITHUB_TOKEN"));
	assert_true(secret_is_name("my_api_key"));
	assert_true(secret_is_name("Password"));
	assert_true(secret_is_name("AWS_SECRET_ACCESS"));
	assert_false(secret_is_name("PATH"));
	assert_false(secret_is_name("LABCTL_PREFIX"));
	assert_false(secret_is_name(""));
}

static void expect(const struct secrets *s, const char *text, size_t len, const char *clean, size_t clean_len)
{
	AUTO_STR out = { 0 };

	secrets_redact(s, text, len, &out);
	assert_int_equal(out.len, clean_len);
	assert_memory_equal(str_text(&out), clean, clean_len);
}

static void expect_text(const struct secrets *s, const char *text, const char *clean)
{
	expect(s, text, strlen(text), clean, strlen(clean));
}

static void values(void **state)
{
	struct secrets s = { 0 };

	(void)state;
	secrets_add(&s, "hunter2222", 10);
	secrets_add(&s, "hunter", 6);
	secrets_add(&s, "abc", 3); /* would be found everywhere */
	expect_text(&s, "say hunter2222, hunter and abc", "say [left out], [left out] and abc");
	expect_text(&s, "hunter2222hunter", "[left out][left out]");
	expect_text(&s, "hunte", "hunte");
	expect_text(&s, "", "");
	expect(&s, "a\0hunter", 8, "a\0[left out]", 12);
	secrets_free(&s);
}

static void urls(void **state)
{
	struct secrets s = { 0 };

	(void)state;
	expect_text(&s, "GET https://me:geheim@host/simple/ x", "GET https://[left out]@host/simple/ x");
	expect_text(&s, "https://host/a@b", "https://host/a@b");
	expect_text(&s, "https://", "https://");
	expect_text(&s, "user@host", "user@host");
	secrets_add_url(&s, "https://me:geheim@host/");
	secrets_add_url(&s, "https://host/");
	secrets_add_url(&s, NULL);
	expect_text(&s, "with me:geheim", "with [left out]");
	assert_int_equal(s.count, 1);
	secrets_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(values),
		cmocka_unit_test(urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
