/* labctl bench: measures what is missing, stale or changed, then shows the speed matrix. */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/carry_out.h"
#include "cli/measuring.h"
#include "cli/speed.h"

#define DEFAULT_BUDGET_NS (30 * 60 * NS_PER_S)

struct bench_options {
	struct selection selection;
	struct carry_out_options carry_out;
	struct speed_options speed;
	int64_t budget_ns;
	const char *seed;
};

#define AT(field) offsetof(struct bench_options, field)

static const struct option_row rows[] = {
	{ "target", 't', OPTION_LIST, AT(selection.targets), "NAME,...", NULL, "target",
	  "only these targets: names, tag:TAG, patterns; -NAME leaves out" },
	{ "runtime", 'r', OPTION_LIST, AT(selection.runtimes), "NAME,...", NULL, "runtime",
	  "only these runtimes, chosen the same way; the baseline of the lab should be among them" },
	{ "budget", 'b', OPTION_DURATION, AT(budget_ns), "TIME", NULL, NULL,
	  "how long measuring may take in all (default 30m); installing comes on top" },
	{ "seed", 0, OPTION_TEXT, AT(seed), "NUMBER", NULL, NULL,
	  "draw the order of processes from this number; else one is made and told in the record" },
	{ "fresh", 0, OPTION_FLAG, AT(carry_out.wanted.fresh), NULL, NULL, NULL,
	  "measure everything, also what has a fresh result" },
	{ "resume", 0, OPTION_FLAG, AT(carry_out.wanted.resume), NULL, NULL, NULL,
	  "go on with the last run, which was cut off: what it was to do and has not done" },
	{ "no-run", 0, OPTION_FLAG, AT(carry_out.no_run), NULL, NULL, NULL, "measure nothing, show what is known" },
	{ "dry-run", 'n', OPTION_FLAG, AT(carry_out.dry_run), NULL, NULL, NULL,
	  "show what would be measured, and why, and end" },
	{ "memory", 0, OPTION_FLAG, AT(speed.memory), NULL, NULL, NULL, "show peak memory beside time" },
	{ "format", 0, OPTION_CHOICE, AT(speed.format), "FORMAT", speed_formats, NULL, "how the matrix is written" },
	{ "output", 'o', OPTION_TEXT, AT(speed.output), "FILE", NULL, "file",
	  "write the matrix to FILE, whole or not at all" },
	{ "in-process", 0, OPTION_FLAG, AT(carry_out.runner.in_process), NULL, NULL, NULL,
	  "run lane after lane without a process each, for a debugger" },
	{ 0 },
};

/* Within what the budget comes to, and where one is worth more patience. */
static void tell_estimate(const struct plan *p, const struct bench_options *o, const struct measure_opts *m)
{
	char text[32];
	size_t cells = 0;

	for (size_t i = 0; i < p->count; i++)
		cells += p->cells[i].benchmark != NULL;
	clock_format_duration((int64_t)(m->budget_s * (double)NS_PER_S), text, sizeof(text));
	if (!o->carry_out.no_run && !o->carry_out.dry_run)
		log_info("%zu benchmark cells; measuring what is not fresh takes up to about %s, installing comes on "
			 "top; "
			 "seed %llu",
			 cells, text, (unsigned long long)m->seed);
}

static int run_bench(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct bench_options *o = options;
	AUTO_CONTEXT c = { 0 };
	struct plan *p;
	struct runner_end end;
	int status;

	if (carry_out_check(&o->carry_out, e) || context_open(&c, g, e) ||
	    measuring_opts(c.lab, o->budget_ns ? o->budget_ns : DEFAULT_BUDGET_NS, o->seed,
			   &o->carry_out.runner.measure, e))
		return -1;
	p = context_plan_benchmarks(&c, &o->selection, (const char *const *)operands, (size_t)operand_count, e);
	if (!p)
		return -1;
	tell_estimate(p, o, &o->carry_out.runner.measure);
	status = carry_out(&c, p, &o->carry_out, &end, e);
	if (!status && !o->carry_out.dry_run)
		status = speed_show(&c, p, &o->speed, e);
	if (end.interrupted && status >= 0)
		status = EXIT_INTERRUPTED;
	plan_free(p);
	return status;
}

const struct command bench_command = {
	.name = "bench",
	.operands = "[SET|BENCHMARK...]",
	.completes = "benchmark",
	.title = "Measure what is missing, stale or changed, and show how fast each runtime is on each target",
	.help = "Without a name it takes every benchmark of the lab. A benchmark is named by itself, by its set (pure, "
		"border, arrays), by\n"
		"tag:TAG or by a pattern.\n"
		"\n"
		"On a target all runtimes are installed side by side, and the processes of a benchmark run in an order "
		"that "
		"was drawn by lot.\n"
		"The first ones say how many more there are to be, within the budget. A machine is never measured "
		"while "
		"another is at work here.\n"
		"\n"
		"  labctl bench pure\n"
		"  labctl bench nbody json_dumps --target local,s390x --budget 5m\n"
		"  labctl bench border --seed 7 --format markdown -o border.md",
	.options = rows,
	.options_bytes = sizeof(struct bench_options),
	.run = run_bench,
};
