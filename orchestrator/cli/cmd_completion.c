/* labctl completion: for bash and zsh, from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/context.h"
#include "store/query.h"

static void add_options(const struct option_row *rows, struct str *out)
{
	for (const struct option_row *row = rows; row && row->name; row++)
		str_addf(out, " --%s", row->name);
}

/* What may follow an option, and what an operand is: words, or a shell function that finds them. */
static void add_values(const struct option_row *rows, struct str *out)
{
	for (const struct option_row *row = rows; row && row->name; row++) {
		if (!row->value_name)
			continue;
		str_addf(out, "\t\t--%s) values=\"", row->name);
		for (const char *const *choice = row->choices; choice && *choice; choice++)
			str_addf(out, "%s%s", choice == row->choices ? "" : " ", *choice);
		str_addf(out, "\"; kind=%s ;;\n", row->choices ? "words" : row->completes ? row->completes : "none");
	}
}

static void add_command(const struct command *c, struct str *out)
{
	str_addf(out, "\t\"%s\")\n\t\tcase $previous in\n", c->name);
	add_values(c->options, out);
	str_addf(out, "\t\t*) kind=%s ;;\n\t\tesac\n\t\toptions=\"", c->completes ? c->completes : "none");
	add_options(c->options, out);
	str_add(out, "\" ;;\n");
}

static void add_words(struct str *out)
{
	for (size_t i = 0; command_at(i); i++) {
		const char *name = command_at(i)->name;
		size_t len = strcspn(name, " ");

		if (i == 0 || strncmp(command_at(i - 1)->name, name, len + 1) != 0 || !name[len])
			str_addf(out, "%s%.*s", i ? " " : "", (int)len, name);
	}
	str_add(out, " help");
}

/* One case a command word, with all its verbs: bash takes the first that matches, so the verbs are gathered here. */
static void add_groups(struct str *out)
{
	for (size_t i = 0; command_at(i); i++) {
		const char *name = command_at(i)->name, *blank = strchr(name, ' ');
		size_t len = blank ? (size_t)(blank - name) + 1 : 0;

		if (!blank || (i && !strncmp(command_at(i - 1)->name, name, len)))
			continue;
		str_addf(out, "\t%.*s) verbs=\"", (int)len - 1, name);
		for (size_t k = i; command_at(k) && !strncmp(command_at(k)->name, name, len); k++)
			str_addf(out, "%s%s", k == i ? "" : " ", command_at(k)->name + len);
		str_add(out, "\" ;;\n");
	}
}

