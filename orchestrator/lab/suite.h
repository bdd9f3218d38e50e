/* A named choice of what to run, in recipes/suites/NAME.yaml. */
#ifndef LABCTL_LAB_SUITE_H
#define LABCTL_LAB_SUITE_H

#include "lab/notify.h"
#include "lab/schema.h"

struct suite {
	struct where at;
	const char *name;
	const char *title;
	/* At least one of the two. */
	struct text_list packages;   /* selections, as operands of `labctl matrix` */
	struct text_list benchmarks; /* selections, as operands of `labctl bench` */
	struct text_list targets;    /* selections, as after --target; none: the lab's */
	struct text_list runtimes;   /* selections; none: the lab's */
	const char *tier;
	int64_t budget_ns;	       /* behind it nothing new begins; 0: no end */
	int64_t measuring_ns;	       /* how long measuring may take in all; of the budget so much is kept for it */
	int64_t fresh_for_ns;	       /* instead of the lab's; 0: the lab's */
	int64_t retries;	       /* how often a cell with tests that newly fail is run once more */
	struct notify_settings notify; /* instead of the lab's */
};

extern const struct schema suite_schema;

void suite_settle(const struct yaml_node *n, struct suite *s, struct problems *problems);

#endif
