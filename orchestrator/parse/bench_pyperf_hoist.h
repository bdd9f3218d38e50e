/* What pyperf writes of a set, and which metadata goes where. Inside of bench_pyperf*.c. */
#ifndef LABCTL_PARSE_BENCH_PYPERF_HOIST_H
#define LABCTL_PARSE_BENCH_PYPERF_HOIST_H

#include "parse/bench.h"

struct pyperf_hoist {
	const struct bench_set *set;
	struct bench_facts of_all;     /* what all benchmarks share */
	struct bench_facts *of_series; /* for each: what all its runs share */
	struct bench_facts complaints; /* metadata that pyperf would not take: what it wants there, as plain text */
	struct bench_set scratch;      /* owns texts that are made here */
	const struct bench_series *counted;
	int64_t failed; /* runs of that one */
};

void pyperf_hoist_start(struct pyperf_hoist *h, const struct bench_set *s);
void pyperf_hoist_free(struct pyperf_hoist *h);
/* All that holds for a run, with what the members of the structs say about it. The caller frees out->items. */
void pyperf_facts_of_run(struct pyperf_hoist *h, const struct bench_series *series, const struct bench_run *r,
			 struct bench_facts *out);

/* Is it written at all? Failed runs, and calibrations that tell nothing, are not. */
bool pyperf_has_run(const struct bench_run *r);
bool pyperf_has_series(const struct bench_series *series); /* some run of it is */

#endif
