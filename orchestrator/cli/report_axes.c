#include "cli/report_axes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

bool report_is_benchmark(const struct outcome_row *row)
{
	return !strcmp(row->tier, SPEED_TIER);
}

static size_t target_place(const struct report_orders *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->target_count && strcmp(o->targets[i]->name, name); i++)
		;
	return i;
}

static size_t runtime_place(const struct report_orders *o, const char *name)
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

static void add_column(struct report_axes *x, const struct outcome_row *row)
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

void report_axes_find(const struct outcome_set *now, bool benchmarks, struct report_orders *orders,
		      struct report_axes *x)
{
	x->columns = mem_new(now->count + 1, sizeof(*x->columns));
	x->rows = mem_new(now->count + 1, sizeof(*x->rows));
	for (size_t i = 0; i < now->count; i++) {
		const struct outcome_row *row = &now->rows[i];

		if (report_is_benchmark(row) != benchmarks)
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

void report_axes_free(struct report_axes *x)
{
	free(x->columns);
	free(x->rows);
}
