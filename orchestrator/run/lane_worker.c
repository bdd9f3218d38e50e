#include "run/lane_worker.h"

#include <math.h>
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
#include "run/record.h"
#include "run/scratch.h"
#include "run/steps.h"
#include "target/target.h"

/* A lane at work. */
struct work {
	const struct lane *lane;
	bool *done; /* of each of its cells */
	const struct lane_opts *opts;
	int news_fd, control_fd;
	struct target *target; /* NULL: not open */
	char *scratch_folder;
	struct facts facts;
	double slowness;
	const struct cell *cell; /* the running one */
	double measured_s;	 /* of the lane's budget */
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

	if (w->opts->deadline_ns && clock_now_ns() >= w->opts->deadline_ns)
		return true;
	return w->control_fd >= 0 && poll(&control, 1, 0) > 0;
}

/* Would it come to its end in time, going by how long it took before? */
static bool has_time_for(const struct work *w, size_t first, size_t count)
{
	int64_t needs_ns = 0;

	for (size_t i = first; i < first + count; i++)
		needs_ns += w->lane->cells[i].estimate_ns;
	return !w->opts->deadline_ns || needs_ns <= w->opts->deadline_ns - clock_now_ns();
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

	if (part ? record_finish(w->cell, w->opts, outcome, part, folder, sizeof(folder), e)
		 : lane_record(w->cell, w->opts, outcome, folder, sizeof(folder), e))
		return -1;
	memcpy(news.cell_id, w->cell->id, sizeof(news.cell_id));
	snprintf(news.text, sizeof(news.text), "%s", folder);
	tell(w, &news);
	return 0;
}

/* The target cannot be had: told once, and each cell that is left gets it as its outcome. */
static int fail_rest(struct work *w, const struct err *why, struct err *e)
{
	w->cell = NULL;
	send(w, LANE_FAILED, why->text, why);
	for (size_t i = 0; i < w->lane->count; i++) {
		struct outcome outcome;
		int status;

		if (w->done[i])
			continue;
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
		.lib_digest = w->opts->lib_digest,
		.facts = &w->facts,
		.slowness = w->slowness,
		.ears = { .step = on_step, .progress = on_progress, .ctx = w },
	};
	AUTO_FREE char *part = NULL;
	int status = -1;

	outcome_start(&outcome);
	lane_describe_cell(w->cell, &outcome);
	outcome.started_wall_ms = clock_wall_ms();
	part = record_begin(w->cell, w->opts, &outcome.attempt, e);
	opts.folder = part;
	if (part)
		status = steps_run(w->target, w->cell, &opts, &outcome, e);
	*out_lost = outcome.verdict == VERDICT_LOST;
	if (!status)
		status = record_and_tell(w, &outcome, part, *out_lost && !is_last, e);
	outcome_free(&outcome);
	return status;
}

/* The runtimes of one benchmark, which are one attempt together. */
struct attempt {
	struct outcome *outcomes;
	struct outcome **pointers;
	struct steps_opts *opts;
	char **parts; /* the folders that are filled */
	size_t count;
};

static int begin_attempt(struct work *w, const struct cell *cells, struct attempt *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		struct outcome *o = a->pointers[i] = &a->outcomes[i];

		outcome_start(o);
		lane_describe_cell(&cells[i], o);
		o->started_wall_ms = clock_wall_ms();
		a->parts[i] = record_begin(&cells[i], w->opts, &o->attempt, e);
		if (!a->parts[i])
			return -1;
		a->opts[i] = (struct steps_opts){
			.lab = w->opts->lab,
			.install_digest = w->opts->install_digest,
			.index_digest = w->opts->index_digest,
			.lib_digest = w->opts->lib_digest,
			.folder = a->parts[i],
			.facts = &w->facts,
			.slowness = w->slowness,
			.ears = { .step = on_step, .progress = on_progress, .ctx = w },
		};
	}
	return 0;
}

/* What is left of the lane's budget is shared by the benchmarks that are left. */
static double share_of_budget(const struct work *w, size_t first)
{
	size_t benchmarks = 0;

	for (size_t i = first; i < w->lane->count; i += lane_group(w->lane, i))
		benchmarks += !w->done[i];
	return fmax((w->lane->measure_budget_s - w->measured_s) / (double)benchmarks, w->lane->measure_least_s);
}

/* Nothing is measured in no time: what is left stays undone, and the parent tells. */
static bool budget_is_spent(const struct work *w, size_t next)
{
	return w->lane->cells[next].benchmark && w->measured_s >= w->lane->measure_budget_s &&
	       w->lane->measure_least_s <= 0;
}

static int record_attempt(struct work *w, const struct cell *cells, struct attempt *a, bool may_retry, bool *out_lost,
			  struct err *e)
{
	*out_lost = false;
	for (size_t i = 0; i < a->count; i++)
		*out_lost |= a->outcomes[i].verdict == VERDICT_LOST;
	for (size_t i = 0; i < a->count; i++) {
		w->cell = &cells[i];
		if (record_and_tell(w, &a->outcomes[i], a->parts[i], *out_lost && may_retry, e))
			return -1;
	}
	return 0;
}

