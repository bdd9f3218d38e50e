#include "analyse/growth.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "analyse/slope.h"
#include "base/mem.h"

#define STRETCHES	64 /* whose medians stand for the samples of a process */
#define QUARTERS	4
#define SIGN_TEST_LEAST 6    /* processes: with fewer their extremes cover the median with less than 95 % */
#define SIGN_TEST_MOST	1000 /* with more the chance of no head at all is no number any more */
#define SINGLE_STEP	0.8  /* of the rise between two neighbouring quarters: a step */
#define PARTED_STEP	0.9  /* of the rise over two of them: a step in the middle of a quarter */
#define SLOWED		0.5  /* pace of the last quarter of the time / of the second one */
#define STRAIGHT	0.8  /* last rise within the judged part / first rise */

const struct growth_rule growth_defaults = { .threshold = 0.01, .late_share = 0.5, .min_samples = 8 };

const struct growth_word growth_words[GROWTH_VERDICT_COUNT] = {
	[GROWTH_NO] = { "no", "memory does not grow once the process is under way" },
	[GROWTH_YES] = { "yes", "memory grows and does not stop: it looks like a leak" },
	[GROWTH_UNDECIDED] = { "undecided", "too few samples, or growth that may come to an end" },
};

/* Of one process, or of several. */
struct shape {
	double rises[QUARTERS - 1]; /* between the quarters of the judged part, relative to the level */
	double early, late;	    /* rise in the second and in the last quarter of the whole time */
};

struct interval {
	double value, low, high;
};

struct judged {
	struct interval slope, growth;
	double level;
	struct shape shape;
};

static int check(const struct growth_series *s, size_t number, struct err *e)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!isfinite(s->at[i]) || !isfinite(s->bytes[i]) || s->bytes[i] <= 0)
			return err_set(e, ERR_FORMAT,
				       "memory sample %zu of process %zu is no number of bytes at a time", i, number);
		if (i > 0 && s->at[i] < s->at[i - 1])
			return err_set(e, ERR_FORMAT, "memory sample %zu of process %zu is older than the one before",
				       i, number);
	}
	return 0;
}

