/* What an attempt at a cell was made of, kept in its record: the layers with what installed them, the environment, the
 * command of the tests. So that it can be done again when the recipe has changed, and that the change can be told.
 *
 * File made.json, documented in labctl-results(5). Records of earlier versions have none. */
#ifndef LABCTL_RUN_MADE_H
#define LABCTL_RUN_MADE_H

#include "run/steps.h"

#define MADE_FILE "made.json"

struct made {
	char *base_id;		   /* of the untouched machine; "" where it has none */
	char *install_digest;	   /* of recipes/lib/install */
	char *index_digest;	   /* of the package index settings */
	char *lib_digest;	   /* of recipes/lib */
	struct layer_steps layers; /* package is NULL in all of them */
	double slowness;	   /* what limits were multiplied with */
	char **env;		   /* NAME=value of recipe and target, NULL-ended */
	char *tests;		   /* sh: the command of the tests, with its limits; NULL: the cell has none */
};

/* Takes copies of everything. env is NULL-ended. */
void made_fill(struct made *m, const struct layer_wish *w, const struct steps_opts *o, const struct layer_steps *layers,
	       const char *const *env, const char *tests);
void made_encode(const struct made *m, struct str *out);
int made_decode(const char *text, size_t len, struct made *out, struct err *e); /* also begins `out` */
int made_write(const struct made *m, const char *folder, struct err *e);
/* 1: the record tells; 0: it does not (made.json is not there). */
int made_read(const char *folder, struct made *out, struct err *e);
void made_free(struct made *m);

/* Adds a line per difference, what it was before what it is: "the base image is another one", "numpy for cpython is
 * installed in another way: before: ...". The number of differences. Pure. */
size_t made_compare(const struct made *then, const struct made *now, struct str *out);

/* Can an attempt be made again out of its own layers on this target, or would that put something else under their
 * names? True: where the base is the same, and either what installs is the same or nothing is left to install.
 * Restores what there is of them. */
int made_fits(struct target *t, const struct made *then, const struct layer_wish *now, bool *out_fits, struct err *e);

#endif
