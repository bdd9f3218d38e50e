/* A named choice of what to run, in recipes/suites/NAME.yaml. */
#ifndef LABCTL_LAB_SUITE_H
#define LABCTL_LAB_SUITE_H

#include "lab/schema.h"

struct suite {
	struct where at;
	const char *name;
	const char *title;
	struct text_list packages;
	struct text_list targets;  /* selections, as after --target; none: the lab's */
	struct text_list runtimes; /* selections; none: the lab's */
	const char *tier;
};

extern const struct schema suite_schema;

#endif
