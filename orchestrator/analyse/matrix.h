/* Outcomes laid out as rows (packages, or tiers of packages) and columns (target × runtime). */
#ifndef LABCTL_ANALYSE_MATRIX_H
#define LABCTL_ANALYSE_MATRIX_H

#include "base/err.h"
#include "store/series.h"

struct matrix_column {
	const char *target, *arch, *runtime;
	bool emulated;
};

struct matrix_cell {
	const struct outcome_row *now;	   /* NULL: not run */
	const struct outcome_row *before;  /* the one to compare with; NULL: none */
	const char *not_run;		   /* why there is no outcome; NULL: there is one, or it is not known */
	double pass_rate;		   /* passed / (all but skipped), 0..1; NaN: no test */
	int64_t bad, bad_unknown, crashed; /* bad_unknown: not among the known failures */
	int64_t newly_bad;		   /* more unknown bad tests than before */
	bool expected;			   /* nothing to report: passed, only known failures, or unavailable */
};

struct matrix {
	const char **packages;
	const char **tiers;  /* of each row; NULL: what was wanted named none */
	const char **titles; /* what a row is called: the package, with its tier where rows are of several */
	size_t row_count;
	struct matrix_column *columns;
	size_t column_count;
	struct matrix_cell *cells; /* row-major */
	struct arena *arena;
};

/* What the matrix shall hold, in order: made by the command from its plan. */
struct matrix_want {
	const char *package;
	struct matrix_column column;
	const char *cell_id;
	const char *not_run; /* NULL: look in the set */
	const char *tier;    /* NULL: all rows are of one tier, which nobody needs to name */
};

void matrix_build(const struct matrix_want *want, size_t want_count, const struct outcome_set *now,
		  const struct outcome_set *before, struct matrix *out);
const struct matrix_cell *matrix_at(const struct matrix *m, size_t row, size_t column);
void matrix_free(struct matrix *m);

#endif
