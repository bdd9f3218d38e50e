/* A lane's scratch folder below the cache: overlays, sockets. What a killed labctl left is removed when the next one
 * makes its own. */
#ifndef LABCTL_RUN_SCRATCH_H
#define LABCTL_RUN_SCRATCH_H

#include "base/err.h"

/* A new empty folder cache/scratch/<name>-XXXXXX, ours as long as *out_lock_fd is open. The caller frees the path. */
char *scratch_make(const char *cache_folder, const char *name, int *out_lock_fd, struct err *e);
void scratch_drop(char *folder, int lock_fd); /* removes it and frees the path; NULL is fine */

#endif
