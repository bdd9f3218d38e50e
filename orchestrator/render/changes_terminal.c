#include <string.h>

#include "base/mem.h"
#include "render/changes.h"
#include "render/compare.h"
#include "render/terminal_text.h"

#define TESTS_NAMED 5
#define CELLS_NAMED 4

static enum style style_of(enum change_kind k)
{
	static const enum style styles[CHANGE_KIND_COUNT] = {
		[CHANGE_NEWLY_CRASHED] = STYLE_CRASH, [CHANGE_NEWLY_FAILING] = STYLE_BAD,
		[CHANGE_FIXED] = STYLE_GOOD,	      [CHANGE_KNOWN_PASSES] = STYLE_GOOD,
		[CHANGE_FLAKY] = STYLE_KNOWN,	      [CHANGE_STILL_FAILING] = STYLE_PLAIN,
		[CHANGE_APPEARED] = STYLE_FAINT,      [CHANGE_DISAPPEARED] = STYLE_FAINT,
	};

	return styles[k];
}

static const char *sign_of(const struct pen *p, enum change_kind k)
{
	return p->opts->ascii ? change_kind_ascii_sign(k) : change_kind_sign(k);
}

static void add_counts(const struct pen *p, const struct changes *c)
{
	size_t shown = 0;

	for (int k = 0; k < CHANGE_KIND_COUNT; k++) {
		AUTO_STR line = { 0 };

		if (!c->counts[k])
			continue;
		str_addf(&line, "%s %s ", sign_of(p, (enum change_kind)k), change_kind_words((enum change_kind)k));
		phrase_number((int64_t)c->counts[k], &line);
		str_add(p->out, shown++ ? ", " : "");
		pen_styled(p, style_of((enum change_kind)k), str_text(&line));
	}
	str_add(p->out, shown ? "\n" : "no test changed its verdict\n");
}

static void add_aside(const struct pen *p, size_t count, const char *one, const char *many)
{
	if (!count)
		return;
	phrase_count((int64_t)count, one, many, p->out);
	str_add_char(p->out, '\n');
}

/* What the counts do not hold. */
static void add_asides(const struct pen *p, const struct changes *c)
{
	add_aside(p, c->known, "known failure left out", "known failures left out");
	add_aside(p, c->known_passed, "known failure passes", "known failures pass");
	add_aside(p, c->carried_base, "cell of the first side as it was before that run",
		  "cells of the first side as they were before that run");
	add_aside(p, c->carried_changed, "cell of the second side as it was before that run: not run in it",
		  "cells of the second side as they were before that run: not run in it");
	add_aside(p, c->incomparable, "cell without a comparison: unavailable, lost or skipped on a side",
		  "cells without a comparison: unavailable, lost or skipped on a side");
	if (c->base.started_wall_ms > c->changed.started_wall_ms)
		str_add(p->out, "the second run is the older one: what is called new is what was so before\n");
}

static void add_flaky(const struct pen *p, const struct flaky *f)
{
	str_addf(p->out, "  (bad in %zu of %zu, %zu changes of verdict)", f->bad, f->outcomes, f->flips);
}

static void add_tests(const struct pen *p, const struct changes *c, const struct change_group *g, bool all)
{
	size_t named = 0;

	for (size_t i = g->first; i < g->first + g->count; i++) {
		const struct test_change *item = &c->items[i];

		if (!item->test || (i > g->first && item[-1].test && !strcmp(item->test, item[-1].test)))
			continue;
		if (!all && named == TESTS_NAMED)
			break;
		str_add(p->out, "    ");
		pen_text(p, item->test);
		if (g->kind == CHANGE_FLAKY)
			add_flaky(p, &item->flaky);
		str_add_char(p->out, '\n');
		named++;
	}
	if (named < g->test_count && named)
		str_addf(p->out, "    %s %zu more; --all lists them\n", p->signs->ellipsis, g->test_count - named);
}

