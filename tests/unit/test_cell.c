#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "plan/cell.h"

static void expect_name(const char *text, const char *target, const char *runtime, const char *package,
			const char *tier)
{
	struct cell_name name;
	struct err e = ERR_INIT;

	assert_int_equal(cell_name_parse(text, &name, &e), 0);
	assert_string_equal(name.target, target);
	assert_string_equal(name.runtime, runtime);
	assert_string_equal(name.package, package);
	assert_string_equal(name.tier, tier);
}

static void expect_no_name(const char *text)
{
	struct cell_name name;
	struct err e = ERR_INIT;

	assert_int_equal(cell_name_parse(text, &name, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.text, "names no cell"));
	assert_non_null(strstr(e.hint, "TARGET/RUNTIME/PACKAGE"));
}

static void names_have_one_to_four_parts(void **state)
{
	(void)state;
	expect_name("s390x/cpython/pandas:smoke", "s390x", "cpython", "pandas", "smoke");
	expect_name("s390x/cpython/pandas", "s390x", "cpython", "pandas", "");
	expect_name("s390x/pandas", "s390x", "", "pandas", "");
	expect_name("s390x/pandas:full", "s390x", "", "pandas", "full");
	expect_name("pandas", "", "", "pandas", "");
	expect_name("pandas:smoke", "", "", "pandas", "smoke");
}

static void wrong_forms_are_refused(void **state)
{
	static const char *const wrong[] = { "",	"/",	  "//",	    "a/", "/a",	      "a//b", "a/b/",
					     "a/b/c/d", "a/b/c/", ":smoke", "a:", "a/:smoke", ":",    "a/b/c:" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		expect_no_name(wrong[i]);
}

static void parts_are_bounded(void **state)
{
	char fits[65], too_long[66];
	AUTO_FREE char *huge = mem_new(100001, 1);

	(void)state;
	memset(fits, 'x', 64);
	fits[64] = '\0';
	memset(too_long, 'x', 65);
	too_long[65] = '\0';
	memset(huge, 'x', 100000);
	for (int at = 0; at < 4; at++) {
		AUTO_FREE char *good = mem_printf("%s/%s/%s:%s", at == 0 ? fits : "a", at == 1 ? fits : "b",
						  at == 2 ? fits : "c", at == 3 ? fits : "d");
		AUTO_FREE char *bad = mem_printf("%s/%s/%s:%s", at == 0 ? too_long : "a", at == 1 ? too_long : "b",
						 at == 2 ? too_long : "c", at == 3 ? too_long : "d");
		struct cell_name name;

		assert_int_equal(cell_name_parse(good, &name, NULL), 0);
		expect_no_name(bad);
	}
	expect_no_name(huge);
}

/* A cell by its four names. */
struct named {
	struct target_spec target;
	struct runtime_recipe runtime;
	struct package_recipe package;
	struct cell cell;
};

static struct cell *named(struct named *n, const char *target, const char *runtime, const char *package,
			  const char *tier)
{
	*n = (struct named){ .target.name = target, .runtime.name = runtime, .package.name = package };
	n->cell = (struct cell){
		.target = &n->target, .runtime = &n->runtime, .package = &n->package, .tier_name = tier
	};
	return &n->cell;
}

static void a_label_reads_back(void **state)
{
	struct named n;
	AUTO_STR label = { 0 };

	(void)state;
	cell_label(named(&n, "s390x", "pypy", "numpy", "smoke"), &label);
	assert_string_equal(str_text(&label), "s390x/pypy/numpy:smoke");
	expect_name(str_text(&label), "s390x", "pypy", "numpy", "smoke");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_one_to_four_parts),
		cmocka_unit_test(wrong_forms_are_refused),
		cmocka_unit_test(parts_are_bounded),
		cmocka_unit_test(a_label_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
