#include "analyse/speed_summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/stats.h"
#include "base/json.h"
#include "base/mem.h"

#define WARMUP_LEAST_ITERATIONS 3 /* of a process that is timed from its start */
#define ALPHA			0.05

size_t speed_means(const struct speed_summary *s, char role, double *out)
{
	size_t count = 0;

	for (size_t i = 0; i < s->process_count; i++) {
		const struct speed_process *p = &s->processes[i];

		if (!p->failed && isfinite(p->mean) && (!role || p->role == role))
			out[count++] = p->mean;
	}
	return count;
}

struct ratio speed_ratio(const struct speed_summary *base, char base_role, const struct speed_summary *changed,
			 char changed_role)
{
	AUTO_FREE double *a = mem_new(base->process_count + 1, sizeof(*a));
	AUTO_FREE double *b = mem_new(changed->process_count + 1, sizeof(*b));
	size_t a_count = speed_means(base, base_role, a), b_count = speed_means(changed, changed_role, b);
	struct ratio ratio;

	if (!a_count || !b_count || ratio_of_means(a, a_count, b, b_count, &ratio, NULL))
		return ratio_none();
	return ratio;
}

struct speed_figures speed_figures_of(const struct speed_summary *s)
{
	bool known = speed_known(s);

	return (struct speed_figures){
		.unit = s->unit,
		.mean = known ? s->mean : NAN,
		.low = known ? s->low : NAN,
		.high = known ? s->high : NAN,
		.peak_bytes = s->median_peak_bytes,
		.processes = (int64_t)s->process_count,
		.failed = (int64_t)s->failed,
	};
}

void speed_summary_of_figures(const struct speed_figures *f, const double *means, size_t mean_count,
			      struct speed_summary *out)
{
	size_t count = f->processes > (int64_t)mean_count ? (size_t)f->processes : mean_count;

	*out = (struct speed_summary){
		.processes = mem_new(count + 1, sizeof(*out->processes)),
		.process_count = count,
		.unit = f->unit >= 0 && f->unit <= BENCH_COUNT ? (enum bench_unit)f->unit : BENCH_COUNT,
		.class = WARMUP_UNDECIDED,
		.speed = isfinite(f->mean) ? WARMUP_SPEED_SHOWN : WARMUP_SPEED_REFUSED,
		.mean = f->mean,
		.low = f->low,
		.high = f->high,
		.median_peak_bytes = f->peak_bytes,
		.growth = GROWTH_UNDECIDED,
		.growth_bytes_per_s = NAN,
		.growth_low = NAN,
		.growth_high = NAN,
		.failed = f->failed > 0 ? (size_t)f->failed : 0,
	};
	for (size_t i = 0; i < count; i++)
		out->processes[i] = (struct speed_process){ .failed = i >= mean_count,
							    .class = WARMUP_UNDECIDED,
							    .mean = i < mean_count ? means[i] : NAN,
							    .peak_bytes = NAN };
}

void speed_summary_free(struct speed_summary *s)
{
	free(s->processes);
	*s = (struct speed_summary){ 0 };
}

/* ---- from iterations ---- */

/* Formats that keep warm-ups apart have the steady part only: there is nothing to judge. */
static void take_all(const struct bench_run *run, struct speed_process *out)
{
	out->class = WARMUP_FLAT;
	out->mean = stats_mean(run->values, run->value_count);
	out->standard_error = stats_deviation(run->values, run->value_count) / sqrt((double)run->value_count);
	out->before_steady_s = 0;
}

static void take_judged(const struct warmup_process *judged, struct speed_process *out)
{
	out->class = judged->class;
	if (isnan(judged->mean))
		return;
	out->steady_from = (int64_t)judged->steady_start;
	out->mean = judged->mean;
	out->standard_error = judged->mean_error;
	out->before_steady_s = judged->steady_after_s;
}

static void take_process(const struct bench_run *run, const struct warmup_process *judged, bool from_start,
			 struct speed_process *out)
{
	*out = (struct speed_process){
		.role = run->role && (run->role[0] == 'a' || run->role[0] == 'b') ? run->role[0] : 0,
		.failed = run->kind == BENCH_FAILED || !run->value_count || (from_start && !judged),
		.class = WARMUP_UNDECIDED,
		.iterations = (int64_t)run->value_count,
		.mean = NAN,
		.standard_error = NAN,
		.before_steady_s = NAN,
		.peak_bytes = run->peak_bytes > 0 ? (double)run->peak_bytes : NAN,
	};
	if (out->failed)
		return;
	if (judged)
		take_judged(judged, out);
	else
		take_all(run, out);
}

