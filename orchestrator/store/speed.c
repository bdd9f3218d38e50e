/* Summaries of benchmarks: derived, so they come and go, but what makes a matrix quick. */
#include <math.h>

#include "base/compress.h"
#include "store/inside.h"
#include "store/query.h"

#define SUMMARY_MAX_BYTES ((size_t)64 << 20)
#define ZSTD_LEVEL	  3

static const char put_sql[] = "INSERT INTO speed (outcome, version, summary, unit, mean, low, high, peak_bytes)"
			      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (outcome) DO UPDATE SET"
			      " version = ?2, summary = ?3, unit = ?4, mean = ?5, low = ?6, high = ?7, peak_bytes = ?8";
static const char figures_sql[] = "SELECT unit, mean, low, high, peak_bytes, mean IS NULL, low IS NULL, high IS NULL,"
				  " peak_bytes IS NULL FROM speed WHERE outcome = ?1 AND version = ?2"
				  " AND unit IS NOT NULL";
static const char get_sql[] = "SELECT summary FROM speed WHERE outcome = ?1 AND version = ?2";

/* SQLite makes NULL of NaN by itself; an infinity has no place here either. */
static double plain(double value)
{
	return isfinite(value) ? value : NAN;
}

int store_put_speed(struct store *s, int64_t outcome_id, int64_t version, const struct speed_figures *figures,
		    const struct str *summary, struct err *e)
{
	struct db_stmt *put = store_statement(s, put_sql, e);
	AUTO_STR small = { 0 };

	if (put == NULL)
		return -1;
	compress_bytes(str_text(summary), summary->len, ZSTD_LEVEL, &small);
	db_bind_int(put, 1, outcome_id);
	db_bind_int(put, 2, version);
	db_bind_blob(put, 3, small.text, small.len);
	db_bind_int(put, 4, figures->unit);
	db_bind_real(put, 5, plain(figures->mean));
	db_bind_real(put, 6, plain(figures->low));
	db_bind_real(put, 7, plain(figures->high));
	db_bind_real(put, 8, plain(figures->peak_bytes));
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

static double real_or_nan(struct db_stmt *q, int column)
{
	return db_int(q, column + 4) ? NAN : db_real(q, column);
}

int query_speed_figures(struct store *s, int64_t outcome_id, int64_t version, struct speed_figures *out, struct err *e)
{
	struct db_stmt *get = store_statement(s, figures_sql, e);
	int got;

	if (get == NULL)
		return -1;
	db_bind_int(get, 1, outcome_id);
	db_bind_int(get, 2, version);
	got = db_step(get, e);
	if (got != 1)
		return got;
	*out = (struct speed_figures){ db_int(get, 0), real_or_nan(get, 1), real_or_nan(get, 2), real_or_nan(get, 3),
				       real_or_nan(get, 4) };
	db_reset(get);
	return 1;
}
