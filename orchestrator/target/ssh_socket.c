#include "target/ssh_socket.h"

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

#define ADDRESS_MAX    8
#define RETRY_PAUSE_NS (200 * NS_PER_MS)

struct address {
	struct sockaddr_storage at;
	socklen_t len;
};

struct addresses {
	int error; /* of getaddrinfo; 0: none */
	unsigned count;
	struct address items[ADDRESS_MAX];
};

static void look_up(const char *host, int port, int flags, struct addresses *out)
{
	struct addrinfo wish = { .ai_socktype = SOCK_STREAM, .ai_flags = flags | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char service[16];

	memset(out, 0, sizeof(*out));
	snprintf(service, sizeof(service), "%d", port);
	out->error = getaddrinfo(host, service, &wish, &found);
	if (out->error != 0)
		return;
	for (const struct addrinfo *a = found; a && out->count < ADDRESS_MAX; a = a->ai_next) {
		if (a->ai_addrlen > sizeof(out->items[0].at))
			continue;
		memcpy(&out->items[out->count].at, a->ai_addr, a->ai_addrlen);
		out->items[out->count++].len = a->ai_addrlen;
	}
	freeaddrinfo(found);
}

static _Noreturn void look_up_main(const char *host, int port, int fd)
{
	struct addresses found;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	look_up(host, port, 0, &found);
	ssize_t written = write(fd, &found, sizeof(found));
	_exit(written == (ssize_t)sizeof(found) ? 0 : 1);
}

/* -1: not within the deadline. */
static int read_until(int fd, void *into, size_t len, int64_t deadline_ns)
{
	size_t have = 0;

	while (have < len) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		int n = poll(&ready, 1, clock_poll_ms(deadline_ns));
		if (n == 0 || (n < 0 && errno != EINTR))
			return -1;
		if (n < 0)
			continue;
		ssize_t got = read(fd, (char *)into + have, len - have);
		if (got == 0 || (got < 0 && errno != EINTR))
			return -1;
		have += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

/* The C library's resolver cannot be told when to stop: so it works in a process that can be ended. */
static int look_up_elsewhere(const char *host, int port, int64_t deadline_ns, struct addresses *out, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "cannot make a pipe");
	pid_t pid = fork();
	if (pid == 0)
		look_up_main(host, port, ends[1]);
	int fork_error = errno;
	close(ends[1]);
	AUTO_CLOSE int answer = ends[0];
	if (pid < 0) {
		errno = fork_error;
		return err_errno(e, ERR_IO, "cannot start a process");
	}
	int late = read_until(answer, out, sizeof(*out), deadline_ns);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (late == 0)
		return 0;
	err_set(e, ERR_UNREACHABLE, "%s: its address could not be found in time", host);
	return err_hint(e, "is the name server of this machine reachable?");
}

static int resolve(const char *host, int port, int64_t deadline_ns, struct addresses *out, struct err *e)
{
	look_up(host, port, AI_NUMERICHOST, out);
	if (out->error != 0 && look_up_elsewhere(host, port, deadline_ns, out, e) != 0)
		return -1;
	if (out->error == 0 && out->count > 0)
		return 0;
	err_set(e, ERR_UNREACHABLE, "%s: no machine of this name is known: %s", host,
		out->error ? gai_strerror(out->error) : "no address");
	return err_hint(e, "check `host` in the target's file, or the name server of this machine");
}

/* 0: connected; else an errno. */
static int wait_connected(int fd, int64_t deadline_ns)
{
	struct pollfd socket = { .fd = fd, .events = POLLOUT };
	int ready, error = 0;
	socklen_t len = sizeof(error);

	do
		ready = poll(&socket, 1, clock_poll_ms(deadline_ns));
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return ETIMEDOUT;
	if (ready < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		return errno;
	return error;
}

/* A descriptor, or -1 with errno set. */
static int connect_one(const struct address *a, int64_t deadline_ns)
{
	AUTO_CLOSE int fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	int error = connect(fd, (const struct sockaddr *)&a->at, a->len) == 0 ? 0 : errno;
	if (error == EINPROGRESS)
		error = wait_connected(fd, deadline_ns);
	if (error == 0)
		return TAKE_FD(fd);
	errno = error;
	return -1;
}

/* All addresses in turn; each may take its share of the time that is left. */
static int connect_any(const struct addresses *found, int64_t deadline_ns)
{
	for (unsigned i = 0; i < found->count; i++) {
		int64_t now_ns = clock_now_ns();
		int64_t share_ns = deadline_ns > now_ns ? (deadline_ns - now_ns) / (found->count - i) : 0;
		int fd = connect_one(&found->items[i], now_ns + share_ns);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

static int cannot_connect(const char *host, int port, int error, struct err *e)
{
	switch (error) {
	case ECONNREFUSED:
		err_set(e, ERR_UNREACHABLE, "%s port %d: connection refused", host, port);
		return err_hint(e, "is an SSH server running there, on that port?");
	case ETIMEDOUT:
		err_set(e, ERR_UNREACHABLE, "%s port %d: no answer in time", host, port);
		return err_hint(e, "is that machine up, and does a firewall let port %d through?", port);
	default:
		errno = error;
		err_errno(e, ERR_UNREACHABLE, "%s port %d", host, port);
		return err_hint(e, "is that machine up, and this one on the network?");
	}
}

int ssh_socket_connect(const char *host, int port, int64_t deadline_ns, bool retry_refused, struct err *e)
{
	struct addresses found;

	if (resolve(host, port, deadline_ns, &found, e) != 0)
		return -1;
	for (;;) {
		int fd = connect_any(&found, deadline_ns);
		if (fd >= 0)
			return fd;
		int error = errno;
		bool again = retry_refused && (error == ECONNREFUSED || error == ECONNRESET);
		if (!again || clock_now_ns() + RETRY_PAUSE_NS >= deadline_ns)
			return cannot_connect(host, port, error, e);
		clock_sleep_ns(RETRY_PAUSE_NS);
	}
}
