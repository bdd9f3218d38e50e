/* Which records a qualification rests on, as the store knows them: of a named run, or the newest of each cell as the
 * lab's recipes make it now. */
#ifndef LABCTL_CLI_QUALIFY_STORE_H
#define LABCTL_CLI_QUALIFY_STORE_H

#include "cli/qualify.h"

struct qualify_store;

/* The store of c is open. Sides without a run are asked for at once. NULL with e set. */
struct qualify_store *qualify_store_new(struct context *c, const struct policy *policy,
					const struct dossier_side *candidate, const struct dossier_side *baseline,
					struct err *e);
qualify_find_fn qualify_store_find; /* its ctx is a struct qualify_store */
void qualify_store_free(struct qualify_store *s);

#endif
