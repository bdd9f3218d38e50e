/* pyperf's JSON, versions 5, 6 and "1.0". Facts from pyperf/_bench.py (version 2.10); where pyperf itself would refuse
 * to load a file, so does this. Python sorts the keys when it writes: the version, which says what the rest means,
 * comes last. So all is read as it stands, and settled at the end. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_inside.h"
#include "parse/bench_pyperf.h"
#include "parse/bench_pyperf_read.h"
#include "parse/bench_scan.h"

struct reader {
	struct bench_scan b;
	struct bench_keys calibration_keys, run_keys, benchmark_keys, set_keys;
	struct pyperf_told benchmark_told;
	struct pyperf_file file;
};

static const struct pyperf_told nothing_told = { .peak_bytes = -1, .command_peak_bytes = -1 };

/* ---- metadata ---- */

static void note_fact(struct bench_scan *b, void *ctx, const struct bench_fact *fact, int *memo)
{
	struct pyperf_told *told = ctx;
	const char *complaint;

	if (!*memo)
		*memo = pyperf_known(fact->key);
	if (*memo == PYPERF_EVERY_OTHER && !b->json.escaped && fact->json[0] == '"' && fact->json[1] > ' ' &&
	    fact->json[1] != '"')
		return; /* nearly every one */
	complaint = pyperf_complaint(*memo, fact->json);
	if (complaint) {
		json_scan_fail(&b->json, "metadata \"%.100s\" must be %s", fact->key, complaint);
		return;
	}
	switch (pyperf_meaning(*memo)) {
	case PYPERF_MEANS_LOOPS:
		told->loops = (int64_t)bench_fact_number(fact->json, 0);
		break;
	case PYPERF_MEANS_INNER_LOOPS:
		told->inner_loops = (int64_t)bench_fact_number(fact->json, 0);
		break;
	case PYPERF_MEANS_PEAK:
		told->peak_bytes = (int64_t)bench_fact_number(fact->json, -1);
		break;
	case PYPERF_MEANS_COMMAND_PEAK:
		told->command_peak_bytes = (int64_t)bench_fact_number(fact->json, -1);
		break;
	case PYPERF_MEANS_ROLE:
		told->role = fact->json;
		break;
	case PYPERF_MEANS_SERIES:
		told->of_series = true;
		break;
	default:
		break;
	}
}

static void read_metadata(struct reader *p, struct bench_keys *keys, struct pyperf_told *told, struct bench_facts *out)
{
	if (out->items)
		json_scan_fail(&p->b.json, "metadata stands there twice");
	*told = nothing_told;
	bench_scan_facts(&p->b, keys, note_fact, told, out);
}

/* ---- runs ---- */

static void read_values(struct reader *p, struct bench_run *r)
{
	if (r->values)
		json_scan_fail(&p->b.json, "values stand there twice");
	bench_scan_no_numbers(&p->b);
	for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');) {
		bench_scan_number(&p->b);
		if (!(p->b.numbers.items[p->b.numbers.count - 1] > 0))
			json_scan_fail(&p->b.json, "a value must be more than 0");
	}
	r->values = bench_scan_keep(&p->b, &r->value_count, &r->values_whole);
}

static void read_warmups(struct reader *p, struct bench_run *r)
{
	if (r->warmups)
		json_scan_fail(&p->b.json, "warm-ups stand there twice");
	if (json_scan_null(&p->b.json))
		return;
	bench_scan_warmups(&p->b, r);
	for (size_t i = 0; i < r->warmup_count; i++)
		if (!(r->warmups[i] >= 0))
			json_scan_fail(&p->b.json, "the value of a warm-up must be at least 0");
}

static void read_run_part(struct reader *p, struct bench_run *r, struct pyperf_told *told)
{
	struct json_scan *json = &p->b.json;
	const char *key;

	if (json_scan_key_is(json, "values", 6)) {
		p->file.has_values = true;
		read_values(p, r);
		return;
	}
	key = json_scan_key(json);
	if (strcmp(key, "metadata") == 0) {
		/* The first run is a calibration, and tells more. */
		read_metadata(p, p->b.runs.count ? &p->run_keys : &p->calibration_keys, told, &r->facts);
	} else if (strcmp(key, "warmups") == 0) {
		read_warmups(p, r);
	} else if (strcmp(key, "values") == 0 || strcmp(key, "samples") == 0) {
		*(key[0] == 's' ? &p->file.has_samples : &p->file.has_values) = true;
		read_values(p, r);
	} else {
		json_scan_skip(json);
	}
}

