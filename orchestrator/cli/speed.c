#include "cli/speed.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/judge.h"
#include "parse/bench_format.h"
#include "render/speed.h"
#include "run/outcome.h"
#include "store/query.h"

#define RECORD_CAP_BYTES ((size_t)512 << 20)

const char *const speed_formats[] = { "terminal", "json", "csv", "markdown", NULL };

int speed_record_of(struct context *c, const struct outcome_row *row, struct bench_set *out, struct err *e)
{
	AUTO_FREE char *folder = file_join(c->lab->results_folder, row->folder);
	AUTO_FREE char *path = file_join(folder, MEASURED_FILE);
	AUTO_STR text = { 0 };

	if (compress_read_file(path, RECORD_CAP_BYTES, &text, e))
		return -1;
	return bench_read_bytes(str_text(&text), text.len, path, "labctl", out, e);
}

/* Nothing was measured, or it can be read no more: told, and no reason to show nothing of the others. */
static int summarise_record(struct context *c, const struct outcome_row *row, struct speed_summary *out)
{
	AUTO_FREE char *folder = file_join(c->lab->results_folder, row->folder);
	AUTO_FREE char *path = file_join(folder, MEASURED_FILE);
	struct bench_set set = { 0 };
	struct err e = ERR_INIT;

	*out = (struct speed_summary){ 0 };
	if (!file_exists(path))
		return 0;
	if (speed_record_of(c, row, &set, &e)) {
		log_err(LOG_WARNING, &e);
		return 0;
	}
	if (set.count)
		speed_summarise(&set.series[0], out);
	bench_free(&set);
	return 1;
}

/* A reader of results that are not his keeps nothing. */
static void keep_summary(struct context *c, const struct outcome_row *row, const struct speed_summary *s)
{
	const struct speed_figures figures = speed_figures_of(s);
	AUTO_FREE double *means = mem_new(s->process_count + 1, sizeof(*means));
	size_t count = speed_means(s, 0, means);
	AUTO_STR text = { 0 };

	speed_summary_encode(s, &text);
	store_put_speed(c->store, row->id, SPEED_SUMMARY_VERSION, &figures, means, count, &text, NULL);
}

int speed_summary_of(struct context *c, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	AUTO_STR text = { 0 };
	int got = query_speed(c->store, row->id, SPEED_SUMMARY_VERSION, &text, e);

	if (got < 0)
		return -1;
	if (got > 0)
		return speed_summary_decode(str_text(&text), text.len, out, e);
	if (summarise_record(c, row, out))
		keep_summary(c, row, out);
	return 0;
}

static int source_summary(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	return speed_summary_of(ctx, row, out, e);
}

static struct speed_want want_of(const struct cell *c)
{
	return (struct speed_want){
		.benchmark = c->benchmark->name,
		.column = judge_column(c),
		.cell_id = c->id,
	};
}

static int build(struct context *c, const struct plan *p, bool only_measured, const struct outcome_set *now,
		 struct speed_matrix *out, struct err *e)
{
	AUTO_FREE struct speed_want *want = mem_new(p->count + 1, sizeof(*want));
	const struct speed_source source = { source_summary, c };
	const char *baseline = c->lab->settings.baseline ? c->lab->settings.baseline : "cpython";
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->cells[i].benchmark)
			want[count++] = want_of(&p->cells[i]);
	if (speed_matrix_build(want, count, baseline, only_measured, now, &source, out, e))
		return -1;
	out->made_wall_ms = clock_wall_ms();
	return 0;
}

int speed_judge_plan(struct context *c, const struct plan *p, bool only_measured, struct speed_judged *out,
		     struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));
	size_t count = 0;

	*out = (struct speed_judged){ 0 };
	for (size_t i = 0; i < p->count; i++)
		if (p->cells[i].benchmark)
			ids[count++] = p->cells[i].id;
	if (!query_last(c->store, ids, 0, true, &out->now, e) &&
	    !build(c, p, only_measured, &out->now, &out->matrix, e))
		return 0;
	speed_judged_free(out);
	return -1;
}

void speed_judged_free(struct speed_judged *j)
{
	speed_matrix_free(&j->matrix);
	outcome_set_free(&j->now);
}

int speed_draw(struct context *c, const struct speed_judged *judged, const struct speed_options *o, struct err *e)
{
	const struct speed_renderer *renderer = speed_renderer_find(o->format ? o->format : "terminal");
	struct speed_look look = { .opts = context_render_opts(c->globals), .memory = o->memory };
	AUTO_STR out = { 0 };

	if (o->output) {
		look.opts.colour = c->globals->colour && !strcmp(c->globals->colour, "always");
		look.opts.ascii = false;
		look.opts.width = 0;
	}
	renderer->render(&judged->matrix, &look, &out);
	return context_put(o->output, &out, e) ? -1 : speed_matrix_exit_status(&judged->matrix);
}

int speed_show(struct context *c, const struct plan *p, const struct speed_options *o, struct err *e)
{
	struct speed_judged judged;
	int status;

	if (speed_judge_plan(c, p, o->only_measured, &judged, e))
		return -1;
	status = speed_draw(c, &judged, o, e);
	speed_judged_free(&judged);
	return status;
}
