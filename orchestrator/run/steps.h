/* The steps of one cell on an open target: layers, install, check, tests, parse. Writes raw output to files in
 * `folder`. */
#ifndef LABCTL_RUN_STEPS_H
#define LABCTL_RUN_STEPS_H

#include "plan/plan.h"
#include "run/outcome.h"
#include "target/target.h"

struct steps_ears {
	void (*step)(void *ctx, const char *what);			       /* "installing numpy", "testing" */
	void (*progress)(void *ctx, int64_t done, int64_t total, int64_t bad); /* of the tests */
	/* What the tests print, as it comes; may be NULL. */
	void (*output)(void *ctx, enum target_stream stream, const void *data, size_t len);
	void *ctx;
};

struct made;

struct steps_opts {
	const struct lab *lab;
	const char *install_digest, *index_digest, *lib_digest;
	const char *folder;	   /* for logs; exists */
	const struct facts *facts; /* of the target */
	double slowness;	   /* what limits are multiplied with */
	struct steps_ears ears;
	/* To do an attempt again: */
	const char *test;	 /* this one alone, told to the suite in LABCTL_TEST; NULL: all */
	const struct made *made; /* installed and run as this says, not as the recipes say; NULL: by the recipes */
};

/* Fills the outcome whatever happens to the cell; -1 only when labctl itself cannot go on (no room for records, target
 * lost is NOT that). */
int steps_run(struct target *t, const struct cell *c, const struct steps_opts *o, struct outcome *out, struct err *e);

/* One thing done to the machine that is kept as a layer. */
struct layer_step {
	char key[DIGEST_ID_BYTES];
	char *label;	   /* "cpython", "numpy for cpython" */
	char *script;	   /* sh; empty: nothing to do */
	char *unavailable; /* a reason instead of a script; NULL */
	bool network;
	bool is_runtime; /* else a package */
	size_t owner;	 /* of several cells on one machine, the one that it is for; 0 */
	const struct package_recipe *package;
};

struct layer_steps {
	struct layer_step *items;
	size_t count;
};

/* Pure: what a cell's machine is made of, in order, with keys that chain. For the run, for --dry-run and for repro. */
struct layer_wish {
	const struct lab *lab;
	const char *base_id;	    /* target_base_id */
	const char *install_digest; /* of recipes/lib/install */
	const char *index_digest;   /* of the package index settings */
};
int layer_steps_of(const struct cell *c, const struct layer_wish *w, struct layer_steps *out, struct err *e);
/* The same behind the layers that are there, for another cell on the same machine. */
int layer_steps_add(const struct cell *c, const struct layer_wish *w, size_t owner, struct layer_steps *out,
		    struct err *e);
/* Copies all but the packages, which stay behind with their lab. Returns 0. */
int layer_steps_copy(const struct layer_steps *from, struct layer_steps *out);
void layer_steps_free(struct layer_steps *s);

#endif
