/* The inside of store.h: what the files of this folder share. Not included outside store/. */
#ifndef LABCTL_STORE_INSIDE_H
#define LABCTL_STORE_INSIDE_H

#include "base/str.h"
#include "run/outcome.h"
#include "store/db.h"

struct store_prepared {
	const char *sql; /* the constant itself: compared by address */
	struct db_stmt *statement;
};

/* A run that this process is doing: the lock says so to other labctl. */
struct store_open_run {
	int64_t id;
	int lock_fd;
};

struct store {
	struct db *db;
	char *folder;
	struct store_prepared *prepared;
	size_t prepared_count, prepared_room;
	struct store_open_run *open_runs;
	size_t open_run_count, open_run_room;
	unsigned transaction_depth;
};

#define STORE_DATABASE_FILE "lab.sqlite"
#define RUN_LOCK_FILE	    "lock" /* in the folder of a run; held while a labctl is at work on it */

/* A store on this database file, which is made when it is not there. Takes nothing in. */
struct store *store_open_at(const char *folder, const char *database, struct err *e);
/* The statement of a constant text, prepared at its first use and reset. Owned by the store. */
struct db_stmt *store_statement(struct store *s, const char *sql, struct err *e);
/* One row of whole numbers: 1 when there was one (its first column in *out), 0, -1. */
int store_ask_int(struct db_stmt *statement, int64_t *out, struct err *e);
/* Nested ones are part of the outermost. store_rollback gives up all of it. */
int store_begin(struct store *s, struct err *e);
int store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
/* runs.c. Caller frees; NULL with e set for a run that is not there. */
char *store_name_of_run(struct store *s, int64_t run, struct err *e);
void store_let_go(struct store *s, int64_t run);		      /* of the run's lock, if it is held */
char *store_path_of_run(const struct store *s, const char *run_name); /* caller frees */

/* packed.c: bytes that are stored once, however often they are said. */
enum packed_kind {
	PACKED_NAMES = 'n',
	PACKED_VERDICTS = 'v',
	PACKED_DURATIONS = 't',
	PACKED_DETAILS = 'd',
	PACKED_FACTS = 'f'
};
int packed_put(struct store *s, enum packed_kind kind, const struct str *bytes, int64_t *out_id, struct err *e);
int packed_get(struct store *s, int64_t id, struct str *out, struct err *e); /* id 0: nothing */

/* add.c: an outcome becomes rows, in one transaction. Twice is once. */
int store_insert(struct store *s, int64_t run, const struct outcome *o, struct err *e);
int store_knows(struct store *s, int64_t run, const char *cell_id, int64_t attempt, struct err *e); /* 1, 0, -1 */
/* Reads the record in runs/<run_name>/<folder> and inserts it, unless it is there. 1: inserted, 0: known already; -1
 * with *out_bad_record: the fault is in the record, not in the database. */
int store_take_record(struct store *s, int64_t run, const char *run_name, const char *folder, bool *out_bad_record,
		      struct err *e);

/* run_file.c: runs/<run>/run.json. */
struct run_file {
	char *command, *version; /* never NULL once read */
	int64_t started_wall_ms, ended_wall_ms;
	bool complete;
	int64_t cells;
	char **cell_ids; /* NULL-ended; NULL: not told */
};
int run_file_write(const char *run_folder, const struct run_file *f, struct err *e);
int run_file_read(const char *run_folder, struct run_file *out, struct err *e);
void run_file_free(struct run_file *f);

/* spool.c: records that the database has not seen. */
int spool_take_all(struct store *s, struct err *e);
/* Of one run; settle: no record will come any more. */
int spool_take_run(struct store *s, const char *run_name, bool settle, struct err *e);
/* Which row is that run's? Made from run.json when there is none. */
int spool_run_row(struct store *s, const char *run_name, const struct run_file *f, int64_t *out_id, struct err *e);

#endif
