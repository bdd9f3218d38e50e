/* Results as history: runs and outcomes are added, never changed. Each outcome is one transaction.
 *
 *     results/lab.sqlite             what is asked; can be made anew from the records (`labctl rebuild`)
 *     results/runs/<run>/run.json    what the run was: command, cells planned
 *     results/runs/<run>/<cell>/<attempt>/   the records (run/outcome.h)
 */
#ifndef LABCTL_STORE_STORE_H
#define LABCTL_STORE_STORE_H

#include "run/outcome.h"
#include "store/series.h"

struct store;

struct run_info {
	const char *name;    /* folder below runs/: 2026-01-31T120000Z-1a2b; NULL: made by store_begin_run */
	const char *command; /* as typed */
	const char *version; /* labctl's */
	int64_t started_wall_ms;
	const char *const *cell_ids; /* planned; NULL-ended; NULL: unknown */
};

/* Opens or makes results/lab.sqlite, brings an old form up to date, and takes in every finished record below runs/ that
 * it has not seen. The folder is made when it is not there. read_only: takes nothing in; a store that does not exist
 * yet is an empty one. */
struct store *store_open(const char *results_folder, bool read_only, struct err *e);
int store_begin_run(struct store *s, const struct run_info *info, int64_t *out_run, struct err *e);
/* Goes on with a run that was cut off; what it was meant to be stays as it was, and all its records are in from here
 * on. Ends as any run, with store_end_run. ERR_TIMEOUT: another labctl is at work on it. */
int store_resume_run(struct store *s, int64_t run, struct err *e);
/* The record at runs/<run>/<folder>: read, added in one transaction. Twice is once. */
int store_add_record(struct store *s, int64_t run, const char *folder, struct err *e);
/* Adds an outcome that has no record on disk (imports); writes its record first. */
int store_add_outcome(struct store *s, int64_t run, const struct outcome *o, struct err *e);
/* Keeps what was made of a benchmark's iterations, beside the outcome; replaces what was there. means: of
 * the processes that count. */
int store_put_speed(struct store *s, int64_t outcome_id, int64_t version, const struct speed_figures *figures,
		    const double *means, size_t mean_count, const struct str *summary, struct err *e);
/* Gives a run a name beside its own, which another run may have had; ERR_USAGE for what cannot be one. */
int store_tag_run(struct store *s, int64_t run, const char *tag, struct err *e);
bool store_is_tag(const char *text); /* letters, digits, '.', '_', '-'; begins with a letter; not "latest" */
int store_end_run(struct store *s, int64_t run, bool complete, struct err *e);
/* All questions between the two see one state of the database, and take no locks of their own: each lock is some calls
 * of the system. What is kept on the way (store_put_speed) is kept at the end. */
int store_hold(struct store *s, struct err *e);
void store_let(struct store *s);
char *store_run_folder(struct store *s, int64_t run); /* absolute; caller frees */
struct db *store_db(struct store *s);		      /* for query.c only */
/* Makes the database anew from the records below runs/, for one that is damaged or of a form that this labctl does not
 * know; the old one stays until the new one is whole. *out_outcomes: how many there are now. */
int store_rebuild(const char *results_folder, int64_t *out_outcomes, struct err *e);
void store_close(struct store *s);

#endif
