#include "run/step_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/mem.h"

/* What one command's output goes through. */
struct output_sink {
	struct cell_run *r;
	struct compress_file *log;
	struct parser *parser;
	bool heard;
	struct lines *last[2]; /* by stream */
	char last_line[256];
	struct err failed;     /* of writing the log; code ERR_NONE: fine */
	struct err unreadable; /* of parsing; code ERR_NONE: fine */
};

/* "labctl-progress DONE TOTAL BAD NAME", from our supervisor, for the eye only. */
static bool take_progress(struct output_sink *sink, const char *line)
{
	const struct steps_ears *ears = &sink->r->opts->ears;
	long long done, total, bad;

	if (sscanf(line, "labctl-progress %lld %lld %lld", &done, &total, &bad) != 3)
		return false;
	if (ears->progress && done >= 0 && total >= 0 && bad >= 0)
		ears->progress(ears->ctx, done, total, bad);
	return true;
}

static void remember_line(void *ctx, const char *line, size_t len)
{
	struct output_sink *sink = ctx;
	AUTO_STR clean = { 0 };

	if (take_progress(sink, line))
		return;
	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!len)
		return;
	str_add_quoted(&clean, line, STR_TERMINAL);
	snprintf(sink->last_line, sizeof(sink->last_line), "%.200s", str_text(&clean));
}

static void on_output(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	struct output_sink *sink = ctx;

	lines_feed(sink->last[stream == TARGET_ERR], data, len);
	if (sink->heard && sink->r->opts->ears.output)
		sink->r->opts->ears.output(sink->r->opts->ears.ctx, stream, data, len);
	if (sink->failed.code == ERR_NONE)
		compress_add(sink->log, data, len, &sink->failed);
	if (sink->parser && stream == TARGET_OUT && sink->unreadable.code == ERR_NONE)
		parser_feed(sink->parser, data, len, &sink->unreadable);
}

static const char *const how_words[] = {
	[TARGET_EXITED] = "exited",	  [TARGET_TIMED_OUT] = "timed out", [TARGET_SILENT] = "silent",
	[TARGET_DISK_FULL] = "disk full", [TARGET_LOST] = "lost",
};

static struct outcome_step *next_step(struct outcome *out, const char *name)
{
	struct outcome_step *step;

	if (out->step_count == COUNT_OF(out->steps))
		out->step_count--; /* bounded: the last one is replaced */
	step = &out->steps[out->step_count++];
	*step = (struct outcome_step){ 0 };
	snprintf(step->name, sizeof(step->name), "%s", name);
	return step;
}

void step_note_kept(struct cell_run *r, const char *name)
{
	struct outcome_step *step = next_step(r->out, name);

	snprintf(step->how, sizeof(step->how), "kept");
}

static void note_end(struct cell_run *r, const char *name, const struct target_end *end, uint64_t dropped_bytes)
{
	struct outcome_step *step = next_step(r->out, name);

	snprintf(step->how, sizeof(step->how), "%s", how_words[end->how]);
	step->status = end->how == TARGET_EXITED ? end->status : -1;
	step->took_ns = end->took_ns;
	step->dropped_bytes = (int64_t)dropped_bytes;
}

static int run_into(struct cell_run *r, const struct step_command *c, struct output_sink *sink, struct step_end *out,
		    struct err *e)
{
	const struct target_command command = {
		.script = c->script,
		.env = r->env,
		.network = c->network,
		.limit_ns = c->limit_ns,
		.silence_limit_ns = c->silence_limit_ns,
		.on_output = on_output,
		.ctx = sink,
	};

	if (!target_run(r->target, &command, &out->end, e))
		return 0;
	if (e->code != ERR_LOST && e->code != ERR_UNREACHABLE)
		return -1;
	out->end = (struct target_end){ .how = TARGET_LOST };
	snprintf(out->end.why, sizeof(out->end.why), "%.250s", e->text);
	return 0;
}

int step_command_run(struct cell_run *r, const struct step_command *c, struct step_end *out, struct err *e)
{
	AUTO_FREE char *name = mem_printf("%s.log.zst", c->name);
	AUTO_FREE char *path = file_join(r->opts->folder, name);
	struct output_sink sink = {
		.r = r, .parser = c->parser, .heard = c->heard, .failed = ERR_INIT, .unreadable = ERR_INIT
	};
	uint64_t dropped_bytes;
	int status;

	*out = (struct step_end){ 0 };
	sink.log = compress_create(path, (uint64_t)r->opts->lab->settings.output_cap_bytes, e);
	if (!sink.log)
		return -1;
	for (int i = 0; i < 2; i++)
		sink.last[i] = lines_new(4096, remember_line, &sink);
	status = run_into(r, c, &sink, out, e);
	for (int i = 0; i < 2; i++) {
		lines_finish(sink.last[i]);
		lines_free(sink.last[i]);
	}
	snprintf(out->last_line, sizeof(out->last_line), "%s", sink.last_line);
	out->unreadable = sink.unreadable;
	dropped_bytes = compress_dropped_bytes(sink.log);
	if (compress_close(sink.log, status ? NULL : e))
		return -1;
	if (!status && sink.failed.code != ERR_NONE) {
		*e = sink.failed;
		return -1;
	}
	note_end(r, c->name, &out->end, dropped_bytes);
	return status;
}

void step_verdict(struct cell_run *r, enum verdict v, const char *fmt, ...)
{
	va_list ap;

	r->out->verdict = v;
	va_start(ap, fmt);
	vsnprintf(r->out->reason, sizeof(r->out->reason), fmt, ap);
	va_end(ap);
}

static void set_hint(struct cell_run *r, const char *hint)
{
	snprintf(r->out->hint, sizeof(r->out->hint), "%s", hint);
}

bool step_settle_ending(struct cell_run *r, const char *what, const struct step_end *end)
{
	char took[32];

	clock_format_duration(end->end.took_ns, took, sizeof(took));
	switch (end->end.how) {
	case TARGET_EXITED:
		return false;
	case TARGET_LOST:
		step_verdict(r, VERDICT_LOST, "the target went away while %s: %.200s", what, end->end.why);
		return true;
	case TARGET_DISK_FULL:
		step_verdict(r, VERDICT_BROKEN, "the target's disk is full while %s: %.200s", what, end->end.why);
		set_hint(r, "give the target more room (image: disk: in its file), or free some there");
		return true;
	case TARGET_TIMED_OUT:
		step_verdict(r, VERDICT_TIMED_OUT, "%s did not end within %s", what, took);
		return true;
	case TARGET_SILENT:
		step_verdict(r, VERDICT_TIMED_OUT, "%s printed nothing for too long and was stopped after %s", what,
			     took);
		return true;
	}
	return false;
}
