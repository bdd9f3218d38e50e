/* labctl export: measurements of a run or a file, in the form of another tool. */
#include <math.h>
#include <string.h>

#include "analyse/speed_summary.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/bench_source.h"
#include "parse/bench_format.h"

struct export_options {
	struct bench_source_opts source;
	struct bench_write_opts write;
	const char *format, *output;
};

#define AT(field) offsetof(struct export_options, field)

static const struct option_row rows[] = {
	{ "format", 'f', OPTION_TEXT, AT(format), "FORMAT", NULL, "bench-format",
	  "which form: labctl, pyperf, codespeed, ... (`labctl export --format help` lists them); default labctl" },
	{ "from", 0, OPTION_TEXT, AT(source.format), "FORMAT", NULL, "bench-format",
	  "what a file is; else it is recognised" },
	{ "target", 't', OPTION_TEXT, AT(source.target), "NAME", NULL, "target", "of a run: only this target" },
	{ "runtime", 'r', OPTION_TEXT, AT(source.runtime), "NAME", NULL, "runtime", "of a run: only this runtime" },
	{ "project", 0, OPTION_TEXT, AT(write.project), "NAME", NULL, NULL, "codespeed: the project" },
	{ "branch", 0, OPTION_TEXT, AT(write.branch), "NAME", NULL, NULL, "codespeed: the branch" },
	{ "commit", 0, OPTION_TEXT, AT(write.commit), "ID", NULL, NULL, "codespeed: the revision" },
	{ "environment", 0, OPTION_TEXT, AT(write.environment), "NAME", NULL, NULL,
	  "codespeed: the environment, which its server must know" },
	{ "executable", 0, OPTION_TEXT, AT(write.executable), "NAME", NULL, NULL,
	  "codespeed: the executable; else the runtime" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file", "write to FILE, whole or not at all" },
	{ 0 },
};

static void list_formats(struct str *out)
{
	const struct bench_format *f;

	for (size_t i = 0; (f = bench_format(i)); i++)
		str_addf(out, "%-10s %-11s %s\n", f->name,
			 f->reads && f->writes ? "read, write"
			 : f->reads	       ? "read"
					       : "write",
			 f->title);
}

static void tell_left_out(const struct str *lines)
{
	AUTO_FREE char *text = mem_dup(str_text(lines));
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_warning("left out: %s", line);
}

/* Other tools take every value for one of the steady state: what came before becomes warm-up. */
static void split_warm_up(struct bench_set *set, struct bench_series *s)
{
	struct speed_summary summary;
	size_t at = 0;

	speed_summarise(s, &summary);
	for (size_t i = 0; i < s->run_count; i++) {
		const struct speed_process *p = &summary.processes[at];

		if (s->runs[i].kind == BENCH_CALIBRATION)
			continue;
		at++;
		if (!p->failed && isfinite(p->mean) && p->steady_from < p->iterations)
			bench_split_warmups(set, &s->runs[i], (size_t)p->steady_from);
	}
	speed_summary_free(&summary);
	s->from_start = false;
}

/* TARGET/RUNTIME/ in front of a benchmark's name says nothing where it is the same for all. */
static void drop_common_prefix(struct bench_set *set)
{
	const char *first = set->series[0].name, *slash = strrchr(first, '/');
	size_t len = slash ? (size_t)(slash - first) + 1 : 0;

	for (size_t i = 0; i < set->count; i++)
		if (strncmp(set->series[i].name, first, len))
			len = 0;
	for (size_t i = 0; i < set->count; i++)
		set->series[i].name += len;
}

static int run_export(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct export_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_BENCH_SOURCE source = { 0 };
	AUTO_STR out = { 0 };
	AUTO_STR left_out = { 0 };

	if (o->format && !strcmp(o->format, "help")) {
		list_formats(&out);
		return context_put(o->output, &out, e);
	}
	if (operand_count > 1)
		return err_set(e, ERR_USAGE, "export takes one run or file");
	if (o->format && !bench_format_find(o->format, e))
		return -1;
	if (bench_source_open(&c, g, operand_count ? operands[0] : "latest", &o->source, &source, e))
		return -1;
	if (source.is_run)
		drop_common_prefix(&source.set);
	for (size_t i = 0; i < source.set.count && o->format && strcmp(o->format, "labctl"); i++)
		if (source.set.series[i].from_start)
			split_warm_up(&source.set, &source.set.series[i]);
	if (bench_write(o->format ? o->format : "labctl", &source.set, &o->write, &out, &left_out, e))
		return -1;
	tell_left_out(&left_out);
	return context_put(o->output, &out, e);
}

const struct command export_command = {
	.name = "export",
	.operands = "[RUN|FILE]",
	.completes = "file",
	.title = "Write measurements of a run, or of a file of any known form, in the form of another tool",
	.help = "Without RUN it takes the last run. Nothing that was measured is dropped silently: what the other form "
		"has "
		"no place\n"
		"for is told, and numbers it cannot hold are an error.\n"
		"\n"
		"  labctl export latest --target s390x --runtime pypy --format pyperf -o pypy.json\n"
		"  labctl export old.json --format labctl\n"
		"  labctl export --format codespeed --project PyPy --branch default --commit 4a5b --environment lab",
	.options = rows,
	.options_bytes = sizeof(struct export_options),
	.run = run_export,
};
