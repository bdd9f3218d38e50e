/* Child processes on this machine. Each is the leader of its own process group and gets SIGKILL when the process that
 * started it dies, however it dies. */
#ifndef LABCTL_BASE_PROC_H
#define LABCTL_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct proc_spec {
	const char *const *argv; /* NULL-ended; argv[0] is searched on PATH */
	const char *const *env;	 /* NAME=value added to ours, NULL-ended; NULL: ours as it is */
	const char *folder;	 /* working folder; NULL: ours */
	int in, out, err;	 /* descriptors to use; -1: /dev/null */
	const int *keep_fds; /* further descriptors the child inherits under the same number, -1-ended; NULL: none */
	void (*before_exec)(void *ctx); /* runs in the child between fork and exec; may _exit; NULL: nothing */
	void *ctx;
	bool new_session; /* setsid instead of setpgid: for programs that want no terminal */
	bool same_group;  /* stay in our process group (interactive programs) */
};

struct proc_end {
	bool timed_out; /* killed by us after its limit */
	int status;	/* exit status, or -1 when a signal ended it */
	int signal;	/* 0: ended by itself */
};

/* Returns when the child runs its program; an exec failure is reported here. So before_exec must be short, or _exit. */
int proc_start(const struct proc_spec *spec, pid_t *out_pid, struct err *e);
void proc_kill_group(pid_t pid, int signal);
/* timeout_ns < 0: for ever; ERR_TIMEOUT leaves the child running. */
int proc_wait(pid_t pid, int64_t timeout_ns, struct proc_end *out, struct err *e);
/* Runs to the end with its output (stdout and stderr as one) in `out`, at most cap_bytes of it (the rest is read and
 * dropped). After the limit its group is killed and end->timed_out set; what is left of the group when it ends by
 * itself is killed too. spec->out and spec->err are ignored. */
int proc_run(const struct proc_spec *spec, int64_t limit_ns, size_t cap_bytes, struct str *out, struct proc_end *end,
	     struct err *e);
/* As proc_run for a plain argv, and any end but exit 0 is an ERR_IO that quotes the last lines it printed. out may be
 * NULL. */
int proc_run_ok(const char *const *argv, int64_t limit_ns, struct str *out, struct err *e);
bool proc_on_path(const char *program);
void proc_end_text(const struct proc_end *end, struct str *out); /* "exit status 3", "killed by SIGSEGV", "timed out" */
const char *proc_signal_name(int signal);			 /* "SIGSEGV"; "signal 77" for a strange one */

#endif
