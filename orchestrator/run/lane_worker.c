#include "run/lane_worker.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "run/scratch.h"
#include "run/steps.h"
#include "target/target.h"

/* A lane at work. */
struct work {
	const struct lane *lane;
	const struct lane_opts *opts;
	int news_fd, control_fd;
	struct target *target; /* NULL: not open */
	char *scratch_folder;
	struct facts facts;
	double slowness;
	const struct cell *cell; /* the running one */
};

static void tell(struct work *w, const struct lane_news *news)
{
	if (lane_news_send(news, w->news_fd))
		_exit(1); /* nobody listens any more */
}

static void send(struct work *w, enum lane_news_kind kind, const char *text, const struct err *why)
{
	struct lane_news news = { .kind = kind };

	if (w->cell)
		memcpy(news.cell_id, w->cell->id, sizeof(news.cell_id));
	snprintf(news.text, sizeof(news.text), "%.500s", text ? text : "");
	if (why) {
		news.code = why->code;
		snprintf(news.hint, sizeof(news.hint), "%.500s", why->hint);
	}
	tell(w, &news);
}

static void on_say(void *ctx, const char *what)
{
	send(ctx, LANE_SAYS, what, NULL);
}

static void on_step(void *ctx, const char *what)
{
	send(ctx, CELL_STEP, what, NULL);
}

static void on_progress(void *ctx, int64_t done, int64_t total, int64_t bad)
{
	struct work *w = ctx;
	struct lane_news news = { .kind = CELL_PROGRESS, .done = done, .total = total, .bad = bad };

	memcpy(news.cell_id, w->cell->id, sizeof(news.cell_id));
	tell(w, &news);
}

static bool must_stop(const struct work *w)
{
	struct pollfd control = { .fd = w->control_fd, .events = POLLIN };

	return w->control_fd >= 0 && poll(&control, 1, 0) > 0;
}

static const char *how_it_runs(const struct target_spec *spec)
{
	switch (spec->kind) {
	case TARGET_LOCAL:
		return target_is_emulated(spec) ? "emulated process" : "native";
	case TARGET_QEMU:
		return target_is_emulated(spec) ? "emulated machine" : "virtual machine";
	case TARGET_SSH:
		return "ssh";
	default:
		return "scripted";
	}
}

void lane_describe_cell(const struct cell *c, struct outcome *out)
{
	memcpy(out->cell_id, c->id, sizeof(out->cell_id));
	snprintf(out->target, sizeof(out->target), "%s", c->target->name);
	snprintf(out->arch, sizeof(out->arch), "%s", c->target->arch ? c->target->arch : host_arch());
	snprintf(out->runtime, sizeof(out->runtime), "%s", c->runtime->name);
	snprintf(out->package, sizeof(out->package), "%s", c->package->name);
	snprintf(out->tier, sizeof(out->tier), "%s", c->tier_name);
	snprintf(out->how_run, sizeof(out->how_run), "%s", how_it_runs(c->target));
	out->emulated = target_is_emulated(c->target);
}

/* The number of the next attempt at a cell in this run: folders that are there count. */
static int64_t next_attempt(const char *cell_folder)
{
	AUTO_FREE_LIST char **names = NULL;
	int64_t last = 0;

	if (file_list(cell_folder, NULL, &names, NULL))
		return 1;
	for (char **name = names; *name; name++) {
		int64_t number = atoll(*name);

		if (number > last && !strstr(*name, ".part"))
			last = number;
	}
	return last + 1;
}

/* A folder to fill for the next attempt: <cell>/<n>.part, emptied of what a killed worker left. */
static char *begin_record(const struct cell *c, const struct lane_opts *o, int64_t *out_attempt, struct err *e)
{
	AUTO_FREE char *cell_folder = file_join(o->run_folder, c->id);
	AUTO_FREE char *name = NULL;
	char *folder;

	*out_attempt = next_attempt(cell_folder);
	name = mem_printf("%lld.part", (long long)*out_attempt);
	folder = file_join(cell_folder, name);
	if (!file_remove_tree(folder, e) && !file_make_folders(folder, e))
		return folder;
	free(folder);
	return NULL;
}

/* Makes the filled folder the record: from here on the attempt has happened. */
static int finish_record(const struct cell *c, const struct lane_opts *o, const struct outcome *outcome,
			 const char *part, char *out_folder, size_t size, struct err *e)
{
	AUTO_FREE char *whole = NULL;

	snprintf(out_folder, size, "%s/%lld", c->id, (long long)outcome->attempt);
	whole = file_join(o->run_folder, out_folder);
	if (outcome_write(outcome, part, e) || file_rename(part, whole, e))
		return -1;
	return 0;
}

int lane_record(const struct cell *c, const struct lane_opts *o, struct outcome *outcome, char *out_folder, size_t size,
		struct err *e)
{
	AUTO_FREE char *part = begin_record(c, o, &outcome->attempt, e);

	if (!part)
		return -1;
	lane_describe_cell(c, outcome);
	if (!outcome->started_wall_ms)
		outcome->started_wall_ms = clock_wall_ms();
	return finish_record(c, o, outcome, part, out_folder, size, e);
}

static void close_target(struct work *w)
{
	target_close(w->target);
	w->target = NULL;
}

