#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"

enum source_kind {
	SOURCE_FD,
	SOURCE_SIGNAL,
	SOURCE_TIMER
};

struct loop_source {
	struct loop *loop;
	enum source_kind kind;
	loop_fn *fn;
	void *ctx;
	bool dropped;	     /* freed when no callback can be using it any more */
	uint64_t born_round; /* a source is looked at from the round after the one that made it */
	int fd;
	int signal;
	struct sigaction old_action;
	int old_wake_fd;
	int64_t due_ns;
	int64_t period_ns; /* 0: once */
};

struct loop {
	VEC(struct loop_source *) sources;
	VEC(struct pollfd) polled; /* [0] is wake_read_fd, [i] belongs to polled_sources.items[i] */
	VEC(struct loop_source *) polled_sources;
	int wake_read_fd, wake_write_fd;
	uint64_t round;
	bool running;
	bool stopped;
};

/* What a handler may touch. The flag says which signal came, the pipe only wakes poll(): a full pipe loses nothing. */
static volatile sig_atomic_t signal_came[NSIG];
static volatile sig_atomic_t signal_wake_fd[NSIG];

static void on_signal(int signal)
{
	int kept = errno;

	signal_came[signal] = 1;
	ssize_t written = write(signal_wake_fd[signal], "", 1);
	(void)written;
	errno = kept;
}

struct loop *loop_new(struct err *e)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) {
		err_errno(e, ERR_IO, "cannot make a pipe");
		return NULL;
	}
	struct loop *l = mem_new(1, sizeof(*l));
	l->wake_read_fd = fds[0];
	l->wake_write_fd = fds[1];
	return l;
}

static struct loop_source *add_source(struct loop *l, enum source_kind kind, loop_fn *fn, void *ctx)
{
	struct loop_source *s = mem_new(1, sizeof(*s));

	s->loop = l;
	s->kind = kind;
	s->fn = fn;
	s->ctx = ctx;
	s->born_round = l->round;
	s->fd = -1;
	vec_add(&l->sources, s);
	return s;
}

struct loop_source *loop_on_readable(struct loop *l, int fd, loop_fn *fn, void *ctx)
{
	struct loop_source *s = add_source(l, SOURCE_FD, fn, ctx);

	s->fd = fd;
	return s;
}

struct loop_source *loop_on_signal(struct loop *l, int signal, loop_fn *fn, void *ctx)
{
	assert(signal > 0 && signal < NSIG);
	for (size_t i = 0; i < l->sources.count; i++)
		assert(l->sources.items[i]->dropped || l->sources.items[i]->signal != signal);
	struct loop_source *s = add_source(l, SOURCE_SIGNAL, fn, ctx);
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	s->signal = signal;
	s->old_wake_fd = signal_wake_fd[signal];
	signal_came[signal] = 0;
	signal_wake_fd[signal] = l->wake_write_fd;
	sigemptyset(&action.sa_mask);
	int failed = sigaction(signal, &action, &s->old_action);
	assert(!failed);
	return s;
}

static struct loop_source *add_timer(struct loop *l, int64_t delay_ns, int64_t period_ns, loop_fn *fn, void *ctx)
{
	struct loop_source *s = add_source(l, SOURCE_TIMER, fn, ctx);

	if (__builtin_add_overflow(clock_now_ns(), delay_ns, &s->due_ns))
		s->due_ns = INT64_MAX;
	s->period_ns = period_ns;
	return s;
}

struct loop_source *loop_after(struct loop *l, int64_t delay_ns, loop_fn *fn, void *ctx)
{
	return add_timer(l, delay_ns, 0, fn, ctx);
}

struct loop_source *loop_every(struct loop *l, int64_t period_ns, loop_fn *fn, void *ctx)
{
	assert(period_ns > 0);
	return add_timer(l, period_ns, period_ns, fn, ctx);
}

static void retire(struct loop_source *s)
{
	if (s->dropped)
		return;
	s->dropped = true;
	if (s->kind != SOURCE_SIGNAL)
		return;
	sigaction(s->signal, &s->old_action, NULL);
	signal_wake_fd[s->signal] = s->old_wake_fd;
}

static void sweep(struct loop *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->sources.count; i++) {
		struct loop_source *s = l->sources.items[i];

		if (s->dropped)
			free(s);
		else
			l->sources.items[kept++] = s;
	}
	l->sources.count = kept;
}

void loop_drop(struct loop_source **source)
{
	struct loop_source *s = *source;

	*source = NULL;
	if (!s)
		return;
	retire(s);
	if (!s->loop->running)
		sweep(s->loop);
}

