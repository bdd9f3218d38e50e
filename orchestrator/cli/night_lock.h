/* One night at a time: `labctl run` holds results/night.lock while it runs. The system takes the lock away from a
 * process that ends, however it ends, so there is no stale one; the file stays, and says who had it last. */
#ifndef LABCTL_CLI_NIGHT_LOCK_H
#define LABCTL_CLI_NIGHT_LOCK_H

#include "base/err.h"

#define NIGHT_LOCK_FILE "night.lock"

/* Held until *out_fd is closed or this process dies. Another one holds it: ERR_USAGE, and e tells which process on
 * which host since when with what command. */
int night_lock(const char *results_folder, const char *command, int *out_fd, struct err *e);

#endif
