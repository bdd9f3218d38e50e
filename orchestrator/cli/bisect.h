/* One cell on one version after the other, on a machine that stays open. */
#ifndef LABCTL_CLI_BISECT_H
#define LABCTL_CLI_BISECT_H

#include "analyse/bisect.h"
#include "cli/version.h"

/* What was seen on one version, for the table. */
struct sight {
	int state;	  /* as bisect_tell wants it */
	const char *word; /* of the verdict, or of the speed; static */
	char text[320];	  /* the error line, or why it cannot be tested; clean */
};

struct bisecting {
	const struct repro *repro;
	const char *of;
	const char *scratch;   /* folder */
	struct target *target; /* NULL: not open */
	/* Of a benchmark: */
	int64_t budget_ns;     /* of one look */
	const char *reference; /* the first version that can be measured; NULL: not known yet */
	double step;	       /* time of the last version / that of the first; NaN: not known yet */
};

/* Runs the cell, or its one test, with that version. -1: labctl itself cannot go on. */
int bisect_look(struct bisecting *b, const char *version, struct sight *out, struct err *e);
/* The same for a benchmark, whose versions are runtimes: measured beside the first one. */
int bisect_look_speed(struct bisecting *b, const char *version, struct sight *out, struct err *e);
/* What they share. */
int bisect_open_target(struct bisecting *b, struct err *e);
void bisect_see_outcome(struct sight *s, const struct outcome *o, const char *test);
void bisect_say_step(void *globals, const char *what);
void bisect_close(struct bisecting *b);

#endif
