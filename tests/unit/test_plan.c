#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "lab_fixture.h"
#include "plan/plan.h"

#define SMOKE "tiers: {smoke: {run: report}}\n"

static const char *strange_arch(void)
{
	return strcmp(host_arch(), "s390x") ? "s390x" : "arm64";
}

/* Three targets, two runtimes, and a chain of packages: base <- middle <- top, and one that stands alone. */
static void write_lab(struct lab_fixture *f)
{
	AUTO_FREE char *emulated = mem_printf("kind: qemu\narch: %s\n", strange_arch());

	lab_write(f, "targets/foreign.yaml", emulated);
	lab_write(f, "targets/script.yaml", "kind: fake\narch: arm64\n");
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\n");
	lab_write(f, "recipes/runtimes/pypy.yaml", "command: pypy3\n");
	lab_write(f, "recipes/packages/base.yaml", "install: {apt: [base-deb]}\n" SMOKE);
	lab_write(f, "recipes/packages/middle.yaml", "needs: [base]\ninstall: {apt: [middle-deb]}\n" SMOKE);
	lab_write(f, "recipes/packages/top.yaml", "needs: [middle, alone]\ninstall: {apt: [top-deb]}\n" SMOKE);
	lab_write(f, "recipes/packages/alone.yaml", "install: {apt: [alone-deb]}\n" SMOKE);
}

/* A plan and the lab that it points into. */
struct made {
	struct lab *lab;
	struct plan *plan;
	const struct target_spec *targets[8];
	const struct runtime_recipe *runtimes[8];
	const struct package_recipe *packages[8];
	struct plan_wish wish;
};

static size_t split(char *line, char **words)
{
	size_t count = 0;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		words[count++] = word;
	return count;
}

static void make(struct made *m, struct lab_fixture *f, const char *targets, const char *runtimes, const char *packages)
{
	AUTO_FREE char *target_line = mem_dup(targets);
	AUTO_FREE char *runtime_line = mem_dup(runtimes);
	AUTO_FREE char *package_line = mem_dup(packages);
	char *words[8];
	struct err e = ERR_INIT;

	*m = (struct made){ .lab = lab_open(f) };
	assert_non_null(m->lab);
	m->wish = (struct plan_wish){ .targets = m->targets,
				      .runtimes = m->runtimes,
				      .packages = m->packages,
				      .tier = "smoke",
				      .lib_digest = "lib",
				      .index_digest = "index" };
	m->wish.target_count = split(target_line, words);
	for (size_t i = 0; i < m->wish.target_count; i++)
		assert_non_null(m->targets[i] = lab_target(m->lab, words[i]));
	m->wish.runtime_count = split(runtime_line, words);
	for (size_t i = 0; i < m->wish.runtime_count; i++)
		assert_non_null(m->runtimes[i] = lab_runtime(m->lab, words[i]));
	m->wish.package_count = split(package_line, words);
	for (size_t i = 0; i < m->wish.package_count; i++)
		assert_non_null(m->packages[i] = lab_package(m->lab, words[i]));
	m->plan = plan_build(m->lab, &m->wish, &e);
	assert_non_null(m->plan);
}

static void made_free(struct made *m)
{
	plan_free(m->plan);
	lab_free(m->lab);
}

static void show_cells(const struct cell *cells, size_t count, struct str *out)
{
	for (size_t i = 0; i < count; i++) {
		str_add(out, i ? " " : "");
		cell_label(&cells[i], out);
	}
}

static void show_lanes(const struct plan *p, struct str *out)
{
	for (size_t i = 0; i < p->lane_count; i++) {
		str_add(out, i ? " | " : "");
		show_cells(p->lanes[i].cells, p->lanes[i].count, out);
		for (size_t k = 0; k < p->lanes[i].count; k++)
			assert_ptr_equal(p->lanes[i].cells[k].target, p->lanes[i].target);
	}
}

static bool every_cell(void *ctx, struct cell *c)
{
	(void)ctx, (void)c;
	return true;
}

