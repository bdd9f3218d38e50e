#include "cli/report_site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/report_steps.h"
#include "cli/report_targets.h"
#include "cli/speed.h"
#include "store/query.h"

/* What is gathered while the pieces are put: what the last two of them tell. */
struct gathered {
	struct site_matrix_cell *cells; /* of the matrix; texts are freed with them */
	char **texts;			/* two for each cell */
	size_t *suite_counts;
	struct site_causes causes;
	struct arena *arena;
};

static int put(const struct site_sink *sink, const char *prefix, const char *id, const struct str *json, struct err *e)
{
	AUTO_FREE char *name = mem_printf("%s-%s", prefix, id);

	return sink->put(sink->ctx, name, json, e);
}

static int put_cell(const struct site_sink *sink, const struct site_cell *cell, struct err *e)
{
	AUTO_STR about = { 0 };
	AUTO_STR log = { 0 };

	site_cell(cell, &about);
	if (put(sink, "cell", cell->row->cell_id, &about, e))
		return -1;
	return site_log(cell, &log) ? put(sink, "log", cell->row->cell_id, &log, e) : 0;
}

/* ---- tests ---- */

/* Causes outlive the tests that name them. */
static void keep_causes(struct gathered *g, size_t from)
{
	for (size_t i = from; i < g->causes.count; i++)
		g->causes.items[i] = arena_dup(g->arena, g->causes.items[i]);
}

static void note_cell(struct gathered *g, size_t cell, const struct site_cell *about, struct str *verdicts)
{
	AUTO_STR causes = { 0 };
	struct json_writer w;
	size_t known = g->causes.count;

	if (!about->tests->count)
		return;
	json_start(&w, &causes, false);
	site_cell_causes(about, &g->causes, &w);
	keep_causes(g, known);
	g->cells[cell].verdicts = g->texts[2 * cell] = str_take(verdicts);
	g->cells[cell].causes = g->texts[2 * cell + 1] = str_take(&causes);
}

static int add_test_cell(struct context *c, const struct outcome_row *row, size_t cell, struct site_suite *suite,
			 struct gathered *g, const struct site_sink *sink, struct err *e)
{
	struct test_set tests = { 0 };
	struct report_steps steps = { 0 };
	AUTO_FREE uint32_t *places = NULL;
	AUTO_STR verdicts = { 0 };
	struct site_cell about = { .row = row, .tests = &tests, .past = g->cells[cell].past };
	int result = query_tests(c->store, row->id, false, &tests, e);

	if (!result) {
		places = mem_new(tests.count + 1, sizeof(*places));
		site_suite_add(suite, &tests, &verdicts, places);
		report_steps_read(c, row, &steps);
		about.places = places;
		about.steps = steps.items;
		about.step_count = steps.count;
		note_cell(g, cell, &about, &verdicts);
		result = put_cell(sink, &about, e);
	}
	report_steps_free(&steps);
	test_set_free(&tests);
	return result;
}

static int add_test_row(struct context *c, const struct report_state *s, size_t row, struct gathered *g,
			const struct site_sink *sink, struct err *e)
{
	const struct matrix *m = &s->report.matrix;
	struct site_suite *suite = site_suite_new();
	AUTO_FREE char *number = mem_printf("%zu", row);
	AUTO_STR names = { 0 };
	int result = 0;

	for (size_t i = 0; i < m->column_count && !result; i++) {
		const struct outcome_row *now = matrix_at(m, row, i)->now;

		if (!now)
			continue;
		g->cells[row * m->column_count + i].past = report_state_past(s, now);
		result = add_test_cell(c, now, row * m->column_count + i, suite, g, sink, e);
	}
	g->suite_counts[row] = site_suite_count(suite);
	site_suite_names(suite, &names);
	site_suite_free(suite);
	return result || put(sink, "names", number, &names, e) ? -1 : 0;
}

/* ---- benchmarks ---- */

