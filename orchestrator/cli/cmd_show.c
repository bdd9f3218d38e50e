/* labctl show: one cell with its tests, messages and raw output. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/regex.h"
#include "cli/find.h"
#include "cli/speed.h"
#include "render/speed_page.h"
#include "store/query.h"
#include "store/retain.h"

#define RAW_CAP_BYTES (256u << 20)

struct show_options {
	const char *run, *test, *cause, *log, *format, *output;
	bool all, raw;
};

#define AT(field) offsetof(struct show_options, field)

static const char *const formats[] = { "terminal", "json", NULL };

static const struct option_row rows[] = {
	{ "test", 0, OPTION_TEXT, AT(test), "PATTERN", NULL, NULL,
	  "only tests whose name matches the regular expression" },
	{ "cause", 0, OPTION_TEXT, AT(cause), "NAME", NULL, NULL, "only tests that this cause explains" },
	{ "all", 'a', OPTION_FLAG, AT(all), NULL, NULL, NULL, "list every test, not only those that failed" },
	{ "raw", 0, OPTION_FLAG, AT(raw), NULL, NULL, NULL, "print the raw output of every step" },
	{ "log", 0, OPTION_TEXT, AT(log), "STEP", NULL, NULL,
	  "print the raw output of one step: check, tests, 1-install-..." },
	{ "run", 0, OPTION_TEXT, AT(run), "RUN", NULL, "run",
	  "the outcome in that run (latest, latest~2, a number, a name) instead of the last" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how it is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file", "write to FILE, whole or not at all" },
	{ 0 },
};

static int keep_matching(struct test_set *tests, const char *pattern, struct err *e)
{
	struct regex *r = regex_new(pattern, e);
	size_t kept = 0;

	if (!r) {
		e->code = ERR_USAGE;
		return err_wrap(e, "--test");
	}
	for (size_t i = 0; i < tests->count; i++)
		if (regex_matches(r, tests->rows[i].name, strlen(tests->rows[i].name)))
			tests->rows[kept++] = tests->rows[i];
	tests->count = kept;
	regex_free(r);
	return 0;
}

static void keep_cause(struct test_set *tests, const char *cause)
{
	size_t kept = 0;

	for (size_t i = 0; i < tests->count; i++)
		if (tests->rows[i].cause && !strcmp(tests->rows[i].cause, cause))
			tests->rows[kept++] = tests->rows[i];
	tests->count = kept;
}

static int fail_no_log(struct context *c, const struct outcome_row *row, const char *only, const char *folder,
		       struct err *e)
{
	int64_t pruned_wall_ms = retain_pruned_wall_ms(c->lab->results_folder, row->folder);
	char when[64];

	if (pruned_wall_ms) {
		clock_format_local(pruned_wall_ms, when, sizeof(when));
		err_set(e, ERR_USAGE, "the raw output of the cell was removed on %s, as retention in lab.yaml says",
			when);
		return err_hint(e, "what it came to is kept: labctl show without --log and --raw");
	}
	err_set(e, ERR_USAGE, only ? "the cell has no step '%s'" : "the raw output of the cell is gone", only);
	return err_hint(e, "it is kept in %s", folder);
}

/* The raw output of the steps that were asked for, each under its name. */
static int add_raw(struct context *c, const struct outcome_row *row, const char *only, struct str *out, struct err *e)
{
	AUTO_FREE char *folder = file_join(c->lab->results_folder, row->folder);
	AUTO_FREE_LIST char **names = NULL;
	size_t shown = 0;

	if (file_list(folder, ".log.zst", &names, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = file_join(folder, *name);
		AUTO_FREE char *step = mem_dup_bytes(*name, strlen(*name) - strlen(".log.zst"));

		if (only && strcmp(only, step) != 0)
			continue;
		if (!only)
			str_addf(out, "%s==> %s <==\n", shown ? "\n" : "", step);
		shown++;
		if (compress_read_file(path, RAW_CAP_BYTES, out, e))
			return -1;
	}
	return shown ? 0 : fail_no_log(c, row, only, folder, e);
}

/* What a benchmark's page is made of. */
struct speed_parts {
	struct speed_page page;
	struct speed_summary summary;
	struct bench_set own, baseline;
};

/* The baseline of the same run, where it can be had. */
static void find_baseline(struct context *c, const struct outcome_row *row, struct speed_parts *parts)
{
	const char *baseline = c->lab->settings.baseline ? c->lab->settings.baseline : "cpython";
	struct outcome_set set = { 0 };

	if (strcmp(row->runtime, baseline) && !query_run_outcomes(c->store, row->run, &set, NULL))
		for (size_t i = 0; i < set.count; i++) {
			const struct outcome_row *other = &set.rows[i];

			if (!strcmp(other->target, row->target) && !strcmp(other->package, row->package) &&
			    !strcmp(other->tier, row->tier) && !strcmp(other->runtime, baseline) &&
			    !parts->baseline.count)
				speed_record_of(c, other, &parts->baseline, NULL);
		}
	outcome_set_free(&set);
	if (parts->baseline.count)
		parts->page.baseline = &parts->baseline.series[0];
	parts->page.baseline_name = baseline;
}

/* parts->page.series stays NULL where nothing was measured. */
static int load_speed(struct context *c, const struct outcome_row *row, struct speed_parts *parts, struct err *e)
{
	*parts = (struct speed_parts){ 0 };
	if (strcmp(row->tier, SPEED_TIER))
		return 0;
	if (speed_summary_of(c, row, &parts->summary, e))
		return -1;
	if (!parts->summary.process_count)
		return 0;
	if (speed_record_of(c, row, &parts->own, e))
		return -1;
	find_baseline(c, row, parts);
	parts->page.summary = &parts->summary;
	parts->page.series = &parts->own.series[0];
	parts->page.counted = speed_counts_instructions(row);
	return 0;
}

static void free_speed(struct speed_parts *parts)
{
	speed_summary_free(&parts->summary);
	bench_free(&parts->own);
	bench_free(&parts->baseline);
}

static int draw(struct context *c, const struct show_options *o, const struct outcome_row *row, struct str *out,
		struct err *e)
{
	AUTO_FREE char *label = find_label_of(row);
	struct render_opts opts = context_render_opts(c->globals);
	struct test_set tests = { 0 };
	struct cell_page page = { .label = label, .row = row, .tests = &tests, .all_tests = o->all || o->test };
	struct speed_parts parts;
	int status = query_tests(c->store, row->id, !page.all_tests, &tests, e);

	if (!status)
		status = load_speed(c, row, &parts, e);
	else
		parts = (struct speed_parts){ 0 };
	page.speed = parts.page.series ? &parts.page : NULL;
	page.raw_pruned_wall_ms = retain_pruned_wall_ms(c->lab->results_folder, row->folder);
	if (!status && o->test)
		status = keep_matching(&tests, o->test, e);
	if (!status && o->cause)
		keep_cause(&tests, o->cause);
	if (o->output)
		opts = (struct render_opts){ .program = "labctl" };
	if (!status && o->format && !strcmp(o->format, "json"))
		json_cell(&page, out);
	else if (!status)
		terminal_cell(&page, &opts, out);
	free_speed(&parts);
	test_set_free(&tests);
	return status;
}

/* Facts come only with the query that asks for them. */
static int reload_with_facts(struct context *c, const struct outcome_row *row, struct outcome_set *out, struct err *e)
{
	const char *ids[] = { row->cell_id, NULL };

	return query_last(c->store, ids, 0, true, out, e);
}

static int show_cell(struct context *c, const struct show_options *o, const char *text, struct str *out, struct err *e)
{
	struct outcome_set set = { 0 }, with_facts = { 0 };
	const struct outcome_row *row = NULL;
	int status = find_outcome(c, text, o->run, &set, &row, e);

	if (!status && (o->raw || o->log))
		status = add_raw(c, row, o->log, out, e);
	else if (!status) {
		status = reload_with_facts(c, row, &with_facts, e);
		if (!status && with_facts.count && with_facts.rows[0].id == row->id)
			row = &with_facts.rows[0];
		if (!status)
			status = draw(c, o, row, out, e);
	}
	outcome_set_free(&set);
	outcome_set_free(&with_facts);
	return status;
}

static int run_show(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct show_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };

	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "show takes one cell, as in s390x/cpython/pandas:smoke");
	if (context_open(&c, g, e) || context_open_store(&c, true, e) || show_cell(&c, o, operands[0], &out, e))
		return -1;
	return context_put(o->output, &out, e);
}

const struct command show_command = {
	.name = "show",
	.operands = "CELL",
	.completes = "cell",
	.title = "Show one cell: its tests, messages, facts and raw output",
	.help = "A cell is TARGET/RUNTIME/PACKAGE:TIER; parts that leave no doubt may be left out.\n"
		"\n"
		"  labctl show s390x/cpython/pandas:smoke\n"
		"  labctl show s390x/cpython/pandas --test 'test_numpy.*' --all\n"
		"  labctl show s390x/cpython/pandas --log tests",
	.options = rows,
	.options_bytes = sizeof(struct show_options),
	.run = run_show,
};
