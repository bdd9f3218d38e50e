/* Runs: they begin, may be cut off and gone on with, and end. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/store.h"

#define RUN_LOCK_LIMIT_NS (5 * NS_PER_S)

static const char reopen_run_sql[] = "UPDATE run SET settled = 0, ended_wall_ms = 0, complete = 0 WHERE id = ?1";
static const char end_run_sql[] = "UPDATE run SET ended_wall_ms = ?2, complete = ?3 WHERE id = ?1";
static const char name_of_run_sql[] = "SELECT name FROM run WHERE id = ?1";

/* 2026-01-31T120000Z-1a2b: sorts by time, and two that begin in one second differ. */
static char *make_run_name(const struct store *s, int64_t wall_ms)
{
	char utc[32], *name = NULL;
	unsigned salt = (unsigned)getpid();
	size_t kept = 0;
	bool taken;

	clock_format_utc(wall_ms, utc, sizeof(utc));
	for (size_t i = 0; utc[i] != '\0'; i++)
		if (utc[i] != ':')
			utc[kept++] = utc[i];
	utc[kept] = '\0';
	do {
		AUTO_FREE char *folder = NULL;

		free(name);
		name = mem_printf("%s-%04x", utc, salt++ & 0xffff);
		folder = store_path_of_run(s, name);
		taken = file_exists(folder);
	} while (taken);
	return name;
}

static bool is_run_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strlen(name) < 128 && strchr(name, '/') == NULL;
}

static void copy_cells(const char *const *cell_ids, struct run_file *f)
{
	if (cell_ids == NULL)
		return;
	for (f->cells = 0; cell_ids[f->cells] != NULL; f->cells++)
		;
	f->cell_ids = mem_new((size_t)f->cells + 1, sizeof(*f->cell_ids));
	for (int64_t i = 0; i < f->cells; i++)
		f->cell_ids[i] = mem_dup(cell_ids[i]);
}

/* What the run was meant to be is said when it begins; one that goes on is what it was. */
static int write_begun_run_file(const char *run_folder, const struct run_info *info, struct run_file *f, struct err *e)
{
	if (run_file_read(run_folder, f, NULL) == 0) {
		f->ended_wall_ms = 0;
		f->complete = false;
	} else {
		f->command = mem_dup(info->command == NULL ? "" : info->command);
		f->version = mem_dup(info->version == NULL ? "" : info->version);
		f->started_wall_ms = info->started_wall_ms;
		copy_cells(info->cell_ids, f);
	}
	return run_file_write(run_folder, f, e);
}

/* The row of a run that begins, or goes on after an interruption. */
static int begin_row(struct store *s, const char *name, const struct run_file *f, int64_t *out_run, struct err *e)
{
	struct db_stmt *reopen = store_statement(s, reopen_run_sql, e);

	if (reopen == NULL || store_begin(s, e) < 0)
		return -1;
	if (spool_run_row(s, name, f, out_run, e) == 0) {
		db_bind_int(reopen, 1, *out_run);
		if (db_step(reopen, e) == 0 && store_commit(s, e) == 0)
			return 0;
	}
	store_rollback(s);
	return -1;
}

static void hold(struct store *s, int64_t run, int lock_fd)
{
	if (s->open_run_count == s->open_run_room) {
		s->open_run_room = s->open_run_room * 2 + 2;
		s->open_runs = mem_grow(s->open_runs, s->open_run_room, sizeof(*s->open_runs));
	}
	s->open_runs[s->open_run_count++] = (struct store_open_run){ run, lock_fd };
}