/* A first iteration or two hold the imports, the caches and most of what a compiler does: whatever they say, it is not
 * how fast the benchmark runs. */
static bool is_too_short(const struct speed_summary *s)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (!s->processes[i].failed && s->processes[i].iterations < WARMUP_LEAST_ITERATIONS)
			return true;
	return false;
}

/* What can be told of all processes from what each was found to be. */
static void judge_together(const struct bench_series *s, const struct warmup_process *judged, size_t count,
			   struct speed_summary *out)
{
	AUTO_FREE double *means = mem_new(out->process_count + 1, sizeof(*means));
	struct warmup_level level = { .class = WARMUP_FLAT, .speed = WARMUP_SPEED_SHOWN };
	struct interval interval;
	size_t known = speed_means(out, 0, means);

	if (s->from_start)
		warmup_judge_level(judged, count, &level);
	out->class = level.class;
	out->speed = known && !(s->from_start && is_too_short(out)) ? level.speed : WARMUP_SPEED_REFUSED;
	out->mean = known ? stats_mean(means, known) : NAN;
	interval = stats_mean_interval(means, known, ALPHA);
	out->low = interval.low;
	out->high = interval.high;
}

bool speed_known(const struct speed_summary *s)
{
	return s->process_count && s->speed != WARMUP_SPEED_REFUSED && isfinite(s->mean);
}

static void judge_growth(const struct bench_series *s, struct speed_summary *out)
{
	AUTO_FREE struct growth_series *memory = mem_new(s->run_count + 1, sizeof(*memory));
	struct growth growth;
	size_t count = 0;

	for (size_t i = 0; i < s->run_count; i++)
		if (s->runs[i].kind == BENCH_MEASURED && s->runs[i].memory_count)
			memory[count++] = (struct growth_series){ s->runs[i].memory_at_s, s->runs[i].memory_bytes,
								  s->runs[i].memory_count };
	out->growth = GROWTH_UNDECIDED;
	out->growth_bytes_per_s = out->growth_low = out->growth_high = NAN;
	if (growth_judge(memory, count, &growth_defaults, &growth, NULL) || !growth.processes)
		return;
	out->growth = growth.verdict;
	out->growth_bytes_per_s = growth.slope;
	out->growth_low = growth.slope_low;
	out->growth_high = growth.slope_high;
}

static void take_memory(const struct bench_series *s, struct speed_summary *out)
{
	AUTO_FREE double *peaks = mem_new(out->process_count + 1, sizeof(*peaks));
	size_t known = 0;

	for (size_t i = 0; i < out->process_count; i++)
		if (!out->processes[i].failed && isfinite(out->processes[i].peak_bytes))
			peaks[known++] = out->processes[i].peak_bytes;
	out->median_peak_bytes = known ? stats_median(peaks, known) : NAN;
	judge_growth(s, out);
}

/* A process whose times cannot be judged (none, or not above 0) is one that failed. */
static bool judge_run(const struct bench_run *run, struct warmup_process *out)
{
	double scale = (double)run->loops * (double)run->inner_loops;

	if (!warmup_judge(run->values, run->value_count, scale, &warmup_defaults, out, NULL))
		return true;
	warmup_free(out);
	return false;
}

void speed_summarise(const struct bench_series *s, struct speed_summary *out)
{
	AUTO_FREE struct warmup_process *judged = mem_new(s->run_count + 1, sizeof(*judged));
	size_t judged_count = 0;

	*out = (struct speed_summary){ .unit = s->unit,
				       .processes = mem_new(s->run_count + 1, sizeof(*out->processes)) };
	for (size_t i = 0; i < s->run_count; i++) {
		const struct bench_run *run = &s->runs[i];
		struct speed_process *p = &out->processes[out->process_count];
		bool judge = s->from_start && run->kind == BENCH_MEASURED && run->value_count;

		if (run->kind == BENCH_CALIBRATION)
			continue;
		out->process_count++;
		judge = judge && judge_run(run, &judged[judged_count]);
		take_process(run, judge ? &judged[judged_count] : NULL, s->from_start, p);
		judged_count += judge;
		out->failed += p->failed;
	}
	judge_together(s, judged, judged_count, out);
	take_memory(s, out);
	for (size_t i = 0; i < judged_count; i++)
		warmup_free(&judged[i]);
}

/* ---- as JSON ---- */

