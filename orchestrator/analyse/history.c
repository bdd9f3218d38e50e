#include "analyse/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/edivisive.h"
#include "analyse/stats.h"
#include "base/mem.h"
#include "base/vec.h"

const char *history_metric_key(enum history_metric m)
{
	static const char *const keys[HISTORY_METRIC_COUNT] = { "time", "memory", "failures", "pass-rate", "verdict" };

	return keys[m];
}

/* A change that may be one, until all series are adjusted together. */
struct candidate {
	size_t series;
	struct history_change change; /* `at` in values, not in points */
};

/* The points of a series that have a value. */
struct known_values {
	double *values; /* in which changes are looked for */
	size_t *points; /* where each stands */
	size_t count;
};

struct candidates {
	VEC(struct candidate) list;
	size_t tests;
};

static bool is_relative(enum history_metric m)
{
	return m == HISTORY_TIME || m == HISTORY_MEMORY;
}

static struct known_values known_values_of(const struct history_series *s)
{
	struct known_values v = { mem_new(s->count + 1, sizeof(double)), mem_new(s->count + 1, sizeof(size_t)), 0 };

	for (size_t i = 0; i < s->count; i++) {
		double value = s->points[i].value;

		if (!isfinite(value) || (is_relative(s->metric) && value <= 0))
			continue;
		v.values[v.count] = is_relative(s->metric) ? log(value) : value;
		v.points[v.count++] = i;
	}
	return v;
}

static void known_values_free(struct known_values *v)
{
	free(v->values);
	free(v->points);
}

static bool is_worse(const struct history_series *s, double before, double after)
{
	bool higher_is_better =
		s->metric == HISTORY_PASS_RATE || (s->metric == HISTORY_TIME && s->better == BENCH_BETTER_HIGHER);

	return higher_is_better ? after < before : after > before;
}

/* ---- places ---- */

/* Where between two neighbours two levels fit best: the largest sum of squares between them. */
static size_t best_place(const double *values, size_t from, size_t to, size_t otherwise)
{
	double total = stats_sum(values + from, to - from), left = 0, best = -1;
	size_t best_at = otherwise;

	for (size_t at = from + 1; at < to; at++) {
		double n = (double)(at - from), m = (double)(to - at), gap, between;

		left += values[at - 1];
		gap = left / n - (total - left) / m;
		between = n * m / (n + m) * gap * gap;
		if (between > best) {
			best = between;
			best_at = at;
		}
	}
	return best_at;
}

static void add_candidate(struct candidates *c, size_t series, size_t at, double p, bool pending)
{
	vec_add(&c->list, ((struct candidate){ series, { .at = at, .p = p, .adjusted_p = p, .pending = pending } }));
}

/* ---- the newest points ---- */

/* +1 above the level and all its values, -1 below, 0 near it. */
static int side_of(double value, const double *level, size_t count)
{
	AUTO_FREE double *sorted = stats_sorted(level, count);
	double middle = stats_quantile_sorted(sorted, count, 0.5);
	double far = HISTORY_FAR * 1.4826 * stats_median_distance(level, count);

	if (value > sorted[count - 1] && value - middle > far)
		return 1;
	return value < sorted[0] && middle - value > far ? -1 : 0;
}

/* How many of the newest points, at most HISTORY_CONFIRM - 1, lie off the level before them, on one side; 0: none. */
static size_t newest_off(const double *values, size_t from, size_t count)
{
	size_t level_count = count - from - (HISTORY_CONFIRM - 1), off = 0;
	int side;

	if (count - from < 2 * HISTORY_CONFIRM)
		return 0;
	side = side_of(values[count - 1], values + from, level_count);
	while (side && off < HISTORY_CONFIRM - 1 &&
	       side_of(values[count - 1 - off], values + from, level_count) == side)
		off++;
	return off;
}

/* ---- one series ---- */