static void read_run(struct reader *p)
{
	struct bench_run r = { .peak_bytes = -1 };
	struct pyperf_told told = nothing_told;

	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_run_part(p, &r, &told);
	if (r.value_count == 0 && r.warmup_count == 0)
		json_scan_fail(&p->b.json, "a run with neither values nor warm-ups");
	if (++p->b.run_total > BENCH_MOST_RUNS)
		json_scan_fail(&p->b.json, "more than %d runs", BENCH_MOST_RUNS);
	r.kind = r.value_count ? BENCH_MEASURED : BENCH_CALIBRATION;
	r.loops = told.loops;
	r.inner_loops = told.inner_loops;
	r.peak_bytes = told.command_peak_bytes >= 0 ? told.command_peak_bytes : told.peak_bytes;
	r.role = told.role;
	p->file.runs_tell_series |= told.of_series;
	vec_add(&p->b.runs, r);
}

static void read_runs(struct reader *p)
{
	if (p->b.runs.count)
		json_scan_fail(&p->b.json, "\"runs\" stands there twice");
	for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
		read_run(p);
}

/* ---- benchmarks ---- */

static void read_benchmark_part(struct reader *p, struct bench_series *series)
{
	const char *key = json_scan_key(&p->b.json);
	bool common = strcmp(key, "common_metadata") == 0;

	if (common || strcmp(key, "metadata") == 0) {
		*(common ? &p->file.has_common : &p->file.has_metadata) = true;
		read_metadata(p, &p->benchmark_keys, &p->benchmark_told, &series->facts);
	} else if (strcmp(key, "runs") == 0) {
		read_runs(p);
	} else {
		json_scan_skip(&p->b.json);
	}
}

static void read_benchmark(struct reader *p)
{
	struct bench_series *series = bench_add_series(p->b.set, "", NULL);

	if (p->b.set->count > BENCH_MOST_SERIES)
		json_scan_fail(&p->b.json, "more than %d benchmarks", BENCH_MOST_SERIES);
	p->benchmark_told = nothing_told;
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_benchmark_part(p, series);
	if (!p->b.runs.count)
		json_scan_fail(&p->b.json, "a benchmark without runs");
	for (size_t i = 0; i < p->b.runs.count; i++)
		pyperf_inherit(&p->b.runs.items[i], &p->benchmark_told);
	bench_scan_keep_runs(&p->b, series);
}

/* ---- the whole file ---- */

static void read_version(struct reader *p)
{
	const char *version = json_scan_fact(&p->b.json);

	if (p->file.version != PYPERF_VERSION_NONE)
		json_scan_fail(&p->b.json, "the version stands there twice");
	if (strcmp(version, "5") == 0)
		p->file.version = PYPERF_VERSION_5;
	else if (strcmp(version, "6") == 0)
		p->file.version = PYPERF_VERSION_6;
	else if (strcmp(version, "\"1.0\"") == 0)
		p->file.version = PYPERF_VERSION_1_0;
	else
		json_scan_fail(&p->b.json, "version %.40s of pyperf's format is not known; 5, 6 and \"1.0\" are",
			       version);
}

static void read_part(struct reader *p)
{
	struct bench_set *s = p->b.set;
	const char *key = json_scan_key(&p->b.json);

	if (strcmp(key, "benchmarks") == 0) {
		if (s->count)
			json_scan_fail(&p->b.json, "\"benchmarks\" stands there twice");
		for (json_scan_open(&p->b.json, '['); json_scan_more(&p->b.json, ']');)
			read_benchmark(p);
	} else if (strcmp(key, "metadata") == 0) {
		read_metadata(p, &p->set_keys, &p->file.told, &s->facts);
	} else if (strcmp(key, "version") == 0) {
		read_version(p);
	} else {
		json_scan_skip(&p->b.json);
	}
}

static int read_file(struct reader *p, struct err *e)
{
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_part(p);
	return json_scan_finish(&p->b.json) ? pyperf_settle(&p->file, p->b.set, e) : -1;
}

static int read_pyperf(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_FREE struct reader *p = mem_new(1, sizeof(*p));

	p->file.told = nothing_told;
	s->in_lines = from->len > 1 && from->text[1] == '\n';
	bench_scan_start(&p->b, s, TAKE(from->text), from->len, e);
	int result = read_file(p, e);
	bench_scan_free(&p->b);
	return result;
}

static bool is_pyperf(const struct bench_look *l)
{
	return bench_look_has(l, "benchmarks") && !bench_look_has(l, "context");
}

const struct bench_kind bench_pyperf = {
	.about = { "pyperf", "pyperf and pyperformance (JSON, versions 5, 6 and 1.0)", true, true },
	.recognise = is_pyperf,
	.read = read_pyperf,
	.write = bench_pyperf_write,
};
