/* Output bytes to results. Pure: no files, no clock, no target; safe on hostile input, in memory bounded by the tests
 * it tells of. */
#ifndef LABCTL_PARSE_PARSER_H
#define LABCTL_PARSE_PARSER_H

#include "base/err.h"
#include "parse/result.h"

struct parser;

/* One pattern of the format "lines": a PCRE2 pattern with the group `name`, and optionally `detail` and `seconds`. */
struct line_pattern {
	const char *pattern;
	enum verdict verdict;
};

struct parser_opts {
	const struct line_pattern *lines; /* "lines" only */
	size_t line_count;
	const char *what; /* named in errors: a file or a step */
	size_t max_cases; /* 0: 2,000,000 */
};

/* The inside: one per format. */
struct parser_format {
	const char *name; /* "events" (our pytest plug-in), "junit", "tap", "lines" */
	const char *help;
	struct parser *(*open)(const struct parser_opts *o, struct err *e);
};

const struct parser_format *parser_format(size_t i); /* NULL: no more */
struct parser *parser_open(const char *format, const struct parser_opts *o, struct err *e);
int parser_feed(struct parser *p, const char *data, size_t len, struct err *e);
/* What was read, also when it ended in the middle: then result->complete is false and a test that had begun is broken
 * (crashed where the events say so). -1: the bytes are not of this format at all. `out` is begun by this call. */
int parser_finish(struct parser *p, struct result *out, struct err *e);
void parser_free(struct parser *p);

#endif
