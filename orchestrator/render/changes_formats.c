/* JSON and Markdown of what changed. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "render/changes.h"
#include "render/compare.h"
#include "render/compare_json.h"
#include "render/phrases.h"

#define CHANGES_FORMAT	"labctl-changes"
#define CHANGES_VERSION 1
#define TESTS_NAMED	10

/* ---- JSON ---- */

static const char *verdict_or_null(int verdict)
{
	return verdict < 0 ? NULL : verdict_key((enum verdict)verdict);
}

static void add_side(struct json_writer *w, const char *key, const struct change_side *s)
{
	json_open(w, key, '{');
	json_add_text(w, "name", s->as_typed);
	json_add_int(w, "run", s->run);
	json_add_text(w, "run_name", s->run_name);
	json_add_int(w, "started_wall_ms", s->started_wall_ms);
	json_close(w, '}');
}

static void add_counts(struct json_writer *w, const char *key, const size_t *counts)
{
	json_open(w, key, '{');
	for (int k = 0; k < CHANGE_KIND_COUNT; k++)
		json_add_int(w, change_kind_key((enum change_kind)k), (int64_t)counts[k]);
	json_close(w, '}');
}

static void add_flaky(struct json_writer *w, const struct flaky *f)
{
	if (!f->outcomes)
		return;
	json_open(w, "past", '{');
	json_add_bool(w, "flaky", f->is_flaky);
	json_add_int(w, "outcomes", (int64_t)f->outcomes);
	json_add_int(w, "bad", (int64_t)f->bad);
	json_add_int(w, "flips", (int64_t)f->flips);
	json_add_real(w, "rate", flaky_rate(f));
	json_close(w, '}');
}

static void add_item(struct json_writer *w, const struct changes *c, const struct test_change *item)
{
	const struct change_pair *pair = &c->pairs[item->pair];

	json_open(w, NULL, '{');
	json_add_text(w, "kind", change_kind_key(item->kind));
	json_add_text(w, "cell", pair->label);
	json_add_text(w, "package", (pair->changed ? pair->changed : pair->base)->package);
	json_add_text(w, "test", item->test);
	json_add_text(w, "before", verdict_or_null(item->before));
	json_add_text(w, "now", verdict_or_null(item->now));
	json_add_text(w, "cause", item->cause);
	json_add_text(w, "known", item->known);
	json_add_text(w, "message", item->detail);
	add_flaky(w, &item->flaky);
	json_close(w, '}');
}

static void add_cell(struct json_writer *w, const struct change_pair *pair)
{
	json_open(w, NULL, '{');
	json_add_text(w, "cell", pair->label);
	json_add_text(w, "before", pair->base ? verdict_key(pair->base->verdict) : NULL);
	json_add_text(w, "now", pair->changed ? verdict_key(pair->changed->verdict) : NULL);
	json_add_bool(w, "before_carried", pair->base_carried);
	json_add_bool(w, "now_carried", pair->changed_carried);
	json_add_bool(w, "same_outcome", pair->same);
	json_add_bool(w, "comparable", !pair->incomparable);
	json_add_int(w, "known", (int64_t)pair->known);
	json_add_int(w, "known_passed", (int64_t)pair->known_passed);
	add_counts(w, "counts", pair->counts);
	json_close(w, '}');
}

