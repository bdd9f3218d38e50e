/* The inside of measure.h: what measure*.c share. Not included outside run/. */
#ifndef LABCTL_RUN_MEASURE_INSIDE_H
#define LABCTL_RUN_MEASURE_INSIDE_H

#include "run/install.h"
#include "run/measure.h"

#define PILOT_BLOCKS 2 /* processes of each runtime from which the rest is planned; even, so that a and b are alike */

/* A benchmark at work. */
struct measuring {
	struct cell_run *runs; /* of each runtime */
	bool *present;	       /* installed, and the package loads */
	size_t count;
	const struct benchmark *benchmark;
	const struct measure_opts *opts;
	uint64_t seed;
	double spent_s;		  /* of the budget */
	size_t stage;		  /* 1: pilot, 2: the rest */
	struct bench_set told[2]; /* by the driver in each stage */
	struct bench_set set;	  /* all of it; the runs lie in `told` */
};

/* One call of the driver. */
struct stage {
	bool calibrate;		      /* first find the loops of every runtime */
	struct execution *executions; /* runtime: position in runs */
	size_t count;
	size_t *iterations; /* by runtime: of one process at most */
	double *max_s;	    /* by runtime: after so long a process begins no further iteration */
};

/* What the driver is told (recipes/lib/labctl_bench.py explains it), as JSON. */
void measure_write_plan(const struct measuring *m, const struct stage *stage, struct str *out);
/* From the processes that ran to how many there shall be. */
struct campaign_size measure_plan_rest(const struct measuring *m, size_t runtime, double budget_s);
const struct bench_series *measure_series_of(const struct bench_set *set, const char *runtime); /* NULL: none */
const struct bench_series *measure_series(const struct measuring *m, size_t runtime); /* NULL: nothing was measured */
/* The verdict, the processes as tests, and the file with every iteration. */
int measure_settle(struct measuring *m, size_t runtime, struct err *e);

#endif
