/* labctl runs, labctl rebuild: what is in the store. */
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/context.h"
#include "render/columns.h"
#include "store/query.h"

static void add_row(struct columns *table, const struct run_row *row)
{
	char when[32], took[32];
	AUTO_FREE char *number = mem_printf("%lld", (long long)row->id);
	AUTO_FREE char *cells = mem_printf("%lld", (long long)row->cells);
	AUTO_STR command = { 0 };

	clock_format_local(row->started_wall_ms, when, sizeof(when));
	clock_format_duration((row->ended_wall_ms - row->started_wall_ms) * NS_PER_MS, took, sizeof(took));
	str_add_quoted(&command, row->command ? row->command : "", STR_TERMINAL);
	columns_row(table, (const char *const[]){ number, when, row->ended_wall_ms ? took : "-", cells,
						  row->complete ? "complete" : "cut off", str_text(&command) });
}

static int run_runs(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	struct run_set runs = { 0 };
	struct columns *table;

	(void)options, (void)operand_count, (void)operands;
	if (context_open(&c, g, e) || context_open_store(&c, true, e) || query_runs(c.store, &runs, e))
		return -1;
	table = columns_new(6);
	columns_row(table, (const char *const[]){ "RUN", "BEGAN", "TOOK", "CELLS", "", "COMMAND" });
	for (size_t i = 0; i < runs.count; i++)
		add_row(table, &runs.rows[i]);
	columns_print(table, "  ", &out);
	columns_free(table);
	run_set_free(&runs);
	return context_put(NULL, &out, e);
}

const struct command runs_command = {
	.name = "runs",
	.title = "List the runs in the results, newest first",
	.run = run_runs,
};

static int run_rebuild(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	int64_t outcomes;

	(void)options, (void)operand_count, (void)operands;
	if (context_open(&c, g, e) || store_rebuild(c.lab->results_folder, &outcomes, e))
		return -1;
	printf("%s: %lld outcomes\n", c.lab->results_folder, (long long)outcomes);
	return EXIT_AS_EXPECTED;
}

const struct command rebuild_command = {
	.name = "rebuild",
	.title = "Make the database anew from the records below results/runs",
	.help = "The records on disk are the truth; lab.sqlite is made from them. The old database stays until the new "
		"one is whole.",
	.run = run_rebuild,
};
