/* In which order the processes of a benchmark run on one machine. Pure: the same seed gives the same order, on every
 * machine. */
#ifndef LABCTL_PLAN_CAMPAIGN_H
#define LABCTL_PLAN_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One process execution. */
struct execution {
	size_t runtime; /* position in the list of runtimes */
	char role;	/* 'a' or 'b': the half of the A/A control that a process of the baseline is in; 0: none */
};

/* `blocks` blocks, in each of which every runtime runs once, in random order: whatever drifts on the machine meets all
 * of them alike. The baseline's processes are dealt at random to two halves of equal size (blocks odd: one more in
 * "a"). `first_block` makes a second call go on where a first one ended. Writes blocks * runtimes executions. */
struct campaign_order {
	uint64_t seed;
	size_t runtimes, baseline;
	size_t first_block, blocks;
};
void campaign_order(const struct campaign_order *o, struct execution *out);

/* A seed of its own for each part of a campaign, from the campaign's and a name. */
uint64_t campaign_seed(uint64_t seed, const char *name);

/* What is asked about the processes that are still to run of one runtime, and what the answer is. Who gives it knows
 * statistics; here are the words only. */
struct campaign_wish {
	double budget_s;		     /* what this runtime's remaining processes may take */
	double half_width;		     /* wanted of the mean, relative: 0.01 */
	size_t iterations_max;		     /* of one process */
	size_t processes_min, processes_max; /* with those that ran */
};

struct campaign_size {
	size_t processes, iterations; /* with those that ran; of each further one */
};

#endif
