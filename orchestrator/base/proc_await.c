#include "base/proc_await.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/mem.h"

#define LOOK_AGAIN_MS 10 /* without a descriptor to wait on */

int proc_watch_fd(pid_t pid)
{
	return pidfd_open(pid, 0);
}

/* A number that is not our child's counts as ended: reaping it will say what is wrong. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

enum proc_event proc_await(pid_t pid, int watch_fd, int readable_fd, int64_t deadline_ns)
{
	for (;;) {
		if (has_ended(pid))
			return PROC_ENDED;
		/* Before what is readable: a child that never stops writing must not outlive its limit. */
		if (deadline_ns != CLOCK_NEVER_NS && clock_now_ns() >= deadline_ns)
			return PROC_DEADLINE;
		struct pollfd polled[2] = {
			{ .fd = watch_fd, .events = POLLIN },
			{ .fd = readable_fd, .events = POLLIN },
		};
		int ms = clock_poll_ms(deadline_ns);
		if (watch_fd < 0 && (ms < 0 || ms > LOOK_AGAIN_MS))
			ms = LOOK_AGAIN_MS;
		if (poll(polled, COUNT_OF(polled), ms) > 0 && polled[1].revents)
			return PROC_READABLE;
	}
}
