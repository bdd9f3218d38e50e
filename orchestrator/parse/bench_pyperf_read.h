/* What is kept of a file of pyperf's until all of it was read. Inside of bench_pyperf.c and bench_pyperf_settle.c. */
#ifndef LABCTL_PARSE_BENCH_PYPERF_READ_H
#define LABCTL_PARSE_BENCH_PYPERF_READ_H

#include "parse/bench.h"

enum pyperf_version {
	PYPERF_VERSION_NONE,
	PYPERF_VERSION_5,
	PYPERF_VERSION_6,
	PYPERF_VERSION_1_0
};

/* What an object of metadata told of the things that have a member of their own. */
struct pyperf_told {
	int64_t loops, inner_loops;		/* 0: not told */
	int64_t peak_bytes, command_peak_bytes; /* -1: not told */
	const char *role;
	bool of_series; /* name, unit, … */
};

struct pyperf_file {
	enum pyperf_version version;
	struct pyperf_told told;       /* by the metadata of the whole file */
	bool has_samples, has_common;  /* words of version 5 */
	bool has_values, has_metadata; /* of later ones */
	bool runs_tell_series;	       /* name or unit stand in some run */
};

/* What the run was not told itself. Until the end 0 loops and NULL roles mean that nobody told yet; roles are JSON. */
void pyperf_inherit(struct bench_run *r, const struct pyperf_told *told);
/* Members that follow from metadata, and what depends on the version. */
int pyperf_settle(const struct pyperf_file *f, struct bench_set *s, struct err *e);

#endif
