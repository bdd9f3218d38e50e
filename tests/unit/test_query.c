#include "scratch_store.h"

#include "store/query.h"

static int64_t begin(const char *name)
{
	struct run_info info = { .name = name, .command = "labctl matrix", .started_wall_ms = 1700000000000 };
	struct err e = ERR_INIT;
	int64_t run = 0;

	assert_ok(store_begin_run(store, &info, &run, &e), e);
	return run;
}

static void add(int64_t run, struct outcome *o)
{
	struct err e = ERR_INIT;

	outcome_settle(o);
	assert_ok(store_add_outcome(store, run, o, &e), e);
	outcome_free(o);
}

static void add_plain(int64_t run, unsigned cell, int64_t attempt, unsigned passed, int64_t took_ns)
{
	struct outcome *o = mem_new(1, sizeof(*o));

	make_outcome(o, cell, attempt);
	o->took_ns = took_ns;
	add_passed(o, passed);
	add(run, o);
	free(o);
}

static void runs_have_names_and_places(void **state)
{
	int64_t one = begin("2026-01-01T000000Z-0001"), two = begin("2026-01-02T000000Z-0002"), found;
	struct run_set runs;
	struct err e = ERR_INIT;

	(void)state;
	assert_ok(store_end_run(store, one, true, &e), e);
	assert_ok(query_runs(store, &runs, &e), e);
	assert_int_equal(runs.count, 2);
	assert_string_equal(runs.rows[0].name, "2026-01-02T000000Z-0002");
	assert_false(runs.rows[0].complete);
	assert_true(runs.rows[1].complete);
	assert_true(runs.rows[1].ended_wall_ms > 0);
	assert_string_equal(runs.rows[1].command, "labctl matrix");
	run_set_free(&runs);
	assert_ok(query_resolve_run(store, "latest", &found, &e), e);
	assert_int_equal(found, two);
	assert_ok(query_resolve_run(store, "latest~1", &found, &e), e);
	assert_int_equal(found, one);
	assert_ok(query_resolve_run(store, "2026-01-01T000000Z-0001", &found, &e), e);
	assert_int_equal(found, one);
	assert_ok(query_resolve_run(store, "1", &found, &e), e);
	assert_int_equal(query_resolve_run(store, "latest~2", &found, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(query_resolve_run(store, "latest~x", &found, &e), -1);
	assert_int_equal(query_resolve_run(store, "9", &found, &e), -1);
}

static void last_is_the_last(void **state)
{
	int64_t one = begin("r1"), two = begin("r2");
	static const char *const ids[] = { "0000000000000001", "00000000000000ff", "0000000000000001", NULL };
	struct outcome_set set;
	struct err e = ERR_INIT;

	(void)state;
	add_plain(one, 1, 1, 5, 1);
	add_plain(one, 1, 2, 6, 1);
	add_plain(two, 1, 1, 7, 1);
	add_plain(one, 2, 1, 8, 1);
	assert_ok(query_last(store, ids, 0, true, &set, &e), e);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.rows[0].tally.count[VERDICT_PASSED], 7);
	assert_string_equal(set.rows[0].target, "t1");
	assert_string_equal(set.rows[0].folder, "runs/r2/0000000000000001/1");
	assert_string_equal(set.rows[0].facts[0].name, "arch");
	assert_string_equal(set.rows[0].facts[2].name, "load");
	assert_string_equal(set.rows[0].facts[2].value, "0.25");
	assert_null(set.rows[0].facts[3].name);
	outcome_set_free(&set);
	assert_ok(query_last(store, ids, two, false, &set, &e), e);
	assert_int_equal(set.count, 1);
	assert_int_equal(set.rows[0].tally.count[VERDICT_PASSED], 6);
	assert_int_equal(set.rows[0].attempt, 2);
	assert_null(set.rows[0].facts);
	outcome_set_free(&set);
	assert_ok(query_last(store, NULL, 0, false, &set, &e), e);
	assert_int_equal(set.count, 2);
	outcome_set_free(&set);
}

static void a_changed_recipe_is_found_by_its_coordinates(void **state)
{
	int64_t one = begin("r1"), two = begin("r2");
	struct outcome *o = mem_new(1, sizeof(*o));
	struct outcome_set set;
	struct err e = ERR_INIT;

	(void)state;
	add_plain(one, 11, 1, 5, 1);
	add_plain(one, 12, 1, 5, 1);
	make_outcome(o, 11, 1);
	snprintf(o->cell_id, sizeof(o->cell_id), "feedfeedfeedfeed");
	add_passed(o, 9);
	add(two, o);
	free(o);
	assert_ok(query_last_like(store, "t1", "cpython", "p1", "smoke", 0, &set, &e), e);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.rows[0].cell_id, "feedfeedfeedfeed");
	outcome_set_free(&set);
	assert_ok(query_last_like(store, "t1", "cpython", "p1", "smoke", two, &set, &e), e);
	assert_string_equal(set.rows[0].cell_id, "000000000000000b");
	outcome_set_free(&set);
	assert_ok(query_last_like(store, "", "", "", "", 0, &set, &e), e);
	assert_int_equal(set.count, 2);
	outcome_set_free(&set);
	assert_ok(query_last_like(store, "", "", "p9", "", 0, &set, &e), e);
	assert_int_equal(set.count, 0);
	outcome_set_free(&set);
}

