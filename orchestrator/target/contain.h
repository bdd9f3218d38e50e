/* Programs that build roots and disks: run as the owner of a root's files (see userns.h), in mount and process
 * namespaces of their own, so that nothing they mount is seen here and no process of theirs outlives labctl, however it
 * ends. */
#ifndef LABCTL_TARGET_CONTAIN_H
#define LABCTL_TARGET_CONTAIN_H

#include <stdint.h>

#include "base/err.h"
#include "base/lines.h"
#include "base/str.h"

struct contain {
	const char *const *argv;
	const char *const *env;	  /* NAME=value added to ours, NULL-ended; may be NULL */
	const char *folder;	  /* NULL: ours */
	const char *input;	  /* for its standard input; NULL: empty */
	int64_t limit_ns;	  /* 0: none */
	int64_t silence_limit_ns; /* 0: none */
	lines_fn *on_line;	  /* what it prints, both streams; may be NULL */
	void *ctx;
};

/* ERR_UNAVAILABLE with what to do when this machine does not let us. Tries it once and remembers. */
int contain_possible(struct err *e);
/* Any end but exit 0 is an ERR_IO that quotes the last lines; a limit that passed is an ERR_TIMEOUT. */
int contain_run(const struct contain *c, struct err *e);
/* As proc_run_ok. */
int contain_run_ok(const char *const *argv, int64_t limit_ns, struct err *e);
/* As file_remove_tree, also where an ordinary user's files belong to ids that were lent to him. */
int contain_remove_tree(const char *path, struct err *e);

#endif
