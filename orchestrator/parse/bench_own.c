/* labctl's own format for benchmark results: JSON that holds all that a bench_set does. doc/labctl-bench.5.in describes
 * it. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_own.h"
#include "parse/bench_scan.h"

struct reader {
	struct bench_scan b;
	struct bench_keys set_keys, series_keys, run_keys;
};

/* One of a list of words; its number. */
static size_t read_word(struct reader *p, const char *const *words, size_t count, const char *what)
{
	const char *word = json_scan_text(&p->b.json);

	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	json_scan_fail(&p->b.json, "%s cannot be \"%.100s\"", what, word);
	return 0;
}

/* The number of the key that comes next; -1: it is not known, and its value was passed over. None may come twice: of
 * two lists of values one would be lost. */
static int read_key(struct reader *p, const char *const *known, size_t count, unsigned *seen)
{
	const char *key = json_scan_key(&p->b.json);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(known[i], key) != 0)
			continue;
		if (*seen & 1u << i)
			json_scan_fail(&p->b.json, "\"%s\" stands there twice", key);
		*seen |= 1u << i;
		return (int)i;
	}
	json_scan_skip(&p->b.json);
	return -1;
}

static void read_facts(struct reader *p, struct bench_keys *keys, struct bench_facts *out)
{
	bench_scan_facts(&p->b, keys, NULL, NULL, out);
}

/* ---- runs ---- */

static const double *read_numbers(struct reader *p, size_t *out_count, const unsigned char **out_whole)
{
	bench_scan_no_numbers(&p->b);
	bench_scan_numbers(&p->b);
	return bench_scan_keep(&p->b, out_count, out_whole);
}

static void read_memory(struct reader *p, struct bench_run *r)
{
	static const char *const keys[] = { "at_s", "bytes" };
	size_t times = 0, samples = 0;
	unsigned seen = 0;

	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');) {
		int key = read_key(p, keys, COUNT_OF(keys), &seen);

		if (key == 0)
			r->memory_at_s = read_numbers(p, &times, NULL);
		else if (key == 1)
			r->memory_bytes = read_numbers(p, &samples, NULL);
	}
	if (times != samples)
		json_scan_fail(&p->b.json, "%zu times of %zu samples of memory", times, samples);
	r->memory_count = samples;
}

enum run_key {
	VALUES,
	WARMUPS,
	KIND,
	LOOPS,
	INNER_LOOPS,
	ROLE,
	DETAIL,
	PEAK_BYTES,
	MEMORY,
	RUN_METADATA
};

static const char *const run_keys[] = { "values", "warmups", "kind",	   "loops",  "inner_loops",
					"role",	  "detail",  "peak_bytes", "memory", "metadata" };

static void read_run_part(struct reader *p, struct bench_run *r, int key)
{
	static const char *const kinds[] = { "measured", "calibration", "failed" };

	switch (key) {
	case VALUES:
		r->values = read_numbers(p, &r->value_count, &r->values_whole);
		break;
	case WARMUPS:
		bench_scan_warmups(&p->b, r);
		break;
	case KIND:
		r->kind = (enum bench_run_kind)read_word(p, kinds, COUNT_OF(kinds), "the kind of a run");
		break;
	case LOOPS:
		r->loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
		break;
	case INNER_LOOPS:
		r->inner_loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"inner_loops\"");
		break;
	case ROLE:
		r->role = json_scan_text(&p->b.json);
		break;
	case DETAIL:
		r->detail = json_scan_text(&p->b.json);
		break;
	case PEAK_BYTES:
		r->peak_bytes = bench_scan_int(&p->b, 0, (int64_t)BENCH_MOST_BYTES, "\"peak_bytes\"");
		break;
	case MEMORY:
		read_memory(p, r);
		break;
	case RUN_METADATA:
		read_facts(p, &p->run_keys, &r->facts);
		break;
	default:
		break;
	}
}

static void read_run(struct reader *p)
{
	struct bench_run r = { .loops = 1, .inner_loops = 1, .peak_bytes = -1 };
	unsigned seen = 0;

	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_run_part(p, &r, read_key(p, run_keys, COUNT_OF(run_keys), &seen));
	if (++p->b.run_total > BENCH_MOST_RUNS)
		json_scan_fail(&p->b.json, "more than %d runs", BENCH_MOST_RUNS);
	vec_add(&p->b.runs, r);
}