static void cells_stand_as_they_were_chosen(void **state)
{
	struct made m;
	AUTO_STR shown = { 0 };

	write_lab(*state);
	make(&m, *state, "script here", "pypy cpython", "top base");
	show_cells(m.plan->cells, m.plan->count, &shown);
	assert_string_equal(
		str_text(&shown),
		"script/pypy/top:smoke script/cpython/top:smoke here/pypy/top:smoke here/cpython/top:smoke "
		"script/pypy/base:smoke script/cpython/base:smoke here/pypy/base:smoke here/cpython/base:smoke");
	assert_int_equal(m.plan->lane_count, 0);
	made_free(&m);
}

static void nothing_chosen_is_wrong_use(void **state)
{
	struct made m;
	struct plan_wish wish;
	struct err e = ERR_INIT;

	write_lab(*state);
	make(&m, *state, "here", "cpython", "base");
	wish = m.wish;
	wish.package_count = 0;
	assert_null(plan_build(m.lab, &wish, &e));
	assert_int_equal(e.code, ERR_USAGE);
	made_free(&m);
}

static void a_tier_that_a_package_lacks_is_a_cell_all_the_same(void **state)
{
	struct made m;
	struct plan *p;

	write_lab(*state);
	make(&m, *state, "here", "cpython", "base");
	assert_non_null(m.plan->cells[0].tier);
	m.wish.tier = "full";
	p = plan_build(m.lab, &m.wish, NULL);
	assert_null(p->cells[0].tier);
	assert_string_equal(p->cells[0].tier_name, "full");
	assert_string_not_equal(p->cells[0].id, m.plan->cells[0].id);
	plan_free(p);
	made_free(&m);
}

static void needs_come_deepest_first_and_once(void **state)
{
	struct made m;
	const struct package_recipe **needs;
	size_t count;

	write_lab(*state);
	make(&m, *state, "here", "cpython", "top base");
	plan_needs(m.lab, lab_package(m.lab, "top"), &needs, &count);
	assert_int_equal(count, 3);
	assert_string_equal(needs[0]->name, "base");
	assert_string_equal(needs[1]->name, "middle");
	assert_string_equal(needs[2]->name, "alone");
	free(needs);
	plan_needs(m.lab, lab_package(m.lab, "base"), &needs, &count);
	assert_int_equal(count, 0);
	free(needs);
	made_free(&m);
}

static void a_package_stands_behind_what_it_needs(void **state)
{
	struct made m;
	AUTO_STR shown = { 0 };

	write_lab(*state);
	make(&m, *state, "here", "cpython pypy", "top middle alone base");
	plan_lanes(m.plan, every_cell, NULL);
	show_lanes(m.plan, &shown);
	assert_string_equal(str_text(&shown),
			    "here/cpython/base:smoke here/cpython/middle:smoke here/cpython/alone:smoke "
			    "here/cpython/top:smoke here/pypy/base:smoke here/pypy/middle:smoke "
			    "here/pypy/alone:smoke here/pypy/top:smoke");
	made_free(&m);
}

/* Of every order in which four packages can be named: no package before one that it needs. */
static void no_order_of_naming_breaks_the_needs(void **state)
{
	static const char *const names[] = { "top", "middle", "alone", "base" };

	write_lab(*state);
	for (int order = 0; order < 256; order++) {
		int pick[4] = { order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3 }, seen = 0;
		struct made m;
		size_t place[4] = { 0 };

		for (int i = 0; i < 4; i++)
			seen |= 1 << pick[i];
		if (seen != 15)
			continue;
		AUTO_FREE char *packages =
			mem_printf("%s %s %s %s", names[pick[0]], names[pick[1]], names[pick[2]], names[pick[3]]);
		make(&m, *state, "here", "cpython", packages);
		plan_lanes(m.plan, every_cell, NULL);
		assert_int_equal(m.plan->lanes[0].count, 4);
		for (size_t i = 0; i < 4; i++)
			for (size_t k = 0; k < 4; k++)
				if (!strcmp(m.plan->lanes[0].cells[i].package->name, names[k]))
					place[k] = i;
		assert_true(place[3] < place[1]);
		assert_true(place[1] < place[0]);
		assert_true(place[2] < place[0]);
		made_free(&m);
	}
}

