/* Cells of a run that are to be run once more in the same run: a test fails that did not fail the last time, under the
 * same recipe. Does it fail again, or is it flaky? */
#ifndef LABCTL_CLI_AGAIN_H
#define LABCTL_CLI_AGAIN_H

#include "cli/context.h"

/* Makes the plan's lanes anew, from its cells that have tests in this run which newly fail, as of their last attempt,
 * and that were run once more fewer than `retries` times. Newly: bad and not known to the recipe, and not bad in the
 * last outcome of the same cell id before this run that had tests. What ended as a whole where it did not before
 * (broken, crashed, timed out) counts as well. Benchmarks are passed over, and attempts at which the target was lost
 * do not count. */
int again_lanes(struct context *c, struct plan *p, int64_t run, int64_t retries, struct err *e);

#endif
