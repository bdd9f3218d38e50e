/* An attempt again, on its machine: what changed since, the tests' output as it comes, and whether it is the same. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyse/again.h"
#include "base/clock.h"
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
	size_t named;
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
		log_warning("it is done again as it was recorded");
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

static void print_seen(const char *when, enum verdict v, const char *detail, const char *more)
{
	AUTO_STR line = { 0 };
	AUTO_STR clean = { 0 };

	again_line(detail, &line);
	str_add_quoted(&clean, str_text(&line), STR_TERMINAL);
	printf("%-9s %s%s%.300s%s\n", when, verdict_name(v), line.len ? ": " : "", str_text(&clean), more);
}

static char *when_recorded(const struct repro *r)
{
	char when[32];

	clock_format_utc(r->row->started_wall_ms, when, sizeof(when));
	return mem_printf(" (run %lld, %s)", (long long)r->row->run, when);
}

/* Versions that are not what they were. */
static void print_other_facts(const struct repro *r, const struct outcome *now)
{
	for (size_t i = 0; i < now->facts.count; i++) {
		const struct fact *f = &now->facts.items[i];
		const char *then = facts_get(&r->record.facts, f->name);

		if (then && strcmp(then, f->value) != 0)
			printf("%s was %s and is %s\n", f->name, then, f->value);
	}
}

static const struct test_case *case_of(const struct result *result, const char *name)
{
	for (size_t i = result->count; i-- > 0;)
		if (!strcmp(result->cases[i].name, name))
			return &result->cases[i];
	return NULL;
}

static int compare_test(const struct repro *r, const struct outcome *now)
{
	const struct test_case *found = case_of(&now->result, r->test->name);
	const struct seen before = { r->test->verdict, r->test->detail, r->test->cause };
	const struct seen after =
		found ? (struct seen){ found->verdict, found->detail, found->cause } : (struct seen){ 0 };
	enum again what = again_of(&before, found ? &after : NULL);
	bool was_bad = verdict_is_bad(before.verdict);
	AUTO_FREE char *when = when_recorded(r);
	AUTO_STR name = { 0 };

	str_add_quoted(&name, r->test->name, STR_TERMINAL);
	printf("\n%s %.300s\n", r->label, str_text(&name));
	print_seen("recorded", before.verdict, was_bad ? before.detail : NULL, when);
	if (found)
		print_seen("now", after.verdict, verdict_is_bad(after.verdict) ? after.detail : NULL, "");
	else
		print_seen("now", now->verdict, now->reason, "");
	if (r->test->known)
		printf("the recipe knows it: %s\n", r->test->known);
	print_other_facts(r, now);
	printf("%s\n", what == AGAIN_SAME && !was_bad ? "the same: it does not fail" : again_text(what));
	if (what == AGAIN_PASSES)
		printf("  alone; whether it takes those before it: labctl repro %s\n", r->label);
	return what == AGAIN_SAME ? EXIT_AS_EXPECTED : EXIT_FINDINGS;
}

static void print_difference(void *ctx, const char *name, const struct seen *then, const struct seen *now,
			     enum again what)
{
	struct live *live = ctx;
	AUTO_STR clean = { 0 };

	if (live->named++ >= NAMED_MOST)
		return;
	str_add_quoted(&clean, name, STR_TERMINAL);
	printf("  %s: %.300s\n", then && verdict_is_bad(then->verdict) ? again_text(what) : "it fails only now",
	       str_text(&clean));
	(void)now;
}

/* Of a cell without tests, the reason is all there is to compare. */
static bool same_reason(const struct repro *r, const struct outcome *now)
{
	AUTO_STR before = { 0 };
	AUTO_STR after = { 0 };

	again_line(r->row->reason, &before);
	again_line(now->reason, &after);
	return !strcmp(str_text(&before), str_text(&after));
}

static int compare_suite(struct live *live, const struct outcome *now)
{
	struct repro *r = live->repro;
	AUTO_FREE char *when = when_recorded(r);
	struct again_suite s;
	bool same;

	printf("\n%s\n", r->label);
	print_seen("recorded", r->row->verdict, r->row->reason, when);
	print_seen("now", now->verdict, now->reason, "");
	s = again_compare(&r->tests, &now->result, print_difference, live);
	if (live->named > NAMED_MOST)
		printf("  and %zu more\n", live->named - NAMED_MOST);
	print_other_facts(r, now);
	same = again_suite_is_same(&s) && r->row->verdict == now->verdict && (now->result.count || same_reason(r, now));
	printf("%s: %zu of the same failures, %zu others, %zu pass now, %zu did not run, %zu fail only now\n",
	       same ? "the same" : "not the same", s.same, s.other, s.passes, s.not_run, s.newly);
	return same ? EXIT_AS_EXPECTED : EXIT_FINDINGS;
}

/* ---- the machine ---- */

static int compare(struct live *live, const struct outcome *now)
{
	int status = live->repro->test ? compare_test(live->repro, now) : compare_suite(live, now);

	if (now->hint[0])
		fprintf(stderr, "  %s\n", now->hint);
	return now->verdict == VERDICT_LOST ? EXIT_UNREACHABLE : status;
}

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
		status = compare(live, &now);
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
