/* From a wish to cells, grouped in lanes. A lane is what must happen one after the other: the tests of one target, or
 * its benchmarks, which have the machine alone. */
#ifndef LABCTL_PLAN_PLAN_H
#define LABCTL_PLAN_PLAN_H

#include <stdbool.h>

#include "plan/cell.h"

struct plan_wish {
	const struct target_spec **targets;
	size_t target_count; /* in the order columns are shown */
	const struct runtime_recipe **runtimes;
	size_t runtime_count;
	const struct package_recipe **packages;
	size_t package_count;
	const char *tier;
	const struct benchmark **benchmarks; /* instead of packages and a tier, or behind them */
	size_t benchmark_count;
	const char *lib_digest;	  /* of recipes/lib: part of every cell's id */
	const char *index_digest; /* of the lab's package index settings: part of the id where pip installs */
};

struct lane {
	const struct target_spec *target;
	/* Ordered so that layers are shared: by runtime, then by what a package needs. Of a benchmark the cells of all
	 * its runtimes stand together: they are measured in turns. */
	struct cell *cells;
	size_t count;
	bool measures; /* its cells are benchmarks */
	/* Set by who runs it: its benchmarks may be measured so long in all. Where nobody has set a limit each of them
	 * gets at least measure_least_s, and none is left out. */
	double measure_budget_s, measure_least_s;
};

struct plan {
	const struct lab *lab;
	struct cell *cells; /* all, in display order */
	size_t count;
	struct lane *lanes; /* what is to be done: by plan_lanes */
	size_t lane_count;
};

struct plan *plan_build(const struct lab *lab, const struct plan_wish *wish, struct err *e);
/* Makes the lanes from the cells that `wanted` says true for; it may also fill why and estimate. A benchmark's runtimes
 * on a target are compared with each other, so where one is wanted all are. Tests before
 * benchmarks; lanes that finish soonest to a first column first: local, then the longest. Called again it makes them
 * anew. */
void plan_lanes(struct plan *p, bool (*wanted)(void *ctx, struct cell *c), void *ctx);
void plan_free(struct plan *p);

/* How many cells from `first` on are the runtimes of one benchmark, to be measured together; 1 for tests. */
size_t lane_group(const struct lane *lane, size_t first);

/* Does any step for this runtime and architecture come from the package index, for the package or what it needs? */
bool plan_uses_index(const struct lab *lab, const struct package_recipe *p, const char *runtime, const char *arch);

/* The packages that must be there before, deepest first, without the package itself; *out_items freed by the caller. */
void plan_needs(const struct lab *lab, const struct package_recipe *p, const struct package_recipe ***out_items,
		size_t *out_count);

#endif