/* The first line of one message. */
static void add_sample(const struct pen *p, const struct changes *c, const struct change_group *g)
{
	for (size_t i = g->first; i < g->first + g->count; i++) {
		const char *detail =
			c->items[i].detail ? c->items[i].detail + strspn(c->items[i].detail, " \t\r\n") : "";
		AUTO_FREE char *line = mem_dup_bytes(detail, strcspn(detail, "\r\n"));

		if (!line[0])
			continue;
		str_add(p->out, "    ");
		pen_styled(p, STYLE_FAINT, line);
		str_add_char(p->out, '\n');
		return;
	}
}

/* Each cell once; items are sorted by test, so that cells come again and again. */
static void add_cells(const struct pen *p, const struct changes *c, const struct change_group *g)
{
	AUTO_FREE bool *seen = mem_new(c->pair_count + 1, sizeof(*seen));
	size_t named = 0;

	str_add(p->out, "    ");
	for (size_t i = g->first; i < g->first + g->count && named < CELLS_NAMED; i++) {
		size_t pair = c->items[i].pair;

		if (seen[pair])
			continue;
		seen[pair] = true;
		str_add(p->out, named++ ? ", " : "");
		pen_text(p, c->pairs[pair].label);
	}
	if (named < g->cell_count)
		str_addf(p->out, " and %zu more", g->cell_count - named);
	str_add_char(p->out, '\n');
}

static void add_command(const struct pen *p, const struct changes *c, const struct change_group *g)
{
	const char *cell = c->pairs[c->items[g->first].pair].label;
	AUTO_STR command = { 0 };

	phrase_show_command(p->opts->program, cell, g->kind <= CHANGE_STILL_FAILING ? g->cause : NULL, &command);
	str_add(p->out, "    ");
	pen_styled(p, STYLE_FAINT, str_text(&command));
	str_add_char(p->out, '\n');
}

static void add_group(const struct pen *p, const struct changes *c, const struct change_group *g, bool all)
{
	AUTO_STR head = { 0 };

	str_addf(&head, "%s %s", sign_of(p, g->kind), change_kind_words(g->kind));
	str_add_char(p->out, '\n');
	pen_styled(p, style_of(g->kind), str_text(&head));
	str_add(p->out, "  ");
	pen_text(p, g->package);
	if (g->cause) {
		str_add(p->out, ": ");
		pen_text(p, g->cause);
	}
	str_add(p->out, "  ");
	if (c->items[g->first].test)
		phrase_count((int64_t)g->test_count, "test", "tests", p->out);
	else
		str_add(p->out, "the cell as a whole");
	str_add(p->out, " in ");
	phrase_count((int64_t)g->cell_count, "cell", "cells", p->out);
	str_add_char(p->out, '\n');
	add_tests(p, c, g, all);
	if (g->kind <= CHANGE_STILL_FAILING && g->kind != CHANGE_FIXED && g->kind != CHANGE_KNOWN_PASSES)
		add_sample(p, c, g);
	add_cells(p, c, g);
	add_command(p, c, g);
}

void changes_terminal(const struct changes *c, const struct changes_look *look, struct str *out)
{
	struct pen p = pen_new(&look->opts, out);
	size_t benchmarks = c->speed.count + c->speed_same;

	pen_text(&p, c->base.words);
	str_add(out, look->opts.ascii ? " -> " : " → ");
	pen_text(&p, c->changed.words);
	str_add(out, ": ");
	phrase_count((int64_t)(c->pair_count - benchmarks), "cell", "cells", out);
	if (benchmarks) {
		str_add(out, " and ");
		phrase_count((int64_t)benchmarks, "benchmark", "benchmarks", out);
	}
	str_add(out, "\n\n");
	add_counts(&p, c);
	add_asides(&p, c);
	for (size_t i = 0; i < c->group_count; i++)
		add_group(&p, c, &c->groups[i], look->all);
	if (!c->speed.count)
		return;
	str_add_char(out, '\n');
	compare_terminal(&c->speed, &(struct compare_names){ c->base.as_typed, c->changed.as_typed }, &look->opts, out);
	add_aside(&p, c->speed_same, "benchmark was not measured anew", "benchmarks were not measured anew");
}
