/* Inside of bench_codespeed*.c. */
#ifndef LABCTL_PARSE_BENCH_CODESPEED_H
#define LABCTL_PARSE_BENCH_CODESPEED_H

#include "parse/bench_inside.h"

int bench_codespeed_write(const struct bench_set *s, const struct bench_write_opts *o, struct bench_written *w,
			  struct err *e);

#endif
