#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/proc.h"
#include "lab_fixture.h"
#include "run/steps.h"

#define SMOKE "tiers: {smoke: {run: report}}\n"

static void write_lab(struct lab_fixture *f)
{
	lab_write(f, "targets/script.yaml", "kind: fake\narch: arm64\n");
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\ninstall: {apt: [python3, python3-pytest]}\n");
	lab_write(f, "recipes/runtimes/pypy.yaml", "command: pypy3\n");
	lab_write(f, "recipes/packages/base.yaml", "install: {apt: [base-deb]}\n" SMOKE);
	lab_write(f, "recipes/packages/top.yaml",
		  "needs: [base]\n"
		  "install:\n"
		  "- {runtimes: [cpython], apt: [top-deb]}\n"
		  "- {runtimes: [pypy], pip: ['top>=1', \"it's\"], pip_needs: [gcc]}\n"
		  "- {archs: [s390x], run: patch-it}\n" SMOKE);
}

/* The steps of one cell and the lab that they point into. */
struct made {
	struct lab *lab;
	struct cell cell;
	struct layer_wish wish;
	struct layer_steps steps;
	struct err e;
};

static int make_with(struct made *m, struct lab_fixture *f, const char *runtime, const char *package,
		     const struct layer_wish *wish)
{
	*m = (struct made){ .lab = lab_open(f), .wish = *wish, .e = ERR_INIT };
	assert_non_null(m->lab);
	m->wish.lab = m->lab;
	m->cell = (struct cell){ .target = lab_target(m->lab, "script"),
				 .runtime = lab_runtime(m->lab, runtime),
				 .package = lab_package(m->lab, package),
				 .tier_name = "smoke" };
	return layer_steps_of(&m->cell, &m->wish, &m->steps, &m->e);
}

static const struct layer_wish usual = { NULL, "base-id", "install", "index" };

static void make(struct made *m, struct lab_fixture *f, const char *runtime, const char *package)
{
	assert_int_equal(make_with(m, f, runtime, package, &usual), 0);
}

static void made_free(struct made *m)
{
	layer_steps_free(&m->steps);
	lab_free(m->lab);
}

static void the_runtime_first_then_needs_then_the_package(void **state)
{
	struct made m;

	write_lab(*state);
	make(&m, *state, "cpython", "top");
	assert_int_equal(m.steps.count, 3);
	assert_string_equal(m.steps.items[0].label, "cpython");
	assert_true(m.steps.items[0].is_runtime);
	assert_null(m.steps.items[0].package);
	assert_string_equal(m.steps.items[1].label, "base for cpython");
	assert_false(m.steps.items[1].is_runtime);
	assert_ptr_equal(m.steps.items[1].package, lab_package(m.lab, "base"));
	assert_string_equal(m.steps.items[2].label, "top for cpython");
	made_free(&m);
}

static void scripts_say_what_applies_and_nothing_else(void **state)
{
	struct made m;

	write_lab(*state);
	make(&m, *state, "cpython", "top");
	assert_string_equal(m.steps.items[1].script, "set -e\nsh lib/install/apt.sh base-deb\n");
	assert_string_equal(m.steps.items[2].script, "set -e\nsh lib/install/apt.sh top-deb\n");
	made_free(&m);
	make(&m, *state, "pypy", "top");
	assert_string_equal(m.steps.items[2].script, "set -e\nsh lib/install/index.sh\nsh lib/install/apt.sh gcc\nsh "
						     "lib/install/pip.sh 'top>=1' 'it'\\''s'\n");
	made_free(&m);
}

static void a_runtime_without_steps_is_looked_for(void **state)
{
	struct made m;

	write_lab(*state);
	make(&m, *state, "pypy", "base");
	assert_non_null(strstr(m.steps.items[0].script, "command -v \"$LABCTL_COMMAND\""));
	assert_non_null(strstr(m.steps.items[0].script, "labctl_unavailable"));
	assert_null(m.steps.items[0].unavailable);
	assert_false(m.steps.items[0].network);
	made_free(&m);
}

