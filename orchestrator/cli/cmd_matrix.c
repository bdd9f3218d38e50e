/* labctl matrix: runs the cells that are missing, stale or changed, then shows the matrix. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/context.h"
#include "cli/judge.h"
#include "cli/runner.h"
#include "cli/wanted.h"

struct matrix_options {
	struct selection selection;
	struct wanted_options wanted;
	struct runner_options runner;
	bool dry_run, no_run;
	const char *format, *output;
};

static const char *const formats[] = { "terminal", "json", "csv", "markdown", "junit", NULL };

#define AT(field) offsetof(struct matrix_options, field)

static const struct option_row rows[] = {
	{ "target", 't', OPTION_LIST, AT(selection.targets), "NAME,...", NULL, "target",
	  "only these targets: names, tag:TAG, patterns; -NAME leaves out" },
	{ "runtime", 'r', OPTION_LIST, AT(selection.runtimes), "NAME,...", NULL, "runtime",
	  "only these runtimes, chosen the same way" },
	{ "tier", 0, OPTION_TEXT, AT(selection.tier), "TIER", NULL, "tier",
	  "which of the packages' tests: smoke, standard, full" },
	{ "fresh", 0, OPTION_FLAG, AT(wanted.fresh), NULL, NULL, NULL,
	  "run every cell, also those with a fresh result" },
	{ "resume", 0, OPTION_FLAG, AT(wanted.resume), NULL, NULL, NULL,
	  "go on with the last run, which was cut off: what it was to do and has not done" },
	{ "no-run", 0, OPTION_FLAG, AT(no_run), NULL, NULL, NULL, "run nothing, show what is known" },
	{ "dry-run", 'n', OPTION_FLAG, AT(dry_run), NULL, NULL, NULL, "show what would run, and why, and end" },
	{ "jobs", 'j', OPTION_COUNT, AT(runner.jobs), "N", NULL, NULL, "at most so many targets at once" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how the matrix is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file",
	  "write the matrix to FILE, whole or not at all" },
	{ "in-process", 0, OPTION_FLAG, AT(runner.in_process), NULL, NULL, NULL,
	  "run lane after lane without a process each, for a debugger" },
	{ 0 },
};

static void print_plan(const struct plan *p, const struct wanted *w)
{
	char estimate[32];
	size_t count = 0;

	for (size_t i = 0; i < p->lane_count; i++) {
		for (size_t k = 0; k < p->lanes[i].count; k++) {
			const struct cell *c = &p->lanes[i].cells[k];
			AUTO_STR label = { 0 };

			cell_label(c, &label);
			clock_format_duration(c->estimate_ns, estimate, sizeof(estimate));
			printf("%-44s %s%s%s\n", str_text(&label), c->why, c->estimate_ns ? ", last time " : "",
			       c->estimate_ns ? estimate : "");
			count++;
		}
	}
	printf("%zu cell%s would run, %zu fresh\n", count, count == 1 ? "" : "s", wanted_fresh_count(w));
}

static int show(struct context *c, const struct plan *p, const struct matrix_options *o, struct err *e)
{
	const struct renderer *renderer = renderer_find(o->format ? o->format : "terminal");
	struct render_opts opts = context_render_opts(c->globals);
	struct judgement judged;
	AUTO_STR out = { 0 };
	int status;

	if (o->output) {
		opts.colour = c->globals->colour && !strcmp(c->globals->colour, "always");
		opts.ascii = false;
		opts.width = 0;
	}
	if (judge_plan(c, p, &judged, e))
		return -1;
	renderer->render(&judged.report, &opts, &out);
	status = report_exit_status(&judged.report);
	judgement_free(&judged);
	return context_put(o->output, &out, e) ? -1 : status;
}

static int check_words(const struct matrix_options *o, struct err *e)
{
	if (o->wanted.fresh && o->no_run)
		return err_set(e, ERR_USAGE, "--fresh and --no-run exclude each other");
	if (o->wanted.resume && (o->wanted.fresh || o->no_run))
		return err_set(e, ERR_USAGE, "--resume and --%s exclude each other", o->no_run ? "no-run" : "fresh");
	return 0;
}

static int run_wanted(struct context *c, const struct plan *p, const struct wanted *w, struct matrix_options *o,
		      struct runner_end *end, struct err *e)
{
	o->runner.part_of_run = wanted_left_out(w) > 0;
	if (o->runner.part_of_run && !p->lane_count) {
		err_set(e, ERR_USAGE,
			"of the cells that the run was to do none that is left is chosen here, or what decides them "
			"has changed since");
		return err_hint(
			e, "choose the packages, targets and tier that `labctl runs` tells of, or leave --resume out");
	}
	if (o->runner.part_of_run) {
		log_warning("%zu of the cells that the run was to do are not chosen here, or what decides them has "
			    "changed since: it stays cut off",
			    wanted_left_out(w));
	}
	if (p->lane_count)
		return runner_run(c, p, wanted_run(w), &o->runner, end, e);
	/* All its cells had finished; only its end was cut off. */
	return wanted_run(w) ? store_end_run(c->store, wanted_run(w), !o->runner.part_of_run, e) : 0;
}

static int run_matrix(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct matrix_options *o = options;
	AUTO_CONTEXT c = { 0 };
	struct wanted *w = NULL;
	struct plan *p;
	struct runner_end end = { 0 };
	int status;

	if (check_words(o, e))
		return -1;
	o->wanted.none = o->no_run;
	o->wanted.only_look = o->dry_run || o->no_run;
	if (context_open(&c, g, e))
		return -1;
	p = context_plan(&c, &o->selection, (const char *const *)operands, (size_t)operand_count, e);
	if (!p)
		return -1;
	if (!context_open_store(&c, o->wanted.only_look, e))
		w = wanted_open(&c, p, &o->wanted, e);
	status = w ? 0 : -1;
	if (!status) {
		plan_lanes(p, wanted_cell, w);
		if (o->dry_run)
			print_plan(p, w);
		else
			status = run_wanted(&c, p, w, o, &end, e);
		if (!status && !o->dry_run)
			status = show(&c, p, o, e);
	}
	if (end.interrupted && status >= 0)
		status = EXIT_INTERRUPTED;
	wanted_close(w);
	plan_free(p);
	return status;
}

const struct command matrix_command = {
	.name = "matrix",
	.operands = "[PACKAGE...]",
	.completes = "package",
	.title = "Run what is missing, stale or changed, and show packages by target and runtime",
	.help = "Without PACKAGE it takes every package of the lab. A package is named as its recipe is, by tag:TAG or "
		"by a pattern.\n"
		"\n"
		"A cell is run when it never was, when its recipe, target or runtime has changed, when its last result "
		"is older than\n"
		"fresh_for in lab.yaml, or when its target was lost. All other cells are taken from the results.\n"
		"\n"
		"The first Ctrl-C lets the running cells end, the second stops now. What has finished is kept.\n"
		"\n"
		"  labctl matrix numpy pandas\n"
		"  labctl matrix sympy --target s390x,arm64 --runtime pypy\n"
		"  labctl matrix numpy --target all,-ppc64el --fresh -o matrix.md --format markdown",
	.options = rows,
	.options_bytes = sizeof(struct matrix_options),
	.run = run_matrix,
};