/* First sample at or after a share of the time. */
static size_t sample_at(const struct growth_series *s, double share)
{
	double from = s->at[0] + share * (s->at[s->count - 1] - s->at[0]);
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->at[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Median between two shares of the time; NAN where there is no sample. */
static double level_between(const struct growth_series *s, double low, double high)
{
	size_t from = sample_at(s, low), to = high < 1 ? sample_at(s, high) : s->count;

	return from < to ? order_median_of(&s->bytes[from], to - from) : NAN;
}

static struct slope slope_of(const struct growth_series *s, size_t from)
{
	size_t left = s->count - from, places = left < STRETCHES ? left : STRETCHES;
	double x[STRETCHES], y[STRETCHES];

	for (size_t i = 0; i < places; i++) {
		size_t start = from + i * left / places, end = from + (i + 1) * left / places;

		x[i] = order_median_of(&s->at[start], end - start);
		y[i] = order_median_of(&s->bytes[start], end - start);
	}
	return slope_find(x, y, places);
}

static struct shape shape_of(const struct growth_series *s, double late_share, double level)
{
	double width = late_share / QUARTERS, before = NAN;
	struct shape out;

	for (int q = 0; q < QUARTERS; q++) {
		double start = 1 - late_share + q * width;
		double here = level_between(s, start, q + 1 < QUARTERS ? start + width : 1);

		if (q > 0)
			out.rises[q - 1] = (here - before) / level;
		before = here;
	}
	out.early = (level_between(s, 0.375, 0.5) - level_between(s, 0.25, 0.375)) / level;
	out.late = (level_between(s, 0.875, 1) - level_between(s, 0.75, 0.875)) / level;
	return out;
}

/* Returns whether there are enough samples. */
static bool judge_process(const struct growth_series *s, const struct growth_rule *rule, struct judged *out)
{
	size_t from = s->count > 0 ? sample_at(s, 1 - rule->late_share) : 0;
	double time;
	struct slope slope;

	if (s->count < from + rule->min_samples || s->count < from + 3 || s->at[from] >= s->at[s->count - 1])
		return false;
	time = s->at[s->count - 1] - s->at[from];
	slope = slope_of(s, from);
	out->level = order_median_of(&s->bytes[from], s->count - from);
	out->slope = (struct interval){ slope.value, slope.low, slope.high };
	out->growth = (struct interval){ slope.value * time / out->level, slope.low * time / out->level,
					 slope.high * time / out->level };
	out->shape = shape_of(s, rule->late_share, out->level);
	return true;
}

/* The largest rank k from 0 so that the k-th of n values from either end cover the median with at least 95 %:
 * the chance of k or fewer heads in n throws is at most 2.5 %. */
static size_t sign_test_rank(size_t n)
{
	const double half_width = 0.98; /* of a Normal 95 % interval, in units of √n */
	double chance = pow(0.5, (double)n), sum = chance;
	size_t k = 0;

	if (n > SIGN_TEST_MOST)
		return (size_t)((double)n / 2 - half_width * sqrt((double)n)) - 1;
	while (sum + chance * (double)(n - k) / (double)(k + 1) <= 0.025) {
		chance *= (double)(n - k) / (double)(k + 1);
		sum += chance;
		k++;
	}
	return k;
}

/* One interval of a figure from those of all processes; `of` is the offset of the figure. */
static struct interval join(const struct judged *judged, size_t count, size_t of)
{
	AUTO_FREE double *values = mem_new(count, sizeof(*values));
	struct interval out = { 0, INFINITY, -INFINITY };
	size_t rank;

	for (size_t i = 0; i < count; i++) {
		const struct interval *one = (const void *)((const char *)&judged[i] + of);

		values[i] = one->value;
		out.low = fmin(out.low, one->low);
		out.high = fmax(out.high, one->high);
	}
	qsort(values, count, sizeof(values[0]), order_compare);
	if (count >= SIGN_TEST_LEAST) {
		rank = sign_test_rank(count);
		out.low = values[rank];
		out.high = values[count - 1 - rank];
	}
	out.value = order_median(values, count);
	return out;
}

static struct shape join_shapes(const struct judged *judged, size_t count)
{
	struct shape out = { 0 };

	for (size_t i = 0; i < count; i++) {
		for (int q = 0; q < QUARTERS - 1; q++)
			out.rises[q] += judged[i].shape.rises[q];
		out.early += judged[i].shape.early;
		out.late += judged[i].shape.late;
	}
	return out;
}

/* What speaks against growth that goes on; NULL: nothing. Comparisons with NAN, of empty quarters, do not. */
static const char *doubt_about(const struct shape *s)
{
	double total = 0, one = 0, two = 0;

	for (int q = 0; q < QUARTERS - 1; q++) {
		total += s->rises[q];
		one = fmax(one, s->rises[q]);
		two = q > 0 ? fmax(two, s->rises[q] + s->rises[q - 1]) : 0;
	}
	if (one > SINGLE_STEP * total || two > PARTED_STEP * total)
		return "most of the growth came in one step";
	if (s->late < SLOWED * s->early && s->rises[QUARTERS - 2] < STRAIGHT * s->rises[0])
		return "the growth slows down";
	return NULL;
}

static void decide(const struct judged *judged, size_t count, const struct growth_rule *rule, struct growth *out)
{
	struct shape shape = join_shapes(judged, count);

	out->verdict = GROWTH_UNDECIDED;
	if (out->growth_high < rule->threshold)
		out->verdict = GROWTH_NO;
	else if (out->growth_low <= rule->threshold)
		out->why = "the interval of the growth covers the threshold";
	else if ((out->why = doubt_about(&shape)) == NULL)
		out->verdict = GROWTH_YES;
}

static void fill(const struct judged *judged, size_t count, struct growth *out)
{
	struct interval slope = join(judged, count, offsetof(struct judged, slope));
	struct interval growth = join(judged, count, offsetof(struct judged, growth));
	AUTO_FREE double *levels = mem_new(count, sizeof(*levels));

	for (size_t i = 0; i < count; i++)
		levels[i] = judged[i].level;
	out->level_bytes = order_median(levels, count);
	out->slope = slope.value;
	out->slope_low = slope.low;
	out->slope_high = slope.high;
	out->growth = growth.value;
	out->growth_low = growth.low;
	out->growth_high = growth.high;
}

int growth_judge(const struct growth_series *series, size_t count, const struct growth_rule *rule, struct growth *out,
		 struct err *e)
{
	AUTO_FREE struct judged *judged = mem_new(count + 1, sizeof(*judged));

	*out = (struct growth){ .verdict = GROWTH_UNDECIDED, .why = "too few samples" };
	out->level_bytes = out->slope = out->slope_low = out->slope_high = NAN;
	out->growth = out->growth_low = out->growth_high = NAN;
	for (size_t i = 0; i < count; i++) {
		if (check(&series[i], i, e) != 0)
			return -1;
		out->processes += judge_process(&series[i], rule, &judged[out->processes]);
	}
	if (out->processes == 0)
		return 0;
	out->why = NULL;
	fill(judged, out->processes, out);
	decide(judged, out->processes, rule, out);
	return 0;
}
