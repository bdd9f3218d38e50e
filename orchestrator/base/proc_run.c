#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc_await.h"

#define RUN_OK_CAP_BYTES ((size_t)64 << 20)
#define QUOTED_LINES	 5
#define QUOTED_BYTES	 600
/* What may still stand in the pipe when the child is gone. Bounded: a grandchild that left the group can write on. */
#define DRAIN_BYTES	 ((size_t)1 << 20)

struct capture {
	int fd;
	struct str *out;
	size_t start_len; /* of `out` before this run */
	size_t cap_bytes;
	bool ended;
};

/* One read; how many bytes it gave. */
static size_t read_some(struct capture *c)
{
	char buffer[32768];
	ssize_t got = read(c->fd, buffer, sizeof(buffer));

	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
		c->ended = true;
	if (got <= 0)
		return 0;
	size_t kept = c->out->len - c->start_len;
	size_t room = c->cap_bytes > kept ? c->cap_bytes - kept : 0;
	str_add_bytes(c->out, buffer, (size_t)got < room ? (size_t)got : room);
	return (size_t)got;
}

static void drain(struct capture *c)
{
	size_t got, total = 0;

	while (!c->ended && total < DRAIN_BYTES && (got = read_some(c)) > 0)
		total += got;
}

static int supervise(pid_t pid, struct capture *c, int64_t limit_ns, struct proc_end *end, struct err *e)
{
	AUTO_CLOSE int watch_fd = proc_watch_fd(pid);
	int64_t deadline_ns = clock_deadline_ns(limit_ns);
	enum proc_event event;

	while ((event = proc_await(pid, watch_fd, c->ended ? -1 : c->fd, deadline_ns)) == PROC_READABLE)
		read_some(c);
	proc_kill_group(pid, SIGKILL); /* it is not reaped yet, so its number still means its group */
	if (proc_wait(pid, -1, end, e) != 0)
		return -1;
	drain(c);
	end->timed_out = event == PROC_DEADLINE;
	return 0;
}

int proc_run(const struct proc_spec *spec, int64_t limit_ns, size_t cap_bytes, struct str *out, struct proc_end *end,
	     struct err *e)
{
	AUTO_CLOSE int read_end = -1;
	AUTO_CLOSE int write_end = -1;
	struct proc_spec captured = *spec;
	struct proc_end ignored;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "%s: cannot make a pipe", spec->argv[0]);
	read_end = fds[0];
	write_end = fds[1];
	fcntl(read_end, F_SETFL, O_NONBLOCK);
	captured.out = captured.err = write_end;
	if (proc_start(&captured, &pid, e) != 0)
		return -1;
	close(TAKE_FD(write_end));
	struct capture c = { .fd = read_end, .out = out, .start_len = out->len, .cap_bytes = cap_bytes };
	if (supervise(pid, &c, limit_ns, end ? end : &ignored, e) != 0)
		return err_wrap(e, "%s", spec->argv[0]);
	return 0;
}

/* The last lines of `printed` as one, " | " between them. */
static void quote_end(const char *printed, struct str *out)
{
	AUTO_FREE char *copy = mem_dup(printed);
	const char *lines[QUOTED_LINES];
	size_t count = 0;
	char *rest = copy, *line;

	while ((line = strsep(&rest, "\r\n"))) {
		if (line[strspn(line, " \t")] == '\0')
			continue;
		if (count == QUOTED_LINES)
			memmove(lines, lines + 1, --count * sizeof(lines[0]));
		lines[count++] = line;
	}
	for (size_t i = 0; i < count; i++)
		str_addf(out, "%s%s", i ? " | " : "", lines[i]);
}

static int tell_end(const char *program, const struct proc_end *end, const char *printed, struct err *e)
{
	AUTO_STR how = { 0 };
	AUTO_STR said = { 0 };
	size_t len = strlen(printed);

	proc_end_text(end, &how);
	quote_end(len > QUOTED_BYTES ? printed + len - QUOTED_BYTES : printed, &said);
	return err_set(e, ERR_IO, "%s: %s%s%s", program, str_text(&how), said.len ? ": " : "", str_text(&said));
}

int proc_run_ok(const char *const *argv, int64_t limit_ns, struct str *out, struct err *e)
{
	const struct proc_spec spec = { .argv = argv, .in = -1, .out = -1, .err = -1 };
	AUTO_STR own = { 0 };
	struct str *printed = out ? out : &own;
	size_t start_len = printed->len;
	struct proc_end end;

	if (proc_run(&spec, limit_ns, RUN_OK_CAP_BYTES, printed, &end, e) != 0)
		return -1;
	if (end.timed_out || end.signal != 0 || end.status != 0)
		return tell_end(argv[0], &end, str_text(printed) + start_len, e);
	return 0;
}

static bool can_run(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

bool proc_on_path(const char *program)
{
	const char *path = getenv("PATH");

	if (strchr(program, '/'))
		return can_run(program);
	AUTO_FREE char *folders = mem_dup(path ? path : "/usr/local/bin:/usr/bin:/bin");
	char *rest = folders, *folder;
	while (*program && (folder = strsep(&rest, ":"))) {
		AUTO_FREE char *full = mem_printf("%s/%s", *folder ? folder : ".", program);
		if (can_run(full))
			return true;
	}
	return false;
}

void proc_end_text(const struct proc_end *end, struct str *out)
{
	if (end->timed_out)
		str_add(out, "timed out");
	else if (end->signal != 0)
		str_addf(out, "killed by %s", proc_signal_name(end->signal));
	else
		str_addf(out, "exit status %d", end->status);
}

const char *proc_signal_name(int signal)
{
	static char names[NSIG][16]; /* a place for each, so that two names can stand in one message */
	static char strange[24];
	const char *short_name = sigabbrev_np(signal);

	if (!short_name) {
		snprintf(strange, sizeof(strange), "signal %d", signal);
		return strange;
	}
	snprintf(names[signal], sizeof(names[signal]), "SIG%s", short_name);
	return names[signal];
}
