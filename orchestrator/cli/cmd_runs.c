/* labctl runs, labctl rebuild: what is in the store. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/context.h"
#include "render/columns.h"
#include "store/query.h"

struct runs_options {
	const char *tag;
};

static const struct option_row runs_rows[] = {
	{ "tag", 0, OPTION_TEXT, offsetof(struct runs_options, tag), "RUN=NAME", NULL, NULL,
	  "give a run a name: labctl runs --tag latest=v7.3.20; where the name is given already, it moves" },
	{ 0 },
};

static int tag_run(struct context *c, const char *text, struct err *e)
{
	const char *sign = strchr(text, '=');
	AUTO_FREE char *run_text = sign ? mem_dup_bytes(text, (size_t)(sign - text)) : NULL;
	int64_t run;

	if (!sign)
		return err_set(e, ERR_USAGE, "--tag %.100s: RUN=NAME is wanted, as in latest=v7.3.20", text);
	return query_resolve_run(c->store, run_text, &run, e) || store_tag_run(c->store, run, sign + 1, e) ? -1 : 0;
}

/* The tags of a run, one behind the other. */
static int add_tags(struct context *c, const char *run_name, struct str *out, struct err *e)
{
	AUTO_FREE_LIST char **tags = NULL;

	if (query_tags(c->store, &tags, e))
		return -1;
	for (size_t i = 0; tags[i]; i++) {
		AUTO_FREE char *tagged = NULL;

		if (query_tag(c->store, tags[i], &tagged, e) < 0)
			return -1;
		if (tagged && !strcmp(tagged, run_name))
			str_addf(out, "%s%s", out->len ? " " : "", tags[i]);
	}
	return 0;
}

static int add_row(struct context *c, struct columns *table, const struct run_row *row, struct err *e)
{
	char when[32], took[32];
	AUTO_FREE char *number = mem_printf("%lld", (long long)row->id);
	AUTO_FREE char *cells = mem_printf("%lld", (long long)row->cells);
	AUTO_STR command = { 0 };
	AUTO_STR state = { 0 };
	AUTO_STR tags = { 0 };

	if (add_tags(c, row->name, &tags, e))
		return -1;
	clock_format_local(row->started_wall_ms, when, sizeof(when));
	clock_format_duration((row->ended_wall_ms - row->started_wall_ms) * NS_PER_MS, took, sizeof(took));
	str_add_quoted(&command, row->command ? row->command : "", STR_TERMINAL);
	str_addf(&state, "%s%s%s", row->complete ? "complete" : "cut off", tags.len ? ", " : "", str_text(&tags));
	columns_row(table, (const char *const[]){ number, when, row->ended_wall_ms ? took : "-", cells,
						  str_text(&state), str_text(&command) });
	return 0;
}

static int list_runs(struct context *c, const struct run_set *runs, struct str *out, struct err *e)
{
	struct columns *table = columns_new(6);
	int status = 0;

	columns_row(table, (const char *const[]){ "RUN", "BEGAN", "TOOK", "CELLS", "", "COMMAND" });
	for (size_t i = 0; !status && i < runs->count; i++)
		status = add_row(c, table, &runs->rows[i], e);
	columns_print(table, "  ", out);
	columns_free(table);
	return status;
}

static int run_runs(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct runs_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	struct run_set runs = { 0 };
	int status;

	(void)operand_count, (void)operands;
	if (context_open(&c, g, e) || context_open_store(&c, true, e))
		return -1;
	if (o->tag)
		return tag_run(&c, o->tag, e);
	status = query_runs(c.store, &runs, e);
	if (!status)
		status = list_runs(&c, &runs, &out, e);
	run_set_free(&runs);
	return status ? -1 : context_put(NULL, &out, e);
}

const struct command runs_command = {
	.name = "runs",
	.title = "List the runs in the results, newest first, or give one a name",
	.help = "Wherever a run is asked for, a tag names it: compare, show, export.\n"
		"\n"
		"  labctl runs --tag latest=v7.3.20\n"
		"  labctl compare v7.3.20 latest",
	.options = runs_rows,
	.options_bytes = sizeof(struct runs_options),
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
