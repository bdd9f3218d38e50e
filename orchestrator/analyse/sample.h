/* What the statistics of a comparison are given: the iterations of each process, of one benchmark on one side.
 *
 * Iterations of one process resemble each other (one memory layout, one hash seed, one compiled trace), so a process is
 * one observation, its mean, however many iterations it made. */
#ifndef LABCTL_ANALYSE_SAMPLE_H
#define LABCTL_ANALYSE_SAMPLE_H

#include <stddef.h>

#include "base/err.h"

/* One process execution: the iterations that count (the steady ones), in the order of time, all in one unit. */
struct sample {
	const double *values;
	size_t count;
};

/* The processes of one benchmark under one runtime, which may differ in how many iterations they have. */
struct side {
	const struct sample *processes;
	size_t count;
};

/* The mean of each process, in a new array that the caller frees; NULL: ERR_FORMAT, for a side without a process, a
 * process without a value, or a value that is not finite and above 0. `what` names the side in the message; NULL: it is
 * not named. */
double *side_means(const struct side *s, const char *what, struct err *e);

#endif
