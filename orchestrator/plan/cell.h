/* One cell of the matrix: a package's tier, or a benchmark, on a target with a runtime. Its id is a hash of all that
 * decides the result. */
#ifndef LABCTL_PLAN_CELL_H
#define LABCTL_PLAN_CELL_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/str.h"
#include "lab/lab.h"

/* What its next outcome would tell, least first: plan/value.h. */
enum cell_worth {
	CELL_STALE,
	CELL_BAD,     /* its last outcome was bad */
	CELL_UNKNOWN, /* never run, or what decides it has changed */
};

struct cell {
	char id[DIGEST_ID_BYTES];
	const struct target_spec *target;
	const struct runtime_recipe *runtime;
	const struct package_recipe *package; /* of a benchmark: benchmark->as_package */
	const struct benchmark *benchmark;    /* NULL: the package's own tests */
	const struct tier
		*tier; /* NULL: the package has no tier of that name; such a cell is `unavailable` without a run */
	const char *tier_name;
	int64_t estimate_ns; /* how long it took last time; 0: unknown */
	enum cell_worth worth;
	int64_t last_wall_ms; /* when it ran last; 0: never */
	char why[96];	      /* why it would run: "never run", "recipe changed", "older than 7 d", "asked for" */
};

/* "s390x/cpython/pandas:smoke": unique within a lab, what people type. */
void cell_label(const struct cell *c, struct str *out);
/* The target, runtime, package and tier named in a label, as texts of four; -1: not of this form. Missing parts are ""
 * ("numpy", "s390x/numpy", "s390x/cpython/numpy"). */
struct cell_name {
	char target[SCHEMA_NAME_ROOM], runtime[SCHEMA_NAME_ROOM], package[SCHEMA_NAME_ROOM], tier[SCHEMA_NAME_ROOM];
};
int cell_name_parse(const char *text, struct cell_name *out, struct err *e);

#endif