/* Estimates by the target's name: what the lanes are ordered by. */
static bool with_estimates(void *ctx, struct cell *c)
{
	(void)ctx;
	c->estimate_ns = (!strcmp(c->target->name, "long")	 ? 100
			  : !strcmp(c->target->name, "middling") ? 50
								 : 1) *
			 NS_PER_S;
	return true;
}

static void this_machine_comes_first_then_the_longest(void **state)
{
	struct lab_fixture *f = *state;
	AUTO_FREE char *emulated = mem_printf("kind: qemu\narch: %s\n", strange_arch());
	struct made m;
	AUTO_STR shown = { 0 };

	write_lab(f);
	lab_write(f, "targets/long.yaml", emulated);
	lab_write(f, "targets/middling.yaml", emulated);
	lab_write(f, "targets/short.yaml", emulated);
	make(&m, f, "short middling here long", "cpython", "base");
	plan_lanes(m.plan, with_estimates, NULL);
	show_lanes(m.plan, &shown);
	assert_string_equal(str_text(&shown), "here/cpython/base:smoke | long/cpython/base:smoke | "
					      "middling/cpython/base:smoke | short/cpython/base:smoke");
	made_free(&m);
}

static void equal_lanes_stay_as_they_were_named(void **state)
{
	struct lab_fixture *f = *state;
	struct made m;
	AUTO_STR shown = { 0 };

	write_lab(f);
	lab_write(f, "targets/a.yaml", "kind: fake\narch: arm64\n");
	lab_write(f, "targets/b.yaml", "kind: fake\narch: arm64\n");
	make(&m, f, "script b a", "cpython", "base");
	plan_lanes(m.plan, every_cell, NULL);
	show_lanes(m.plan, &shown);
	assert_string_equal(str_text(&shown),
			    "script/cpython/base:smoke | b/cpython/base:smoke | a/cpython/base:smoke");
	made_free(&m);
}

static bool only_pypy(void *ctx, struct cell *c)
{
	size_t *asked = ctx;

	(*asked)++;
	snprintf(c->why, sizeof(c->why), "asked for");
	return !strcmp(c->runtime->name, "pypy") && !strcmp(c->target->name, "here");
}

static void only_wanted_cells_are_in_lanes(void **state)
{
	struct made m;
	AUTO_STR shown = { 0 };
	size_t asked = 0;

	write_lab(*state);
	make(&m, *state, "script here", "cpython pypy", "base alone");
	plan_lanes(m.plan, only_pypy, &asked);
	assert_int_equal(asked, m.plan->count);
	show_lanes(m.plan, &shown);
	assert_string_equal(str_text(&shown), "here/pypy/base:smoke here/pypy/alone:smoke");
	assert_string_equal(m.plan->lanes[0].cells[0].why, "asked for");
	plan_lanes(m.plan, every_cell, NULL);
	assert_int_equal(m.plan->lane_count, 2);
	made_free(&m);
}

/* ---- ids ---- */

static void id_of(struct lab_fixture *f, const char *target, const char *runtime, const char *package,
		  char out[DIGEST_ID_BYTES])
{
	struct made m;

	make(&m, f, target, runtime, package);
	memcpy(out, m.plan->cells[0].id, DIGEST_ID_BYTES);
	made_free(&m);
}

/* The id of script/cpython/top before and after `file` says something else. */
static bool changes_id(struct lab_fixture *f, const char *file, const char *text)
{
	char before[DIGEST_ID_BYTES], after[DIGEST_ID_BYTES];

	write_lab(f);
	id_of(f, "script", "cpython", "top", before);
	lab_write(f, file, text);
	id_of(f, "script", "cpython", "top", after);
	return strcmp(before, after) != 0;
}

