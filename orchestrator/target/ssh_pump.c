#include "target/ssh_pump.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define PUMP_BYTES 65536
#define PUMP_KEEPALIVE_NS (15 * NS_PER_S)

struct pump {
	struct ssh_session *session;
	struct ssh_channel *channel;
	int fd;
	char to_there[PUMP_BYTES], to_here[PUMP_BYTES];
	size_t there_at, there_len, here_at, here_len;
	bool here_ended, there_told;
};

/* false: one of both sides is gone for good. */
static bool move_to_there(struct pump *p)
{
	if (!p->there_len && !p->here_ended) {
		ssize_t got = recv(p->fd, p->to_there, sizeof(p->to_there), MSG_DONTWAIT);

		if (got == 0)
			p->here_ended = true;
		else if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		p->there_at = 0;
		p->there_len = got > 0 ? (size_t)got : 0;
	}
	if (p->there_len) {
		ssize_t sent = ssh_channel_write(p->channel, p->to_there + p->there_at, p->there_len, NULL);

		if (sent < 0)
			return false;
		p->there_at += (size_t)sent;
		p->there_len -= (size_t)sent;
	}
	return !(p->here_ended && !p->there_len);
}

static bool move_to_here(struct pump *p)
{
	if (!p->here_len) {
		ssize_t got = ssh_channel_read(p->channel, SSH_STREAM_OUT, p->to_here, sizeof(p->to_here), NULL);

		if (got < 0 || (!got && ssh_channel_at_end(p->channel)))
			return false;
		p->here_at = 0;
		p->here_len = (size_t)got;
	}
	if (p->here_len) {
		ssize_t sent = send(p->fd, p->to_here + p->here_at, p->here_len, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent > 0) {
			p->here_at += (size_t)sent;
			p->here_len -= (size_t)sent;
		}
	}
	return true;
}

static void wait_for_both(const struct pump *p)
{
	struct pollfd both[2] = {
		{ .fd = p->fd, .events = (short)((p->there_len ? 0 : POLLIN) | (p->here_len ? POLLOUT : 0)) },
		{ .fd = p->here_len ? -1 : ssh_session_fd(p->session), .events = ssh_session_events(p->session) },
	};

	if (p->there_len) /* what could not be sent waits for room there, which arrives as a message */
		both[1].fd = ssh_session_fd(p->session);
	if (!poll(both, 2, clock_poll_ms(clock_deadline_ns(PUMP_KEEPALIVE_NS))))
		ssh_session_keepalive(p->session, NULL);
}

static void run_pump(struct ssh_session *session, struct ssh_channel *channel, int fd)
{
	struct pump *p = mem_new(1, sizeof(*p));

	*p = (struct pump){ .session = session, .channel = channel, .fd = fd };
	for (;;) {
		size_t before = p->here_len + p->there_len;

		if (!move_to_there(p) || !move_to_here(p))
			_exit(0);
		if (p->here_len + p->there_len == before || p->here_len || p->there_len)
			wait_for_both(p);
	}
}

/* In the parent the session belongs to the child now: its socket is closed here without a goodbye. */
static void give_away(struct ssh_session *s)
{
	close(ssh_session_fd(s));
}

int ssh_pump_start(struct ssh_session *through, const char *host, int port, int64_t deadline_ns, pid_t *out_pid, struct err *e)
{
	struct ssh_channel *channel = ssh_channel_tcp(through, host, port, deadline_ns, e);
	int ends[2];
	pid_t parent = getpid();

	if (!channel || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends)) {
		ssh_session_end(through);
		return channel ? err_errno(e, ERR_IO, "a pair of sockets") : err_wrap(e, "on the way to %s port %d", host, port);
	}
	*out_pid = fork();
	if (*out_pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close(ends[0]);
		run_pump(through, channel, ends[1]);
	}
	close(ends[1]);
	give_away(through);
	if (*out_pid > 0)
		return ends[0];
	close(ends[0]);
	return err_errno(e, ERR_IO, "a process for the way to %s", host);
}

void ssh_pump_end(pid_t pid)
{
	kill(pid, SIGTERM);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
