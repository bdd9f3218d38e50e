/* One benchmark of a comparison as a JSON object. Not included outside render/. */
#ifndef LABCTL_RENDER_COMPARE_JSON_H
#define LABCTL_RENDER_COMPARE_JSON_H

#include "analyse/compare.h"
#include "base/json.h"

void json_compared(struct json_writer *w, const struct compared *row);

#endif
