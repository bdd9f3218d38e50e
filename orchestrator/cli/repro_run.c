/* An attempt again, on its machine: what changed since, the tests' output as it comes, and whether it is the same. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/repro.h"
#include "run/repeat.h"
#include "run/scratch.h"

#define NAMED_MOST	20 /* tests of a suite that are told one by one */
#define LINE_MOST_BYTES 65536
#define PROGRESS_MARK	"labctl-progress "

struct live {
	struct repro *repro;
	struct lines *streams[2];
};

/* ---- what comes while it runs ---- */

static void print_line(void *ctx, const char *line, size_t len)
{
	AUTO_STR clean = { 0 };

	(void)ctx;
	(void)len;
	if (str_starts(line, PROGRESS_MARK))
		return;
	str_add_quoted(&clean, line, STR_TERMINAL);
	printf("%s\n", str_text(&clean));
	fflush(stdout);
}

static void on_output(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	struct live *live = ctx;

	lines_feed(live->streams[stream == TARGET_ERR], data, len);
}

static void on_step(void *ctx, const char *what)
{
	struct live *live = ctx;

	context_say((void *)live->repro->context->globals, what);
}

/* What it holds dies with it. */
static void end_at_signal(int number)
{
	(void)number;
	_exit(EXIT_INTERRUPTED);
}

static void end_at_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < COUNT_OF(signals); i++)
		signal(signals[i], end_at_signal);
}

/* ---- then and now ---- */

static void say_lines(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		fprintf(stderr, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void say_changes(const struct repro *r, bool fits, const char *changes)
{
	log_warning("%s is not what it was in run %lld:", r->label, (long long)r->row->run);
	say_lines(changes);
	if (fits)
		log_warning("its layers, environment and command are those of the record");
	else
		log_warning("what was recorded cannot be made again any more: it is done as the recipe says now");
}

static void say_unknown_change(const struct repro *r)
{
	if (!strcmp(r->row->cell_id, r->cell->id))
		return;
	if (r->has_then)
		log_warning("%s has changed since run %lld, in nothing that installs or runs it (known failures, or "
			    "settings of the target)",
			    r->label, (long long)r->row->run);
	else
		log_warning("%s has changed since run %lld, and that record does not tell what it was made of: it is "
			    "done as the recipe says now",
			    r->label, (long long)r->row->run);
}

/* Chooses between the record's own steps and the recipe's, and says what differs. */
static int choose(struct repro *r, struct target *t, struct err *e)
{
	const struct layer_wish wish = { r->context->lab, target_base_id(t), r->opts.install_digest,
					 r->opts.index_digest };
	struct made now;
	AUTO_STR changes = { 0 };
	bool fits = true;
	int status = 0;

	if (r->is_varied)
		return 0;
	if (!r->has_then) {
		say_unknown_change(r);
		return 0;
	}
	if (repeat_made_now(r->cell, &r->opts, target_base_id(t), &now, e))
		return -1;
	if (!made_compare(&r->then, &now, &changes)) {
		say_unknown_change(r);
	} else {
		status = made_fits(t, &r->then, &wish, &fits, e);
		if (!status)
			say_changes(r, fits, str_text(&changes));
	}
	if (!status && fits)
		r->opts.made = &r->then;
	made_free(&now);
	return status;
}

/* ---- the machine ---- */

static int run_tests(struct live *live, struct target *t, struct err *e)
{
	struct repro *r = live->repro;
	struct outcome now;
	int status;

	outcome_start(&now);
	for (int i = 0; i < 2; i++)
		live->streams[i] = lines_new(LINE_MOST_BYTES, print_line, live);
	status = steps_run(t, r->cell, &r->opts, &now, e);
	for (int i = 0; i < 2; i++) {
		lines_finish(live->streams[i]);
		lines_free(live->streams[i]);
	}
	if (!status)
		status = repro_compare(r, &now);
	outcome_free(&now);
	return status;
}

static void tell_ready(void *ctx)
{
	const struct repro *r = ctx;
	FILE *out = stderr;

	if (r->context->globals->quiet)
		return;
	fprintf(out, "%s, as it is before the tests. What is changed here is thrown away.\n", r->label);
	fprintf(out, "  ./" REPEAT_SCRIPT "       runs %s\n", r->test ? "the test" : "all tests");
	fprintf(out, "  $LABCTL_PYTHON   is the interpreter; exit ends it\n");
}

static int enter_shell(struct live *live, struct target *t, struct err *e)
{
	struct repro *r = live->repro;
	struct outcome now;
	bool entered;
	int status;

	outcome_start(&now);
	status = repeat_shell(t, r->cell, &r->opts, tell_ready, r, &now, &entered, e);
	if (!status && !entered)
		status = err_set(e, now.verdict == VERDICT_UNAVAILABLE ? ERR_UNAVAILABLE : ERR_IO, "%s", now.reason);
	outcome_free(&now);
	return status ? -1 : EXIT_AS_EXPECTED;
}

static int on_target(struct live *live, const char *scratch, bool shell, struct err *e)
{
	struct repro *r = live->repro;
	const struct target_opts opts = { .cache_folder = r->context->cache_folder,
					  .scratch_folder = scratch,
					  .say = context_say,
					  .ctx = (void *)r->context->globals };
	struct target *t = target_open(r->cell->target, &opts, e);
	int status;

	if (!t)
		return -1;
	status = choose(r, t, e);
	if (!status)
		status = shell ? enter_shell(live, t, e) : run_tests(live, t, e);
	target_close(t);
	return status;
}

int repro_run(struct repro *r, bool shell, struct err *e)
{
	struct live live = { .repro = r };
	AUTO_FREE char *logs = NULL;
	int lock_fd = -1, status = -1;
	char *scratch = scratch_make(r->context->cache_folder, r->row->target, &lock_fd, e);

	if (!scratch)
		return -1;
	if (!shell)
		end_at_signals();
	r->opts.ears = (struct steps_ears){ .step = on_step, .output = shell ? NULL : on_output, .ctx = &live };
	logs = file_join(scratch, "record");
	r->opts.folder = logs;
	if (!file_make_folders(logs, e))
		status = on_target(&live, scratch, shell, e);
	scratch_drop(scratch, lock_fd);
	return status;
}
