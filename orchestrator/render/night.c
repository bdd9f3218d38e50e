#include "render/night.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "render/pieces.h"
#include "render/terminal_text.h"

#define NIGHT_FORMAT  "labctl-night"
#define NIGHT_VERSION 1
#define SHOWN_MAX     12 /* lines of a list on a terminal */
#define CHANGES_MAX   100

/* ---- for people ---- */

static void add_left_of(const struct pen *p, const struct night_summary *n, size_t first)
{
	const char *target = n->left[first].target;
	size_t count = 0;
	int64_t estimate_ns = 0;
	char time[64];

	for (size_t i = first; i < n->left_count; i++) {
		if (strcmp(n->left[i].target, target) != 0)
			continue;
		count++;
		estimate_ns += n->left[i].estimate_ns;
	}
	str_add(p->out, "  ");
	pen_text(p, target);
	str_add(p->out, ": ");
	phrase_count((int64_t)count, "cell", "cells", p->out);
	if (estimate_ns) {
		clock_format_duration(estimate_ns, time, sizeof(time));
		str_addf(p->out, ", last time %s", time);
	}
	str_add(p->out, ": ");
	for (size_t i = first, shown = 0; i < n->left_count && shown <= SHOWN_MAX; i++) {
		if (strcmp(n->left[i].target, target) != 0)
			continue;
		if (shown)
			str_add(p->out, ", ");
		if (shown++ < SHOWN_MAX)
			pen_text(p, n->left[i].label + strlen(target) + 1);
		else
			str_add(p->out, p->signs->ellipsis);
	}
	str_add_char(p->out, '\n');
}

static void add_left(const struct pen *p, const struct night_summary *n)
{
	if (!n->left_count)
		return;
	phrase_count((int64_t)n->left_count, "cell", "cells", p->out);
	str_add(p->out, n->interrupted	 ? " left out, since it was stopped:\n"
			: n->out_of_time ? " left out for want of time:\n"
					 : " left out:\n");
	for (size_t i = 0; i < n->left_count; i++) {
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first &= strcmp(n->left[k].target, n->left[i].target) != 0;
		if (first)
			add_left_of(p, n, i);
	}
	str_addf(p->out, "  %s run ", p->opts->program);
	pen_text(p, n->suite);
	str_add(p->out, " --resume goes on with them\n");
}

static void add_flaky(const struct pen *p, const struct night_summary *n)
{
	if (!n->flaky_count)
		return;
	phrase_count((int64_t)n->flaky_count, "test", "tests", p->out);
	str_add(p->out, " flaky: another verdict in another attempt of this run\n");
	for (size_t i = 0; i < n->flaky_count && i < SHOWN_MAX; i++) {
		const struct night_flaky *f = &n->flaky[i];

		str_add(p->out, "  ");
		pen_text(p, f->cell);
		str_add(p->out, "  ");
		pen_text(p, f->test);
		str_addf(p->out, "  bad in %zu of its last %zu outcomes\n", f->judged.bad, f->judged.outcomes);
	}
	if (n->flaky_count > SHOWN_MAX)
		str_addf(p->out, "  and %zu more\n", n->flaky_count - SHOWN_MAX);
}

/* "since run 12: 3 newly failing, 1 fixed": what stayed as it was is not said. */
static void add_changes(const struct pen *p, const struct night_summary *n)
{
	bool any = false;

	if (!n->changes)
		return;
	for (int k = 0; k < CHANGE_KIND_COUNT; k++) {
		size_t count = n->changes->test_counts[k];

		if (!count || k == CHANGE_STILL_FAILING)
			continue;
		if (any)
			str_addf(p->out, ", %zu %s", count, change_kind_words((enum change_kind)k));
		else
			str_addf(p->out, "since run %" PRId64 ": %zu %s", n->changes->base.run, count,
				 change_kind_words((enum change_kind)k));
		any = true;
	}
	if (any)
		str_addf(p->out, "  %s compare %" PRId64 " %" PRId64 "\n", p->opts->program, n->changes->base.run,
			 n->run);
}

static void add_broken(const struct pen *p, const struct night_summary *n)
{
	for (size_t i = 0; i < n->broken_count; i++) {
		str_add(p->out, "target ");
		pen_text(p, n->broken[i].target);
		str_add(p->out, " was away (");
		phrase_count((int64_t)n->broken[i].cells, "cell", "cells", p->out);
		str_add(p->out, "): ");
		pen_text(p, n->broken[i].reason);
		str_add_char(p->out, '\n');
	}
}

static void add_end(const struct pen *p, const struct night_summary *n)
{
	char took[64];

	pen_text(p, n->suite);
	str_add(p->out, ": ");
	if (!n->run_name) {
		str_add(p->out, "everything was fresh, nothing had to run\n");
		return;
	}
	clock_format_duration((n->ended_wall_ms - n->started_wall_ms) * NS_PER_MS, took, sizeof(took));
	str_addf(p->out, "run %" PRId64 ", ", n->run);
	phrase_count((int64_t)n->cells_run, "cell", "cells", p->out);
	str_addf(p->out, " in %s", took);
	if (n->cells_again)
		str_addf(p->out, ", %zu of them once more", n->cells_again);
	str_add_char(p->out, '\n');
}

void night_terminal(const struct night_summary *n, const struct render_opts *o, struct str *out)
{
	struct pen p = pen_new(o, out);

	add_broken(&p, n);
	add_changes(&p, n);
	add_flaky(&p, n);
	add_left(&p, n);
	add_end(&p, n);
}

/* ---- for programs ---- */