static void only_what_fetches_gets_the_network(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml", "install: {run: make}\n" SMOKE);
	make(&m, f, "cpython", "base");
	assert_true(m.steps.items[0].network);
	assert_false(m.steps.items[1].network);
	made_free(&m);
	lab_write(f, "recipes/packages/base.yaml", "install: {run: make, network: true}\n" SMOKE);
	make(&m, f, "cpython", "base");
	assert_true(m.steps.items[1].network);
	made_free(&m);
	lab_write(f, "recipes/packages/base.yaml", "install: {runtimes: [pypy], pip: [x]}\n" SMOKE);
	make(&m, f, "pypy", "base");
	assert_true(m.steps.items[1].network);
	made_free(&m);
}

static void what_is_unavailable_says_why(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml",
		  "install: [{apt: [base-deb], runtimes: [cpython]}, {unavailable: no such thing, runtimes: "
		  "[pypy]}]\n" SMOKE);
	make(&m, f, "cpython", "base");
	assert_null(m.steps.items[1].unavailable);
	made_free(&m);
	make(&m, f, "pypy", "base");
	assert_string_equal(m.steps.items[1].unavailable, "no such thing");
	made_free(&m);
	/* Also where it is only needed. */
	make(&m, f, "pypy", "top");
	assert_string_equal(m.steps.items[1].unavailable, "no such thing");
	made_free(&m);
}

static void no_way_to_install_is_unavailable(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml", "install: {apt: [base-deb], archs: [s390x]}\n" SMOKE);
	make(&m, f, "cpython", "base");
	assert_string_equal(m.steps.items[1].unavailable,
			    "the recipe of base has no way to install it for cpython on arm64");
	made_free(&m);
	lab_write(f, "recipes/packages/base.yaml", SMOKE);
	make(&m, f, "cpython", "base");
	assert_null(m.steps.items[1].unavailable);
	assert_string_equal(m.steps.items[1].script, "set -e\n");
	made_free(&m);
}

/* The keys of top on script, in order. */
static void keys_of(struct lab_fixture *f, const char *runtime, const struct layer_wish *wish,
		    char out[3][DIGEST_ID_BYTES])
{
	struct made m;

	assert_int_equal(make_with(&m, f, runtime, "top", wish), 0);
	assert_int_equal(m.steps.count, 3);
	for (int i = 0; i < 3; i++) {
		memcpy(out[i], m.steps.items[i].key, DIGEST_ID_BYTES);
		assert_int_equal(strspn(out[i], "0123456789abcdef"), 16);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(out[i], out[k]);
	}
	made_free(&m);
}

/* From the layer `first` on, every key is another; before it none is. */
static void expect_changed_from(char before[3][DIGEST_ID_BYTES], char after[3][DIGEST_ID_BYTES], int first)
{
	for (int i = 0; i < 3; i++)
		assert_int_equal(strcmp(before[i], after[i]) != 0, i >= first);
}

static void keys_chain(void **state)
{
	struct lab_fixture *f = *state;
	char before[3][DIGEST_ID_BYTES], after[3][DIGEST_ID_BYTES];

	write_lab(f);
	keys_of(f, "cpython", &usual, before);
	keys_of(f, "cpython", &usual, after);
	expect_changed_from(before, after, 3);
	lab_write(f, "recipes/packages/top.yaml", "needs: [base]\ninstall: {apt: [other]}\n" SMOKE);
	keys_of(f, "cpython", &usual, after);
	expect_changed_from(before, after, 2);
	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml", "install: {apt: [other]}\n" SMOKE);
	keys_of(f, "cpython", &usual, after);
	expect_changed_from(before, after, 1);
	write_lab(f);
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\ninstall: {apt: [other]}\n");
	keys_of(f, "cpython", &usual, after);
	expect_changed_from(before, after, 0);
}

static void the_machine_and_the_tools_are_part_of_every_key(void **state)
{
	struct lab_fixture *f = *state;
	struct layer_wish other_base = usual, other_tools = usual;
	char before[3][DIGEST_ID_BYTES], after[3][DIGEST_ID_BYTES];

	write_lab(f);
	other_base.base_id = "other";
	other_tools.install_digest = "other";
	keys_of(f, "cpython", &usual, before);
	keys_of(f, "cpython", &other_base, after);
	expect_changed_from(before, after, 0);
	keys_of(f, "cpython", &other_tools, after);
	expect_changed_from(before, after, 0);
}

