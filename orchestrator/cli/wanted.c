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
	char **planned;		 /* of that run; NULL: it does not tell */
	int64_t run;
	size_t fresh, left_out;
};

static int fail_nothing_cut_off(struct err *e)
{
	err_set(e, ERR_USAGE, "no run was cut off: there is nothing to go on with");
	return err_hint(e, "labctl matrix without --resume runs what is missing");
}

/* The newest run, when it was cut off. */
static int find_cut_off_run(struct wanted *w, struct err *e)
{
	struct run_set runs;
	int status = query_runs(w->context->store, &runs, e);

	if (!status && runs.count && !runs.rows[0].complete)
		w->run = runs.rows[0].id;
	run_set_free(&runs);
	return status || w->run ? status : fail_nothing_cut_off(e);
}

static int take_over(struct wanted *w, struct err *e)
{
	if (w->opts.only_look || !store_resume_run(w->context->store, w->run, e))
		return 0;
	if (e->code != ERR_TIMEOUT)
		return -1;
	err_set(e, ERR_USAGE, "run %lld was not cut off: another labctl is at work on it", (long long)w->run);
	return err_hint(e, "wait for it, or stop it with Ctrl-C there");
}

static const struct outcome_row *row_of(const struct outcome_set *set, const char *cell_id)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->rows[i].cell_id, cell_id))
			return &set->rows[i];
	return NULL;
}

static void count_left_out(struct wanted *w, const char *const *ids)
{
	for (char **planned = w->planned; planned && *planned; planned++) {
		bool chosen = row_of(&w->done, *planned) != NULL;

		for (size_t i = 0; ids[i] && !chosen; i++)
			chosen = !strcmp(ids[i], *planned);
		w->left_out += !chosen;
	}
}

static int open_cut_off_run(struct wanted *w, const char *const *ids, struct err *e)
{
	if (find_cut_off_run(w, e) || take_over(w, e) || query_run_planned(w->context->store, w->run, &w->planned, e) ||
	    query_run_outcomes(w->context->store, w->run, &w->done, e))
		return -1;
	count_left_out(w, ids);
	return 0;
}

struct wanted *wanted_open(struct context *c, const struct plan *p, const struct wanted_options *o, struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));
	struct wanted *w = mem_new(1, sizeof(*w));

	w->context = c;
	w->opts = *o;
	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->cells[i].id;
	if ((o->resume && open_cut_off_run(w, ids, e)) || query_last(c->store, ids, 0, false, &w->last, e)) {
		wanted_close(w);
		return NULL;
	}
	return w;
}

/* The same cell by name under another id: something that decides the result was changed. How long it took then is the
 * best that is known of how long it will take. */
static bool ran_otherwise(struct wanted *w, struct cell *c)
{
	struct outcome_set set;
	bool ran;

	if (query_last_like(w->context->store, c->target->name, c->runtime->name, c->package->name, c->tier_name, 0,
			    &set, NULL))
		return false;
	ran = set.count > 0;
	if (ran && (set.rows[0].verdict == VERDICT_PASSED || set.rows[0].verdict == VERDICT_FAILED))
		c->estimate_ns = set.rows[0].took_ns;
	outcome_set_free(&set);
	return ran;
}

static bool is_planned(const struct wanted *w, const char *cell_id)
{
	for (char **planned = w->planned; *planned; planned++)
		if (!strcmp(*planned, cell_id))
			return true;
	return false;
}

/* Why it must run; NULL: its result is fresh. */
static const char *why_of(struct wanted *w, struct cell *c, const struct outcome_row *last, char *buf, size_t size)
{
	int64_t fresh_for_ns = w->opts.fresh_for_ns ? w->opts.fresh_for_ns : w->context->lab->settings.fresh_for_ns;
	char age[32];

	if (row_of(&w->done, c->id))
		return NULL;
	if (w->planned)
		return is_planned(w, c->id) ? "the run was cut off before it" : NULL;
	if (w->opts.fresh)
		return "asked for";
	if (!last)
		return ran_otherwise(w, c) ? "its recipe, target or runtime changed" : "never run";
	if (last->verdict == VERDICT_LOST)
		return "the target was lost";
	if (last->verdict == VERDICT_BROKEN)
		return "it was broken";
	if (fresh_for_ns && clock_wall_ms() - last->started_wall_ms > fresh_for_ns / NS_PER_MS) {
		clock_format_duration(fresh_for_ns, age, sizeof(age));
		snprintf(buf, size, "older than %s", age);
		return buf;
	}
	return NULL;
}

static enum cell_worth worth_of(const struct outcome_row *last)
{
	if (!last)
		return CELL_UNKNOWN;
	return last->verdict == VERDICT_PASSED || last->verdict == VERDICT_UNAVAILABLE ? CELL_STALE : CELL_BAD;
}

bool wanted_cell(void *ctx, struct cell *c)
{
	struct wanted *w = ctx;
	const struct outcome_row *last = row_of(&w->last, c->id);
	char buf[64];
	const char *why;

	if (w->opts.none)
		return false;
	c->worth = worth_of(last);
	c->estimate_ns = 0;
	c->last_wall_ms = last ? last->started_wall_ms : 0;
	why = why_of(w, c, last, buf, sizeof(buf));
	if (!why) {
		w->fresh++;
		return false;
	}
	snprintf(c->why, sizeof(c->why), "%s", why);
	if (!c->estimate_ns)
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

size_t wanted_left_out(const struct wanted *w)
{
	return w->left_out;
}

void wanted_close(struct wanted *w)
{
	if (!w)
		return;
	outcome_set_free(&w->last);
	outcome_set_free(&w->done);
	mem_free_list_at(&w->planned);
	free(w);
}
