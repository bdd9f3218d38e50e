/* One command of a step: its raw output kept, compressed and capped, its last lines remembered for a reason, its
 * progress told. */
#ifndef LABCTL_RUN_STEP_COMMAND_H
#define LABCTL_RUN_STEP_COMMAND_H

#include "parse/parser.h"
#include "run/steps.h"

/* What the steps of one cell share. */
struct cell_run {
	struct target *target;
	const struct cell *cell;
	const struct steps_opts *opts;
	struct outcome *out;
	const char **env; /* NAME=value for every command, NULL-ended; texts in `texts` */
	size_t own_env;	  /* where in env what target and recipes say begins */
	struct arena *texts;
};

struct step_command {
	const char *name; /* of the step and its log file; up to 40 of a-z 0-9 - */
	const char *script;
	bool network;
	int64_t limit_ns, silence_limit_ns;
	struct parser *parser; /* fed with what it prints; NULL: nobody */
	bool heard;	       /* what it prints goes to the ears as well */
};

struct step_end {
	struct target_end end;
	char last_line[256];   /* of what it printed, clean text; may be empty */
	struct err unreadable; /* why the parser refused what it printed; code ERR_NONE: it did not */
};

/* -1: labctl itself cannot go on. Adds the step to the outcome. A lost target is an end, not an error. */
int step_command_run(struct cell_run *r, const struct step_command *c, struct step_end *out, struct err *e);
/* Adds a step that was not needed: its layer was kept. */
void step_note_kept(struct cell_run *r, const char *name);
/* Sets verdict, reason and hint for an end that is not "exited": lost, timed out, silent, disk full. False when it did
 * exit. */
bool step_settle_ending(struct cell_run *r, const char *what, const struct step_end *end);
void step_verdict(struct cell_run *r, enum verdict v, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The command of the tests, as sh. In suite.c. */
void suite_script(const struct cell_run *r, struct str *out);
/* The tier's tests on a machine that is ready: run, parse, causes, known failures. In suite.c. */
int suite_run(struct cell_run *r, struct err *e);

#endif
