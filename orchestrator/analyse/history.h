/* What became of something over the runs: series of points, and where their level changed. */
#ifndef LABCTL_ANALYSE_HISTORY_H
#define LABCTL_ANALYSE_HISTORY_H

#include "analyse/flaky.h"
#include "base/arena.h"
#include "parse/bench.h"
#include "parse/result.h"

#define HISTORY_RATE 0.05 /* of false ones among the changes told: q of Benjamini and Hochberg */
#define HISTORY_CONFIRM                                                                                                \
	3 /* a new level with fewer points is pending: one night is an accident, two are a coincidence */
#define HISTORY_FAR 5.0

enum history_metric {
	HISTORY_TIME,	   /* a benchmark: mean over processes, in the unit of its series */
	HISTORY_MEMORY,	   /* its median peak, bytes */
	HISTORY_FAILURES,  /* a package: bad tests that the recipe does not know */
	HISTORY_PASS_RATE, /* passed / (all but skipped), 0..1 */
	HISTORY_VERDICT,   /* a test: 0 passed, 1 bad */
	HISTORY_METRIC_COUNT
};

const char *history_metric_key(enum history_metric m); /* "time", "memory", "failures", "pass-rate", "verdict" */

struct history_point {
	int64_t run, started_wall_ms; /* when the outcome began */
	int64_t outcome;
	const char *run_name;
	const char *cell_id; /* differs from the point before: the recipe changed */
	double value;	     /* NaN: the run has an outcome and no value (broken, unavailable, no steady state) */
	double low, high;    /* 95 % over processes; NaN: none */
	int64_t attempts;
	enum verdict verdict; /* of the cell; of a test: its own */
	struct tally tally;   /* of the cell */
};

/* The level before and after a change. */
struct history_change {
	size_t at;	      /* position in points: the first of the new level */
	double before, after; /* means of the two levels */
	double p, adjusted_p; /* adjusted over all series that were asked for; NaN: not tested */
	bool pending;	      /* the newest points look like it; not yet confirmed */
	bool worse;	      /* slower, more memory, more failures, a lower rate */
};

struct history_series {
	const char *label; /* "s390x/pypy/nbody" or "s390x/pypy/pandas:smoke", of a test with " test" behind it */
	const char *target, *arch, *runtime, *package, *tier;
	const char *test; /* NULL: not of a test */
	bool emulated;
	enum history_metric metric;
	enum bench_unit unit; /* of HISTORY_TIME */
	enum bench_better better;
	struct history_point *points; /* in the order of time, one per run that has an outcome */
	size_t count;
	struct history_change *changes; /* in the order of time; filled by history_judge */
	size_t change_count;
	struct flaky flaky; /* of HISTORY_VERDICT: over the newest FLAKY_WINDOW outcomes */
};

struct history {
	struct history_series *series;
	size_t count;
	size_t tests_made; /* hypotheses that the adjustment counted */
	struct arena *arena;
};

/* Finds the changes of all series together; q: HISTORY_RATE. The array of changes is the arena's.
 *
 * Numbers: E-divisive and its test (analyse/edivisive.h), of times and memory over their logarithms; the place of a
 * change is where two levels fit best (least squares). A change is pending while fewer than HISTORY_CONFIRM points
 * follow it; so is one that only the newest one or two points show, by lying further than HISTORY_FAR deviations
 * (1.4826 times the median distance from the median) from the level before, beyond all its points.
 *
 * Verdicts of a test that is not flaky change where they change: there is no noise to test against, so no p-value.
 * Those of a flaky one are numbers, 0 and 1. */
void history_judge(struct history *h, double q);
/* The level at the end: mean of the points from the last change that is not pending. NaN: no value. */
double history_level(const struct history_series *s);
void history_free(struct history *h);

#endif
