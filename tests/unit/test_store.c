#include "outcomes.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "store/query.h"
#include "store/store.h"

static struct store *open_store(void)
{
	struct err e = ERR_INIT;
	struct store *s = store_open(scratch, false, &e);

	if (s == NULL)
		fail_msg("store_open: %s", e.text);
	return s;
}

static int64_t begin(struct store *s, const char *name)
{
	struct run_info info = { .name = name, .command = "labctl matrix p0", .version = "1.0" };
	struct err e = ERR_INIT;
	int64_t run = 0;

	assert_ok(store_begin_run(s, &info, &run, &e), e);
	return run;
}

static int64_t count(struct store *s, const char *sql)
{
	struct err e = ERR_INIT;
	struct db_stmt *q = db_prepare(store_db(s), sql, &e);
	int64_t n;

	assert_non_null(q);
	assert_int_equal(db_step(q, &e), 1);
	n = db_int(q, 0);
	db_finish(q);
	return n;
}

static int64_t count_outcomes(struct store *s)
{
	return count(s, "SELECT count(*) FROM outcome");
}

/* As a lane does it: a whole record under its final name, and no word to the store. */
static void write_record(const char *run, unsigned cell, int64_t attempt, unsigned tests)
{
	AUTO_FREE char *folder = mem_printf("%s/runs/%s/%016x/%d", scratch, run, cell, (int)attempt);
	struct outcome o;
	struct err e = ERR_INIT;

	make_outcome(&o, cell, attempt);
	add_passed(&o, tests);
	outcome_settle(&o);
	assert_ok(file_make_folders(folder, &e), e);
	assert_ok(outcome_write(&o, folder, &e), e);
	outcome_free(&o);
}

/* Names that do not compress. */
static void write_unlike_record(const char *run, unsigned cell)
{
	AUTO_FREE char *folder = mem_printf("%s/runs/%s/%016x/1", scratch, run, cell);
	struct outcome o;
	struct err e = ERR_INIT;
	uint64_t number = 1;

	make_outcome(&o, cell, 1);
	for (unsigned i = 0; i < 5000; i++) {
		char name[32];

		number = number * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		snprintf(name, sizeof(name), "%016llx", (unsigned long long)number);
		result_add(&o.result, name, VERDICT_PASSED, 1, NULL);
	}
	assert_ok(file_make_folders(folder, &e), e);
	assert_ok(outcome_write(&o, folder, &e), e);
	outcome_free(&o);
}

static void add_outcome(struct store *s, int64_t run, unsigned cell, unsigned tests)
{
	struct outcome o;
	struct err e = ERR_INIT;

	make_outcome(&o, cell, 1);
	add_passed(&o, tests);
	outcome_settle(&o);
	assert_ok(store_add_outcome(s, run, &o, &e), e);
	outcome_free(&o);
}

static void record_is_added_once(void **state)
{
	struct store *s = open_store();
	int64_t run = begin(s, "r1");
	struct err e = ERR_INIT;

	(void)state;
	write_record("r1", 3, 1, 5);
	assert_ok(store_add_record(s, run, "0000000000000003/1", &e), e);
	assert_ok(store_add_record(s, run, "0000000000000003/1", &e), e);
	assert_int_equal(count_outcomes(s), 1);
	assert_ok(store_end_run(s, run, true, &e), e);
	store_close(s);
	s = open_store();
	assert_int_equal(count_outcomes(s), 1);
	store_close(s);
}

static void what_was_not_told_is_taken_in(void **state)
{
	struct store *s = open_store();

	(void)state;
	begin(s, "r1");
	write_record("r1", 1, 1, 5);
	write_record("r1", 1, 2, 5);
	write_record("r1", 2, 1, 5);
	store_close(s); /* as a killed labctl: the run is not ended */
	s = open_store();
	assert_int_equal(count_outcomes(s), 3);
	assert_int_equal(count(s, "SELECT count(*) FROM run WHERE settled = 1 AND complete = 0"), 1);
	store_close(s);
}

static void run_of_another_labctl_stays_open(void **state)
{
	struct store *one = open_store(), *two;
	int64_t run = begin(one, "r1");
	struct err e = ERR_INIT;

	(void)state;
	write_record("r1", 1, 1, 5);
	two = open_store();
	assert_int_equal(count_outcomes(two), 1);
	assert_int_equal(count(two, "SELECT settled FROM run"), 0);
	write_record("r1", 2, 1, 5);
	assert_ok(store_add_record(one, run, "0000000000000001/1", &e), e);
	assert_ok(store_add_record(one, run, "0000000000000002/1", &e), e);
	assert_int_equal(count_outcomes(two), 2);
	assert_ok(store_end_run(one, run, true, &e), e);
	store_close(one);
	assert_int_equal(count(two, "SELECT settled FROM run"), 1);
	store_close(two);
}