/* ---- series ---- */

enum series_key {
	NAME,
	RUNTIME,
	UNIT,
	UNIT_NAME,
	BETTER,
	FROM_START,
	SERIES_METADATA,
	RUNS
};

static const char *const series_keys[] = { "name",   "runtime",	   "unit",     "unit_name",
					   "better", "from_start", "metadata", "runs" };

static void read_series_part(struct reader *p, struct bench_series *series, int key)
{
	static const char *const units[] = { "second", "byte", "integer" };
	static const char *const better[] = { "lower", "higher" };

	switch (key) {
	case NAME:
		series->name = json_scan_text(&p->b.json);
		break;
	case RUNTIME:
		series->runtime = json_scan_text(&p->b.json);
		break;
	case UNIT:
		series->unit = (enum bench_unit)read_word(p, units, COUNT_OF(units), "the unit");
		break;
	case UNIT_NAME:
		series->unit_name = json_scan_text(&p->b.json);
		break;
	case BETTER:
		series->better = (enum bench_better)(read_word(p, better, COUNT_OF(better), "what is better") + 1);
		break;
	case FROM_START:
		series->from_start = json_scan_bool(&p->b.json);
		break;
	case SERIES_METADATA:
		read_facts(p, &p->series_keys, &series->facts);
		break;
	case RUNS:
		for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
			read_run(p);
		break;
	default:
		break;
	}
}

static void read_series(struct reader *p)
{
	struct bench_series *series = bench_add_series(p->b.set, "", NULL);
	unsigned seen = 0;

	if (p->b.set->count > BENCH_MOST_SERIES)
		json_scan_fail(&p->b.json, "more than %d benchmarks", BENCH_MOST_SERIES);
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_series_part(p, series, read_key(p, series_keys, COUNT_OF(series_keys), &seen));
	bench_scan_keep_runs(&p->b, series);
}

/* ---- the whole file ---- */

enum file_key {
	FORMAT,
	FORMAT_VERSION,
	FROM,
	IN_LINES,
	METADATA,
	SERIES
};

static const char *const file_keys[] = { "format", "version", "from", "in_lines", "metadata", "series" };

static void read_part(struct reader *p, int key)
{
	static const char *const format[] = { BENCH_OWN_FORMAT };
	struct bench_set *s = p->b.set;

	switch (key) {
	case FORMAT:
		read_word(p, format, 1, "the format");
		break;
	case FORMAT_VERSION:
		bench_scan_int(&p->b, BENCH_OWN_VERSION, BENCH_OWN_VERSION, "the version of the format");
		break;
	case FROM:
		s->format = json_scan_text(&p->b.json);
		break;
	case IN_LINES:
		s->in_lines = json_scan_bool(&p->b.json);
		break;
	case METADATA:
		read_facts(p, &p->set_keys, &s->facts);
		break;
	case SERIES:
		for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
			read_series(p);
		break;
	default:
		break;
	}
}

static int read_own(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_FREE struct reader *p = mem_new(1, sizeof(*p));
	const unsigned wanted = 1u << FORMAT | 1u << FORMAT_VERSION;
	unsigned seen = 0;

	bench_scan_start(&p->b, s, TAKE(from->text), from->len, e);
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_part(p, read_key(p, file_keys, COUNT_OF(file_keys), &seen));
	int status = json_scan_finish(&p->b.json) ? 0 : -1;
	if (status == 0 && (seen & wanted) != wanted)
		status = err_set(e, ERR_FORMAT, "it tells no \"format\" and \"version\"");
	bench_scan_free(&p->b);
	return status;
}

static bool is_own(const struct bench_look *l)
{
	return str_starts(bench_look_value(l, "format"), "\"" BENCH_OWN_FORMAT "\"");
}

const struct bench_kind bench_own = {
	.about = { "labctl", "labctl's own JSON, which holds everything", true, true },
	.recognise = is_own,
	.read = read_own,
	.write = bench_own_write,
};
