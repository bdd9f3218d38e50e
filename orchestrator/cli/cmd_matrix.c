/* labctl matrix: runs the cells that are missing, stale or changed, then shows the matrix. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/carry_out.h"
#include "cli/judge.h"
#include "cli/speed.h"

struct matrix_options {
	struct selection selection;
	struct carry_out_options carry_out;
	bool speed, memory;
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
	{ "fresh", 0, OPTION_FLAG, AT(carry_out.wanted.fresh), NULL, NULL, NULL,
	  "run every cell, also those with a fresh result" },
	{ "resume", 0, OPTION_FLAG, AT(carry_out.wanted.resume), NULL, NULL, NULL,
	  "go on with the last run, which was cut off: what it was to do and has not done" },
	{ "no-run", 0, OPTION_FLAG, AT(carry_out.no_run), NULL, NULL, NULL, "run nothing, show what is known" },
	{ "dry-run", 'n', OPTION_FLAG, AT(carry_out.dry_run), NULL, NULL, NULL,
	  "show what would run, and why, and end" },
	{ "jobs", 'j', OPTION_COUNT, AT(carry_out.runner.jobs), "N", NULL, NULL, "at most so many targets at once" },
	{ "speed", 0, OPTION_FLAG, AT(speed), NULL, NULL, NULL,
	  "show how fast the runtimes are instead: benchmarks down, without running any; operands name benchmarks" },
	{ "memory", 0, OPTION_FLAG, AT(memory), NULL, NULL, NULL, "with --speed: show peak memory beside time" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how the matrix is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file",
	  "write the matrix to FILE, whole or not at all" },
	{ "in-process", 0, OPTION_FLAG, AT(carry_out.runner.in_process), NULL, NULL, NULL,
	  "run lane after lane without a process each, for a debugger" },
	{ 0 },
};

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

/* The benchmarks that need one of the plan's packages; NULL-ended, freed by the caller. */
static const char **benchmarks_of(const struct lab *lab, const struct plan *p, size_t *out_count)
{
	const char **names = mem_new(lab->benchmark_count + 1, sizeof(*names));

	*out_count = 0;
	for (size_t i = 0; i < lab->benchmark_count; i++) {
		bool needed = false;

		for (size_t k = 0; k < p->count; k++)
			needed |= text_list_has(&lab->benchmarks[i]->as_package->needs, p->cells[k].package->name);
		if (needed)
			names[(*out_count)++] = lab->benchmarks[i]->name;
	}
	return names;
}

/* What was measured of the packages, below their tests. */
static int show_speed_beside(struct context *c, const struct plan *p, struct matrix_options *o, int status,
			     struct err *e)
{
	size_t count;
	AUTO_FREE const char **names = benchmarks_of(c->lab, p, &count);
	struct speed_options speed = { .only_measured = true };
	struct speed_judged judged;
	struct plan *benchmarks;
	int shown = 0;

	if (!count || o->output || (o->format && strcmp(o->format, "terminal")))
		return status;
	benchmarks = context_plan_benchmarks(c, &o->selection, names, count, e);
	if (!benchmarks || speed_judge_plan(c, benchmarks, true, &judged, e)) {
		plan_free(benchmarks);
		return -1;
	}
	if (judged.matrix.row_count) {
		putchar('\n');
		shown = speed_draw(c, &judged, &speed, e);
	}
	speed_judged_free(&judged);
	plan_free(benchmarks);
	return shown < 0 ? -1 : status ? status : shown;
}

static int run_speed(const struct globals *g, struct matrix_options *o, int operand_count, char **operands,
		     struct err *e)
{
	struct speed_options speed = {
		.memory = o->memory, .only_measured = !operand_count, .format = o->format, .output = o->output
	};
	AUTO_CONTEXT c = { 0 };
	struct plan *p;
	int status = -1;

	if (o->format && !strcmp(o->format, "junit"))
		return err_set(e, ERR_USAGE, "--speed and --format junit exclude each other");
	if (context_open(&c, g, e) || context_open_store(&c, true, e))
		return -1;
	p = context_plan_benchmarks(&c, &o->selection, (const char *const *)operands, (size_t)operand_count, e);
	if (p)
		status = speed_show(&c, p, &speed, e);
	plan_free(p);
	return status;
}

static int run_matrix(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct matrix_options *o = options;
	AUTO_CONTEXT c = { 0 };
	struct plan *p;
	struct runner_end end;
	int status;

	if (o->speed)
		return run_speed(g, o, operand_count, operands, e);
	if (carry_out_check(&o->carry_out, e) || context_open(&c, g, e))
		return -1;
	p = context_plan(&c, &o->selection, (const char *const *)operands, (size_t)operand_count, e);
	if (!p)
		return -1;
	status = carry_out(&c, p, &o->carry_out, &end, e);
	if (!status && !o->carry_out.dry_run) {
		status = show(&c, p, o, e);
		if (status >= 0)
			status = show_speed_beside(&c, p, o, status, e);
	}
	if (end.interrupted && status >= 0)
		status = EXIT_INTERRUPTED;
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
		"  labctl matrix --speed --target local\n"
		"  labctl matrix numpy --target all,-ppc64el --fresh -o matrix.md --format markdown",
	.options = rows,
	.options_bytes = sizeof(struct matrix_options),
	.run = run_matrix,
};
