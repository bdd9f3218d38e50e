/* What `labctl repro` works with: an outcome of the record beside the cell as the lab describes it now. */
#ifndef LABCTL_CLI_REPRO_H
#define LABCTL_CLI_REPRO_H

#include "cli/context.h"
#include "run/made.h"
#include "run/outcome.h"
#include "store/series.h"

struct repro {
	struct context *context;
	struct outcome_set set;
	const struct outcome_row *row; /* in set */
	char *label;
	char *record_folder;	     /* absolute; may be gone */
	struct outcome record;	     /* facts and steps, without tests; empty where the record is gone */
	struct test_set tests;	     /* all of the record */
	const struct test_row *test; /* in tests; NULL: the whole suite is meant */
	struct plan *plan;
	const struct cell *cell; /* in plan: as the lab describes it now */
	struct made then;	 /* of the record; has_then: it tells */
	bool has_then;
	bool is_varied;		/* the cell is another version than the record's: what differs is known */
	struct steps_opts opts; /* as a run has them; made and test are set */
};

struct repro_wish {
	const char *cell, *test; /* test NULL: the whole suite */
	const char *run;	 /* NULL: the last outcome */
	bool benchmark_too;	 /* a benchmark is no error */
};

/* Freed by repro_free also on failure. The context has its store. ERR_USAGE: no such result or test, a benchmark, or
 * the lab has no such cell any more. */
int repro_find(struct repro *r, struct context *c, const struct repro_wish *wish, struct err *e);
void repro_free(struct repro *r);

/* The script that does it without labctl, on a Debian machine: sh. lib: where recipes/lib lies when LABCTL_LIB does not
 * say so, quoted for sh already. */
void repro_script(const struct repro *r, const char *lib, struct str *out);
/* What the script would need, and all that a bug report wants to know, as one tar archive compressed with zstd. */
int repro_bundle(const struct repro *r, const char *path, struct err *e);

/* The README.md of a bundle. */
void repro_readme(const struct repro *r, struct str *out);

/* Prints what was recorded beside what was seen now, and returns the exit status that says whether it is the same. A
 * target that was lost is no answer: EXIT_UNREACHABLE. */
int repro_compare(const struct repro *r, const struct outcome *now);

/* Does it again on its target. shell: stops before the tests and leaves the person in the machine. Exit status or -1.
 */
int repro_run(struct repro *r, bool shell, struct err *e);

#endif