static void outcomes_of_runs_and_cells(void **state)
{
	int64_t one = begin("r1"), two = begin("r2");
	struct outcome_set set;
	struct err e = ERR_INIT;

	(void)state;
	add_plain(one, 1, 1, 5, 1);
	add_plain(one, 2, 1, 5, 1);
	add_plain(two, 1, 1, 6, 1);
	assert_ok(query_run_outcomes(store, one, &set, &e), e);
	assert_int_equal(set.count, 2);
	outcome_set_free(&set);
	assert_ok(query_cell_outcomes(store, "0000000000000001", &set, &e), e);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.rows[0].run, two);
	outcome_set_free(&set);
}

static void tests_of_an_outcome(void **state)
{
	int64_t run = begin("r1");
	struct outcome *o = mem_new(1, sizeof(*o));
	struct outcome_set set;
	struct test_set tests;
	struct err e = ERR_INIT;

	(void)state;
	make_outcome(o, 1, 1);
	add_passed(o, 100);
	add_failed(o, "t::bad", "AssertionError", "byte order", NULL);
	add(run, o);
	make_outcome(o, 2, 1);
	o->verdict = VERDICT_UNAVAILABLE;
	snprintf(o->reason, sizeof(o->reason), "it does not exist there");
	add(run, o);
	free(o);
	assert_ok(query_run_outcomes(store, run, &set, &e), e);
	assert_ok(query_tests(store, set.rows[0].id, true, &tests, &e), e);
	assert_int_equal(tests.count, 1);
	assert_string_equal(tests.rows[0].name, "t::bad");
	assert_string_equal(tests.rows[0].cause, "byte order");
	test_set_free(&tests);
	assert_ok(query_tests(store, set.rows[0].id, false, &tests, &e), e);
	assert_int_equal(tests.count, 101);
	test_set_free(&tests);
	assert_string_equal(set.rows[1].reason, "it does not exist there");
	assert_ok(query_tests(store, set.rows[1].id, false, &tests, &e), e);
	assert_int_equal(tests.count, 0);
	test_set_free(&tests);
	assert_int_equal(query_tests(store, 999, false, &tests, &e), -1);
	test_set_free(&tests);
	outcome_set_free(&set);
}

static void the_estimate_is_the_median_of_the_last(void **state)
{
	static const int64_t took_ns[] = { 900, 10, 50, 20, 40, 30 };
	struct outcome *o = mem_new(1, sizeof(*o));

	(void)state;
	assert_int_equal(query_estimate_ns(store, "0000000000000001"), 0);
	for (unsigned i = 0; i < COUNT_OF(took_ns); i++) {
		AUTO_FREE char *name = mem_printf("r%u", i);

		add_plain(begin(name), 1, 1, 5, took_ns[i]);
	}
	/* One that did not run through says nothing. */
	make_outcome(o, 1, 1);
	o->verdict = VERDICT_LOST;
	o->took_ns = 1;
	add(begin("r9"), o);
	free(o);
	assert_int_equal(query_estimate_ns(store, "0000000000000001"), 30);
}

int main(void)
{
#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, open_scratch_store, close_scratch_store)
	const struct CMUnitTest tests[] = {
		STORE_TEST(runs_have_names_and_places),
		STORE_TEST(last_is_the_last),
		STORE_TEST(a_changed_recipe_is_found_by_its_coordinates),
		STORE_TEST(outcomes_of_runs_and_cells),
		STORE_TEST(tests_of_an_outcome),
		STORE_TEST(the_estimate_is_the_median_of_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
