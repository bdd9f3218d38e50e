/* One cell on one version after the other, on a machine that stays open. */
#ifndef LABCTL_CLI_BISECT_H
#define LABCTL_CLI_BISECT_H

#include "analyse/bisect.h"
#include "cli/version.h"

/* What was seen on one version, for the table. */
struct sight {
	int state; /* as bisect_tell wants it */
	enum verdict verdict;
	char text[320]; /* the error line, or why it cannot be tested; clean */
};

struct bisecting {
	const struct repro *repro;
	const char *of;
	const char *scratch;   /* folder */
	struct target *target; /* NULL: not open */
};

/* Runs the cell, or its one test, with that version. -1: labctl itself cannot go on. */
int bisect_look(struct bisecting *b, const char *version, struct sight *out, struct err *e);
void bisect_close(struct bisecting *b);

#endif
