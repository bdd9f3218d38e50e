#include "cli/report_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/report_past.h"
#include "cli/speed.h"
#include "lab/select.h"
#include "store/query.h"

/* ---- which rows ---- */

static bool is_benchmark(const struct outcome_row *row)
{
	return !strcmp(row->tier, SPEED_TIER);
}

static bool is_in_lab(const struct lab *lab, const struct outcome_row *row)
{
	if (!lab_target(lab, row->target) || !lab_runtime(lab, row->runtime))
		return false;
	return is_benchmark(row) ? lab_benchmark(lab, row->package) != NULL : lab_package(lab, row->package) != NULL;
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

/* ---- rows and columns, in the order in which they are shown ---- */

struct axes {
	struct matrix_column *columns;
	const struct outcome_row **rows; /* one of each row */
	size_t column_count, row_count;
};

/* Places in the lab's own order; what is not in it comes behind. */
struct orders {
	const struct target_spec **targets;
	const struct runtime_recipe **runtimes;
	size_t target_count, runtime_count;
	const char *baseline;
};

static size_t target_place(const struct orders *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->target_count && strcmp(o->targets[i]->name, name); i++)
		;
	return i;
}

static size_t runtime_place(const struct orders *o, const char *name)
{
	size_t i;

	if (!strcmp(name, o->baseline))
		return 0;
	for (i = 0; i < o->runtime_count && strcmp(o->runtimes[i]->name, name); i++)
		;
	return i + 1;
}

static int compare_columns(const void *x, const void *y, void *orders)
{
	const struct matrix_column *a = x, *b = y;
	size_t p = target_place(orders, a->target), q = target_place(orders, b->target);
	int order = p != q ? (p > q) - (p < q) : strcmp(a->target, b->target);

	if (order)
		return order;
	p = runtime_place(orders, a->runtime);
	q = runtime_place(orders, b->runtime);
	return p != q ? (p > q) - (p < q) : strcmp(a->runtime, b->runtime);
}

static size_t tier_place(const char *tier)
{
	static const char *const order[] = { "smoke", "standard", "full" };
	size_t i;

	for (i = 0; i < COUNT_OF(order) && strcmp(order[i], tier); i++)
		;
	return i;
}

static int compare_rows(const void *x, const void *y)
{
	const struct outcome_row *a = *(const struct outcome_row *const *)x, *b = *(const struct outcome_row *const *)y;
	int order = strcmp(a->package, b->package);
	size_t p = tier_place(a->tier), q = tier_place(b->tier);

	if (order)
		return order;
	return p != q ? (p > q) - (p < q) : strcmp(a->tier, b->tier);
}

static void add_column(struct axes *x, const struct outcome_row *row)
{
	size_t i;

	for (i = 0; i < x->column_count; i++)
		if (!strcmp(x->columns[i].target, row->target) && !strcmp(x->columns[i].runtime, row->runtime))
			break;
	if (i == x->column_count)
		x->columns[x->column_count++] =
			(struct matrix_column){ row->target, row->arch, row->runtime, row->emulated };
	x->columns[i].emulated |= row->emulated;
}

/* The rows of `now` are sorted by package and tier. */
static void find_axes(const struct outcome_set *now, bool benchmarks, struct orders *orders, struct axes *x)
{
	x->columns = mem_new(now->count + 1, sizeof(*x->columns));
	x->rows = mem_new(now->count + 1, sizeof(*x->rows));
	for (size_t i = 0; i < now->count; i++) {
		const struct outcome_row *row = &now->rows[i];

		if (is_benchmark(row) != benchmarks)
			continue;
		add_column(x, row);
		if (!x->row_count || compare_rows(&x->rows[x->row_count - 1], &row))
			x->rows[x->row_count++] = row;
	}
	if (x->column_count)
		qsort_r(x->columns, x->column_count, sizeof(*x->columns), compare_columns, orders);
	if (x->row_count)
		qsort(x->rows, x->row_count, sizeof(*x->rows), compare_rows);
}

static void free_axes(struct axes *x)
{
	free(x->columns);
	free(x->rows);
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

static int source_tests(void *ctx, const struct outcome_row *row, struct test_set *out, struct err *e)
{
	return query_tests(((struct context *)ctx)->store, row->id, true, out, e);
}

static const char *source_advice(void *ctx, const char *cause)
{
	const struct lab *lab = ((struct context *)ctx)->lab;

	for (size_t i = 0; i < lab->cause_count; i++)
		if (!strcmp(lab->causes[i].name, cause))
			return lab->causes[i].advice;
	return NULL;
}

static int judge_tests(struct context *c, struct orders *orders, struct report_state *s, struct err *e)
{
	const struct report_source source = { source_tests, source_advice, c };
	AUTO_FREE struct matrix_want *want = NULL;
	struct axes x = { 0 };
	struct matrix m;
	size_t count = 0;

	find_axes(&s->now, false, orders, &x);
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
	free_axes(&x);
	if (report_build(&m, &source, &s->report, e))
		return -1;
	s->report.run_name = s->run->name;
	return 0;
}

static int source_summary(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e)
{
	return speed_summary_of(ctx, row, out, e);
}

static int judge_speed(struct context *c, struct orders *orders, struct report_state *s, struct err *e)
{
	const struct speed_source source = { source_summary, c };
	AUTO_FREE struct speed_want *want = NULL;
	struct axes x = { 0 };
	size_t count = 0;

	find_axes(&s->now, true, orders, &x);
	want = mem_new(x.row_count * x.column_count + 1, sizeof(*want));
	for (size_t row = 0; row < x.row_count; row++)
		for (size_t column = 0; column < x.column_count; column++)
			want[count++] = (struct speed_want){
				.benchmark = x.rows[row]->package,
				.column = x.columns[column],
				.cell_id = cell_id_at(&s->now, x.rows[row], &x.columns[column]),
			};
	free_axes(&x);
	if (speed_matrix_build(want, count, orders->baseline, true, &s->now, &source, &s->speed, e))
		return -1;
	s->speed.made_wall_ms = clock_wall_ms();
	return 0;
}

int report_state_open(struct context *c, const char *run, struct report_state *out, struct err *e)
{
	const struct text_list all = { 0 };
	struct orders orders = { .baseline = c->lab->settings.baseline ? c->lab->settings.baseline : "cpython" };
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
