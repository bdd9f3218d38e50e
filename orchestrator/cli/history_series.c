/* Series from the store. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/history_inside.h"
#include "cli/speed.h"
#include "lab/benchmark.h"
#include "store/query.h"

static struct history_series *add_series(struct series_list *l)
{
	struct history *h = l->history;

	if (h->count == l->room) {
		struct history_series *larger = arena_items(h->arena, l->room * 2 + 16, sizeof(*larger));

		if (h->count)
			memcpy(larger, h->series, h->count * sizeof(*larger));
		h->series = larger;
		l->room = l->room * 2 + 16;
	}
	return &h->series[h->count++];
}

/* ---- outcomes as series ---- */

static bool same_coordinates(const struct outcome_row *a, const struct outcome_row *b)
{
	return !strcmp(a->target, b->target) && !strcmp(a->runtime, b->runtime) && !strcmp(a->package, b->package) &&
	       !strcmp(a->tier, b->tier);
}

/* "2026-01-31T120000Z-1a2b" of "runs/2026-01-31T120000Z-1a2b/0123456789abcdef/1". */
static const char *run_name_of(struct arena *a, const char *folder)
{
	const char *start = strchr(folder, '/'), *end = start ? strchr(start + 1, '/') : NULL;

	return end ? arena_dup_bytes(a, start + 1, (size_t)(end - start - 1)) : "";
}

/* A point for each run: of several attempts the last one counts. Values are not there yet. */
static void add_points(struct arena *a, const struct outcome_row *rows, size_t count, struct history_series *s)
{
	s->points = arena_items(a, count + 1, sizeof(*s->points));
	for (size_t i = 0; i < count; i++) {
		bool again = s->count && s->points[s->count - 1].run == rows[i].run;
		struct history_point *p = &s->points[again ? s->count - 1 : s->count];
		int64_t attempts = again ? p->attempts + 1 : 1;

		*p = (struct history_point){
			.run = rows[i].run,
			.started_wall_ms = rows[i].started_wall_ms,
			.outcome = rows[i].id,
			.run_name = run_name_of(a, rows[i].folder),
			.cell_id = arena_dup(a, rows[i].cell_id),
			.value = NAN,
			.low = NAN,
			.high = NAN,
			.attempts = attempts,
			.verdict = rows[i].verdict,
			.tally = rows[i].tally,
		};
		s->count += !again;
	}
}

static void keep_newest(struct history_series *s, size_t most)
{
	if (!most || s->count <= most)
		return;
	s->points += s->count - most;
	s->count = most;
}

struct history_series *series_begin(struct series_list *l, const struct outcome_row *rows, size_t count,
				    enum history_metric metric, const char *test)
{
	struct history_series *s = add_series(l);
	const struct outcome_row *newest = &rows[count - 1];
	struct arena *a = l->history->arena;
	bool speed = !strcmp(newest->tier, SPEED_TIER);

	*s = (struct history_series){
		.label = arena_printf(a, "%s/%s/%s%s%s%s%s", newest->target, newest->runtime, newest->package,
				      speed ? "" : ":", speed ? "" : newest->tier, test ? " " : "", test ? test : ""),
		.target = arena_dup(a, newest->target),
		.arch = arena_dup(a, newest->arch),
		.runtime = arena_dup(a, newest->runtime),
		.package = arena_dup(a, newest->package),
		.tier = arena_dup(a, newest->tier),
		.test = arena_dup(a, test),
		.emulated = newest->emulated,
		.metric = metric,
	};
	add_points(a, rows, count, s);
	keep_newest(s, l->wish->most_runs);
	return s;
}

/* ---- values ---- */

static void fill_counts(struct history_series *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct tally *t = &s->points[i].tally;
		int64_t bad = 0, ran = 0;

		for (int v = 0; v < VERDICT_COUNT; v++) {
			bad += verdict_is_bad((enum verdict)v) ? t->count[v] : 0;
			ran += v == VERDICT_SKIPPED ? 0 : t->count[v];
		}
		if (!ran)
			continue;
		s->points[i].value = s->metric == HISTORY_FAILURES ? (double)(bad - t->known)
								   : (double)t->count[VERDICT_PASSED] / (double)ran;
	}
}

/* From the store, or where there is nothing of the present version, from the record. */
static int figures_of(struct context *c, const struct outcome_row *row, struct speed_figures *out, struct err *e)
{
	int got = query_speed_figures(c->store, row->id, SPEED_SUMMARY_VERSION, out, NULL, NULL, e);
	struct speed_summary summary;

	if (got)
		return got < 0 ? -1 : 0;
	if (speed_summary_of(c, row, &summary, e))
		return -1;
	*out = speed_figures_of(&summary);
	speed_summary_free(&summary);
	return 0;
}

