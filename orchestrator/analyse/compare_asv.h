/* The comparison that asv makes, mark for mark (asv 0.6: compare, continuous), so that labctl can be checked against
 * it. Not what labctl judges by.
 *
 * A result is better or worse when it differs by more than `factor` and, where both sides have statistics of more than
 * one sample, also by a test: Mann and Whitney's U with p < 0.002, or, where so few samples can never give such a p, 99
 * % intervals that do not overlap. */
#ifndef LABCTL_ANALYSE_COMPARE_ASV_H
#define LABCTL_ANALYSE_COMPARE_ASV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASV_FACTOR 1.1 /* asv's default */

/* One result: of one benchmark, with one set of parameters, of one commit. */
struct asv_result {
	bool failed;	     /* null in the file */
	double value;	     /* NaN: skipped, or not there at all */
	const char *version; /* of the benchmark's source; NULL: not told */
	bool has_stats;
	double ci_low, ci_high; /* stats_ci_99_a, stats_ci_99_b; may be infinite */
	int64_t repeat;		/* stats_repeat; 0: not told */
	const double *samples;	/* may hold NaN, which are left out; NULL: not kept */
	size_t sample_count;
};

struct asv_comparison {
	/* '-' better, '+' worse, '!' fails now, '*' failed before, 'x' the benchmark itself was changed, ' ' none of
	 * these */
	char mark;
	bool insignificant; /* the factor is exceeded and the test says no: asv puts "~" before the ratio */
	double ratio;	    /* after / before; NaN: n/a */
};

/* use_stats false: asv's --no-stats. */
void asv_compare(const struct asv_result *before, const struct asv_result *after, double factor, bool use_stats,
		 struct asv_comparison *out);
/* Whether the command would end with 1 (asv continuous: something worsened). */
bool asv_is_worse(char mark);

#endif