/* Fills the poll list; false: nothing is left to wait for. */
static bool prepare(struct loop *l, int64_t *out_due_ns)
{
	bool any = false;

	l->polled.count = l->polled_sources.count = 0;
	vec_add(&l->polled, ((struct pollfd){ .fd = l->wake_read_fd, .events = POLLIN }));
	vec_add(&l->polled_sources, (struct loop_source *)NULL);
	*out_due_ns = INT64_MAX;
	for (size_t i = 0; i < l->sources.count; i++) {
		struct loop_source *s = l->sources.items[i];

		any = any || s->kind != SOURCE_SIGNAL;
		if (s->kind == SOURCE_FD) {
			vec_add(&l->polled, ((struct pollfd){ .fd = s->fd, .events = POLLIN }));
			vec_add(&l->polled_sources, s);
		} else if (s->kind == SOURCE_TIMER && s->due_ns < *out_due_ns) {
			*out_due_ns = s->due_ns;
		}
	}
	return any;
}

static int wait_for_any(struct loop *l, int64_t due_ns, struct err *e)
{
	struct timespec rest, *limit = NULL;

	if (due_ns != INT64_MAX) {
		int64_t ns = due_ns - clock_now_ns();
		ns = ns > 0 ? ns : 0;
		rest = (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
		limit = &rest;
	}
	if (ppoll(l->polled.items, l->polled.count, limit, NULL) >= 0)
		return 0;
	if (errno != EINTR)
		return err_errno(e, ERR_IO, "poll");
	for (size_t i = 0; i < l->polled.count; i++)
		l->polled.items[i].revents = 0;
	return 0;
}

static bool is_live(const struct loop *l, const struct loop_source *s)
{
	return !l->stopped && !s->dropped && s->born_round < l->round;
}

static void run_signals(struct loop *l)
{
	char drain[64];

	while (read(l->wake_read_fd, drain, sizeof(drain)) > 0)
		;
	for (size_t i = 0; i < l->sources.count; i++) {
		struct loop_source *s = l->sources.items[i];

		if (s->kind != SOURCE_SIGNAL || !is_live(l, s) || !signal_came[s->signal])
			continue;
		signal_came[s->signal] = 0;
		s->fn(s->ctx);
	}
}

static int run_readable(struct loop *l, struct err *e)
{
	for (size_t i = 1; i < l->polled.count; i++) {
		struct loop_source *s = l->polled_sources.items[i];
		short what = l->polled.items[i].revents;

		if (!what || !is_live(l, s))
			continue;
		if (what & POLLNVAL)
			return err_set(e, ERR_INTERNAL, "descriptor %d was closed while the loop watched it", s->fd);
		s->fn(s->ctx);
	}
	return 0;
}

static struct loop_source *next_due(struct loop *l, int64_t now)
{
	struct loop_source *next = NULL;

	for (size_t i = 0; i < l->sources.count; i++) {
		struct loop_source *s = l->sources.items[i];

		if (s->kind == SOURCE_TIMER && is_live(l, s) && s->due_ns <= now && (!next || s->due_ns < next->due_ns))
			next = s;
	}
	return next;
}

static void run_timers(struct loop *l)
{
	int64_t now = clock_now_ns();

	for (struct loop_source *s; (s = next_due(l, now));) {
		if (s->period_ns == 0) {
			retire(s);
		} else {
			s->due_ns += s->period_ns;
			if (s->due_ns <= now) /* we were held up: what was missed is not made up for */
				s->due_ns = now + s->period_ns;
		}
		s->fn(s->ctx);
	}
}

int loop_run(struct loop *l, struct err *e)
{
	int result = 0;
	int64_t due_ns;

	assert(!l->running);
	l->running = true;
	l->stopped = false;
	while (result == 0 && !l->stopped && prepare(l, &due_ns)) {
		l->round++;
		result = wait_for_any(l, due_ns, e);
		if (result == 0) {
			run_signals(l);
			result = run_readable(l, e);
		}
		if (result == 0)
			run_timers(l);
		sweep(l);
	}
	l->running = false;
	return result;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

void loop_leave(struct loop *l)
{
	for (size_t i = l->sources.count; i > 0; i--)
		retire(l->sources.items[i - 1]);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	assert(!l->running);
	loop_leave(l);
	sweep(l);
	close(l->wake_read_fd);
	close(l->wake_write_fd);
	vec_free(&l->sources);
	vec_free(&l->polled);
	vec_free(&l->polled_sources);
	free(l);
}
