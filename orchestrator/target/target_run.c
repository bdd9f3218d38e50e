/* target_run and target_ask: a script of the user's, its limits, and what became of it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/plain_exec.h"

/* Whether the link lives is the driver's to see: a busy machine may take its time. */
#define READ_LIMIT_NS  (300 * NS_PER_S)
#define KILL_LIMIT_NS  (600 * NS_PER_S) /* looking at every process of an emulated machine takes a while */
#define ASK_MAX_BYTES  ((size_t)16 * 1024 * 1024)
#define SAID_MAX_BYTES 1024

struct running {
	const struct target_command *c;
	const char *input;
	size_t input_len, input_done;
	char said[SAID_MAX_BYTES]; /* the end of what came on standard error: the reason when it could not begin */
	size_t said_len;
};

static ssize_t give_script(void *ctx, void *data, size_t room, struct err *e)
{
	struct running *r = ctx;
	size_t len = r->input_len - r->input_done;

	(void)e;
	if (len > room)
		len = room;
	memcpy(data, r->input + r->input_done, len);
	r->input_done += len;
	return (ssize_t)len;
}

static void keep_end(struct running *r, const char *data, size_t len)
{
	const size_t room = sizeof(r->said) - 1;

	if (len > room) {
		data += len - room;
		len = room;
	}
	if (r->said_len + len > room) {
		size_t drop = r->said_len + len - room;
		memmove(r->said, r->said + drop, r->said_len - drop);
		r->said_len -= drop;
	}
	memcpy(r->said + r->said_len, data, len);
	r->said_len += len;
	r->said[r->said_len] = '\0';
}

static int take_output(void *ctx, enum target_stream stream, const void *data, size_t len, struct err *e)
{
	struct running *r = ctx;

	(void)e;
	if (stream == TARGET_ERR)
		keep_end(r, data, len);
	if (r->c->on_output)
		r->c->on_output(r->c->ctx, stream, data, len);
	return 0;
}

static void end_as(struct target_end *out, enum target_how how, const char *why)
{
	out->how = how;
	snprintf(out->why, sizeof(out->why), "%.*s", (int)sizeof(out->why) - 1, why);
}

static void end_lost(struct target *t, struct target_end *out, const struct err *why)
{
	t->lost = true;
	end_as(out, TARGET_LOST, why->text);
}

static void end_at_limit(const struct target_command *c, enum driver_ending ending, struct target_end *out)
{
	char limit[32], why[128];

	clock_format_duration(ending == DRIVER_TIMED_OUT ? c->limit_ns : c->silence_limit_ns, limit, sizeof(limit));
	if (ending == DRIVER_TIMED_OUT)
		snprintf(why, sizeof(why), "did not end within %s", limit);
	else
		snprintf(why, sizeof(why), "printed nothing for %s", limit);
	end_as(out, ending == DRIVER_TIMED_OUT ? TARGET_TIMED_OUT : TARGET_SILENT, why);
}

static int end_absent(const struct target *t, const struct running *r, struct target_end *out, struct err *e)
{
	if (command_says_full(r->said)) {
		end_as(out, TARGET_DISK_FULL, "no room to begin");
		return 0;
	}
	AUTO_FREE char *why = plain_exec_why(r->said, 1);
	return err_set(e, ERR_IO, "%s: a command could not begin in %s: %s", t->spec->name, t->work_folder, why);
}

/* What the status file says, for a command that ended by itself or was ended at a limit. */
static int judge(struct target *t, const struct running *r, enum driver_ending ending, enum command_word word,
		 struct target_end *out, struct err *e)
{
	struct err silent = ERR_INIT;

	switch (word) {
	case COMMAND_STATUS:
		out->how = TARGET_EXITED;
		return 0;
	case COMMAND_FULL:
		end_as(out, TARGET_DISK_FULL, "no room left in the work folder");
		return 0;
	case COMMAND_ABSENT:
		return end_absent(t, r, out, e);
	case COMMAND_BEGAN:
		if (ending != DRIVER_ENDED) {
			end_at_limit(r->c, ending, out);
			return 0;
		}
		/* Nothing but SIGKILL ends the runner without a status. */
		end_as(out, TARGET_EXITED, "the shell that watched it was killed with it");
		out->status = 128 + 9;
		return 0;
	case COMMAND_NO_ANSWER:
		break;
	}
	err_set(&silent, ERR_LOST, "%s: its shell no longer answers", t->spec->name);
	end_lost(t, out, &silent);
	return 0;
}

