/* What a suite's run came to, told at its end: to people below the matrix, and to programs as JSON (labctl-night(5)).
 */
#ifndef LABCTL_RENDER_NIGHT_H
#define LABCTL_RENDER_NIGHT_H

#include "analyse/changes.h"
#include "analyse/speed_matrix.h"
#include "render/render.h"

/* A cell that the run was to do and has no outcome of. */
struct night_left {
	const char *label; /* "s390x/cpython/scipy:standard" */
	const char *target;
	int64_t estimate_ns; /* how long it takes; 0: unknown */
};

/* A test with different verdicts in attempts of this run. */
struct night_flaky {
	const char *cell, *test;
	struct flaky judged; /* over the last outcomes of the cell */
};

/* A target that could not be had. */
struct night_broken {
	const char *target, *reason;
	size_t cells;
};

struct night_summary {
	const char *suite, *title; /* title: NULL where there is none */
	const char *run_name;	   /* NULL: nothing had to run */
	int64_t run;		   /* its number */
	const char *host, *version;
	int64_t started_wall_ms, ended_wall_ms;
	int64_t budget_ns; /* 0: none */
	bool interrupted, out_of_time;
	int status;			   /* exit status, and its word */
	const char *status_word;	   /* "as expected" */
	size_t cells_run;		   /* with an outcome of this run */
	size_t cells_again;		   /* that were run once more */
	const struct report *report;	   /* of the packages; NULL: the suite has none */
	const struct speed_matrix *speeds; /* of the benchmarks; NULL: it has none */
	const struct changes *changes;	   /* against the run before; NULL: there is none */
	struct night_left *left;
	size_t left_count; /* most valuable first within each target */
	struct night_flaky *flaky;
	size_t flaky_count;
	struct night_broken *broken;
	size_t broken_count;
};

/* Only what the matrix does not show: what was left out, what is flaky, which targets were away. */
void night_terminal(const struct night_summary *n, const struct render_opts *o, struct str *out);
void night_json(const struct night_summary *n, struct str *out);

#endif
