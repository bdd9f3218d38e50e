#include "cli/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/again.h"
#include "cli/front.h"
#include "cli/measuring.h"
#include "render/progress.h"
#include "run/schedule.h"

struct runner {
	struct context *context;
	struct progress *progress;
	int64_t run;
	int64_t deadline_ns; /* of clock_now_ns; 0: none */
	char *run_folder;
};

static const struct cell *cell_of(const struct lane *lane, const char *id)
{
	for (size_t i = 0; i < lane->count; i++)
		if (!strcmp(lane->cells[i].id, id))
			return &lane->cells[i];
	return NULL;
}

/* "pandas: installing numpy" */
static void tell_step(struct runner *r, const struct lane *lane, const struct lane_news *news)
{
	const struct cell *c = cell_of(lane, news->cell_id);
	AUTO_FREE char *text =
		c ? mem_printf("%s, %s: %s", c->runtime->name, c->package->name, news->text) : mem_dup(news->text);

	progress_lane(r->progress, lane->target->name, text);
}

static void tell_failure(struct runner *r, const struct lane *lane, const struct lane_news *news)
{
	AUTO_FREE char *what = context_about_target(lane->target->name, news->text);
	AUTO_FREE char *text = mem_printf("%s%s%s", what, news->hint[0] ? "\n  " : "", news->hint);

	progress_note(r->progress, text);
}

static void on_lane(void *ctx, const struct lane *lane, const struct lane_news *news)
{
	struct runner *r = ctx;

	switch (news->kind) {
	case LANE_SAYS:
	case CELL_STEP:
		tell_step(r, lane, news);
		break;
	case CELL_PROGRESS:
		progress_tests(r->progress, lane->target->name, news->done, news->total, news->bad);
		break;
	case LANE_FAILED:
		tell_failure(r, lane, news);
		break;
	case LANE_ENDS:
		progress_lane(r->progress, lane->target->name, NULL);
		break;
	case CELL_STARTS:
	case CELL_DONE:
		break;
	}
}

/* Counted is the last attempt; that there will be another one is only said. */
static void tell_outcome(struct runner *r, const char *label, const struct outcome *o, bool again)
{
	AUTO_FREE char *text = NULL;

	if (!again) {
		progress_cell(r->progress, label, o->verdict, &o->result.tally, o->reason, o->took_ns);
		return;
	}
	text = mem_printf("%s: %s; once more on a new machine", label, o->reason);
	progress_note(r->progress, text);
}

static int on_outcome(void *ctx, const struct lane *lane, const char *folder, bool again, struct err *e)
{
	struct runner *r = ctx;
	AUTO_FREE char *path = file_join(r->run_folder, folder);
	AUTO_STR label = { 0 };
	struct outcome outcome;
	const struct cell *c;

	if (store_add_record(r->context->store, r->run, folder, e))
		return -1;
	if (outcome_read(path, false, &outcome, e))
		return -1;
	c = cell_of(lane, outcome.cell_id);
	if (c)
		cell_label(c, &label);
	tell_outcome(r, str_text(&label), &outcome, again);
	outcome_free(&outcome);
	return 0;
}

static void on_stopping(void *ctx, bool now)
{
	struct runner *r = ctx;

	progress_note(r->progress,
		      now ? "stopping now" : "stopping when the running cells have ended; Ctrl-C again stops now");
}

static void on_out_of_time(void *ctx)
{
	struct runner *r = ctx;

	progress_note(r->progress, "the time budget is used up: nothing new begins, what runs comes to its end");
}

static void on_tick(void *ctx)
{
	struct runner *r = ctx;

	progress_tick(r->progress);
}

static void on_log(void *ctx, enum log_level level, const char *message)
{
	struct runner *r = ctx;

	(void)level;
	progress_note(r->progress, message);
}

static int begin_run(struct runner *r, const struct plan *p, struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));
	struct run_info info = { .command = front_command_line(),
				 .version = PACKAGE_VERSION,
				 .started_wall_ms = clock_wall_ms(),
				 .cell_ids = ids };
	size_t count = 0;

	for (size_t i = 0; i < p->lane_count; i++)
		for (size_t k = 0; k < p->lanes[i].count; k++)
			ids[count++] = p->lanes[i].cells[k].id;
	return store_begin_run(r->context->store, &info, &r->run, e);
}

