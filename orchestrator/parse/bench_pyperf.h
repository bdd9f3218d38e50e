/* What is known of pyperf's metadata. Inside of bench_pyperf*.c. */
#ifndef LABCTL_PARSE_BENCH_PYPERF_H
#define LABCTL_PARSE_BENCH_PYPERF_H

#include "parse/bench_inside.h"

/* What labctl says in pyperf's files about things that pyperf has no place for. */
#define PYPERF_RUNTIME	  "labctl_runtime"
#define PYPERF_ROLE	  "labctl_role"
#define PYPERF_FROM_START "labctl_from_start"
#define PYPERF_FAILED	  "labctl_failed_runs"
#define PYPERF_BETTER	  "labctl_better"
#define PYPERF_UNIT_NAME  "labctl_unit"

/* What some entries mean. */
enum pyperf_meaning {
	PYPERF_NOTHING,
	PYPERF_MEANS_LOOPS,
	PYPERF_MEANS_INNER_LOOPS,
	PYPERF_MEANS_PEAK,
	PYPERF_MEANS_COMMAND_PEAK,
	PYPERF_MEANS_SERIES, /* true of the whole series: name, unit, runtime, … */
	PYPERF_MEANS_ROLE,
};

#define PYPERF_EVERY_OTHER 1 /* a key of which nothing is known: a text or a number */

/* The number of what is known of this key: at least 1. */
int pyperf_known(const char *key);
enum pyperf_meaning pyperf_meaning(int known);
/* What pyperf wants there, when it is not so; NULL: pyperf takes it. */
const char *pyperf_complaint(int known, const char *json);

struct pyperf_hoist;

/* Can it be written? Else: what is in the way. */
int pyperf_check(const struct bench_set *s, const struct bench_write_opts *o, struct err *e);
void pyperf_tell_left_out(const struct pyperf_hoist *h, struct bench_written *written);
int bench_pyperf_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *w,
		       struct err *e);

#endif
