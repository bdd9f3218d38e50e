/* What changed, and what became of things over the runs. */
#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "render/site.h"

#define ITEMS_MOST 200 /* of a group; the rest is counted */

static void group_id(const struct change_group *g, char out[static SITE_ID_BYTES])
{
	struct digest *d = digest_new();
	char text[DIGEST_TEXT_BYTES];

	digest_add_field(d, change_kind_key(g->kind));
	digest_add_field(d, g->package);
	digest_add_field(d, g->cause);
	digest_end(d, text);
	memcpy(out, text, SITE_ID_BYTES - 1);
	out[SITE_ID_BYTES - 1] = '\0';
}

static const char *verdict_or_null(int verdict)
{
	return verdict < 0 ? NULL : verdict_key((enum verdict)verdict);
}

static void add_item(struct json_writer *w, const struct changes *c, const struct test_change *item)
{
	json_open(w, NULL, '{');
	json_add_text(w, "cell", c->pairs[item->pair].label);
	json_add_text(w, "test", item->test);
	json_add_text(w, "before", verdict_or_null(item->before));
	json_add_text(w, "now", verdict_or_null(item->now));
	if (item->known)
		json_add_text(w, "known", item->known);
	if (item->kind == CHANGE_FLAKY) {
		json_add_int(w, "flips", (int64_t)item->flaky.flips);
		json_add_int(w, "outcomes", (int64_t)item->flaky.outcomes);
	}
	json_close(w, '}');
}

static void add_group(struct json_writer *w, const struct changes *c, const struct change_group *g)
{
	char id[SITE_ID_BYTES];

	group_id(g, id);
	json_open(w, NULL, '{');
	json_add_text(w, "id", id);
	json_add_text(w, "kind", change_kind_key(g->kind));
	json_add_text(w, "package", g->package);
	json_add_text(w, "cause", g->cause);
	json_add_int(w, "tests", (int64_t)g->test_count);
	json_add_int(w, "cells", (int64_t)g->cell_count);
	json_add_int(w, "count", (int64_t)g->count);
	json_open(w, "items", '[');
	for (size_t i = g->first; i < g->first + g->count && i < g->first + ITEMS_MOST; i++)
		add_item(w, c, &c->items[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static void add_side(struct json_writer *w, const char *key, const struct change_side *s)
{
	json_open(w, key, '{');
	json_add_int(w, "run", s->run);
	json_add_text(w, "words", s->words);
	json_add_int(w, "started_ms", s->started_wall_ms);
	json_close(w, '}');
}

/* Those that tell something: a benchmark that stayed as it was is none of it. */
static void add_speed(struct json_writer *w, const struct comparison *c)
{
	json_open(w, "speed", '[');
	for (size_t i = 0; i < c->count; i++) {
		const struct compared *row = &c->rows[i];
		enum speed word = row->judged.word;

		if (word != SPEED_FASTER && word != SPEED_SLOWER && word != SPEED_FAILED)
			continue;
		json_open(w, NULL, '{');
		json_add_text(w, "name", row->name);
		json_add_text(w, "word", speed_word(word));
		json_add_real(w, "ratio", row->ratio.value);
		json_add_real(w, "low", row->judged.own.low);
		json_add_real(w, "high", row->judged.own.high);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void site_changes(const struct changes *c, struct json_writer *w)
{
	json_open(w, "changes", '{');
	add_side(w, "base", &c->base);
	add_side(w, "changed", &c->changed);
	json_open(w, "tests", '{');
	for (int k = 0; k < CHANGE_KIND_COUNT; k++)
		json_add_int(w, change_kind_key((enum change_kind)k), (int64_t)c->test_counts[k]);
	json_close(w, '}');
	json_add_int(w, "carried", (int64_t)c->carried_changed);
	json_add_int(w, "incomparable", (int64_t)c->incomparable);
	json_open(w, "groups", '[');
	for (size_t i = 0; i < c->group_count; i++)
		add_group(w, c, &c->groups[i]);
	json_close(w, ']');
	add_speed(w, &c->speed);
	json_close(w, '}');
}

/* ---- series ---- */

static void add_point(struct json_writer *w, const struct history_point *p)
{
	json_open(w, NULL, '[');
	json_add_int(w, NULL, p->run);
	json_add_int(w, NULL, p->started_wall_ms);
	json_add_real(w, NULL, p->value);
	json_add_real(w, NULL, p->low);
	json_add_real(w, NULL, p->high);
	json_close(w, ']');
}

static void add_change(struct json_writer *w, const struct history_change *c)
{
	json_open(w, NULL, '{');
	json_add_int(w, "at", (int64_t)c->at);
	json_add_real(w, "before", c->before);
	json_add_real(w, "after", c->after);
	json_add_real(w, "adjusted_p", c->adjusted_p);
	json_add_bool(w, "pending", c->pending);
	json_add_bool(w, "worse", c->worse);
	json_close(w, '}');
}

void site_past(const struct history_series *s, struct json_writer *w)
{
	json_open(w, "past", '{');
	json_open(w, "points", '[');
	for (size_t i = 0; s && i < s->count; i++)
		add_point(w, &s->points[i]);
	json_close(w, ']');
	json_open(w, "changes", '[');
	for (size_t i = 0; s && i < s->change_count; i++)
		add_change(w, &s->changes[i]);
	json_close(w, ']');
	json_close(w, '}');
}

static double rate_of(const struct tally *t)
{
	int64_t run = 0;

	for (int v = 0; v < VERDICT_COUNT; v++)
		run += v == VERDICT_SKIPPED ? 0 : t->count[v];
	return run ? (double)t->count[VERDICT_PASSED] / (double)run : NAN;
}

void site_trend(const struct history_series *s, struct json_writer *w)
{
	size_t from = s && s->count > SITE_TREND_MOST ? s->count - SITE_TREND_MOST : 0;

	json_open(w, "trend", '[');
	for (size_t i = from; s && i < s->count; i++) {
		json_open(w, NULL, '[');
		json_add_int(w, NULL, s->points[i].run);
		json_add_real(w, NULL, rate_of(&s->points[i].tally));
		json_close(w, ']');
	}
	json_close(w, ']');
}
