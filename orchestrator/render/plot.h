/* A curve in characters: iterations from left to right, time upwards. Not included outside render/. */
#ifndef LABCTL_RENDER_PLOT_H
#define LABCTL_RENDER_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct plot {
	unsigned width, height; /* of the field inside the axes, in characters */
	bool ascii;
	bool from_zero; /* the axis begins at 0; else a little below the least value */
	void (*label)(double value, bool ascii, struct str *out); /* of the vertical axis */
	const char *x_label;
};

/* One or several curves over the same iterations (NULL-ended lists are not needed: `count` curves of counts[i] values),
 * each with its own sign; where a column stands for several iterations it shows their median. Where the values span
 * more than a factor of 20 the axis is logarithmic, and says so. Values that are not finite and above 0 are left out.
 */
void plot_curves(const struct plot *p, const double *const *curves, const size_t *counts, size_t count,
		 struct str *out);
const char *plot_sign(size_t curve, bool ascii); /* of the curve with that number */

#endif
