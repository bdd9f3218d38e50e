/* The steps of a record, with the end of each one's raw output. */
#ifndef LABCTL_CLI_REPORT_STEPS_H
#define LABCTL_CLI_REPORT_STEPS_H

#include "cli/context.h"
#include "render/site.h"

#define REPORT_LOG_BYTES ((size_t)64 << 10) /* of a step, at most */

struct report_steps {
	struct site_step *items;
	size_t count;
	struct arena *texts;
};

/* A record that is gone, or cannot be read, has no steps. Where the tests came to a result, only theirs has its output.
 */
void report_steps_read(struct context *c, const struct outcome_row *row, struct report_steps *out);
void report_steps_free(struct report_steps *s);

#endif
