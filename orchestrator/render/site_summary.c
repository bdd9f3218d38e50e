/* What the first page of the report shows, and what the others begin with. */
#include "render/pieces.h"
#include "render/site.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

void site_finding_id(const struct finding *f, char out[static SITE_ID_BYTES])
{
	struct digest *d = digest_new();
	char text[DIGEST_TEXT_BYTES];

	digest_add_field(d, f->package);
	digest_add_field(d, f->tier);
	digest_add_field(d, f->cause);
	digest_add_field(d, f->known ? f->advice : NULL);
	digest_end(d, text);
	memcpy(out, text, SITE_ID_BYTES - 1);
	out[SITE_ID_BYTES - 1] = '\0';
}

static void add_run(struct json_writer *w, const char *key, const struct run_row *r)
{
	if (!r) {
		json_add_text(w, key, NULL);
		return;
	}
	json_open(w, key, '{');
	json_add_int(w, "id", r->id);
	json_add_text(w, "name", r->name);
	json_add_text(w, "command", r->command);
	json_add_int(w, "started_ms", r->started_wall_ms);
	json_add_int(w, "ended_ms", r->ended_wall_ms);
	json_add_bool(w, "complete", r->complete);
	json_add_int(w, "cells", r->cells);
	json_close(w, '}');
}

static void add_rows(struct json_writer *w, const struct site_summary *s)
{
	const struct matrix *m = &s->report->matrix;

	json_open(w, "rows", '[');
	for (size_t i = 0; i < m->row_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "package", m->packages[i]);
		json_add_text(w, "tier", m->tiers[i]);
		json_add_text(w, "title", m->titles[i]);
		json_add_int(w, "tests", (int64_t)s->suite_counts[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* In the order of enum verdict. */
static void add_tally(struct json_writer *w, const struct tally *t)
{
	json_open(w, "tally", '[');
	for (int v = 0; v < VERDICT_COUNT; v++)
		json_add_int(w, NULL, t->count[v]);
	json_close(w, ']');
}

static void add_outcome(struct json_writer *w, const struct matrix_cell *c)
{
	const struct outcome_row *now = c->now;

	json_attempt(w, now);
	json_add_real(w, "rate", c->pass_rate);
	json_add_bool(w, "expected", c->expected);
	json_add_int(w, "bad", c->bad);
	json_add_int(w, "bad_unknown", c->bad_unknown);
	json_add_int(w, "known", now->tally.known);
	json_add_int(w, "known_passed", now->tally.known_passed);
	json_add_int(w, "newly_bad", c->newly_bad);
	add_tally(w, &now->tally);
}

static void add_cells(struct json_writer *w, const struct site_summary *s)
{
	const struct matrix *m = &s->report->matrix;

	json_open(w, "cells", '[');
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		const struct matrix_cell *c = &m->cells[i];

		json_open(w, NULL, '{');
		json_add_text(w, "label", report_label(s->report, i / m->column_count, i % m->column_count));
		if (c->now)
			add_outcome(w, c);
		else if (c->not_run)
			json_add_text(w, "not_run", c->not_run);
		if (c->now)
			site_trend(s->cells[i].past, w);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_finding(struct json_writer *w, const struct finding *f)
{
	char id[SITE_ID_BYTES];

	site_finding_id(f, id);
	json_open(w, NULL, '{');
	json_add_text(w, "id", id);
	json_add_text(w, "package", f->package);
	json_add_text(w, "tier", f->tier);
	json_finding_body(w, f);
	json_close(w, '}');
}

static void add_findings(struct json_writer *w, const struct report *r)
{
	json_open(w, "findings", '[');
	for (size_t i = 0; i < r->finding_count; i++)
		add_finding(w, &r->findings[i]);
	json_close(w, ']');
	json_open(w, "remarks", '[');
	for (size_t i = 0; i < r->remark_count; i++) {
		json_open(w, NULL, '{');
		json_add_text(w, "cell", r->remarks[i].cell);
		json_add_text(w, "verdict", verdict_key(r->remarks[i].verdict));
		json_add_text(w, "reason", r->remarks[i].reason);
		json_add_text(w, "hint", r->remarks[i].hint);
		json_add_int(w, "cells", (int64_t)r->remarks[i].cell_count);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void add_target(struct json_writer *w, const struct site_target *t)
{
	json_open(w, NULL, '{');
	json_add_text(w, "name", t->name);
	json_add_text(w, "arch", t->arch);
	json_add_text(w, "title", t->title);
	json_add_text(w, "how_run", t->how_run);
	json_add_bool(w, "emulated", t->emulated);
	json_add_text(w, "state", t->state);
	json_add_text(w, "reason", t->reason);
	json_add_text(w, "hint", t->hint);
	json_add_int(w, "last_ms", t->last_wall_ms);
	json_add_int(w, "cells", t->cells_in_run);
	json_add_int(w, "lost", t->lost);
	json_open(w, "facts", '[');
	for (const struct fact_pair *f = t->facts; f && f->name; f++) {
		json_open(w, NULL, '[');
		json_add_text(w, NULL, f->name);
		json_add_text(w, NULL, f->value);
		json_close(w, ']');
	}
	json_close(w, ']');
	json_close(w, '}');
}

static void add_totals(struct json_writer *w, const struct report *r)
{
	json_open(w, "totals", '{');
	json_add_int(w, "expected", (int64_t)r->cells_expected);
	json_add_int(w, "unexpected", (int64_t)r->cells_unexpected);
	json_add_int(w, "unavailable", (int64_t)r->cells_unavailable);
	json_add_int(w, "lost", (int64_t)r->cells_lost);
	json_add_int(w, "not_run", (int64_t)r->cells_not_run);
	json_add_int(w, "known", r->total.known);
	add_tally(w, &r->total);
	json_close(w, '}');
}

void site_summary(const struct site_summary *s, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_add_int(&w, "version", SITE_VERSION);
	json_add_text(&w, "title", s->title);
	json_add_text(&w, "labctl", s->version);
	json_add_text(&w, "program", s->command_name);
	json_add_int(&w, "made_ms", s->made_wall_ms);
	json_add_int(&w, "runs", (int64_t)s->run_count);
	add_run(&w, "run", s->run);
	add_run(&w, "before", s->before);
	add_totals(&w, s->report);
	json_columns(&w, &s->report->matrix);
	add_rows(&w, s);
	add_cells(&w, s);
	add_findings(&w, s->report);
	json_open(&w, "targets", '[');
	for (size_t i = 0; i < s->target_count; i++)
		add_target(&w, &s->targets[i]);
	json_close(&w, ']');
	site_summary_speed(s->speed, &w);
	if (s->changes)
		site_changes(s->changes, &w);
	json_close(&w, '}');
}

void site_verdicts(const struct site_summary *s, const struct site_causes *causes, struct str *out)
{
	const struct matrix *m = &s->report->matrix;
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_open(&w, "causes", '[');
	for (size_t i = 0; i < causes->count; i++)
		json_add_text(&w, NULL, causes->items[i]);
	json_close(&w, ']');
	json_open(&w, "cells", '[');
	for (size_t i = 0; i < m->row_count * m->column_count; i++) {
		json_open(&w, NULL, '{');
		if (s->cells[i].verdicts) {
			json_add_text(&w, "verdicts", s->cells[i].verdicts);
			str_addf(out, ",\"causes\":%s", s->cells[i].causes); /* JSON already */
		}
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
}
