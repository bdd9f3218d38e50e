/* A driver's exec for commands that are processes of this machine: bwrap for local, sh for fake. */
#ifndef LABCTL_TARGET_PIPE_EXEC_H
#define LABCTL_TARGET_PIPE_EXEC_H

#include "base/proc.h"
#include "target/driver.h"

/* Starts `spec` (its in, out and err are ignored) with x's streams and pumps them until both outputs are closed or a
 * limit passes; x->command is not looked at. At a limit, or when input or output fails, the process's group is killed.
 * The process is reaped. -1 and *out as driver.exec says; never DRIVER_LOST. */
int pipe_exec(const struct proc_spec *spec, const struct driver_exec *x, enum driver_ending *out, struct err *e);
/* The same, and how the process ended in *end. */
int pipe_exec_end(const struct proc_spec *spec, const struct driver_exec *x, enum driver_ending *out,
		  struct proc_end *end, struct err *e);

#endif
