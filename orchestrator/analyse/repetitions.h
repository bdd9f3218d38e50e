/* How many processes of how many iterations a benchmark needs, from what its first processes have shown. */
#ifndef LABCTL_ANALYSE_REPETITIONS_H
#define LABCTL_ANALYSE_REPETITIONS_H

#include "parse/bench.h"

/* Fewer iterations show no warm-up. */
#define REPETITIONS_ITERATIONS_MIN 40

struct repetitions_wish {
	double budget_s;		     /* for the processes that are still to run */
	double half_width;		     /* wanted of the 95 % interval of the mean, relative */
	size_t iterations_max;		     /* of one process */
	size_t processes_min, processes_max; /* with those that ran */
};

struct repetitions {
	size_t processes;  /* with those that ran */
	size_t iterations; /* of each further process */
};

/* `pilot` holds the processes that ran. The second half of each stands for its steady state. Iterations: the best
 * division of time between the two levels (levels_plan_iterations), and at least REPETITIONS_ITERATIONS_MIN where a
 * third of the budget holds them. Processes: as many as the wanted half width takes (levels_plan_processes), as far as
 * the budget goes, and never fewer than processes_min. Without a process that can be used: processes_min of
 * iterations_max. */
struct repetitions repetitions_plan(const struct bench_series *pilot, const struct repetitions_wish *wish);

#endif
