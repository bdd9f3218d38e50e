/* A comparison as bytes: for people, for programs, and as pyperf and asv print it. */
#ifndef LABCTL_RENDER_COMPARE_H
#define LABCTL_RENDER_COMPARE_H

#include "analyse/compare.h"
#include "render/render.h"

/* How the two sides are called. */
struct compare_names {
	const char *base, *changed;
};

void compare_terminal(const struct comparison *c, const struct compare_names *names, const struct render_opts *o,
		      struct str *out);
void compare_json(const struct comparison *c, const struct compare_names *names, struct str *out);
void compare_csv(const struct comparison *c, struct str *out);
void compare_markdown(const struct comparison *c, const struct compare_names *names, struct str *out);
/* What `pyperf compare_to BASE CHANGED` prints, with its own arithmetic, which is not ours; verbose: with -v. Series
 * that are not measured in one unit on both sides, or not in both, are told as ignored. -1: there is nothing in common.
 */
int compare_as_pyperf(const struct comparison *c, const struct compare_names *names, bool verbose, struct str *out,
		      struct err *e);

/* What asv reads beside the series: where they were measured, and by how much they must differ. */
struct asv_sides {
	const struct bench_set *base, *changed;
	double factor; /* ASV_FACTOR, where nothing else is asked for */
};
/* What `asv compare BASE CHANGED` prints, with its own arithmetic, which is not ours. -1: a side is no file of
 * asv. */
int compare_as_asv(const struct comparison *c, const struct compare_names *names, const struct asv_sides *sides,
		   struct str *out, struct err *e);

#endif
