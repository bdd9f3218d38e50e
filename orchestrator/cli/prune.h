/* Pruning by age and size: raw output in the results, images and layers in the cache. */
#ifndef LABCTL_CLI_PRUNE_H
#define LABCTL_CLI_PRUNE_H

#include "cli/context.h"

struct prune_wish {
	int64_t raw_for_ns, raw_limit_bytes; /* as in struct retention_settings */
	int64_t layers_for_ns, cache_limit_bytes;
	bool only_look; /* of raw output: say what would go; layers are left alone */
};

struct prune_wish prune_wish_of(const struct lab *lab); /* as lab.yaml says */
/* Adds a line of what went, or would go, to `out`; nothing when nothing did and `terse`. */
int prune_run(struct context *c, const struct prune_wish *w, bool terse, struct str *out, struct err *e);
void prune_format_bytes(int64_t bytes, char *buf, size_t size); /* "1.2 GiB" */

#endif
