/* Does a test change its verdict without a cause?
 *
 * Looked at are outcomes in the order of time. A flip is a pair of neighbours one of which is bad and the other good,
 * both of one cell id, so of one recipe; between attempts of one run not even the hour has changed.
 *
 * A regression that is mended later flips twice as well, so that flips alone prove nothing. A test is called flaky when
 * a spell, bad or good, came and went within fewer than FLAKY_SHORT_SPELL runs, or when attempts of one run differ.
 * A regression that was mended within two nights under the same recipe is called flaky by this; nothing in the verdicts
 * tells the two apart. One that is bad for FLAKY_SETTLED runs by now is no longer flaky but broken. */
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
	size_t pairs;	 /* of neighbours of one cell id */
	size_t flips;	 /* of pairs of neighbours */
	size_t short_spells;
	size_t same_run_flips; /* flips between attempts of one run */
};

/* One outcome of a test. */
struct flaky_point {
	int64_t run;
	bool other_cell; /* the recipe is not that of the point before */
	bool ran;	 /* false: was not there or skipped; passed over */
	bool bad;
};

/* Points in the order of time. */
struct flaky flaky_judge(const struct flaky_point *points, size_t count);
/* How often its verdict changes: flips / pairs, pairs of neighbours of one cell id; 0 for fewer than two outcomes. */
double flaky_rate(const struct flaky *f);

#endif
