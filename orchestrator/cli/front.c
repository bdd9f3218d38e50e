#include "cli/front.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/compress.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/regex.h"
#include "base/yaml.h"
#include "cli/words.h"
#include "store/db.h"
#include "target/ssh_link.h"

static struct str typed;

const struct exit_row exit_rows[] = {
	{ EXIT_AS_EXPECTED, "as expected",
	  "every cell is as expected: passed, failed only where a recipe knows it, or is not available" },
	{ EXIT_FINDINGS, "findings", "unexpected failures, crashes or time-outs; problems found by doctor" },
	{ EXIT_USAGE, "wrong use", "the command line is wrong, or another labctl is at work on what it names" },
	{ EXIT_LAB_BROKEN, "lab broken", "lab.yaml, a target or a recipe is wrong, as check tells; nothing was run" },
	{ EXIT_UNREACHABLE, "unreachable", "some targets could not be reached or were lost; all else is as expected" },
	{ EXIT_INTERRUPTED, "interrupted", "stopped by Ctrl-C or a signal; what had finished is kept" },
	{ EXIT_INTERNAL, "broken tool", "labctl or this machine failed: a full disk, a missing program, a defect" },
	{ 0, NULL, NULL },
};

int exit_status_of(const struct err *e)
{
	switch (e->code) {
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_CONFIG:
		return EXIT_LAB_BROKEN;
	case ERR_UNREACHABLE:
	case ERR_LOST:
	case ERR_UNAVAILABLE:
		return EXIT_UNREACHABLE;
	case ERR_INTERRUPTED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_INTERNAL;
	}
}

static const char *const colour_words[] = { "auto", "always", "never", NULL };

const struct option_row global_options[] = {
	{ "lab", 0, OPTION_TEXT, offsetof(struct globals, lab), "FOLDER", NULL, "folder",
	  "the lab to use; else $LABCTL_LAB, the nearest lab.yaml upward, the one that came with labctl" },
	{ "results", 0, OPTION_TEXT, offsetof(struct globals, results), "FOLDER", NULL, "folder",
	  "where results are kept; else $LABCTL_RESULTS, or as lab.yaml says" },
	{ "cache", 0, OPTION_TEXT, offsetof(struct globals, cache), "FOLDER", NULL, "folder",
	  "where images and layers are kept; else $LABCTL_CACHE, or labctl in the user's cache folder" },
	{ "color", 0, OPTION_CHOICE, offsetof(struct globals, colour), "WHEN", colour_words, NULL,
	  "when to use colour" },
	{ "quiet", 'q', OPTION_FLAG, offsetof(struct globals, quiet), NULL, NULL, NULL,
	  "say nothing but the answer and errors" },
	{ "verbose", 'v', OPTION_FLAG, offsetof(struct globals, verbose), NULL, NULL, NULL,
	  "say what is done in detail" },
	{ "yes", 'y', OPTION_FLAG, offsetof(struct globals, yes), NULL, NULL, NULL, "answer every question with yes" },
	{ "help", 'h', OPTION_FLAG, offsetof(struct globals, help), NULL, NULL, NULL, "explain the command and end" },
	{ 0 },
};

void front_help(struct str *out)
{
	str_add(out, "usage: labctl COMMAND [OPERAND...] [--option...]\n\n"
		     "Does a package work on a runtime, on this and on other architectures, and how do we know?\n\n");
	for (size_t i = 0; command_at(i); i++)
		str_addf(out, "  %-16s %s\n", command_at(i)->name, command_at(i)->title);
	str_add(out, "\nFor every command:\n");
	options_help(global_options, out);
	str_add(out, "\nExit status:\n");
	for (const struct exit_row *row = exit_rows; row->word; row++)
		str_addf(out, "  %d  %s\n", row->status, row->help);
	str_add(out, "\n`labctl help COMMAND` explains one command. Begin with: labctl matrix numpy pandas\n");
}

static void usage_line(const struct command *c, struct str *out)
{
	str_addf(out, "usage: labctl %s%s%s%s", c->name, c->operands ? " " : "", c->operands ? c->operands : "",
		 c->options ? " [--option...]" : "");
}

/* What the statuses of a command mean that has its own. */
static void add_own_exits(const struct command *c, struct str *out)
{
	str_add(out, "\nExit status:\n");
	for (const struct exit_row *row = c->exits; row->word; row++)
		str_addf(out, "  %d  %s\n", row->status, row->help);
	str_addf(out, "  errors: %d and the usual status: %d wrong use, %d lab broken, %d broken tool\n",
		 EXIT_ERRORS_FROM, EXIT_ERRORS_FROM + EXIT_USAGE, EXIT_ERRORS_FROM + EXIT_LAB_BROKEN,
		 EXIT_ERRORS_FROM + EXIT_INTERNAL);
}

void front_command_help(const struct command *c, struct str *out)
{
	usage_line(c, out);
	str_addf(out, "\n\n%s.\n", c->title);
	if (c->help)
		str_addf(out, "\n%s\n", c->help);
	if (c->options) {
		str_add(out, "\nOptions:\n");
		options_help(c->options, out);
	}
	str_add(out, "\nFor every command:\n");
	options_help(global_options, out);
	if (c->exits)
		add_own_exits(c, out);
}

