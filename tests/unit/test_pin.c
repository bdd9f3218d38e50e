#include "parse_text.h"

#include "lab/pin.h"
#include "lab_fixture.h"

static void expect(const char *requirement, const char *name, const char *pinned)
{
	AUTO_STR out = { 0 };
	bool is = pin_requirement(requirement, name, "1.5", &out);

	assert_int_equal(is, pinned != NULL);
	assert_string_equal(str_text(&out), pinned ? pinned : "");
}

static void requirements(void **state)
{
	(void)state;
	expect("numpy", "numpy", "numpy==1.5");
	expect("numpy>=1.24,<2", "numpy", "numpy==1.5");
	expect(" NumPy ~= 1.2", "numpy", "NumPy==1.5");
	expect("ours[fast,all]>1; python_version<'4'", "ours", "ours[fast,all]==1.5; python_version<'4'");
	expect("Our.-_Parser", "our-parser", "Our.-_Parser==1.5");
	expect("numpy2", "numpy", NULL);
	expect("numpy", "numpy2", NULL);
	expect("our-", "our", NULL);
	expect("", "numpy", NULL);
	expect("ours[", "ours", "ours[==1.5");
}

static void versions(void **state)
{
	(void)state;
	assert_true(pin_is_version("1.24.2"));
	assert_true(pin_is_version("1:2.0~rc1-1+b2"));
	assert_true(pin_is_version("2!1.0.post1"));
	assert_false(pin_is_version(""));
	assert_false(pin_is_version("-r"));
	assert_false(pin_is_version("1.0 evil"));
	assert_false(pin_is_version("1;rm"));
	assert_false(pin_is_version("1*"));
}

static const char recipe[] = "install:\n"
			     "  - runtimes: [cpython]\n    pip: [\"ours<2\", pytest]\n"
			     "  - runtimes: [pypy]\n    pip: [\"ours>3\"]\n"
			     "  - runtimes: [other]\n    apt: [python3-ours]\n"
			     "tiers: {smoke: {run: \"true\"}}\n";

static const char *requirement(const struct lab *lab, size_t step)
{
	const struct install_step *steps = lab_package(lab, "ours")->install.items;

	return steps[step].pip.items[0];
}

static void only_what_applies_is_pinned(void **state)
{
	struct lab_fixture *f = *state;
	struct err e = ERR_INIT;
	struct lab *lab;

	for (const char *const *name = (const char *const[]){ "cpython", "pypy", "other", NULL }; *name; name++) {
		AUTO_FREE char *path = mem_printf("recipes/runtimes/%s.yaml", *name);
		lab_write(f, path, "command: python3\n");
	}
	lab_write(f, "recipes/packages/ours.yaml", recipe);
	lab = lab_open(f);
	assert_non_null(lab);
	assert_int_equal(lab_pin(lab, "ours", "1.5", "cpython", "amd64", &e), 0);
	assert_string_equal(requirement(lab, 0), "ours==1.5");
	assert_string_equal(requirement(lab, 1), "ours>3");
	assert_int_equal(lab_pin(lab, "ours", "1.5", "other", "amd64", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.hint, "--versions-of"));
	assert_int_equal(lab_pin(lab, "theirs", "1.5", "cpython", "amd64", &e), -1);
	assert_int_equal(lab_pin(lab, "ours", "1 5", "cpython", "amd64", &e), -1);
	lab_free(lab);
}

static void a_variable_has_another_value(void **state)
{
	struct lab_fixture *f = *state;
	struct lab_wish wish = { .folder = f->folder, .variable = "version", .value = "9" };
	struct lab *lab;

	lab_write(f, "lab.yaml", "variables: {version: \"1\", whole: \"python3-ours=${version}\"}\n");
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\n");
	lab_write(f, "recipes/packages/ours.yaml",
		  "install: [{apt: [\"${whole}\"]}]\ntiers: {smoke: {run: \"true\"}}\n");
	lab = lab_load(&wish, &f->problems, &f->e);
	assert_non_null(lab);
	assert_string_equal(((struct install_step *)lab_package(lab, "ours")->install.items)->apt.items[0],
			    "python3-ours=9");
	lab_free(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requirements),
		cmocka_unit_test(versions),
		cmocka_unit_test_setup_teardown(only_what_applies_is_pinned, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_variable_has_another_value, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
