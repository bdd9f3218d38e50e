/* The inside of qualify.h. Not included outside cli/qualify*.c. */
#ifndef LABCTL_CLI_QUALIFY_INSIDE_H
#define LABCTL_CLI_QUALIFY_INSIDE_H

#include "cli/qualify.h"
#include "run/outcome.h"

/* A record that was read. */
struct qualify_loaded {
	char *folder;
	bool has_outcome;
	struct outcome outcome;
	struct speed_summary speed;
	char digests[3][DIGEST_TEXT_BYTES];
	const char *run;
};

struct qualify_case {
	struct context *c;
	const struct qualify_request *request;
	struct arena *arena;
	struct dossier_record *records; /* one of each: */
	struct qualify_loaded **loaded;
	size_t record_count, record_room;
	struct dossier_recipe *recipes;
	size_t recipe_count;
	struct qualify_terms terms;
	struct qualification judged;
	struct dossier dossier;
};

/* qualify_records.c: reads the record that is found, once, and fills `out`; where there is none `out` says so. -1: the
 * finder failed. */
int qualify_load(struct qualify_case *q, const struct qualify_search *s, struct qualify_evidence *out, struct err *e);
void qualify_free_records(struct qualify_case *q);
/* qualify_wants.c: what the policy asks for, with its records. */
int qualify_add_tests(struct qualify_case *q, struct err *e);
int qualify_add_speed(struct qualify_case *q, struct err *e);
/* qualify_recipes.c */
int qualify_add_recipes(struct qualify_case *q, struct err *e);

#endif
