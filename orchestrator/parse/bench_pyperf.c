/* pyperf's JSON, versions 5, 6 and "1.0". Facts from pyperf/_bench.py (version 2.10); where pyperf itself would refuse
 * to load a file, so does this. Python sorts the keys when it writes: the version, which says what the rest means,
 * comes last. So all is read as it stands, and settled at the end. */
#include <string.h>

#include "base/mem.h"
#include "parse/bench_inside.h"
#include "parse/bench_pyperf.h"
#include "parse/bench_scan.h"

enum version {
	VERSION_NONE,
	VERSION_5,
	VERSION_6,
	VERSION_1_0
};

/* What an object of metadata told of the things that have a member of their own. */
struct told {
	int64_t loops, inner_loops;		/* 0: not told */
	int64_t peak_bytes, command_peak_bytes; /* -1: not told */
	const char *role;
	bool of_series; /* name, unit, … */
};

struct reader {
	struct bench_scan b;
	struct bench_keys calibration_keys, run_keys, benchmark_keys, set_keys;
	struct told set_told, benchmark_told;
	enum version version;
	bool has_samples, has_common;  /* words of version 5 */
	bool has_values, has_metadata; /* of later ones */
	bool runs_tell_series;	       /* name or unit stand in some run */
};

static const struct told nothing_told = { .peak_bytes = -1, .command_peak_bytes = -1 };

/* ---- metadata ---- */

