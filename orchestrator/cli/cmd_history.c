/* labctl history: what became of a package, a test or a benchmark over the runs. */
#include <string.h>

#include "base/mem.h"
#include "cli/history.h"
#include "render/columns.h"
#include "render/history.h"

struct history_options {
	struct option_list targets, runtimes;
	const char *tier, *metric, *format, *output;
	int64_t last;
	bool flaky;
};

#define AT(field) offsetof(struct history_options, field)

static const char *const formats[] = { "terminal", "json", "csv", NULL };
static const char *const metrics[] = { "time", "memory", "failures", "pass-rate", NULL };

static const struct option_row rows[] = {
	{ "target", 't', OPTION_LIST, AT(targets), "NAME,...", NULL, "target", "only these targets" },
	{ "runtime", 'r', OPTION_LIST, AT(runtimes), "NAME,...", NULL, "runtime", "only these runtimes" },
	{ "tier", 0, OPTION_TEXT, AT(tier), "NAME", NULL, "tier", "only this tier" },
	{ "metric", 0, OPTION_CHOICE, AT(metric), "NAME", metrics, NULL,
	  "what is followed; else time of benchmarks and failures of packages" },
	{ "last", 0, OPTION_COUNT, AT(last), "COUNT", NULL, NULL, "only the newest so many runs of each series" },
	{ "flaky", 0, OPTION_FLAG, AT(flaky), NULL, NULL, NULL,
	  "list the tests of these packages whose verdict changes without a cause" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how it is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file", "write to FILE, whole or not at all" },
	{ 0 },
};

static unsigned metric_bits(const char *name)
{
	for (int m = 0; name && m < HISTORY_METRIC_COUNT; m++)
		if (!strcmp(history_metric_key((enum history_metric)m), name))
			return 1u << m;
	return 0;
}

static void draw(const struct globals *g, const struct history_options *o, const struct history *h, struct str *out)
{
	struct render_opts opts = context_render_opts(g);

	if (o->output)
		opts = (struct render_opts){ .program = "labctl" };
	if (o->format && !strcmp(o->format, "json"))
		history_json(h, out);
	else if (o->format && !strcmp(o->format, "csv"))
		history_csv(h, out);
	else
		history_terminal(h, &opts, out);
}

static void add_flaky(struct columns *table, const struct flaky_test *t)
{
	AUTO_FREE char *cell = mem_printf("%s/%s/%s:%s", t->target, t->runtime, t->package, t->tier);
	AUTO_FREE char *bad = mem_printf("%zu of %zu", t->flaky.bad, t->flaky.outcomes);
	AUTO_FREE char *rate = mem_printf("%.0f %%", flaky_rate(&t->flaky) * 100);
	AUTO_STR name = { 0 };

	str_add_quoted(&name, t->test, STR_TERMINAL);
	columns_row(table, (const char *const[]){ rate, bad, cell, str_text(&name) });
}

static int list_flaky(struct context *c, const struct history_wish *w, struct str *out, struct err *e)
{
	struct flaky_set set = { 0 };
	int status = flaky_tests(c, w, 0, &set, e);
	struct columns *table = columns_new(4);

	columns_row(table, (const char *const[]){ "FLIPS", "BAD", "CELL", "TEST" });
	columns_align_right(table, 0);
	columns_align_right(table, 1);
	for (size_t i = 0; i < set.count; i++)
		add_flaky(table, &set.items[i]);
	if (set.count)
		columns_print(table, "  ", out);
	else
		str_add(out, "no test changes its verdict without a cause\n");
	columns_free(table);
	flaky_set_free(&set);
	return status;
}

static int show(struct context *c, const struct history_options *o, const struct history_wish *w, struct str *out,
		struct err *e)
{
	struct history h = { 0 };
	int status;

	if (o->flaky)
		return list_flaky(c, w, out, e);
	status = history_of(c, w, &h, e);
	if (!status)
		draw(c->globals, o, &h, out);
	history_free(&h);
	return status;
}

static int run_history(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct history_options *o = options;
	struct history_wish wish = {
		.names = (const char *const *)operands,
		.name_count = (size_t)operand_count,
		.targets = o->targets,
		.runtimes = o->runtimes,
		.tier = o->tier,
		.most_runs = (size_t)o->last,
		.metrics = metric_bits(o->metric),
	};
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };

	if (!operand_count && !o->flaky)
		return err_set(e, ERR_USAGE, "history takes packages, benchmarks, cells or tests");
	if (o->flaky && o->format && strcmp(o->format, "terminal") != 0)
		return err_set(e, ERR_USAGE, "--flaky is a list for people: leave --format out");
	if (context_open(&c, g, e) || context_open_store(&c, true, e) || show(&c, o, &wish, &out, e))
		return -1;
	return context_put(o->output, &out, e);
}

const struct command history_command = {
	.name = "history",
	.operands = "PACKAGE|BENCHMARK|CELL|TEST...",
	.completes = "package",
	.title = "What became of a package, a benchmark or a test over the runs, and when it changed",
	.help = "Failures of a package (those that its recipe knows are left out), the time of a benchmark, the "
		"verdict of a "
		"test. A test is named in full, by what stands behind its last ::, or by a pattern between slashes.\n"
		"\n"
		"Where a level changes is found by E-divisive over all split points, tested by rank, and told when "
		"Benjamini "
		"and Hochberg's procedure over all series asked for makes it a finding: at most 5 % of those told are "
		"false. "
		"A change is pending until three points confirm it.\n"
		"\n"
		"  labctl history numpy --target s390x\n"
		"  labctl history nbody --runtime pypy\n"
		"  labctl history '/test_.*byteorder/' --format json\n"
		"  labctl history numpy --flaky",
	.options = rows,
	.options_bytes = sizeof(struct history_options),
	.run = run_history,
};
