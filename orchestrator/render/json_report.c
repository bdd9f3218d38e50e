/* Programs read this: keys are added, and a change that a reader could stumble over raises the version. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "render/pieces.h"
#include "render/render.h"
#include "render/speed_page.h"

#define MATRIX_FORMAT  "labctl-matrix"
#define MATRIX_VERSION 1
#define CELL_FORMAT    "labctl-cell"
#define CELL_VERSION   1

static void add_time(struct json_writer *w, const char *key, int64_t wall_ms)
{
	char utc[32];

	clock_format_utc(wall_ms, utc, sizeof(utc));
	json_add_text(w, key, utc);
}

static const char *text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? NULL : text;
}

static void add_tally(struct json_writer *w, const char *key, const struct tally *t)
{
	json_open(w, key, '{');
	for (int v = 0; v < VERDICT_COUNT; v++)
		json_add_int(w, verdict_key((enum verdict)v), t->count[v]);
	json_add_int(w, "known", t->known);
	json_add_int(w, "known_passed", t->known_passed);
	json_close(w, '}');
}

static void add_facts(struct json_writer *w, const struct fact_pair *facts)
{
	if (facts == NULL)
		return;
	json_open(w, "facts", '{');
	for (; facts->name != NULL; facts++)
		json_add_text(w, facts->name, facts->value);
	json_close(w, '}');
}

static void add_outcome(struct json_writer *w, const struct outcome_row *row)
{
	json_add_text(w, "cell_id", row->cell_id);
	json_add_text(w, "tier", row->tier);
	json_add_text(w, "verdict", verdict_key(row->verdict));
	json_add_text(w, "reason", text_or_null(row->reason));
	json_add_text(w, "hint", text_or_null(row->hint));
	json_add_text(w, "how_run", row->how_run);
	json_add_bool(w, "emulated", row->emulated);
	json_add_int(w, "run", row->run);
	json_add_int(w, "attempt", row->attempt);
	add_time(w, "started", row->started_wall_ms);
	json_add_real(w, "took_s", (double)row->took_ns / (double)NS_PER_S);
	json_add_text(w, "record", row->folder);
	add_tally(w, "tally", &row->tally);
	add_facts(w, row->facts);
}

static void add_test(struct json_writer *w, const struct test_row *t)
{
	json_open(w, NULL, '{');
	json_add_text(w, "name", t->name);
	json_add_text(w, "verdict", verdict_key(t->verdict));
	json_add_text(w, "cause", t->cause);
	json_add_text(w, "known", t->known);
	json_add_text(w, "detail", t->detail);
	json_add_real(w, "about_s", t->took_ns < 0 ? NAN : (double)t->took_ns / (double)NS_PER_S);
	json_close(w, '}');
}

static void add_tests(struct json_writer *w, const char *key, const struct test_set *tests)
{
	json_open(w, key, '[');
	for (size_t i = 0; tests != NULL && i < tests->count; i++)
		add_test(w, &tests->rows[i]);
	json_close(w, ']');
}

static void add_before(struct json_writer *w, const struct outcome_row *before)
{
	if (before == NULL)
		return;
	json_open(w, "before", '{');
	json_add_text(w, "cell_id", before->cell_id);
	json_add_int(w, "run", before->run);
	json_add_text(w, "verdict", verdict_key(before->verdict));
	add_tally(w, "tally", &before->tally);
	json_close(w, '}');
}

static void add_cell(struct json_writer *w, const struct report *r, size_t row, size_t column)
{
	const struct matrix_column *c = &r->matrix.columns[column];
	const struct matrix_cell *cell = matrix_at(&r->matrix, row, column);

	json_open(w, NULL, '{');
	json_add_text(w, "label", report_label(r, row, column));
	json_add_text(w, "package", r->matrix.packages[row]);
	json_add_text(w, "target", c->target);
	json_add_text(w, "arch", c->arch);
	json_add_text(w, "runtime", c->runtime);
	json_add_text(w, "not_run", cell->now == NULL ? cell->not_run : NULL);
	if (cell->now != NULL) {
		add_outcome(w, cell->now);
		json_add_real(w, "pass_rate", cell->pass_rate);
		json_add_bool(w, "expected", cell->expected);
		json_add_int(w, "bad", cell->bad);
		json_add_int(w, "bad_unknown", cell->bad_unknown);
		json_add_int(w, "newly_bad", cell->newly_bad);
		add_before(w, cell->before);
		add_tests(w, "bad_tests", &r->cell_tests[row * r->matrix.column_count + column]);
	}
	json_close(w, '}');
}

static void add_cells(struct json_writer *w, const struct report *r)
{
	json_open(w, "cells", '[');
	for (size_t row = 0; row < r->matrix.row_count; row++)
		for (size_t column = 0; column < r->matrix.column_count; column++)
			add_cell(w, r, row, column);
	json_close(w, ']');
}

static void add_axes(struct json_writer *w, const struct matrix *m)
{
	json_open(w, "packages", '[');
	for (size_t i = 0; i < m->row_count; i++)
		json_add_text(w, NULL, m->packages[i]);
	json_close(w, ']');
	json_columns(w, m);
}

static void add_finding(struct json_writer *w, const struct finding *f)
{
	json_open(w, NULL, '{');
	json_add_text(w, "package", f->package);
	json_finding_body(w, f);
	json_close(w, '}');
}

static void add_remark(struct json_writer *w, const struct remark *m)
{
	json_open(w, NULL, '{');
	json_add_text(w, "cell", m->cell);
	json_add_text(w, "verdict", verdict_key(m->verdict));
	json_add_text(w, "reason", m->reason);
	json_add_text(w, "hint", m->hint);
	json_add_int(w, "cell_count", (int64_t)m->cell_count);
	json_close(w, '}');
}

static void add_lists(struct json_writer *w, const struct report *r)
{
	json_open(w, "findings", '[');
	for (size_t i = 0; i < r->finding_count; i++)
		add_finding(w, &r->findings[i]);
	json_close(w, ']');
	json_open(w, "remarks", '[');
	for (size_t i = 0; i < r->remark_count; i++)
		add_remark(w, &r->remarks[i]);
	json_close(w, ']');
}

static void add_totals(struct json_writer *w, const struct report *r)
{
	json_open(w, "totals", '{');
	json_add_int(w, "cells_expected", (int64_t)r->cells_expected);
	json_add_int(w, "cells_unexpected", (int64_t)r->cells_unexpected);
	json_add_int(w, "cells_unavailable", (int64_t)r->cells_unavailable);
	json_add_int(w, "cells_lost", (int64_t)r->cells_lost);
	json_add_int(w, "cells_not_run", (int64_t)r->cells_not_run);
	add_tally(w, "tests", &r->total);
	json_close(w, '}');
}

static void render(const struct report *r, const struct render_opts *o, struct str *out)
{
	struct json_writer w;

	(void)o;
	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", MATRIX_FORMAT);
	json_add_int(&w, "version", MATRIX_VERSION);
	json_add_text(&w, "run", r->run_name);
	json_add_text(&w, "tier", r->tier);
	add_time(&w, "made", r->made_wall_ms);
	add_axes(&w, &r->matrix);
	add_cells(&w, r);
	add_lists(&w, r);
	add_totals(&w, r);
	json_close(&w, '}');
}

void json_cell(const struct cell_page *page, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_text(&w, "format", CELL_FORMAT);
	json_add_int(&w, "version", CELL_VERSION);
	json_add_text(&w, "label", page->label);
	json_add_text(&w, "package", page->row->package);
	json_add_text(&w, "target", page->row->target);
	json_add_text(&w, "arch", page->row->arch);
	json_add_text(&w, "runtime", page->row->runtime);
	add_outcome(&w, page->row);
	add_tests(&w, "tests", page->tests);
	if (page->speed != NULL)
		json_speed_page(&w, page->speed);
	if (page->raw_pruned_wall_ms > 0)
		add_time(&w, "raw_pruned", page->raw_pruned_wall_ms);
	if (page->raw != NULL)
		json_add_text(&w, "raw", page->raw);
	json_close(&w, '}');
}

const struct renderer json_renderer = { "json", "all cells, tallies and findings, for programs", render };
