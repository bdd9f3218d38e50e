#include "target/contain.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/pipe_exec.h"
#include "target/userns.h"

#define LINE_MAX_BYTES	((size_t)4096)
#define SAID_LINES	6
#define REMOVE_LIMIT_NS (600 * NS_PER_S)

/* A running program, and the last that it said. */
struct following {
	const struct contain *c;
	struct lines *lines;
	size_t input_done;
	char *said[SAID_LINES];
	size_t said_count;
};

static void enter_user_namespace(void *ctx)
{
	if (userns_enter(ctx, CLONE_NEWNS) == 0)
		return;
	dprintf(STDERR_FILENO, "cannot enter a user namespace of its own\n");
	_exit(126);
}

static void take_line(void *ctx, const char *line, size_t len)
{
	struct following *f = ctx;

	if (f->c->on_line)
		f->c->on_line(f->c->ctx, line, len);
	if (line[strspn(line, " \t\r")] == '\0')
		return;
	size_t at = f->said_count++ % SAID_LINES;
	free(f->said[at]);
	f->said[at] = mem_dup(line);
}

static int take_bytes(void *ctx, enum target_stream stream, const void *data, size_t len, struct err *e)
{
	struct following *f = ctx;

	(void)stream, (void)e;
	lines_feed(f->lines, data, len);
	return 0;
}

static ssize_t give_input(void *ctx, void *data, size_t room, struct err *e)
{
	struct following *f = ctx;
	size_t len = strlen(f->c->input) - f->input_done;

	(void)e;
	if (len > room)
		len = room;
	memcpy(data, f->c->input + f->input_done, len);
	f->input_done += len;
	return (ssize_t)len;
}

static const char *const wrapper[] = {
	"unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--", NULL,
};

static const char **whole_argv(const char *const *argv)
{
	VEC(const char *) words = { 0 };

	for (size_t i = 0; wrapper[i]; i++)
		vec_add(&words, wrapper[i]);
	for (size_t i = 0; argv[i]; i++)
		vec_add(&words, argv[i]);
	vec_add(&words, NULL);
	return words.items;
}

static void add_said(const struct following *f, struct str *out)
{
	size_t first = f->said_count > SAID_LINES ? f->said_count - SAID_LINES : 0;

	for (size_t i = first; i < f->said_count; i++) {
		const char *line = f->said[i % SAID_LINES];
		if (line[0])
			str_addf(out, "%s%s", out->len ? "; " : ": ", line);
	}
}

static int judge(const struct following *f, enum driver_ending ending, const struct proc_end *end, struct err *e)
{
	AUTO_STR said = { 0 };
	AUTO_STR how = { 0 };
	char limit[32];

	add_said(f, &said);
	if (ending == DRIVER_TIMED_OUT || ending == DRIVER_SILENT) {
		bool silent = ending == DRIVER_SILENT;
		clock_format_duration(silent ? f->c->silence_limit_ns : f->c->limit_ns, limit, sizeof(limit));
		return err_set(e, ERR_TIMEOUT, "%s %s %s%.600s", f->c->argv[0],
			       silent ? "printed nothing for" : "did not end within", limit, str_text(&said));
	}
	if (end->status == 0)
		return 0;
	proc_end_text(end, &how);
	if (strstr(str_text(&said), "No space left on device"))
		return err_set(e, ERR_DISK_FULL, "%s: no space left%.700s", f->c->argv[0], str_text(&said));
	return err_set(e, ERR_IO, "%s failed (%s)%.700s", f->c->argv[0], str_text(&how), str_text(&said));
}

static int plan_once(struct userns *out, struct err *e)
{
	*out = (struct userns){ .as_root = geteuid() == 0 };
	return out->as_root ? 0 : userns_plan(out, e);
}

int contain_run(const struct contain *c, struct err *e)
{
	AUTO_USERNS user = { 0 };
	AUTO_FREE const char **argv = whole_argv(c->argv);
	struct following f = { .c = c };
	enum driver_ending ending = DRIVER_LOST;
	struct proc_end end = { .status = -1 };

	if (plan_once(&user, e) != 0)
		return -1;
	struct proc_spec spec = {
		.argv = argv,
		.env = c->env,
		.folder = c->folder,
		.before_exec = user.as_root ? NULL : enter_user_namespace,
		.ctx = &user,
	};
	struct driver_exec x = {
		.input = c->input ? give_input : NULL,
		.output = take_bytes,
		.ctx = &f,
		.limit_ns = c->limit_ns,
		.silence_limit_ns = c->silence_limit_ns,
	};
	f.lines = lines_new(LINE_MAX_BYTES, take_line, &f);
	int failed = pipe_exec_end(&spec, &x, &ending, &end, e);
	lines_finish(f.lines);
	lines_free(f.lines);
	if (failed == 0)
		failed = judge(&f, ending, &end, e);
	for (size_t i = 0; i < SAID_LINES; i++)
		free(f.said[i]);
	return failed;
}

int contain_run_ok(const char *const *argv, int64_t limit_ns, struct err *e)
{
	const struct contain c = { .argv = argv, .limit_ns = limit_ns };

	return contain_run(&c, e);
}

int contain_possible(struct err *e)
{
	static enum {
		UNTRIED,
		WORKS,
		FAILS
	} tried;
	static struct err why;
	const char *const argv[] = { "true", NULL };

	if (tried == UNTRIED) {
		why = (struct err)ERR_INIT;
		tried = contain_run_ok(argv, 20 * NS_PER_S, &why) == 0 ? WORKS : FAILS;
		if (tried == FAILS && why.code != ERR_UNAVAILABLE) {
			why.code = ERR_UNAVAILABLE;
			err_wrap(&why, "this machine does not let labctl make namespaces of its own");
			err_hint(&why, "in a container: run it with the right to make namespaces (CAP_SYS_ADMIN)");
		}
	}
	if (tried == FAILS && e)
		*e = why;
	return tried == WORKS ? 0 : -1;
}

int contain_remove_tree(const char *path, struct err *e)
{
	const char *const argv[] = { "rm", "-rf", "--one-file-system", "--", path, NULL };
	struct err why = ERR_INIT;

	if (file_remove_tree(path, geteuid() == 0 ? e : &why) == 0)
		return 0;
	if (geteuid() == 0)
		return -1;
	return contain_run_ok(argv, REMOVE_LIMIT_NS, e);
}
