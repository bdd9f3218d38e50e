/* From a plan and the store to a report. */
#ifndef LABCTL_CLI_JUDGE_H
#define LABCTL_CLI_JUDGE_H

#include "analyse/report.h"
#include "cli/context.h"

/* A report, and the rows it points into. */
struct judgement {
	struct report report;
	struct outcome_set now, before;
};

/* Where reports get tests and advice from; as long as the context. */
struct report_source judge_source(struct context *c);
struct matrix_column judge_column(const struct cell *c); /* that a cell stands in; texts are the lab's */
int judge_plan(struct context *c, const struct plan *p, struct judgement *out, struct err *e);
void judgement_free(struct judgement *j);

#endif