static void ids_are_sixteen_digits_and_differ(void **state)
{
	struct made m;

	write_lab(*state);
	make(&m, *state, "here script foreign", "cpython pypy", "top middle alone base");
	for (size_t i = 0; i < m.plan->count; i++) {
		assert_int_equal(strlen(m.plan->cells[i].id), 16);
		assert_int_equal(strspn(m.plan->cells[i].id, "0123456789abcdef"), 16);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(m.plan->cells[i].id, m.plan->cells[k].id);
	}
	made_free(&m);
}

static void an_id_is_the_same_wherever_the_lab_lies(void **state)
{
	struct lab_fixture *f = *state;
	struct lab_fixture *other;
	char here[DIGEST_ID_BYTES], there[DIGEST_ID_BYTES];
	void *other_state;

	write_lab(f);
	id_of(f, "script", "cpython", "top", here);
	lab_setup(&other_state);
	other = other_state;
	write_lab(other);
	id_of(other, "script", "cpython", "top", there);
	assert_string_equal(here, there);
	lab_teardown(&other_state);
}

static void what_decides_a_result_changes_the_id(void **state)
{
	struct lab_fixture *f = *state;

	assert_true(changes_id(f, "targets/script.yaml", "kind: fake\narch: s390x\n"));
	assert_true(changes_id(f, "targets/script.yaml", "kind: fake\narch: arm64\nenv: {LANG: C}\n"));
	assert_true(changes_id(f, "targets/script.yaml", "kind: fake\narch: arm64\nfake: {rules: {output: x}}\n"));
	assert_true(changes_id(f, "recipes/runtimes/cpython.yaml", "command: python3.12\n"));
	assert_true(changes_id(f, "recipes/runtimes/cpython.yaml", "command: python3\nenv: {PYTHONHASHSEED: '0'}\n"));
	assert_true(changes_id(f, "recipes/runtimes/cpython.yaml", "command: python3\ninstall: {apt: [python3]}\n"));
	assert_true(changes_id(f, "recipes/packages/top.yaml", "needs: [middle, alone]\n" SMOKE));
	assert_true(changes_id(f, "recipes/packages/top.yaml", "needs: [middle]\ninstall: {apt: [top-deb]}\n" SMOKE));
	assert_true(changes_id(f, "recipes/packages/top.yaml",
			       "needs: [middle, alone]\ninstall: {apt: [top-deb]}\nimport: tip\n" SMOKE));
	assert_true(changes_id(f, "recipes/packages/top.yaml",
			       "needs: [middle, alone]\ninstall: {apt: [top-deb]}\ntiers: {smoke: {run: other}}\n"));
	assert_true(changes_id(f, "recipes/packages/top.yaml",
			       "needs: [middle, alone]\ninstall: {apt: [top-deb]}\n"
			       "known_failures: {test: a, reason: b}\n" SMOKE));
	/* What is installed below it, however deep. */
	assert_true(changes_id(f, "recipes/packages/base.yaml", "install: {apt: [base-deb, more]}\n" SMOKE));
}

static void what_decides_nothing_leaves_the_id(void **state)
{
	struct lab_fixture *f = *state;

	assert_false(changes_id(f, "targets/script.yaml",
				"kind: fake\narch: arm64\ntitle: Other\ntags: [x]\nslowness: 3\n"));
	assert_false(
		changes_id(f, "recipes/runtimes/cpython.yaml", "# words\ntitle: Other\ntags: [x]\ncommand: python3\n"));
	assert_false(changes_id(f, "recipes/packages/top.yaml",
				"title: Other\ntags: [x]\nneeds: [middle, alone]\ninstall: {apt: [top-deb]}\n"
				"tiers: {smoke: {run: report, limit: 2h, test_limit: 1s}}\n"));
	assert_false(changes_id(f, "recipes/packages/top.yaml",
				"needs: [middle, alone]\ninstall: {apt: [top-deb]}\n"
				"tiers: {smoke: {run: report}, full: {run: everything}}\n"));
	assert_false(changes_id(f, "targets/here.yaml", "kind: local\nprocessors: 7\n"));
	assert_false(changes_id(f, "recipes/runtimes/pypy.yaml", "command: pypy4\n"));
	assert_false(changes_id(f, "lab.yaml", "title: Other\nfresh_for: 1d\ncache_limit: 1 GiB\nruntimes: [pypy]\n"));
}

