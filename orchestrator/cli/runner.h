/* A run: begins it in the store, lets the schedule do the lanes, adds each outcome as it comes, shows all of it live.
 */
#ifndef LABCTL_CLI_RUNNER_H
#define LABCTL_CLI_RUNNER_H

#include "cli/context.h"
#include "run/measure.h"

struct runner_options {
	int64_t jobs;
	bool in_process;
	struct measure_opts measure; /* for benchmarks */
	int64_t measure_budget_ns;   /* of all lanes that use this machine, one after the other; 0: what is enough */
	bool part_of_run;	     /* what is left of the run is more than this plan has: it stays cut off */
};

struct runner_end {
	int64_t run;
	bool interrupted;
	size_t cells_left; /* not begun: it was interrupted, or the budget for measuring is spent */
};

/* Runs the lanes of the plan; `run` 0 begins a new one, else that goes on, which store_resume_run has opened. Ends it.
 */
int runner_run(struct context *c, const struct plan *p, int64_t run, const struct runner_options *o,
	       struct runner_end *out, struct err *e);

#endif
