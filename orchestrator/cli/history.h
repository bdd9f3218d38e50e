/* History and comparison from the store: for `compare`, `history`, the nightly summary and the report. */
#ifndef LABCTL_CLI_HISTORY_H
#define LABCTL_CLI_HISTORY_H

#include "analyse/changes.h"
#include "analyse/history.h"
#include "cli/context.h"

/* What to compare. A text names a run as query_resolve_run does. */
struct change_wish {
	const char *base, *changed;			/* changed NULL: the base, by two runtimes or two targets */
	struct option_list targets, runtimes, packages; /* none: all; with changed NULL two runtimes, or two targets */
	const char *tier;				/* NULL: all */
	double margin;					/* of speed: 0.02 */
	bool only_these_cells; /* cells that the run of `changed` itself did not hold are left out */
};

/* The context is open, with its store. `out` is begun here; free it with changes_free, also after an error. */
int changes_between(struct context *c, const struct change_wish *w, struct changes *out, struct err *e);

/* Which series. Each list: none: all. */
struct history_wish {
	/* Packages, benchmarks, cells (s390x/cpython/pandas:smoke), or tests: by their whole name, by what stands
	 * behind its last "::", or by a regular expression between slashes. None: all packages and benchmarks. */
	const char *const *names;
	size_t name_count;
	struct option_list targets, runtimes;
	const char *tier;  /* NULL: all */
	int64_t until_run; /* 0: to the newest */
	size_t most_runs;  /* the newest so many points of each series; 0: all */
	/* 1u << enum history_metric, or more of them; 0: what suits the names: time of benchmarks, failures of
	 * packages, verdicts of tests. */
	unsigned metrics;
};

/* Series with their changes, judged together. A name that is nothing is ERR_USAGE with the nearest. */
int history_of(struct context *c, const struct history_wish *w, struct history *out, struct err *e);

/* Tests whose verdict changes without a cause, over the newest `window` outcomes of each cell (0: FLAKY_WINDOW). */
struct flaky_test {
	const char *target, *runtime, *package, *tier, *test;
	const char *cell_id;
	struct flaky flaky;
};

struct flaky_set {
	struct flaky_test *items; /* the most flips first */
	size_t count, room;
	struct arena *arena;
};

/* Names as in history_wish, of packages only. */
int flaky_tests(struct context *c, const struct history_wish *w, size_t window, struct flaky_set *out, struct err *e);
void flaky_set_free(struct flaky_set *s);

#endif
