#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/find.h"
#include "cli/repro.h"
#include "cli/speed.h"
#include "store/query.h"

static int fail_benchmark(const struct repro *r, struct err *e)
{
	err_set(e, ERR_USAGE, "%s is a benchmark: it has processes, but no tests", r->label);
	return err_hint(e, "labctl bench %s --target %s --fresh measures it again", r->row->package, r->row->target);
}

/* The cell of the lab that the names in the record mean. */
static int plan_cell(struct repro *r, struct err *e)
{
	const char *target = r->row->target, *runtime = r->row->runtime, *package = r->row->package;
	const struct selection s = { .targets = { &target, 1 }, .runtimes = { &runtime, 1 }, .tier = r->row->tier };

	if (!strcmp(r->row->tier, SPEED_TIER))
		r->plan = context_plan_benchmarks(r->context, &s, &package, 1, e);
	else
		r->plan = context_plan(r->context, &s, &package, 1, e);
	if (!r->plan)
		return err_wrap(e, "the lab no longer has the cell %s", r->label);
	if (r->plan->count != 1)
		return err_set(e, ERR_USAGE, "%s is %zu cells of the lab", r->label, r->plan->count);
	r->cell = &r->plan->cells[0];
	if (r->cell->tier)
		return 0;
	err_set(e, ERR_USAGE, "%s has no tests of the tier %s any more", package, r->row->tier);
	return err_hint(e, "labctl show %s shows what was recorded", r->label);
}

/* What the target said of itself stands for what it would say now: asking takes longer than the test, and limits shall
 * be those of the record. */
static void set_opts(struct repro *r)
{
	const struct context *c = r->context;
	double slowness = r->has_then ? r->then.slowness : r->cell->target->slowness;

	if (!(slowness > 0) && r->record.facts.count)
		slowness = facts_slowness(&r->record.facts);
	r->opts = (struct steps_opts){
		.lab = c->lab,
		.install_digest = c->install_digest,
		.index_digest = c->index_digest,
		.lib_digest = c->lib_digest,
		.facts = &r->record.facts,
		.slowness = slowness > 0 ? slowness : 1,
		.test = r->test ? r->test->name : NULL,
	};
}

static int read_record(struct repro *r, struct err *e)
{
	AUTO_FREE char *outcome = NULL;
	int told;

	r->record_folder = file_join(r->context->lab->results_folder, r->row->folder);
	outcome = file_join(r->record_folder, "outcome.json");
	outcome_start(&r->record);
	if (!file_exists(outcome))
		return 0;
	outcome_free(&r->record);
	if (outcome_read(r->record_folder, false, &r->record, e)) {
		outcome_start(&r->record);
		return -1;
	}
	told = made_read(r->record_folder, &r->then, e);
	r->has_then = told == 1;
	return told < 0 ? -1 : 0;
}

int repro_find(struct repro *r, struct context *c, const struct repro_wish *wish, struct err *e)
{
	*r = (struct repro){ .context = c };
	outcome_start(&r->record);
	if (find_outcome(c, wish->cell, wish->run, &r->set, &r->row, e))
		return -1;
	r->label = find_label_of(r->row);
	if (!strcmp(r->row->tier, SPEED_TIER) && !wish->benchmark_too)
		return fail_benchmark(r, e);
	outcome_free(&r->record);
	if (read_record(r, e) || query_tests(c->store, r->row->id, false, &r->tests, e))
		return -1;
	if (wish->test && !strcmp(r->row->tier, SPEED_TIER))
		return err_set(e, ERR_USAGE, "%s is a benchmark: it has no tests", r->label);
	if (wish->test && find_test(&r->tests, wish->test, &r->test, e))
		return -1;
	if (plan_cell(r, e))
		return -1;
	set_opts(r);
	return 0;
}

void repro_free(struct repro *r)
{
	outcome_set_free(&r->set);
	test_set_free(&r->tests);
	outcome_free(&r->record);
	made_free(&r->then);
	plan_free(r->plan);
	free(r->label);
	free(r->record_folder);
}
