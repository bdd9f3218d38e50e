/* For proc*.c only: waiting for a child without reaping it. */
#ifndef LABCTL_BASE_PROC_AWAIT_H
#define LABCTL_BASE_PROC_AWAIT_H

#include <stdint.h>
#include <sys/types.h>

enum proc_event {
	PROC_ENDED,
	PROC_DEADLINE,
	PROC_READABLE
};

int proc_watch_fd(pid_t pid); /* to be closed; -1 where the kernel has none, which proc_await copes with */
/* The first of: the child has ended (not yet reaped), the deadline passed, `readable_fd` (-1: none) has something or
 * was hung up. */
enum proc_event proc_await(pid_t pid, int watch_fd, int readable_fd, int64_t deadline_ns);

#endif
