#include "analyse/cycles.h"

#include <math.h>
#include <string.h>

#include "analyse/cycle_layout.h"
#include "base/vec.h"

#define PERIOD_STEP                                                                                                    \
	(1 + 1.0 / (4 * LAYOUT_STRETCH_CYCLES)) /* to the next period: a quarter of a cycle over a stretch */
#define LEAST_QUOTIENT 2.5			/* of variances, for a cycle that matters */
#define NEARLY	       0.75 /* share of the best score that a shorter period must have to be preferred */
#define NEIGHBOURS     2    /* steps of period that are near */
#define PROMISING      1.5  /* a score from which other borders of the places are tried */

/* Sums of squares between and within places of the cycle, and their degrees of freedom. */
struct variance {
	double between, within;
	double between_freedom, within_freedom;
	double neighbours; /* products of neighbours within places */
};

/* The whole numbers from 2 on, then the others. */
struct tried {
	struct cycle *items;
	size_t count, room;
	double whole[CYCLE_LONGEST + 1]; /* scores over the whole series, by period */
};

struct sums {
	double sum[CYCLE_LONGEST + 1], times[CYCLE_LONGEST + 1];
};

static void add_up(const struct layout *l, const double *values, size_t count, struct sums *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count; i++) {
		out->sum[l->place[i]] += values[i];
		out->times[l->place[i]]++;
	}
}

static void add_variance(const struct layout *l, const double *values, size_t count, struct variance *v)
{
	double all = 0, places = 0, used = 0, before = 0;
	struct sums s;

	add_up(l, values, count, &s);
	for (size_t p = 0; p < l->places; p++) {
		if (s.times[p] <= 0)
			continue;
		places += s.sum[p] * s.sum[p] / s.times[p];
		all += s.sum[p];
		used++;
	}
	for (size_t i = 0; i < count; i++) {
		double rest = values[i] - s.sum[l->place[i]] / s.times[l->place[i]];

		v->within += rest * rest;
		v->neighbours += rest * before;
		before = rest;
	}
	v->between += places - all * all / (double)count;
	v->between_freedom += used - 1;
	v->within_freedom += (double)count - used;
}

/* The share of the variance of independent values that detrending leaves. It takes nothing from a cycle. */
static double left_by_detrending(const struct layout *l)
{
	double p = (double)l->places;

	return l->places % 2 == 1 ? 1 - 1 / p : 1 - 1 / p - 0.5 / (p * p);
}

/* Paulson 1942: the cube root of F is nearly Normal. Values within a place that hang together count for fewer. 0 where
 * the quotient is too small to matter. */
static double score_of(const struct layout *l, const struct variance *v)
{
	double quotient, root, alike, a, b;

	if (v->between_freedom <= 0 || v->within_freedom <= 0 || v->between <= 0)
		return 0;
	if (v->within <= 1e-12 * v->between)
		return INFINITY;
	quotient = v->between / v->between_freedom / (v->within / v->within_freedom) * left_by_detrending(l);
	if (quotient < LEAST_QUOTIENT)
		return 0;
	alike = fmax(v->neighbours / v->within, 0);
	a = 2 / (9 * fmax(v->between_freedom * (1 - alike) / (1 + alike), 2));
	b = 2 / (9 * fmax(v->within_freedom * (1 - alike) / (1 + alike), 2));
	root = cbrt(quotient);
	return ((1 - b) * root - (1 - a)) / sqrt(b * root * root + a);
}

static double whole_score(const struct layout *l)
{
	struct variance v = { 0 };

	add_variance(l, l->rest, l->count, &v);
	return score_of(l, &v);
}

static double stretch_score(const struct layout *l)
{
	struct variance v = { 0 };

	for (size_t s = 0; s < l->stretches; s++)
		add_variance(l, &l->rest[layout_start(l, s)], layout_start(l, s + 1) - layout_start(l, s), &v);
	return score_of(l, &v);
}

