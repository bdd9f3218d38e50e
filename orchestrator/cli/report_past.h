/* Inside of report_state.h. */
#ifndef LABCTL_CLI_REPORT_PAST_H
#define LABCTL_CLI_REPORT_PAST_H

#include "cli/report_state.h"

/* Fills changes and past of a state whose runs and rows are there. */
int report_past_find(struct context *c, struct report_state *s, struct err *e);

#endif