static void settled_runs_are_not_read_again(void **state)
{
	struct store *s = open_store();
	int64_t run = begin(s, "r1");
	struct err e = ERR_INIT;

	(void)state;
	assert_ok(store_end_run(s, run, true, &e), e);
	store_close(s);
	write_record("r1", 1, 1, 5);
	s = open_store();
	assert_int_equal(count_outcomes(s), 0);
	/* But what its labctl still tells of counts, and opens the run again. */
	assert_ok(store_add_record(s, run, "0000000000000001/1", &e), e);
	store_close(s);
	write_record("r1", 2, 1, 5);
	s = open_store();
	assert_int_equal(count_outcomes(s), 2);
	store_close(s);
}

static void a_run_goes_on_under_its_name(void **state)
{
	struct store *s = open_store();
	int64_t run = begin(s, "r1"), again;
	struct err e = ERR_INIT;

	(void)state;
	write_record("r1", 1, 1, 5);
	store_close(s);
	s = open_store();
	again = begin(s, "r1");
	assert_int_equal(run, again);
	assert_int_equal(count(s, "SELECT settled FROM run"), 0);
	store_close(s);
	s = open_store();
	assert_int_equal(count(s, "SELECT settled FROM run"), 1);
	assert_ok(store_resume_run(s, run, &e), e);
	assert_int_equal(count(s, "SELECT settled FROM run"), 0);
	write_record("r1", 2, 1, 5);
	assert_ok(store_end_run(s, run, true, &e), e); /* also takes in what it was not told of */
	assert_int_equal(count_outcomes(s), 2);
	assert_int_equal(count(s, "SELECT count(*) FROM run WHERE command = 'labctl matrix p0' AND complete"), 1);
	assert_int_equal(store_resume_run(s, 99, &e), -1);
	store_close(s);
}

