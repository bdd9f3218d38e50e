/* Bisecting speed: is a version as fast as the first one, or as the last one? */
#ifndef LABCTL_ANALYSE_BISECT_SPEED_H
#define LABCTL_ANALYSE_BISECT_SPEED_H

#include "analyse/ratio.h"

/* time: that of a version / that of the first one, measured side by side. step: the same of the last one; NaN: it is
 * the last one. The state, for bisect_tell: SPEED_FASTER, SPEED_SLOWER, SPEED_EQUIVALENT (analyse/speed.h), or
 * BISECT_UNDECIDED.
 *
 * The last one is judged as any benchmark is. Of the others it is known that they stand on one of two levels, 1 and
 * step: the border is half way between in logarithms, sqrt(step), and a version belongs to a side where its whole
 * 1 - SPEED_ALPHA interval lies there. One that truly is on a level is put on the wrong side with at most half of
 * SPEED_ALPHA, since the border is nearer than the other level. */
int bisect_speed_state(const struct ratio *time, double step);

#endif
