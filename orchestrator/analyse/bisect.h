/* Which version of a list brought a change. Says what to look at next, is told what was seen, and ends with the two
 * neighbours between which it changed. Pure: runs nothing.
 *
 * Both ends are looked at first; then the middle between the last version that is like the first end and the first
 * that is like the last end, until nothing is left between them. What was seen is a state, any number from 0 on; a
 * version in a third state belongs to neither side and is left out, as one that cannot be tested. Both sides of the
 * change are looked at a second time: one that is not what it was is flaky and left out, and the search goes on. */
#ifndef LABCTL_ANALYSE_BISECT_H
#define LABCTL_ANALYSE_BISECT_H

#include <stdbool.h>
#include <stddef.h>

#define BISECT_UNTESTABLE (-1) /* it does not exist there: looking again is of no use */
#define BISECT_UNDECIDED  (-2) /* broken or lost: it is looked at again before it is left out */

struct bisect_version {
	int state;  /* the first that was seen; meaningful with `seen` */
	int seen;   /* how often in that state */
	int failed; /* how often undecided */
	bool left_out, flaky;
};

struct bisect {
	struct bisect_version *versions;
	size_t count;
	int retries;
};

/* retries: how often an undecided version is looked at again. */
void bisect_start(struct bisect *b, size_t count, int retries);
/* The version to look at; b->count: the end is known. */
size_t bisect_next(const struct bisect *b);
void bisect_tell(struct bisect *b, size_t version, int state);

enum bisect_how {
	BISECT_FOUND,	  /* before and after are neighbours, or all between them are left out */
	BISECT_NO_CHANGE, /* both ends are alike */
	BISECT_NO_ENDS,	  /* fewer than two versions can be tested */
};

struct bisect_end {
	enum bisect_how how;
	size_t before, after; /* BISECT_FOUND: the change; BISECT_NO_CHANGE: the ends */
	size_t between;	      /* versions left out between them: each of these may have brought it */
};

struct bisect_end bisect_end(const struct bisect *b);
void bisect_free(struct bisect *b);

#endif
