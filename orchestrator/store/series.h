/* What comes out of the store: outcomes and tests with the coordinates they belong to. Plain data, no SQLite. */
#ifndef LABCTL_STORE_SERIES_H
#define LABCTL_STORE_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "parse/result.h"

struct fact_pair {
	const char *name, *value;
};

/* One attempt at one cell, without its tests. Texts live in the set's arena. */
struct outcome_row {
	int64_t id, run;
	const char *cell_id;
	const char *target, *arch, *runtime, *package, *tier;
	const char *how_run;
	bool emulated;
	int64_t attempt;
	enum verdict verdict;
	const char *reason, *hint;
	int64_t started_wall_ms, took_ns;
	struct tally tally;
	const char *folder;	       /* of the record, below the results folder */
	const struct fact_pair *facts; /* ended by name NULL; NULL when not asked for */
};

struct outcome_set {
	struct arena *arena;
	struct outcome_row *rows;
	size_t count, room;
};

/* One test of one outcome. */
struct test_row {
	const char *name, *detail, *cause, *known;
	int64_t took_ns;
	enum verdict verdict;
};

struct test_set {
	struct arena *arena;
	struct test_row *rows;
	size_t count, room;
};

/* A test of two outcomes. */
struct test_pair {
	const char *name;
	int before, now;		      /* enum verdict; -1: not there */
	const char *detail, *cause;	      /* of the side where it is bad, the newer one first; NULL: none */
	const char *known_before, *known_now; /* the recipe's reason; NULL: not known */
};

struct test_pair_set {
	struct arena *arena;
	struct test_pair *items;
	size_t count, room;
	bool base_unknown; /* nothing was ever known of the tests of the first side: none can be called new */
};

/* A benchmark's outcome in figures: NaN where there is none. */
struct speed_figures {
	int64_t unit;	  /* enum bench_unit */
	double mean;	  /* over means of processes; NaN also where it may not be compared as a speed */
	double low, high; /* its 95 % interval */
	double peak_bytes;
	int64_t processes, failed;
};

/* Enough of an outcome to look into it. */
struct outcome_key {
	int64_t id, run, attempt;
	int64_t cell; /* equal for outcomes of one cell id */
};

struct run_row {
	int64_t id;
	const char *name;			/* folder below runs/ */
	const char *command;			/* as typed */
	int64_t started_wall_ms, ended_wall_ms; /* 0: not ended */
	bool complete;
	int64_t cells;
};

struct run_set {
	struct arena *arena;
	struct run_row *rows;
	size_t count, room;
};

/* For those who fill them. The arena is made when there is none yet; a new row is zeroed and stays where it is until
 * the next one comes. */
void outcome_set_start(struct outcome_set *s);
struct outcome_row *outcome_set_add(struct outcome_set *s);
void test_set_start(struct test_set *s);
struct test_row *test_set_add(struct test_set *s);
void run_set_start(struct run_set *s);
struct run_row *run_set_add(struct run_set *s);

void test_pair_set_start(struct test_pair_set *s);
struct test_pair *test_pair_set_add(struct test_pair_set *s);

void outcome_set_free(struct outcome_set *s);
void test_pair_set_free(struct test_pair_set *s);
void test_set_free(struct test_set *s);
void run_set_free(struct run_set *s);

#endif
