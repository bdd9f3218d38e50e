/* Speed as a matrix: what the store knows of a plan's benchmarks, judged and shown. */
#ifndef LABCTL_CLI_SPEED_H
#define LABCTL_CLI_SPEED_H

#include "analyse/speed_matrix.h"
#include "cli/context.h"

struct speed_options {
	bool memory;	    /* peak memory beside time */
	bool only_measured; /* benchmarks without any result are left out */
	const char *format, *output;
};

extern const char *const speed_formats[]; /* what --format takes, NULL-ended */

/* A matrix, and the rows that it points into. */
struct speed_judged {
	struct speed_matrix matrix;
	struct outcome_set now;
};

/* Of the plan's benchmarks; its packages are passed over. */
int speed_judge_plan(struct context *c, const struct plan *p, bool only_measured, struct speed_judged *out,
		     struct err *e);
void speed_judged_free(struct speed_judged *j);
/* Shows what was judged; exit status, -1 with e set. */
int speed_draw(struct context *c, const struct speed_judged *judged, const struct speed_options *o, struct err *e);
/* Judges and shows; exit status, -1 with e set. */
int speed_show(struct context *c, const struct plan *p, const struct speed_options *o, struct err *e);

/* What the iterations of an outcome say: from the store, or from its record, and then kept in the store. `out` is begun
 * here. 0 also where nothing was measured: then out->process_count is 0. */
int speed_summary_of(struct context *c, const struct outcome_row *row, struct speed_summary *out, struct err *e);
/* Every iteration of an outcome, from its record. An error when that is gone. */
int speed_record_of(struct context *c, const struct outcome_row *row, struct bench_set *out, struct err *e);

#endif
