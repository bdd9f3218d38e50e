/* labctl describe: what may stand in the lab's files, and which settings are in force and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mdoc.h"
#include "base/mem.h"
#include "cli/context.h"
#include "cli/front.h"

struct describe_options {
	bool manual;
};

static const struct option_row rows[] = {
	{ "manual", 0, OPTION_FLAG, offsetof(struct describe_options, manual), NULL, NULL, NULL,
	  "print it as part of a manual page (mdoc)" },
	{ 0 },
};

static const struct schema *find_schema(const char *name, struct err *e)
{
	const char *names[32] = { 0 };
	const char *near;

	for (size_t i = 0; lab_describe(i) && i + 1 < COUNT_OF(names); i++) {
		names[i] = lab_describe(i)->name;
		if (!strcmp(names[i], name))
			return lab_describe(i);
	}
	near = str_nearest(name, names);
	err_set(e, ERR_USAGE, "nothing to describe is called '%s'", name);
	if (near)
		err_hint(e, "did you mean %s?", near);
	return NULL;
}

/* A command's help as mdoc: its paragraphs and its examples. */
static void add_manual_text(const char *text, struct str *out)
{
	bool in_example = false, new_paragraph = true;

	while (*text) {
		size_t len = strcspn(text, "\n");
		AUTO_FREE char *line = mem_dup_bytes(text, len);
		bool example = str_starts(line, "  ");

		if (example != in_example)
			str_add(out, example ? ".Bd -literal -offset indent\n" : ".Ed\n");
		in_example = example;
		if (example) {
			mdoc_add_literal(out, line + 2);
			str_add(out, "\n");
		} else if (len) {
			str_add(out, new_paragraph ? ".Pp\n" : "");
			mdoc_add_prose(out, line, "");
		}
		new_paragraph = !len;
		text += len + (text[len] == '\n');
	}
	if (in_example)
		str_add(out, ".Ed\n");
}

static void add_manual_exit(const struct exit_row *list, struct str *out)
{
	str_add(out, ".Bl -tag -width Ds -compact\n");
	for (const struct exit_row *row = list; row->word; row++) {
		str_addf(out, ".It %d\n", row->status);
		mdoc_add_prose(out, row->help, ".");
	}
	str_add(out, ".El\n");
}

static void add_manual_command(const struct command *c, struct str *out)
{
	str_addf(out, ".It Nm Ic %s", c->name);
	if (c->operands) {
		str_add(out, " Ar ");
		mdoc_add_literal(out, c->operands);
	}
	str_add(out, "\n");
	mdoc_add_prose(out, c->title, ".");
	if (c->help)
		add_manual_text(c->help, out);
	if (c->options) {
		str_add(out, ".Bl -tag -width Ds\n");
		options_man(c->options, out);
		str_add(out, ".El\n");
	}
	if (c->exits) {
		str_addf(out, "Its exit status is an answer; errors end with %d and the usual status:\n",
			 EXIT_ERRORS_FROM);
		add_manual_exit(c->exits, out);
	}
}

static void add_manual_commands(struct str *out)
{
	str_add(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; command_at(i); i++)
		add_manual_command(command_at(i), out);
	str_add(out, ".El\n");
}

/* Parts of the manual that are not of the lab's files. */
static bool add_program_part(const char *name, struct str *out)
{
	if (!strcmp(name, "commands"))
		add_manual_commands(out);
	else if (!strcmp(name, "options")) {
		str_add(out, ".Bl -tag -width Ds\n");
		options_man(global_options, out);
		str_add(out, ".El\n");
	} else if (!strcmp(name, "exit"))
		add_manual_exit(exit_rows, out);
	else
		return false;
	return true;
}

/* Where to break the line, at most width columns from its start: at the last blank, or at the next where a word is too
 * long. */
static size_t fold_at(const char *line, size_t len, size_t indent, size_t width)
{
	size_t at = width < len ? width : len;

	if (len <= width)
		return len;
	while (at > indent && line[at] != ' ')
		at--;
	return at > indent ? at : indent + strcspn(line + indent, " \n");
}

/* Breaks long lines for a terminal; what follows keeps the indentation. */
static void fold(const char *text, size_t width, struct str *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n"), indent = strspn(text, " ");
		const char *rest = text + indent;

		text += len;
		while (rest < text) {
			size_t part = fold_at(rest - indent, (size_t)(text - rest) + indent, indent, width) - indent;

			str_addf(out, "%*s%.*s\n", (int)indent, "", (int)part, rest);
			rest += part;
			rest += strspn(rest, " ");
		}
		if (!len)
			str_add(out, "\n");
		text += *text == '\n';
	}
}

static int put_folded(const struct globals *g, const struct str *text, struct err *e)
{
	int width = context_render_opts(g).width;
	AUTO_STR folded = { 0 };

	if (width < 40)
		return context_put(NULL, text, e);
	fold(str_text(text), (size_t)width, &folded);
	return context_put(NULL, &folded, e);
}

/* What is in force here, and why. */
static int describe_here(const struct globals *g, struct str *out, struct err *e)
{
	AUTO_CONTEXT c = { 0 };

	if (context_open(&c, g, e))
		return -1;
	str_addf(out, "lab       %s (%s)\n", c.lab->folder, c.lab_how);
	str_addf(out, "results   %s (%s)\n", c.lab->results_folder,
		 g->results		    ? "--results"
		 : getenv("LABCTL_RESULTS") ? "$LABCTL_RESULTS"
					    : "the lab");
	str_addf(out, "cache     %s (%s)\n", c.cache_folder,
		 g->cache		  ? "--cache"
		 : getenv("LABCTL_CACHE") ? "$LABCTL_CACHE"
					  : "the user's cache folder");
	str_add(out, "\nsettings of lab.yaml in force:\n");
	schema_show(&lab_schema, &c.lab->settings, out);
	str_add(out, "\n`labctl describe NAME` explains what may stand in a file:");
	for (size_t i = 0; lab_describe(i); i++)
		str_addf(out, " %s", lab_describe(i)->name);
	str_add(out, "\n");
	return 0;
}

static int run_describe(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct describe_options *o = options;
	const struct schema *s;
	AUTO_STR out = { 0 };

	if (!operand_count)
		return describe_here(g, &out, e) ? -1 : put_folded(g, &out, e);
	for (int i = 0; i < operand_count; i++) {
		if (o->manual && add_program_part(operands[i], &out))
			continue;
		s = find_schema(operands[i], e);
		if (!s)
			return -1;
		if (o->manual)
			schema_describe_man(s, &out);
		else
			schema_describe(s, &out);
	}
	return put_folded(g, &out, e);
}

const struct command describe_command = {
	.name = "describe",
	.operands = "[NAME...]",
	.title = "Explain what may stand in the lab's files; without NAME, which settings are in force and why",
	.help = "NAME is lab, target, runtime, package, benchmark-set, suite, policy or cause, as the command without "
		"NAME "
		"lists them.",
	.options = rows,
	.options_bytes = sizeof(struct describe_options),
	.run = run_describe,
};
