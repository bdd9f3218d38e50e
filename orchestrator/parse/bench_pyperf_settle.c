#include <string.h>

#include "base/mem.h"
#include "parse/bench_pyperf.h"
#include "parse/bench_pyperf_read.h"

void pyperf_inherit(struct bench_run *r, const struct pyperf_told *told)
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

/* Words that another version uses would be passed over, and their numbers with them. */
static int check_words(const struct pyperf_file *f, const struct bench_set *s, struct err *e)
{
	bool old = f->version == PYPERF_VERSION_5;

	if (f->version == PYPERF_VERSION_NONE)
		return err_set(e, ERR_FORMAT, "it tells no \"version\", as pyperf's files do");
	if (old ? f->has_values : f->has_samples)
		return err_set(e, ERR_FORMAT, "version %s has no \"%s\"", old ? "5" : "6 and later",
			       old ? "values" : "samples");
	if (old ? f->has_metadata || s->facts.count : f->has_common)
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

static void settle_runs(const struct pyperf_file *f, struct bench_set *s, struct bench_series *series)
{
	for (size_t i = 0; i < series->run_count; i++) {
		struct bench_run *r = &series->runs[i];

		pyperf_inherit(r, &f->told);
		if (!r->loops)
			r->loops = 1;
		if (!r->inner_loops)
			r->inner_loops = 1;
		if (r->role) {
			AUTO_FREE char *role = bench_fact_text(r->role);
			r->role = arena_dup(s->arena, role);
		}
		if (f->version != PYPERF_VERSION_1_0)
			divide_warmups(r);
	}
}

/* Of the first run; all others must tell the same. NULL: not told. */
static int common_text(const struct pyperf_file *f, const struct bench_set *s, const struct bench_series *series,
		       const char *key, const char **out, struct err *e)
{
	const char *first = bench_fact_of(s, series, series->runs, key);

	for (size_t i = 1; f->runs_tell_series && i < series->run_count; i++) {
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

static int settle_series(const struct pyperf_file *f, struct bench_set *s, struct bench_series *series, struct err *e)
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
		if (common_text(f, s, series, wanted[i].key, wanted[i].out, e) != 0)
			return -1;
	if (!name)
		return err_set(e, ERR_FORMAT, "benchmark %td has no name", series - s->series + 1);
	series->name = name;
	series->unit = unit[0] == 's' ? BENCH_SECONDS : unit[0] == 'b' ? BENCH_BYTES : BENCH_COUNT;
	series->better = better_of(better);
	series->from_start = from_start != NULL;
	settle_runs(f, s, series);
	return 0;
}

int pyperf_settle(const struct pyperf_file *f, struct bench_set *s, struct err *e)
{
	if (check_words(f, s, e) != 0)
		return -1;
	for (size_t i = 0; i < s->count; i++)
		if (settle_series(f, s, &s->series[i], e) != 0)
			return -1;
	return 0;
}
