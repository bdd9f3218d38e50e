/* What the files behind ssh_link.h share. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_INSIDE_H
#define LABCTL_TARGET_SSH_INSIDE_H

#include "target/ssh_link.h"
#include "target/ssh_session.h"

struct ssh_link {
	struct ssh_session *session;
	char *name;	/* "host port 22" */
	pid_t jump_pid; /* the process that keeps the way open; 0: none */
	int64_t idle_limit_ns;
	int64_t keepalive_ns;
	int64_t asked_ns; /* when a sign of life was asked for */
};

/* A session as far as the host's key, which is not yet checked; then checked and logged in. *out_jump_pid as in struct
 * ssh_link. */
struct ssh_session *ssh_open_to_key(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_jump_pid, struct err *e);
struct ssh_session *ssh_open_session(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_jump_pid,
				     struct err *e);
/* The way to jump `i` of w: through those before it. */
struct ssh_where ssh_where_of_jump(const struct ssh_where *w, size_t i);
char *ssh_where_user(const struct ssh_where *w); /* caller frees */

/* A socket that leads to w's host through its jumps: its other end is held by a process that owns the session of the
 * last jump. */
int ssh_jump_connect(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_pid, struct err *e);
void ssh_jump_end(pid_t pid); /* 0 is fine */

/* -1 with e: nothing was heard for too long although life was asked for. *out_wake_ns: when to look again. since_ns:
 * when waiting began. */
int ssh_link_check_idle(struct ssh_link *l, int64_t since_ns, int64_t *out_wake_ns, struct err *e);
/* A command line that any login shell (sh, csh, fish, …) hands to sh unchanged. */
void ssh_encode_command(const char *command, struct str *out);

#endif
