/* The report as a folder that a browser opens, or as one file. */
#ifndef LABCTL_CLI_REPORT_SITE_H
#define LABCTL_CLI_REPORT_SITE_H

#include "cli/report_state.h"
#include "render/site.h"

/* Everything that the state tells, piece by piece, the summary last. */
int report_site_pieces(struct context *c, const struct report_state *s, const struct site_sink *sink, struct err *e);
/* The folder appears whole or not at all, and takes the place of an earlier report. One that is there and is no report
 * is left alone: ERR_USAGE. */
int report_site_folder(struct context *c, const struct report_state *s, const char *folder, struct err *e);
int report_site_single(struct context *c, const struct report_state *s, const char *path, struct err *e);

#endif
