#include "analyse/changepoints.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "base/vec.h"

#define FLOOR_OF_NOISE 0.25
#define FLOOR_OF_TICK  0.2887	/* 1/√12: standard deviation of what rounding to a whole number takes away */
#define FLOOR_OF_RANGE 1e-5	/* beyond that differences of sums have no digits left */
#define GRID	       262144.0 /* steps per unit of the values: those that are the same but for a factor become equal */
#define SLACK	       1e-7	/* rounding of a cost: a bound must exceed the best by more */

const struct changepoint_rule changepoint_defaults = { CHANGEPOINT_PENALTY, CHANGEPOINT_MIN_LENGTH };

/* A place where the last segment may begin. */
struct start {
	size_t at;
	double total; /* best total before it, plus the cost from it up to its group's `seen` */
};

/* Starting points that were last looked at in the same place; starts[first … first + count), by rising total. */
struct group {
	size_t first, count;
	size_t seen;
	size_t looks; /* starting points looked at since */
};

struct search {
	size_t count, min_length;
	double penalty;		/* of one change */
	double *sums, *squares; /* of the values before each index */
	double *best;		/* smallest total of the values before each index */
	size_t *last;		/* where its last segment begins */
	VEC(struct start) starts;
	VEC(struct group) groups;
};

double changepoints_noise(const double *values, size_t count)
{
	AUTO_FREE double *steps = mem_new(count + 1, sizeof(*steps));
	double squares = 0, median;

	if (count < 2)
		return 0;
	for (size_t i = 0; i + 1 < count; i++) {
		steps[i] = fabs(values[i + 1] - values[i]);
		squares += steps[i] * steps[i] / (double)(count - 1);
	}
	median = order_median(steps, count - 1);
	return (median > 0 ? 1.4826 * median : sqrt(squares)) / M_SQRT2;
}

static double cost(const struct search *s, size_t from, size_t to)
{
	double m = (double)(to - from), sum = s->sums[to] - s->sums[from];
	double squares = fmax(s->squares[to] - s->squares[from] - sum * sum / m, 0);

	if (squares <= m) /* the floor is the unit */
		return squares;
	return m * log(squares / m) + m;
}