static int put_curves(struct context *c, const struct speed_cell *cell, const struct site_sink *sink, struct err *e)
{
	AUTO_BENCH set = { 0 };
	AUTO_STR json = { 0 };
	struct site_bench b = { .row = cell->now,
				.summary = &cell->summary,
				.counted = speed_counts_instructions(cell->now) };

	/* A record that was pruned has no curves any more; its figures stay. */
	if (!cell->summary.process_count || speed_record_of(c, cell->now, &set, NULL) || !set.count)
		return 0;
	b.series = &set.series[0];
	site_bench(&b, &json);
	return put(sink, "bench", cell->now->cell_id, &json, e);
}

static int add_bench_cell(struct context *c, const struct report_state *s, const struct speed_cell *cell,
			  const struct site_sink *sink, struct err *e)
{
	struct test_set tests = { 0 };
	struct report_steps steps = { 0 };
	struct site_cell about = { .row = cell->now, .tests = &tests, .past = report_state_past(s, cell->now) };
	AUTO_FREE uint32_t *places = NULL;
	int result = query_tests(c->store, cell->now->id, false, &tests, e);

	if (!result) {
		places = mem_new(tests.count + 1, sizeof(*places));
		report_steps_read(c, cell->now, &steps);
		about.places = places;
		about.steps = steps.items;
		about.step_count = steps.count;
		result = put_cell(sink, &about, e) || put_curves(c, cell, sink, e) ? -1 : 0;
	}
	report_steps_free(&steps);
	test_set_free(&tests);
	return result;
}

static int add_benches(struct context *c, const struct report_state *s, const struct site_sink *sink, struct err *e)
{
	const struct speed_matrix *m = &s->speed;

	for (size_t i = 0; i < m->row_count * m->column_count; i++)
		if (m->cells[i].now && add_bench_cell(c, s, &m->cells[i], sink, e))
			return -1;
	return 0;
}

/* ---- all of it ---- */

static int put_last(struct context *c, const struct report_state *s, struct gathered *g, const struct site_sink *sink,
		    struct err *e)
{
	size_t target_count;
	AUTO_FREE struct site_target *targets = report_targets(c->lab, s, &target_count);
	AUTO_STR verdicts = { 0 };
	AUTO_STR json = { 0 };
	const struct site_summary summary = {
		.title = c->lab->settings.title,
		.version = PACKAGE_VERSION,
		.command_name = "labctl",
		.run = s->run,
		.before = s->run_before,
		.run_count = s->runs.count,
		.made_wall_ms = clock_wall_ms(),
		.report = &s->report,
		.cells = g->cells,
		.suite_counts = g->suite_counts,
		.speed = &s->speed,
		.targets = targets,
		.target_count = target_count,
		.changes = s->run_before ? &s->changes : NULL,
	};

	site_verdicts(&summary, &g->causes, &verdicts);
	site_summary(&summary, &json);
	return sink->put(sink->ctx, "verdicts", &verdicts, e) || sink->put(sink->ctx, "summary", &json, e) ? -1 : 0;
}

int report_site_pieces(struct context *c, const struct report_state *s, const struct site_sink *sink, struct err *e)
{
	const struct matrix *m = &s->report.matrix;
	size_t cells = m->row_count * m->column_count;
	struct gathered g = {
		.cells = mem_new(cells + 1, sizeof(*g.cells)),
		.texts = mem_new(2 * cells + 1, sizeof(*g.texts)),
		.suite_counts = mem_new(m->row_count + 1, sizeof(*g.suite_counts)),
		.arena = arena_new(4096),
	};
	int result = 0;

	result = store_hold(c->store, e);
	for (size_t row = 0; row < m->row_count && !result; row++)
		result = add_test_row(c, s, row, &g, sink, e);
	if (!result)
		result = add_benches(c, s, sink, e) || put_last(c, s, &g, sink, e) ? -1 : 0;
	store_let(c->store);
	for (size_t i = 0; i < 2 * cells; i++)
		free(g.texts[i]);
	free(g.texts);
	free(g.cells);
	free(g.suite_counts);
	free(g.causes.items);
	arena_free(g.arena);
	return result;
}