void front_versions(struct str *out)
{
	str_addf(out, "labctl %s\n", PACKAGE_VERSION);
	str_addf(out, "libssh2 %s, libyaml %s, PCRE2 %s, SQLite %s, jansson %s, %s, zstd %s, %s\n",
		 ssh_link_library_version(), yaml_library_version(), regex_library_version(), db_library_version(),
		 json_library_version(), archive_library_version(), compress_library_version(),
		 digest_library_version());
}

const char *front_command_line(void)
{
	return str_text(&typed);
}

static void remember_command_line(int argc, char **argv)
{
	str_add(&typed, "labctl");
	for (int i = 1; i < argc; i++) {
		str_add(&typed, " ");
		str_add_quoted(&typed, argv[i], STR_SHELL);
	}
}

static int show_and_free(struct str *text)
{
	fwrite(str_text(text), 1, text->len, stdout);
	str_free(text);
	return EXIT_AS_EXPECTED;
}

/* What happened, then what to do next. */
static int tell_error(const struct err *e, const struct command *c, bool own_exits)
{
	AUTO_STR out = { 0 };

	str_add(&out, "labctl: ");
	str_add_quoted(&out, e->text, STR_TERMINAL);
	str_add(&out, "\n");
	if (e->hint[0]) {
		str_add(&out, "  ");
		str_add_quoted(&out, e->hint, STR_TERMINAL);
		str_add(&out, "\n");
	}
	if (e->code == ERR_USAGE && c) {
		usage_line(c, &out);
		str_addf(&out, "\n  labctl help %s\n", c->name);
	} else if (e->code == ERR_USAGE) {
		str_add(&out, "usage: labctl COMMAND [OPERAND...] [--option...]\n  labctl help\n");
	}
	fputs(str_text(&out), stderr);
	return exit_status_of(e) + (own_exits ? EXIT_ERRORS_FROM : 0);
}

static int run_help(int count, char **words, struct err *e)
{
	struct str out = { 0 };
	const struct command *c;
	int used;

	if (!count || !strcmp(words[0], "help")) {
		front_help(&out);
		return show_and_free(&out);
	}
	c = words_command(count, words, &used);
	if (c)
		front_command_help(c, &out);
	else if (count == 1 && words_is_group(words[0]))
		words_group_help(words[0], &out);
	else
		return words_fail(count, words, e);
	return show_and_free(&out);
}

static int run_with(const struct command *c, void *options, int count, char **words, struct err *e)
{
	struct globals g = { 0 };
	int operands;

	if (options_parse(c->options, options, global_options, &g, count, words, &operands, e))
		return -1;
	if (g.help) {
		struct str out = { 0 };

		front_command_help(c, &out);
		return show_and_free(&out);
	}
	if (operands && !c->operands)
		return err_set(e, ERR_USAGE, "'labctl %s' takes no operand: '%s'", c->name, words[0]);
	log_set_level(g.quiet ? LOG_WARNING : g.verbose ? LOG_DEBUG : LOG_INFO);
	return c->run(&g, options, operands, words, e);
}

static void free_lists(const struct option_row *rows, void *options)
{
	for (const struct option_row *row = rows; row && row->name; row++)
		if (row->type == OPTION_LIST)
			options_list_free((struct option_list *)((char *)options + row->offset));
}

static int run_command(const struct command *c, int count, char **words, struct err *e)
{
	AUTO_FREE void *options = mem_new(1, c->options_bytes ? c->options_bytes : 1);
	int status = run_with(c, options, count, words, e);

	free_lists(c->options, options);
	return status;
}

/* What stands for no command: --help, --version, help. -2: it was not one of these. */
static int run_plain_words(int argc, char **argv, struct err *e)
{
	struct str out = { 0 };

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return run_help(0, NULL, e);
	if (!strcmp(argv[1], "help"))
		return run_help(argc - 2, argv + 2, e);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		front_versions(&out);
		return show_and_free(&out);
	}
	return -2;
}

static bool asks_for_help(int count, char **words)
{
	for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++)
		if (!strcmp(words[i], "--help") || !strcmp(words[i], "-h"))
			return true;
	return false;
}

/* Words that name no command are wrong, unless help is what is asked for. */
static int run_no_command(int count, char **words, struct err *e)
{
	if (!asks_for_help(count, words))
		return words_fail(count, words, e);
	return words_is_group(words[0]) ? run_help(1, words, e)
	       : words[0][0] == '-'	? run_help(0, NULL, e)
					: words_fail(count, words, e);
}

int front_main(int argc, char **argv)
{
	struct err e = ERR_INIT;
	const struct command *c = NULL;
	bool own_exits = false;
	int words, status;

	remember_command_line(argc, argv);
	status = run_plain_words(argc, argv, &e);
	if (status == -2) {
		words_command_first(argc, argv);
		c = words_command(argc - 1, argv + 1, &words);
		status = c ? run_command(c, argc - 1 - words, argv + 1 + words, &e)
			   : run_no_command(argc - 1, argv + 1, &e);
		own_exits = c && c->exits;
	}
	if (status >= 0 && fflush(stdout)) {
		status = err_errno(&e, ERR_IO, "standard output");
		c = NULL;
	}
	if (status < 0)
		status = tell_error(&e, c, own_exits);
	log_close();
	str_free(&typed);
	return status;
}
