#include "analyse/warmup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/cycles.h"
#include "analyse/outliers.h"
#include "analyse/pulses.h"
#include "analyse/settling.h"
#include "base/mem.h"

#define CYCLE_SCORE    4.2  /* of a cycle */
#define CYCLE_DOUBT    3.65 /* of what may be one */
#define CYCLES_ENOUGH  20   /* of these the means can tell that their level moves */
#define CYCLES_LEAST   4
#define MOVED_CERTAIN  3.7 /* standard errors beyond the threshold: the largest of six differences */
#define MOVED_DOUBTFUL 3
#define MOVED_ROAMING  1.5 /* of either when the noise hangs together for long */
#define ROAMING	       5   /* a persistence that independent noise and short memories do not reach */
#define HALF_ROAMING   3
#define SPLIT_DOUBTFUL 1.63 /* Kolmogorov: one of a hundred */

const struct warmup_rule warmup_defaults = {
	.threshold = 0.01,
	.min_iterations = 30,
	.steady_share = 0.25,
	.resolution = 0.15,
};

/* A cycle has steps of its own: what limits spikes must not take them for such, so it looks at the inner half. */
static const struct outlier_rule cycle_rest = { .window = 41, .tail = 0.25, .reach = 4, .longest_run = 1 };

static void set(struct warmup_process *out, enum warmup_class class, const char *why)
{
	out->class = class;
	out->why = why;
}

static int check(const double *values, size_t count, struct err *e)
{
	if (count > WARMUP_MOST)
		return err_set(e, ERR_FORMAT, "%zu iterations of one process: more than %d", count, WARMUP_MOST);
	for (size_t i = 0; i < count; i++)
		if (!isfinite(values[i]) || values[i] <= 0)
			return err_set(e, ERR_FORMAT, "iteration %zu: %g is no time", i, values[i]);
	return 0;
}

/* What moves within the part that looks settled. */
static void judge_unrest(const struct unrest *u, const struct warmup_rule *rule, struct warmup_process *out)
{
	double certain = u->persistence > ROAMING ? MOVED_ROAMING : MOVED_CERTAIN;
	double doubtful = u->persistence > HALF_ROAMING ? MOVED_ROAMING : MOVED_DOUBTFUL;

	if (u->moved > rule->threshold + certain * u->moved_error)
		set(out, WARMUP_UNSETTLED, "the level still moves");
	else if (u->moved > rule->threshold + doubtful * u->moved_error)
		set(out, WARMUP_UNDECIDED, "the level may still move");
}

static void judge_flat(const struct settling *s, const struct warmup_rule *rule, struct warmup_process *out)
{
	const struct unrest *u = &s->unrest;

	if (u->split > SPLIT_DOUBTFUL && u->split_step > rule->threshold)
		set(out, WARMUP_UNDECIDED, "a change of level may hide in the noise");
	else if (MOVED_CERTAIN * u->moved_error > rule->resolution)
		set(out, WARMUP_UNDECIDED, "too noisy");
	else if (s->slow_first) {
		set(out, WARMUP_WARMUP, NULL);
		out->steady_start = 1;
	}
}

/* `count` values, of which the settling was found. */
static void judge_settling(const struct settling *s, size_t count, const struct warmup_rule *rule,
			   struct warmup_process *out)
{
	size_t late = (size_t)((1 - rule->steady_share) * (double)count);

	set(out, WARMUP_FLAT, NULL);
	out->steady_start = s->last.start;
	if (s->sure_end > late)
		set(out, WARMUP_UNSETTLED, "the last change of level comes late");
	else if (s->first > 0 && (s->sure_end == 0 || s->last.start > late))
		set(out, WARMUP_UNDECIDED, "a change of level that may be noise");
	else if (s->was_lower && !s->was_long_lower)
		set(out, WARMUP_UNDECIDED, "a few iterations were faster before");
	else if (s->first > 0)
		set(out, s->was_lower ? WARMUP_SLOWDOWN : WARMUP_WARMUP, NULL);
	if (out->class == WARMUP_UNSETTLED)
		return;
	judge_unrest(&s->unrest, rule, out);
	if (out->class == WARMUP_UNSETTLED)
		return;
	if (s->is_mixed)
		set(out, WARMUP_UNDECIDED, "a change of level that may be noise");
	if (s->odd_end)
		set(out, WARMUP_UNDECIDED, "the last few iterations differ");
	if (out->class == WARMUP_FLAT)
		judge_flat(s, rule, out);
}

static struct cycle find_cycle(const double *logs, size_t count)
{
	AUTO_FREE double *rests = mem_new(count, sizeof(*rests));
	struct cycle smooth, pulses = pulses_find(logs, count, CYCLE_DOUBT);

	outliers_rest(logs, count, &cycle_rest, rests);
	smooth = cycles_find(rests, count, CYCLE_DOUBT);
	return pulses.score > smooth.score ? pulses : smooth;
}

/* First index of the n-th cycle. */
static size_t cycle_start(double period, size_t n)
{
	return (size_t)ceil((double)n * period - 1e-9);
}

/* Means of whole cycles, without spikes; a cycle of nothing else has the mean of the one before. Caller frees. */
static double *cycle_means(const double *logs, size_t count, double period, const bool *spikes, size_t *out_count)
{
	size_t cycles = (size_t)((double)count / period);
	double *means = mem_new(cycles + 1, sizeof(*means)), last = 0;

	for (size_t c = 0; c < cycles; c++) {
		double sum = 0, used = 0;

		for (size_t i = cycle_start(period, c); i < cycle_start(period, c + 1) && i < count; i++)
			if (!spikes[i]) {
				sum += logs[i];
				used++;
			}
		last = means[c] = used > 0 ? sum / used : last;
	}
	*out_count = cycles;
	return means;
}

