/* What is inside an outcome, and how long its cell takes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"
#include "store/pack.h"
#include "store/query.h"

#define ESTIMATE_SAMPLES 5

static const char tests_sql[] = "SELECT names, verdicts, durations, details FROM outcome WHERE id = ?1";
static const char estimate_sql[] =
	"SELECT took_ns FROM outcome WHERE cell = (SELECT id FROM cell WHERE name = ?1) AND verdict IN (?2, ?3)"
	" ORDER BY run DESC, attempt DESC LIMIT ?4";

/* 1: it has tests, 0: none. */
static int packed_ids_of(struct store *s, int64_t outcome_id, int64_t ids[static 4], struct err *e)
{
	struct db_stmt *q = store_statement(s, tests_sql, e);
	int got;

	if (q == NULL)
		return -1;
	db_bind_int(q, 1, outcome_id);
	got = db_step(q, e);
	if (got == 0)
		return err_set(e, ERR_USAGE, "there is no outcome %" PRId64, outcome_id);
	if (got < 0)
		return -1;
	for (int i = 0; i < 4; i++)
		ids[i] = db_int(q, i);
	db_reset(q);
	return ids[0] != 0;
}

int query_tests(struct store *s, int64_t outcome_id, bool only_bad, struct test_set *out, struct err *e)
{
	struct packed_tests p = { 0 };
	int64_t ids[4];
	int result;

	memset(out, 0, sizeof(*out));
	test_set_start(out);
	result = packed_ids_of(s, outcome_id, ids, e);
	if (result <= 0)
		return result;
	result = packed_get(s, ids[0], &p.names, e) < 0 || packed_get(s, ids[1], &p.verdicts, e) < 0 ||
				 packed_get(s, ids[2], &p.durations, e) < 0 ||
				 packed_get(s, ids[3], &p.details, e) < 0 || unpack_tests(&p, only_bad, out, e) < 0
			 ? -1
			 : 0;
	packed_tests_free(&p);
	return result;
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t query_estimate_ns(struct store *s, const char *cell_id)
{
	struct db_stmt *q = store_statement(s, estimate_sql, NULL);
	int64_t took_ns[ESTIMATE_SAMPLES];
	size_t count = 0;

	if (q == NULL)
		return 0;
	db_bind_text(q, 1, cell_id);
	db_bind_int(q, 2, VERDICT_PASSED);
	db_bind_int(q, 3, VERDICT_FAILED);
	db_bind_int(q, 4, ESTIMATE_SAMPLES);
	while (db_step(q, NULL) == 1 && count < ESTIMATE_SAMPLES)
		took_ns[count++] = db_int(q, 0);
	db_reset(q);
	if (count == 0)
		return 0;
	qsort(took_ns, count, sizeof(took_ns[0]), compare_times);
	return took_ns[count / 2];
}
