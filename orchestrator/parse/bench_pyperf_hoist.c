/* Metadata as pyperf lays it down: what all runs of a benchmark share, what all benchmarks share. */
#include "parse/bench_pyperf_hoist.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "parse/bench_pyperf.h"

/* A list of facts on the heap whose texts are the set's or constants. */
static void put(struct bench_facts *f, const char *key, const char *json)
{
	size_t at = 0;

	while (at < f->count && strcmp(f->items[at].key, key) < 0)
		at++;
	if (at < f->count && strcmp(f->items[at].key, key) == 0) {
		f->items[at].json = json;
		return;
	}
	vec_reserve(f, f->count + 1);
	memmove(f->items + at + 1, f->items + at, (f->count - at) * sizeof(*f->items));
	f->items[at] = (struct bench_fact){ key, json };
	f->count++;
}

static void put_text(struct pyperf_hoist *h, struct bench_facts *f, const char *key, const char *text)
{
	struct bench_facts one = { 0 };
	const char *told = bench_fact(f, key);
	AUTO_FREE char *told_text = told ? bench_fact_text(told) : NULL;

	if (!text || (told_text && strcmp(told_text, text) == 0))
		return;
	bench_fact_set_text(&h->scratch, &one, key, text);
	put(f, key, one.items[0].json);
}

static void put_int(struct pyperf_hoist *h, struct bench_facts *f, const char *key, int64_t value, int64_t otherwise)
{
	const char *told = bench_fact(f, key);

	if (told ? bench_fact_number(told, -1) != (double)value : value != otherwise)
		put(f, key, arena_printf(h->scratch.arena, "%lld", (long long)value));
}

/* Only what pyperf takes stays. */
static void drop_refused(struct pyperf_hoist *h, struct bench_facts *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		const char *complaint = pyperf_complaint(pyperf_known(f->items[i].key), f->items[i].json);

		if (!complaint)
			f->items[kept++] = f->items[i];
		else
			bench_fact_set(&h->scratch, &h->complaints, f->items[i].key, complaint);
	}
	f->count = kept;
}

static int64_t count_failed(struct pyperf_hoist *h, const struct bench_series *series)
{
	if (h->counted == series)
		return h->failed;
	h->counted = series;
	h->failed = 0;
	for (size_t i = 0; i < series->run_count; i++)
		h->failed += series->runs[i].kind == BENCH_FAILED;
	return h->failed;
}

/* How many runs failed: those that are left out here, and those that were before. */
static void put_failed(struct pyperf_hoist *h, const struct bench_series *series, struct bench_facts *f)
{
	double before = bench_fact_number(bench_fact(f, PYPERF_FAILED), 0);
	int64_t failed = count_failed(h, series);

	if (failed && before >= 0 && before <= BENCH_MOST_RUNS)
		put_int(h, f, PYPERF_FAILED, failed + (int64_t)before, 0);
}

void pyperf_facts_of_run(struct pyperf_hoist *h, const struct bench_series *series, const struct bench_run *r,
			 struct bench_facts *out)
{
	bench_facts_of(h->set, series, r, out);
	drop_refused(h, out);
	put_text(h, out, "name", series->name);
	if (series->unit != BENCH_SECONDS || bench_fact(out, "unit"))
		put_text(h, out, "unit", bench_unit_key(series->unit));
	put_text(h, out, PYPERF_RUNTIME, series->runtime);
	put_text(h, out, PYPERF_UNIT_NAME, series->unit_name);
	put_text(h, out, PYPERF_BETTER, bench_better_key(series->better));
	put_text(h, out, PYPERF_FROM_START, series->from_start ? "true" : NULL);
	put_text(h, out, PYPERF_ROLE, r->role);
	put_failed(h, series, out);
	put_int(h, out, "loops", r->loops, 1);
	put_int(h, out, "inner_loops", r->inner_loops, 1);
	if (r->peak_bytes >= 0 && !bench_fact(out, "command_max_rss"))
		put_int(h, out, "mem_max_rss", r->peak_bytes, -1);
}

/* Of `common`, what is in `f` too, with the same value. */
static void keep_common(struct bench_facts *common, const struct bench_facts *f)
{
	size_t kept = 0, j = 0;

	for (size_t i = 0; i < common->count; i++) {
		int order = -1;

		while (j < f->count && (order = strcmp(f->items[j].key, common->items[i].key)) < 0)
			j++;
		if (j < f->count && order == 0 && strcmp(f->items[j].json, common->items[i].json) == 0)
			common->items[kept++] = common->items[i];
	}
	common->count = kept;
}

bool pyperf_has_run(const struct bench_run *r)
{
	return r->kind != BENCH_FAILED && r->value_count + r->warmup_count > 0;
}

bool pyperf_has_series(const struct bench_series *series)
{
	for (size_t i = 0; i < series->run_count; i++)
		if (pyperf_has_run(&series->runs[i]))
			return true;
	return false;
}

/* Metadata that all runs of the series share. */
static void common_of_series(struct pyperf_hoist *h, const struct bench_series *series, struct bench_facts *common)
{
	bool first = true;

	*common = (struct bench_facts){ 0 };
	for (size_t i = 0; i < series->run_count; i++) {
		struct bench_facts f;

		if (!pyperf_has_run(&series->runs[i]))
			continue;
		pyperf_facts_of_run(h, series, &series->runs[i], &f);
		if (first) {
			*common = f;
		} else {
			keep_common(common, &f);
			free(f.items);
		}
		first = false;
	}
}

static void find_common(struct pyperf_hoist *h)
{
	bool first = true;

	for (size_t i = 0; i < h->set->count; i++) {
		if (!pyperf_has_series(&h->set->series[i]))
			continue;
		for (size_t j = 0; first && j < h->of_series[i].count; j++)
			vec_add(&h->of_all, h->of_series[i].items[j]);
		keep_common(&h->of_all, &h->of_series[i]);
		first = false;
	}
}

void pyperf_hoist_start(struct pyperf_hoist *h, const struct bench_set *s)
{
	*h = (struct pyperf_hoist){ .set = s, .of_series = mem_new(s->count, sizeof(*h->of_series)) };
	bench_start(&h->scratch, "pyperf");
	for (size_t i = 0; i < s->count; i++)
		common_of_series(h, &s->series[i], &h->of_series[i]);
	find_common(h);
}

void pyperf_hoist_free(struct pyperf_hoist *h)
{
	for (size_t i = 0; i < h->set->count; i++)
		free(h->of_series[i].items);
	free(h->of_series);
	free(h->of_all.items);
	bench_free(&h->scratch);
}