static int64_t physical_memory_bytes(void)
{
	return (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
}

static struct schedule_opts schedule_opts(const struct runner *r, const struct runner_options *o)
{
	const struct lab_settings *settings = &r->context->lab->settings;

	return (struct schedule_opts){
		.lane = {
			.lab = r->context->lab,
			.run_folder = r->run_folder,
			.cache_folder = r->context->cache_folder,
			.lib_digest = r->context->lib_digest,
			.install_digest = r->context->install_digest,
			.index_digest = r->context->index_digest,
			.retries = 1,
			.measure = o->measure,
		},
		.jobs = o->jobs,
		.processors = settings->processors ? settings->processors : sysconf(_SC_NPROCESSORS_ONLN),
		.memory_bytes = settings->memory_bytes ? settings->memory_bytes : physical_memory_bytes() / 4 * 3,
		.in_process = o->in_process,
		.deadline_ns = r->deadline_ns,
		.kept_for_measuring_ns = o->kept_for_measuring_ns,
		.by_value = o->by_value,
	};
}

static size_t count_targets(const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->lane_count; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first &= p->lanes[k].target != p->lanes[i].target;
		count += first;
	}
	return count;
}

/* The longest lane decides how long all of it takes, if they run side by side. */
static struct progress_opts progress_opts(const struct runner *r, const struct plan *p)
{
	struct progress_opts opts = {
		.out = stderr,
		.live = context_is_live(r->context->globals),
		.colour = context_render_opts(r->context->globals).colour,
		.ascii = !render_locale_is_utf8(),
		.quiet = r->context->globals->quiet,
		.lanes = count_targets(p),
	};

	for (size_t i = 0; i < p->lane_count; i++) {
		int64_t sum_ns = 0;

		opts.cells += p->lanes[i].count;
		for (size_t k = 0; k < p->lanes[i].count; k++)
			sum_ns += p->lanes[i].cells[k].estimate_ns;
		if (sum_ns > opts.estimate_ns)
			opts.estimate_ns = sum_ns;
	}
	return opts;
}

static void tell_left(const struct schedule_tally *tally)
{
	if (tally->cells_left && !tally->interrupted && !tally->out_of_time)
		log_warning("the budget for measuring is spent, and %zu cells are left: the same command with --resume "
			    "measures them, a larger --budget leaves none",
			    tally->cells_left);
}

static void open_log(const struct runner *r)
{
	AUTO_FREE char *path = file_join(r->run_folder, "log");
	struct err e = ERR_INIT;

	if (log_open_file(path, &e))
		log_err(LOG_WARNING, &e);
}

/* The lanes that the plan has now. */
static int run_lanes(struct runner *r, const struct plan *p, const struct runner_options *o,
		     struct schedule_tally *tally, struct err *e)
{
	const struct schedule_ears ears = { on_lane, on_outcome, on_stopping, on_out_of_time, on_tick, r };
	struct schedule_opts schedule = schedule_opts(r, o);
	struct progress_opts progress = progress_opts(r, p);
	int status;

	measuring_share(p, o->measure_budget_ns);
	measuring_tell(p, o->measure_budget_ns, o->measure.seed);
	r->progress = progress_open(&progress);
	log_set_sink(on_log, r);
	status = schedule_run(p, &schedule, &ears, tally, e);
	log_set_sink(NULL, NULL);
	progress_close(r->progress);
	return status;
}

/* Cells with tests that fail now and did not before, until they do not or have had their tries. A cell that there was
 * no time for here has its outcome already. */
static int run_again(struct runner *r, struct plan *p, const struct runner_options *o, struct runner_end *out,
		     struct err *e)
{
	for (int64_t tries = 0; tries < o->retries && !out->interrupted && !out->out_of_time; tries++) {
		struct schedule_tally tally;

		if (again_lanes(r->context, p, r->run, o->retries, e))
			return -1;
		if (!p->lane_count)
			return 0;
		log_info("tests fail that did not before: running their cells once more");
		if (run_lanes(r, p, o, &tally, e))
			return -1;
		out->again += tally.cells_done;
		out->interrupted = tally.interrupted;
	}
	return 0;
}

static int run_all(struct runner *r, struct plan *p, const struct runner_options *o, struct runner_end *out,
		   struct err *e)
{
	struct schedule_tally tally = { 0 };

	if (p->lane_count && run_lanes(r, p, o, &tally, e))
		return -1;
	out->interrupted = tally.interrupted;
	out->out_of_time = tally.out_of_time;
	out->cells_left = tally.cells_left;
	tell_left(&tally);
	if (run_again(r, p, o, out, e))
		return -1;
	return store_end_run(r->context->store, r->run, !tally.cells_left && !o->part_of_run, e);
}

int runner_run(struct context *c, struct plan *p, int64_t run, const struct runner_options *o, struct runner_end *out,
	       struct err *e)
{
	struct runner r = { .context = c, .run = run };
	int status;

	*out = (struct runner_end){ 0 };
	if (o->budget_ns)
		r.deadline_ns = clock_deadline_ns(o->budget_ns);
	if (!run && begin_run(&r, p, e))
		return -1;
	out->run = r.run;
	r.run_folder = store_run_folder(c->store, r.run);
	open_log(&r);
	status = run_all(&r, p, o, out, e);
	free(r.run_folder);
	return status;
}
