/* What makes a cell the cell it is. */
#ifndef LABCTL_PLAN_IDENTIFY_H
#define LABCTL_PLAN_IDENTIFY_H

#include "plan/plan.h"

/* Fills the id; `program` is the digest of a benchmark's files, NULL for tests: a hash of all that decides the result,
 * and of nothing else. What a recipe says for other runtimes and architectures, titles, tags and limits are not part of
 * it. */
void cell_identify(struct cell *c, const struct lab *lab, const struct plan_wish *wish, const char *program);

#endif