static int read_status(struct target *t, unsigned number, bool kill, enum command_word *out_word, int *out_status,
		       struct err *e)
{
	AUTO_STR command = { 0 };
	struct plain_exec p = { .limit_ns = kill ? KILL_LIMIT_NS : READ_LIMIT_NS };

	command_reader(t, number, kill, &command);
	return plain_exec_answer(t, str_text(&command), &p, out_word, out_status, NULL, e);
}

static int learn_status(struct target *t, unsigned number, const struct running *r, enum driver_ending ending,
			struct target_end *out, struct err *e)
{
	enum command_word word = COMMAND_NO_ANSWER;
	struct err why = ERR_INIT;
	bool kill = ending != DRIVER_ENDED;
	int failed = read_status(t, number, kill, &word, &out->status, &why);

	/* Its runner is gone, its other processes need not be. */
	if (failed == 0 && word == COMMAND_BEGAN && !kill)
		failed = read_status(t, number, true, &word, &out->status, &why);
	if (failed != 0) {
		end_lost(t, out, &why);
		return 0;
	}
	return judge(t, r, ending, word, out, e);
}

static bool is_success(int shell_exit)
{
	return shell_exit == COMMAND_EXIT_SUCCESS || shell_exit == COMMAND_EXIT_SUCCESS_AND_GONE;
}

int target_run(struct target *t, const struct target_command *c, struct target_end *out, struct err *e)
{
	AUTO_STR command = { 0 };
	AUTO_STR status_file = { 0 };
	AUTO_STR input = { 0 };
	struct running r = { .c = c };
	struct err why = ERR_INIT;
	enum driver_ending ending = DRIVER_LOST;
	unsigned number = ++t->next_command;
	int shell_exit = 0;

	*out = (struct target_end){ .how = TARGET_LOST, .status = -1 };
	if (target_check_there(t, e) != 0 || command_input(t, number, c->env, c->script, &input, e) != 0)
		return -1;
	r.input = str_text(&input);
	r.input_len = input.len;
	command_runner(t, number, input.len, &command);
	command_status_path(t, number, &status_file);
	struct driver_exec x = {
		.command = str_text(&command),
		.script = c->script,
		.status_file = str_text(&status_file),
		.network = c->network,
		.input = give_script,
		.hold_input = true,
		.output = take_output,
		.ctx = &r,
		.out_exit = &shell_exit,
		.limit_ns = c->limit_ns,
		.silence_limit_ns = c->silence_limit_ns,
	};
	int64_t begun_ns = clock_now_ns();
	int failed = t->driver->exec(t, &x, &ending, &why);
	out->took_ns = clock_now_ns() - begun_ns;
	if (failed != 0) {
		if (e)
			*e = why;
		return err_wrap(e, "%s", t->spec->name);
	}
	if (ending == DRIVER_LOST) {
		end_lost(t, out, &why);
		return 0;
	}
	if (ending == DRIVER_ENDED && is_success(shell_exit)) {
		out->how = TARGET_EXITED;
		out->status = 0;
		return 0;
	}
	return learn_status(t, number, &r, ending, out, e);
}

struct asking {
	struct str *out;
	bool too_much;
};

static void take_answer(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	struct asking *a = ctx;

	(void)stream;
	if (a->out->len + len > ASK_MAX_BYTES)
		a->too_much = true;
	else
		str_add_bytes(a->out, data, len);
}

static int not_as_asked(struct target *t, const struct target_end *end, const char *said, struct err *e)
{
	if (end->how == TARGET_LOST)
		return err_set(e, ERR_LOST, "%s: %s", t->spec->name, end->why);
	if (end->how == TARGET_DISK_FULL)
		return err_set(e, ERR_DISK_FULL, "%s: %s", t->spec->name, end->why);
	if (end->how != TARGET_EXITED)
		return err_set(e, ERR_TIMEOUT, "%s: %s", t->spec->name, end->why);
	AUTO_FREE char *why = plain_exec_why(said, end->status);
	return err_set(e, ERR_IO, "%s: %s", t->spec->name, why);
}

int target_ask(struct target *t, const char *script, int64_t limit_ns, struct str *out, struct err *e)
{
	struct asking a = { .out = out };
	struct target_command c = { .script = script, .limit_ns = limit_ns, .on_output = take_answer, .ctx = &a };
	struct target_end end;
	size_t before = out->len;

	if (target_run(t, &c, &end, e) != 0)
		return -1;
	if (end.how != TARGET_EXITED || end.status != 0)
		return not_as_asked(t, &end, str_text(out) + before, e);
	if (a.too_much)
		return err_set(e, ERR_FORMAT, "%s: an answer longer than %zu MiB", t->spec->name, ASK_MAX_BYTES >> 20);
	return 0;
}
