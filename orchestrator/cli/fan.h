/* The same small job on many targets at once, a process each; what each says is printed when it has ended, in the order
 * of the ends. */
#ifndef LABCTL_CLI_FAN_H
#define LABCTL_CLI_FAN_H

#include <stdio.h>

#include "cli/context.h"

/* Runs in a process of its own with the target open and ready. What it prints to `out` is shown; 0, or -1 with e set.
 */
typedef int fan_job(struct target *t, FILE *out, void *ctx, struct err *e);

struct fan_opts {
	int64_t jobs; /* at most so many at once; 0: every ssh and fake target, and of the others as many as there are
			 processors */
	bool cold;    /* struct target_opts */
	bool label_lines; /* each line with the target's name in front, where there are several */
};

/* Exit status: EXIT_AS_EXPECTED, EXIT_FINDINGS when a job failed, EXIT_UNREACHABLE when a target could not be had; -1
 * with e set when labctl failed. */
int fan_run(struct context *c, const struct target_spec *const *targets, size_t count, fan_job *job, void *ctx,
	    const struct fan_opts *o, struct err *e);

#endif
