/* What a report tells of: the last outcome of every cell of the lab as of a run, judged against what was before it. */
#ifndef LABCTL_CLI_REPORT_STATE_H
#define LABCTL_CLI_REPORT_STATE_H

#include "analyse/report.h"
#include "analyse/speed_matrix.h"
#include "cli/history.h"

struct report_state {
	struct run_set runs;			/* all, newest first */
	const struct run_row *run, *run_before; /* run_before NULL: it is the first */
	/* A row for each cell, by coordinates (target, runtime, package, tier), whatever its recipe was: the last one
	 * up to the run, with facts. before: of those that the run gave a new outcome, the one before. */
	struct outcome_set now, before;
	struct report report;	   /* of the packages' tests, all tiers, each row with its tier */
	struct speed_matrix speed; /* of the benchmarks; may have no rows */
	struct changes changes;	   /* of the run against the one before; nothing where run_before is NULL */
	struct history past;	   /* up to the run: bad tests of packages, times of benchmarks */
};

/* run: as `labctl runs` names them. Cells of targets, runtimes and packages that the lab has no more are left out.
 * `out` is begun here; free it also after an error. */
int report_state_open(struct context *c, const char *run, struct report_state *out, struct err *e);
/* The series of an outcome's cell; NULL: there is none. */
const struct history_series *report_state_past(const struct report_state *s, const struct outcome_row *row);
void report_state_free(struct report_state *s);

#endif
