#include "parse_text.h"

#include "base/mem.h"
#include "run/made.h"

static char runtime[] = "cpython", package[] = "numpy for cpython";
static char installs_python[] = "set -e\napt python3\n", installs_numpy[] = "set -e\napt numpy\n",
	    installs_another[] = "set -e\napt numpy=2\n";
static struct layer_step steps[] = {
	{ .key = "0123456789abcdef", .label = runtime, .script = installs_python, .network = true },
	{ .key = "fedcba9876543210", .label = package, .script = installs_numpy },
};
static const struct layer_steps layers = { steps, 2 };
static const struct layer_wish wish = { NULL, "base", "install", "index" };
static const struct steps_opts opts = { .lib_digest = "lib", .slowness = 37.5 };
static const char *const env[] = { "A=1", "MY_TOKEN=geheim", "B=", NULL };

static struct made made(void)
{
	struct made m;

	made_fill(&m, &wish, &opts, &layers, env, "exec test\n");
	return m;
}

static void what_is_written_is_read(void **state)
{
	struct made m = made(), back;
	struct err e = ERR_INIT;
	AUTO_STR text = { 0 };
	AUTO_STR changes = { 0 };

	(void)state;
	made_encode(&m, &text);
	assert_int_equal(made_decode(str_text(&text), text.len, &back, &e), 0);
	assert_int_equal(made_compare(&m, &back, &changes), 0);
	assert_string_equal(str_text(&changes), "");
	assert_int_equal(back.layers.count, 2);
	assert_string_equal(back.layers.items[1].key, "fedcba9876543210");
	assert_true(back.layers.items[0].network);
	assert_false(back.layers.items[1].network);
	assert_true(back.slowness == 37.5);
	assert_string_equal(back.env[0], "A=1");
	made_free(&m);
	made_free(&back);
}

static void secrets_are_not_written(void **state)
{
	struct made m = made();
	AUTO_STR text = { 0 };

	(void)state;
	made_encode(&m, &text);
	assert_null(strstr(str_text(&text), "geheim"));
	assert_string_equal(m.env[1], "MY_TOKEN");
	made_free(&m);
}

static void differences_are_named(void **state)
{
	struct layer_step other_steps[] = { steps[0], steps[1] };
	const struct layer_steps other_layers = { other_steps, 2 };
	const struct layer_wish other_wish = { NULL, "another", "install", "index" };
	const char *const other_env[] = { "A=2", "MY_TOKEN=anders", "B=", NULL };
	struct made then = made(), now;
	AUTO_STR changes = { 0 };

	(void)state;
	other_steps[1].script = installs_another;
	made_fill(&now, &other_wish, &opts, &other_layers, other_env, "exec test --all\n");
	assert_int_equal(made_compare(&then, &now, &changes), 4);
	assert_string_equal(str_text(&changes), "the untouched machine is another one\n"
						"numpy for cpython is installed in another way\n"
						"  - apt numpy\n"
						"  + apt numpy=2\n"
						"the environment is another one\n"
						"  - A=1\n"
						"  + A=2\n"
						"the command of the tests is another one\n"
						"  - exec test\n"
						"  + exec test --all\n");
	made_free(&then);
	made_free(&now);
}

static void refuse(const char *text)
{
	struct err e = ERR_INIT;
	struct made m;

	assert_int_equal(made_decode(text, strlen(text), &m, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static void strange_files_are_refused(void **state)
{
	(void)state;
	refuse("");
	refuse("[]");
	refuse("{\"format\": 2}");
	refuse("{\"format\": 1, \"layers\": []}");
	refuse("{\"format\": 1, \"layers\": [{\"key\": \"../../../../etc\"}]}");
	refuse("{\"format\": 1, \"layers\": [{\"key\": 7}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(secrets_are_not_written),
		cmocka_unit_test(differences_are_named),
		cmocka_unit_test(strange_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