/* A cycle is no change of level: where the steady state begins is seen in the means of cycles. */
static void judge_cyclic(const double *logs, size_t count, const struct cycle *cycle, const struct settling *single,
			 const struct warmup_rule *rule, struct warmup_process *out)
{
	size_t cycles;
	AUTO_FREE double *means = cycle_means(logs, count, cycle->period, single->spikes, &cycles);
	struct settling s;

	settling_find(means, cycles, log1p(rule->threshold), &s);
	judge_settling(&s, cycles, rule, out);
	if (out->class == WARMUP_UNSETTLED && cycles >= CYCLES_ENOUGH) {
		settling_free(&s);
		return;
	}
	out->steady_start = out->class == WARMUP_UNSETTLED ? 0 : cycle_start(cycle->period, out->steady_start);
	set(out, WARMUP_CYCLIC, NULL);
	out->period = cycle->period;
	out->swing = expm1(cycle->swing);
	settling_free(&s);
}

static double plain_mean(const double *values, size_t count)
{
	double mean = 0;

	for (size_t i = 0; i < count; i++)
		mean += (values[i] - mean) / (double)(i + 1);
	return mean;
}

/* Standard error of a mean of `count` values, were they independent. */
static double plain_error(const double *values, size_t count, double mean)
{
	double squares = 0;

	for (size_t i = 0; i < count; i++)
		squares += pow(values[i] - mean, 2);
	return count > 1 ? sqrt(squares / (double)(count - 1) / (double)count) : NAN;
}

/* Over as many whole cycles as there are, from the end. Of hardly any the means cannot tell an error. */
static void measure_cycles(const double *values, size_t count, struct warmup_process *out)
{
	size_t cycles = (size_t)((double)(count - out->steady_start) / out->period);
	size_t start = count - cycle_start(out->period, cycles);
	AUTO_FREE double *means = mem_new(cycles + 1, sizeof(*means));

	if (cycles < CYCLES_LEAST)
		return;
	for (size_t c = 0; c < cycles; c++) {
		size_t from = start + cycle_start(out->period, c), to = start + cycle_start(out->period, c + 1);

		means[c] = plain_mean(&values[from], to - from);
	}
	out->mean = plain_mean(&values[start], count - start);
	out->mean_error = plain_error(means, cycles, plain_mean(means, cycles));
}

static void measure(const double *values, size_t count, double scale, double inflation, struct warmup_process *out)
{
	const double *steady = &values[out->steady_start];
	size_t left = count - out->steady_start;

	out->steady_after_s = out->mean = out->mean_error = NAN;
	if (out->class == WARMUP_UNSETTLED)
		out->steady_start = count;
	if (out->class == WARMUP_UNSETTLED || count == 0)
		return;
	out->steady_after_s = 0;
	for (size_t i = 0; i < out->steady_start; i++)
		out->steady_after_s += values[i] * scale;
	out->mean = plain_mean(steady, left);
	out->mean_error = plain_error(steady, left, out->mean) * sqrt(inflation);
	if (out->class == WARMUP_CYCLIC)
		measure_cycles(values, count, out);
}

/* Moves the phases over, and compares them, or a slow first iteration, with the steady level. */
static void take_phases(struct settling *s, double first, struct warmup_process *out)
{
	double most = out->class == WARMUP_WARMUP && s->first == 0 ? first - s->last.level : 0;

	for (size_t i = 0; i < s->phases.count; i++) {
		struct phase *p = &s->phases.items[i];
		double away = p->level - s->last.level;

		if (i < s->first && fabs(away) > fabs(most))
			most = away;
		p->level = exp(p->level);
	}
	out->before = exp(most);
	out->spikes = s->spike_count;
	out->odd_first = s->odd_first;
	out->phases = s->phases;
	s->phases = (struct phase_list){ 0 };
}

static void judge(const double *values, size_t count, double scale, const struct warmup_rule *rule,
		  struct warmup_process *out)
{
	AUTO_FREE double *logs = mem_new(count, sizeof(*logs));
	struct settling s;
	struct cycle cycle;
	double inflation;

	for (size_t i = 0; i < count; i++)
		logs[i] = log(values[i]);
	settling_find(logs, count, log1p(rule->threshold), &s);
	judge_settling(&s, count, rule, out);
	cycle = find_cycle(logs, count);
	if (cycle.score > CYCLE_SCORE && cycle.swing > log1p(rule->threshold))
		judge_cyclic(logs, count, &cycle, &s, rule, out);
	else if (cycle.score > CYCLE_DOUBT && out->class != WARMUP_UNSETTLED)
		set(out, WARMUP_UNDECIDED, "the iterations may be cyclic");
	inflation = s.phases.inflation;
	take_phases(&s, logs[0], out);
	measure(values, count, scale, inflation, out);
	settling_free(&s);
}

int warmup_judge(const double *values, size_t count, double scale, const struct warmup_rule *rule,
		 struct warmup_process *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (check(values, count, e) != 0)
		return -1;
	out->count = count;
	out->before = 1;
	if (count >= rule->min_iterations && count > 0) {
		judge(values, count, scale, rule, out);
		return 0;
	}
	set(out, WARMUP_UNDECIDED, "too few iterations");
	measure(values, count, scale, 1, out);
	return 0;
}

void warmup_free(struct warmup_process *p)
{
	phases_free(&p->phases);
	*p = (struct warmup_process){ 0 };
}
