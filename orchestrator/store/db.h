/* A thin skin on SQLite. db.c is the only file that includes sqlite3.h. One writer, in the parent process. */
#ifndef LABCTL_STORE_DB_H
#define LABCTL_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_stmt;

struct db *db_open(const char *path, bool read_only, struct err *e); /* WAL, foreign keys on, busy time of 10 s */
int db_run(struct db *d, const char *sql, struct err *e);	     /* also several statements */
struct db_stmt *db_prepare(struct db *d, const char *sql, struct err *e);
void db_bind_int(struct db_stmt *s, int at, int64_t value);
void db_bind_real(struct db_stmt *s, int at, double value);
void db_bind_text(struct db_stmt *s, int at, const char *value);	    /* copied; NULL binds NULL */
void db_bind_blob(struct db_stmt *s, int at, const void *data, size_t len); /* copied */
int db_step(struct db_stmt *s, struct err *e); /* 1 row, 0 done, -1 error; resets itself at 0 and -1 */
void db_reset(struct db_stmt *s);
int64_t db_int(struct db_stmt *s, int column);
double db_real(struct db_stmt *s, int column);
const char *db_text(struct db_stmt *s, int column); /* until the next step; NULL for NULL */
const void *db_blob(struct db_stmt *s, int column, size_t *out_len);
int64_t db_last_id(struct db *d);
void db_finish(struct db_stmt *s);
void db_close(struct db *d);
const char *db_library_version(void);

#endif
