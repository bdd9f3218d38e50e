#include "cli/history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/history_inside.h"
#include "cli/speed.h"
#include "lab/benchmark.h"
#include "store/query.h"

bool history_is_listed(const struct option_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i], text))
			return true;
	return list->count == 0;
}

/* ---- what changes_build asks for ---- */

struct asker {
	struct context *c;
	struct test_reader *reader;
};

/* A cell that could not be installed had its tests all the same: those before that night are what to compare with. */
static int tested_before(struct context *c, const struct outcome_row *row, int64_t *out, struct err *e)
{
	*out = row->id;
	for (int v = 0; v < VERDICT_COUNT; v++)
		if (row->tally.count[v])
			return 0;
	return query_last_tested(c->store, row, out, e);
}

static int source_tests(void *ctx, const struct outcome_row *base, const struct outcome_row *changed,
			struct test_pair_set *out, struct err *e)
{
	struct asker *a = ctx;
	int64_t before = 0;

	if (base && tested_before(a->c, base, &before, e))
		return -1;
	if (test_reader_pair(a->reader, before, changed->id, out, e))
		return -1;
	out->base_unknown = base && !before;
	return 0;
}

int history_flaky_of(struct store *s, struct test_reader *reader, const char *cell_id, int64_t until_run, size_t window,
		     const char *const *tests, size_t count, struct flaky *out, struct err *e)
{
	AUTO_FREE struct outcome_key *keys = mem_new(window + 1, sizeof(*keys));
	AUTO_FREE struct flaky_point *points = mem_new(window + 1, sizeof(*points));
	AUTO_FREE int64_t *ids = mem_new(window + 1, sizeof(*ids));
	AUTO_FREE signed char *verdicts = NULL;
	size_t outcomes;

	if (query_recent(s, cell_id, until_run, window, keys, &outcomes, e))
		return -1;
	for (size_t i = 0; i < outcomes; i++)
		ids[i] = keys[i].id;
	verdicts = mem_new(outcomes * count + 1, 1);
	if (test_reader_verdicts(reader, ids, outcomes, tests, count, verdicts, e))
		return -1;
	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < outcomes; i++) {
			points[i] = history_flaky_point(keys[i].run, verdicts[i * count + t]);
			points[i].other_cell = i && keys[i].cell != keys[i - 1].cell;
		}
		out[t] = flaky_judge(points, outcomes);
	}
	return 0;
}

struct flaky_point history_flaky_point(int64_t run, int verdict)
{
	return (struct flaky_point){
		.run = run,
		.ran = verdict == VERDICT_PASSED || (verdict >= 0 && verdict_is_bad((enum verdict)verdict)),
		.bad = verdict >= 0 && verdict_is_bad((enum verdict)verdict),
	};
}

static int source_flaky(void *ctx, const struct outcome_row *row, const char *const *tests, size_t count,
			struct flaky *out, struct err *e)
{
	struct asker *a = ctx;

	return history_flaky_of(a->c->store, a->reader, row->cell_id, row->run, FLAKY_WINDOW, tests, count, out, e);
}

/* Means are all that a comparison asks for; where they are not kept apart the summary has them. */
static int source_summary(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	struct context *c = ((struct asker *)ctx)->c;
	AUTO_FREE double *means = NULL;
	struct speed_figures figures;
	size_t count;
	int got = query_speed_figures(c->store, row->id, SPEED_SUMMARY_VERSION, &figures, &means, &count, e);

	if (got == 1)
		speed_summary_of_figures(&figures, means, count, out);
	return got ? (got < 0 ? -1 : 0) : speed_summary_of(c, row, out, e);
}

/* ---- sides ---- */

struct side_wish {
	const struct change_wish *wish;
	const char *target, *runtime; /* of this side alone; NULL: all */
	int64_t run;
};

static bool is_wanted(const struct side_wish *s, const struct outcome_row *row)
{
	const struct change_wish *w = s->wish;

	if (s->target ? strcmp(s->target, row->target) != 0 : !history_is_listed(&w->targets, row->target))
		return false;
	if (s->runtime ? strcmp(s->runtime, row->runtime) != 0 : !history_is_listed(&w->runtimes, row->runtime))
		return false;
	return history_is_listed(&w->packages, row->package) && (!w->only_these_cells || row->run == s->run);
}