static void what_is_said_for_others_leaves_the_id(void **state)
{
	struct lab_fixture *f = *state;

	assert_false(
		changes_id(f, "recipes/packages/top.yaml",
			   "needs: [middle, alone]\n"
			   "install: [{apt: [top-deb]}, {runtimes: [pypy], pip: [top]}, {archs: [s390x], run: patch}]\n"
			   "known_failures: [{test: a, reason: b, runtimes: [pypy]}, {test: a, reason: b, archs: "
			   "[s390x]}]\n" SMOKE));
	assert_false(
		changes_id(f, "recipes/packages/top.yaml",
			   "needs: [middle, alone]\ninstall: {apt: [top-deb], runtimes: [cpython, pypy]}\n" SMOKE));
	assert_false(changes_id(f, "recipes/runtimes/cpython.yaml",
				"command: python3\ninstall: {archs: [s390x], apt: [x]}\n"));
	/* The tests and known failures of a package that is only needed. */
	assert_false(changes_id(f, "recipes/packages/base.yaml",
				"install: {apt: [base-deb]}\nknown_failures: {test: a, reason: b}\nimport: other\n"
				"version: echo 1\ntiers: {smoke: {run: other}}\n"));
}

static void tools_are_part_of_the_id(void **state)
{
	struct made m;
	struct plan *p;

	write_lab(*state);
	make(&m, *state, "script", "cpython", "top");
	m.wish.lib_digest = "other";
	p = plan_build(m.lab, &m.wish, NULL);
	assert_string_not_equal(p->cells[0].id, m.plan->cells[0].id);
	plan_free(p);
	made_free(&m);
}

/* Does the id of `package` on script change with the index? */
static bool follows_index(struct lab_fixture *f, const char *runtime, const char *package)
{
	struct made m;
	struct plan *p;
	bool follows;

	make(&m, f, "script", runtime, package);
	m.wish.index_digest = "other";
	p = plan_build(m.lab, &m.wish, NULL);
	follows = strcmp(p->cells[0].id, m.plan->cells[0].id) != 0;
	assert_int_equal(follows, plan_uses_index(m.lab, m.packages[0], runtime, "arm64"));
	plan_free(p);
	made_free(&m);
	return follows;
}

static void the_index_counts_where_pip_installs(void **state)
{
	struct lab_fixture *f = *state;

	write_lab(f);
	lab_write(f, "recipes/packages/base.yaml",
		  "install: [{runtimes: [cpython], apt: [x]}, {runtimes: [pypy], pip: [x]}, {archs: [s390x], pip: "
		  "[y]}]\n" SMOKE);
	assert_true(follows_index(f, "pypy", "base"));
	assert_false(follows_index(f, "cpython", "base"));
	assert_true(follows_index(f, "pypy", "top"));
	assert_false(follows_index(f, "cpython", "top"));
	assert_false(follows_index(f, "pypy", "alone"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cells_stand_as_they_were_chosen, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(nothing_chosen_is_wrong_use, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_tier_that_a_package_lacks_is_a_cell_all_the_same, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(needs_come_deepest_first_and_once, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_package_stands_behind_what_it_needs, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(no_order_of_naming_breaks_the_needs, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(this_machine_comes_first_then_the_longest, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(equal_lanes_stay_as_they_were_named, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(only_wanted_cells_are_in_lanes, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(ids_are_sixteen_digits_and_differ, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(an_id_is_the_same_wherever_the_lab_lies, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_decides_a_result_changes_the_id, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_decides_nothing_leaves_the_id, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_is_said_for_others_leaves_the_id, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(tools_are_part_of_the_id, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(the_index_counts_where_pip_installs, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
