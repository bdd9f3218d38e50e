/* A few lines at the bottom of a terminal that are drawn again and again, while what stays scrolls up above them. Not
 * included outside render/. */
#ifndef LABCTL_RENDER_LIVE_H
#define LABCTL_RENDER_LIVE_H

#include <stdio.h>

#include "base/str.h"

struct live {
	FILE *out;
	unsigned fixed_width, fixed_height; /* 0: asked of the terminal */
	size_t *widths;			    /* of the lines that stand there now */
	size_t line_count, line_room;
};

/* Takes the present lines away, prints `stays` (whole lines; may be empty) and draws `lines` below it. Lines are cut to
 * the width, and when there are more than the terminal is high, the first ones are left out. One write. */
void live_draw(struct live *l, const char *stays, char *const *lines, size_t count);
void live_free(struct live *l);

#endif
