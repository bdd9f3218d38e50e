#include "target/pipe_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define CHUNK_BYTES (64 * 1024)

struct pump {
	const struct driver_exec *x;
	int in, out, err; /* our ends; -1: closed */
	char *pending;	  /* CHUNK_BYTES that x->input gave */
	size_t pending_len, pending_done;
	bool input_over; /* all of it was given; `in` may be held open */
	char *arrived;	 /* CHUNK_BYTES */
	int64_t begun_ns;
	int64_t heard_ns; /* when it last printed something */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(TAKE_FD(*fd));
}

static int make_pipe(int *out_read, int *out_write, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "cannot make a pipe");
	*out_read = ends[0];
	*out_write = ends[1];
	return 0;
}

/* Only our end: the program's own end must block as it expects. */
static void do_not_block(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int feed(struct pump *p, struct err *e)
{
	if (p->pending_done == p->pending_len) {
		ssize_t got = p->x->input(p->x->ctx, p->pending, CHUNK_BYTES, e);
		if (got < 0)
			return -1;
		if (got == 0) {
			p->input_over = true;
			if (!p->x->hold_input)
				close_end(&p->in);
			return 0;
		}
		p->pending_len = (size_t)got;
		p->pending_done = 0;
	}
	ssize_t written = write(p->in, p->pending + p->pending_done, p->pending_len - p->pending_done);
	if (written >= 0)
		p->pending_done += (size_t)written;
	else if (errno == EPIPE) /* it wants no more: its own affair */
		close_end(&p->in);
	else if (errno != EAGAIN && errno != EINTR)
		return err_errno(e, ERR_IO, "cannot write to a command");
	return 0;
}

static int drain(struct pump *p, int *fd, enum target_stream stream, struct err *e)
{
	ssize_t got = read(*fd, p->arrived, CHUNK_BYTES);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		close_end(fd);
		return 0;
	}
	p->heard_ns = clock_now_ns();
	return p->x->output ? p->x->output(p->x->ctx, stream, p->arrived, (size_t)got, e) : 0;
}

/* 1: a limit passed, *out says which. */
static int limit_passed(const struct pump *p, int64_t *out_wake_ns, enum driver_ending *out)
{
	int64_t now_ns = clock_now_ns();
	int64_t end_ns = p->x->limit_ns > 0 ? p->begun_ns + p->x->limit_ns : CLOCK_NEVER_NS;
	int64_t silent_ns = p->x->silence_limit_ns > 0 ? p->heard_ns + p->x->silence_limit_ns : CLOCK_NEVER_NS;

	*out_wake_ns = end_ns < silent_ns ? end_ns : silent_ns;
	if (now_ns < *out_wake_ns)
		return 0;
	*out = now_ns >= end_ns ? DRIVER_TIMED_OUT : DRIVER_SILENT;
	return 1;
}

static int pump(struct pump *p, enum driver_ending *out, struct err *e)
{
	int64_t wake_ns;

	p->begun_ns = p->heard_ns = clock_now_ns();
	*out = DRIVER_ENDED;
	while (p->out >= 0 || p->err >= 0) {
		if (limit_passed(p, &wake_ns, out))
			return 0;
		struct pollfd ends[3] = {
			{ .fd = p->input_over ? -1 : p->in, .events = POLLOUT },
			{ .fd = p->out, .events = POLLIN },
			{ .fd = p->err, .events = POLLIN },
		};
		if (poll(ends, COUNT_OF(ends), clock_poll_ms(wake_ns)) < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "poll");
		if (p->out >= 0 && ends[1].revents && drain(p, &p->out, TARGET_OUT, e) != 0)
			return -1;
		if (p->err >= 0 && ends[2].revents && drain(p, &p->err, TARGET_ERR, e) != 0)
			return -1;
		if (p->in >= 0 && ends[0].revents && feed(p, e) != 0)
			return -1;
	}
	return 0;
}

static int start(const struct proc_spec *spec, struct pump *p, pid_t *out_pid, struct err *e)
{
	AUTO_CLOSE int child_in = -1;
	AUTO_CLOSE int child_out = -1;
	AUTO_CLOSE int child_err = -1;
	struct proc_spec with_pipes = *spec;

	if (p->x->input && make_pipe(&child_in, &p->in, e) != 0)
		return -1;
	if (make_pipe(&p->out, &child_out, e) != 0 || make_pipe(&p->err, &child_err, e) != 0)
		return -1;
	with_pipes.in = child_in;
	with_pipes.out = child_out;
	with_pipes.err = child_err;
	if (proc_start(&with_pipes, out_pid, e) != 0)
		return -1;
	if (p->in >= 0)
		do_not_block(p->in);
	do_not_block(p->out);
	do_not_block(p->err);
	return 0;
}

/* It may go on after it closed its streams. */
static void finish(const struct pump *p, pid_t pid, int failed, enum driver_ending *out, struct proc_end *end)
{
	if (failed == 0 && *out == DRIVER_ENDED) {
		int64_t left_ns = p->x->limit_ns > 0 ? p->begun_ns + p->x->limit_ns - clock_now_ns() : -1;

		if (p->x->limit_ns > 0 && left_ns < 0)
			left_ns = 0;
		if (proc_wait(pid, left_ns, end, NULL) == 0)
			return;
		*out = DRIVER_TIMED_OUT;
	}
	proc_kill_group(pid, SIGKILL);
	proc_wait(pid, -1, end, NULL);
}

int pipe_exec(const struct proc_spec *spec, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	return pipe_exec_end(spec, x, out, NULL, e);
}

int pipe_exec_end(const struct proc_spec *spec, const struct driver_exec *x, enum driver_ending *out,
		  struct proc_end *end, struct err *e)
{
	AUTO_FREE char *pending = mem_new(CHUNK_BYTES, 1);
	AUTO_FREE char *arrived = mem_new(CHUNK_BYTES, 1);
	struct pump p = { .x = x, .in = -1, .out = -1, .err = -1, .pending = pending, .arrived = arrived };
	struct proc_end how = { 0 };
	pid_t pid = -1;
	int failed = start(spec, &p, &pid, e);

	if (failed == 0)
		failed = pump(&p, out, e);
	close_end(&p.in);
	close_end(&p.out);
	close_end(&p.err);
	if (pid > 0)
		finish(&p, pid, failed, out, &how);
	if (end)
		*end = how;
	if (x->out_exit && failed == 0 && *out == DRIVER_ENDED)
		*x->out_exit = how.signal ? 0 : how.status;
	return failed;
}