static void the_index_is_part_of_what_pip_installs(void **state)
{
	struct lab_fixture *f = *state;
	struct layer_wish other_index = usual;
	char before[3][DIGEST_ID_BYTES], after[3][DIGEST_ID_BYTES];

	write_lab(f);
	other_index.index_digest = "other";
	keys_of(f, "cpython", &usual, before);
	keys_of(f, "cpython", &other_index, after);
	expect_changed_from(before, after, 3);
	keys_of(f, "pypy", &usual, before);
	keys_of(f, "pypy", &other_index, after);
	expect_changed_from(before, after, 2);
}

/* Layers are shared between packages and do not follow what is only about tests. */
static void tests_and_titles_leave_the_keys(void **state)
{
	struct lab_fixture *f = *state;
	char before[3][DIGEST_ID_BYTES], after[3][DIGEST_ID_BYTES];

	write_lab(f);
	keys_of(f, "cpython", &usual, before);
	lab_write(f, "recipes/packages/base.yaml",
		  "title: Other\nimport: other\ninstall: {apt: [base-deb]}\nknown_failures: {test: a, reason: b}\n"
		  "tiers: {smoke: {run: other}}\n");
	lab_write(f, "targets/script.yaml", "kind: fake\narch: arm64\nprocessors: 3\n");
	keys_of(f, "cpython", &usual, after);
	expect_changed_from(before, after, 3);
}

static void a_script_of_ones_own_stands_in_a_subshell(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml", "install: [{run: 'cd /; exit 0'}, {apt: [behind]}]\n" SMOKE);
	make(&m, f, "cpython", "base");
	assert_string_equal(m.steps.items[1].script, "set -e\n(\n. lib/install/env.sh\ncd /; exit 0\n)\n"
						     "sh lib/install/apt.sh behind\n");
	made_free(&m);
}

static void a_huge_script_is_refused(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_STR text = { 0 };
	struct made m;

	write_lab(f);
	str_add(&text, "install: {apt: [");
	for (int i = 0; i < 4000; i++)
		str_addf(&text, "package-%d, ", i);
	str_add(&text, "last]}\n" SMOKE);
	lab_write(f, "recipes/packages/base.yaml", str_text(&text));
	assert_int_equal(make_with(&m, f, "cpython", "base", &usual), -1);
	assert_int_equal(m.e.code, ERR_CONFIG);
	assert_string_equal(m.e.text, "installing base for cpython takes a script of more than 20 KiB");
	assert_int_equal(m.steps.count, 0);
	lab_free(m.lab);
}

/* Hostile names in a recipe stay words: the shell reads back exactly what was written. */
static void words_reach_the_shell_as_they_are(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;
	AUTO_STR script = { 0 };
	AUTO_STR printed = { 0 };
	const char *argv[] = { "sh", "-c", NULL, NULL };

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml",
		  "install: {pip: ['$(touch x)', '`id`', 'a b', \"it's\", '\"', '\\', '; exit 1', '*']}\n" SMOKE);
	make(&m, f, "cpython", "base");
	str_add(&script, "sh() { shift; for word; do printf '<%s>' \"$word\"; done; }\n");
	str_add(&script, m.steps.items[1].script);
	argv[2] = str_text(&script);
	assert_int_equal(proc_run_ok(argv, -1, &printed, &m.e), 0);
	assert_string_equal(str_text(&printed), "<$(touch x)><`id`><a b><it's><\"><\\><; exit 1><*>");
	made_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_runtime_first_then_needs_then_the_package, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(scripts_say_what_applies_and_nothing_else, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_runtime_without_steps_is_looked_for, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(only_what_fetches_gets_the_network, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_is_unavailable_says_why, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(no_way_to_install_is_unavailable, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(keys_chain, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(the_machine_and_the_tools_are_part_of_every_key, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(the_index_is_part_of_what_pip_installs, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(tests_and_titles_leave_the_keys, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_script_of_ones_own_stands_in_a_subshell, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_huge_script_is_refused, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(words_reach_the_shell_as_they_are, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
