#include "outcomes.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"

#define NOBODY 65534

static char *path_of(const char *name)
{
	return file_join(scratch, name);
}

static struct db *open_db(const char *path)
{
	struct err e = ERR_INIT;
	struct db *d = db_open(path, false, &e);

	if (d == NULL)
		fail_msg("db_open: %s", e.text);
	return d;
}

static void values_come_back(void **state)
{
	AUTO_FREE char *path = path_of("a b%20?#.sqlite");
	struct err e = ERR_INIT;
	struct db *d = open_db(path);
	struct db_stmt *s;
	size_t len;

	(void)state;
	assert_ok(db_run(d, "CREATE TABLE t (i, r, t, n, b); CREATE INDEX x ON t (i)", &e), e);
	s = db_prepare(d, "INSERT INTO t VALUES (?1, ?2, ?3, ?4, ?5)", &e);
	assert_non_null(s);
	db_bind_int(s, 1, INT64_MIN);
	db_bind_real(s, 2, 0.1);
	db_bind_text(s, 3, "тест");
	db_bind_text(s, 4, NULL);
	db_bind_blob(s, 5, "a\0b", 3);
	assert_int_equal(db_step(s, &e), 0);
	db_finish(s);
	assert_int_equal(db_last_id(d), 1);
	s = db_prepare(d, "SELECT i, r, t, n, b FROM t", &e);
	assert_int_equal(db_step(s, &e), 1);
	assert_true(db_int(s, 0) == INT64_MIN);
	assert_true(db_real(s, 1) == 0.1);
	assert_string_equal(db_text(s, 2), "тест");
	assert_null(db_text(s, 3));
	assert_memory_equal(db_blob(s, 4, &len), "a\0b", 3);
	assert_int_equal(len, 3);
	assert_int_equal(db_step(s, &e), 0);
	db_finish(s);
	db_close(d);
	assert_true(file_exists(path));
}

static void wrong_sql_is_an_internal_error(void **state)
{
	AUTO_FREE char *path = path_of("db");
	struct db *d = open_db(path);
	struct err e = ERR_INIT;

	(void)state;
	assert_null(db_prepare(d, "SELECT nothing FROM nowhere", &e));
	assert_int_equal(e.code, ERR_INTERNAL);
	db_close(d);
}

static void a_damaged_file_is_told(void **state)
{
	AUTO_FREE char *path = path_of("db");
	struct err e = ERR_INIT;

	(void)state;
	assert_ok(file_write(path, "SQLite format 3 it is not, though it says so. It says more than it is.", 70, &e),
		  e);
	assert_null(db_open(path, false, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.hint, "rebuild"));
}

static void a_missing_file_is_not_made_by_a_reader(void **state)
{
	AUTO_FREE char *path = path_of("db");
	struct err e = ERR_INIT;

	(void)state;
	assert_null(db_open(path, true, &e));
	assert_int_equal(e.code, ERR_IO);
	assert_false(file_exists(path));
}

/* Root may write anywhere, so the child becomes someone who may not. */
static int as_nobody(int (*act)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(99);
		_exit(act());
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int read_closed_folder(void)
{
	AUTO_FREE char *path = path_of("db");
	struct err e = ERR_INIT;
	struct db *d = db_open(path, true, &e);
	struct db_stmt *s = d == NULL ? NULL : db_prepare(d, "SELECT x FROM t", &e);
	bool found = s != NULL && db_step(s, &e) == 1 && db_int(s, 0) == 42;

	db_finish(s);
	db_close(d);
	return found ? 0 : 1;
}

static int write_closed_folder(void)
{
	AUTO_FREE char *path = path_of("db");
	struct err e = ERR_INIT;
	struct db *d = db_open(path, false, &e);
	/* Opening may succeed; writing may not, and says so. */
	bool wrote = d != NULL && db_run(d, "INSERT INTO t VALUES (1)", &e) == 0;

	db_close(d);
	return !wrote && e.code == ERR_IO && e.text[0] != '\0' ? 0 : 1;
}

static void a_closed_folder_can_be_read(void **state)
{
	AUTO_FREE char *path = path_of("db");
	struct err e = ERR_INIT;
	struct db *d = open_db(path);

	(void)state;
	assert_ok(db_run(d, "CREATE TABLE t (x); INSERT INTO t VALUES (42)", &e), e);
	db_close(d);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(scratch, 0555), 0);
	assert_int_equal(as_nobody(read_closed_folder), 0);
	assert_int_equal(as_nobody(write_closed_folder), 0);
	assert_int_equal(chmod(scratch, 0755), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_come_back, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(wrong_sql_is_an_internal_error, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_told, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_missing_file_is_not_made_by_a_reader, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(a_closed_folder_can_be_read, make_scratch, remove_scratch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
