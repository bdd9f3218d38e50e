/* The way through a jump host: a child process that owns the session to it and carries bytes between a socket of ours and a channel there. One process per
 * host, since a libssh2 session belongs to one process, and plain blocking code on our side stays plain. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_PUMP_H
#define LABCTL_TARGET_SSH_PUMP_H

#include <sys/types.h>

#include "target/ssh_session.h"

/* Takes the session over, also when it fails. A non-blocking socket that leads to host:port, or -1. */
int ssh_pump_start(struct ssh_session *through, const char *host, int port, int64_t deadline_ns, pid_t *out_pid, struct err *e);
void ssh_pump_end(pid_t pid);

#endif