static void one_run_is_done_by_one_labctl(void **state)
{
	struct store *one = open_store(), *two = open_store();
	struct run_info info = { .name = "r1" };
	struct err e = ERR_INIT;
	int64_t run;

	(void)state;
	begin(one, "r1");
	assert_int_equal(store_begin_run(two, &info, &run, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	store_close(one);
	store_close(two);
}

static void a_run_tells_what_it_was_to_do(void **state)
{
	static const char *const planned[] = { "0000000000000001", "0000000000000002", NULL };
	struct run_info info = { .name = "r1", .cell_ids = planned };
	struct store *s = open_store();
	struct err e = ERR_INIT;
	AUTO_FREE_LIST char **ids = NULL;
	int64_t run;

	(void)state;
	assert_ok(store_begin_run(s, &info, &run, &e), e);
	assert_ok(query_run_planned(s, run, &ids, &e), e);
	assert_string_equal(ids[1], planned[1]);
	assert_null(ids[2]);
	assert_int_equal(count(s, "SELECT cells FROM run"), 2);
	store_close(s);
}

static void two_writers_share(void **state)
{
	struct err e = ERR_INIT;
	struct store *s;
	int status;

	(void)state;
	store_close(open_store());
	for (unsigned child = 0; child < 2; child++) {
		if (fork() != 0)
			continue;
		s = store_open(scratch, false, &e);
		for (unsigned i = 0; s != NULL && i < 25; i++) {
			int64_t run = begin(s, child ? "a" : "b");

			add_outcome(s, run, child * 100 + i, 50);
			if (store_end_run(s, run, true, &e) < 0)
				_exit(2);
		}
		status = s == NULL;
		store_close(s);
		_exit(status);
	}
	for (unsigned child = 0; child < 2; child++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	s = open_store();
	assert_int_equal(count_outcomes(s), 50);
	store_close(s);
}

static void killed_at_any_moment(void **state)
{
	struct store *s;

	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		pid_t child = fork();

		if (child == 0) {
			AUTO_FREE char *name = mem_printf("r%02u", round);
			int64_t run;

			s = open_store();
			run = begin(s, name);
			for (unsigned i = 0; i < 1000; i++)
				add_outcome(s, run, i, 20);
			_exit(0);
		}
		usleep(2000 * round);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	/* Every whole record is there exactly once; the database holds nothing that has no record. */
	s = open_store();
	int64_t records = 0;
	for (unsigned round = 0; round < 12; round++)
		for (unsigned i = 0; i < 1000; i++) {
			AUTO_FREE char *path = mem_printf("%s/runs/r%02u/%016x/1/outcome.json", scratch, round, i);
			records += file_exists(path);
		}
	assert_int_equal(count_outcomes(s), records);
	store_close(s);
}

static void a_bad_record_costs_only_itself(void **state)
{
	AUTO_FREE char *bad = mem_printf("%s/runs/r1/%016x/1", scratch, 7);
	AUTO_FREE char *file = mem_printf("%s/outcome.json", bad);
	struct err e = ERR_INIT;
	struct store *s;

	(void)state;
	write_record("r1", 1, 1, 5);
	assert_ok(file_make_folders(bad, &e), e);
	assert_ok(file_write(file, "{\"format\": 1, \"verdi", 20, &e), e);
	s = open_store();
	assert_int_equal(count_outcomes(s), 1);
	store_close(s);
}

static void records_of_other_cells_are_refused(void **state)
{
	AUTO_FREE char *from = mem_printf("%s/runs/r1/%016x", scratch, 1);
	AUTO_FREE char *to = mem_printf("%s/runs/r1/%016x", scratch, 2);
	struct store *s = open_store();
	int64_t run = begin(s, "r1");
	struct err e = ERR_INIT;

	(void)state;
	write_record("r1", 1, 1, 5);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(store_add_record(s, run, "0000000000000002/1", &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(store_add_record(s, run, "../../../etc", &e), -1);
	assert_int_equal(store_add_record(s, run, "0000000000000002/1/..", &e), -1);
	assert_int_equal(count_outcomes(s), 0);
	store_close(s);
}

static void an_unchanged_outcome_costs_its_row(void **state)
{
	struct store *s = open_store();
	int64_t packed;

	(void)state;
	for (unsigned night = 0; night < 5; night++) {
		AUTO_FREE char *name = mem_printf("r%u", night);

		add_outcome(s, begin(s, name), 1, 2000);
		if (night == 0)
			packed = count(s, "SELECT count(*) FROM packed");
	}
	assert_int_equal(count(s, "SELECT count(*) FROM packed"), packed);
	/* The same list on another target is the same bytes as well. */
	add_outcome(s, begin(s, "r9"), 2, 2000);
	assert_int_equal(count(s, "SELECT count(*) FROM packed"), packed);
	store_close(s);
}

static void noise_in_times_is_no_news(void **state)
{
	struct store *s = open_store();
	struct err e = ERR_INIT;
	int64_t packed = 0;

	(void)state;
	for (int night = 0; night < 4; night++) {
		AUTO_FREE char *name = mem_printf("r%d", night);
		struct outcome o;

		make_outcome(&o, 1, 1);
		for (int i = 0; i < 1000; i++) {
			char test[32];

			snprintf(test, sizeof(test), "test_%d", i);
			result_add(&o.result, test, VERDICT_PASSED,
				   (int64_t)(i + 1) * 30000 * (100 + (night * 7 + i) % 20), NULL);
		}
		o.result.complete = true;
		assert_ok(store_add_outcome(s, begin(s, name), &o, &e), e);
		outcome_free(&o);
		if (night == 0)
			packed = count(s, "SELECT count(*) FROM packed");
	}
	assert_int_equal(count(s, "SELECT count(*) FROM packed"), packed);
	store_close(s);
}

static void read_only_takes_nothing_in(void **state)
{
	struct err e = ERR_INIT;
	struct store *s = store_open(scratch, true, &e);
	AUTO_FREE char *database = mem_printf("%s/lab.sqlite", scratch);

	(void)state;
	assert_non_null(s);
	assert_int_equal(count_outcomes(s), 0);
	store_close(s);
	assert_false(file_exists(database));
	write_record("r1", 1, 1, 5);
	store_close(open_store());
	write_record("r2", 1, 1, 5);
	s = store_open(scratch, true, &e);
	assert_non_null(s);
	assert_int_equal(count_outcomes(s), 1);
	store_close(s);
}

static void a_damaged_database_is_told_and_rebuilt(void **state)
{
	AUTO_FREE char *database = mem_printf("%s/lab.sqlite", scratch);
	struct err e = ERR_INIT;
	struct store *s = open_store();
	int64_t run = begin(s, "r1"), outcomes = 0;

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		add_outcome(s, run, i, 30);
	assert_ok(store_end_run(s, run, true, &e), e);
	store_close(s);
	assert_ok(file_write(database, "this is no database, whatever its name says", 43, &e), e);
	assert_null(store_open(scratch, false, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.hint, "labctl rebuild"));
	assert_ok(store_rebuild(scratch, &outcomes, &e), e);
	assert_int_equal(outcomes, 5);
	s = open_store();
	assert_int_equal(count_outcomes(s), 5);
	assert_int_equal(count(s, "SELECT complete FROM run WHERE command = 'labctl matrix p0'"), 1);
	store_close(s);
}

static void a_newer_form_is_told(void **state)
{
	struct err e = ERR_INIT;
	struct store *s = open_store();

	(void)state;
	assert_ok(db_run(store_db(s), "PRAGMA user_version = 99", &e), e);
	store_close(s);
	assert_null(store_open(scratch, false, &e));
	assert_non_null(strstr(e.text, "form 99"));
	assert_null(store_open(scratch, true, &e));
	assert_non_null(strstr(e.text, "form 99"));
	assert_non_null(strstr(e.hint, "newer"));
}

/* Form 2 kept summaries alone: they stay, and what stands beside them now comes when they are made anew. */
static void summaries_of_an_older_form_stay(void **state)
{
	const struct speed_figures figures = {
		.unit = 1, .mean = 2.5, .low = NAN, .high = INFINITY, .peak_bytes = 7e6, .processes = 3, .failed = 1
	};
	const double means[] = { 1e-9, -0.0, 12345.678901234567 };
	struct speed_figures got;
	struct store *s = open_store();
	struct err e = ERR_INIT;
	AUTO_STR summary = { 0 };
	AUTO_STR back = { 0 };
	double *got_means = NULL;
	size_t count = 0;

	(void)state;
	add_outcome(s, begin(s, "r1"), 1, 10);
	str_add(&summary, "a summary");
	assert_ok(store_put_speed(s, 1, 1, &figures, means, 3, &summary, &e), e);
	assert_ok(db_run(store_db(s),
			 "CREATE TABLE old (outcome INTEGER PRIMARY KEY REFERENCES outcome, version INTEGER NOT NULL,"
			 " summary BLOB NOT NULL) STRICT; INSERT INTO old SELECT outcome, version, summary FROM speed;"
			 " DROP TABLE speed; ALTER TABLE old RENAME TO speed; PRAGMA user_version = 2",
			 &e),
		  e);
	store_close(s);
	s = store_open(scratch, true, &e); /* also a reader brings it up to date, where it may */
	assert_non_null(s);
	assert_int_equal(query_speed(s, 1, 1, &back, &e), 1);
	str_clear(&back);
	store_close(s);
	s = open_store();
	assert_int_equal(query_speed(s, 1, 1, &back, &e), 1);
	assert_string_equal(str_text(&back), "a summary");
	assert_int_equal(query_speed_figures(s, 1, 1, &got, NULL, NULL, &e), 0);
	assert_ok(store_put_speed(s, 1, 1, &figures, means, 3, &summary, &e), e);
	assert_int_equal(query_speed_figures(s, 1, 2, &got, NULL, NULL, &e), 0); /* of another version */
	assert_int_equal(query_speed_figures(s, 1, 1, &got, &got_means, &count, &e), 1);
	assert_int_equal(count, 3);
	assert_memory_equal(got_means, means, sizeof(means));
	assert_true(got.mean == 2.5 && isnan(got.low) && isnan(got.high) && got.processes == 3 && got.failed == 1);
	free(got_means);
	store_close(s);
}

static void a_full_disk_loses_nothing(void **state)
{
	struct err e = ERR_INIT;
	struct store *s = open_store();
	int64_t run = begin(s, "r1");

	(void)state;
	add_outcome(s, run, 1, 10);
	assert_ok(db_run(store_db(s), "PRAGMA max_page_count = 1", &e), e); /* that is: no page more than now */
	write_unlike_record("r1", 2);
	assert_int_equal(store_add_record(s, run, "0000000000000002/1", &e), -1);
	assert_int_equal(e.code, ERR_DISK_FULL);
	assert_int_equal(count_outcomes(s), 1);
	store_close(s);
	s = open_store();
	assert_int_equal(count_outcomes(s), 2);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCRATCH_TEST(f) cmocka_unit_test_setup_teardown(f, make_scratch, remove_scratch)
		SCRATCH_TEST(record_is_added_once),
		SCRATCH_TEST(what_was_not_told_is_taken_in),
		SCRATCH_TEST(run_of_another_labctl_stays_open),
		SCRATCH_TEST(settled_runs_are_not_read_again),
		SCRATCH_TEST(a_run_goes_on_under_its_name),
		SCRATCH_TEST(one_run_is_done_by_one_labctl),
		SCRATCH_TEST(a_run_tells_what_it_was_to_do),
		SCRATCH_TEST(two_writers_share),
		SCRATCH_TEST(killed_at_any_moment),
		SCRATCH_TEST(a_bad_record_costs_only_itself),
		SCRATCH_TEST(records_of_other_cells_are_refused),
		SCRATCH_TEST(an_unchanged_outcome_costs_its_row),
		SCRATCH_TEST(noise_in_times_is_no_news),
		SCRATCH_TEST(read_only_takes_nothing_in),
		SCRATCH_TEST(a_damaged_database_is_told_and_rebuilt),
		SCRATCH_TEST(a_newer_form_is_told),
		SCRATCH_TEST(summaries_of_an_older_form_stay),
		SCRATCH_TEST(a_full_disk_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
