/* Simulated iteration times of one process, of each class that warm-up analysis knows.
 *
 * A curve has a noiseless level (relative, as a logarithm), which alone decides what class it truly is; then noise,
 * spikes and a clock are put on it. All is drawn at random; a level that nobody could see in the noise drawn with it is
 * drawn again: its change, taken over all iterations but the first (which alone could be a spike), has to stand
 * CURVE_VISIBLE standard errors above the noise. A level that never settles has to change that much within the last
 * quarter. */
#ifndef LABCTL_TESTS_CURVES_H
#define LABCTL_TESTS_CURVES_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/warmup.h"
#include "draws.h"

#define CURVE_LONGEST 2000
#define CURVE_VISIBLE 8.0
#define CYCLE_VISIBLE 10.0 /* that of a cycle is spread over its places */

struct curve {
	size_t count;
	double level[CURVE_LONGEST];  /* logarithm of the noiseless time, but for the base */
	double values[CURVE_LONGEST]; /* seconds */
	size_t settled;		      /* first index from which the level stays where it ends, within 0.5 % */
	double base;		      /* seconds */
	double noise, memory;	      /* standard deviation relative to the level; correlation of neighbours */
	double spike_rate, spike_most, tick;
	bool skewed;
	const char *kind; /* which of the shapes of its class */
	size_t period;	  /* of a cycle */
	double swing;	  /* of a cycle, relative */
	double strength;  /* of a cycle: sum of its squares about its mean */
};

static inline void curve_conditions(struct curve *c, struct rng *r)
{
	memset(c, 0, sizeof(*c));
	c->count = (size_t)draw_scale(r, 50, 2001);
	c->base = draw_scale(r, 2e-6, 2);
	c->noise = draw_between(r, 0.005, 0.05);
	c->memory = draw_between(r, 0, 0.3);
	c->spike_rate = rng_index(r, 4) == 0 ? 0 : draw_between(r, 0.01, 0.03);
	c->spike_most = draw_scale(r, 1.5, 10);
	c->skewed = rng_index(r, 3) == 0;
	c->tick = rng_index(r, 5) == 0 ? c->base * c->noise * draw_between(r, 0.1, 1) : 0;
}

/* A fraction of the iterations, at least `least`. */
static inline size_t curve_place(const struct curve *c, struct rng *r, double low, double high, size_t least)
{
	size_t place = (size_t)(draw_between(r, low, high) * (double)c->count);

	return place < least ? least : place;
}

static inline void curve_raise(struct curve *c, size_t from, size_t to, double by)
{
	for (size_t i = from; i < to && i < c->count; i++)
		c->level[i] += by;
}

/* Falls from `by` in `steps` steps of different heights and lengths, the last of which ends before `end`. */
static inline void curve_steps(struct curve *c, struct rng *r, size_t end, size_t steps, double by)
{
	double left = by;

	for (size_t s = 0; s < steps; s++) {
		double part = s + 1 == steps ? left : left * draw_between(r, 0.2, 0.8);
		size_t to = s == 0 ? end : (size_t)((double)end * draw_between(r, 0.1, 0.9)) + 1;

		curve_raise(c, 0, to, part);
		left -= part;
	}
}

/* Falls from `by` exponentially, and is within 0.3 % of its end at `end`. */
static inline void curve_decay(struct curve *c, size_t end, double by)
{
	double pace = log(fabs(by) / 0.003) / (double)end;

	for (size_t i = 0; i < c->count; i++)
		c->level[i] += by * exp(-pace * (double)i);
}

static inline void curve_ramp(struct curve *c, size_t from, size_t to, double by)
{
	for (size_t i = from; i < c->count; i++)
		c->level[i] += i >= to ? by : by * (double)(i - from) / (double)(to - from);
}

static inline void curve_warm(struct curve *c, struct rng *r)
{
	size_t end = (size_t)draw_scale(r, 2, 0.6 * (double)c->count);
	double by = log(draw_scale(r, 1.05, 10));

	switch (rng_index(r, 4)) {
	case 0:
		c->kind = "one step";
		curve_steps(c, r, end, 1, by);
		break;
	case 1:
		c->kind = "several steps";
		curve_steps(c, r, end, 2 + rng_index(r, 3), by);
		break;
	case 2:
		c->kind = "decay";
		curve_decay(c, end, by);
		break;
	default:
		c->kind = "decay to a step";
		curve_decay(c, end, by);
		curve_raise(c, 0, 1 + end / 2, log(draw_between(r, 1.05, 1.5)));
		break;
	}
}

