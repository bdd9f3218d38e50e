/* All that a reader will be shown, decided; nothing about how it looks. */
#ifndef LABCTL_ANALYSE_REPORT_H
#define LABCTL_ANALYSE_REPORT_H

#include "analyse/matrix.h"

/* Failing tests of one package that share a cause, over all columns. */
struct finding {
	const char *package;
	const char *tier;   /* NULL: the matrix is of one tier */
	const char *cause;  /* NULL: no rule explains it */
	const char *advice; /* NULL: none; of known failures the reason that the recipe gives */
	enum verdict worst;
	size_t test_count;  /* distinct tests */
	size_t cell_count;  /* cells that have it */
	bool is_new;	    /* none of them failed before */
	bool known;	    /* every one is known to the recipe */
	const char **tests; /* the first few names, sorted by how many cells have them; NULL-ended */
	const char **cells; /* labels of the cells: "s390x/cpython/pandas:smoke"; NULL-ended */
	const char *sample; /* the first lines of one message; NULL: none */
};

/* A cell as a whole that has something to say: broken, unavailable, lost, incomplete. */
struct remark {
	const char *cell; /* label of the cell; of several, what they are: "numpy, pandas for pypy on arm64, s390x" */
	enum verdict verdict;
	const char *reason, *hint; /* hint may be NULL */
	size_t cell_count;	   /* how many cells share the reason (told once) */
};

struct report {
	struct matrix matrix;
	struct test_set *cell_tests; /* of each of matrix.cells: its bad tests */
	const char *run_name;	     /* NULL: no run */
	const char *tier;
	int64_t made_wall_ms;
	struct finding *findings;
	size_t finding_count; /* most important first */
	struct remark *remarks;
	size_t remark_count;
	struct tally total;
	size_t cells_expected, cells_unexpected, cells_unavailable, cells_lost, cells_not_run;
	struct arena *arena;
};

/* Where a report gets the tests of a cell from; filled by the command (a small adapter over store/query.h). */
struct report_source {
	int (*tests)(void *ctx, const struct outcome_row *row, struct test_set *out, struct err *e); /* bad ones only */
	const char *(*advice)(void *ctx, const char *cause);
	void *ctx;
};

/* Takes m over, also when it fails. */
int report_build(const struct matrix *m, const struct report_source *source, struct report *out, struct err *e);
/* The label of a cell: "s390x/cpython/pandas:smoke". Of the report's arena. */
const char *report_label(const struct report *r, size_t row, size_t column);
/* 0 all as expected, 1 unexpected failures, 4 targets lost or not reachable (and nothing failed). */
int report_exit_status(const struct report *r);
void report_free(struct report *r);

#endif
