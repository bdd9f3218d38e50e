/* labctl target up, down: a target that stays up until it is told to go. A process of labctl's holds it; its lock file
 * in the cache says so. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/context.h"
#include "run/scratch.h"

#define DOWN_LIMIT_NS (30 * NS_PER_S)

static char *holder_path(const struct context *c, const struct target_spec *spec)
{
	AUTO_FREE char *folder = file_join(c->cache_folder, "up");
	AUTO_FREE char *name = mem_printf("%s.lock", spec->name);

	return file_make_folders(folder, NULL) ? NULL : file_join(folder, name);
}

/* Waits for the word to go down, or for the machine to go away. */
static void hold(struct target *t)
{
	sigset_t ends;
	struct timespec look = { .tv_sec = 10 };
	AUTO_STR ignored = { 0 };

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	while (sigtimedwait(&ends, NULL, &look) < 0) {
		struct err e = ERR_INIT;

		str_clear(&ignored);
		if (errno == EAGAIN && target_ask(t, "true", 30 * NS_PER_S, &ignored, &e))
			return;
	}
}

/* Who reads what labctl prints must not wait for the holder's end. */
static void leave_screen(void)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; nothing >= 0 && fd < 3; fd++)
		dup2(nothing, fd);
}

/* In the holder: up, one line to the one who asked, then nothing but waiting. */
static int hold_target(struct context *c, const struct target_spec *spec, const char *scratch, FILE *answer,
		       struct err *e)
{
	const struct target_opts opts = { .cache_folder = c->cache_folder,
					  .scratch_folder = scratch,
					  .say = context_say,
					  .ctx = (void *)c->globals };
	struct target *t = target_open(spec, &opts, e);
	AUTO_STR reach = { 0 };
	size_t kept;

	if (!t)
		return -1;
	if (target_restore(t, NULL, 0, &kept, e) || target_reach(t, &reach, e)) {
		target_close(t);
		return -1;
	}
	fprintf(answer, "%s\n", str_text(&reach));
	fclose(answer);
	leave_screen();
	hold(t);
	target_close(t);
	return 0;
}

static void become_holder(struct context *c, const struct target_spec *spec, int answer_fd)
{
	AUTO_FREE char *path = holder_path(c, spec);
	struct err e = ERR_INIT;
	int lock_fd = -1, scratch_fd = -1, status = -1;
	FILE *answer = fdopen(answer_fd, "w");
	char *scratch = NULL;

	setsid();
	signal(SIGHUP, SIG_IGN);
	if (!answer)
		_exit(EXIT_INTERNAL);
	if (path && !file_lock(path, 0, &lock_fd, &e))
		scratch = scratch_make(c->cache_folder, spec->name, &scratch_fd, &e);
	if (scratch)
		status = hold_target(c, spec, scratch, answer, &e);
	if (status) {
		fprintf(answer, "error %s\n%s\n%s\n", err_code_name(e.code), e.text, e.hint);
		fclose(answer);
	}
	scratch_drop(scratch, scratch_fd);
	_exit(status ? exit_status_of(&e) : 0);
}

/* What the holder answered: how to reach the target, or its error. */
static int take_answer(int fd, const struct target_spec *spec, struct err *e)
{
	FILE *answer = fdopen(fd, "r");
	char lines[3][1024] = { "", "", "" };

	for (int i = 0; answer && i < 3 && fgets(lines[i], sizeof(lines[i]), answer); i++)
		lines[i][strcspn(lines[i], "\n")] = '\0';
	if (answer)
		fclose(answer);
	if (str_starts(lines[0], "error ")) {
		err_set(e, err_code_from_name(lines[0] + 6), "%s", lines[1]);
		return lines[2][0] ? err_hint(e, "%s", lines[2]) : -1;
	}
	if (!answer || !lines[0][0])
		return err_set(e, ERR_INTERNAL, "the process that should hold %s died", spec->name);
	printf("%s is up: %s\nlabctl target down %s ends it\n", spec->name, lines[0], spec->name);
	return 0;
}

static int start_holder(struct context *c, const struct target_spec *spec, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return err_errno(e, ERR_IO, "a pipe");
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		become_holder(c, spec, ends[1]);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return err_errno(e, ERR_IO, "a process to hold %s", spec->name);
	}
	return take_answer(ends[0], spec, e);
}

static int run_up(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	const struct target_spec *spec;

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "target up takes one target");
	if (context_open(&c, g, e) || !(spec = context_target(&c, operands[0], e)))
		return -1;
	if (start_holder(&c, spec, e))
		return e->code == ERR_TIMEOUT ? (err_set(e, ERR_USAGE, "%s is up already", spec->name),
						 err_hint(e, "labctl target down %s", spec->name))
					      : -1;
	return EXIT_AS_EXPECTED;
}

const struct command target_up_command = {
	.name = "target up",
	.operands = "NAME",
	.completes = "target",
	.title = "Start a target and leave it up, and say how to reach it",
	.help = "It stays up until `labctl target down NAME`. Runs do not use it: each has machines of its own.",
	.run = run_up,
};

static pid_t read_holder(const char *path)
{
	AUTO_STR text = { 0 };

	return file_read(path, 64, &text, NULL) ? 0 : (pid_t)atoi(str_text(&text));
}

static int run_down(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_FREE char *path = NULL;
	AUTO_CLOSE int lock_fd = -1;
	const struct target_spec *spec;
	pid_t pid;

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "target down takes one target");
	if (context_open(&c, g, e) || !(spec = context_target(&c, operands[0], e)))
		return -1;
	path = holder_path(&c, spec);
	pid = path && file_exists(path) ? read_holder(path) : 0;
	if (pid <= 0 || !file_lock(path, 0, &lock_fd, NULL)) {
		printf("%s is not up\n", spec->name);
		return EXIT_AS_EXPECTED;
	}
	/* The lock is held, so the process that wrote its number there lives. */
	kill(pid, SIGTERM);
	if (file_lock(path, DOWN_LIMIT_NS, &lock_fd, e))
		return err_wrap(e, "%s does not go down (process %d)", spec->name, (int)pid);
	printf("%s is down\n", spec->name);
	return EXIT_AS_EXPECTED;
}

const struct command target_down_command = {
	.name = "target down",
	.operands = "NAME",
	.completes = "target",
	.title = "End a target that was left up",
	.run = run_down,
};