static void find_in_numbers(const struct known_values *v, size_t series, struct candidates *out)
{
	AUTO_FREE struct edivisive_split *splits = NULL;
	size_t tests, count = edivisive_find(v->values, v->count, EDIVISIVE_MIN_LENGTH, &splits, &tests);
	size_t from = 0, off;

	out->tests += tests;
	for (size_t i = 0; i < count; i++) {
		size_t to = i + 1 < count ? splits[i + 1].at : v->count;
		size_t at = best_place(v->values, from, to, splits[i].at);

		add_candidate(out, series, at, splits[i].p, v->count - at < HISTORY_CONFIRM);
		from = at;
	}
	off = newest_off(v->values, from, v->count);
	if (off)
		add_candidate(out, series, v->count - off, NAN, true);
}

static void find_in_verdicts(const struct known_values *v, size_t series, struct candidates *out)
{
	for (size_t i = 1; i < v->count; i++)
		if (v->values[i] != v->values[i - 1])
			add_candidate(out, series, i, NAN, v->count - i < HISTORY_CONFIRM);
}

/* ---- all series ---- */

static void adjust(struct candidates *c)
{
	AUTO_FREE double *p = mem_new(c->list.count + 1, sizeof(*p));
	AUTO_FREE double *adjusted = mem_new(c->list.count + 1, sizeof(*adjusted));
	size_t tested = 0;

	for (size_t i = 0; i < c->list.count; i++)
		if (!isnan(c->list.items[i].change.p))
			p[tested++] = c->list.items[i].change.p;
	discovery_adjust(p, tested, c->tests, adjusted);
	tested = 0;
	for (size_t i = 0; i < c->list.count; i++)
		if (!isnan(c->list.items[i].change.p))
			c->list.items[i].change.adjusted_p = adjusted[tested++];
}

/* Means of the points themselves, not of their logarithms. */
static double level_between(const struct history_series *s, const struct known_values *v, size_t from, size_t to)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += s->points[v->points[i]].value;
	return to > from ? sum / (double)(to - from) : NAN;
}

static void fill_levels(struct history_series *s, const struct known_values *v)
{
	for (size_t i = 0; i < s->change_count; i++) {
		struct history_change *change = &s->changes[i];
		size_t from = i ? change[-1].at : 0, to = i + 1 < s->change_count ? change[1].at : v->count;

		change->before = level_between(s, v, from, change->at);
		change->after = level_between(s, v, change->at, to);
		change->worse = is_worse(s, change->before, change->after);
	}
	for (size_t i = 0; i < s->change_count; i++)
		s->changes[i].at = v->points[s->changes[i].at];
}

/* The candidates of one series, which lie together, that are findings. */
static void keep_findings(struct history *h, struct history_series *s, const struct known_values *v,
			  const struct candidate *candidates, size_t count, double q)
{
	s->changes = arena_items(h->arena, count + 1, sizeof(*s->changes));
	s->change_count = 0;
	for (size_t i = 0; i < count; i++)
		if (isnan(candidates[i].change.p) || candidates[i].change.adjusted_p <= q)
			s->changes[s->change_count++] = candidates[i].change;
	fill_levels(s, v);
}

void history_judge(struct history *h, double q)
{
	AUTO_FREE struct known_values *values = mem_new(h->count + 1, sizeof(*values));
	struct candidates c = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < h->count; i++) {
		const struct history_series *s = &h->series[i];

		values[i] = known_values_of(s);
		if (s->metric == HISTORY_VERDICT && !s->flaky.is_flaky)
			find_in_verdicts(&values[i], i, &c);
		else
			find_in_numbers(&values[i], i, &c);
	}
	adjust(&c);
	h->tests_made = c.tests;
	for (size_t i = 0; i < h->count; i++) {
		size_t first = at;

		while (at < c.list.count && c.list.items[at].series == i)
			at++;
		keep_findings(h, &h->series[i], &values[i], c.list.items + first, at - first, q);
		known_values_free(&values[i]);
	}
	vec_free(&c.list);
}

double history_level(const struct history_series *s)
{
	size_t from = 0, count = 0;
	double sum = 0;

	for (size_t i = 0; i < s->change_count; i++)
		if (!s->changes[i].pending)
			from = s->changes[i].at;
	for (size_t i = from; i < s->count; i++)
		if (isfinite(s->points[i].value)) {
			sum += s->points[i].value;
			count++;
		}
	return count ? sum / (double)count : NAN;
}

void history_free(struct history *h)
{
	arena_free(h->arena);
	*h = (struct history){ 0 };
}
