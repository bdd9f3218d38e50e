/* Questions about tests over many outcomes. Lists of names are unpacked once, and verdicts without their names:
 * outcomes of a package mostly share the one and differ little in the other. */
#ifndef LABCTL_STORE_TEST_READER_H
#define LABCTL_STORE_TEST_READER_H

#include "store/pack.h"
#include "store/series.h"
#include "store/store.h"

struct test_reader;

struct test_reader *test_reader_new(struct store *s); /* s is kept by pointer, and lives longer */
/* Every test that is bad in one of the two outcomes, or whose verdict differs; 0 stands for an outcome that is not
 * there. Tests are paired by name; of a name that a suite has several times the first with the first. `out` is begun
 * here. */
int test_reader_pair(struct test_reader *r, int64_t before, int64_t now, struct test_pair_set *out, struct err *e);
#define TEST_NOT_THERE (-1)
/* What the tests were in these outcomes: enum verdict, or TEST_NOT_THERE; `out` has a row of test_count places per
 * outcome. Of a name that a suite has several times it is the first. */
int test_reader_verdicts(struct test_reader *r, const int64_t *outcomes, size_t outcome_count, const char *const *tests,
			 size_t test_count, signed char *out, struct err *e);
/* Every verdict of an outcome: *out_verdicts a byte per test, *out_names the list that it belongs to. Both stay the
 * reader's, the verdicts until the next question. An outcome without tests has none. */
int test_reader_all(struct test_reader *r, int64_t outcome, const struct name_list **out_names,
		    const unsigned char **out_verdicts, struct err *e);
void test_reader_free(struct test_reader *r);

#endif
