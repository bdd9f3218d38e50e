/* The benchmarks of a night: summaries, and on the last night every iteration. */
#include "year.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/speed_summary.h"
#include "analyse/stats.h"
#include "base/clock.h"
#include "base/mem.h"
#include "parse/bench_format.h"
#include "store/inside.h"

#define ITERATIONS 60

/* Means of processes of a night, in seconds. */
static void draw_means(const struct year *y, const struct cell *c, unsigned night, double *means)
{
	size_t at = (size_t)(c - y->benchmarks->cells);
	unsigned benchmark = year_number(c->package->name);
	struct rng of_benchmark = year_rng(y, 11, benchmark, 0), of_night = year_rng(y, 12, at, night);
	double level = exp(log(1e-3) + rng_uniform(&of_benchmark) * log(1000.0));

	level *= strcmp(c->runtime->name, "cpython") ? 0.25 : 1;
	level *= strcmp(c->target->name, "amd64") ? 9 : 1;
	for (unsigned i = 0; i < y->size.steps; i++)
		if (y->steps[i].benchmark == benchmark && night >= y->steps[i].night &&
		    year_applies(y->steps[i].target, y->steps[i].runtime, c))
			level *= y->steps[i].factor;
	level *= exp(0.004 * rng_normal(&of_night));
	if (rng_uniform(&of_night) < 0.01)
		level *= 1.1; /* a bad night */
	for (unsigned i = 0; i < YEAR_PROCESSES; i++)
		means[i] = level * exp(0.01 * rng_normal(&of_night));
}

static void summarise(const double *means, struct speed_summary *out)
{
	struct interval interval = stats_mean_interval(means, YEAR_PROCESSES, 0.05);

	*out = (struct speed_summary){
		.processes = mem_new(YEAR_PROCESSES, sizeof(*out->processes)),
		.process_count = YEAR_PROCESSES,
		.unit = BENCH_SECONDS,
		.class = WARMUP_FLAT,
		.speed = WARMUP_SPEED_SHOWN,
		.mean = stats_mean(means, YEAR_PROCESSES),
		.low = interval.low,
		.high = interval.high,
		.median_peak_bytes = 50e6,
		.growth = GROWTH_UNDECIDED,
		.growth_bytes_per_s = NAN,
		.growth_low = NAN,
		.growth_high = NAN,
	};
	for (size_t i = 0; i < YEAR_PROCESSES; i++)
		out->processes[i] = (struct speed_process){
			.role = i % 2 ? 'b' : 'a',
			.class = WARMUP_FLAT,
			.iterations = ITERATIONS,
			.mean = means[i],
			.standard_error = means[i] * 1e-3,
			.before_steady_s = 0,
			.peak_bytes = 50e6,
		};
}

static void fill_series(const struct cell *c, const double *means, struct rng *r, struct bench_set *out)
{
	struct bench_series *s = bench_add_series(out, c->package->name, c->runtime->name);
	bool warms_up = strcmp(c->runtime->name, "cpython") != 0;
	double values[ITERATIONS];

	s->from_start = true;
	for (size_t p = 0; p < YEAR_PROCESSES; p++) {
		struct bench_run *run = bench_add_run(out, s);

		for (size_t i = 0; i < ITERATIONS; i++)
			values[i] = means[p] * (1 + 0.003 * rng_normal(r)) * (warms_up && i < 10 ? 3 : 1);
		bench_set_values(out, run, values, ITERATIONS);
		run->role = p % 2 ? "b" : "a";
		run->peak_bytes = 50000000;
	}
}

static int put_speed(struct year *y, const struct speed_summary *s, struct err *e)
{
	const struct speed_figures figures = speed_figures_of(s);
	double means[YEAR_PROCESSES];
	size_t count = speed_means(s, 0, means);
	AUTO_STR text = { 0 };

	speed_summary_encode(s, &text);
	return store_put_speed(y->context.store, db_last_id(store_db(y->context.store)), SPEED_SUMMARY_VERSION,
			       &figures, means, count, &text, e);
}

static int measure_cell(struct year *y, int64_t run, unsigned night, const struct cell *c, struct err *e)
{
	struct outcome *o = mem_new(1, sizeof(*o));
	double means[YEAR_PROCESSES];
	struct speed_summary summary;
	AUTO_BENCH set = { 0 };
	char name[32];
	int status = 0;

	draw_means(y, c, night, means);
	year_start_outcome(y, c, night, YEAR_VERSIONS - 1, o);
	for (unsigned i = 0; i < YEAR_PROCESSES; i++) {
		snprintf(name, sizeof(name), "process %u", i + 1);
		result_add(&o->result, name, VERDICT_PASSED, NS_PER_S, NULL);
	}
	o->result.complete = true;
	o->took_ns = 60 * NS_PER_S;
	outcome_settle(o);
	if (night + 1 == y->size.nights && y->size.records) {
		struct rng r = year_rng(y, 13, (uint64_t)(c - y->benchmarks->cells), night);

		bench_start(&set, "labctl");
		fill_series(c, means, &r, &set);
		status = bench_write("labctl", &set, NULL, &o->measured, NULL, e);
		speed_summarise(&set.series[0], &summary);
	} else {
		summarise(means, &summary);
	}
	if (!status)
		status = year_add(y, run, night, o, e) || put_speed(y, &summary, e) ? -1 : 0;
	speed_summary_free(&summary);
	outcome_free(o);
	free(o);
	return status;
}

int year_measure_cells(struct year *y, int64_t run, unsigned night, struct err *e)
{
	for (size_t i = 0; i < y->benchmarks->count; i++)
		if (measure_cell(y, run, night, &y->benchmarks->cells[i], e))
			return -1;
	return 0;
}
