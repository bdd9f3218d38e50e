#include "cli/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/query.h"

static int source_tests(void *ctx, const struct outcome_row *row, struct test_set *out, struct err *e)
{
	struct context *c = ctx;

	return query_tests(c->store, row->id, true, out, e);
}

static const char *source_advice(void *ctx, const char *cause)
{
	const struct lab *lab = ((struct context *)ctx)->lab;

	for (size_t i = 0; i < lab->cause_count; i++)
		if (!strcmp(lab->causes[i].name, cause))
			return lab->causes[i].advice;
	return NULL;
}

struct report_source judge_source(struct context *c)
{
	return (struct report_source){ source_tests, source_advice, c };
}

/* Each cell's last outcome before the run that its present one is from: what is new is told against it. */
static int add_before(struct context *c, const struct outcome_row *now, struct outcome_set *out, struct err *e)
{
	struct outcome_set set;

	if (query_last_like(c->store, now->target, now->runtime, now->package, now->tier, now->run, &set, e))
		return -1;
	for (size_t i = 0; i < set.count; i++) {
		struct outcome_row row = set.rows[i];

		/* The matrix finds the pair by the cell's id; a changed recipe gave the older one another. */
		row.cell_id = now->cell_id;
		row.target = now->target;
		row.arch = now->arch;
		row.runtime = now->runtime;
		row.package = now->package;
		row.tier = now->tier;
		row.reason = row.hint = row.how_run = row.folder = NULL;
		row.facts = NULL;
		out->rows = mem_grow(out->rows, out->count + 1, sizeof(*out->rows));
		out->rows[out->count++] = row;
	}
	outcome_set_free(&set);
	return 0;
}

struct matrix_column judge_column(const struct cell *c)
{
	return (struct matrix_column){
		.target = c->target->name,
		.arch = c->target->arch ? c->target->arch : host_arch(),
		.runtime = c->runtime->name,
		.emulated = target_is_emulated(c->target),
	};
}

static void fill_want(const struct cell *c, struct matrix_want *out)
{
	*out = (struct matrix_want){
		.package = c->package->name,
		.column = judge_column(c),
		.cell_id = c->id,
	};
}

static int load_sets(struct context *c, const struct plan *p, struct outcome_set *now, struct outcome_set *before,
		     struct err *e)
{
	AUTO_FREE const char **ids = mem_new(p->count + 1, sizeof(*ids));

	for (size_t i = 0; i < p->count; i++)
		ids[i] = p->cells[i].id;
	if (query_last(c->store, ids, 0, false, now, e))
		return -1;
	for (size_t i = 0; i < now->count; i++)
		if (add_before(c, &now->rows[i], before, e))
			return -1;
	return 0;
}

static int build_report(struct context *c, const struct plan *p, struct judgement *out, struct err *e)
{
	AUTO_FREE struct matrix_want *want = mem_new(p->count + 1, sizeof(*want));
	const struct report_source source = judge_source(c);
	struct matrix matrix;

	for (size_t i = 0; i < p->count; i++)
		fill_want(&p->cells[i], &want[i]);
	matrix_build(want, p->count, &out->now, &out->before, &matrix);
	if (report_build(&matrix, &source, &out->report, e))
		return -1;
	out->report.tier = arena_dup(out->report.arena, p->cells[0].tier_name);
	out->report.made_wall_ms = clock_wall_ms();
	return 0;
}

int judge_plan(struct context *c, const struct plan *p, struct judgement *out, struct err *e)
{
	*out = (struct judgement){ 0 };
	if (!load_sets(c, p, &out->now, &out->before, e) && !build_report(c, p, out, e))
		return 0;
	outcome_set_free(&out->now);
	outcome_set_free(&out->before);
	return -1;
}

void judgement_free(struct judgement *j)
{
	report_free(&j->report);
	outcome_set_free(&j->now);
	outcome_set_free(&j->before);
}
