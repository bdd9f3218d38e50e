/* Command-line options from one table that also prints the help, the manual and the completion. */
#ifndef LABCTL_CLI_OPTIONS_H
#define LABCTL_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum option_type {
	OPTION_FLAG,	 /* bool */
	OPTION_TEXT,	 /* const char * : points into argv */
	OPTION_LIST,	 /* struct option_list : may be given again; commas separate */
	OPTION_COUNT,	 /* int64_t */
	OPTION_BYTES,	 /* int64_t bytes */
	OPTION_DURATION, /* int64_t ns */
	OPTION_CHOICE,	 /* const char * : one of choices */
};

struct option_list {
	const char **items;
	size_t count;
};

struct option_row {
	const char *name; /* long name, without -- */
	char letter;	  /* 0: none */
	enum option_type type;
	size_t offset;		    /* in the struct that is filled */
	const char *value_name;	    /* "NAME"; NULL for flags */
	const char *const *choices; /* OPTION_CHOICE, NULL-ended */
	const char *completes;	    /* "target", "runtime", "package", "file", "folder", "tier"; NULL */
	const char *help;
};

/* Fills `into`; operands are gathered, in order, at the front of argv: argv[0 .. *out_count). Options may stand
 * anywhere; -- ends them. An unknown option is ERR_USAGE with the nearest one. Two tables: the command's own and the
 * global one (either may be NULL). */
int options_parse(const struct option_row *rows, void *into, const struct option_row *global_rows, void *global_into,
		  int argc, char **argv, int *out_count, struct err *e);
void options_help(const struct option_row *rows, struct str *out);
void options_man(const struct option_row *rows, struct str *out); /* mdoc list items */
void options_list_free(struct option_list *l);

#endif
