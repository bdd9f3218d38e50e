/* Work of target.c's own on a machine, in one exec: a script whose status comes back as an answer line on standard
 * error. Not included outside target/. */
#ifndef LABCTL_TARGET_PLAIN_EXEC_H
#define LABCTL_TARGET_PLAIN_EXEC_H

#include "target/command.h"

struct plain_exec {
	const char *script; /* sh */
	int64_t limit_ns;
	ssize_t (*input)(void *ctx, void *data, size_t room, struct err *e);   /* NULL: empty */
	int (*output)(void *ctx, const void *data, size_t len, struct err *e); /* standard output; NULL: dropped */
	void *ctx;
};

/* 0: it ran, *out_status is its exit status and `out_said` the first few KiB of what it said on standard error. -1: the
 * machine is lost (then the target is marked so), it took too long, or input or output failed. */
int plain_exec(struct target *t, const struct plain_exec *p, int *out_status, struct str *out_said, struct err *e);
/* The same for a command line that brings its answer along, whatever word that is. */
int plain_exec_answer(struct target *t, const char *command, const struct plain_exec *p, enum command_word *out_word,
		      int *out_status, struct str *out_said, struct err *e);
/* A script that must end with 0: else ERR_IO (ERR_DISK_FULL) that quotes what it said. */
int plain_exec_ok(struct target *t, const char *script, int64_t limit_ns, struct err *e);
/* The last line of what was said, escaped, or "exit status N". Caller frees. */
char *plain_exec_why(const char *said, int status);

/* ERR_LOST when the target went away before. */
int target_check_there(const struct target *t, struct err *e);
int target_set_lost(struct target *t, struct err *e); /* marks it, makes e an ERR_LOST; returns -1 */

#endif
