#include "analyse/settling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "analyse/outliers.h"
#include "base/mem.h"

#define CERTAIN		3   /* standard errors beyond the threshold */
#define DOUBTFUL	3.5 /* standard errors from 0, and beyond the threshold */
#define DOUBTFUL_FIRST	1.5 /* the same for the first few values, which often fall steeply */
#define TRANSIENT	4   /* a phase of no more values between equal ones, or at the end, is no phase */
#define BRIEF		2   /* that many low values may be chance */
#define SHORT		10  /* phases of no more values have no level that spikes could be told by */
#define MOSTLY		0.9 /* share of values apart that make a phase apart */
#define MOST_NOISE_AWAY 5   /* values further from the level count as that far, in units of the noise */
#define QUARTERS	4

/* The wide window for a series that is free of steps. */
static const struct outlier_rule wide = { .window = 201, .tail = 0.1, .reach = 2, .longest_run = TRANSIENT };

/* A series, and what of it is no spike. */
struct trace {
	const double *values;
	size_t count;
	double threshold;
	double *kept;  /* without spikes */
	size_t *index; /* of each kept value */
	size_t kept_count;
	struct settling *out; /* whose phases count kept values until the end */
};

static bool certainly_differ(const struct trace *t, const struct phase *a, const struct phase *b)
{
	double away = fabs(a->level - b->level), side = a->level > b->level ? 1 : -1;
	double noise = t->out->phases.noise * (phase_length(a) <= TRANSIENT ? 2 : 1);
	size_t apart = 0;

	if (away <= t->threshold)
		return false;
	if (away > t->threshold + CERTAIN * hypot(a->error, b->error))
		return true;
	/* A steep fall has a large variance, but hardly a value on the other side. */
	for (size_t i = a->start; i < a->end; i++)
		apart += side * (t->kept[i] - b->level) > t->threshold + noise;
	return (double)apart >= MOSTLY * (double)phase_length(a);
}

static bool may_differ(const struct trace *t, const struct phase *a, const struct phase *b)
{
	bool is_start = a->start == 0 && phase_length(a) <= SHORT;
	double away = fabs(a->level - b->level);

	if (certainly_differ(t, a, b))
		return true;
	return away > t->threshold && away > (is_start ? DOUBTFUL_FIRST : DOUBTFUL) * hypot(a->error, b->error);
}

/* The last part grows by a phase before it. */
static void extend(struct phase *last, const struct phase *before)
{
	double share = (double)phase_length(before) / (double)(phase_length(before) + phase_length(last));

	last->level += share * (before->level - last->level);
	last->error = hypot(last->error * (1 - share), before->error * share);
	last->start = before->start;
}

/* Goes back from the end as long as the level is the same. */
static void find_last_part(struct trace *t)
{
	struct settling *s = t->out;
	const struct phase *p = s->phases.items;
	size_t i = s->phases.count - 1;

	s->odd_end = false;
	if (i > 0 && phase_length(&p[i]) <= TRANSIENT) {
		s->odd_end = certainly_differ(t, &p[i], &p[i - 1]);
		i--;
	}
	s->last = p[i];
	s->last.end = t->kept_count;
	for (; i > 0; i--) {
		bool skip = i > 1 && phase_length(&p[i - 1]) <= TRANSIENT && !may_differ(t, &p[i - 2], &s->last);

		if (may_differ(t, &p[i - 1], &s->last) && !skip)
			break;
		if (may_differ(t, &p[i - 1], &s->last))
			i--;
		extend(&s->last, &p[i - 1]);
	}
	s->first = i;
}

/* Runs of spikes at either end are none: the level may be another there. A single one at the start may be. */
static void judge_ends(struct trace *t)
{
	struct settling *s = t->out;
	double level = order_median_of(t->values, t->count), first = t->values[0] - level;
	size_t head = 0, tail = t->count, as_high = 0;

	while (head < t->count && s->spikes[head])
		head++;
	while (tail > head && s->spikes[tail - 1])
		tail--;
	if (head > 1)
		memset(s->spikes, 0, head * sizeof(bool));
	if (t->count - tail > 1)
		memset(&s->spikes[tail], 0, (t->count - tail) * sizeof(bool));
	for (size_t i = 1; i < t->count; i++)
		as_high += t->values[i] - level > first / 2;
	s->odd_first = head == 1 && first > 0;
	s->slow_first = s->odd_first && as_high == 0;
}

/* Finds the phases of what is no spike. */
static void find_phases(struct trace *t)
{
	judge_ends(t);
	t->kept_count = 0;
	for (size_t i = 0; i < t->count; i++)
		if (!t->out->spikes[i]) {
			t->kept[t->kept_count] = t->values[i];
			t->index[t->kept_count++] = i;
		}
	phases_free(&t->out->phases);
	phases_find(t->kept, t->kept_count, &t->out->phases);
	find_last_part(t);
}