static int attempt_benchmark(struct work *w, size_t first, size_t count, bool is_last, bool *out_lost, struct err *e)
{
	const struct cell *cells = &w->lane->cells[first];
	AUTO_FREE struct outcome *outcomes = mem_new(count, sizeof(*outcomes));
	AUTO_FREE struct outcome **pointers = mem_new(count, sizeof(*pointers));
	AUTO_FREE struct steps_opts *opts = mem_new(count, sizeof(*opts));
	AUTO_FREE_LIST char **parts = mem_new(count + 1, sizeof(*parts));
	struct attempt a = { outcomes, pointers, opts, parts, count };
	struct measure_opts measure = w->opts->measure;
	int status = begin_attempt(w, cells, &a, e);

	measure.budget_s = share_of_budget(w, first);
	if (!status)
		status = measure_run(w->target, cells, count, opts, &measure, pointers, e);
	if (!status) {
		w->measured_s += measure_took_s(outcomes, count);
		status = record_attempt(w, cells, &a, !is_last, out_lost, e);
	}
	for (size_t i = 0; i < count; i++)
		outcome_free(&outcomes[i]);
	return status;
}

/* A cell, or the runtimes of a benchmark, with retries. A lost machine is given up and a new one opened for the next
 * attempt. 1: no machine can be had, and the rest of the lane has its outcomes. */
static int work_on_group(struct work *w, size_t at, size_t count, struct err *e)
{
	const struct cell *first = &w->lane->cells[at];
	struct err why = ERR_INIT;
	bool lost = true;

	log_set_label(first->package->name);
	for (int64_t tries = 0; lost && tries <= w->opts->retries; tries++) {
		bool is_last = tries == w->opts->retries;

		w->cell = first;
		if (!w->target && open_target(w, &why))
			return fail_rest(w, &why, e) ? -1 : 1;
		send(w, CELL_STARTS, NULL, NULL);
		if (first->benchmark ? attempt_benchmark(w, at, count, is_last, &lost, e)
				     : attempt_cell(w, is_last, &lost, e))
			return -1;
		if (lost)
			close_target(w);
	}
	return 0;
}

/* The next that is to be done, from *at on; false: none. */
static bool next_group(const struct work *w, size_t *at, size_t *out_count)
{
	for (; *at < w->lane->count; *at += *out_count) {
		*out_count = 1;
		if (w->done[*at])
			continue;
		*out_count = lane_group(w->lane, *at);
		if (has_time_for(w, *at, *out_count) && !budget_is_spent(w, *at))
			return true;
	}
	return false;
}

/* Measurements of two labctl on one machine would disturb each other: the second one waits. Held until the descriptor
 * is closed; -1 in it where nothing is to be held, or when there shall be no further cell. */
static int hold_machine(struct work *w, const struct cell *first, int *out_fd, struct err *e)
{
	AUTO_FREE char *folder = file_join(w->opts->cache_folder, "locks");
	AUTO_FREE char *path = file_join(folder, "measuring");
	enum target_kind kind = w->lane->target->kind;
	struct err held = { .code = ERR_TIMEOUT };
	int64_t wait_ns = 0;

	if (!first->benchmark || kind == TARGET_SSH || kind == TARGET_FAKE)
		return 0;
	if (file_make_folders(folder, e))
		return -1;
	while (held.code == ERR_TIMEOUT && !must_stop(w)) {
		if (!file_lock(path, wait_ns, out_fd, &held))
			return 0;
		if (!wait_ns)
			on_say(w, "waiting: another labctl is measuring on this machine");
		wait_ns = NS_PER_S;
	}
	if (held.code == ERR_TIMEOUT)
		return 0;
	*e = held;
	return -1;
}

static int work_on_lane(struct work *w, struct err *e)
{
	struct err why = ERR_INIT;

	for (size_t at = 0, count; !must_stop(w) && next_group(w, &at, &count); at += count) {
		AUTO_CLOSE int machine_fd = -1;
		int status;

		w->cell = NULL;
		if (hold_machine(w, &w->lane->cells[at], &machine_fd, e))
			return -1;
		if (machine_fd < 0 && must_stop(w))
			return 0;
		if (!w->target && open_target(w, &why))
			return fail_rest(w, &why, e);
		status = work_on_group(w, at, count, e);
		if (status)
			return status < 0 ? -1 : 0;
		for (size_t i = at; i < at + count; i++)
			w->done[i] = true;
	}
	return 0;
}

int lane_work(const struct lane *lane, bool *done, const struct lane_opts *o, int news_fd, int control_fd)
{
	struct work w = {
		.lane = lane, .done = done, .opts = o, .news_fd = news_fd, .control_fd = control_fd, .slowness = 1
	};
	struct err e = ERR_INIT;
	int lock_fd = -1, status = -1;

	w.scratch_folder = scratch_make(o->cache_folder, lane->target->name, &lock_fd, &e);
	if (w.scratch_folder)
		status = work_on_lane(&w, &e);
	w.cell = NULL;
	if (status)
		send(&w, LANE_FAILED, e.text, &e);
	close_target(&w);
	scratch_drop(w.scratch_folder, lock_fd);
	if (!status)
		send(&w, LANE_ENDS, NULL, NULL);
	return status ? 1 : 0;
}
