/* labctl compare: two runs, two runtimes in one run, two files, or a file and a run. */
#include <stdlib.h>
#include <string.h>

#include "analyse/compare_asv.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/bench_source.h"
#include "cli/history.h"
#include "render/changes.h"
#include "render/compare.h"

#define DEFAULT_MARGIN_PERCENT "2"

struct compare_options {
	struct option_list targets, runtimes, packages;
	const char *from, *tier, *as, *margin, *format, *output;
	bool all, only_run;
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
	{ "from", 0, OPTION_TEXT, AT(from), "FORMAT", NULL, "bench-format", "what the files are; else recognised" },
	{ "target", 't', OPTION_LIST, AT(targets), "NAME,...", NULL, "target",
	  "of runs: only these targets; two of them with one run: against each other" },
	{ "runtime", 'r', OPTION_LIST, AT(runtimes), "NAME,...", NULL, "runtime",
	  "of runs: only these runtimes; two of them with one run: against each other" },
	{ "package", 'p', OPTION_LIST, AT(packages), "NAME,...", NULL, "package",
	  "of runs: only these packages and benchmarks" },
	{ "tier", 0, OPTION_TEXT, AT(tier), "NAME", NULL, "tier", "of runs: only this tier" },
	{ "only-run", 0, OPTION_FLAG, AT(only_run), NULL, NULL, NULL,
	  "of runs: leave out cells that the second run did not hold itself" },
	{ "all", 'a', OPTION_FLAG, AT(all), NULL, NULL, NULL, "list every test, not only the first few of each group" },
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

/* ---- files, and other tools' ways ---- */

static int one_of(const struct option_list *list, const char *option, const char **out, struct err *e)
{
	*out = list->count ? list->items[0] : NULL;
	return list->count > 1 ? err_set(e, ERR_USAGE, "%s: of files, and for these formats, one can be chosen", option)
			       : 0;
}

static int compare_measurements(const struct globals *g, const struct compare_options *o, char **operands,
				struct str *out, struct err *e)
{
	struct bench_source_opts source = { .format = o->from };
	AUTO_CONTEXT c = { 0 };
	AUTO_BENCH_SOURCE base = { 0 };
	AUTO_BENCH_SOURCE changed = { 0 };
	AUTO_FREE char *base_name = NULL;
	AUTO_FREE char *changed_name = NULL;
	struct comparison comparison;
	double margin = 0;
	int status;

	if (read_margin(o->margin, &margin, e) || one_of(&o->targets, "--target", &source.target, e) ||
	    one_of(&o->runtimes, "--runtime", &source.runtime, e) ||
	    bench_source_open(&c, g, operands[0], &source, &base, e) ||
	    bench_source_open(&c, g, operands[1], &source, &changed, e))
		return -1;
	base_name = short_name(&base);
	changed_name = short_name(&changed);
	compare_sets(&base.set, &changed.set, margin, &comparison);
	status = draw(g, o, &comparison, &(struct compare_names){ base_name, changed_name },
		      &(struct asv_sides){ &base.set, &changed.set, o->margin ? 1 + margin : ASV_FACTOR }, out, e);
	if (!status)
		status = o->as ? 0 : comparison_exit_status(&comparison);
	comparison_free(&comparison);
	return status;
}

/* ---- runs ---- */

static void draw_changes(const struct globals *g, const struct compare_options *o, const struct changes *c,
			 struct str *out)
{
	struct changes_look look = { .opts = context_render_opts(g), .all = o->all };

	if (o->output)
		look.opts = (struct render_opts){ .program = "labctl" };
	if (o->format && !strcmp(o->format, "json"))
		changes_json(c, out);
	else if (o->format && !strcmp(o->format, "markdown"))
		changes_markdown(c, &look, out);
	else
		changes_terminal(c, &look, out);
}

static int compare_runs(const struct globals *g, const struct compare_options *o, int operand_count, char **operands,
			struct str *out, struct err *e)
{
	struct change_wish wish = {
		.base = operands[0],
		.changed = operand_count > 1 ? operands[1] : NULL,
		.targets = o->targets,
		.runtimes = o->runtimes,
		.packages = o->packages,
		.tier = o->tier,
		.only_these_cells = o->only_run,
	};
	AUTO_CONTEXT c = { 0 };
	struct changes changes = { 0 };
	int status = -1;

	if (read_margin(o->margin, &wish.margin, e) || context_open(&c, g, e) || context_open_store(&c, true, e))
		return -1;
	if (!changes_between(&c, &wish, &changes, e)) {
		draw_changes(g, o, &changes, out);
		status = changes_exit_status(&changes);
	}
	changes_free(&changes);
	return status;
}

/* Files, and what only measurements can be written as, go the way of measurements. */
static bool are_runs(const struct compare_options *o, int operand_count, char **operands)
{
	for (int i = 0; i < operand_count; i++)
		if (file_exists(operands[i]))
			return false;
	return !o->as && !o->from && !(o->format && !strcmp(o->format, "csv"));
}

static int run_compare(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct compare_options *o = options;
	bool runs = are_runs(o, operand_count, operands);
	AUTO_STR out = { 0 };
	int status;

	if (operand_count != 2 && !(operand_count == 1 && runs && (o->runtimes.count == 2 || o->targets.count == 2))) {
		err_set(e, ERR_USAGE, "compare takes two runs or files: the base, and what is held against it");
		return err_hint(e, "or one run and two runtimes: labctl compare latest --runtime cpython,pypy");
	}
	if (o->as && o->format)
		return err_set(e, ERR_USAGE, "--as and --format exclude each other");
	status = runs ? compare_runs(g, o, operand_count, operands, &out, e)
		      : compare_measurements(g, o, operands, &out, e);
	return status < 0 || context_put(o->output, &out, e) ? -1 : status;
}

const struct command compare_command = {
	.name = "compare",
	.operands = "BASE [CHANGED]",
	.completes = "file",
	.title = "What changed between two runs: tests and speed; also two runtimes in one run, or two files of "
		 "measurements",
	.help = "A run is named as `labctl runs` names it: latest, latest~1, a number, a name; a day as in 2026-01-31 "
		"is "
		"the last run that began by its end. Of a run that did not hold a cell the last outcome before it "
		"stands "
		"for it. With one run, two runtimes or two targets are held against each other.\n"
		"\n"
		"Tests are newly crashed, newly failing, fixed, flaky (their verdict changes without a cause), still "
		"failing, "
		"appeared or disappeared, by package and cause. Failures that the recipe knows are left out; those "
		"that pass "
		"are told.\n"
		"\n"
		"A benchmark is faster or slower when its ratio differs from 1 (Holm's procedure over all of them), "
		"equivalent when its 95 % interval lies within the margin, else undecided: which never means the "
		"same.\n"
		"\n"
		"The exit status is 1 when something is newly failing, newly crashed or slower, or failed as a "
		"benchmark.\n"
		"\n"
		"  labctl compare latest~1 latest\n"
		"  labctl compare 2026-01-31 latest --target s390x --format markdown\n"
		"  labctl compare latest --runtime cpython,pypy\n"
		"  labctl compare old.json new.json --margin 1\n"
		"  labctl compare py36.json py38.json --as pyperf",
	.options = rows,
	.options_bytes = sizeof(struct compare_options),
	.run = run_compare,
};
