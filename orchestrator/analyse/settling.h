/* Where a series comes to rest: its phases, without spikes, and from which of them on they are one level. */
#ifndef LABCTL_ANALYSE_SETTLING_H
#define LABCTL_ANALYSE_SETTLING_H

#include <stdbool.h>
#include <stddef.h>

#include "analyse/phases.h"

/* What can be said of how the level of the last part, which looks settled, moves all the same. */
struct unrest {
	double moved;	    /* largest minus smallest mean of its four quarters */
	double moved_error; /* standard error of such a difference */
	double persistence; /* how long its noise hangs together: phases_inflation over all lags; independent: 1 */
	double split;	    /* Kolmogorov's statistic of its cumulated distances; 1.63 in one of a hundred by chance */
	double split_step;  /* how far apart the means before and after the place of that statistic are */
};

struct settling {
	struct phase_list phases; /* start and end are indexes of the whole series */
	size_t first;		  /* the first phase of the last part */
	struct phase last;	  /* the last part: one level, as far as can be told */
	struct unrest unrest;
	bool *spikes; /* of each index */
	size_t spike_count;
	bool slow_first;     /* the first value is alone, and above everything else */
	bool odd_first;	     /* the first value is a spike upwards, one among others perhaps */
	bool odd_end;	     /* the last few values stand apart: too few to tell spikes from a new level */
	size_t sure_end;     /* end of the last phase before the last part that certainly has another level; 0: none */
	bool was_lower;	     /* one of these phases is lower */
	bool was_long_lower; /* and is not just a few values */
	bool is_mixed;	     /* the last part has phases in it that may have another level */
};

/* `threshold` is a difference of levels that matters, in units of the values (for logarithms: a relative one). Two
 * levels certainly differ when they do by more than the threshold and 3 standard errors. At least one value. Free with
 * settling_free. */
void settling_find(const double *values, size_t count, double threshold, struct settling *out);
void settling_free(struct settling *s);

#endif
