/* Telling somebody what a suite's run came to. What cannot be told changes no result: it is said, and that is all. */
#ifndef LABCTL_CLI_NOTIFY_H
#define LABCTL_CLI_NOTIFY_H

#include "base/str.h"
#include "lab/notify.h"

/* Gives the summary to the command on its standard input, and posts it to the address as application/json through
 * curl(1). The address goes to curl through a descriptor, never as an argument, and is left out of what is said. Each
 * of the two has n->limit_ns. status: of the run. -1: something failed, and a warning says what. */
int notify_tell(const struct notify_settings *n, const struct str *summary, int status);

#endif
