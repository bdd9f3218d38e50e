#include "analyse/edivisive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/distributions.h"
#include "analyse/stats.h"
#include "base/mem.h"
#include "base/vec.h"

/* Measured: of series without a change, 6 to 730 long, one in 20, 100 and 500 has a best split whose p-value is below
 * 0.05, 0.01 and 0.002 over this many times the length (tests/unit/test_edivisive.c); it is less for short series and
 * where many values are equal. */
#define CHOICES_PER_VALUE (1.0 / 3)

#define BOUND_ROUNDS	60
#define BOUND_PRECISION 1e-6

/* ---- one split ---- */

/* Q of the header. `between` and the two `within` are sums over pairs, each pair once. */
static double divergence(double between, double within_x, double within_y, double n, double m)
{
	double x = n > 1 ? 2 * within_x / (n * (n - 1)) : 0, y = m > 1 ? 2 * within_y / (m * (m - 1)) : 0;

	return n * m / (n + m) * (2 * between / (n * m) - x - y);
}

struct split {
	size_t at, end; /* of z[0 .. at) against z[at .. end); at 0: there is none */
};

/* The best split of z[0 .. count). One pass over all ends k, in each over all splits t below it: pairs[t] holds the sum
 * over the pairs of z[t .. k), from which all else follows; about count^2 / 2 steps. */
static struct split best_split(const double *z, size_t count, size_t min_length)
{
	AUTO_FREE double *pairs = mem_new(count + 1, sizeof(*pairs));
	AUTO_FREE double *from_start = mem_new(count + 1, sizeof(*from_start)); /* of z[0 .. k) */
	struct split best = { 0, 0 };
	double best_q = 0;

	for (size_t k = 1; k <= count; k++) {
		double to_newest = 0;

		for (size_t t = k - 1; t-- > 0;) {
			to_newest += fabs(z[t] - z[k - 1]);
			pairs[t] += to_newest;
		}
		from_start[k] = pairs[0];
		for (size_t t = min_length; t + min_length <= k; t++) {
			double between = from_start[k] - from_start[t] - pairs[t];
			double q = divergence(between, from_start[t], pairs[t], (double)t, (double)(k - t));

			if (q > best_q) {
				best_q = q;
				best = (struct split){ t, k };
			}
		}
	}
	return best;
}

struct place {
	double value;
	size_t at;
};

static int compare_places(const void *a, const void *b)
{
	double x = ((const struct place *)a)->value, y = ((const struct place *)b)->value;

	return (x > y) - (x < y);
}

/* Normal scores of the values, which are put into `scores`. */
static void score(const double *values, size_t count, double *scores)
{
	AUTO_FREE struct place *sorted = mem_new(count + 1, sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct place){ values[i], i };
	qsort(sorted, count, sizeof(*sorted), compare_places);
	for (size_t i = 0, end; i < count; i = end) {
		double rank;

		for (end = i + 1; end < count && sorted[end].value == sorted[i].value; end++)
			;
		rank = (double)(i + end) / 2; /* the mean of i + 1/2 .. end - 1/2 */
		for (size_t j = i; j < end; j++)
			scores[sorted[j].at] = dist_normal_quantile(rank / (double)count);
	}
}

/* The function f of the header at (a, b), with its gradient and second derivatives. */
struct bound {
	double a, b, value;
	double by_a, by_b, by_aa, by_ab, by_bb;
};

static struct bound bound_at(const double *scores, size_t count, double sum, double chosen, double a, double b)
{
	struct bound f = { .a = a, .b = b, .value = -a * sum - b * chosen, .by_a = -sum, .by_b = -chosen };

	for (size_t i = 0; i < count; i++) {
		double s = scores[i], eta = a * s + b, small = exp(-fabs(eta));
		double share = eta > 0 ? 1 / (1 + small) : small / (1 + small), spread = share * (1 - share);

		f.value += log1p(small) + fmax(eta, 0);
		f.by_a += share * s;
		f.by_b += share;
		f.by_aa += spread * s * s;
		f.by_ab += spread * s;
		f.by_bb += spread;
	}
	return f;
}

/* Newton's method on a convex function, with steps that are halved until they lead down. Wherever it stops the bound is
 * one; where the sides do not overlap the minimum is 0, infinitely far away. */
