/* Series with their changes as bytes. */
#ifndef LABCTL_RENDER_HISTORY_H
#define LABCTL_RENDER_HISTORY_H

#include "analyse/history.h"
#include "render/render.h"

/* A line of signs per series, the oldest point on the left, and its changes below; a single series of times is drawn as
 * a curve. */
void history_terminal(const struct history *h, const struct render_opts *o, struct str *out);
void history_json(const struct history *h, struct str *out); /* doc/labctl-history.schema.json */
void history_csv(const struct history *h, struct str *out);  /* a line per point */

#endif
