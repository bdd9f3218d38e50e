#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "lab_fixture.h"
#include "run/schedule.h"

#define FACTS "{match: cat facts, output: 'package_version=1'}"

/* A lab, its plan, and what the ears heard. */
struct scene {
	struct lab_fixture *f;
	struct lab *lab;
	struct plan *plan;
	struct schedule_opts opts;
	struct schedule_ears ears;
	struct schedule_tally tally;
	struct err e;
	char *run_folder, *cache_folder;
	struct str heard; /* "one/a passed, " for each outcome */
	int fail_after;	  /* the outcome ear fails at this one; 0: never */
	int outcomes;
	int most_at_once, at_once;
};

static void write_lab(struct lab_fixture *f)
{
	lab_write(f, "recipes/lib/install/env.sh", "");
	lab_write(f, "recipes/runtimes/cpython.yaml", "command: python3\n");
	lab_write(f, "recipes/packages/a.yaml", "tiers: {smoke: {run: report a}}\n");
	lab_write(f, "recipes/packages/b.yaml", "tiers: {smoke: {run: report b}}\n");
	lab_write(f, "targets/one.yaml", "kind: fake\narch: arm64\nfake: {rules: [" FACTS "]}\n");
	lab_write(f, "targets/two.yaml", "kind: fake\narch: arm64\nfake: {rules: [" FACTS "]}\n");
}

static int on_outcome(void *ctx, const struct lane *lane, const char *folder, bool again, struct err *e)
{
	struct scene *s = ctx;
	AUTO_FREE char *path = file_join(s->run_folder, folder);
	struct outcome o;

	assert_int_equal(outcome_read(path, false, &o, NULL), 0);
	assert_string_equal(o.target, lane->target->name);
	str_addf(&s->heard, "%s/%s %s%s, ", o.target, o.package, verdict_name(o.verdict), again ? " again" : "");
	outcome_free(&o);
	s->outcomes++;
	return s->outcomes == s->fail_after ? err_set(e, ERR_DISK_FULL, "no room for it") : 0;
}

static void on_lane(void *ctx, const struct lane *lane, const struct lane_news *news)
{
	struct scene *s = ctx;

	(void)lane;
	s->at_once += news->kind == CELL_STARTS;
	s->at_once -= news->kind == CELL_DONE;
	if (s->at_once > s->most_at_once)
		s->most_at_once = s->at_once;
}

static bool every_cell(void *ctx, struct cell *c)
{
	(void)ctx, (void)c;
	return true;
}

static void make_plan(struct scene *s)
{
	const struct target_spec *targets[] = { lab_target(s->lab, "one"), lab_target(s->lab, "two") };
	const struct runtime_recipe *runtimes[] = { lab_runtime(s->lab, "cpython") };
	const struct package_recipe *packages[] = { lab_package(s->lab, "a"), lab_package(s->lab, "b") };
	const struct plan_wish wish = { .targets = targets,
					.target_count = 2,
					.runtimes = runtimes,
					.runtime_count = 1,
					.packages = packages,
					.package_count = 2,
					.tier = "smoke",
					.lib_digest = "lib",
					.index_digest = "index" };

	s->plan = plan_build(s->lab, &wish, NULL);
	plan_lanes(s->plan, every_cell, NULL);
}

static void begin(struct scene *s, struct lab_fixture *f)
{
	*s = (struct scene){ .f = f, .lab = lab_open_with(f, f->folder), .e = ERR_INIT };
	assert_non_null(s->lab);
	make_plan(s);
	s->run_folder = file_join(f->folder, "run");
	s->cache_folder = file_join(f->folder, "cache");
	s->opts.lane = (struct lane_opts){ .lab = s->lab,
					   .run_folder = s->run_folder,
					   .cache_folder = s->cache_folder,
					   .install_digest = "install",
					   .index_digest = "index",
					   .retries = 1 };
	s->ears = (struct schedule_ears){ .lane = on_lane, .outcome = on_outcome, .ctx = s };
}

static int run(struct scene *s)
{
	return schedule_run(s->plan, &s->opts, &s->ears, &s->tally, &s->e);
}

static void end(struct scene *s)
{
	plan_free(s->plan);
	lab_free(s->lab);
	free(s->run_folder);
	free(s->cache_folder);
	str_free(&s->heard);
}

