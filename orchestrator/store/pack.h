/* The tests of an outcome as few bytes, and back. Four parts, since they change at different times: names hardly ever,
 * verdicts seldom, durations a little each night, details with every bad test. Equal parts of any two outcomes are the
 * same bytes, and are stored once. Pure. */
#ifndef LABCTL_STORE_PACK_H
#define LABCTL_STORE_PACK_H

#include "base/err.h"
#include "base/str.h"
#include "parse/result.h"
#include "store/series.h"

/* Names in order, each as what differs from the one before. */
void pack_names(const struct result *r, struct str *out);
/* Verdicts in order, as runs of equal ones. */
void pack_verdicts(const struct result *r, struct str *out);
/* A byte per test, on a scale of steps of a factor of 1.4 from 1 ms up; exact times are in the record. `last` (NULL:
 * none) is the packed durations of the same tests of an earlier night: a test within one step of them keeps its old
 * byte, so that noise does not look like news. */
void pack_durations(const struct result *r, const struct str *last, struct str *out);
/* Message, cause and known reason of bad tests. Messages beyond a total of 4 MiB are cut to their beginning; they are
 * whole in the record. */
void pack_details(const struct result *r, struct str *out);

struct packed_tests {
	struct str names, verdicts, durations, details;
};

/* Adds the tests to `out` (whose arena is made when it is NULL); only_bad: without passed and skipped. ERR_FORMAT when
 * the parts are not whole or do not belong together. */
int unpack_tests(const struct packed_tests *p, bool only_bad, struct test_set *out, struct err *e);
void packed_tests_free(struct packed_tests *p);

/* The parts one by one, for questions over many outcomes: most of them share their names, and differ in few verdicts.
 * Errors as unpack_tests. */
struct name_list {
	const char **names; /* in the order of the suite; texts lie in `bytes` */
	size_t count;
	struct str bytes;
};
int unpack_names(const struct str *packed, struct name_list *out, struct err *e);
void name_list_free(struct name_list *l);
/* A byte per test, enum verdict; `out` has `count` places. */
int unpack_verdicts(const struct str *packed, size_t count, unsigned char *out, struct err *e);
/* Calls `each` for every test that has details, in the order of the suite. Texts (NULL: none) are copied into the
 * arena.
 */
struct test_detail {
	size_t at;
	const char *detail, *cause, *known;
};
int unpack_details(const struct str *packed, struct arena *a, void (*each)(void *ctx, const struct test_detail *d),
		   void *ctx, struct err *e);

#endif
