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
	/* Of the whole, from here on: behind it nothing new begins; 0: no end. */
	int64_t budget_ns;
	int64_t kept_for_measuring_ns; /* of the budget: struct schedule_opts */
	bool by_value;		       /* plan/value.h: what tells most goes first */
	int64_t retries;	       /* how often a cell with tests that newly fail is run once more (cli/again.h) */
};

struct runner_end {
	int64_t run;
	bool interrupted;
	bool out_of_time;  /* the budget left no time for some cells */
	size_t cells_left; /* not begun: interrupted, out of time, or the budget for measuring is spent */
	size_t again;	   /* cells that were run once more */
};

/* Runs the lanes of the plan, then makes and runs lanes for what has to be run once more; `run` 0 begins a new one,
 * else that goes on, which store_resume_run has opened. Ends it.
 */
int runner_run(struct context *c, struct plan *p, int64_t run, const struct runner_options *o, struct runner_end *out,
	       struct err *e);

#endif
