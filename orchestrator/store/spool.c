/* The records below runs/ are the truth; here the database hears of those that it has not seen. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/store.h"

#define RECORDS_PER_TRANSACTION 200
#define CELL_ID_DIGITS		16

static const char find_run_sql[] = "SELECT id FROM run WHERE name = ?1";
static const char insert_run_sql[] =
	"INSERT INTO run (name, command, version, started_wall_ms, ended_wall_ms, complete, cells)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
static const char settled_runs_sql[] = "SELECT name FROM run WHERE settled = 1 ORDER BY name";
static const char settle_sql[] = "UPDATE run SET settled = 1 WHERE id = ?1";

int spool_run_row(struct store *s, const char *run_name, const struct run_file *f, int64_t *out_id, struct err *e)
{
	struct db_stmt *find = store_statement(s, find_run_sql, e);
	struct db_stmt *insert = store_statement(s, insert_run_sql, e);
	int found;

	if (find == NULL || insert == NULL)
		return -1;
	db_bind_text(find, 1, run_name);
	found = store_ask_int(find, out_id, e);
	if (found != 0)
		return found < 0 ? -1 : 0;
	db_bind_text(insert, 1, run_name);
	db_bind_text(insert, 2, f->command == NULL ? "" : f->command);
	db_bind_text(insert, 3, f->version == NULL ? "" : f->version);
	db_bind_int(insert, 4, f->started_wall_ms);
	db_bind_int(insert, 5, f->ended_wall_ms);
	db_bind_int(insert, 6, f->complete);
	db_bind_int(insert, 7, f->cells);
	if (db_step(insert, e) < 0)
		return -1;
	*out_id = db_last_id(s->db);
	return 0;
}

/* A walk over one run's records. */
struct take {
	struct store *s;
	const char *run_name;
	int64_t run;
	unsigned in_transaction;
};

static bool is_cell_id(const char *name)
{
	return strlen(name) == CELL_ID_DIGITS && strspn(name, "0123456789abcdef") == CELL_ID_DIGITS;
}

static bool is_attempt(const char *name)
{
	return name[0] >= '1' && name[0] <= '9' && strspn(name, "0123456789") == strlen(name) && strlen(name) < 10;
}

/* Long walks give other labctl their turn. */
static int breathe(struct take *t, struct err *e)
{
	if (++t->in_transaction < RECORDS_PER_TRANSACTION || t->s->transaction_depth != 1)
		return 0;
	t->in_transaction = 0;
	return store_commit(t->s, e) < 0 || store_begin(t->s, e) < 0 ? -1 : 0;
}

/* A record that cannot be read is told of and passed over: one bad file must not lock the user out of all results. What
 * the database says is an error. */
static int take_attempt(struct take *t, const char *cell_id, const char *attempt, struct err *e)
{
	AUTO_FREE char *folder = file_join(cell_id, attempt);
	bool bad_record;
	int took = store_take_record(t->s, t->run, t->run_name, folder, &bad_record, e);

	if (took > 0)
		return breathe(t, e);
	if (took == 0 || !bad_record)
		return took;
	log_warning("a record was passed over: %s", e->text);
	memset(e, 0, sizeof(*e));
	return 0;
}

static int take_cell(struct take *t, const char *run_folder, const char *cell_id, struct err *e)
{
	AUTO_FREE char *folder = file_join(run_folder, cell_id);
	AUTO_FREE_LIST char **attempts = NULL;

	if (!file_is_folder(folder))
		return 0;
	if (file_list(folder, NULL, &attempts, e) < 0)
		return -1;
	for (size_t i = 0; attempts[i] != NULL; i++)
		if (is_attempt(attempts[i]) && take_attempt(t, cell_id, attempts[i], e) < 0)
			return -1;
	return 0;
}

static int take_cells(struct take *t, const char *run_folder, char **cells, struct err *e)
{
	for (size_t i = 0; cells[i] != NULL; i++)
		if (is_cell_id(cells[i]) && take_cell(t, run_folder, cells[i], e) < 0)
			return -1;
	return 0;
}

static bool has_cells(char **names)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (is_cell_id(names[i]))
			return true;
	return false;
}

static int settle_run(struct store *s, int64_t run, struct err *e)
{
	struct db_stmt *settle = store_statement(s, settle_sql, e);

	if (settle == NULL)
		return -1;
	db_bind_int(settle, 1, run);
	return db_step(settle, e);
}

static int take_within(struct take *t, const char *run_folder, const struct run_file *f, char **names, bool settle,
		       struct err *e)
{
	if (spool_run_row(t->s, t->run_name, f, &t->run, e) < 0 || take_cells(t, run_folder, names, e) < 0)
		return -1;
	return settle ? settle_run(t->s, t->run, e) : 0;
}

int spool_take_run(struct store *s, const char *run_name, bool settle, struct err *e)
{
	AUTO_FREE char *run_folder = store_path_of_run(s, run_name);
	AUTO_FREE_LIST char **names = NULL;
	struct take t = { .s = s, .run_name = run_name };
	struct run_file f;
	struct err file_error = ERR_INIT, own = ERR_INIT;
	int result;

	if (file_list(run_folder, NULL, &names, e) < 0)
		return -1;
	/* A folder that was only just made, or is none of ours. */
	if (run_file_read(run_folder, &f, &file_error) < 0 && !has_cells(names))
		return 0;
	result = store_begin(s, &own);
	if (result == 0) {
		result = take_within(&t, run_folder, &f, names, settle, &own);
		if (result < 0 || (result = store_commit(s, &own)) < 0)
			store_rollback(s);
	}
	if (result < 0 && e != NULL)
		*e = own;
	run_file_free(&f);
	return result;
}

/* Is no labctl at work on it? Then its folder is final. */
static bool is_abandoned(const char *run_folder)
{
	AUTO_FREE char *path = file_join(run_folder, RUN_LOCK_FILE);
	AUTO_CLOSE int fd = -1;

	return file_lock(path, 0, &fd, NULL) == 0;
}

static int take_unsettled(struct store *s, const char *run_name, struct err *e)
{
	AUTO_FREE char *run_folder = store_path_of_run(s, run_name);

	if (!file_is_folder(run_folder))
		return 0;
	return spool_take_run(s, run_name, is_abandoned(run_folder), e) < 0 ? err_wrap(e, "run %s", run_name) : 0;
}

/* Both lists are sorted: one pass tells which runs are new or were not ended. */
static int list_unsettled(struct store *s, char **names, bool *unsettled, struct err *e)
{
	struct db_stmt *settled = store_statement(s, settled_runs_sql, e);
	int row = settled == NULL ? -1 : db_step(settled, e);

	for (size_t i = 0; row >= 0 && names[i] != NULL; i++) {
		int order = 1;

		while (row > 0 && (order = strcmp(db_text(settled, 0), names[i])) < 0)
			row = db_step(settled, e);
		unsettled[i] = row <= 0 || order != 0;
	}
	if (row > 0)
		db_reset(settled);
	return row < 0 ? -1 : 0;
}

int spool_take_all(struct store *s, struct err *e)
{
	AUTO_FREE char *runs = file_join(s->folder, "runs");
	AUTO_FREE_LIST char **names = NULL;
	AUTO_FREE bool *unsettled = NULL;
	size_t count = 0;

	if (file_list(runs, NULL, &names, e) < 0)
		return -1;
	while (names[count] != NULL)
		count++;
	unsettled = mem_new(count + 1, sizeof(*unsettled));
	if (list_unsettled(s, names, unsettled, e) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (unsettled[i] && take_unsettled(s, names[i], e) < 0)
			return -1;
	return 0;
}
