/* A benchmark of the report: its processes, all their iterations, their memory over time. */
#include "render/site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/speed.h"

/* A process with more iterations than this is drawn by the least and the most of equal stretches: a chart has no room
 * for more, and no spike is lost. */
#define VALUES_WHOLE 1600
#define SAMPLES_MOST 400

/* Five digits: more than a chart can show, and than a time is worth. */
static void add_number(struct json_writer *w, double value)
{
	char text[32];

	if (!isfinite(value)) {
		json_add_real(w, NULL, value);
		return;
	}
	snprintf(text, sizeof(text), "%.5g", value);
	json_add_real(w, NULL, strtod(text, NULL));
}

static void add_stretches(struct json_writer *w, const double *values, size_t count, size_t length)
{
	for (size_t i = 0; i < count; i += length) {
		size_t least = i, most = i;

		for (size_t k = i; k < i + length && k < count; k++) {
			if (values[k] < values[least])
				least = k;
			if (values[k] > values[most])
				most = k;
		}
		add_number(w, values[least < most ? least : most]);
		add_number(w, values[least < most ? most : least]);
	}
}

/* "each": iterations that two values stand for; 0: every value is one iteration. */
static void add_values(struct json_writer *w, const struct bench_run *r)
{
	size_t length = r->value_count > VALUES_WHOLE ? (2 * r->value_count + VALUES_WHOLE - 1) / VALUES_WHOLE : 0;

	json_add_int(w, "iterations", (int64_t)r->value_count);
	json_add_int(w, "each", (int64_t)length);
	json_open(w, "values", '[');
	if (length)
		add_stretches(w, r->values, r->value_count, length);
	else
		for (size_t i = 0; i < r->value_count; i++)
			add_number(w, r->values[i]);
	json_close(w, ']');
}

static void add_memory(struct json_writer *w, const struct bench_run *r)
{
	size_t step = r->memory_count / SAMPLES_MOST + 1;

	json_open(w, "memory", '[');
	for (size_t i = 0; i < r->memory_count; i += step) {
		json_open(w, NULL, '[');
		add_number(w, r->memory_at_s[i]);
		add_number(w, r->memory_bytes[i]);
		json_close(w, ']');
	}
	json_close(w, ']');
}

/* `p`: what was made of this run; NULL: nothing. */
static void add_process(struct json_writer *w, const struct bench_run *r, const struct speed_process *p)
{
	json_open(w, NULL, '{');
	json_add_text(w, "role", r->role);
	json_add_bool(w, "failed", r->kind == BENCH_FAILED);
	if (r->detail)
		json_add_text(w, "detail", r->detail);
	json_add_int(w, "loops", r->loops * r->inner_loops);
	if (p) {
		json_add_text(w, "class", warmup_words[p->class].word);
		json_add_int(w, "steady_from", p->steady_from);
		json_add_real(w, "mean", p->mean);
		json_add_real(w, "standard_error", p->standard_error);
		json_add_real(w, "before_steady_s", p->before_steady_s);
		json_add_real(w, "peak_bytes", p->peak_bytes);
	}
	add_values(w, r);
	add_memory(w, r);
	json_close(w, '}');
}

/* Summaries tell of processes in the order in which they ran, calibrations left out. */
static void add_processes(struct json_writer *w, const struct site_bench *b)
{
	size_t k = 0;

	json_open(w, "processes", '[');
	for (size_t i = 0; i < b->series->run_count; i++) {
		const struct bench_run *r = &b->series->runs[i];

		if (r->kind == BENCH_CALIBRATION)
			continue;
		add_process(w, r, k < b->summary->process_count ? &b->summary->processes[k] : NULL);
		k++;
	}
	json_close(w, ']');
}

static void add_interval(struct json_writer *w, const char *key, double low, double high)
{
	json_open(w, key, '[');
	json_add_real(w, NULL, low);
	json_add_real(w, NULL, high);
	json_close(w, ']');
}

void site_bench(const struct site_bench *b, struct str *out)
{
	const struct speed_summary *s = b->summary;
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_add_text(&w, "unit", bench_unit_key(s->unit));
	json_add_text(&w, "clock", b->counted ? "instructions" : "time");
	json_add_text(&w, "class", warmup_words[s->class].word);
	json_add_text(&w, "class_help", warmup_words[s->class].help);
	json_add_bool(&w, "speed_known", speed_known(s));
	json_add_real(&w, "mean", s->mean);
	add_interval(&w, "mean_interval", s->low, s->high);
	json_add_real(&w, "peak_bytes", s->median_peak_bytes);
	json_add_text(&w, "memory_grows", growth_words[s->growth].word);
	json_add_real(&w, "growth_bytes_per_s", s->growth_bytes_per_s);
	add_interval(&w, "growth_interval", s->growth_low, s->growth_high);
	add_processes(&w, b);
	json_open(&w, "facts", '[');
	for (const struct fact_pair *f = b->row->facts; f && f->name; f++) {
		json_open(&w, NULL, '[');
		json_add_text(&w, NULL, f->name);
		json_add_text(&w, NULL, f->value);
		json_close(&w, ']');
	}
	json_close(&w, ']');
	json_close(&w, '}');
}