static int compare_starts(const void *x, const void *y)
{
	const struct start *a = x, *b = y;

	if (a->total != b->total)
		return a->total < b->total ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* May the last segment begin at `at` when it ends at `to` or later? Not where a change at `pivot` as well costs no
 * more: a segment from there to `to` is long enough. */
static bool is_needed(const struct search *s, size_t at, size_t to)
{
	size_t pivot = to - s->min_length;

	if (pivot <= at || pivot < s->min_length)
		return true;
	return s->best[at] + cost(s, at, pivot) < s->best[pivot];
}

/* Looks at all of the group's starting points for segments that end at `to`, and drops what is of no use later. */
static void refresh(struct search *s, struct group *g, size_t to)
{
	struct start *starts = &s->starts.items[g->first];
	size_t kept = 0;

	for (size_t i = 0; i < g->count; i++)
		if (is_needed(s, starts[i].at, to))
			starts[kept++] =
				(struct start){ starts[i].at, s->best[starts[i].at] + cost(s, starts[i].at, to) };
	g->count = kept;
	g->seen = to;
	g->looks = 0;
	qsort(starts, kept, sizeof(starts[0]), compare_starts);
}

/* The last group takes over the starting points behind it. */
static void join(struct search *s, struct group *behind)
{
	struct group *g = &s->groups.items[--s->groups.count];
	struct start *starts = s->starts.items;

	memmove(&starts[g->first + g->count], &starts[behind->first], behind->count * sizeof(starts[0]));
	behind->first = g->first;
	behind->count += g->count;
}

/* The newest starting point is a group of its own; it is joined with groups before it that are not larger. */
static void add_start(struct search *s, size_t at, size_t to)
{
	struct start start = { at, s->best[at] + cost(s, at, to) };
	struct group group = { s->starts.count, 1, to, 0 };

	vec_add(&s->starts, start);
	while (s->groups.count > 0 && s->groups.items[s->groups.count - 1].count <= group.count)
		join(s, &group);
	if (group.count > 1)
		refresh(s, &group, to);
	s->starts.count = group.first + group.count;
	vec_add(&s->groups, group);
}

/* Looks at those of a group that may be better than the best so far. */
static void look_at(struct search *s, struct group *g, size_t to)
{
	const struct start *starts = &s->starts.items[g->first];
	double shared = g->seen < to ? cost(s, g->seen, to) : 0;
	size_t i;

	for (i = 0; i < g->count && starts[i].total + shared <= s->best[to] + SLACK; i++) {
		double total = s->best[starts[i].at] + cost(s, starts[i].at, to);

		if (total < s->best[to]) {
			s->best[to] = total;
			s->last[to] = starts[i].at;
		}
	}
	g->looks += i;
}

static void find_best(struct search *s, size_t to)
{
	size_t likely = s->last[to - 1];

	s->best[to] = s->best[likely] + cost(s, likely, to);
	s->last[to] = likely;
	for (size_t g = s->groups.count; g-- > 0;)
		look_at(s, &s->groups.items[g], to);
	s->best[to] += s->penalty;
	for (size_t g = 0; g < s->groups.count; g++)
		if (s->groups.items[g].looks > 2 * s->groups.items[g].count)
			refresh(s, &s->groups.items[g], to);
}

static void run(struct search *s)
{
	s->best[0] = -s->penalty;
	for (size_t to = s->min_length; to <= s->count; to++) {
		if (to == s->min_length || to >= 2 * s->min_length)
			add_start(s, to - s->min_length, to);
		find_best(s, to);
	}
}

double changepoints_floor(const double *values, size_t count)
{
	AUTO_FREE double *sorted = mem_new(count + 1, sizeof(*sorted));
	double tick = 0, range;

	if (count < 2)
		return 0;
	memcpy(sorted, values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(sorted[0]), order_compare);
	for (size_t i = 1; i < count; i++) {
		double step = sorted[i] - sorted[i - 1];

		if (step > 0 && (tick <= 0 || step < tick))
			tick = step;
	}
	range = sorted[count - 1] - sorted[0];
	return fmax(FLOOR_OF_NOISE * changepoints_noise(values, count),
		    fmax(FLOOR_OF_TICK * tick, FLOOR_OF_RANGE * range));
}

static void load(struct search *s, const double *values, double unit)
{
	double middle = order_median_of(values, s->count);

	for (size_t i = 0; i < s->count; i++) {
		double z = rint((values[i] - middle) / unit * GRID) / GRID;

		s->sums[i + 1] = s->sums[i] + z;
		s->squares[i + 1] = s->squares[i] + z * z;
	}
}

static size_t trace_back(const struct search *s, size_t *out)
{
	size_t count = 0;

	for (size_t at = s->last[s->count]; at > 0; at = s->last[at])
		out[count++] = at;
	for (size_t i = 0; i < count / 2; i++) {
		size_t kept = out[i];

		out[i] = out[count - 1 - i];
		out[count - 1 - i] = kept;
	}
	return count;
}

size_t changepoints_find(const double *values, size_t count, const struct changepoint_rule *rule, size_t **out_starts)
{
	struct search s = { .count = count, .min_length = rule->min_length };
	size_t found = 0;
	double unit;

	*out_starts = mem_new(count + 1, sizeof(**out_starts));
	if (count < 2 * rule->min_length || (unit = changepoints_floor(values, count)) <= 0)
		return 0;
	s.penalty = rule->penalty * log((double)count);
	s.sums = mem_new(count + 1, sizeof(double));
	s.squares = mem_new(count + 1, sizeof(double));
	s.best = mem_new(count + 1, sizeof(double));
	s.last = mem_new(count + 1, sizeof(size_t));
	load(&s, values, unit);
	run(&s);
	found = trace_back(&s, *out_starts);
	vec_free(&s.starts);
	vec_free(&s.groups);
	free(s.sums);
	free(s.squares);
	free(s.best);
	free(s.last);
	return found;
}
