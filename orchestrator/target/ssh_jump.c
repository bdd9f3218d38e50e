/* The way through jump hosts: one process per jump, which owns that jump's session and passes bytes between it and a
 * socket pair. A libssh2 session belongs to one process, and one whose bytes run through another session of the same
 * process could not be waited for with poll. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/ssh_inside.h"

#define CHUNK_BYTES (64 * 1024)

/* One direction. */
struct flow {
	char *data; /* CHUNK_BYTES */
	size_t len, done;
};

static bool is_empty(const struct flow *f)
{
	return f->done == f->len;
}

/* 1: bytes moved; 0: none; -1: this end is closed or broken. */
static int from_channel(struct flow *f, struct ssh_channel *c)
{
	if (!is_empty(f))
		return 0;
	ssize_t got = ssh_channel_read(c, SSH_STREAM_OUT, f->data, CHUNK_BYTES, NULL);
	if (got < 0)
		return -1;
	f->done = 0;
	f->len = (size_t)got;
	return got > 0;
}

static int to_channel(struct flow *f, struct ssh_channel *c)
{
	if (is_empty(f))
		return 0;
	ssize_t taken = ssh_channel_write(c, f->data + f->done, f->len - f->done, NULL);
	if (taken < 0)
		return -1;
	f->done += (size_t)taken;
	return taken > 0;
}

static int from_socket(struct flow *f, int fd)
{
	if (!is_empty(f))
		return 0;
	ssize_t got = recv(fd, f->data, CHUNK_BYTES, 0);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	f->done = 0;
	f->len = (size_t)got;
	return got > 0 ? 1 : -1;
}

static int to_socket(struct flow *f, int fd)
{
	if (is_empty(f))
		return 0;
	ssize_t sent = send(fd, f->data + f->done, f->len - f->done, MSG_NOSIGNAL);
	if (sent < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	f->done += (size_t)sent;
	return sent > 0;
}

/* As long as both ends are there. */
static void pump(struct ssh_link *l, struct ssh_channel *c, int fd)
{
	AUTO_FREE char *in = mem_new(CHUNK_BYTES, 1);
	AUTO_FREE char *out = mem_new(CHUNK_BYTES, 1);
	struct flow here = { .data = in }, there = { .data = out };
	int64_t begun_ns = clock_now_ns(), wake_ns;

	for (;;) {
		int moved[] = { from_channel(&here, c), to_socket(&here, fd), from_socket(&there, fd),
				to_channel(&there, c) };
		bool any = false;
		for (size_t i = 0; i < COUNT_OF(moved); i++) {
			if (moved[i] < 0)
				return;
			any = any || moved[i] > 0;
		}
		if (any)
			continue;
		if (ssh_channel_at_end(c) || ssh_link_check_idle(l, begun_ns, &wake_ns, NULL) != 0)
			return;
		struct pollfd ends[2] = {
			{ .fd = ssh_session_fd(l->session), .events = ssh_session_events(l->session) },
			{ .fd = fd,
			  .events = (short)((is_empty(&there) ? POLLIN : 0) | (is_empty(&here) ? 0 : POLLOUT)) },
		};
		poll(ends, COUNT_OF(ends), clock_poll_ms(wake_ns));
	}
}

/* An empty error says that the way is open. */
static void report(int fd, const struct err *e)
{
	ssize_t written = write(fd, e, sizeof(*e));

	(void)written;
	close(fd);
}

static _Noreturn void jump_main(const struct ssh_where *w, int64_t deadline_ns, int fd, int report_fd)
{
	struct ssh_where jump = ssh_where_of_jump(w, w->jump_count - 1);
	struct ssh_link l = { .idle_limit_ns = w->idle_limit_ns, .keepalive_ns = w->keepalive_ns };
	struct err e = ERR_INIT;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN); /* the first one lets what runs come to its end */
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	l.name = mem_printf("%s port %d", jump.host, jump.port);
	l.session = ssh_open_session(&jump, deadline_ns, &l.jump_pid, &e);
	struct ssh_channel *c = l.session ? ssh_channel_tcp(l.session, w->host, w->port, deadline_ns, &e) : NULL;
	if (!c)
		err_wrap(&e, "jump host");
	report(report_fd, &e);
	if (c)
		pump(&l, c, fd);
	_exit(c ? 0 : 1);
}

/* -1: no report in time, or one that says why not. */
static int await_report(int fd, int64_t deadline_ns, struct err *e)
{
	struct err said = ERR_INIT;
	size_t have = 0;

	while (have < sizeof(said)) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		/* It keeps to the deadline itself, and then has more to say than we know. */
		int n = poll(&ready, 1, clock_poll_ms(deadline_ns + NS_PER_S));
		ssize_t got = n > 0 ? read(fd, (char *)&said + have, sizeof(said) - have) : n;
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, ERR_UNREACHABLE, "jump host: no way through it in time");
		have += (size_t)got;
	}
	if (said.code == ERR_NONE)
		return 0;
	if (e)
		*e = said;
	return -1;
}

static int start(const struct ssh_where *w, int64_t deadline_ns, const int ends[2], const int reports[2],
		 pid_t *out_pid, struct err *e)
{
	*out_pid = fork();
	if (*out_pid == 0) {
		close(ends[0]);
		close(reports[0]);
		jump_main(w, deadline_ns, ends[1], reports[1]);
	}
	return *out_pid > 0 ? 0 : err_errno(e, ERR_IO, "cannot start a process");
}

int ssh_jump_connect(const struct ssh_where *w, int64_t deadline_ns, pid_t *out_pid, struct err *e)
{
	int ends[2], reports[2];

	*out_pid = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
		return err_errno(e, ERR_IO, "cannot make a socket pair");
	AUTO_CLOSE int our_end = ends[0];
	AUTO_CLOSE int its_end = ends[1];
	if (pipe2(reports, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "cannot make a pipe");
	AUTO_CLOSE int our_report = reports[0];
	AUTO_CLOSE int its_report = reports[1];
	if (start(w, deadline_ns, ends, reports, out_pid, e) != 0)
		return -1;
	close(TAKE_FD(its_end));
	close(TAKE_FD(its_report));
	if (await_report(our_report, deadline_ns, e) == 0)
		return TAKE_FD(our_end);
	ssh_jump_end(*out_pid);
	*out_pid = 0;
	return -1;
}

void ssh_jump_end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
