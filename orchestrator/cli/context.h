/* What most commands need: the lab, the store, the cache, and how the screen is. */
#ifndef LABCTL_CLI_CONTEXT_H
#define LABCTL_CLI_CONTEXT_H

#include <stdbool.h>

#include "base/digest.h"
#include "cli/command.h"
#include "lab/lab.h"
#include "plan/plan.h"
#include "render/render.h"
#include "store/store.h"
#include "target/target.h"

struct context {
	const struct globals *globals;
	struct lab *lab;
	struct store *store; /* NULL until context_open_store */
	char *cache_folder;
	const char *lab_how; /* why this lab: static text */
	char lib_digest[DIGEST_TEXT_BYTES], install_digest[DIGEST_TEXT_BYTES], index_digest[DIGEST_TEXT_BYTES];
};

/* Another version of something than the lab has: what (NULL: the lab as it is) names a variable of lab.yaml, or a
 * package that pip installs for this runtime and architecture. */
struct variation {
	const char *what, *version;
	const char *runtime, *arch;
};
/* As context_open, with the variation. ERR_USAGE: the lab has no such variable or package. */
int context_open_varied(struct context *c, const struct globals *g, const struct variation *v, struct err *e);
/* Reads the lab; problems in it are shown on standard error and are ERR_CONFIG. */
int context_open(struct context *c, const struct globals *g, struct err *e);
int context_open_store(struct context *c, bool read_only, struct err *e);
void context_close(struct context *c);
void context_close_at(struct context *c);
#define AUTO_CONTEXT __attribute__((cleanup(context_close_at))) struct context

/* Where the lab that comes with labctl lies: $LABCTL_DATA, beside the program in a build tree, or the data folder.
 * Caller frees. */
char *context_shipped_folder(void);
/* The wish that the global options and the environment make; *shipped is freed by the caller. */
struct lab_wish context_lab_wish(const struct globals *g, char **shipped);
/* Plan wish over what the selections chose; the arrays in it are freed by the caller. */
struct selection {
	struct option_list targets, runtimes;
	const char *tier;
};
struct plan *context_plan(struct context *c, const struct selection *s, const char *const *packages,
			  size_t package_count, struct err *e);
/* The same for benchmarks; words name them, their sets, tags or patterns, none: all. */
struct plan *context_plan_benchmarks(struct context *c, const struct selection *s, const char *const *words,
				     size_t word_count, struct err *e);
/* Both in one plan; without words of a sort there are none of it, not all. */
struct plan *context_plan_both(struct context *c, const struct selection *s, const struct text_list *packages,
			       const struct text_list *benchmarks, struct err *e);
/* One target by name or ERR_USAGE with the nearest. */
const struct target_spec *context_target(struct context *c, const char *name, struct err *e);

/* "TARGET: text", where most texts say it already. Caller frees. */
char *context_about_target(const char *target, const char *text);

/* How what goes to standard output is drawn. */
struct render_opts context_render_opts(const struct globals *g);
bool context_is_live(const struct globals *g); /* standard error is a terminal that can move its cursor */
/* Shows `text` on standard output, or writes it to `path` whole or not at all. */
int context_put(const char *path, const struct str *text, struct err *e);
/* Asks on the terminal; --yes answers yes; no terminal answers no. */
bool context_ask(const struct globals *g, const char *question);
/* For struct target_opts: a line on standard error; ctx: struct globals */
void context_say(void *ctx, const char *what);

#endif
