/* Selections: names, tags and patterns, with `-` in front to leave out. "local,arm64"; "tag:emulated,-s390x"; "all";
 * "py*". */
#ifndef LABCTL_LAB_SELECT_H
#define LABCTL_LAB_SELECT_H

#include "lab/lab.h"

/* Pointers into lab->targets / lab->runtimes / lab->packages, in the order of the selection, each once; *out_items is
 * freed by the caller. `all` is the lab's default choice, from which targets that are only_foreign drop out on a
 * machine of their architecture; a name, tag or pattern takes them all the same. Leavings-out count wherever they
 * stand. Only leavings-out: everything of the default but those. A word that chooses nothing is ERR_USAGE with the
 * nearest name, and so is a selection of which nothing is left. `wish` empty: the lab's defaults. */
int select_targets(const struct lab *lab, const struct text_list *wish, const struct target_spec ***out_items,
		   size_t *out_count, struct err *e);
int select_runtimes(const struct lab *lab, const struct text_list *wish, const struct runtime_recipe ***out_items,
		    size_t *out_count, struct err *e);
int select_packages(const struct lab *lab, const struct text_list *wish, const struct package_recipe ***out_items,
		    size_t *out_count, struct err *e);

/* A word may also be the name of a set: all of its benchmarks. */
int select_benchmarks(const struct lab *lab, const struct text_list *wish, const struct benchmark ***out_items,
		      size_t *out_count, struct err *e);

/* Does a word of a selection of "targets", "runtimes", "packages" or "benchmarks" choose anything at all? If not, e
 * says so with the nearest name. */
int select_check_word(const struct lab *lab, const char *of, const char *word, struct err *e);

#endif
