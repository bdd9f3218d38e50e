/* From what a person types to an outcome and to a test in it. */
#ifndef LABCTL_CLI_FIND_H
#define LABCTL_CLI_FIND_H

#include "cli/context.h"
#include "store/series.h"

/* The outcome that `text` means: TARGET/RUNTIME/PACKAGE:TIER with parts left out that leave no doubt, or a cell's id;
 * its last one, or that of `run` (NULL: the last). The row lies in the set, which the caller frees also on failure.
 * ERR_USAGE with what was near or could be meant. */
int find_outcome(struct context *c, const char *text, const char *run, struct outcome_set *out,
		 const struct outcome_row **out_row, struct err *e);
/* A test by its name, or by a part of it that no other has; one that is bad goes before those that are not. */
int find_test(const struct test_set *tests, const char *text, const struct test_row **out, struct err *e);
char *find_label_of(const struct outcome_row *row); /* "s390x/cpython/numpy:smoke"; caller frees */

#endif
