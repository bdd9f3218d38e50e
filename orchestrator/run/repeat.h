/* Doing an attempt at a cell again: what it would be made of now, its environment, and a person inside its machine. */
#ifndef LABCTL_RUN_REPEAT_H
#define LABCTL_RUN_REPEAT_H

#include "run/made.h"

/* What an attempt at the cell would be made of by its recipes. base_id: target_base_id; o->made and o->test do not
 * count. No machine is asked. The cell has a tier. */
int repeat_made_now(const struct cell *c, const struct steps_opts *o, const char *base_id, struct made *out,
		    struct err *e);
/* The environment of the cell's commands, as steps_run sets it: NAME=value, NULL-ended, free with mem_free_list. */
char **repeat_environment(const struct cell *c, const struct steps_opts *o);
/* The machine as it is before the tests, then a shell on our terminal in its work folder, with the environment of the
 * tests and REPEAT_SCRIPT that runs them. Where it cannot be installed the outcome says why, and *out_entered is
 * false. `told` is called when the machine is ready. */
#define REPEAT_SCRIPT "run-test"
int repeat_shell(struct target *t, const struct cell *c, const struct steps_opts *o, void (*told)(void *ctx), void *ctx,
		 struct outcome *out, bool *out_entered, struct err *e);

#endif