static int open_target(struct work *w, struct err *e)
{
	const struct target_opts opts = {
		.cache_folder = w->opts->cache_folder, .scratch_folder = w->scratch_folder, .say = on_say, .ctx = w
	};
	const struct target_spec *spec = w->lane->target;
	size_t kept;

	w->target = target_open(spec, &opts, e);
	if (!w->target)
		return -1;
	if (target_restore(w->target, NULL, 0, &kept, e) || target_probe(w->target, &w->facts, e)) {
		close_target(w);
		return -1;
	}
	w->slowness = spec->slowness > 0 ? spec->slowness : facts_slowness(&w->facts);
	return 0;
}

/* What a cell becomes when its target cannot be had. */
static void settle_unopened(struct outcome *out, const struct err *why)
{
	out->verdict = why->code == ERR_UNAVAILABLE ? VERDICT_UNAVAILABLE
		       : why->code == ERR_DISK_FULL ? VERDICT_BROKEN
						    : VERDICT_LOST;
	snprintf(out->reason, sizeof(out->reason), "%.500s", why->text);
	snprintf(out->hint, sizeof(out->hint), "%.250s", why->hint);
}

static int record_and_tell(struct work *w, struct outcome *outcome, const char *part, bool again, struct err *e)
{
	struct lane_news news = { .kind = CELL_DONE, .again = again };
	char folder[64];

	if (part ? finish_record(w->cell, w->opts, outcome, part, folder, sizeof(folder), e)
		 : lane_record(w->cell, w->opts, outcome, folder, sizeof(folder), e))
		return -1;
	memcpy(news.cell_id, w->cell->id, sizeof(news.cell_id));
	snprintf(news.text, sizeof(news.text), "%s", folder);
	tell(w, &news);
	return 0;
}

/* The target cannot be had: told once, and each cell that is left gets it as its outcome. */
static int fail_rest(struct work *w, size_t first, const struct err *why, struct err *e)
{
	w->cell = NULL;
	send(w, LANE_FAILED, why->text, why);
	for (size_t i = first; i < w->lane->count; i++) {
		struct outcome outcome;
		int status;

		w->cell = &w->lane->cells[i];
		outcome_start(&outcome);
		settle_unopened(&outcome, why);
		status = record_and_tell(w, &outcome, NULL, false, e);
		outcome_free(&outcome);
		if (status)
			return -1;
	}
	return 0;
}

/* One attempt. *out_lost: the target went away under it. */
static int attempt_cell(struct work *w, bool is_last, bool *out_lost, struct err *e)
{
	struct outcome outcome;
	struct steps_opts opts = {
		.lab = w->opts->lab,
		.install_digest = w->opts->install_digest,
		.index_digest = w->opts->index_digest,
		.facts = &w->facts,
		.slowness = w->slowness,
		.ears = { on_step, on_progress, w },
	};
	AUTO_FREE char *part = NULL;
	int status = -1;

	outcome_start(&outcome);
	lane_describe_cell(w->cell, &outcome);
	outcome.started_wall_ms = clock_wall_ms();
	part = begin_record(w->cell, w->opts, &outcome.attempt, e);
	opts.folder = part;
	if (part)
		status = steps_run(w->target, w->cell, &opts, &outcome, e);
	*out_lost = outcome.verdict == VERDICT_LOST;
	if (!status)
		status = record_and_tell(w, &outcome, part, *out_lost && !is_last, e);
	outcome_free(&outcome);
	return status;
}

/* A cell with its retries. A lost machine is given up and a new one opened for the next attempt. */
static int work_on_cell(struct work *w, size_t at, struct err *e)
{
	struct err why = ERR_INIT;
	bool lost = true;

	w->cell = &w->lane->cells[at];
	log_set_label(w->cell->package->name);
	for (int64_t tries = 0; lost && tries <= w->opts->retries; tries++) {
		if (!w->target && open_target(w, &why))
			return fail_rest(w, at, &why, e) ? -1 : 1;
		send(w, CELL_STARTS, NULL, NULL);
		if (attempt_cell(w, tries == w->opts->retries, &lost, e))
			return -1;
		if (lost)
			close_target(w);
	}
	return 0;
}

static int work_on_lane(struct work *w, size_t first, struct err *e)
{
	struct err why = ERR_INIT;

	if (open_target(w, &why))
		return fail_rest(w, first, &why, e);
	for (size_t i = first; i < w->lane->count && !must_stop(w); i++) {
		int status = work_on_cell(w, i, e);

		if (status)
			return status < 0 ? -1 : 0;
	}
	return 0;
}

int lane_work(const struct lane *lane, size_t first, const struct lane_opts *o, int news_fd, int control_fd)
{
	struct work w = { .lane = lane, .opts = o, .news_fd = news_fd, .control_fd = control_fd, .slowness = 1 };
	struct err e = ERR_INIT;
	int lock_fd = -1, status = -1;

	w.scratch_folder = scratch_make(o->cache_folder, lane->target->name, &lock_fd, &e);
	if (w.scratch_folder)
		status = work_on_lane(&w, first, &e);
	w.cell = NULL;
	if (status)
		send(&w, LANE_FAILED, e.text, &e);
	close_target(&w);
	scratch_drop(w.scratch_folder, lock_fd);
	if (!status)
		send(&w, LANE_ENDS, NULL, NULL);
	return status ? 1 : 0;
}
