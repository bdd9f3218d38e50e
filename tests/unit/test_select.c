#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab/select.h"
#include "lab_fixture.h"

/* here (local), near (this machine's architecture emulated), far and farther (ssh), toy (fake); choice: here, near,
 * far. */
static void write_lab(struct lab_fixture *f)
{
	AUTO_FREE char *near = mem_printf("kind: qemu\narch: %s\nonly_foreign: true\ntags: [emulated]\n", host_arch());

	lab_write(f, "lab.yaml", "targets: [here, near, far]\nruntimes: [pypy, cpython]\n");
	lab_write(f, "targets/near.yaml", near);
	lab_write(f, "targets/far.yaml", "kind: ssh\narch: arm64\ntags: [remote, arm]\nssh: {host: far.example}\n");
	lab_write(f, "targets/farther.yaml", "kind: ssh\narch: s390x\ntags: [remote]\nssh: {host: farther.example}\n");
	lab_write(f, "targets/toy.yaml", "kind: fake\narch: amd64\n");
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\n");
	lab_write(f, "recipes/runtimes/pypy.yaml", "command: pypy3\n");
	lab_write(f, "recipes/runtimes/graal.yaml", "command: graalpy\n");
	lab_write(f, "recipes/packages/numpy.yaml", "tags: [science]\n");
	lab_write(f, "recipes/packages/sympy.yaml", "tags: [science, pure]\n");
	lab_write(f, "recipes/packages/cython.yaml", "title: a compiler\n");
}

static struct text_list words_of(const char *a, const char *b, const char **room)
{
	struct text_list list = { room, 0 };

	if (a)
		room[list.count++] = a;
	if (b)
		room[list.count++] = b;
	return list;
}

static void expect_targets(const struct lab *lab, const char *a, const char *b, const char *wanted)
{
	const char *room[2];
	struct text_list wish = words_of(a, b, room);
	const struct target_spec **items = NULL;
	size_t count = 0;
	struct err e = ERR_INIT;
	AUTO_STR names = { 0 };

	if (select_targets(lab, &wish, &items, &count, &e) != 0)
		fail_msg("%s: %s", a, e.text);
	for (size_t i = 0; i < count; i++)
		str_addf(&names, "%s%s", i ? " " : "", items[i]->name);
	assert_string_equal(str_text(&names), wanted);
	free(items);
}

static void expect_error(const struct lab *lab, const char *a, const char *text, const char *hint)
{
	const char *room[2];
	struct text_list wish = words_of(a, NULL, room);
	const struct target_spec **items = NULL;
	size_t count = 0;
	struct err e = ERR_INIT;

	assert_int_equal(select_targets(lab, &wish, &items, &count, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.text, text);
	assert_non_null(strstr(e.hint, hint));
	assert_null(items);
}

static void names_in_the_order_given(void **state)
{
	write_lab(*state);
	struct lab *lab = lab_open(*state);
	assert_non_null(lab);
	expect_targets(lab, "far,here", NULL, "far here");
	expect_targets(lab, "far", "here", "far here");
	expect_targets(lab, "here, far ,here", "far", "here far");
	expect_targets(lab, "toy", NULL, "toy");
	lab_free(lab);
}

static void the_standard_choice(void **state)
{
	write_lab(*state);
	struct lab *lab = lab_open(*state);
	expect_targets(lab, NULL, NULL, "here far");
	expect_targets(lab, "all", NULL, "here far");
	expect_targets(lab, "", NULL, "here far");
	expect_targets(lab, "toy,all", NULL, "toy here far");
	expect_targets(lab, "near", NULL, "near");
	expect_targets(lab, "near,all", NULL, "near here far");
	lab_free(lab);
}

static void leaving_out(void **state)
{
	write_lab(*state);
	struct lab *lab = lab_open(*state);
	expect_targets(lab, "-here", NULL, "far");
	expect_targets(lab, "-here,all", NULL, "far");
	expect_targets(lab, "-toy", NULL, "here far");
	expect_targets(lab, "*,-tag:remote", NULL, "here near toy");
	expect_targets(lab, "tag:remote,-far*", "here", "here");
	expect_error(lab, "all,-*", "the selection leaves no target", "leaves out");
	expect_error(lab, "here,-qqq", "there is no target \"qqq\"", "there are ");
	lab_free(lab);
}

static void tags_and_patterns(void **state)
{
	write_lab(*state);
	struct lab *lab = lab_open(*state);
	expect_targets(lab, "tag:remote", NULL, "far farther");
	expect_targets(lab, "tag:emulated", NULL, "near");
	expect_targets(lab, "f*", NULL, "far farther");
	expect_targets(lab, "[ht]*", NULL, "here toy");
	expect_targets(lab, "?o?", NULL, "toy");
	lab_free(lab);
}

static void words_that_choose_nothing(void **state)
{
	AUTO_FREE char *longest = mem_new(5001, 1);

	write_lab(*state);
	struct lab *lab = lab_open(*state);
	expect_error(lab, "farr", "there is no target \"farr\"", "did you mean \"far\"?");
	expect_error(lab, "-heer", "there is no target \"heer\"", "did you mean \"here\"?");
	expect_error(lab, "tag:remot", "no target has the tag \"remot\"", "did you mean \"tag:remote\"?");
	expect_error(lab, "z*", "no target fits \"z*\"", "far, farther, here, near, toy");
	memset(longest, '*', 5000);
	expect_error(lab, longest,
		     "\"************************************************************…\" is too long for the name of a "
		     "target",
		     "");
	lab_free(lab);
}

static void runtimes_and_packages(void **state)
{
	const struct text_list none = { 0 };
	const struct runtime_recipe **runtimes = NULL;
	const struct package_recipe **packages = NULL;
	const char *room[2];
	struct text_list science = words_of("tag:science", "-numpy", room);
	size_t count = 0;
	struct err e = ERR_INIT;

	write_lab(*state);
	struct lab *lab = lab_open(*state);
	assert_int_equal(select_runtimes(lab, &none, &runtimes, &count, &e), 0);
	assert_int_equal(count, 2);
	assert_string_equal(runtimes[0]->name, "pypy");
	assert_string_equal(runtimes[1]->name, "cpython");
	assert_int_equal(select_packages(lab, &none, &packages, &count, &e), 0);
	assert_int_equal(count, 3);
	free(packages);
	assert_int_equal(select_packages(lab, &science, &packages, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_string_equal(packages[0]->name, "sympy");
	free(packages);
	free(runtimes);
	lab_free(lab);
}

static void a_lab_without_packages_says_so(void **state)
{
	const struct text_list none = { 0 };
	const struct package_recipe **packages = NULL;
	size_t count = 0;
	struct err e = ERR_INIT;
	struct lab *lab = lab_open(*state);

	assert_non_null(lab);
	assert_int_equal(select_packages(lab, &none, &packages, &count, &e), -1);
	assert_string_equal(e.text, "the lab has no packages");
	lab_free(lab);
}

static void all_in_the_lab_itself_is_everything(void **state)
{
	write_lab(*state);
	lab_write(*state, "lab.yaml", "targets: [all, -toy]\n");
	struct lab *lab = lab_open(*state);
	assert_non_null(lab);
	expect_targets(lab, NULL, NULL, "far farther here");
	lab_free(lab);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(names_in_the_order_given),
		CASE(the_standard_choice),
		CASE(leaving_out),
		CASE(tags_and_patterns),
		CASE(words_that_choose_nothing),
		CASE(runtimes_and_packages),
		CASE(a_lab_without_packages_says_so),
		CASE(all_in_the_lab_itself_is_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
