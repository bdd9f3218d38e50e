/* What two labctl want to make at the same time is made once. */
#ifndef LABCTL_TARGET_CACHE_LOCK_H
#define LABCTL_TARGET_CACHE_LOCK_H

#include "target/target.h"

/* Held until *out_fd is closed or this process dies. Says that it waits, for what and for whom. */
int cache_lock(const struct target_opts *o, const char *kind, const char *key, const char *what, int *out_fd,
	       struct err *e);

#endif
