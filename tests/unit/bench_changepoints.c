/* How long the search for change points takes: for ci/bench, which compares the figures that this prints. One JSON
 * object per line: number of values, what series, changes found, processor seconds of the best of a few runs, and for
 * up to 10,000 values the seconds of the same search without dropping any starting point. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analyse/changepoints.h"
#include "base/mem.h"
#include "draws.h"

#define RUNS	   5
#define PLAIN_MOST 10000

enum series {
	WITH_CHANGES,
	WITHOUT_CHANGES
};
static const char *const series_names[] = { "changes", "no changes" };

/* With changes: a new level about every 200 values. */
static double *draw(size_t count, enum series kind)
{
	double *values = mem_new(count, sizeof(*values)), level = 0;
	struct rng r = draws_from(count);

	for (size_t i = 0; i < count; i++) {
		if (kind == WITH_CHANGES && rng_index(&r, 200) == 0)
			level = 5 * rng_normal(&r);
		values[i] = level + rng_normal(&r);
	}
	return values;
}

static double processor_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static double search_s(const double *values, size_t count, size_t *out_changes)
{
	double best = INFINITY;

	for (int run = 0; run < RUNS; run++) {
		AUTO_FREE size_t *starts = NULL;
		double begun = processor_s();

		*out_changes = changepoints_find(values, count, &changepoint_defaults, &starts);
		best = fmin(best, processor_s() - begun);
	}
	return best;
}

/* Every start of the last segment for every end, with a cost from kept sums: optimal partitioning. */
static double plain_s(const double *values, size_t count)
{
	AUTO_FREE double *sums = mem_new(count + 1, sizeof(*sums));
	AUTO_FREE double *squares = mem_new(count + 1, sizeof(*squares));
	AUTO_FREE double *best = mem_new(count + 1, sizeof(*best));
	double penalty = changepoint_defaults.penalty * log((double)count), begun = processor_s();

	for (size_t i = 0; i < count; i++) {
		sums[i + 1] = sums[i] + values[i];
		squares[i + 1] = squares[i] + values[i] * values[i];
	}
	for (size_t to = 1; to <= count; to++) {
		best[to] = INFINITY;
		for (size_t from = 0; from < to; from++) {
			double m = (double)(to - from), sum = sums[to] - sums[from];
			double variance = fmax((squares[to] - squares[from] - sum * sum / m) / m, 1.0 / 16);

			best[to] = fmin(best[to], best[from] + m * log(variance) + m + penalty);
		}
	}
	return processor_s() - begun;
}

static void bench(size_t count, enum series kind)
{
	AUTO_FREE double *values = draw(count, kind);
	size_t changes;
	double seconds = search_s(values, count, &changes);

	printf("{\"values\":%zu,\"series\":\"%s\",\"changes\":%zu,\"seconds\":%.6f", count, series_names[kind], changes,
	       seconds);
	if (count <= PLAIN_MOST)
		printf(",\"plain_seconds\":%.6f", plain_s(values, count));
	printf("}\n");
}

int main(void)
{
	for (size_t count = 1000; count <= 100000; count *= 10) {
		bench(count, WITH_CHANGES);
		bench(count, WITHOUT_CHANGES);
	}
	return 0;
}
