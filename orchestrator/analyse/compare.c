#include "analyse/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/speed_matrix.h"
#include "base/mem.h"
#include "base/str.h"

/* ---- pairs ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The one series of the set that answers to the name; NULL: none, or several do. */
static const struct bench_series *only_one(const struct bench_set *set, const char *name, bool by_last_part)
{
	const struct bench_series *found = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const char *other = set->series[i].name;

		if (strcmp(by_last_part ? last_part(other) : other, by_last_part ? last_part(name) : name))
			continue;
		if (found)
			return NULL;
		found = &set->series[i];
	}
	return found;
}

static const struct bench_series *partner_of(const struct bench_set *own, const struct bench_set *other,
					     const struct bench_series *s)
{
	for (size_t i = 0; i < other->count; i++)
		if (!strcmp(other->series[i].name, s->name) && same_text(other->series[i].runtime, s->runtime))
			return &other->series[i];
	if (only_one(own, s->name, false) && only_one(other, s->name, false))
		return only_one(other, s->name, false);
	if (only_one(own, s->name, true) && only_one(other, s->name, true))
		return only_one(other, s->name, true);
	return NULL;
}

void comparison_add(struct comparison *c, const struct bench_series *base, const struct bench_series *changed,
		    const struct speed_summary *base_summary, const struct speed_summary *changed_summary)
{
	struct compared *row;

	c->rows = mem_grow(c->rows, c->count + 1, sizeof(*c->rows));
	row = &c->rows[c->count++];
	*row = (struct compared){ .name = base ? base->name : changed->name, .base = base, .changed = changed };
	row->ratio = ratio_none();
	row->base_summary = *base_summary;
	row->changed_summary = *changed_summary;
}

static void add_row(struct comparison *c, const struct bench_series *base, const struct bench_series *changed)
{
	struct speed_summary base_summary = { 0 }, changed_summary = { 0 };

	if (base)
		speed_summarise(base, &base_summary);
	if (changed)
		speed_summarise(changed, &changed_summary);
	comparison_add(c, base, changed, &base_summary, &changed_summary);
}

/* ---- words ---- */

static enum speed given_word(struct compared *row)
{
	const struct speed_summary *a = &row->base_summary, *b = &row->changed_summary;

	if (!row->base || !row->changed)
		row->why = row->base ? "only the first has it" : "only the second has it";
	else if (row->base->unit != row->changed->unit)
		row->why = "the two are measured in different units";
	if (row->why)
		return SPEED_NOT_COMPARABLE;
	if (!a->process_count || a->failed == a->process_count || !b->process_count || b->failed == b->process_count)
		return SPEED_FAILED;
	return speed_known(a) && speed_known(b) ? SPEED_UNDECIDED : SPEED_NO_STEADY_STATE;
}

void comparison_judge(struct comparison *c, double margin)
{
	AUTO_FREE struct contest *family = mem_new(c->count + 1, sizeof(*family));
	AUTO_FREE struct ratio *ratios = mem_new(c->count + 1, sizeof(*ratios));
	AUTO_FREE struct speed_judgement *judged = mem_new(c->count + 1, sizeof(*judged));

	for (size_t i = 0; i < c->count; i++) {
		enum speed given = given_word(&c->rows[i]);

		if (given == SPEED_UNDECIDED)
			c->rows[i].ratio = speed_ratio(&c->rows[i].base_summary, 0, &c->rows[i].changed_summary, 0);
		ratios[i] = c->rows[i].ratio;
		family[i] = (struct contest){ c->rows[i].ratio, margin, given };
	}
	speed_judge(family, c->count, SPEED_ALPHA, SPEED_POWER, judged);
	geomean_of(ratios, c->count, SPEED_ALPHA, &c->mean);
	for (size_t i = 0; i < c->count; i++) {
		c->rows[i].judged = judged[i];
		c->words[judged[i].word]++;
	}
}

void compare_sets(const struct bench_set *base, const struct bench_set *changed, double margin, struct comparison *out)
{
	*out = (struct comparison){ 0 };
	for (size_t i = 0; i < base->count; i++)
		add_row(out, &base->series[i], partner_of(base, changed, &base->series[i]));
	for (size_t i = 0; i < changed->count; i++)
		if (!partner_of(changed, base, &changed->series[i]))
			add_row(out, NULL, &changed->series[i]);
	comparison_judge(out, margin);
}

int comparison_exit_status(const struct comparison *c)
{
	return c->words[SPEED_SLOWER] || c->words[SPEED_FAILED] ? 1 : 0;
}

void comparison_free(struct comparison *c)
{
	for (size_t i = 0; i < c->count; i++) {
		speed_summary_free(&c->rows[i].base_summary);
		speed_summary_free(&c->rows[i].changed_summary);
	}
	free(c->rows);
	*c = (struct comparison){ 0 };
}
