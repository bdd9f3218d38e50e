/* The formats of benchmark files: which there are, which one a file is, reading and writing them. */
#ifndef LABCTL_PARSE_BENCH_FORMAT_H
#define LABCTL_PARSE_BENCH_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "parse/bench.h"

struct bench_format {
	const char *name; /* as --format has it */
	const char *title;
	bool reads, writes;
};

const struct bench_format *bench_format(size_t i); /* NULL: no more */
const struct bench_format *bench_format_find(const char *name, struct err *e);

#define BENCH_MOST_FILE_BYTES ((size_t)512 * 1024 * 1024) /* also of what a compressed file holds */

/* Reads a file (gzip and bzip2 are seen through) or, where a format has them, a folder. `format` NULL: recognised from
 * what is in it. `out` is begun by this call, and empty after an error. */
int bench_read(const char *path, const char *format, struct bench_set *out, struct err *e);
/* The same for bytes; `name` stands in messages, and is looked at like a file's name. */
int bench_read_bytes(const void *bytes, size_t len, const char *name, const char *format, struct bench_set *out,
		     struct err *e);

/* What some formats want to know. */
struct bench_write_opts {
	/* pyperf: leave out runs that failed after some values were measured; else such a run is an error */
	bool without_failed;
	/* codespeed: all but the last two must not be empty */
	const char *project, *branch, *commit, *environment;
	const char *executable;	   /* NULL: the runtime of each series */
	const char *revision_date; /* "2026-01-31 12:00:00", NULL: the server asks the repository */
};

/* Appends the set in this format. What the format has no place for is an error when numbers were measured with it;
 * else it is left out, and left_out gets a line about it ("samples of memory over time, of 40 runs"). `o` and left_out
 * may be NULL. */
int bench_write(const char *format, const struct bench_set *s, const struct bench_write_opts *o, struct str *out,
		struct str *left_out, struct err *e);

#endif
