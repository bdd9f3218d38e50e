#include "analyse/changes.h"

#include <stdlib.h>
#include <string.h>

#include "analyse/changes_inside.h"
#include "base/mem.h"

#define ARENA_FIRST_BYTES 65536

static const struct {
	const char *key, *words, *sign, *ascii_sign;
} kinds[CHANGE_KIND_COUNT] = {
	[CHANGE_NEWLY_CRASHED] = { "newly-crashed", "newly crashed", "☠", "!" },
	[CHANGE_NEWLY_FAILING] = { "newly-failing", "newly failing", "▲", "+" },
	[CHANGE_FIXED] = { "fixed", "fixed", "✓", "v" },
	[CHANGE_KNOWN_PASSES] = { "known-passes", "known failures that pass", "✓", "k" },
	[CHANGE_FLAKY] = { "flaky", "flaky", "≈", "~" },
	[CHANGE_STILL_FAILING] = { "still-failing", "still failing", "•", "*" },
	[CHANGE_APPEARED] = { "appeared", "appeared", "○", "o" },
	[CHANGE_DISAPPEARED] = { "disappeared", "disappeared", "×", "x" },
};

const char *change_kind_key(enum change_kind k)
{
	return kinds[k].key;
}

const char *change_kind_words(enum change_kind k)
{
	return kinds[k].words;
}

const char *change_kind_sign(enum change_kind k)
{
	return kinds[k].sign;
}

const char *change_kind_ascii_sign(enum change_kind k)
{
	return kinds[k].ascii_sign;
}

/* ---- pairs ---- */

static int compare_cells(const struct outcome_row *a, const struct outcome_row *b, const struct change_rules *rules)
{
	int order = strcmp(a->package, b->package);

	if (!order)
		order = strcmp(a->tier, b->tier);
	if (!order && !rules->pair_by_target)
		order = strcmp(a->target, b->target);
	if (!order && !rules->pair_by_runtime)
		order = strcmp(a->runtime, b->runtime);
	return order;
}

static int compare_rows(const void *a, const void *b, void *rules)
{
	return compare_cells(a, b, rules);
}

/* An outcome whose tests say nothing of the package. */
static bool says_nothing(const struct outcome_row *row)
{
	return row &&
	       (row->verdict == VERDICT_LOST || row->verdict == VERDICT_UNAVAILABLE || row->verdict == VERDICT_SKIPPED);
}

static void add_pair(struct changes *c, const struct outcome_row *base, const struct outcome_row *changed,
		     const struct change_rules *rules)
{
	const struct outcome_row *row = changed ? changed : base;
	struct change_pair *pair = &c->pairs[c->pair_count++];

	*pair = (struct change_pair){
		.label = arena_printf(c->arena, "%s/%s/%s:%s", row->target, row->runtime, row->package, row->tier),
		.base = base,
		.changed = changed,
		.base_carried = base && base->run != rules->base_run,
		.changed_carried = changed && changed->run != rules->changed_run,
		.same = base && changed && base->id == changed->id,
		.incomparable = says_nothing(base) || says_nothing(changed),
	};
	c->carried_base += pair->base_carried;
	c->carried_changed += pair->changed_carried;
	c->same += pair->same;
	c->incomparable += pair->incomparable && !pair->same;
}

static void sort_rows(struct outcome_set *set, struct change_rules *rules)
{
	if (set->count)
		qsort_r(set->rows, set->count, sizeof(*set->rows), compare_rows, rules);
}

static void pair_rows(struct changes *c, struct change_rules rules)
{
	struct outcome_set *base = &c->base_set, *changed = &c->changed_set;
	size_t i = 0, j = 0;

	sort_rows(base, &rules);
	sort_rows(changed, &rules);
	c->pairs = arena_items(c->arena, base->count + changed->count + 1, sizeof(*c->pairs));
	while (i < base->count || j < changed->count) {
		int order;

		if (i == base->count || j == changed->count)
			order = i == base->count ? 1 : -1;
		else
			order = compare_cells(&base->rows[i], &changed->rows[j], &rules);
		add_pair(c, order <= 0 ? &base->rows[i] : NULL, order >= 0 ? &changed->rows[j] : NULL, &rules);
		i += order <= 0;
		j += order >= 0;
	}
}

/* ---- speed ---- */

/* A series in name only: what the rows of a comparison point at. */
static const struct bench_series *name_series(struct changes *c, const struct change_pair *pair, enum bench_unit unit)
{
	struct bench_series *s = arena_items(c->arena, 1, sizeof(*s));
	const struct outcome_row *row = pair->changed ? pair->changed : pair->base;

	s->name = arena_printf(c->arena, "%s/%s/%s", row->target, row->runtime, row->package);
	s->unit = unit;
	return s;
}

static int add_benchmark(struct changes *c, const struct change_pair *pair, const struct change_source *source,
			 struct err *e)
{
	struct speed_summary base = { 0 }, changed = { 0 };

	if ((pair->base && source->summary(source->ctx, pair->base, &base, e)) ||
	    (pair->changed && source->summary(source->ctx, pair->changed, &changed, e))) {
		speed_summary_free(&base);
		speed_summary_free(&changed);
		return -1;
	}
	comparison_add(&c->speed, pair->base ? name_series(c, pair, base.unit) : NULL,
		       pair->changed ? name_series(c, pair, changed.unit) : NULL, &base, &changed);
	return 0;
}

static bool is_benchmark(const struct change_pair *pair, const struct change_rules *rules)
{
	const struct outcome_row *row = pair->changed ? pair->changed : pair->base;

	return rules->speed_tier && !strcmp(row->tier, rules->speed_tier);
}

static int add_all(struct changes *c, const struct change_rules *rules, const struct change_source *source,
		   struct err *e)
{
	for (size_t i = 0; i < c->pair_count; i++) {
		const struct change_pair *pair = &c->pairs[i];
		bool speed = is_benchmark(pair, rules);

		c->speed_same += speed && pair->same;
		if (speed && !pair->same && !pair->incomparable && add_benchmark(c, pair, source, e))
			return -1;
		if (!speed && !pair->incomparable && changes_of_pair(c, i, source, e))
			return -1;
	}
	comparison_judge(&c->speed, rules->margin);
	changes_group(c);
	return 0;
}

int changes_build(struct outcome_set *base, struct outcome_set *changed, const struct change_rules *rules,
		  const struct change_source *source, struct changes *out, struct err *e)
{
	*out = (struct changes){ .arena = arena_new(ARENA_FIRST_BYTES), .base_set = *base, .changed_set = *changed };
	*base = *changed = (struct outcome_set){ 0 };
	pair_rows(out, *rules);
	return add_all(out, rules, source, e);
}

int changes_exit_status(const struct changes *c)
{
	return c->counts[CHANGE_NEWLY_CRASHED] || c->counts[CHANGE_NEWLY_FAILING] || comparison_exit_status(&c->speed);
}

void changes_free(struct changes *c)
{
	comparison_free(&c->speed);
	outcome_set_free(&c->base_set);
	outcome_set_free(&c->changed_set);
	free(c->items);
	arena_free(c->arena);
	*c = (struct changes){ 0 };
}
