/* A qualification as bytes: for people, and as the report that `labctl verify` recomputes (labctl-policy(5)). */
#ifndef LABCTL_RENDER_QUALIFY_H
#define LABCTL_RENDER_QUALIFY_H

#include "analyse/qualify.h"
#include "render/render.h"

#define DOSSIER_FORMAT	"labctl-qualification"
#define DOSSIER_VERSION 1 /* raised by changes that a reader of reports could stumble over */

/* What a record is used as; one may be several. */
enum dossier_role {
	DOSSIER_CANDIDATE = 1,
	DOSSIER_BASELINE = 2,
	DOSSIER_CONTROL = 4,	      /* A/A control of the candidate's run */
	DOSSIER_BASELINE_CONTROL = 8, /* of the baseline's, where that is another run */
};
#define DOSSIER_ROLES 4
const char *dossier_role_word(size_t i); /* of the bit 1 << i: "candidate", … */

struct dossier_file {
	const char *name, *digest; /* SHA-256 of the file as it lies there */
};

/* A record that the judgement rests on. */
struct dossier_record {
	unsigned roles;
	const char *target, *arch, *runtime, *package, *tier;
	const char *run, *cell_id;
	int64_t attempt;
	const char *how_run;
	enum verdict verdict;
	const char *reason, *unreadable; /* unreadable: why; NULL: it was read */
	int64_t started_wall_ms;
	const struct fact_pair *facts; /* ended by name NULL */
	struct dossier_file files[3];
	size_t file_count;
};

struct dossier_side {
	const char *runtime;
	const char *run; /* NULL: the newest outcomes */
};

/* What the lab said when it was judged. */
struct dossier_recipe {
	const char *kind, *name, *digest;
};

struct dossier {
	const char *labctl; /* its version */
	int64_t made_wall_ms;
	struct dossier_side candidate, baseline;
	const char *policy_name, *policy_text, *policy_digest;
	const struct dossier_recipe *recipes;
	size_t recipe_count;
	const struct dossier_record *records;
	size_t record_count;
	const struct qualify_terms *terms;
	const struct qualification *q;
};

void qualify_terminal(const struct dossier *d, const struct render_opts *o, struct str *out);
void qualify_markdown(const struct dossier *d, struct str *out);
void qualify_json(const struct dossier *d, struct str *out);

#endif
