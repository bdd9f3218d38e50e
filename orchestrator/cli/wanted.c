#include "cli/wanted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"

struct wanted {
	struct context *context;
	struct wanted_options opts;
	struct outcome_set last; /* of every cell of the plan */
	struct outcome_set done; /* of the run that is gone on with */
	int64_t run;
	size_t fresh;
};

/* The newest run, when it was cut off. */
static int find_cut_off_run(struct wanted *w, struct err *e)
{
	struct run_set runs;

	if (query_runs(w->context->store, &runs, e))
		return -1;
	for (size_t i = 0; i < runs.count && !w->run; i++)
		if (!runs.rows[i].complete && runs.rows[i].cells >= 0)
			w->run = runs.rows[i].id;
		else if (runs.rows[i].complete)
			break;
	run_set_free(&runs);
	if (!w->run) {
		err_set(e, ERR_USAGE, "no run was cut off: there is nothing to go on with");
		return err_hint(e, "labctl matrix without --resume runs what is missing");
	}
	return query_run_outcomes(w->context->store, w->run, &w->done, e);
}

struct wanted *wanted_open(struct context *c, const struct plan *p, const struct wanted_options *o, struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));
	struct wanted *w = mem_new(1, sizeof(*w));

	w->context = c;
	w->opts = *o;
	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->cells[i].id;
	if (query_last(c->store, ids, 0, false, &w->last, e) || (o->resume && find_cut_off_run(w, e))) {
		wanted_close(w);
		return NULL;
	}
	return w;
}

static const struct outcome_row *row_of(const struct outcome_set *set, const char *cell_id)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->rows[i].cell_id, cell_id))
			return &set->rows[i];
	return NULL;
}

/* The same cell by name under another id: something that decides the result was changed. */
static bool ran_otherwise(struct wanted *w, const struct cell *c)
{
	struct outcome_set set;
	bool ran;

	if (query_last_like(w->context->store, c->target->name, c->runtime->name, c->package->name, c->tier_name, 0, &set, NULL))
		return false;
	ran = set.count > 0;
	outcome_set_free(&set);
	return ran;
}

/* Why it must run; NULL: its result is fresh. */
static const char *why_of(struct wanted *w, const struct cell *c, const struct outcome_row *last, char *buf, size_t size)
{
	int64_t fresh_for_ms = w->context->lab->settings.fresh_for_ns / NS_PER_MS;
	char age[32];

	if (w->opts.fresh)
		return "asked for";
	if (!last)
		return ran_otherwise(w, c) ? "its recipe, target or runtime changed" : "never run";
	if (last->verdict == VERDICT_LOST)
		return "the target was lost";
	if (last->verdict == VERDICT_BROKEN)
		return "it was broken";
	if (fresh_for_ms && clock_wall_ms() - last->started_wall_ms > fresh_for_ms) {
		clock_format_duration(w->context->lab->settings.fresh_for_ns, age, sizeof(age));
		snprintf(buf, size, "older than %s", age);
		return buf;
	}
	return NULL;
}

bool wanted_cell(void *ctx, struct cell *c)
{
	struct wanted *w = ctx;
	char buf[64];
	const char *why;

	if (w->opts.none)
		return false;
	why = row_of(&w->done, c->id) ? NULL : why_of(w, c, row_of(&w->last, c->id), buf, sizeof(buf));
	if (!why) {
		w->fresh++;
		return false;
	}
	snprintf(c->why, sizeof(c->why), "%s", why);
	c->estimate_ns = query_estimate_ns(w->context->store, c->id);
	return true;
}

size_t wanted_fresh_count(const struct wanted *w)
{
	return w->fresh;
}

int64_t wanted_run(const struct wanted *w)
{
	return w->run;
}

void wanted_close(struct wanted *w)
{
	if (!w)
		return;
	outcome_set_free(&w->last);
	outcome_set_free(&w->done);
	free(w);
}
