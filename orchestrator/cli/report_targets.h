/* The state of the targets, as the outcomes tell it. */
#ifndef LABCTL_CLI_REPORT_TARGETS_H
#define LABCTL_CLI_REPORT_TARGETS_H

#include "cli/report_state.h"
#include "render/site.h"

/* One for each target that has an outcome; sorted as the matrix's columns are. The texts are the state's and the
 * lab's; the caller frees the array. */
struct site_target *report_targets(const struct lab *lab, const struct report_state *s, size_t *out_count);

#endif
