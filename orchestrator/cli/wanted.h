/* Which cells have to run, and why. */
#ifndef LABCTL_CLI_WANTED_H
#define LABCTL_CLI_WANTED_H

#include "cli/context.h"

struct wanted_options {
	bool fresh;  /* all */
	bool resume; /* those that the last cut-off run has not finished */
	bool none;
	bool only_look;	      /* the store is not written to */
	int64_t fresh_for_ns; /* instead of the lab's; 0: the lab's */
};

struct wanted;

/* Asks the store for every cell of the plan at once. With `resume` the run is begun again here (unless only_look), and
 * is ended by the caller. */
struct wanted *wanted_open(struct context *c, const struct plan *p, const struct wanted_options *o, struct err *e);
bool wanted_cell(void *w, struct cell *c); /* for plan_lanes: fills why, estimate and what it is worth */
size_t wanted_fresh_count(const struct wanted *w);
int64_t wanted_run(const struct wanted *w); /* the run that is gone on with; 0: a new one */
/* Cells that this run was to do, without an outcome, and not in this plan */
size_t wanted_left_out(const struct wanted *w);
void wanted_close(struct wanted *w);

#endif