static void encode_process(struct json_writer *w, const struct speed_process *p)
{
	char role[2] = { p->role, '\0' };

	json_open(w, NULL, '{');
	json_add_text(w, "role", p->role ? role : NULL);
	json_add_bool(w, "failed", p->failed);
	json_add_int(w, "class", p->class);
	json_add_int(w, "iterations", p->iterations);
	json_add_int(w, "steady_from", p->steady_from);
	json_add_real(w, "mean", p->mean);
	json_add_real(w, "error", p->standard_error);
	json_add_real(w, "before_steady_s", p->before_steady_s);
	json_add_real(w, "peak_bytes", p->peak_bytes);
	json_close(w, '}');
}

void speed_summary_encode(const struct speed_summary *s, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_add_int(&w, "unit", s->unit);
	json_add_int(&w, "class", s->class);
	json_add_int(&w, "speed", s->speed);
	json_add_real(&w, "mean", s->mean);
	json_add_real(&w, "low", s->low);
	json_add_real(&w, "high", s->high);
	json_add_real(&w, "median_peak_bytes", s->median_peak_bytes);
	json_add_int(&w, "growth", s->growth);
	json_add_real(&w, "growth_bytes_per_s", s->growth_bytes_per_s);
	json_add_real(&w, "growth_low", s->growth_low);
	json_add_real(&w, "growth_high", s->growth_high);
	json_add_int(&w, "failed", (int64_t)s->failed);
	json_open(&w, "processes", '[');
	for (size_t i = 0; i < s->process_count; i++)
		encode_process(&w, &s->processes[i]);
	json_close(&w, ']');
	json_close(&w, '}');
}

static enum warmup_class decode_class(const struct json_value *v)
{
	int64_t class = json_int(v, -1);

	return class >= 0 && class < WARMUP_CLASS_COUNT ? (enum warmup_class) class : WARMUP_UNDECIDED;
}

static double decode_real(const struct json_value *object, const char *key)
{
	return json_number(json_at(object, key), NAN);
}

static void decode_process(const struct json_value *v, struct speed_process *out)
{
	*out = (struct speed_process){
		.role = json_text(json_at(v, "role"), "")[0],
		.failed = json_bool(json_at(v, "failed"), true),
		.class = decode_class(json_at(v, "class")),
		.iterations = json_int(json_at(v, "iterations"), 0),
		.steady_from = json_int(json_at(v, "steady_from"), 0),
		.mean = decode_real(v, "mean"),
		.standard_error = decode_real(v, "error"),
		.before_steady_s = decode_real(v, "before_steady_s"),
		.peak_bytes = decode_real(v, "peak_bytes"),
	};
}

int speed_summary_decode(const char *text, size_t len, struct speed_summary *out, struct err *e)
{
	AUTO_JSON *root = json_parse(text, len, e);
	const struct json_value *processes;
	int64_t unit, growth, speed;

	*out = (struct speed_summary){ 0 };
	if (!root)
		return err_wrap(e, "a summary of a benchmark in the database");
	unit = json_int(json_at(root, "unit"), BENCH_SECONDS);
	growth = json_int(json_at(root, "growth"), GROWTH_UNDECIDED);
	speed = json_int(json_at(root, "speed"), WARMUP_SPEED_REFUSED);
	processes = json_at(root, "processes");
	out->unit = unit >= 0 && unit <= BENCH_COUNT ? (enum bench_unit)unit : BENCH_COUNT;
	out->class = decode_class(json_at(root, "class"));
	out->speed = speed >= 0 && speed <= WARMUP_SPEED_REFUSED ? (enum warmup_speed)speed : WARMUP_SPEED_REFUSED;
	out->mean = decode_real(root, "mean");
	out->low = decode_real(root, "low");
	out->high = decode_real(root, "high");
	out->median_peak_bytes = decode_real(root, "median_peak_bytes");
	out->growth = growth >= 0 && growth <= GROWTH_UNDECIDED ? (enum growth_verdict)growth : GROWTH_UNDECIDED;
	out->growth_bytes_per_s = decode_real(root, "growth_bytes_per_s");
	out->growth_low = decode_real(root, "growth_low");
	out->growth_high = decode_real(root, "growth_high");
	out->failed = (size_t)json_int(json_at(root, "failed"), 0);
	out->process_count = json_count(processes);
	out->processes = mem_new(out->process_count + 1, sizeof(*out->processes));
	for (size_t i = 0; i < out->process_count; i++)
		decode_process(json_item(processes, i), &out->processes[i]);
	return 0;
}
