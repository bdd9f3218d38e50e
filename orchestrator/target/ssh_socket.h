/* A TCP connection within a limit, looking up its name included. Not included outside target/. */
#ifndef LABCTL_TARGET_SSH_SOCKET_H
#define LABCTL_TARGET_SSH_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A non-blocking socket, or -1 and ERR_UNREACHABLE with what to do. retry_refused: a refused connection is tried again
 * until the deadline. */
int ssh_socket_connect(const char *host, int port, int64_t deadline_ns, bool retry_refused, struct err *e);

#endif
