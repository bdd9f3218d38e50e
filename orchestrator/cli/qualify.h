/* From a policy and records to a qualification. `labctl qualify` chooses the records from the store, `labctl verify`
 * takes those that a report names; all else is the same, so that the second recomputes what the first said. */
#ifndef LABCTL_CLI_QUALIFY_H
#define LABCTL_CLI_QUALIFY_H

#include "cli/context.h"
#include "render/qualify.h"

#define QUALIFY_MOST_POLICY_BYTES ((size_t)1 << 20)

/* One record by name. */
struct qualify_ref {
	const char *run;
	char cell_id[DIGEST_ID_BYTES];
	int64_t attempt;
};

/* What is looked for: the record of a tier of a package (or of a benchmark) on a target. */
struct qualify_search {
	enum dossier_role role;
	const char *target, *runtime, *package, *tier;
	const char *run; /* in this run; NULL: the newest */
};

/* 1 with *out filled (its texts live as long as the finder), 0: there is none, -1. */
typedef int qualify_find_fn(void *ctx, const struct qualify_search *s, struct qualify_ref *out, struct err *e);

struct qualify_request {
	struct dossier_side candidate, baseline;
	const char *policy_name;
	const char *policy_text;
	int64_t made_wall_ms; /* exceptions are held against this day */
	const struct policy *policy;
	qualify_find_fn *find;
	void *find_ctx;
};

struct qualify_case;

/* Reads a policy from its text; its problems are shown on standard error. The texts go into the lab's arena. */
int qualify_read_policy(struct context *c, const char *name, const char *text, size_t len, struct policy *out,
			struct err *e);
/* The request lives as long as the case. NULL with e set. */
struct qualify_case *qualify_build(struct context *c, const struct qualify_request *r, struct err *e);
const struct dossier *qualify_dossier(const struct qualify_case *q);
void qualify_free(struct qualify_case *q);

/* "runs/RUN/CELL/ATTEMPT", below the results. Caller frees. */
char *qualify_record_folder(const char *run, const char *cell_id, int64_t attempt);
/* The files of a record that a judgement rests on; NULL: no more. */
const char *qualify_record_file(size_t i);
/* The runtime that A/A controls are of. */
const char *qualify_control_runtime(const struct lab *lab);

#endif
