/* What a command is. Each cmd_*.c defines one; commands.c lists them; main.c finds and runs one. */
#ifndef LABCTL_CLI_COMMAND_H
#define LABCTL_CLI_COMMAND_H

#include <stdio.h>

#include "cli/options.h"

/* Exit statuses, listed once: main, the manual and --help read this. */
enum exit_status {
	EXIT_AS_EXPECTED = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_LAB_BROKEN = 3,
	EXIT_UNREACHABLE = 4,
	EXIT_INTERRUPTED = 5,
	EXIT_INTERNAL = 6,
};

/* Commands whose statuses are answers of their own (exits below) end with an error's status and this: 66 for wrong use,
 * so that no error is ever read as an answer. */
#define EXIT_ERRORS_FROM 64

struct exit_row {
	int status;
	const char *word, *help;
};
extern const struct exit_row exit_rows[]; /* ended by word NULL */
int exit_status_of(const struct err *e);

/* What stands for every command. */
struct globals {
	const char *lab, *results, *cache, *colour;
	bool quiet, help;
	bool verbose;
	bool yes;
};
extern const struct option_row global_options[];

struct command {
	const char *name;
	const char *operands;  /* "PACKAGE…" */
	const char *completes; /* what operands are: "package", "target", "cell", "file"; NULL */
	const char *title;     /* one line */
	const char *help; /* paragraphs for --help and the manual, plain text; blank lines separate; lines that begin
			     with two blanks are kept */
	const struct option_row *options;
	size_t options_bytes; /* of the struct they fill, zeroed before */
	/* Exit status, or -1 with e set. */
	int (*run)(const struct globals *g, void *options, int operand_count, char **operands, struct err *e);
	const struct exit_row *exits; /* what its statuses mean, ended by word NULL; NULL: as exit_rows says */
};

const struct command *command_at(size_t i); /* NULL: no more; in the order of --help */
const struct command *command_find(const char *name);
const struct command *command_nearest(const char *name);

#endif