static const struct outcome_row *row_of(const struct outcome_row *rows, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

static int fill_figures(struct context *c, const struct outcome_row *rows, size_t count, struct history_series *s,
			struct err *e)
{
	size_t at = 0;

	for (size_t i = 0; i < s->count; i++) {
		struct history_point *p = &s->points[i];
		struct speed_figures f;
		const struct outcome_row *row;

		while (at < count && rows[at].id != p->outcome)
			at++; /* both in the order of time */
		row = row_of(rows + at, count - at, p->outcome);
		if (!row || p->verdict == VERDICT_UNAVAILABLE || p->verdict == VERDICT_LOST)
			continue;
		if (figures_of(c, row, &f, e))
			return -1;
		s->unit = (enum bench_unit)f.unit;
		p->value = s->metric == HISTORY_MEMORY ? f.peak_bytes : f.mean;
		p->low = s->metric == HISTORY_MEMORY ? NAN : f.low;
		p->high = s->metric == HISTORY_MEMORY ? NAN : f.high;
	}
	return 0;
}

/* What suits the cell, of what is asked for. */
static bool wants_metric(const struct history_wish *w, enum history_metric m, bool speed)
{
	bool suits = speed ? m == HISTORY_TIME || m == HISTORY_MEMORY : m == HISTORY_FAILURES || m == HISTORY_PASS_RATE;

	if (!w->metrics)
		return m == (speed ? HISTORY_TIME : HISTORY_FAILURES);
	return suits && (w->metrics & 1u << m);
}

static int add_metrics(struct series_list *l, const struct outcome_row *rows, size_t count, struct err *e)
{
	bool speed = !strcmp(rows[0].tier, SPEED_TIER);

	for (int m = 0; m < HISTORY_VERDICT; m++) {
		struct history_series *s;

		if (!wants_metric(l->wish, (enum history_metric)m, speed))
			continue;
		s = series_begin(l, rows, count, (enum history_metric)m, NULL);
		if (!speed)
			fill_counts(s);
		else if (fill_figures(l->c, rows, count, s, e))
			return -1;
	}
	return 0;
}

/* ---- groups of outcomes ---- */

int series_each_group(struct series_list *l, const struct cell_name *name, series_group_fn *fn, void *ctx,
		      size_t *out_groups, struct err *e)
{
	const struct history_wish *w = l->wish;
	const char *tier = name->tier[0] ? name->tier : w->tier ? w->tier : "";
	struct outcome_set set = { 0 };
	int status =
		query_history(l->c->store, name->target, name->runtime, name->package, tier, w->until_run, &set, e);

	for (size_t i = 0, end; !status && i < set.count; i = end) {
		for (end = i + 1; end < set.count && same_coordinates(&set.rows[i], &set.rows[end]); end++)
			;
		if (!history_is_listed(&w->targets, set.rows[i].target) ||
		    !history_is_listed(&w->runtimes, set.rows[i].runtime))
			continue;
		++*out_groups;
		status = fn(l, set.rows + i, end - i, ctx, e);
	}
	outcome_set_free(&set);
	return status;
}

static int add_group(struct series_list *l, const struct outcome_row *rows, size_t count, void *ctx, struct err *e)
{
	(void)ctx;
	return add_metrics(l, rows, count, e);
}

static int add_named(struct series_list *l, const char *name, struct err *e)
{
	struct cell_name cell;
	size_t groups = 0;

	/* A package or a benchmark before a test: tests are called with "::" or dots as a rule. */
	if (!cell_name_parse(name, &cell, NULL) && series_each_group(l, &cell, add_group, NULL, &groups, e))
		return -1;
	return groups ? 0 : series_add_tests(l, name, e);
}

static int add_all(struct series_list *l, struct err *e)
{
	size_t groups = 0;

	for (size_t i = 0; i < l->wish->name_count; i++)
		if (add_named(l, l->wish->names[i], e))
			return -1;
	return l->wish->name_count ? 0 : series_each_group(l, &(struct cell_name){ 0 }, add_group, NULL, &groups, e);
}

int history_of(struct context *c, const struct history_wish *w, struct history *out, struct err *e)
{
	struct series_list l = { .c = c, .wish = w, .history = out };
	int status;

	*out = (struct history){ .arena = arena_new(65536) };
	l.reader = test_reader_new(c->store);
	status = add_all(&l, e);
	test_reader_free(l.reader);
	if (!status)
		history_judge(out, HISTORY_RATE);
	return status;
}
