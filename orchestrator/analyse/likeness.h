/* Did it happen again? What a record says beside what was seen just now. Pure. */
#ifndef LABCTL_ANALYSE_LIKENESS_H
#define LABCTL_ANALYSE_LIKENESS_H

#include <stdbool.h>

#include "base/str.h"
#include "parse/result.h"
#include "store/series.h"

enum likeness {
	LIKENESS_SAME,		/* the same verdict; where it is bad, for the same reason */
	LIKENESS_OTHER_VERDICT, /* bad both times, in another way; or bad only now */
	LIKENESS_OTHER_REASON,	/* the same bad verdict with another message */
	LIKENESS_PASSES,	/* bad then, not now */
	LIKENESS_NOT_RUN,	/* there was no such test now */
};

/* What is known of one test. detail and cause may be NULL. */
struct seen {
	enum verdict verdict;
	const char *detail, *cause;
};

/* The reason is the same where both have the same cause, or else where the lines that name the error are equal
 * (likeness_line). Of what timed out, the limit is the only reason there is. now NULL: it did not run. */
enum likeness likeness_of(const struct seen *then, const struct seen *now);
const char *likeness_text(enum likeness a); /* "the same failure", ... */

/* The line of a message that names the error, its first that is not empty; addresses (0x...) are shown as 0x..., since
 * they are others each time. Nothing for NULL. */
void likeness_line(const char *detail, struct str *out);

/* A whole suite, test by test. A name that stands several times is matched in order. */
struct likeness_suite {
	size_t same;	/* bad both times, for the same reason */
	size_t other;	/* bad both times, otherwise */
	size_t passes;	/* bad then, not now */
	size_t not_run; /* bad then, not there now */
	size_t newly;	/* bad now, not then */
};
/* Each test that is not the same is told: name, and what it is; for `newly` LIKENESS_OTHER_VERDICT with then NULL. */
typedef void likeness_fn(void *ctx, const char *name, const struct seen *then, const struct seen *now,
			 enum likeness what);
struct likeness_suite likeness_compare(const struct test_set *then, const struct result *now, likeness_fn *tell,
				       void *ctx);
bool likeness_suite_is_same(const struct likeness_suite *s);

#endif