static void add_body(struct str *out)
{
	str_add(out, "_labctl_values() {\n"
		     "\tcase $1 in\n"
		     "\ttarget|runtime|package|benchmark|suite|policy|cell|run|tier) labctl completion \"$1\" "
		     "2>/dev/null ;;\n"
		     "\tesac\n"
		     "}\n\n"
		     "_labctl() {\n"
		     "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
		     "\tlocal word=${COMP_WORDS[1]} command verbs= values= kind=none options=\n"
		     "\tcase $word in\n");
	add_groups(out);
	str_add(out, "\tesac\n"
		     "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	add_words(out);
	str_add(out, "\" -- \"$current\"))\n\t\treturn\n\tfi\n"
		     "\tif [ \"$COMP_CWORD\" = 2 ] && [ -n \"$verbs\" ]; then\n"
		     "\t\tCOMPREPLY=($(compgen -W \"$verbs\" -- \"$current\"))\n\t\treturn\n\tfi\n"
		     "\tcommand=$word${verbs:+ ${COMP_WORDS[2]}}\n"
		     "\tcase $command in\n");
	for (size_t i = 0; command_at(i); i++)
		add_command(command_at(i), out);
	str_add(out, "\tesac\n\tcase $previous in\n");
	add_values(global_options, out);
	str_add(out, "\tesac\n\toptions=\"$options");
	add_options(global_options, out);
	str_add(out, "\"\n"
		     "\tcase $current in\n"
		     "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$current\")); return ;;\n"
		     "\tesac\n"
		     "\tcase $kind in\n"
		     "\tfile) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
		     "\tfolder) COMPREPLY=($(compgen -d -- \"$current\")) ;;\n"
		     "\twords) COMPREPLY=($(compgen -W \"$values\" -- \"$current\")) ;;\n"
		     "\tnone) COMPREPLY=() ;;\n"
		     "\t*) COMPREPLY=($(compgen -W \"$(_labctl_values \"$kind\")\" -- \"$current\")) ;;\n"
		     "\tesac\n"
		     "}\n");
}

static void add_cells(struct context *c, struct str *out)
{
	struct outcome_set set = { 0 };

	if (context_open_store(c, true, NULL) || query_last(c->store, NULL, 0, false, &set, NULL))
		return;
	for (size_t i = 0; i < set.count; i++)
		str_addf(out, "%s/%s/%s:%s\n", set.rows[i].target, set.rows[i].runtime, set.rows[i].package,
			 set.rows[i].tier);
	outcome_set_free(&set);
}

/* The names that a shell asks for while the user types. */
static int add_names(const struct globals *g, const char *kind, struct str *out, struct err *e)
{
	AUTO_CONTEXT c = { 0 };

	if (context_open(&c, g, e))
		return -1;
	if (!strcmp(kind, "target"))
		for (size_t i = 0; i < c.lab->target_count; i++)
			str_addf(out, "%s\n", c.lab->targets[i].name);
	else if (!strcmp(kind, "runtime"))
		for (size_t i = 0; i < c.lab->runtime_count; i++)
			str_addf(out, "%s\n", c.lab->runtimes[i].name);
	else if (!strcmp(kind, "package"))
		for (size_t i = 0; i < c.lab->package_count; i++)
			str_addf(out, "%s\n", c.lab->packages[i].name);
	else if (!strcmp(kind, "benchmark"))
		for (size_t i = 0; i < c.lab->benchmark_count; i++)
			str_addf(out, "%s\n", c.lab->benchmarks[i]->name);
	else if (!strcmp(kind, "suite"))
		for (size_t i = 0; i < c.lab->suite_count; i++)
			str_addf(out, "%s\n", c.lab->suites[i].name);
	else if (!strcmp(kind, "policy"))
		for (size_t i = 0; i < c.lab->policy_count; i++)
			str_addf(out, "%s\n", c.lab->policies[i].name);
	else if (!strcmp(kind, "tier"))
		str_add(out, "smoke\nstandard\nfull\n");
	else if (!strcmp(kind, "run"))
		str_add(out, "latest\nlatest~1\n");
	else if (!strcmp(kind, "cell"))
		add_cells(&c, out);
	else
		return err_set(e, ERR_USAGE, "no completion for '%s': bash or zsh", kind);
	return 0;
}

static int run_completion(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_STR out = { 0 };

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "completion takes one shell: bash or zsh");
	if (!strcmp(operands[0], "bash")) {
		str_add(&out, "# Completion of labctl for bash.\n");
		add_body(&out);
		str_add(&out, "complete -F _labctl labctl\n");
	} else if (!strcmp(operands[0], "zsh")) {
		str_add(&out, "#compdef labctl\n# Completion of labctl for zsh, through its reading of bash's.\n"
			      "autoload -Uz +X bashcompinit && bashcompinit\n");
		add_body(&out);
		str_add(&out, "complete -F _labctl labctl\n"
			      "# Read as the function _labctl at the first Tab: that one is answered as well.\n"
			      "if [ \"${funcstack[1]}\" = _labctl ]; then\n\t_bash_complete -F _labctl\nfi\n");
	} else if (add_names(g, operands[0], &out, e)) {
		return -1;
	}
	return context_put(NULL, &out, e);
}

const struct command completion_command = {
	.name = "completion",
	.operands = "SHELL",
	.title = "Print the completion script for bash or zsh",
	.run = run_completion,
};