/* The last outcome of all that is wanted as of the run. */
static int load_side(struct context *c, const struct side_wish *s, struct outcome_set *out, struct err *e)
{
	const char *tier = s->wish->tier ? s->wish->tier : "";
	size_t kept = 0;

	if (query_state(c->store, tier, s->run, out, e))
		return -1;
	for (size_t i = 0; i < out->count; i++)
		if (is_wanted(s, &out->rows[i]))
			out->rows[kept++] = out->rows[i];
	out->count = kept;
	return 0;
}

static int load_runs(struct context *c, const struct change_wish *w, int64_t run[static 2], struct err *e)
{
	if (query_resolve_run(c->store, w->base, &run[0], e))
		return -1;
	run[1] = run[0];
	return w->changed ? query_resolve_run(c->store, w->changed, &run[1], e) : 0;
}

/* With one run alone the sides are two runtimes, or two targets. */
static int take_sides(const struct change_wish *w, struct side_wish sides[static 2], struct change_rules *rules,
		      struct err *e)
{
	if (w->changed)
		return 0;
	rules->pair_by_runtime = w->runtimes.count == 2;
	rules->pair_by_target = !rules->pair_by_runtime && w->targets.count == 2;
	for (size_t i = 0; i < 2; i++) {
		sides[i].runtime = rules->pair_by_runtime ? w->runtimes.items[i] : NULL;
		sides[i].target = rules->pair_by_target ? w->targets.items[i] : NULL;
	}
	if (rules->pair_by_runtime || rules->pair_by_target)
		return 0;
	err_set(e, ERR_USAGE, "one run alone is compared with itself by two runtimes, or by two targets");
	return err_hint(e, "as in `labctl compare latest --runtime cpython,pypy`, or name a second run");
}

static void name_side(struct changes *c, const struct run_set *runs, const struct side_wish *s, const char *typed,
		      struct change_side *out)
{
	const char *which = s->runtime ? s->runtime : s->target;
	char when[64] = "";

	*out = (struct change_side){ .as_typed = arena_dup(c->arena, which ? which : typed), .run = s->run };
	for (size_t i = 0; i < runs->count; i++)
		if (runs->rows[i].id == s->run) {
			out->run_name = arena_dup(c->arena, runs->rows[i].name);
			out->started_wall_ms = runs->rows[i].started_wall_ms;
		}
	clock_format_local(out->started_wall_ms, when, sizeof(when));
	out->words = arena_printf(c->arena, "%s%srun %" PRId64 " of %s", which ? which : "", which ? " in " : "",
				  s->run, when);
}

static int name_sides(struct context *c, const struct side_wish sides[static 2], struct changes *out, struct err *e)
{
	const struct change_wish *w = sides->wish;
	struct run_set runs = { 0 };

	if (query_runs(c->store, &runs, e))
		return -1;
	name_side(out, &runs, &sides[0], w->base, &out->base);
	name_side(out, &runs, &sides[1], w->changed ? w->changed : w->base, &out->changed);
	run_set_free(&runs);
	return 0;
}

static int build(struct context *c, const struct side_wish sides[static 2], const struct change_rules *rules,
		 struct changes *out, struct err *e)
{
	struct asker asker = { c, test_reader_new(c->store) };
	const struct change_source source = { source_tests, source_flaky, source_summary, &asker };
	struct outcome_set base = { 0 }, changed = { 0 };
	int status = load_side(c, &sides[0], &base, e);

	if (!status)
		status = load_side(c, &sides[1], &changed, e);
	if (!status)
		status = changes_build(&base, &changed, rules, &source, out, e);
	outcome_set_free(&base);
	outcome_set_free(&changed);
	test_reader_free(asker.reader);
	return status;
}

int changes_between(struct context *c, const struct change_wish *w, struct changes *out, struct err *e)
{
	struct change_rules rules = { .margin = w->margin, .speed_tier = SPEED_TIER };
	struct side_wish sides[2] = { { .wish = w }, { .wish = w } };
	int64_t run[2];

	*out = (struct changes){ 0 };
	if (load_runs(c, w, run, e) || take_sides(w, sides, &rules, e))
		return -1;
	sides[0].run = rules.base_run = run[0];
	sides[1].run = rules.changed_run = run[1];
	return build(c, sides, &rules, out, e) || name_sides(c, sides, out, e) ? -1 : 0;
}
