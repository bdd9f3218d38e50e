#include "cli/fan.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "run/scratch.h"

#define OUTPUT_CAP_BYTES (16u << 20)

struct branch {
	const struct target_spec *spec;
	pid_t pid; /* 0: not begun */
	int fd;	   /* its output; -1: ended or not begun */
	struct str output;
};

struct fan {
	struct context *context;
	fan_job *job;
	void *ctx;
	const struct fan_opts *opts;
	struct branch *branches;
	size_t count, running, heavy;
	int worst;
};

static bool is_heavy(const struct target_spec *spec)
{
	return spec->kind == TARGET_LOCAL || spec->kind == TARGET_QEMU;
}

static int with_target(struct fan *f, const struct target_spec *spec, const char *scratch, FILE *out, struct err *e)
{
	const struct target_opts opts = { .cache_folder = f->context->cache_folder,
					  .scratch_folder = scratch,
					  .cold = f->opts->cold };
	struct target *t = target_open(spec, &opts, e);
	size_t kept;
	int status;

	if (!t)
		return -1;
	status = target_restore(t, NULL, 0, &kept, e) || f->job(t, out, f->ctx, e) ? -1 : 0;
	target_close(t);
	return status;
}

static void tell_failure(const struct target_spec *spec, const struct err *e)
{
	AUTO_FREE char *text = context_about_target(spec->name, e->text);
	struct err told = ERR_INIT;

	err_set(&told, e->code, "%s", text);
	err_hint(&told, "%s", e->hint);
	log_err(LOG_ERROR, &told);
}

static int work(struct fan *f, const struct target_spec *spec, FILE *out)
{
	struct err e = ERR_INIT;
	int lock_fd = -1, status = -1;
	char *scratch = scratch_make(f->context->cache_folder, spec->name, &lock_fd, &e);

	if (scratch)
		status = with_target(f, spec, scratch, out, &e);
	scratch_drop(scratch, lock_fd);
	if (!status)
		return EXIT_AS_EXPECTED;
	tell_failure(spec, &e);
	return e.code == ERR_NONE ? EXIT_FINDINGS : exit_status_of(&e);
}

static void become_worker(struct fan *f, const struct branch *b, pid_t parent, int fd)
{
	FILE *out;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_INTERNAL);
	out = fdopen(fd, "w");
	if (!out)
		_exit(EXIT_INTERNAL);
	status = work(f, b->spec, out);
	_exit(fclose(out) ? EXIT_INTERNAL : status);
}

static int begin(struct fan *f, struct branch *b, struct err *e)
{
	int ends[2];
	pid_t parent = getpid();

	if (pipe2(ends, O_CLOEXEC))
		return err_errno(e, ERR_IO, "a pipe for %s", b->spec->name);
	fflush(NULL);
	b->pid = fork();
	if (b->pid == 0) {
		close(ends[0]);
		become_worker(f, b, parent, ends[1]);
	}
	close(ends[1]);
	if (b->pid < 0) {
		close(ends[0]);
		return err_errno(e, ERR_IO, "a process for %s", b->spec->name);
	}
	b->fd = ends[0];
	f->running++;
	f->heavy += is_heavy(b->spec);
	return 0;
}

static bool may_begin(const struct fan *f, const struct branch *b)
{
	if (b->pid)
		return false;
	if (f->opts->jobs)
		return f->running < (size_t)f->opts->jobs;
	return !is_heavy(b->spec) || f->heavy < (size_t)sysconf(_SC_NPROCESSORS_ONLN);
}

static int begin_more(struct fan *f, struct err *e)
{
	for (size_t i = 0; i < f->count; i++)
		if (may_begin(f, &f->branches[i]) && begin(f, &f->branches[i], e))
			return -1;
	return 0;
}

static void print_labelled(const struct branch *b)
{
	const char *line = str_text(&b->output);

	while (*line) {
		size_t len = strcspn(line, "\n");

		printf("%s: %.*s\n", b->spec->name, (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void end(struct fan *f, struct branch *b)
{
	struct proc_end how = { 0 };
	int status = EXIT_INTERNAL;

	if (!proc_wait(b->pid, -1, &how, NULL) && !how.signal)
		status = how.status;
	close(TAKE_FD(b->fd));
	f->running--;
	f->heavy -= is_heavy(b->spec);
	if (f->opts->label_lines && f->count > 1)
		print_labelled(b);
	else
		fwrite(str_text(&b->output), 1, b->output.len, stdout);
	fflush(stdout);
	str_free(&b->output);
	if (status > f->worst)
		f->worst = status;
}

static void take_output(struct fan *f, struct branch *b)
{
	char buf[65536];
	ssize_t got = read(b->fd, buf, sizeof(buf));

	if (got > 0) {
		if (b->output.len + (size_t)got <= OUTPUT_CAP_BYTES)
			str_add_bytes(&b->output, buf, (size_t)got);
	} else if (!got || (errno != EINTR && errno != EAGAIN)) {
		end(f, b);
	}
}

static int wait_some(struct fan *f, struct pollfd *polls, struct branch **of_poll, struct err *e)
{
	nfds_t count = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->branches[i].fd < 0)
			continue;
		of_poll[count] = &f->branches[i];
		polls[count++] = (struct pollfd){ .fd = f->branches[i].fd, .events = POLLIN };
	}
	if (poll(polls, count, -1) < 0 && errno != EINTR)
		return err_errno(e, ERR_IO, "waiting for targets");
	for (nfds_t i = 0; i < count; i++)
		if (polls[i].revents)
			take_output(f, of_poll[i]);
	return 0;
}

int fan_run(struct context *c, const struct target_spec *const *targets, size_t count, fan_job *job, void *ctx,
	    const struct fan_opts *o, struct err *e)
{
	struct fan f = { .context = c, .job = job, .ctx = ctx, .opts = o, .count = count };
	AUTO_FREE struct branch *branches = mem_new(count + 1, sizeof(*branches));
	AUTO_FREE struct pollfd *polls = mem_new(count + 1, sizeof(*polls));
	AUTO_FREE struct branch **of_poll = mem_new(count + 1, sizeof(*of_poll));
	int status;

	f.branches = branches;
	for (size_t i = 0; i < count; i++)
		branches[i] = (struct branch){ .spec = targets[i], .fd = -1 };
	status = begin_more(&f, e);
	while (!status && f.running) {
		status = wait_some(&f, polls, of_poll, e);
		if (!status)
			status = begin_more(&f, e);
	}
	return status ? -1 : f.worst;
}
