#include "cli/carry_out.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "plan/value.h"

static void print_plan(const struct plan *p, const struct wanted *w)
{
	char estimate[32];
	size_t count = 0;

	for (size_t i = 0; i < p->lane_count; i++) {
		for (size_t k = 0; k < p->lanes[i].count; k++) {
			const struct cell *c = &p->lanes[i].cells[k];
			AUTO_STR label = { 0 };

			cell_label(c, &label);
			clock_format_duration(c->estimate_ns, estimate, sizeof(estimate));
			printf("%-44s %s%s%s\n", str_text(&label), c->why, c->estimate_ns ? ", last time " : "",
			       c->estimate_ns ? estimate : "");
			count++;
		}
	}
	printf("%zu cell%s would run, %zu fresh\n", count, count == 1 ? "" : "s", wanted_fresh_count(w));
}

int carry_out_check(const struct carry_out_options *o, struct err *e)
{
	if (o->wanted.fresh && o->no_run)
		return err_set(e, ERR_USAGE, "--fresh and --no-run exclude each other");
	if (o->wanted.resume && (o->wanted.fresh || o->no_run))
		return err_set(e, ERR_USAGE, "--resume and --%s exclude each other", o->no_run ? "no-run" : "fresh");
	return 0;
}

static int run_wanted(struct context *c, struct plan *p, const struct wanted *w, struct carry_out_options *o,
		      struct runner_end *end, struct err *e)
{
	o->runner.part_of_run = wanted_left_out(w) > 0;
	if (o->runner.part_of_run && !p->lane_count) {
		err_set(e, ERR_USAGE,
			"of the cells that the run was to do none that is left is chosen here, or what decides them "
			"has changed since");
		return err_hint(
			e, "choose the packages, targets and tier that `labctl runs` tells of, or leave --resume out");
	}
	if (o->runner.part_of_run) {
		log_warning("%zu of the cells that the run was to do are not chosen here, or what decides them has "
			    "changed since: it stays cut off",
			    wanted_left_out(w));
	}
	/* Of a run that was cut off behind its last cell some may still have to be run once more. */
	if (p->lane_count || (wanted_run(w) && o->runner.retries))
		return runner_run(c, p, wanted_run(w), &o->runner, end, e);
	end->run = wanted_run(w);
	/* All its cells had finished; only its end was cut off. */
	return wanted_run(w) ? store_end_run(c->store, wanted_run(w), !o->runner.part_of_run, e) : 0;
}

int carry_out(struct context *c, struct plan *p, struct carry_out_options *o, struct runner_end *out, struct err *e)
{
	struct wanted *w = NULL;
	int status;

	*out = (struct runner_end){ 0 };
	o->wanted.none = o->no_run;
	o->wanted.only_look = o->dry_run || o->no_run;
	if (!context_open_store(c, o->wanted.only_look, e))
		w = wanted_open(c, p, &o->wanted, e);
	status = w ? 0 : -1;
	if (!status)
		plan_lanes(p, wanted_cell, w);
	if (!status && o->runner.by_value)
		plan_order_by_value(p, clock_wall_ms());
	if (!status && o->dry_run)
		print_plan(p, w);
	else if (!status)
		status = run_wanted(c, p, w, o, out, e);
	wanted_close(w);
	return status;
}