static void every_cell_is_heard_of_once(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	assert_int_equal(run(&s), 0);
	for (int i = 0; i < 4; i++) {
		static const char *const wanted[] = { "one/a passed, ", "one/b passed, ", "two/a passed, ",
						      "two/b passed, " };

		assert_non_null(strstr(str_text(&s.heard), wanted[i]));
	}
	assert_int_equal(s.outcomes, 4);
	assert_int_equal(s.tally.cells_done, 4);
	assert_int_equal(s.tally.cells_left, 0);
	assert_int_equal(s.tally.lanes_failed, 0);
	assert_false(s.tally.interrupted);
	end(&s);
}

static void one_at_a_time_in_the_order_of_the_lanes(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.jobs = 1;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "one/a passed, one/b passed, two/a passed, two/b passed, ");
	assert_int_equal(s.most_at_once, 1);
	end(&s);
}

static void without_processes_the_same_is_heard(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.in_process = true;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "one/a passed, one/b passed, two/a passed, two/b passed, ");
	assert_int_equal(s.tally.cells_left, 0);
	end(&s);
}

static void nothing_to_do_is_done(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.plan->lane_count = 0;
	assert_int_equal(run(&s), 0);
	assert_int_equal(s.outcomes, 0);
	s.plan->lane_count = 2;
	end(&s);
}

static void an_outcome_that_nobody_can_take_ends_the_run(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.jobs = 1;
	s.fail_after = 2;
	assert_int_equal(run(&s), -1);
	assert_int_equal(s.e.code, ERR_DISK_FULL);
	assert_string_equal(s.e.text, "no room for it");
	assert_int_equal(s.outcomes, 2);
	assert_int_equal(s.tally.cells_left, 2);
	end(&s);
}

static void a_record_that_cannot_be_made_ends_the_run(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	lab_write(s.f, "run", "in the way");
	assert_int_equal(run(&s), -1);
	assert_int_equal(s.e.code, ERR_IO);
	assert_int_equal(s.outcomes, 0);
	assert_int_equal(s.tally.cells_left, 4);
	end(&s);
}

static void a_lost_cell_gets_one_more_attempt(void **state)
{
	struct scene s;

	write_lab(*state);
	lab_write(*state, "targets/one.yaml",
		  "kind: fake\narch: arm64\nfake: {rules: [" FACTS ", {match: report a, die: true}]}\n");
	begin(&s, *state);
	s.opts.jobs = 1;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard),
			    "one/a lost again, one/a lost, one/b passed, two/a passed, two/b passed, ");
	assert_int_equal(s.tally.cells_done, 4);
	assert_int_equal(s.tally.cells_left, 0);
	end(&s);
}

static void a_target_that_is_away_costs_its_cells_alone(void **state)
{
	struct scene s;

	write_lab(*state);
	lab_write(*state, "targets/one.yaml", "kind: fake\narch: arm64\nfake: {open_error: no route}\n");
	begin(&s, *state);
	s.opts.jobs = 1;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "one/a lost, one/b lost, two/a passed, two/b passed, ");
	assert_int_equal(s.tally.lanes_failed, 1);
	assert_int_equal(s.tally.cells_left, 0);
	end(&s);
}

static void on_out_of_time(void *ctx)
{
	struct scene *s = ctx;

	str_add(&s->heard, "out of time, ");
}

static void write_slow(struct lab_fixture *f, const char *target, const char *slow)
{
	AUTO_FREE char *name = mem_printf("targets/%s.yaml", target);
	AUTO_FREE char *text = mem_printf(
		"kind: fake\narch: arm64\nfake: {rules: [" FACTS ", {match: report %s, delay: 400ms}]}\n", slow);

	lab_write(f, name, text);
}

static void behind_the_deadline_nothing_begins(void **state)
{
	struct scene s;

	write_lab(*state);
	write_slow(*state, "one", "a");
	begin(&s, *state);
	s.ears.out_of_time = on_out_of_time;
	s.opts.jobs = 1;
	s.opts.deadline_ns = clock_now_ns() + 200 * NS_PER_MS;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "out of time, one/a passed, ");
	assert_int_equal(s.tally.cells_done, 1);
	assert_int_equal(s.tally.cells_left, 3);
	assert_true(s.tally.out_of_time);
	assert_false(s.tally.interrupted);
	end(&s);
}