static void note_fact(struct bench_scan *b, void *ctx, const struct bench_fact *fact, int *memo)
{
	struct told *told = ctx;
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

static void read_metadata(struct reader *p, struct bench_keys *keys, struct told *told, struct bench_facts *out)
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

static void read_run_part(struct reader *p, struct bench_run *r, struct told *told)
{
	struct json_scan *json = &p->b.json;
	const char *key;

	if (json_scan_key_is(json, "values", 6)) {
		p->has_values = true;
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
		*(key[0] == 's' ? &p->has_samples : &p->has_values) = true;
		read_values(p, r);
	} else {
		json_scan_skip(json);
	}
}

static void read_run(struct reader *p)
{
	struct bench_run r = { .peak_bytes = -1 };
	struct told told = nothing_told;

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
	p->runs_tell_series |= told.of_series;
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

/* What was not told further in. */
static void inherit(struct bench_run *r, const struct told *told)
{
	if (!r->loops)
		r->loops = told->loops;
	if (!r->inner_loops)
		r->inner_loops = told->inner_loops;
	if (r->peak_bytes < 0)
		r->peak_bytes = told->command_peak_bytes >= 0 ? told->command_peak_bytes : told->peak_bytes;
	if (!r->role)
		r->role = told->role;
}

static void read_benchmark_part(struct reader *p, struct bench_series *series)
{
	const char *key = json_scan_key(&p->b.json);
	bool common = strcmp(key, "common_metadata") == 0;

	if (common || strcmp(key, "metadata") == 0) {
		*(common ? &p->has_common : &p->has_metadata) = true;
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
		inherit(&p->b.runs.items[i], &p->benchmark_told);
	bench_scan_keep_runs(&p->b, series);
}

/* ---- the whole file ---- */

static void read_version(struct reader *p)
{
	const char *version = json_scan_fact(&p->b.json);

	if (p->version != VERSION_NONE)
		json_scan_fail(&p->b.json, "the version stands there twice");
	if (strcmp(version, "5") == 0)
		p->version = VERSION_5;
	else if (strcmp(version, "6") == 0)
		p->version = VERSION_6;
	else if (strcmp(version, "\"1.0\"") == 0)
		p->version = VERSION_1_0;
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
		read_metadata(p, &p->set_keys, &p->set_told, &s->facts);
	} else if (strcmp(key, "version") == 0) {
		read_version(p);
	} else {
		json_scan_skip(&p->b.json);
	}
}

/* Words that another version uses would be passed over, and their numbers with them. */
static int check_words(const struct reader *p, struct err *e)
{
	bool old = p->version == VERSION_5;

	if (p->version == VERSION_NONE)
		return err_set(e, ERR_FORMAT, "it tells no \"version\", as pyperf's files do");
	if (old ? p->has_values : p->has_samples)
		return err_set(e, ERR_FORMAT, "version %s has no \"%s\"", old ? "5" : "6 and later",
			       old ? "values" : "samples");
	if (old ? p->has_metadata || p->b.set->facts.count : p->has_common)
		return err_set(e, ERR_FORMAT, "version %s",
			       old ? "5 has no \"metadata\" but that of runs"
				   : "6 and later have no \"common_metadata\"");
	return 0;
}

/* Before "1.0" the value of a warm-up is that of all its loops together. */
static void divide_warmups(struct bench_run *r)
{
	double *warmups = (double *)r->warmups; /* from this reader, not handed out yet */

	for (size_t i = 0; i < r->warmup_count; i++)
		warmups[i] /= (double)r->warmup_loops[i] * (double)r->inner_loops;
	r->warmups_whole = NULL;
}

static void settle_runs(struct reader *p, struct bench_series *series)
{
	for (size_t i = 0; i < series->run_count; i++) {
		struct bench_run *r = &series->runs[i];

		inherit(r, &p->set_told);
		if (!r->loops)
			r->loops = 1;
		if (!r->inner_loops)
			r->inner_loops = 1;
		if (r->role) {
			AUTO_FREE char *role = bench_fact_text(r->role);
			r->role = arena_dup(p->b.set->arena, role);
		}
		if (p->version != VERSION_1_0)
			divide_warmups(r);
	}
}

/* Of the first run; all others must tell the same. NULL: not told. */
static int common_text(const struct reader *p, const struct bench_series *series, const char *key, const char **out,
		       struct err *e)
{
	const struct bench_set *s = p->b.set;
	const char *first = bench_fact_of(s, series, series->runs, key);

	for (size_t i = 1; p->runs_tell_series && i < series->run_count; i++) {
		const char *json = bench_fact_of(s, series, &series->runs[i], key);
		if (json != first && (!json || !first || strcmp(json, first) != 0))
			return err_set(e, ERR_FORMAT, "benchmark %td: its runs differ in metadata \"%s\"",
				       series - s->series + 1, key);
	}
	if (first) {
		AUTO_FREE char *text = bench_fact_text(first);
		*out = arena_dup(s->arena, text);
	}
	return 0;
}

static enum bench_better better_of(const char *key)
{
	if (!key)
		return BENCH_BETTER_UNTOLD;
	return strcmp(key, "higher") == 0 ? BENCH_BETTER_HIGHER : BENCH_BETTER_LOWER;
}

static int settle_series(struct reader *p, struct bench_series *series, struct err *e)
{
	const char *name = NULL, *unit = "second", *better = NULL, *from_start = NULL;
	const struct {
		const char *key;
		const char **out;
	} wanted[] = { { "name", &name },
		       { "unit", &unit },
		       { PYPERF_RUNTIME, &series->runtime },
		       { PYPERF_UNIT_NAME, &series->unit_name },
		       { PYPERF_BETTER, &better },
		       { PYPERF_FROM_START, &from_start } };

	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		if (common_text(p, series, wanted[i].key, wanted[i].out, e) != 0)
			return -1;
	if (!name)
		return err_set(e, ERR_FORMAT, "benchmark %td has no name", series - p->b.set->series + 1);
	series->name = name;
	series->unit = unit[0] == 's' ? BENCH_SECONDS : unit[0] == 'b' ? BENCH_BYTES : BENCH_COUNT;
	series->better = better_of(better);
	series->from_start = from_start != NULL;
	settle_runs(p, series);
	return 0;
}

static int read_file(struct reader *p, struct err *e)
{
	for (json_scan_open(&p->b.json, '{'); json_scan_more(&p->b.json, '}');)
		read_part(p);
	if (!json_scan_finish(&p->b.json) || check_words(p, e) != 0)
		return -1;
	for (size_t i = 0; i < p->b.set->count; i++)
		if (settle_series(p, &p->b.set->series[i], e) != 0)
			return -1;
	return 0;
}

static int read_pyperf(struct bench_source *from, struct bench_set *s, struct err *e)
{
	AUTO_FREE struct reader *p = mem_new(1, sizeof(*p));

	p->set_told = nothing_told;
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
