/* A TCP connection within a deadline, the look-up of the name included. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_TCP_H
#define LABCTL_TARGET_SSH_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A non-blocking socket, or -1. *out_refused: something is there and refuses, as a machine does that is still booting. */
int ssh_tcp_connect(const char *host, int port, int64_t deadline_ns, bool *out_refused, struct err *e);

#endif
