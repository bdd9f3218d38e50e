#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/real.h"
#include "base/str.h"
#include "parse/bench.h"
#include "parse/bench_index.h"

static int refuse(double value, const char *why, struct err *e)
{
	char text[REAL_TEXT_BYTES] = "NaN";

	if (isfinite(value))
		real_write(value, text);
	else if (!isnan(value))
		snprintf(text, sizeof(text), "%sInfinity", value < 0 ? "-" : "");
	return err_set(e, ERR_FORMAT, "%s%s", text, why);
}

int bench_check_value(enum bench_unit unit, double value, struct err *e)
{
	if (!isfinite(value))
		return refuse(value, " is no number that can be measured", e);
	switch (unit) {
	case BENCH_SECONDS:
		if (value < BENCH_LEAST_SECONDS)
			return refuse(value, " s is no time: it must be more than 0", e);
		return value > BENCH_MOST_SECONDS ? refuse(value, " s is more than thirty years", e) : 0;
	case BENCH_BYTES:
		if (value < 0)
			return refuse(value, " bytes are fewer than none", e);
		return value > BENCH_MOST_BYTES ? refuse(value, " bytes are more than can be counted", e) : 0;
	default:
		return fabs(value) > BENCH_MOST_COUNT ? refuse(value, " is too large to reckon with", e) : 0;
	}
}

static int check_list(enum bench_unit unit, const double *values, size_t count, const char *what, struct err *e)
{
	for (size_t i = 0; i < count; i++)
		if (bench_check_value(unit, values[i], e) != 0)
			return err_wrap(e, "%s %zu", what, i + 1);
	return 0;
}

static bool is_loop_count(int64_t loops)
{
	return loops >= 1 && loops <= BENCH_MOST_LOOPS;
}

static int check_loops(const struct bench_run *r, struct err *e)
{
	bool good = is_loop_count(r->loops) && is_loop_count(r->inner_loops);

	for (size_t i = 0; good && i < r->warmup_count; i++)
		good = is_loop_count(r->warmup_loops[i]);
	if (!good)
		return err_set(e, ERR_FORMAT, "a number of loops that is not from 1 to %lld",
			       (long long)BENCH_MOST_LOOPS);
	return 0;
}

/* Warm-ups of a time too short for the clock are 0 in some files, and nothing is reckoned with them. */
static int check_warmups(enum bench_unit unit, const struct bench_run *r, struct err *e)
{
	for (size_t i = 0; i < r->warmup_count; i++)
		if (r->warmups[i] != 0 && bench_check_value(unit, r->warmups[i], e) != 0)
			return err_wrap(e, "warm-up %zu", i + 1);
	return 0;
}

static int check_run(const struct bench_series *series, const struct bench_run *r, struct err *e)
{
	if (r->kind == BENCH_MEASURED && r->value_count == 0)
		return err_set(e, ERR_FORMAT, "it has no values");
	if (r->kind == BENCH_CALIBRATION && r->value_count != 0)
		return err_set(e, ERR_FORMAT, "a calibration that has values");
	if (r->kind == BENCH_FAILED && !r->detail)
		return err_set(e, ERR_FORMAT, "it failed, and nothing says why");
	if (check_loops(r, e) != 0 || check_warmups(series->unit, r, e) != 0 ||
	    check_list(series->unit, r->values, r->value_count, "value", e) != 0)
		return -1;
	if (check_list(BENCH_BYTES, r->memory_bytes, r->memory_count, "sample of memory", e) != 0)
		return -1;
	return check_list(BENCH_COUNT, r->memory_at_s, r->memory_count, "time of a sample of memory", e);
}

static int check_name(const char *name, const char *what, struct err *e)
{
	size_t len = strlen(name);

	if (len == 0)
		return err_set(e, ERR_FORMAT, "%s without a name", what);
	if (len > BENCH_MOST_NAME_BYTES)
		return err_set(e, ERR_FORMAT, "the name of %s is longer than %d bytes", what, BENCH_MOST_NAME_BYTES);
	if (!str_is_utf8(name, len))
		return err_set(e, ERR_FORMAT, "the name of %s is no UTF-8", what);
	return 0;
}

/* Puts the series before what it says already. */
static int wrap_series(const struct bench_series *series, struct err *e)
{
	AUTO_STR shown = { 0 };

	str_add_quoted(&shown, series->name, STR_TERMINAL);
	if (series->runtime) {
		str_add(&shown, " under ");
		str_add_quoted(&shown, series->runtime, STR_TERMINAL);
	}
	return err_wrap(e, "benchmark %.300s", str_text(&shown));
}

static int check_series(const struct bench_series *series, struct err *e)
{
	if (check_name(series->name, "a benchmark", e) != 0)
		return -1;
	if (series->runtime && check_name(series->runtime, "a runtime", e) != 0)
		return wrap_series(series, e);
	if (series->unit_name && check_name(series->unit_name, "a unit", e) != 0)
		return wrap_series(series, e);
	if (series->run_count == 0) {
		err_set(e, ERR_FORMAT, "it was never run");
		return wrap_series(series, e);
	}
	for (size_t i = 0; i < series->run_count; i++)
		if (check_run(series, &series->runs[i], e) != 0) {
			err_wrap(e, "run %zu", i + 1);
			return wrap_series(series, e);
		}
	return 0;
}

static int check_sizes(const struct bench_set *s, struct err *e)
{
	size_t runs = 0, values = 0;

	for (size_t i = 0; i < s->count; i++) {
		runs += s->series[i].run_count;
		for (size_t j = 0; j < s->series[i].run_count; j++) {
			const struct bench_run *r = &s->series[i].runs[j];
			values += r->value_count + r->warmup_count + r->memory_count;
		}
	}
	if (s->count > BENCH_MOST_SERIES)
		return err_set(e, ERR_FORMAT, "more than %d benchmarks", BENCH_MOST_SERIES);
	if (runs > BENCH_MOST_RUNS)
		return err_set(e, ERR_FORMAT, "more than %d runs", BENCH_MOST_RUNS);
	if (values > BENCH_MOST_VALUES)
		return err_set(e, ERR_FORMAT, "more than %d values", BENCH_MOST_VALUES);
	return 0;
}

int bench_check(const struct bench_set *s, struct err *e)
{
	AUTO_BENCH_INDEX index = { 0 };

	if (s->count == 0)
		return err_set(e, ERR_FORMAT, "there is no benchmark in it");
	if (check_sizes(s, e) != 0)
		return -1;
	for (size_t i = 0; i < s->count; i++) {
		const struct bench_series *series = &s->series[i];

		if (check_series(series, e) != 0)
			return -1;
		if (bench_index_find(&index, s, series->name, series->runtime) != BENCH_NO_SERIES) {
			err_set(e, ERR_FORMAT, "it stands there twice");
			return wrap_series(series, e);
		}
		bench_index_put(&index, s, i);
	}
	return 0;
}
