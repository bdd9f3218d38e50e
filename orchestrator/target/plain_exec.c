#include "target/plain_exec.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define SAID_MAX_BYTES 4096

struct ear {
	const struct plain_exec *p;
	struct str said;
};

int target_set_lost(struct target *t, struct err *e)
{
	t->lost = true;
	if (e)
		e->code = ERR_LOST;
	return err_wrap(e, "%s", t->spec->name);
}

int target_check_there(const struct target *t, struct err *e)
{
	if (!t->lost)
		return 0;
	return err_set(e, ERR_LOST, "%s went away before", t->spec->name);
}

static ssize_t give(void *ctx, void *data, size_t room, struct err *e)
{
	const struct ear *ear = ctx;

	return ear->p->input(ear->p->ctx, data, room, e);
}

/* The answer is at the end, the reason of a failure at the beginning: so the middle goes. */
static void hear(struct str *said, const void *data, size_t len)
{
	size_t before = said->len;

	str_add_bytes(said, data, len);
	for (size_t i = before; i < said->len; i++)
		if (said->text[i] == '\0')
			said->text[i] = '?';
	if (said->len <= (size_t)2 * SAID_MAX_BYTES)
		return;
	memmove(said->text + SAID_MAX_BYTES, said->text + said->len - SAID_MAX_BYTES, SAID_MAX_BYTES);
	str_cut(said, (size_t)2 * SAID_MAX_BYTES);
}

static int take(void *ctx, enum target_stream stream, const void *data, size_t len, struct err *e)
{
	struct ear *ear = ctx;

	if (stream == TARGET_ERR)
		hear(&ear->said, data, len);
	else if (ear->p->output)
		return ear->p->output(ear->p->ctx, data, len, e);
	return 0;
}

static int tell_ending(struct target *t, enum driver_ending ending, const struct plain_exec *p, struct err *e)
{
	char limit[32];

	if (ending == DRIVER_LOST)
		return target_set_lost(t, e);
	clock_format_duration(p->limit_ns, limit, sizeof(limit));
	err_set(e, ERR_LOST, "no answer within %s", limit);
	return target_set_lost(t, e);
}

int plain_exec_answer(struct target *t, const char *command, const struct plain_exec *p, enum command_word *out_word,
		      int *out_status, struct str *out_said, struct err *e)
{
	struct ear ear = { .p = p };
	struct driver_exec x = {
		.command = command,
		.input = p->input ? give : NULL,
		.output = take,
		.ctx = &ear,
		.limit_ns = p->limit_ns,
	};
	enum driver_ending ending = DRIVER_LOST;

	if (target_check_there(t, e) != 0)
		return -1;
	int failed = t->driver->exec(t, &x, &ending, e);
	if (failed == 0 && ending != DRIVER_ENDED)
		failed = tell_ending(t, ending, p, e);
	if (failed == 0)
		*out_word = command_answer(t, str_text(&ear.said), out_status);
	if (out_said)
		str_add(out_said, str_text(&ear.said));
	str_free(&ear.said);
	return failed;
}

int plain_exec(struct target *t, const struct plain_exec *p, int *out_status, struct str *out_said, struct err *e)
{
	AUTO_STR command = { 0 };
	AUTO_STR said = { 0 };
	enum command_word word = COMMAND_NO_ANSWER;

	command_plain(t, p->script, &command);
	if (plain_exec_answer(t, str_text(&command), p, &word, out_status, &said, e) != 0)
		return -1;
	if (word != COMMAND_STATUS) {
		AUTO_FREE char *why = plain_exec_why(str_text(&said), 0);
		return err_set(e, ERR_IO, "%s: its shell did not answer as a POSIX shell does: %s", t->spec->name, why);
	}
	if (out_said)
		str_add(out_said, str_text(&said));
	return 0;
}

int plain_exec_ok(struct target *t, const char *script, int64_t limit_ns, struct err *e)
{
	AUTO_STR said = { 0 };
	struct plain_exec p = { .script = script, .limit_ns = limit_ns };
	int status = -1;

	if (plain_exec(t, &p, &status, &said, e) != 0)
		return -1;
	if (status == 0)
		return 0;
	AUTO_FREE char *why = plain_exec_why(str_text(&said), status);
	return err_set(e, command_says_full(str_text(&said)) ? ERR_DISK_FULL : ERR_IO, "%s: %s", t->spec->name, why);
}

/* Where the last line that is not the answer begins; *out_len 0: there is none. */
static const char *last_line(const char *said, size_t *out_len)
{
	const char *best = said;

	*out_len = 0;
	while (*said) {
		size_t len = strcspn(said, "\n");
		if (len > 0 && !str_starts(said, "labctl-status ")) {
			best = said;
			*out_len = len;
		}
		said += len + (said[len] == '\n');
	}
	return best;
}

char *plain_exec_why(const char *said, int status)
{
	AUTO_STR why = { 0 };
	size_t len;
	const char *line = last_line(said, &len);

	if (len == 0)
		return mem_printf("exit status %d", status);
	AUTO_FREE char *text = mem_dup_bytes(line, len > 200 ? 200 : len);
	str_add_quoted(&why, text, STR_TERMINAL);
	return str_take(&why);
}
