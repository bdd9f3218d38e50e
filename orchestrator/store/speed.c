/* Summaries of benchmarks: derived, so they come and go, but what makes a matrix quick. */
#include "base/compress.h"
#include "store/inside.h"
#include "store/query.h"

#define SUMMARY_MAX_BYTES ((size_t)64 << 20)
#define ZSTD_LEVEL	  3

static const char put_sql[] = "INSERT INTO speed (outcome, version, summary) VALUES (?1, ?2, ?3)"
			      " ON CONFLICT (outcome) DO UPDATE SET version = ?2, summary = ?3";
static const char get_sql[] = "SELECT summary FROM speed WHERE outcome = ?1 AND version = ?2";

int store_put_speed(struct store *s, int64_t outcome_id, int64_t version, const struct str *summary, struct err *e)
{
	struct db_stmt *put = store_statement(s, put_sql, e);
	AUTO_STR small = { 0 };

	if (put == NULL)
		return -1;
	compress_bytes(str_text(summary), summary->len, ZSTD_LEVEL, &small);
	db_bind_int(put, 1, outcome_id);
	db_bind_int(put, 2, version);
	db_bind_blob(put, 3, small.text, small.len);
	return db_step(put, e) < 0 ? -1 : 0;
}

int query_speed(struct store *s, int64_t outcome_id, int64_t version, struct str *out, struct err *e)
{
	struct db_stmt *get = store_statement(s, get_sql, e);
	const void *small;
	size_t len;
	int got;

	if (get == NULL)
		return -1;
	db_bind_int(get, 1, outcome_id);
	db_bind_int(get, 2, version);
	got = db_step(get, e);
	if (got != 1)
		return got;
	small = db_blob(get, 0, &len);
	got = compress_read(small, len, SUMMARY_MAX_BYTES, out, e);
	db_reset(get);
	return got < 0 ? -1 : 1;
}