/* Looks for spikes of the last part again, now that its steps are known: near a step they could not be told. */
static void refine_spikes(struct trace *t)
{
	struct settling *s = t->out;
	size_t from = s->last.start > 0 ? t->index[s->last.start] : 0, next = s->last.start;
	const struct phase *p = &s->phases.items[s->first];
	AUTO_FREE double *rests = mem_new(t->count, sizeof(*rests));
	double level = s->last.level;

	for (size_t i = from; i < t->count; i++) {
		if (next < t->kept_count && t->index[next] == i) {
			while (p->end <= next)
				p++;
			if (phase_length(p) > SHORT)
				level = p->level;
			next++;
		}
		rests[i] = t->values[i] - level;
	}
	outliers_find(&rests[from], t->count - from, &wide, &s->spikes[from]);
}

static void compare_before(struct trace *t)
{
	struct settling *s = t->out;

	for (size_t i = 0; i < s->first; i++) {
		const struct phase *p = &s->phases.items[i];
		bool differs = certainly_differ(t, p, &s->last);

		s->sure_end = differs ? t->index[p->end] : s->sure_end;
		s->was_lower |= differs && p->level < s->last.level;
		s->was_long_lower |= differs && p->level < s->last.level && phase_length(p) > BRIEF;
	}
	for (size_t i = s->first; i < s->phases.count; i++) {
		const struct phase *p = &s->phases.items[i];

		s->is_mixed |= phase_length(p) > TRANSIENT && may_differ(t, p, &s->last);
	}
}

/* Distances of the last part from its level, none of them very large. Caller frees. */
static double *rests_of(const struct trace *t)
{
	const struct settling *s = t->out;
	double most = MOST_NOISE_AWAY * s->phases.noise;
	double *rests = mem_new(phase_length(&s->last), sizeof(*rests));

	for (size_t i = s->last.start; i < s->last.end; i++)
		rests[i - s->last.start] = fmax(-most, fmin(most, t->kept[i] - s->last.level));
	return rests;
}

static void compare_quarters(const double *rests, size_t count, const struct phase_list *phases, struct unrest *out)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t q = 0; q < QUARTERS; q++) {
		size_t start = q * count / QUARTERS, end = (q + 1) * count / QUARTERS;
		double sum = 0;

		if (start == end)
			continue;
		for (size_t i = start; i < end; i++)
			sum += rests[i];
		low = fmin(low, sum / (double)(end - start));
		high = fmax(high, sum / (double)(end - start));
	}
	out->moved = high - low;
	out->moved_error = phases->noise * sqrt(2.0 * QUARTERS / (double)count * phases->inflation);
}

static void find_split(const double *rests, size_t count, const struct phase_list *phases, struct unrest *out)
{
	double mean = 0, sum = 0, most = 0, m = (double)count;
	size_t place = 0;

	for (size_t i = 0; i < count; i++)
		mean += rests[i] / m;
	for (size_t i = 0; i + 1 < count; i++) {
		sum += rests[i] - mean;
		if (fabs(sum) > most) {
			most = fabs(sum);
			place = i + 1;
		}
	}
	if (place == 0 || phases->noise <= 0)
		return;
	out->split = most / (phases->noise * sqrt(m * phases->inflation));
	out->split_step = most * m / ((double)place * (m - (double)place));
}

static void measure_unrest(struct trace *t)
{
	struct settling *s = t->out;
	size_t count = phase_length(&s->last);
	AUTO_FREE double *rests = rests_of(t);

	compare_quarters(rests, count, &s->phases, &s->unrest);
	find_split(rests, count, &s->phases, &s->unrest);
	s->unrest.persistence = phases_inflation(rests, count, count / 4);
}

/* From numbers of kept values to indexes of the series. Spikes between two phases belong to the earlier one. */
static void number_phases(const struct trace *t)
{
	struct settling *s = t->out;

	for (size_t i = 0; i < s->phases.count; i++) {
		struct phase *p = &s->phases.items[i];

		p->start = i > 0 ? s->phases.items[i - 1].end : 0;
		p->end = i + 1 < s->phases.count ? t->index[p->end] : t->count;
	}
	s->last.start = s->phases.items[s->first].start;
	s->last.end = t->count;
}

void settling_find(const double *values, size_t count, double threshold, struct settling *out)
{
	struct trace t = { .values = values, .count = count, .threshold = threshold, .out = out };

	memset(out, 0, sizeof(*out));
	out->spikes = mem_new(count, sizeof(bool));
	t.kept = mem_new(count, sizeof(double));
	t.index = mem_new(count, sizeof(size_t));
	outliers_find(values, count, &outlier_defaults, out->spikes);
	find_phases(&t);
	refine_spikes(&t);
	find_phases(&t);
	compare_before(&t);
	measure_unrest(&t);
	out->spike_count = count - t.kept_count;
	number_phases(&t);
	free(t.kept);
	free(t.index);
}

void settling_free(struct settling *s)
{
	phases_free(&s->phases);
	free(s->spikes);
	*s = (struct settling){ 0 };
}