static void add_time(struct json_writer *w, const char *key, int64_t wall_ms)
{
	char text[32];

	if (wall_ms)
		clock_format_utc(wall_ms, text, sizeof(text));
	json_add_text(w, key, wall_ms ? text : NULL);
}

static void add_about(struct json_writer *w, const struct night_summary *n)
{
	json_add_text(w, "suite", n->suite);
	json_add_text(w, "title", n->title);
	json_add_text(w, "host", n->host);
	json_add_text(w, "labctl", n->version);
	json_add_text(w, "run_name", n->run_name);
	json_add_int(w, "run", n->run);
	add_time(w, "started", n->started_wall_ms);
	add_time(w, "ended", n->ended_wall_ms);
	json_add_int(w, "budget_ns", n->budget_ns);
	json_add_int(w, "status", n->status);
	json_add_text(w, "status_word", n->status_word);
	json_add_bool(w, "interrupted", n->interrupted);
	json_add_bool(w, "out_of_time", n->out_of_time);
	json_add_int(w, "cells_run", (int64_t)n->cells_run);
	json_add_int(w, "cells_again", (int64_t)n->cells_again);
}

static void add_findings(struct json_writer *w, const struct report *r)
{
	json_open(w, "findings", '[');
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];

		if (f->known)
			continue;
		json_open(w, NULL, '{');
		json_add_text(w, "package", f->package);
		json_add_text(w, "cause", f->cause);
		json_add_text(w, "worst", verdict_key(f->worst));
		json_add_bool(w, "new", f->is_new);
		json_add_int(w, "test_count", (int64_t)f->test_count);
		json_texts(w, "tests", (const char *const *)f->tests);
		json_texts(w, "cells", (const char *const *)f->cells);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_packages(struct json_writer *w, const struct report *r)
{
	json_open(w, "packages", '{');
	json_add_int(w, "cells_expected", (int64_t)r->cells_expected);
	json_add_int(w, "cells_unexpected", (int64_t)r->cells_unexpected);
	json_add_int(w, "cells_unavailable", (int64_t)r->cells_unavailable);
	json_add_int(w, "cells_lost", (int64_t)r->cells_lost);
	json_add_int(w, "cells_not_run", (int64_t)r->cells_not_run);
	json_open(w, "tests", '{');
	for (int v = 0; v < VERDICT_COUNT; v++)
		json_add_int(w, verdict_key((enum verdict)v), r->total.count[v]);
	json_add_int(w, "known", r->total.known);
	json_close(w, '}');
	add_findings(w, r);
	json_close(w, '}');
}

static void add_benchmarks(struct json_writer *w, const struct speed_matrix *m)
{
	size_t words[SPEED_COUNT] = { 0 };

	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct speed_cell *c = &m->cells[i];

		if (c->now && !c->is_baseline)
			words[c->judged.word]++;
	}
	json_open(w, "benchmarks", '{');
	json_add_text(w, "baseline", m->baseline);
	for (int word = 0; word < SPEED_COUNT; word++)
		json_add_int(w, speed_word((enum speed)word), (int64_t)words[word]);
	json_close(w, '}');
}

/* Of each kind how many, and of what asks for action the first few. */
static void add_change_list(struct json_writer *w, const struct changes *c)
{
	size_t told = 0;

	json_open(w, "changes", '{');
	json_add_text(w, "base", c->base.run_name);
	json_open(w, "counts", '{');
	for (int k = 0; k < CHANGE_KIND_COUNT; k++)
		json_add_int(w, change_kind_key((enum change_kind)k), (int64_t)c->counts[k]);
	json_close(w, '}');
	json_open(w, "first", '[');
	for (size_t i = 0; i < c->count && told < CHANGES_MAX; i++) {
		if (c->items[i].kind == CHANGE_STILL_FAILING)
			continue;
		told++;
		json_open(w, NULL, '{');
		json_add_text(w, "kind", change_kind_key(c->items[i].kind));
		json_add_text(w, "cell", c->pairs[c->items[i].pair].label);
		json_add_text(w, "test", c->items[i].test);
		json_add_text(w, "cause", c->items[i].cause);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void add_lists(struct json_writer *w, const struct night_summary *n)
{
	json_open(w, "left_out", '[');
	for (size_t i = 0; i < n->left_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "cell", n->left[i].label);
		json_add_int(w, "estimate_ns", n->left[i].estimate_ns);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_open(w, "flaky", '[');
	for (size_t i = 0; i < n->flaky_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "cell", n->flaky[i].cell);
		json_add_text(w, "test", n->flaky[i].test);
		json_add_int(w, "bad", (int64_t)n->flaky[i].judged.bad);
		json_add_int(w, "outcomes", (int64_t)n->flaky[i].judged.outcomes);
		json_add_int(w, "flips", (int64_t)n->flaky[i].judged.flips);
		json_add_real(w, "rate", flaky_rate(&n->flaky[i].judged));
		json_close(w, '}');
	}
	json_close(w, ']');
	json_open(w, "broken_targets", '[');
	for (size_t i = 0; i < n->broken_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "target", n->broken[i].target);
		json_add_text(w, "reason", n->broken[i].reason);
		json_add_int(w, "cells", (int64_t)n->broken[i].cells);
		json_close(w, '}');
	}
	json_close(w, ']');
}

void night_json(const struct night_summary *n, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", NIGHT_FORMAT);
	json_add_int(&w, "version", NIGHT_VERSION);
	add_about(&w, n);
	if (n->report)
		add_packages(&w, n->report);
	if (n->speeds)
		add_benchmarks(&w, n->speeds);
	if (n->changes)
		add_change_list(&w, n->changes);
	add_lists(&w, n);
	json_close(&w, '}');
}
