/* Inside of bench_own*.c. */
#ifndef LABCTL_PARSE_BENCH_OWN_H
#define LABCTL_PARSE_BENCH_OWN_H

#include "parse/bench_inside.h"

#define BENCH_OWN_FORMAT  "labctl-bench"
#define BENCH_OWN_VERSION 1

int bench_own_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *w,
		    struct err *e);

#endif
