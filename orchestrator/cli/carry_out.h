/* From a plan to done: what has to run of it runs, or is only told. Shared by the commands that run cells. */
#ifndef LABCTL_CLI_CARRY_OUT_H
#define LABCTL_CLI_CARRY_OUT_H

#include "cli/runner.h"
#include "cli/wanted.h"

struct carry_out_options {
	struct wanted_options wanted;
	struct runner_options runner;
	bool dry_run; /* print what would run, and why */
	bool no_run;  /* nothing at all */
};

/* Options that exclude each other: ERR_USAGE. Asked for before anything is opened. */
int carry_out_check(const struct carry_out_options *o, struct err *e);
/* Opens the store, makes the plan's lanes and runs them. */
int carry_out(struct context *c, struct plan *p, struct carry_out_options *o, struct runner_end *out, struct err *e);

#endif
