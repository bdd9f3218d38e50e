#include "cli/report_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/judge.h"
#include "cli/report_axes.h"
#include "cli/report_past.h"
#include "cli/speed.h"
#include "lab/select.h"
#include "store/query.h"

/* ---- which rows ---- */

static bool is_in_lab(const struct lab *lab, const struct outcome_row *row)
{
	if (!lab_target(lab, row->target) || !lab_runtime(lab, row->runtime))
		return false;
	return report_is_benchmark(row) ? lab_benchmark(lab, row->package) != NULL
					: lab_package(lab, row->package) != NULL;
}

static int by_coordinates(const void *x, const void *y)
{
	const struct outcome_row *a = x, *b = y;
	int order = strcmp(a->package, b->package);

	order = order ? order : strcmp(a->tier, b->tier);
	order = order ? order : strcmp(a->target, b->target);
	return order ? order : strcmp(a->runtime, b->runtime);
}

/* Equal coordinates with the newest first. */
static int by_coordinates_and_age(const void *x, const void *y)
{
	const struct outcome_row *a = x, *b = y;
	int order = by_coordinates(a, b);

	if (order)
		return order;
	if (a->run != b->run)
		return a->run > b->run ? -1 : 1;
	return a->attempt != b->attempt ? (a->attempt > b->attempt ? -1 : 1) : (a->id < b->id) - (a->id > b->id);
}

/* A changed recipe is another cell with the same coordinates: the newest speaks for them. */
static void keep_newest(const struct lab *lab, struct outcome_set *set)
{
	size_t kept = 0;

	if (set->count)
		qsort(set->rows, set->count, sizeof(*set->rows), by_coordinates_and_age);
	for (size_t i = 0; i < set->count; i++)
		if (is_in_lab(lab, &set->rows[i]) && (!kept || by_coordinates(&set->rows[kept - 1], &set->rows[i])))
			set->rows[kept++] = set->rows[i];
	set->count = kept;
}

/* What was before matters only to cells that the run has touched. */
static void keep_of_run(struct outcome_set *before, const struct outcome_set *now, int64_t run)
{
	size_t kept = 0;

	for (size_t i = 0; i < before->count; i++) {
		const struct outcome_row *row =
			bsearch(&before->rows[i], now->rows, now->count, sizeof(*now->rows), by_coordinates);

		if (row && row->run == run) {
			before->rows[kept] = before->rows[i];
			before->rows[kept++].cell_id = row->cell_id; /* the matrix finds the pair by it */
		}
	}
	before->count = kept;
}

static int find_run(struct context *c, const char *name, struct report_state *s, struct err *e)
{
	int64_t id;

	if (query_runs(c->store, &s->runs, e))
		return -1;
	if (!s->runs.count)
		return err_set(e, ERR_USAGE, "there is no run in %s", c->lab->results_folder),
		       err_hint(e, "labctl matrix makes one");
	if (query_resolve_run(c->store, name, &id, e))
		return -1;
	for (size_t i = 0; i < s->runs.count; i++) {
		if (s->runs.rows[i].id == id)
			s->run = &s->runs.rows[i];
		if (s->runs.rows[i].id < id && !s->run_before)
			s->run_before = &s->runs.rows[i];
	}
	return 0;
}

static int load(struct context *c, struct report_state *s, struct err *e)
{
	if (query_last(c->store, NULL, s->run->id + 1, true, &s->now, e) ||
	    query_last(c->store, NULL, s->run->id, false, &s->before, e))
		return -1;
	keep_newest(c->lab, &s->now);
	keep_newest(c->lab, &s->before);
	keep_of_run(&s->before, &s->now, s->run->id);
	return 0;
}

/* "": there is no outcome of it. */
static const char *cell_id_at(const struct outcome_set *now, const struct outcome_row *row,
			      const struct matrix_column *column)
{
	const struct outcome_row key = {
		.package = row->package, .tier = row->tier, .target = column->target, .runtime = column->runtime
	};
	const struct outcome_row *found = bsearch(&key, now->rows, now->count, sizeof(*now->rows), by_coordinates);

	return found ? found->cell_id : "";
}

/* ---- judging ---- */

static int judge_tests(struct context *c, struct report_orders *orders, struct report_state *s, struct err *e)
{
	const struct report_source source = judge_source(c);
	AUTO_FREE struct matrix_want *want = NULL;
	struct report_axes x = { 0 };
	struct matrix m;
	size_t count = 0;

	report_axes_find(&s->now, false, orders, &x);
	want = mem_new(x.row_count * x.column_count + 1, sizeof(*want));
	for (size_t row = 0; row < x.row_count; row++)
		for (size_t column = 0; column < x.column_count; column++)
			want[count++] = (struct matrix_want){
				.package = x.rows[row]->package,
				.tier = x.rows[row]->tier,
				.column = x.columns[column],
				.cell_id = cell_id_at(&s->now, x.rows[row], &x.columns[column]),
			};
	matrix_build(want, count, &s->now, &s->before, &m);
	report_axes_free(&x);
	if (report_build(&m, &source, &s->report, e))
		return -1;
	s->report.run_name = s->run->name;
	return 0;
}

static int source_summary(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	return speed_summary_of(ctx, row, out, e);
}

static int judge_speed(struct context *c, struct report_orders *orders, struct report_state *s, struct err *e)
{
	const struct speed_source source = { source_summary, c };
	AUTO_FREE struct speed_want *want = NULL;
	struct report_axes x = { 0 };
	size_t count = 0;

	report_axes_find(&s->now, true, orders, &x);
	want = mem_new(x.row_count * x.column_count + 1, sizeof(*want));
	for (size_t row = 0; row < x.row_count; row++)
		for (size_t column = 0; column < x.column_count; column++)
			want[count++] = (struct speed_want){
				.benchmark = x.rows[row]->package,
				.column = x.columns[column],
				.cell_id = cell_id_at(&s->now, x.rows[row], &x.columns[column]),
			};
	report_axes_free(&x);
	if (speed_matrix_build(want, count, orders->baseline, true, &s->now, &source, &s->speed, e))
		return -1;
	s->speed.made_wall_ms = clock_wall_ms();
	return 0;
}

int report_state_open(struct context *c, const char *run, struct report_state *out, struct err *e)
{
	const struct text_list all = { 0 };
	struct report_orders orders = { .baseline = c->lab->settings.baseline ? c->lab->settings.baseline : "cpython" };
	int result;

	*out = (struct report_state){ 0 };
	if (store_hold(c->store, e))
		return -1;
	result = select_targets(c->lab, &all, &orders.targets, &orders.target_count, e) ||
				 select_runtimes(c->lab, &all, &orders.runtimes, &orders.runtime_count, e) ||
				 find_run(c, run, out, e) || load(c, out, e) || judge_tests(c, &orders, out, e) ||
				 judge_speed(c, &orders, out, e) || report_past_find(c, out, e)
			 ? -1
			 : 0;
	store_let(c->store);
	free(orders.targets);
	free(orders.runtimes);
	return result;
}

void report_state_free(struct report_state *s)
{
	if (s->report.arena)
		report_free(&s->report);
	if (s->speed.arena)
		speed_matrix_free(&s->speed);
	changes_free(&s->changes);
	history_free(&s->past);
	outcome_set_free(&s->now);
	outcome_set_free(&s->before);
	run_set_free(&s->runs);
}
