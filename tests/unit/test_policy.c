#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab_fixture.h"

#define DAY_MS INT64_C(86400000)

static void write_lab(struct lab_fixture *f)
{
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\n");
	lab_write(f, "recipes/packages/numpy.yaml", "tiers:\n  smoke: {run: 'true'}\n");
	lab_write(f, "recipes/benchmarks/own.yaml",
		  "benchmarks:\n  loop: {command: ['true']}\n  spin: {command: ['true']}\n");
}

static void a_policy_of_the_lab_is_read(void **state)
{
	struct lab_fixture *f = *state;

	write_lab(f);
	lab_write(f, "recipes/policies/gate.yaml",
		  "targets: [here]\npackages: [numpy]\ntier: smoke\n"
		  "must_pass: {package: numpy, test: 'a.*'}\n"
		  "may_fail:\n- {package: numpy, test: b, reason: bug 1, until: 2024-02-29}\n"
		  "- {benchmarks: [own], targets: [here], reason: bug 2, until: 1970-01-01}\n"
		  "coverage: {tests_percent: 99.5}\n"
		  "speed: {benchmarks: [own, -spin], margin_percent: 2.5, classes: {benchmarks: lo*, margin_percent: "
		  "10}}\n");
	struct lab *lab = lab_open(f);
	assert_non_null(lab);

	const struct policy *p = lab_policy(lab, "gate");
	assert_non_null(p);
	assert_null(lab_policy(lab, "gat"));
	const struct policy_exception *x = p->may_fail.items;
	const struct policy_class *class = p->speed.classes.items;
	assert_int_equal(p->may_fail.count, 2);
	assert_int_equal(x[0].until_wall_ms, INT64_C(1709164800000) + DAY_MS); /* 29 February is a whole day */
	assert_int_equal(x[1].until_wall_ms, DAY_MS);
	assert_string_equal(x[1].benchmarks.items[0], "own");
	assert_string_equal(((const struct policy_must *)p->must_pass.items)->test, "a.*");
	assert_true(p->coverage.tests_percent == 99.5 && p->coverage.benchmarks_percent == 100);
	assert_true(p->speed.margin_percent == 2.5 && p->speed.alpha == 0.05 && p->speed.power == 0.8);
	assert_true(class->margin_percent == 10);
	lab_free(lab);
}

struct wrong {
	const char *text, *told;
};

static const struct wrong wrongs[] = {
	{ "packages: [numpy]\n", "p:1:1: this policy has no targets" },
	{ "targets: [here]\n", "p:1:1: this policy asks for nothing" },
	{ "targets: [there]\npackages: [numpy]\n", "p:1:11: there is no target \"there\"" },
	{ "targets: [here]\npackages: [nump]\n", "p:2:12: there is no package \"nump\"" },
	{ "targets: [here]\nspeed: {benchmarks: [tag:fast]}\n", "p:2:22: no benchmark has the tag \"fast\"" },
	{ "targets: [here]\npackages: [numpy]\nspeed: {alpha: 0.5}\n",
	  "p:3:16: alpha is a chance: above 0 and below 0.5" },
	{ "targets: [here]\npackages: [numpy]\nspeed: {power: 1}\n", "p:3:16: power is a chance: above 0 and below 1" },
	{ "targets: [here]\npackages: [numpy]\nspeed: {margin_percent: -1}\n", "p:3:25:" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, until: 2030-01-01}]\n", "no reason" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, reason: x}]\n", "no until" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{reason: x, until: 2030-01-01}]\n",
	  "p:3:12: what may fail? name a package or benchmarks" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: {benchmarks: own, test: a, reason: x, until: 2030-01-01}\n",
	  "test goes with package only" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, reason: x, until: 2030-02-29}]\n",
	  "is no day" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, reason: x, until: ' 203-01-01'}]\n",
	  "is no day" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, reason: x, until: 2030-1-1}]\n",
	  "is no day" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, reason: x, until: 0x30-01-01}]\n",
	  "is no day" },
	{ "targets: [here]\npackages: [numpy]\nmay_fail: [{package: numpy, test: '(', reason: x, until: 2030-01-01}]\n",
	  "p:3:35:" },
	{ "targets: [here]\npackages: [numpy]\nmargin: 5\n", "unknown key \"margin\"" },
	{ "- a\n", "keys and values are wanted" },
};

static void what_is_wrong_is_told_with_its_place(void **state)
{
	struct lab_fixture *f = *state;

	write_lab(f);
	struct lab *lab = lab_open(f);
	assert_non_null(lab);
	for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
		struct problems problems = { 0 };
		struct err e = ERR_INIT;
		struct policy p;
		AUTO_STR shown = { 0 };

		if (policy_parse(lab, "p", wrongs[i].text, strlen(wrongs[i].text), &p, &problems, &e) == 0)
			fail_msg("%s is taken", wrongs[i].text);
		problems_show(&problems, &shown);
		if (!strstr(str_text(&shown), wrongs[i].told))
			fail_msg("%s: %s, not %s", wrongs[i].text, str_text(&shown), wrongs[i].told);
		assert_int_equal(e.code, ERR_CONFIG);
		problems_free(&problems);
	}
	lab_free(lab);
}

static void a_file_that_is_no_yaml_is_an_error(void **state)
{
	struct lab_fixture *f = *state;
	struct problems problems = { 0 };
	struct err e = ERR_INIT;
	struct policy p;

	write_lab(f);
	struct lab *lab = lab_open(f);
	assert_int_equal(policy_parse(lab, "p", "{", 1, &p, &problems, &e), -1);
	assert_non_null(strstr(e.text, "p:"));
	problems_free(&problems);
	lab_free(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_policy_of_the_lab_is_read, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_told_with_its_place, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_file_that_is_no_yaml_is_an_error, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
