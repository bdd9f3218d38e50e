/* What a file of pyperf's can hold, and what is left out of it. */
#include "base/json_scan.h"
#include "base/mem.h"
#include "parse/bench_pyperf.h"
#include "parse/bench_pyperf_hoist.h"

/* Values that were measured before it failed are numbers all the same. */
static int check_failed(const struct bench_series *series, const struct bench_run *r, struct err *e)
{
	if (r->kind != BENCH_FAILED || r->value_count == 0)
		return 0;
	err_set(e, ERR_FORMAT, "a run of \"%.200s\" failed after %zu values: pyperf has no such runs", series->name,
		r->value_count);
	return err_hint(e, "leave failed runs out");
}

static int check_run(const struct bench_series *series, const struct bench_run *r, struct err *e)
{
	if (r->kind == BENCH_FAILED)
		return 0;
	for (size_t i = 0; i < r->value_count; i++)
		if (!(r->values[i] > 0))
			return err_set(e, ERR_FORMAT, "\"%.200s\" has a value of %g: pyperf takes only those above 0",
				       series->name, r->values[i]);
	for (size_t i = 0; i < r->warmup_count; i++)
		if (!(r->warmups[i] >= 0))
			return err_set(e, ERR_FORMAT, "\"%.200s\" has a warm-up of %g: pyperf takes none below 0",
				       series->name, r->warmups[i]);
	return 0;
}

/* A text that is to stand in the metadata. NULL: none. */
static int check_text(const char *what, const char *text, struct err *e)
{
	AUTO_FREE char *quoted = text ? json_scan_quote(text) : NULL;
	const char *complaint = quoted ? pyperf_complaint(pyperf_known("name"), quoted) : NULL;

	return complaint ? err_set(e, ERR_FORMAT, "%s: pyperf wants %s", what, complaint) : 0;
}

static int check_texts(const struct bench_series *series, struct err *e)
{
	if (check_text("its name", series->name, e) != 0 || check_text("its runtime", series->runtime, e) != 0 ||
	    check_text("its unit", series->unit_name, e) != 0)
		return -1;
	for (size_t i = 0; i < series->run_count; i++)
		if (check_text("the role of a run", series->runs[i].role, e) != 0)
			return -1;
	return 0;
}

static int check_names(const struct bench_set *s, struct err *e)
{
	const char *twice = bench_name_twice(s);

	for (size_t i = 0; i < s->count; i++)
		if (check_texts(&s->series[i], e) != 0)
			return err_wrap(e, "benchmark %zu", i + 1);
	if (!twice)
		return 0;
	err_set(e, ERR_FORMAT, "\"%.200s\" is there under more than one runtime: a file of pyperf's has one of them",
		twice);
	return err_hint(e, "write one file for each runtime");
}

int pyperf_check(const struct bench_set *s, const struct bench_write_opts *o, struct err *e)
{
	bool any = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct bench_series *series = &s->series[i];

		any = any || pyperf_has_series(series);
		for (size_t j = 0; j < series->run_count; j++)
			if (check_run(series, &series->runs[j], e) != 0 ||
			    (!o->without_failed && check_failed(series, &series->runs[j], e) != 0))
				return -1;
	}
	if (!any)
		return err_set(e, ERR_FORMAT, "no run succeeded: pyperf has no files without values");
	return check_names(s, e);
}

void pyperf_tell_left_out(const struct pyperf_hoist *h, struct bench_written *written)
{
	size_t samples = 0, calibrations = 0, failed = 0;

	for (size_t i = 0; i < h->set->count; i++) {
		const struct bench_series *series = &h->set->series[i];

		if (!pyperf_has_series(series))
			bench_leave_out(written, "\"%.200s\": all its runs failed", series->name);
		for (size_t j = 0; j < series->run_count; j++) {
			const struct bench_run *r = &series->runs[j];
			samples += r->memory_count != 0;
			failed += r->kind == BENCH_FAILED && r->value_count;
			calibrations += r->kind == BENCH_CALIBRATION && !pyperf_has_run(r);
		}
	}
	if (failed)
		bench_leave_out(written, "%zu runs that failed after some values", failed);
	if (samples)
		bench_leave_out(written, "samples of memory over time, of %zu runs", samples);
	if (calibrations)
		bench_leave_out(written, "%zu calibrations that have no warm-ups", calibrations);
	for (size_t i = 0; i < h->complaints.count; i++)
		bench_leave_out(written, "metadata \"%.200s\": pyperf wants %s", h->complaints.items[i].key,
				h->complaints.items[i].json);
}
