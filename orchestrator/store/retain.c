#include "store/retain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"
#include "store/inside.h"

#define PRUNED_FILE	 "pruned.json"
#define PRUNED_FORMAT	 1
#define PRUNED_MAX_BYTES 4096
#define RAW_SUFFIX	 ".log.zst"

/* A run with raw output. */
struct raw_run {
	char *folder;
	int64_t started_wall_ms, bytes;
};

struct raw_runs {
	struct raw_run *items; /* oldest first */
	size_t count, room;
};

/* Behind a link is somebody else's. */
static bool is_own_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

typedef int log_fn(void *ctx, const char *path, struct err *e);

/* Calls back for each log of a folder of an attempt. */
static int each_log_of(const char *folder, log_fn *fn, void *ctx, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(folder, RAW_SUFFIX, &names, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = file_join(folder, *name);

		if (fn(ctx, path, e))
			return -1;
	}
	return 0;
}

/* Of every whole attempt of a run. */
static int each_log(const char *run_folder, log_fn *fn, void *ctx, struct err *e)
{
	AUTO_FREE_LIST char **cells = NULL;

	if (file_list(run_folder, NULL, &cells, e))
		return -1;
	for (char **cell = cells; *cell; cell++) {
		AUTO_FREE char *cell_folder = file_join(run_folder, *cell);
		AUTO_FREE_LIST char **attempts = NULL;

		if (!is_own_folder(cell_folder))
			continue;
		if (file_list(cell_folder, NULL, &attempts, e))
			return -1;
		for (char **attempt = attempts; *attempt; attempt++) {
			AUTO_FREE char *folder = file_join(cell_folder, *attempt);

			if (!strstr(*attempt, ".part") && is_own_folder(folder) && each_log_of(folder, fn, ctx, e))
				return -1;
		}
	}
	return 0;
}

static int add_size(void *ctx, const char *path, struct err *e)
{
	int64_t *bytes = ctx, size = file_size_bytes(path);

	(void)e;
	*bytes += size > 0 ? size : 0;
	return 0;
}

static int remove_log(void *ctx, const char *path, struct err *e)
{
	(void)ctx;
	return unlink(path) == 0 ? 0 : err_errno(e, ERR_IO, "%s: cannot remove it", path);
}

static int64_t read_pruned_wall_ms(const char *run_folder)
{
	AUTO_FREE char *path = file_join(run_folder, PRUNED_FILE);
	AUTO_STR text = { 0 };
	AUTO_JSON *root = NULL;

	if (!file_exists(path) || file_read(path, PRUNED_MAX_BYTES, &text, NULL))
		return 0;
	root = json_parse(str_text(&text), text.len, NULL);
	return json_int(json_at(root, "pruned_wall_ms"), 0);
}

static int note_pruned(const struct raw_run *run, int64_t now_wall_ms, struct err *e)
{
	AUTO_FREE char *path = file_join(run->folder, PRUNED_FILE);
	AUTO_STR text = { 0 };
	struct json_writer w;

	json_start(&w, &text, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "format", PRUNED_FORMAT);
	json_add_int(&w, "pruned_wall_ms", now_wall_ms);
	json_add_int(&w, "bytes", run->bytes);
	json_close(&w, '}');
	return file_write(path, text.text, text.len, e);
}

/* A labctl is at work on it, or it goes on with it just now. */
static bool is_at_work(const char *run_folder, int *out_lock_fd)
{
	AUTO_FREE char *lock = file_join(run_folder, RUN_LOCK_FILE);

	return file_lock(lock, 0, out_lock_fd, NULL) != 0;
}

static int add_run(struct raw_runs *runs, const char *runs_folder, const char *name, struct err *e)
{
	struct raw_run run = { .folder = file_join(runs_folder, name) };
	struct run_file f = { 0 };
	int status = each_log(run.folder, add_size, &run.bytes, e);

	if (run_file_read(run.folder, &f, NULL) == 0)
		run.started_wall_ms = f.started_wall_ms;
	run_file_free(&f);
	if (!status && run.bytes > 0)
		vec_add(runs, run);
	else
		free(run.folder);
	return status;
}

static int compare_runs(const void *a, const void *b)
{
	const struct raw_run *x = a, *y = b;

	if (x->started_wall_ms != y->started_wall_ms)
		return x->started_wall_ms < y->started_wall_ms ? -1 : 1;
	return strcmp(x->folder, y->folder);
}

static int list_runs(const char *results_folder, struct raw_runs *out, struct err *e)
{
	AUTO_FREE char *runs_folder = file_join(results_folder, "runs");
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(runs_folder, NULL, &names, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *folder = file_join(runs_folder, *name);

		if (is_own_folder(folder) && add_run(out, runs_folder, *name, e))
			return -1;
	}
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(*out->items), compare_runs);
	return 0;
}

static int prune_run(const struct raw_run *run, const struct retain_rules *rules, struct retain_done *done,
		     struct err *e)
{
	AUTO_CLOSE int lock_fd = -1;

	if (is_at_work(run->folder, &lock_fd))
		return 0;
	if (!rules->only_look &&
	    (note_pruned(run, rules->now_wall_ms, e) || each_log(run->folder, remove_log, NULL, e)))
		return -1;
	done->runs++;
	done->bytes += run->bytes;
	done->kept_bytes -= run->bytes;
	return 0;
}

static bool is_too_old(const struct raw_run *run, const struct retain_rules *rules)
{
	return rules->raw_for_ns && rules->now_wall_ms - run->started_wall_ms > rules->raw_for_ns / NS_PER_MS;
}

static int prune_runs(const struct raw_runs *runs, const struct retain_rules *rules, struct retain_done *out,
		      struct err *e)
{
	for (size_t i = 0; i < runs->count; i++)
		out->kept_bytes += runs->items[i].bytes;
	for (size_t i = 0; i < runs->count; i++) {
		bool is_newest = i + 1 == runs->count;
		bool is_too_much = rules->raw_limit_bytes && out->kept_bytes > rules->raw_limit_bytes && !is_newest;

		if ((is_too_old(&runs->items[i], rules) || is_too_much) && prune_run(&runs->items[i], rules, out, e))
			return -1;
	}
	return 0;
}

int retain_prune(const char *results_folder, const struct retain_rules *rules, struct retain_done *out, struct err *e)
{
	struct raw_runs runs = { 0 };
	int status;

	*out = (struct retain_done){ 0 };
	status = list_runs(results_folder, &runs, e);
	if (!status)
		status = prune_runs(&runs, rules, out, e);
	for (size_t i = 0; i < runs.count; i++)
		free(runs.items[i].folder);
	vec_free(&runs);
	return status;
}

int64_t retain_pruned_wall_ms(const char *results_folder, const char *record_folder)
{
	AUTO_FREE char *record = file_join(results_folder, record_folder);
	AUTO_FREE char *cell = file_parent(record);
	AUTO_FREE char *run = file_parent(cell);
	AUTO_FREE_LIST char **logs = NULL;

	if (file_list(record, RAW_SUFFIX, &logs, NULL) || logs[0])
		return 0;
	return read_pruned_wall_ms(run);
}
