#include "store/store.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/db_schema.h"
#include "store/inside.h"

struct db_stmt *store_statement(struct store *s, const char *sql, struct err *e)
{
	struct db_stmt *statement;

	for (size_t i = 0; i < s->prepared_count; i++)
		if (s->prepared[i].sql == sql)
			return s->prepared[i].statement;
	statement = db_prepare(s->db, sql, e);
	if (statement == NULL)
		return NULL;
	if (s->prepared_count == s->prepared_room) {
		s->prepared_room = s->prepared_room * 2 + 16;
		s->prepared = mem_grow(s->prepared, s->prepared_room, sizeof(*s->prepared));
	}
	s->prepared[s->prepared_count++] = (struct store_prepared){ sql, statement };
	return statement;
}

int store_ask_int(struct db_stmt *statement, int64_t *out, struct err *e)
{
	int got = db_step(statement, e);

	if (got == 1) {
		*out = db_int(statement, 0);
		db_reset(statement);
	}
	return got;
}

int store_begin(struct store *s, struct err *e)
{
	if (s->transaction_depth == 0 && db_run(s->db, "BEGIN IMMEDIATE", e) < 0)
		return -1;
	s->transaction_depth++;
	return 0;
}

int store_commit(struct store *s, struct err *e)
{
	if (s->transaction_depth == 1 && db_run(s->db, "COMMIT", e) < 0)
		return -1;
	s->transaction_depth--;
	return 0;
}

int store_hold(struct store *s, struct err *e)
{
	if (s->transaction_depth == 0 && db_run(s->db, "BEGIN", e) < 0)
		return -1;
	s->transaction_depth++;
	return 0;
}

void store_let(struct store *s)
{
	if (s->transaction_depth > 0 && store_commit(s, NULL) < 0)
		store_rollback(s);
}

void store_rollback(struct store *s)
{
	if (s->transaction_depth > 0)
		db_run(s->db, "ROLLBACK", NULL);
	s->transaction_depth = 0;
}

char *store_path_of_run(const struct store *s, const char *run_name)
{
	return mem_printf("%s/runs/%s", s->folder, run_name);
}

struct db *store_db(struct store *s)
{
	return s->db;
}

static struct store *store_with(const char *folder, struct db *db)
{
	struct store *s = mem_new(1, sizeof(*s));

	s->folder = mem_dup(folder);
	s->db = db;
	return s;
}

struct store *store_open_at(const char *folder, const char *database, struct err *e)
{
	struct db *db = db_open(database, false, e);

	if (db == NULL)
		return NULL;
	if (db_schema_bring_up(db, e) < 0) {
		err_wrap(e, "%s", database);
		db_close(db);
		return NULL;
	}
	return store_with(folder, db);
}

/* Nothing there yet: an empty store in memory answers every question rightly. */
static struct store *open_empty(const char *folder, struct err *e)
{
	return store_open_at(folder, ":memory:", e);
}

static struct store *open_reader(const char *folder, const char *database, struct err *e)
{
	struct store *s;
	struct db *db;
	int64_t version;

	if (!file_exists(database))
		return open_empty(folder, e);
	db = db_open(database, true, e);
	if (db == NULL)
		return NULL;
	if (db_schema_version(db, &version, e) < 0) {
		err_wrap(e, "%s", database);
		db_close(db);
		return NULL;
	}
	if (version == DB_SCHEMA_VERSION)
		return store_with(folder, db);
	db_close(db);
	if (version == 0)
		return open_empty(folder, e);
	/* Of an older labctl: who may write brings it up to date on the way. */
	s = store_open_at(folder, database, NULL);
	if (s)
		return s;
	err_set(e, ERR_CONFIG, "%s: has an older form, and may not be written to change that", database);
	err_hint(e, "let someone who may write there run labctl once");
	return NULL;
}

static struct store *open_writer(const char *folder, const char *database, struct err *e)
{
	AUTO_FREE char *runs = file_join(folder, "runs");
	struct store *s;

	if (file_make_folders(runs, e) < 0)
		return NULL;
	s = store_open_at(folder, database, e);
	if (s != NULL && spool_take_all(s, e) < 0) {
		err_wrap(e, "taking in what %s has not seen", database);
		store_close(s);
		return NULL;
	}
	return s;
}

struct store *store_open(const char *results_folder, bool read_only, struct err *e)
{
	AUTO_FREE char *database = file_join(results_folder, STORE_DATABASE_FILE);

	return read_only ? open_reader(results_folder, database, e) : open_writer(results_folder, database, e);
}

int store_add_record(struct store *s, int64_t run, const char *folder, struct err *e)
{
	AUTO_FREE char *name = store_name_of_run(s, run, e);
	bool bad_record;

	if (name == NULL)
		return -1;
	return store_take_record(s, run, name, folder, &bad_record, e) < 0 ? -1 : 0;
}

static int open_folder(const char *path, struct err *e)
{
	mode_t mask = umask(0);

	umask(mask);
	return chmod(path, 0777 & ~mask) < 0 ? err_errno(e, ERR_IO, "%s", path) : 0;
}

/* The record comes first, also for what is imported. */
static int write_record(const char *run_folder, const char *folder, const struct outcome *o, struct err *e)
{
	AUTO_FREE char *path = file_join(run_folder, folder);
	AUTO_FREE char *parent = file_parent(path);
	AUTO_FREE char *made = NULL;

	if (file_exists(path))
		return 0;
	if (file_make_folders(parent, e) < 0 || file_make_temp_folder(run_folder, ".record-", &made, e) < 0)
		return -1;
	/* A temporary folder is closed to others; a record is as open as the folders above it. */
	if (outcome_write(o, made, e) == 0 && open_folder(made, e) == 0 && file_rename(made, path, e) == 0)
		return 0;
	file_remove_tree(made, NULL);
	return -1;
}

int store_add_outcome(struct store *s, int64_t run, const struct outcome *o, struct err *e)
{
	AUTO_FREE char *name = store_name_of_run(s, run, e);
	AUTO_FREE char *run_folder = NULL;
	AUTO_FREE char *folder = mem_printf("%s/%lld", o->cell_id, (long long)o->attempt);
	int known;

	if (name == NULL)
		return -1;
	run_folder = store_path_of_run(s, name);
	known = store_knows(s, run, o->cell_id, o->attempt, e);
	if (known != 0)
		return known < 0 ? -1 : 0;
	return write_record(run_folder, folder, o, e) < 0 ? -1 : store_insert(s, run, o, e);
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	while (s->open_run_count > 0)
		store_let_go(s, s->open_runs[0].id);
	for (size_t i = 0; i < s->prepared_count; i++)
		db_finish(s->prepared[i].statement);
	free(s->prepared);
	free(s->open_runs);
	db_close(s->db);
	free(s->folder);
	free(s);
}
