#include "cli/words.h"

#include <string.h>

#include "base/mem.h"

/* Does this option before the command take the word behind it? */
static bool takes_next(const char *word)
{
	size_t len = strcspn(word, "=");

	if (strncmp(word, "--", 2) != 0 || word[len] == '=')
		return false;
	for (const struct option_row *row = global_options; row->name; row++)
		if (!strcmp(word + 2, row->name))
			return row->value_name != NULL;
	return false;
}

void words_command_first(int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-')
		at += takes_next(argv[at]) ? 2 : 1;
	for (int to = 1; at < argc && to < at && argv[at][0] != '-'; to++, at++) {
		char *word = argv[at];

		memmove(argv + to + 1, argv + to, sizeof(*argv) * (size_t)(at - to));
		argv[to] = word;
	}
}

const struct command *words_command(int count, char **words, int *out_used)
{
	const struct command *found = NULL;

	if (count > 1) {
		AUTO_FREE char *two = mem_printf("%s %s", words[0], words[1]);

		found = command_find(two);
	}
	*out_used = found ? 2 : 1;
	return found ? found : command_find(words[0]);
}

static bool is_of_group(const struct command *c, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(c->name, group, len) && c->name[len] == ' ';
}

bool words_is_group(const char *word)
{
	for (size_t i = 0; command_at(i); i++)
		if (is_of_group(command_at(i), word))
			return true;
	return false;
}

void words_group_help(const char *group, struct str *out)
{
	str_addf(out, "usage: labctl %s VERB [OPERAND...] [--option...]\n\n", group);
	for (size_t i = 0; command_at(i); i++)
		if (is_of_group(command_at(i), group))
			str_addf(out, "  %-16s %s\n", command_at(i)->name, command_at(i)->title);
	str_addf(out, "\n`labctl help %s VERB` explains one of them.\n", group);
}

static int fail_verb(int count, char **words, struct err *e)
{
	AUTO_FREE char *two = mem_printf("%s %s", words[0], count > 1 ? words[1] : "");
	const struct command *near = command_nearest(two);
	AUTO_STR verbs = { 0 };

	for (size_t i = 0; command_at(i); i++)
		if (is_of_group(command_at(i), words[0]))
			str_addf(&verbs, "%s%s", verbs.len ? ", " : "", command_at(i)->name + strlen(words[0]) + 1);
	if (count < 2 || words[1][0] == '-')
		err_set(e, ERR_USAGE, "'%s' needs a verb", words[0]);
	else
		err_set(e, ERR_USAGE, "unknown command '%s %s'", words[0], words[1]);
	if (count > 1 && near && is_of_group(near, words[0]))
		return err_hint(e, "did you mean `labctl %s`?", near->name);
	return err_hint(e, "labctl %s %s", words[0], str_text(&verbs));
}

int words_fail(int count, char **words, struct err *e)
{
	const struct command *near = command_nearest(words[0]);

	if (words_is_group(words[0]))
		return fail_verb(count, words, e);
	if (words[0][0] == '-')
		return err_set(e, ERR_USAGE, "no command is given");
	err_set(e, ERR_USAGE, "unknown command '%s'", words[0]);
	return near ? err_hint(e, "did you mean `labctl %s`?", near->name) : -1;
}
