#include "target/ssh_tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define ADDRESS_MAX 8

struct address {
	struct sockaddr_storage where;
	socklen_t len;
};

struct answer {
	int failed; /* of getaddrinfo; 0: none */
	size_t count;
	struct address list[ADDRESS_MAX];
};

static void look_up(const char *host, int port, int flags, struct answer *out)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICSERV | flags, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char service[16];

	memset(out, 0, sizeof(*out));
	snprintf(service, sizeof(service), "%d", port);
	out->failed = getaddrinfo(host, service, &hints, &found);
	for (const struct addrinfo *at = out->failed ? NULL : found; at && out->count < ADDRESS_MAX; at = at->ai_next) {
		memcpy(&out->list[out->count].where, at->ai_addr, at->ai_addrlen);
		out->list[out->count++].len = at->ai_addrlen;
	}
	if (found)
		freeaddrinfo(found);
}

static int fail_look_up(const char *host, int failed, struct err *e)
{
	if (failed)
		err_set(e, ERR_UNREACHABLE, "%s: the name cannot be looked up: %s", host, gai_strerror(failed));
	else
		err_set(e, ERR_UNREACHABLE, "%s: the name server did not answer in time", host);
	return err_hint(e, "is host: right, and is this machine's name service well?");
}

static bool readable(int fd, int64_t deadline_ns)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int ready;

	do
		ready = poll(&wait, 1, clock_poll_ms(deadline_ns));
	while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* getaddrinfo knows no deadline: a child of ours does it, and is killed when it takes too long. */
static int look_up_in_child(const char *host, int port, int64_t deadline_ns, struct answer *out, struct err *e)
{
	AUTO_CLOSE int from = -1;
	int ends[2];
	pid_t pid;
	ssize_t got = -1;

	if (pipe2(ends, O_CLOEXEC))
		return err_errno(e, ERR_IO, "a pipe");
	from = ends[0];
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		look_up(host, port, 0, out);
		_exit(write(ends[1], out, sizeof(*out)) != (ssize_t)sizeof(*out));
	}
	close(ends[1]);
	if (pid < 0)
		return err_errno(e, ERR_IO, "a process to look up %s", host);
	if (readable(from, deadline_ns))
		got = read(from, out, sizeof(*out));
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (got != (ssize_t)sizeof(*out))
		return fail_look_up(host, 0, e);
	return out->failed ? fail_look_up(host, out->failed, e) : 0;
}

/* 0, or the errno of the failure. */
static int finish_connect(int fd, int64_t deadline_ns)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int ready, failed = 0;
	socklen_t len = sizeof(failed);

	do
		ready = poll(&wait, 1, clock_poll_ms(deadline_ns));
	while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ETIMEDOUT;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len) ? errno : failed;
}

static int connect_one(const struct address *to, int64_t deadline_ns, int *out_errno)
{
	AUTO_CLOSE int fd = socket(to->where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1;

	*out_errno = 0;
	if (fd < 0 || (connect(fd, (const struct sockaddr *)&to->where, to->len) && errno != EINPROGRESS))
		*out_errno = errno;
	else
		*out_errno = finish_connect(fd, deadline_ns);
	if (*out_errno)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return TAKE_FD(fd);
}

int ssh_tcp_connect(const char *host, int port, int64_t deadline_ns, bool *out_refused, struct err *e)
{
	struct answer answer;
	int failed = 0;

	*out_refused = false;
	look_up(host, port, AI_NUMERICHOST, &answer);
	if (answer.failed && look_up_in_child(host, port, deadline_ns, &answer, e))
		return -1;
	for (size_t i = 0; i < answer.count; i++) {
		int fd = connect_one(&answer.list[i], deadline_ns, &failed);

		if (fd >= 0)
			return fd;
	}
	*out_refused = failed == ECONNREFUSED || failed == ECONNRESET;
	if (failed == ETIMEDOUT)
		err_set(e, ERR_UNREACHABLE, "%s port %d: no answer in time", host, port);
	else
		err_set(e, ERR_UNREACHABLE, "%s port %d: %s", host, port, strerror(failed));
	if (failed == ECONNREFUSED)
		err_hint(e, "no SSH server listens there: is it running, and is port: right?");
	else
		err_hint(e, "is the machine up, and is host: right?");
	return -1;
}
