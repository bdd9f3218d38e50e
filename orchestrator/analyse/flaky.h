/* Does a test change its verdict without a cause?
 *
 * Looked at are the outcomes of one cell id, which all have the same recipe, in the order of time. A flip is a pair of
 * neighbours one of which is bad and the other good; between attempts of one run not even the hour has changed.
 *
 * A regression that is mended later flips twice as well, so that flips alone prove nothing. A test is called flaky when
 * a spell, bad or good, came and went within fewer than FLAKY_SHORT_SPELL outcomes, or when attempts of one run differ.
 * A regression that was mended within two nights under the same recipe is called flaky by this; nothing in the verdicts
 * tells the two apart. One that is bad for FLAKY_SETTLED outcomes by now is no longer flaky but broken. */
#ifndef LABCTL_ANALYSE_FLAKY_H
#define LABCTL_ANALYSE_FLAKY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FLAKY_SHORT_SPELL 3
#define FLAKY_SETTLED	  10
#define FLAKY_WINDOW	  30 /* outcomes that are looked at, where it is not told otherwise */

struct flaky {
	bool is_flaky;
	size_t outcomes; /* in which the test ran */
	size_t bad;	 /* of them */
	size_t flips;	 /* of outcomes - 1 pairs of neighbours */
	size_t short_spells;
	size_t same_run_flips; /* flips between attempts of one run */
};

/* One outcome of a test. */
struct flaky_point {
	int64_t run;
	bool ran; /* false: was not there or skipped; passed over */
	bool bad;
};

/* Points in the order of time, of one cell id. */
struct flaky flaky_judge(const struct flaky_point *points, size_t count);
/* How often its verdict changes: flips / (outcomes - 1); 0 for fewer than two outcomes. */
double flaky_rate(const struct flaky *f);

#endif
