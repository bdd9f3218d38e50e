/* How long it will still take. Not included outside render/. */
#ifndef LABCTL_RENDER_ESTIMATE_H
#define LABCTL_RENDER_ESTIMATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* From what was expected of the whole (0: nothing) and what is done of it (0..1). -1: cannot be told. */
int64_t estimate_left_ns(int64_t expected_ns, int64_t elapsed_ns, double done);
/* "about 3 min left", "about 40 s left"; nothing for -1. */
void estimate_phrase(int64_t left_ns, struct str *out);

#endif