static inline void curve_slow(struct curve *c, struct rng *r)
{
	double by = log(draw_between(r, 1.05, 1.5));
	size_t from = curve_place(c, r, 0.05, 0.5, 5);

	switch (rng_index(r, 4)) {
	case 0:
		c->kind = "one step up";
		curve_raise(c, from, c->count, by);
		break;
	case 1:
		c->kind = "two steps up";
		curve_raise(c, from, c->count, by / 2);
		curve_raise(c, curve_place(c, r, 0.05, 0.6, 5), c->count, by / 2);
		break;
	case 2:
		c->kind = "ramp up";
		curve_ramp(c, from, from + curve_place(c, r, 0.02, 0.1, 2), by);
		break;
	default:
		c->kind = "warm-up, then up";
		curve_raise(c, 0, (size_t)draw_scale(r, 2, 0.5 * (double)from + 2), log(draw_scale(r, 1.5, 5)));
		curve_raise(c, from, c->count, by);
		break;
	}
}

/* The cycle comes over whatever level there is. */
static inline void curve_cycle(struct curve *c, struct rng *r)
{
	static const char *const kinds[] = { "square", "sine", "saw", "one in a period", "any pattern", "wavering" };
	size_t longest = c->count / 8 < 20 ? c->count / 8 : 20, kind = rng_index(r, COUNT_OF(kinds));
	double pattern[20], low = 1, high = 0, length, at = 0, mean = 0;

	c->period = 2 + rng_index(r, longest - 1);
	c->swing = c->noise * draw_scale(r, 3, 20);
	c->kind = kinds[kind];
	for (size_t p = 0; p < c->period; p++) {
		double turn = (double)p / (double)c->period;

		pattern[p] = kind == 0	 ? turn >= 0.5
			     : kind == 1 ? 0.5 + 0.5 * cos(2 * M_PI * turn)
			     : kind == 2 ? turn
			     : kind == 4 ? draw_between(r, 0, 1)
					 : p == 0;
		low = fmin(low, pattern[p]);
		high = fmax(high, pattern[p]);
	}
	length = (double)c->period - ((kind == 1 || kind == 3) && c->period > 2 ? draw_between(r, 0, 0.9) : 0);
	for (size_t i = 0; i < c->count; i++) {
		double value = kind == 1 ? 0.5 + 0.5 * cos(2 * M_PI * at / length)
					 : (pattern[(size_t)at] - low) / (high - low);

		c->level[i] += c->swing * value;
		at += 1;
		if (at >= length)
			at -= length;
		if (kind == 5 && (size_t)at == c->period / 2 && rng_index(r, 20) == 0 && c->period > 4)
			at += rng_index(r, 2) == 0 ? 1 : -1;
	}
	for (size_t i = 0; i < c->count; i++)
		mean += c->level[i] / (double)c->count;
	for (size_t i = 0; i < c->count; i++)
		c->strength += pow(c->level[i] - mean, 2);
	if (rng_index(r, 3) == 0)
		curve_raise(c, 0, curve_place(c, r, 0, 0.3, 2), log(draw_scale(r, 1.1, 4)));
}

static inline void curve_unsettled(struct curve *c, struct rng *r)
{
	double by = log(draw_between(r, 1.05, 1.5)) * (rng_index(r, 2) == 0 ? 1 : -1), walk;
	size_t up = 0, next = 0;

	switch (rng_index(r, 5)) {
	case 0:
		c->kind = "late step";
		curve_raise(c, (size_t)(draw_between(r, 0.8, 0.95) * (double)(c->count - 6)), c->count, by);
		break;
	case 1:
		c->kind = "drift";
		curve_ramp(c, 0, c->count, 2 * by);
		break;
	case 2:
		c->kind = "random walk";
		walk = draw_between(r, 0.1, 1) / sqrt((double)c->count);
		for (size_t i = 1; i < c->count; i++)
			c->level[i] = c->level[i - 1] + walk * rng_normal(r);
		break;
	case 3:
		c->kind = "two levels";
		for (size_t i = 0; i < c->count; i++) {
			if (i >= next) {
				up ^= 1;
				next = i + 6 + (size_t)(draw_scale(r, 0.02, 0.2) * (double)c->count);
			}
			c->level[i] = up ? by : 0;
		}
		break;
	default:
		c->kind = "warm-up without end";
		walk = draw_between(r, 0.3, 1) * (double)c->count;
		for (size_t i = 0; i < c->count; i++)
			c->level[i] += 4 * fabs(by) * exp(-(double)i / walk);
		break;
	}
}

