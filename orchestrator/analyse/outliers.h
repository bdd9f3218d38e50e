/* Spikes: single iterations far from their neighbours, as an interrupt or a full garbage collection makes them. They
 * are real time and stay in every mean; only the search for phases is better off without them.
 *
 * A value is a spike when it lies further from the median of the values around it than `reach` times the distance
 * between two inner percentiles (of shares `tail` and 1 - `tail`). The window is the `window` values nearest to it, at
 * the ends of the series too; a median follows a step of level without delay as long as the phases are longer than half
 * a window. Runs of more than `longest_run` such values are no spikes but a phase. A distance of 0 (most values equal,
 * as a coarse clock makes them) counts as the smallest difference between values of the window.
 *
 * Window of percentiles: Barrett and others, Virtual machine warmup blows hot and cold, OOPSLA 2017 (there: 200 values,
 * reach 3). The window here is narrower so that short phases at the start stay phases. O(count · log window). */
#ifndef LABCTL_ANALYSE_OUTLIERS_H
#define LABCTL_ANALYSE_OUTLIERS_H

#include <stdbool.h>
#include <stddef.h>

struct outlier_rule {
	size_t window;	    /* > 0 */
	double tail;	    /* share of the values outside the inner percentiles on either side, < 0.5 */
	double reach;	    /* > 0 */
	size_t longest_run; /* > 0 */
};

extern const struct outlier_rule outlier_defaults;

/* Fills spikes[count]; returns how many there are. */
size_t outliers_find(const double *values, size_t count, const struct outlier_rule *rule, bool *spikes);

/* Fills out[count] with the distances from the medians, those beyond the reach shortened to it. The median follows
 * steps of the level, so what is left has none. */
void outliers_rest(const double *values, size_t count, const struct outlier_rule *rule, double *out);

#endif
