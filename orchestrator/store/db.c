#include "store/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define BUSY_LIMIT_MS 10000
#define BUSY_STEP_NS  (5 * NS_PER_MS)

struct db {
	sqlite3 *handle;
	char *path;
};

struct db_stmt {
	sqlite3_stmt *handle;
	struct db *db;
};

static int fail_by_cause(struct db *d, int extended, struct err *e)
{
	const char *says = sqlite3_errmsg(d->handle);
	int os_error = sqlite3_system_errno(d->handle);

	switch (extended & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		err_set(e, ERR_FORMAT, "%s: the database is damaged (%s)", d->path, says);
		return err_hint(e, "`labctl rebuild` makes it anew from the records below runs/; no result is lost");
	case SQLITE_FULL:
		err_set(e, ERR_DISK_FULL, "%s: no room left on its file system", d->path);
		return err_hint(
			e, "make room there and say the same again; the records that are on disk are taken in then");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		err_set(e, ERR_TIMEOUT, "%s: another program has held the database for more than %d s", d->path,
			BUSY_LIMIT_MS / 1000);
		return err_hint(e, "wait for the other labctl to end; nothing is lost meanwhile");
	case SQLITE_READONLY:
		err_set(e, ERR_IO, "%s: may not be written", d->path);
		return err_hint(e, "choose another folder with --results, or give yourself the right to write there");
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_IO, "%s: cannot be opened (%s)", d->path, os_error ? strerror(os_error) : says);
	case SQLITE_IOERR:
		errno = os_error ? os_error : EIO;
		return err_errno(e, ERR_IO, "%s", d->path);
	default:
		return err_set(e, ERR_INTERNAL, "%s: %s", d->path, says);
	}
}

static int fail(struct db *d, struct err *e)
{
	return fail_by_cause(d, sqlite3_extended_errcode(d->handle), e);
}

/* A file name as SQLite's URI form wants it. */
static char *uri_of(const char *path, const char *options)
{
	AUTO_STR s = { 0 };

	str_add(&s, "file:");
	for (const unsigned char *c = (const unsigned char *)path; *c != '\0'; c++) {
		if (*c == '%' || *c == '?' || *c == '#')
			str_addf(&s, "%%%02X", *c);
		else
			str_add_char(&s, (char)*c);
	}
	str_addf(&s, "?%s", options);
	return str_take(&s);
}

static int open_handle(struct db *d, const char *options, int flags, struct err *e)
{
	AUTO_FREE char *uri = uri_of(d->path, options);
	int status = sqlite3_open_v2(uri, &d->handle, flags | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE, NULL);

	if (d->handle == NULL)
		return err_set(e, ERR_IO, "%s: no memory to open it", d->path);
	if (status != SQLITE_OK)
		return fail_by_cause(d, status, e);
	sqlite3_busy_timeout(d->handle, BUSY_LIMIT_MS);
	return 0;
}

/* The first look into the file: here a damaged one, or a folder that may not be written, shows. */
static int first_look(struct db *d, struct err *e)
{
	return db_run(d, "SELECT count(*) FROM sqlite_schema", e);
}

/* Reading a database in the write-ahead form makes two helper files beside it. Where the folder forbids that, the file
 * is read as one that no one changes, which holds because no one can. */
static int open_to_read(struct db *d, struct err *e)
{
	AUTO_FREE char *folder_end = mem_dup(d->path);
	char *slash = strrchr(folder_end, '/');
	const char *folder = ".";

	if (slash != NULL) {
		*slash = '\0';
		folder = slash == folder_end ? "/" : folder_end;
	}
	if (access(folder, W_OK) == 0)
		return open_handle(d, "mode=ro", SQLITE_OPEN_READONLY, e) < 0 ? -1 : first_look(d, e);
	return open_handle(d, "mode=ro&immutable=1", SQLITE_OPEN_READONLY, e) < 0 ? -1 : first_look(d, e);
}

/* SQLite does not wait when it changes a database's form, as it does for all else: two labctl may make one at the same
 * instant. */
