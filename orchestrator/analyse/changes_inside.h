/* What changes.c asks of changes_tests.c. Not included outside analyse/. */
#ifndef LABCTL_ANALYSE_CHANGES_INSIDE_H
#define LABCTL_ANALYSE_CHANGES_INSIDE_H

#include "analyse/changes.h"

/* Adds what became of the tests of a pair, whose sides are comparable, to c->items and to all counts. */
int changes_of_pair(struct changes *c, size_t pair, const struct change_source *source, struct err *e);
/* Sorts c->items, and makes the groups from them. */
void changes_group(struct changes *c);

#endif
