/* Summaries of benchmarks: derived, so they come and go, but what makes a matrix quick. */
#include <math.h>
#include <string.h>

#include "base/compress.h"
#include "base/mem.h"
#include "store/inside.h"
#include "store/query.h"

#define SUMMARY_MAX_BYTES ((size_t)64 << 20)
#define ZSTD_LEVEL	  3

static const char put_sql[] =
	"INSERT INTO speed (outcome, version, summary, unit, mean, low, high, peak_bytes, processes,"
	" failed, means) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (outcome) DO UPDATE SET"
	" version = ?2, summary = ?3, unit = ?4, mean = ?5, low = ?6, high = ?7, peak_bytes = ?8,"
	" processes = ?9, failed = ?10, means = ?11";
static const char figures_sql[] = "SELECT unit, mean, low, high, peak_bytes, mean IS NULL, low IS NULL, high IS NULL,"
				  " peak_bytes IS NULL, processes, failed, means FROM speed"
				  " WHERE outcome = ?1 AND version = ?2 AND unit IS NOT NULL";

enum figure_column {
	FIGURE_UNIT,
	FIGURE_MEAN,
	FIGURE_LOW,
	FIGURE_HIGH,
	FIGURE_PEAK,
	FIGURE_NULLS, /* of the four before */
	FIGURE_PROCESSES = FIGURE_NULLS + 4,
	FIGURE_FAILED,
	FIGURE_MEANS
};
static const char get_sql[] = "SELECT summary FROM speed WHERE outcome = ?1 AND version = ?2";

static void add_double(struct str *s, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (unsigned i = 0; i < 8; i++)
		str_add_char(s, (char)(bits >> 8 * i));
}

static double take_double(const unsigned char *bytes)
{
	uint64_t bits = 0;
	double value;

	for (unsigned i = 0; i < 8; i++)
		bits |= (uint64_t)bytes[i] << 8 * i;
	memcpy(&value, &bits, sizeof(value));
	return value;
}

static double *take_means(struct db_stmt *q, size_t *out_count)
{
	size_t len;
	const unsigned char *bytes = db_blob(q, FIGURE_MEANS, &len);
	double *means = mem_new(len / 8 + 1, sizeof(*means));

	*out_count = len / 8;
	for (size_t i = 0; i < len / 8; i++)
		means[i] = take_double(bytes + 8 * i);
	return means;
}

/* SQLite makes NULL of NaN by itself; an infinity has no place here either. */
static double plain(double value)
{
	return isfinite(value) ? value : NAN;
}

int store_put_speed(struct store *s, int64_t outcome_id, int64_t version, const struct speed_figures *figures,
		    const double *means, size_t mean_count, const struct str *summary, struct err *e)
{
	struct db_stmt *put = store_statement(s, put_sql, e);
	AUTO_STR small = { 0 };
	AUTO_STR packed_means = { 0 };

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
	db_bind_int(put, 9, figures->processes);
	db_bind_int(put, 10, figures->failed);
	for (size_t i = 0; i < mean_count; i++)
		add_double(&packed_means, means[i]);
	db_bind_blob(put, 11, str_text(&packed_means), packed_means.len);
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
	return db_int(q, column - FIGURE_MEAN + FIGURE_NULLS) ? NAN : db_real(q, column);
}

int query_speed_figures(struct store *s, int64_t outcome_id, int64_t version, struct speed_figures *out,
			double **out_means, size_t *out_count, struct err *e)
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
	*out = (struct speed_figures){
		.unit = db_int(get, FIGURE_UNIT),
		.mean = real_or_nan(get, FIGURE_MEAN),
		.low = real_or_nan(get, FIGURE_LOW),
		.high = real_or_nan(get, FIGURE_HIGH),
		.peak_bytes = real_or_nan(get, FIGURE_PEAK),
		.processes = db_int(get, FIGURE_PROCESSES),
		.failed = db_int(get, FIGURE_FAILED),
	};
	if (out_means != NULL)
		*out_means = take_means(get, out_count);
	db_reset(get);
	return 1;
}