static void a_deadline_that_has_passed_is_no_error(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.deadline_ns = clock_now_ns() - 1;
	assert_int_equal(run(&s), 0);
	assert_int_equal(s.outcomes, 0);
	assert_int_equal(s.tally.cells_left, 4);
	assert_true(s.tally.out_of_time);
	end(&s);
}

static void a_deadline_far_away_is_not_waited_for(void **state)
{
	struct scene s;
	int64_t begun_ns = clock_now_ns();

	write_lab(*state);
	begin(&s, *state);
	s.opts.deadline_ns = begun_ns + 3600 * NS_PER_S;
	assert_int_equal(run(&s), 0);
	assert_int_equal(s.tally.cells_done, 4);
	assert_false(s.tally.out_of_time);
	assert_true(clock_now_ns() - begun_ns < 60 * NS_PER_S);
	end(&s);
}

static void what_needs_longer_than_is_left_stays(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.deadline_ns = clock_now_ns() + 20 * NS_PER_S;
	s.plan->lanes[0].cells[0].estimate_ns = 3600 * NS_PER_S;
	s.opts.jobs = 1;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "one/b passed, two/a passed, two/b passed, ");
	assert_int_equal(s.tally.cells_left, 1);
	assert_true(s.tally.out_of_time);
	end(&s);
}

static void the_lane_whose_next_cell_is_worth_most_goes_first(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.jobs = 1;
	s.opts.by_value = true;
	s.plan->lanes[1].cells[0].worth = CELL_BAD;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "two/a passed, two/b passed, one/a passed, one/b passed, ");
	end(&s);
}

static void with_a_deadline_a_lane_gives_way_to_what_is_worth_more(void **state)
{
	struct scene s;

	write_lab(*state);
	write_slow(*state, "one", "a");
	begin(&s, *state);
	s.opts.jobs = 1;
	s.opts.by_value = true;
	s.opts.deadline_ns = clock_now_ns() + 60 * NS_PER_S;
	s.plan->lanes[0].cells[0].worth = CELL_UNKNOWN;
	s.plan->lanes[1].cells[0].worth = CELL_BAD;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "one/a passed, two/a passed, two/b passed, one/b passed, ");
	assert_int_equal(s.tally.cells_left, 0);
	end(&s);
}

/* The second lane is said to measure: the first, which has no time but what is kept, begins when that is done. */
static void time_is_kept_for_measuring_and_given_back(void **state)
{
	struct scene s;

	write_lab(*state);
	begin(&s, *state);
	s.opts.deadline_ns = clock_now_ns() + 60 * NS_PER_S;
	s.opts.kept_for_measuring_ns = 60 * NS_PER_S;
	s.plan->lanes[1].measures = true;
	assert_int_equal(run(&s), 0);
	assert_string_equal(str_text(&s.heard), "two/a passed, two/b passed, one/a passed, one/b passed, ");
	assert_false(s.tally.out_of_time);
	end(&s);
}

static void scratch_is_gone_behind_it(void **state)
{
	struct scene s;
	AUTO_FREE char *scratch = NULL;
	AUTO_FREE_LIST char **names = NULL;

	write_lab(*state);
	begin(&s, *state);
	assert_int_equal(run(&s), 0);
	scratch = file_join(s.cache_folder, "scratch");
	assert_int_equal(file_list(scratch, NULL, &names, NULL), 0);
	assert_null(names[0]);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_cell_is_heard_of_once, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(one_at_a_time_in_the_order_of_the_lanes, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(without_processes_the_same_is_heard, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(nothing_to_do_is_done, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(an_outcome_that_nobody_can_take_ends_the_run, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_record_that_cannot_be_made_ends_the_run, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_lost_cell_gets_one_more_attempt, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_target_that_is_away_costs_its_cells_alone, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(behind_the_deadline_nothing_begins, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_deadline_that_has_passed_is_no_error, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(a_deadline_far_away_is_not_waited_for, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(what_needs_longer_than_is_left_stays, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(the_lane_whose_next_cell_is_worth_most_goes_first, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(with_a_deadline_a_lane_gives_way_to_what_is_worth_more, lab_setup,
						lab_teardown),
		cmocka_unit_test_setup_teardown(time_is_kept_for_measuring_and_given_back, lab_setup, lab_teardown),
		cmocka_unit_test_setup_teardown(scratch_is_gone_behind_it, lab_setup, lab_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
