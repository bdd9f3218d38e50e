/* Series by name and runtime, found in about the same time however many there are. Not included outside parse/. */
#ifndef LABCTL_PARSE_BENCH_INDEX_H
#define LABCTL_PARSE_BENCH_INDEX_H

#include "parse/bench.h"

struct bench_index {	 /* {0} is empty */
	uint32_t *slots; /* number of the series, from 1; 0: nothing here */
	size_t slot_count, used;
	uint64_t seed;
};

#define BENCH_NO_SERIES SIZE_MAX

/* The number of the series in s->series; BENCH_NO_SERIES: not among those that were put in. */
size_t bench_index_find(const struct bench_index *x, const struct bench_set *s, const char *name, const char *runtime);
void bench_index_put(struct bench_index *x, const struct bench_set *s, size_t series);
/* The series of this name; one that is new when there is none yet. Valid until the next one is added. */
struct bench_series *bench_index_series(struct bench_index *x, struct bench_set *s, const char *name,
					const char *runtime);
void bench_index_free(struct bench_index *x);

#define AUTO_BENCH_INDEX __attribute__((cleanup(bench_index_free))) struct bench_index

#endif
