/* Where measurements come from: a file of any known format, or a run in the results. */
#ifndef LABCTL_CLI_BENCH_SOURCE_H
#define LABCTL_CLI_BENCH_SOURCE_H

#include "cli/context.h"
#include "parse/bench.h"

struct bench_source {
	const char *text;     /* as it was named */
	bool is_run;	      /* then its series are named TARGET/RUNTIME/BENCHMARK */
	struct bench_set set; /* its series may lie in parts */
	struct bench_set *parts;
	size_t part_count;
};

struct bench_source_opts {
	const char *format;	      /* of a file; NULL: recognised */
	const char *target, *runtime; /* of a run: only these; NULL: all */
};

/* `text` is a file that is there, or else a run as `labctl runs` names them. c need not be open: it is opened, with its
 * store, where a run is asked for. `out` is begun here. */
int bench_source_open(struct context *c, const struct globals *g, const char *text, const struct bench_source_opts *o,
		      struct bench_source *out, struct err *e);
void bench_source_close(struct bench_source *s);
#define AUTO_BENCH_SOURCE __attribute__((cleanup(bench_source_close))) struct bench_source

#endif
