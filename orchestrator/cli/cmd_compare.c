/* labctl compare: two runs, two files, or one of each. */
#include <stdlib.h>
#include <string.h>

#include "analyse/compare_asv.h"
#include "base/mem.h"
#include "cli/bench_source.h"
#include "render/compare.h"

#define DEFAULT_MARGIN_PERCENT "2"

struct compare_options {
	struct bench_source_opts source;
	const char *as, *margin, *format, *output;
};

#define AT(field) offsetof(struct compare_options, field)

static const char *const formats[] = { "terminal", "json", "csv", "markdown", NULL };
static const char *const tools[] = { "pyperf", "asv", NULL };

static const struct option_row rows[] = {
	{ "as", 0, OPTION_CHOICE, AT(as), "TOOL", tools, NULL,
	  "print what that tool prints, by its own arithmetic: pyperf compare_to (with --verbose as with its -v) or "
	  "asv compare (whose factor is 1 + --margin, 1.1 when that is not given)" },
	{ "margin", 0, OPTION_TEXT, AT(margin), "PERCENT", NULL, NULL,
	  "differences below this do not matter: what lies within is equivalent; default " DEFAULT_MARGIN_PERCENT },
	{ "from", 0, OPTION_TEXT, AT(source.format), "FORMAT", NULL, "bench-format",
	  "what the files are; else recognised" },
	{ "target", 't', OPTION_TEXT, AT(source.target), "NAME", NULL, "target", "of runs: only this target" },
	{ "runtime", 'r', OPTION_TEXT, AT(source.runtime), "NAME", NULL, "runtime", "of runs: only this runtime" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how the comparison is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file", "write to FILE, whole or not at all" },
	{ 0 },
};

static int read_margin(const char *text, double *out, struct err *e)
{
	char *end;
	double percent = strtod(text ? text : DEFAULT_MARGIN_PERCENT, &end);

	if (*end || !(percent >= 0 && percent < 1000))
		return err_set(e, ERR_USAGE, "--margin %.60s: a number of percent is wanted", text);
	*out = percent / 100;
	return 0;
}

/* "mult_list_py36" of results/mult_list_py36.json.gz; a run as it was named. Caller frees. */
static char *short_name(const struct bench_source *s)
{
	static const char *const endings[] = { ".gz", ".bz2", ".json" };
	const char *slash = strrchr(s->text, '/');
	char *name = mem_dup(!s->is_run && slash && slash[1] ? slash + 1 : s->text);

	for (size_t i = 0; !s->is_run && i < COUNT_OF(endings); i++)
		if (str_ends(name, endings[i]) && strlen(name) > strlen(endings[i]))
			name[strlen(name) - strlen(endings[i])] = '\0';
	return name;
}

static int draw(const struct globals *g, const struct compare_options *o, const struct comparison *c,
		const struct compare_names *names, const struct asv_sides *sides, struct str *out, struct err *e)
{
	const char *format = o->format ? o->format : "terminal";
	struct render_opts opts = context_render_opts(g);

	if (o->as && !strcmp(o->as, "asv"))
		return compare_as_asv(c, names, sides, out, e);
	if (o->as)
		return compare_as_pyperf(c, names, g->verbose, out, e);
	if (o->output)
		opts = (struct render_opts){ .program = "labctl" };
	if (!strcmp(format, "json"))
		compare_json(c, names, out);
	else if (!strcmp(format, "csv"))
		compare_csv(c, out);
	else if (!strcmp(format, "markdown"))
		compare_markdown(c, names, out);
	else
		compare_terminal(c, names, &opts, out);
	return 0;
}

static int run_compare(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct compare_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_BENCH_SOURCE base = { 0 };
	AUTO_BENCH_SOURCE changed = { 0 };
	AUTO_FREE char *base_name = NULL;
	AUTO_FREE char *changed_name = NULL;
	struct comparison comparison;
	AUTO_STR out = { 0 };
	double margin = 0;
	int status;

	if (operand_count != 2)
		return err_set(e, ERR_USAGE, "compare takes two runs or files: the base, and what is held against it");
	if (o->as && o->format)
		return err_set(e, ERR_USAGE, "--as and --format exclude each other");
	if (read_margin(o->margin, &margin, e) || bench_source_open(&c, g, operands[0], &o->source, &base, e) ||
	    bench_source_open(&c, g, operands[1], &o->source, &changed, e))
		return -1;
	base_name = short_name(&base);
	changed_name = short_name(&changed);
	compare_sets(&base.set, &changed.set, margin, &comparison);
	status = draw(g, o, &comparison, &(struct compare_names){ base_name, changed_name },
		      &(struct asv_sides){ &base.set, &changed.set, o->margin ? 1 + margin : ASV_FACTOR }, &out, e);
	if (!status && !context_put(o->output, &out, e))
		status = o->as ? 0 : comparison_exit_status(&comparison);
	else
		status = -1;
	comparison_free(&comparison);
	return status;
}

const struct command compare_command = {
	.name = "compare",
	.operands = "BASE CHANGED",
	.completes = "file",
	.title = "Hold measurements against each other: two runs, two files of any known form, or one of each",
	.help = "A run is named as `labctl runs` names it: latest, latest~1, a number, a name. Benchmarks are paired "
		"by "
		"name.\n"
		"\n"
		"A benchmark is faster or slower when its ratio differs from 1 (Holm's procedure over all of them), "
		"equivalent when its\n"
		"95 % interval lies within the margin, else undecided: which never means the same. The exit status is "
		"1 "
		"when something\n"
		"is slower or failed.\n"
		"\n"
		"  labctl compare latest~1 latest\n"
		"  labctl compare old.json new.json --margin 1\n"
		"  labctl compare py36.json py38.json --as pyperf",
	.options = rows,
	.options_bytes = sizeof(struct compare_options),
	.run = run_compare,
};