static int use_write_ahead(struct db *d, struct err *e)
{
	int64_t deadline_ns = clock_deadline_ns(BUSY_LIMIT_MS * NS_PER_MS);
	int status;

	while ((status = sqlite3_exec(d->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL)) != SQLITE_OK) {
		if ((status & 0xff) != SQLITE_BUSY || clock_now_ns() >= deadline_ns)
			return fail(d, e);
		clock_sleep_ns(BUSY_STEP_NS);
	}
	return 0;
}

static int open_to_write(struct db *d, struct err *e)
{
	if (open_handle(d, "mode=rwc", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e) < 0 || first_look(d, e) < 0 ||
	    use_write_ahead(d, e) < 0)
		return -1;
	/* The records are the truth: losing the last transactions with the power costs reading them again, so no wait
	 * for the disk. */
	return db_run(d,
		      "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
		      "PRAGMA journal_size_limit=16777216",
		      e);
}

struct db *db_open(const char *path, bool read_only, struct err *e)
{
	struct db *d = mem_new(1, sizeof(*d));

	d->path = mem_dup(path);
	if ((read_only ? open_to_read(d, e) : open_to_write(d, e)) < 0) {
		db_close(d);
		return NULL;
	}
	return d;
}

int db_run(struct db *d, const char *sql, struct err *e)
{
	if (sqlite3_exec(d->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(d, e);
	return 0;
}

struct db_stmt *db_prepare(struct db *d, const char *sql, struct err *e)
{
	sqlite3_stmt *handle;
	struct db_stmt *s;

	if (sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL) != SQLITE_OK) {
		fail(d, e);
		return NULL;
	}
	s = mem_new(1, sizeof(*s));
	s->handle = handle;
	s->db = d;
	return s;
}

/* A bind fails only by a wrong position or by a value above SQLite's limit of a thousand million bytes: no caller can
 * mend either. */
static void must(int status)
{
	if (status != SQLITE_OK)
		abort();
}

void db_bind_int(struct db_stmt *s, int at, int64_t value)
{
	must(sqlite3_bind_int64(s->handle, at, value));
}

void db_bind_real(struct db_stmt *s, int at, double value)
{
	must(sqlite3_bind_double(s->handle, at, value));
}

void db_bind_text(struct db_stmt *s, int at, const char *value)
{
	must(value == NULL ? sqlite3_bind_null(s->handle, at)
			   : sqlite3_bind_text(s->handle, at, value, -1, SQLITE_TRANSIENT));
}

void db_bind_blob(struct db_stmt *s, int at, const void *data, size_t len)
{
	must(sqlite3_bind_blob64(s->handle, at, len == 0 ? "" : data, len, SQLITE_TRANSIENT));
}

int db_step(struct db_stmt *s, struct err *e)
{
	int status = sqlite3_step(s->handle);

	if (status == SQLITE_ROW)
		return 1;
	if (status == SQLITE_DONE) {
		sqlite3_reset(s->handle);
		return 0;
	}
	fail_by_cause(s->db, status, e);
	sqlite3_reset(s->handle);
	return -1;
}

void db_reset(struct db_stmt *s)
{
	sqlite3_reset(s->handle);
}

int64_t db_int(struct db_stmt *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

double db_real(struct db_stmt *s, int column)
{
	return sqlite3_column_double(s->handle, column);
}

const char *db_text(struct db_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s->handle, column);
}

const void *db_blob(struct db_stmt *s, int column, size_t *out_len)
{
	const void *data = sqlite3_column_blob(s->handle, column);

	*out_len = (size_t)sqlite3_column_bytes(s->handle, column);
	return data;
}

int64_t db_last_id(struct db *d)
{
	return sqlite3_last_insert_rowid(d->handle);
}

void db_finish(struct db_stmt *s)
{
	if (s == NULL)
		return;
	sqlite3_finalize(s->handle);
	free(s);
}

void db_close(struct db *d)
{
	if (d == NULL)
		return;
	if (d->handle != NULL)
		must(sqlite3_close(d->handle));
	free(d->path);
	free(d);
}

const char *db_library_version(void)
{
	return sqlite3_libversion();
}
