#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/store.h"

#define REBUILD_LOCK_FILE "rebuild.lock"

static int remove_file(const char *path, struct err *e)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "removing %s", path);
	return 0;
}

/* SQLite's helper files. One that outlives its database would be played into the next. */
static int remove_helpers(const char *database, struct err *e)
{
	AUTO_FREE char *log = mem_printf("%s-wal", database);
	AUTO_FREE char *index = mem_printf("%s-shm", database);

	return remove_file(log, e) < 0 || remove_file(index, e) < 0 ? -1 : 0;
}

static int count_outcomes(struct store *s, int64_t *out, struct err *e)
{
	struct db_stmt *count = store_statement(s, "SELECT count(*) FROM outcome", e);

	return count == NULL || store_ask_int(count, out, e) < 0 ? -1 : 0;
}

static int build(const char *folder, const char *database, int64_t *out_outcomes, struct err *e)
{
	struct store *s = store_open_at(folder, database, e);
	int result;

	if (s == NULL)
		return -1;
	result = spool_take_all(s, e) < 0 || count_outcomes(s, out_outcomes, e) < 0 ? -1 : 0;
	store_close(s);
	return result;
}

int store_rebuild(const char *results_folder, int64_t *out_outcomes, struct err *e)
{
	AUTO_FREE char *database = file_join(results_folder, STORE_DATABASE_FILE);
	AUTO_FREE char *fresh = mem_printf("%s.new", database);
	AUTO_FREE char *lock = file_join(results_folder, REBUILD_LOCK_FILE);
	AUTO_CLOSE int lock_fd = -1;

	if (!file_is_folder(results_folder))
		return err_set(e, ERR_USAGE, "%s: there is no such results folder", results_folder);
	if (file_lock(lock, 0, &lock_fd, e) < 0)
		return err_wrap(e, "another labctl is rebuilding %s", database);
	if (remove_file(fresh, e) < 0 || remove_helpers(fresh, e) < 0 ||
	    build(results_folder, fresh, out_outcomes, e) < 0)
		return -1;
	/* A labctl that has the old file open goes on with it; its records are on disk, and its run is not settled in
	 * the new one. */
	if (remove_helpers(database, e) < 0)
		return -1;
	return file_rename(fresh, database, e);
}