void changes_json(const struct changes *c, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", CHANGES_FORMAT);
	json_add_int(&w, "version", CHANGES_VERSION);
	add_side(&w, "base", &c->base);
	add_side(&w, "changed", &c->changed);
	add_counts(&w, "counts", c->counts);
	json_add_int(&w, "known", (int64_t)c->known);
	json_add_int(&w, "known_passed", (int64_t)c->known_passed);
	json_add_int(&w, "cells_carried_before", (int64_t)c->carried_base);
	json_add_int(&w, "cells_carried_now", (int64_t)c->carried_changed);
	json_add_int(&w, "cells_incomparable", (int64_t)c->incomparable);
	json_open(&w, "cells", '[');
	for (size_t i = 0; i < c->pair_count; i++)
		add_cell(&w, &c->pairs[i]);
	json_close(&w, ']');
	json_open(&w, "tests", '[');
	for (size_t i = 0; i < c->count; i++)
		add_item(&w, c, &c->items[i]);
	json_close(&w, ']');
	json_open(&w, "benchmarks", '[');
	for (size_t i = 0; i < c->speed.count; i++)
		json_compared(&w, &c->speed.rows[i]);
	json_close(&w, ']');
	json_add_int(&w, "benchmarks_not_measured_anew", (int64_t)c->speed_same);
	json_close(&w, '}');
	str_add_char(out, '\n');
}

/* ---- Markdown ---- */

static void add_markdown_counts(const struct changes *c, struct str *out)
{
	str_add(out, "| | tests |\n| --- | ---: |\n");
	for (int k = 0; k < CHANGE_KIND_COUNT; k++) {
		if (!c->counts[k])
			continue;
		str_addf(out, "| %s %s | ", change_kind_sign((enum change_kind)k),
			 change_kind_words((enum change_kind)k));
		phrase_number((int64_t)c->counts[k], out);
		str_add(out, " |\n");
	}
	if (c->known) {
		str_add(out, "| known failures, left out | ");
		phrase_number((int64_t)c->known, out);
		str_add(out, " |\n");
	}
}

static void add_code(struct str *out, const char *text)
{
	str_add(out, "<code>");
	str_add_quoted(out, text, STR_MARKDOWN);
	str_add(out, "</code>");
}

static void add_markdown_tests(const struct changes *c, const struct change_group *g, bool all, struct str *out)
{
	size_t named = 0;

	for (size_t i = g->first; i < g->first + g->count; i++) {
		const struct test_change *item = &c->items[i];

		if (!item->test || (i > g->first && item[-1].test && !strcmp(item->test, item[-1].test)))
			continue;
		if (!all && named == TESTS_NAMED)
			break;
		str_add(out, "- ");
		add_code(out, item->test);
		str_add(out, " in ");
		add_code(out, c->pairs[item->pair].label);
		str_add_char(out, '\n');
		named++;
	}
	if (named && named < g->test_count)
		str_addf(out, "- … %zu more\n", g->test_count - named);
}

static void add_markdown_group(const struct changes *c, const struct change_group *g, bool all, struct str *out)
{
	str_addf(out, "\n**%s %s**: ", change_kind_sign(g->kind), change_kind_words(g->kind));
	str_add_quoted(out, g->package, STR_MARKDOWN);
	if (g->cause) {
		str_add(out, ", ");
		str_add_quoted(out, g->cause, STR_MARKDOWN);
	}
	str_add(out, " (");
	if (c->items[g->first].test)
		phrase_count((int64_t)g->test_count, "test", "tests", out);
	else
		str_add(out, "as a whole");
	str_add(out, " in ");
	phrase_count((int64_t)g->cell_count, "cell", "cells", out);
	str_add(out, ")\n\n");
	add_markdown_tests(c, g, all, out);
}

void changes_markdown(const struct changes *c, const struct changes_look *look, struct str *out)
{
	str_add(out, "### ");
	str_add_quoted(out, c->base.words, STR_MARKDOWN);
	str_add(out, " → ");
	str_add_quoted(out, c->changed.words, STR_MARKDOWN);
	str_add(out, "\n\n");
	add_markdown_counts(c, out);
	for (size_t i = 0; i < c->group_count; i++)
		add_markdown_group(c, &c->groups[i], look->all, out);
	if (!c->speed.count)
		return;
	str_add_char(out, '\n');
	compare_markdown(&c->speed, &(struct compare_names){ c->base.as_typed, c->changed.as_typed }, out);
}
