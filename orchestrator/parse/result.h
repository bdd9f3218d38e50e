/* What a test run's output means. Plain data, used from here to the last report. */
#ifndef LABCTL_PARSE_RESULT_H
#define LABCTL_PARSE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Of a test, and of a whole cell (where broken, unavailable and lost come in). The order is stored: add at the end
 * only. */
enum verdict {
	VERDICT_PASSED,
	VERDICT_FAILED,
	VERDICT_CRASHED, /* the interpreter died under it */
	VERDICT_TIMED_OUT,
	VERDICT_BROKEN,	     /* could not be installed, imported, collected, or announced and never came */
	VERDICT_UNAVAILABLE, /* this runtime or package does not exist there */
	VERDICT_LOST,	     /* the target went away */
	VERDICT_SKIPPED,     /* also a failure that the package itself expects (xfail) */
	VERDICT_COUNT
};

struct test_case {
	const char *name;   /* valid UTF-8, at most 4 KiB */
	const char *detail; /* message, stack; NULL: none. At most 8 KiB */
	const char *cause;  /* name of the rule that explains it; NULL: none or not asked */
	const char *known;  /* the reason, when the recipe knows this failure; NULL: not known */
	int64_t took_ns;    /* -1: not told */
	enum verdict verdict;
};

struct tally {
	int64_t count[VERDICT_COUNT];
	int64_t known;	      /* of failed, crashed, timed out, broken: known to the recipe */
	int64_t known_passed; /* known failures that passed */
};

struct result {
	struct arena *texts; /* owns every text of the cases */
	struct test_case *cases;
	size_t count, room;
	struct tally tally; /* kept by result_add and result_settle */
	bool complete;	    /* the suite said that it came to its end */
};

const char *verdict_name(enum verdict v);		    /* "passed", "timed out", … */
const char *verdict_key(enum verdict v);		    /* one word for files: "timed_out" */
int verdict_from_key(const char *key);			    /* -1: unknown */
char verdict_letter(enum verdict v);			    /* p f c t b u l s: packed forms */
enum verdict verdict_worst(enum verdict a, enum verdict b); /* of two cases, the one that names the whole */
bool verdict_is_bad(enum verdict v);			    /* failed, crashed, timed out, broken */

void result_start(struct result *r);
/* Texts are copied, cut and made valid UTF-8. detail may be NULL. The same name twice is two cases. */
struct test_case *result_add(struct result *r, const char *name, enum verdict v, int64_t took_ns, const char *detail);
void result_count(struct result *r); /* the tally anew, after causes and known failures were set */
void result_free(struct result *r);

#endif