static double least_bound(const double *scores, size_t count, double sum, double chosen)
{
	struct bound f = bound_at(scores, count, sum, chosen, 0, log(chosen / ((double)count - chosen)));

	for (int round = 0; round < BOUND_ROUNDS && f.value > BOUND_PRECISION; round++) {
		double ridge = 1e-12 + 1e-9 * (f.by_aa + f.by_bb);
		double determinant = (f.by_aa + ridge) * (f.by_bb + ridge) - f.by_ab * f.by_ab;
		double step_a = ((f.by_bb + ridge) * f.by_a - f.by_ab * f.by_b) / determinant;
		double step_b = ((f.by_aa + ridge) * f.by_b - f.by_ab * f.by_a) / determinant;
		struct bound next = f;

		for (double share = 1; share > 1e-3; share /= 2) {
			next = bound_at(scores, count, sum, chosen, f.a - share * step_a, f.b - share * step_b);
			if (next.value < f.value)
				break;
		}
		if (!(next.value < f.value - BOUND_PRECISION))
			break;
		f = next;
	}
	return f.value;
}

/* How many ways there are to draw m of n, as a logarithm. */
static double log_ways(double n, double m)
{
	return lgamma(n + 1) - lgamma(m + 1) - lgamma(n - m + 1);
}

double edivisive_split_p(const double *values, size_t from, size_t at, size_t to)
{
	size_t count = to - from, left = at - from, right = to - at, chosen = left < right ? left : right;
	AUTO_FREE double *scores = NULL;
	double f;

	if (at <= from || to <= at)
		return 1;
	scores = mem_new(count + 1, sizeof(*scores));
	score(values + from, count, scores);
	f = least_bound(scores, count, stats_sum(left < right ? scores : scores + left, chosen), (double)chosen);
	return fmin(1, 2 * exp(f - log_ways((double)count, (double)chosen)));
}

double edivisive_choices(size_t count)
{
	return fmax(1, CHOICES_PER_VALUE * (double)count);
}

static double chosen_p(const double *values, size_t from, size_t at, size_t to, size_t choices_of)
{
	return fmin(1, edivisive_split_p(values, from, at, to) * edivisive_choices(choices_of));
}

/* ---- all splits ---- */

struct search {
	const double *values;
	size_t min_length, tests;
	VEC(struct edivisive_split) found;
};

static void split_segment(struct search *s, size_t from, size_t to)
{
	struct split best;
	double *scores, p;

	if (to - from < 2 * s->min_length)
		return;
	s->tests++;
	scores = mem_new(to - from, sizeof(*scores));
	score(s->values + from, to - from, scores);
	best = best_split(scores, to - from, s->min_length);
	free(scores);
	if (!best.at)
		return;
	p = chosen_p(s->values, from, from + best.at, from + best.end, to - from);
	if (p > EDIVISIVE_LEVEL)
		return;
	split_segment(s, from, from + best.at);
	vec_add(&s->found, ((struct edivisive_split){ from + best.at, p }));
	split_segment(s, from + best.at, to);
}

/* The weakest split that is none between its neighbours; found.count: all of them hold. Sets every p. */
static size_t weakest(struct search *s, size_t count)
{
	size_t weakest = s->found.count;
	double worst = EDIVISIVE_LEVEL;

	for (size_t i = 0; i < s->found.count; i++) {
		struct edivisive_split *split = &s->found.items[i];
		size_t from = i ? split[-1].at : 0, to = i + 1 < s->found.count ? split[1].at : count;

		split->p = chosen_p(s->values, from, split->at, to, to - from);
		if (split->p > worst) {
			worst = split->p;
			weakest = i;
		}
	}
	return weakest;
}

/* A split that was found while its neighbours were not yet there may not stand beside them. */
static void drop_weak(struct search *s, size_t count)
{
	size_t at;

	while ((at = weakest(s, count)) < s->found.count) {
		s->found.count--;
		memmove(&s->found.items[at], &s->found.items[at + 1],
			(s->found.count - at) * sizeof(s->found.items[0]));
	}
}

size_t edivisive_find(const double *values, size_t count, size_t min_length, struct edivisive_split **out,
		      size_t *out_tests)
{
	size_t skipped = count > EDIVISIVE_MOST ? count - EDIVISIVE_MOST : 0;
	struct search s = { .values = values + skipped, .min_length = min_length < 1 ? 1 : min_length };

	vec_reserve(&s.found, 1);
	split_segment(&s, 0, count - skipped);
	drop_weak(&s, count - skipped);
	for (size_t i = 0; i < s.found.count; i++)
		s.found.items[i].at += skipped;
	*out = s.found.items;
	*out_tests = s.tests;
	return s.found.count;
}

/* ---- many series ---- */

void discovery_adjust(const double *p, size_t count, size_t of, double *out_adjusted)
{
	size_t tests;
	AUTO_FREE size_t *order = stats_places(p, count, &tests);
	double least = 1;

	for (size_t i = tests; i-- > 0;) {
		least = fmin(least, p[order[i]] * (double)(of > count ? of : count) / (double)(i + 1));
		out_adjusted[order[i]] = least;
	}
}
