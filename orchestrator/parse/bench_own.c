/* labctl's own format for benchmark results: JSON that holds all that a bench_set does. doc/labctl-bench.5.in describes
 * it. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_own.h"
#include "parse/bench_scan.h"

struct reader {
	struct bench_scan b;
	struct bench_keys set_keys, series_keys, run_keys;
	bool format, version, list;
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

static void read_facts(struct reader *p, struct bench_keys *keys, struct bench_facts *out)
{
	if (out->items)
		json_scan_fail(&p->b.json, "metadata stands there twice");
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
	size_t times = 0, samples = 0;

	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');) {
		const char *key = json_scan_key(&p->b.json);

		if (strcmp(key, "at_s") == 0)
			r->memory_at_s = read_numbers(p, &times, NULL);
		else if (strcmp(key, "bytes") == 0)
			r->memory_bytes = read_numbers(p, &samples, NULL);
		else
			json_scan_skip(&p->b.json);
	}
	if (times != samples)
		json_scan_fail(&p->b.json, "%zu times of %zu samples of memory", times, samples);
	r->memory_count = samples;
}

static void read_run_part(struct reader *p, struct bench_run *r)
{
	static const char *const kinds[] = { "measured", "calibration", "failed" };
	const char *key = json_scan_key(&p->b.json);

	if (strcmp(key, "values") == 0)
		r->values = read_numbers(p, &r->value_count, &r->values_whole);
	else if (strcmp(key, "warmups") == 0)
		bench_scan_warmups(&p->b, r);
	else if (strcmp(key, "kind") == 0)
		r->kind = (enum bench_run_kind)read_word(p, kinds, COUNT_OF(kinds), "the kind of a run");
	else if (strcmp(key, "loops") == 0)
		r->loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"loops\"");
	else if (strcmp(key, "inner_loops") == 0)
		r->inner_loops = bench_scan_int(&p->b, 1, BENCH_MOST_LOOPS, "\"inner_loops\"");
	else if (strcmp(key, "role") == 0)
		r->role = json_scan_text(&p->b.json);
	else if (strcmp(key, "detail") == 0)
		r->detail = json_scan_text(&p->b.json);
	else if (strcmp(key, "peak_bytes") == 0)
		r->peak_bytes = bench_scan_int(&p->b, 0, (int64_t)BENCH_MOST_BYTES, "\"peak_bytes\"");
	else if (strcmp(key, "memory") == 0)
		read_memory(p, r);
	else if (strcmp(key, "metadata") == 0)
		read_facts(p, &p->run_keys, &r->facts);
	else
		json_scan_skip(&p->b.json);
}

static void read_run(struct reader *p)
{
	struct bench_run r = { .loops = 1, .inner_loops = 1, .peak_bytes = -1 };

	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_run_part(p, &r);
	if (++p->b.run_total > BENCH_MOST_RUNS)
		json_scan_fail(&p->b.json, "more than %d runs", BENCH_MOST_RUNS);
	vec_add(&p->b.runs, r);
}

/* ---- series ---- */

static void read_series_part(struct reader *p, struct bench_series *series)
{
	static const char *const units[] = { "second", "byte", "integer" };
	static const char *const better[] = { "lower", "higher" };
	const char *key = json_scan_key(&p->b.json);

	if (strcmp(key, "name") == 0)
		series->name = json_scan_text(&p->b.json);
	else if (strcmp(key, "runtime") == 0)
		series->runtime = json_scan_text(&p->b.json);
	else if (strcmp(key, "unit") == 0)
		series->unit = (enum bench_unit)read_word(p, units, COUNT_OF(units), "the unit");
	else if (strcmp(key, "unit_name") == 0)
		series->unit_name = json_scan_text(&p->b.json);
	else if (strcmp(key, "better") == 0)
		series->better = (enum bench_better)(read_word(p, better, COUNT_OF(better), "what is better") + 1);
	else if (strcmp(key, "from_start") == 0)
		series->from_start = json_scan_bool(&p->b.json);
	else if (strcmp(key, "metadata") == 0)
		read_facts(p, &p->series_keys, &series->facts);
	else if (strcmp(key, "runs") == 0)
		for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
			read_run(p);
	else
		json_scan_skip(&p->b.json);
}

static void read_series(struct reader *p)
{
	struct bench_series *series = bench_add_series(p->b.set, "", NULL);

	if (p->b.set->count > BENCH_MOST_SERIES)
		json_scan_fail(&p->b.json, "more than %d benchmarks", BENCH_MOST_SERIES);
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_series_part(p, series);
	bench_scan_keep_runs(&p->b, series);
}

/* ---- the whole file ---- */

static void read_part(struct reader *p)
{
	static const char *const format[] = { BENCH_OWN_FORMAT };
	struct bench_set *s = p->b.set;
	const char *key = json_scan_key(&p->b.json);

	if (strcmp(key, "format") == 0) {
		read_word(p, format, 1, "the format");
		p->format = true;
	} else if (strcmp(key, "version") == 0) {
		bench_scan_int(&p->b, BENCH_OWN_VERSION, BENCH_OWN_VERSION, "the version of the format");
		p->version = true;
	} else if (strcmp(key, "from") == 0) {
		s->format = json_scan_text(&p->b.json);
	} else if (strcmp(key, "in_lines") == 0) {
		s->in_lines = json_scan_bool(&p->b.json);
	} else if (strcmp(key, "metadata") == 0) {
		read_facts(p, &p->set_keys, &s->facts);
	} else if (strcmp(key, "series") == 0) {
		if (p->list)
			json_scan_fail(&p->b.json, "\"series\" stands there twice");
		p->list = true;
		for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
			read_series(p);
	} else {
		json_scan_skip(&p->b.json);
	}
}

static int read_own(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_FREE struct reader *p = mem_new(1, sizeof(*p));

	bench_scan_start(&p->b, s, TAKE(from->text), from->len, e);
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_part(p);
	int status = json_scan_finish(&p->b.json) ? 0 : -1;
	if (status == 0 && (!p->format || !p->version))
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
