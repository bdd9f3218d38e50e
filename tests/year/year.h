/* A simulated year of nights, in the store as labctl itself would have put it there, with everything that was planted
 * in it told apart: what compare, history and the report are held against. */
#ifndef LABCTL_TESTS_YEAR_H
#define LABCTL_TESTS_YEAR_H

#include "analyse/rng.h"
#include "cli/context.h"
#include "store/store.h"

#define YEAR_KNOWN	  8  /* tests 0 .. of each package that its recipe lists as known failures */
#define YEAR_OLD	  12 /* tests behind them that always fail on the big-endian target */
#define YEAR_FLAKY_FROM	  32
#define YEAR_PLANTED_FROM 200 /* regressions are planted from here on, each in tests of its own */
#define YEAR_VERSIONS	  4   /* a package's recipe changes so often, less one, and its tests with it */
#define YEAR_NEW_TESTS	  20  /* come with a version; a quarter as many go */
#define YEAR_PROCESSES	  10

struct year_size {
	const char *folder;
	unsigned nights, packages, targets, runtimes, tests, benchmarks;
	unsigned regressions, steps, flaky; /* planted; flaky: per package */
	unsigned records;		    /* of the last so many nights the records are on disk too */
	uint64_t seed;
	int64_t until_wall_ms; /* the last night begins then */
};

/* Tests that fail from a night on. -1: on every target, under every runtime. */
struct year_regression {
	unsigned package, from, to; /* nights from .. to - 1; to may be the number of nights: not mended */
	int target, runtime;
	unsigned first_test, count;
	enum verdict verdict;
	const char *cause;
};

struct year_flaky {
	unsigned package, test;
	int target, runtime;
	double rate; /* of its being bad */
};

/* A benchmark takes `factor` times as long from a night on. */
struct year_step {
	unsigned benchmark, night;
	int target, runtime;
	double factor;
};

struct year {
	struct year_size size;
	struct context context;
	struct plan *packages, *benchmarks;
	struct year_regression *regressions;
	struct year_flaky *flaky;
	size_t flaky_count;
	struct year_step *steps;
	char *ran; /* cells × nights: '1': it has tests, '0': not run, 'l': lost, 'b': broken */
	int64_t tests_stored, changed_verdicts;
};

int year_write_lab(const struct year_size *s, struct err *e);
void year_plant(struct year *y);
int year_write_truth(const struct year *y, struct err *e);

/* Position of a cell's target, runtime and package or benchmark, from their names. */
unsigned year_number(const char *name); /* "pkg07": 7 */
int64_t year_night_wall_ms(const struct year *y, unsigned night);
/* Randomness that depends on nothing but the numbers: a night is the same whatever came before it. */
struct rng year_rng(const struct year *y, unsigned what, uint64_t a, uint64_t b);
bool year_applies(int target, int runtime, const struct cell *c);

/* One night of all package cells, of all benchmarks. */
int year_test_cells(struct year *y, int64_t run, unsigned night, struct err *e);
int year_measure_cells(struct year *y, int64_t run, unsigned night, struct err *e);
/* Adds an outcome; with its record when the night is one of the last. */
int year_add(struct year *y, int64_t run, unsigned night, const struct outcome *o, struct err *e);
void year_start_outcome(const struct year *y, const struct cell *c, unsigned night, unsigned version,
			struct outcome *out);

#endif