/* Largest minus smallest mean over a place of the cycle; of stretches the mean. */
static double swing_of(const struct layout *l)
{
	double swing = 0;

	for (size_t stretch = 0; stretch < l->stretches; stretch++) {
		size_t start = layout_start(l, stretch);
		double low = INFINITY, high = -INFINITY;
		struct sums s;

		add_up(l, &l->rest[start], layout_start(l, stretch + 1) - start, &s);
		for (size_t p = 0; p < l->places; p++) {
			if (s.times[p] <= 0)
				continue;
			low = fmin(low, s.sum[p] / s.times[p]);
			high = fmax(high, s.sum[p] / s.times[p]);
		}
		swing += (high - low) / (double)l->stretches;
	}
	return swing;
}

static struct cycle try_period(struct layout *l, const double *values, size_t count, double period, double shift)
{
	double score;

	layout_fill(l, values, count, period, shift);
	layout_limit(l);
	score = stretch_score(l);
	return (struct cycle){ period, score, score > 0 ? swing_of(l) : 0 };
}

/* Of a whole number: it may also hold for the whole series. */
static struct cycle try_whole(struct layout *l, const double *values, size_t count, size_t period, double *out_score)
{
	struct cycle c = try_period(l, values, count, (double)period, 0);

	*out_score = whole_score(l);
	if (*out_score > c.score)
		c = (struct cycle){ c.period, *out_score, swing_of(l) };
	return c;
}

static struct cycle better_of(struct cycle a, struct cycle b)
{
	return b.score > a.score ? b : a;
}

static void try_periods(struct layout *l, const double *values, size_t count, struct tried *tried)
{
	double longest = fmin(CYCLE_LONGEST, (double)count / CYCLE_MIN_CYCLES);

	for (size_t period = 2; (double)period <= longest; period++)
		vec_add(tried, try_whole(l, values, count, period, &tried->whole[period]));
	for (double period = 2 * PERIOD_STEP; period <= longest; period *= PERIOD_STEP) {
		struct cycle one = try_period(l, values, count, period, 0);

		for (int third = 1; third < 3 && one.score > PROMISING; third++)
			one = better_of(one, try_period(l, values, count, period, third / 3.0));
		vec_add(tried, one);
	}
}

static struct cycle best_near(const struct tried *tried, double period, double slack)
{
	struct cycle best = { 0 };

	for (size_t i = 0; i < tried->count; i++)
		if (fabs(tried->items[i].period / period - 1) <= slack)
			best = better_of(best, tried->items[i]);
	return best;
}

/* What repeats every 4 iterations repeats every 8 as well: takes the shortest period that explains about as much. */
static struct cycle shortest(const struct tried *tried, struct cycle best)
{
	for (int parts = (int)best.period / 2; parts > 1; parts--) {
		struct cycle part = best_near(tried, best.period / parts, PERIOD_STEP - 1);

		if (part.score >= NEARLY * best.score)
			return part;
	}
	return best;
}

/* A neighbour that is a whole number, when that holds from one end of the series to the other: no other would. */
static struct cycle round_period(const struct tried *tried, struct cycle best, double least_score)
{
	size_t whole = (size_t)lround(best.period);
	bool is_near = fabs((double)whole / best.period - 1) <= NEIGHBOURS * (PERIOD_STEP - 1);

	if (!is_near || whole < 2 || whole > CYCLE_LONGEST || tried->whole[whole] <= least_score)
		return best;
	return tried->items[whole - 2];
}

struct cycle cycles_find(const double *values, size_t count, double least_score)
{
	struct tried tried = { 0 };
	struct layout l;
	struct cycle best;

	layout_new(&l, count);
	try_periods(&l, values, count, &tried);
	layout_free(&l);
	best = best_near(&tried, 1, INFINITY);
	if (best.score > least_score)
		best = round_period(&tried, shortest(&tried, best), least_score);
	vec_free(&tried);
	return best.score > least_score ? best : (struct cycle){ 0 };
}