/* Standard errors by which the level lies above (sign 1), below (-1) or on either side (0) of `about` in [from, to). */
static inline double curve_contrast(const struct curve *c, size_t from, size_t to, double about, int sign)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		if (sign * (c->level[i] - about) >= 0)
			sum += pow(c->level[i] - about, 2);
	return sqrt(sum * (1 - c->memory) / (1 + c->memory)) / c->noise;
}

/* Standard errors by which the level after some place in [from, to) differs from that before it: of the best place. */
static inline double curve_split(const struct curve *c, size_t from, size_t to)
{
	double all = 0, before = 0, best = 0;

	for (size_t i = from; i < to; i++)
		all += c->level[i];
	for (size_t i = from; i + 1 < to; i++) {
		double m = (double)(i + 1 - from), k = (double)(to - i - 1);

		before += c->level[i];
		best = fmax(best, fabs(before / m - (all - before) / k) * sqrt(m * k / (m + k)));
	}
	return best * sqrt((1 - c->memory) / (1 + c->memory)) / c->noise;
}

static inline bool curve_is_visible(struct curve *c, enum warmup_class truth)
{
	size_t last = c->count - c->count / 4;
	double low = INFINITY, high = -INFINITY, end = c->level[c->count - 1];

	for (c->settled = c->count; c->settled > 0 && fabs(c->level[c->settled - 1] - end) <= 0.005;)
		c->settled--;
	for (size_t i = last; i < c->count; i++) {
		low = fmin(low, c->level[i]);
		high = fmax(high, c->level[i]);
	}
	if (truth == WARMUP_FLAT)
		return true;
	if (truth == WARMUP_CYCLIC)
		return sqrt(c->strength * (1 - c->memory) / (1 + c->memory)) / c->noise >= CYCLE_VISIBLE;
	if (truth == WARMUP_UNSETTLED)
		return c->settled > c->count - c->count / 5 && high - low >= 0.03 &&
		       curve_split(c, last, c->count) >= CURVE_VISIBLE;
	return curve_contrast(c, 1, c->settled, end, truth == WARMUP_WARMUP ? 1 : -1) *
		       sqrt(1 - (double)c->settled / (double)c->count) >=
	       CURVE_VISIBLE;
}

static inline void curve_finish(struct curve *c, struct rng *r)
{
	double kept = 0, fresh = sqrt(1 - c->memory * c->memory);

	for (size_t i = 0; i < c->count; i++) {
		double shock = c->skewed ? -log(1 - draw_between(r, 0, 1)) - 1 : rng_normal(r);
		double value;

		kept = c->memory * kept + fresh * shock;
		value = c->base * exp(c->level[i] + c->noise * kept);
		if (draw_between(r, 0, 1) < c->spike_rate)
			value *= draw_between(r, 1 + 5 * c->noise, fmax(c->spike_most, 1.5));
		if (c->tick > 0)
			value = c->tick * fmax(1, rint(value / c->tick));
		c->values[i] = value;
	}
}

static inline void curve_draw(struct curve *c, enum warmup_class truth, struct rng *r)
{
	do {
		curve_conditions(c, r);
		c->kind = "flat";
		if (truth == WARMUP_WARMUP)
			curve_warm(c, r);
		else if (truth == WARMUP_SLOWDOWN)
			curve_slow(c, r);
		else if (truth == WARMUP_CYCLIC)
			curve_cycle(c, r);
		else if (truth == WARMUP_UNSETTLED)
			curve_unsettled(c, r);
	} while (!curve_is_visible(c, truth));
	curve_finish(c, r);
}

#endif
