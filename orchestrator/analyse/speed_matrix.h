/* Speed laid out as rows (benchmarks) and columns (target x runtime), each cell held against the baseline on the same
 * machine in the same run. Times are never compared across machines: ratios are. */
#ifndef LABCTL_ANALYSE_SPEED_MATRIX_H
#define LABCTL_ANALYSE_SPEED_MATRIX_H

#include "analyse/control.h"
#include "analyse/geomean.h"
#include "analyse/matrix.h"
#include "analyse/speed.h"
#include "analyse/speed_summary.h"

#define SPEED_ALPHA  0.05 /* of intervals, of families and of controls */
#define SPEED_MARGIN 0.02 /* smaller differences do not matter */
#define SPEED_POWER  0.8  /* with which a detectable difference would have been found */

struct speed_cell {
	const struct outcome_row *now; /* NULL: not measured */
	struct speed_summary summary;  /* without processes where there is no outcome */
	bool is_baseline;
	struct ratio ratio; /* time / the baseline's; ratio_none() where there is none */
	struct speed_judgement judged;
	const char *why;     /* for words that are no comparison: one line; NULL */
	double memory_ratio; /* peak / the baseline's, of medians; NaN: unknown */
};

struct speed_column {
	struct matrix_column at;
	bool counted; /* its clock counts instructions, not time */
	bool is_baseline;
	struct geomean mean;	/* over its benchmarks; of the baseline: nothing */
	struct control control; /* the A/A control of its target's campaign */
};

struct speed_matrix {
	const char **benchmarks;
	size_t row_count;
	struct speed_column *columns;
	size_t column_count;
	struct speed_cell *cells; /* row-major */
	const char *baseline;
	int64_t made_wall_ms;
	struct arena *arena;
};

/* What the matrix shall hold, in order: made by the command from its plan. */
struct speed_want {
	const char *benchmark;
	struct matrix_column column;
	const char *cell_id;
};

/* Where the summary of an outcome comes from; filled by the command. 0, or -1 with e set. */
struct speed_source {
	int (*summary)(void *ctx, const struct outcome_row *row, struct speed_summary *out, struct err *e);
	void *ctx;
};

/* The rows of `now` have facts and live as long as the matrix. only_measured: benchmarks without any outcome are left
 * out. `out` is begun here; free it also after an error. */
int speed_matrix_build(const struct speed_want *want, size_t want_count, const char *baseline, bool only_measured,
		       const struct outcome_set *now, const struct speed_source *source, struct speed_matrix *out,
		       struct err *e);
const struct speed_cell *speed_matrix_at(const struct speed_matrix *m, size_t row, size_t column);
/* Was the outcome measured by a clock that counts instructions? Asks its facts. */
bool speed_counts_instructions(const struct outcome_row *row);
/* 0; 1 when a process failed or a control did; 4 when targets were lost and nothing else. */
int speed_matrix_exit_status(const struct speed_matrix *m);
void speed_matrix_free(struct speed_matrix *m);

#endif