static int begin_run(struct store *s, const char *name, const struct run_info *info, int64_t *out_run, struct err *e)
{
	AUTO_FREE char *run_folder = store_path_of_run(s, name);
	AUTO_FREE char *lock = file_join(run_folder, RUN_LOCK_FILE);
	AUTO_CLOSE int lock_fd = -1;
	struct run_file f = { 0 };
	int result;

	if (file_make_folders(run_folder, e) < 0)
		return -1;
	/* The wait is for a labctl that is just looking whether the run is abandoned. */
	if (file_lock(lock, RUN_LOCK_LIMIT_NS, &lock_fd, e) < 0)
		return err_wrap(e, "another labctl is at work on run %s", name);
	result = write_begun_run_file(run_folder, info, &f, e);
	if (result == 0)
		result = begin_row(s, name, &f, out_run, e);
	run_file_free(&f);
	if (result == 0)
		hold(s, *out_run, TAKE_FD(lock_fd));
	return result;
}

int store_begin_run(struct store *s, const struct run_info *info, int64_t *out_run, struct err *e)
{
	struct run_info begun = *info;
	AUTO_FREE char *name = NULL;

	if (begun.started_wall_ms == 0)
		begun.started_wall_ms = clock_wall_ms();
	name = info->name == NULL ? make_run_name(s, begun.started_wall_ms) : mem_dup(info->name);
	if (!is_run_name(name))
		return err_set(e, ERR_USAGE, "\"%s\" cannot be the name of a run", name);
	return begin_run(s, name, &begun, out_run, e);
}

char *store_name_of_run(struct store *s, int64_t run, struct err *e)
{
	struct db_stmt *statement = store_statement(s, name_of_run_sql, e);
	char *name = NULL;
	int got;

	if (statement == NULL)
		return NULL;
	db_bind_int(statement, 1, run);
	got = db_step(statement, e);
	if (got == 1) {
		name = mem_dup(db_text(statement, 0));
		db_reset(statement);
	} else if (got == 0) {
		err_set(e, ERR_USAGE, "there is no run %lld", (long long)run);
	}
	return name;
}

int store_resume_run(struct store *s, int64_t run, struct err *e)
{
	AUTO_FREE char *name = store_name_of_run(s, run, e);
	const struct run_info info = { .name = name };

	if (name == NULL || store_begin_run(s, &info, &run, e) < 0)
		return -1;
	/* Its workers may have lived a moment longer than the labctl that was killed; they held the lock until now. */
	return spool_take_run(s, name, false, e);
}

char *store_run_folder(struct store *s, int64_t run)
{
	AUTO_FREE char *name = store_name_of_run(s, run, NULL);
	AUTO_FREE char *folder = NULL;
	char *absolute;

	if (name == NULL)
		return NULL;
	folder = store_path_of_run(s, name);
	absolute = realpath(folder, NULL);
	return absolute != NULL ? absolute : TAKE(folder);
}

void store_let_go(struct store *s, int64_t run)
{
	for (size_t i = 0; i < s->open_run_count; i++) {
		if (s->open_runs[i].id != run)
			continue;
		close(s->open_runs[i].lock_fd);
		s->open_runs[i] = s->open_runs[--s->open_run_count];
		return;
	}
}

static int end_run(struct store *s, int64_t run, const char *name, bool complete, struct err *e)
{
	AUTO_FREE char *run_folder = store_path_of_run(s, name);
	struct db_stmt *end = store_statement(s, end_run_sql, e);
	struct run_file f;
	int result;

	if (end == NULL || run_file_read(run_folder, &f, e) < 0)
		return -1;
	f.ended_wall_ms = clock_wall_ms();
	f.complete = complete;
	db_bind_int(end, 1, run);
	db_bind_int(end, 2, f.ended_wall_ms);
	db_bind_int(end, 3, complete);
	result = run_file_write(run_folder, &f, e) < 0 || db_step(end, e) < 0 ? -1 : 0;
	run_file_free(&f);
	/* A record that could not be added when it came is added now; then the run is never looked at again. */
	return result < 0 ? -1 : spool_take_run(s, name, true, e);
}

int store_end_run(struct store *s, int64_t run, bool complete, struct err *e)
{
	AUTO_FREE char *name = store_name_of_run(s, run, e);
	int result = name == NULL ? -1 : end_run(s, run, name, complete, e);

	store_let_go(s, run);
	return result;
}
