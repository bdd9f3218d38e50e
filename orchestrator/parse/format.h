/* The inside of parser.h: what each format fills in. Not included outside parse/. */
#ifndef LABCTL_PARSE_FORMAT_H
#define LABCTL_PARSE_FORMAT_H

#include "parse/parser.h"

struct parser_ops {
	/* Not called again after it failed. */
	int (*feed)(struct parser *p, const char *data, size_t len, struct err *e);
	/* Settles p->result; -1: not of this format. */
	int (*finish)(struct parser *p, struct err *e);
	void (*free)(struct parser *p); /* its own parts and the parser itself */
};

/* The first member of every format's own struct. */
struct parser {
	const struct parser_ops *ops;
	struct result result;
	char *what;
	size_t max_cases;
	bool full;   /* max_cases was reached: feeding ends with an error */
	bool failed; /* a feed failed */
};

void parser_begin(struct parser *p, const struct parser_ops *ops, const struct parser_opts *o);
void parser_end(struct parser *p); /* frees what parser_begin made, not p */
/* As result_add, but keeps to max_cases. */
void parser_add(struct parser *p, const char *name, enum verdict v, int64_t took_ns, const char *detail);

/* "1.5", "1,234.5", "2e-05" seconds; -1: not a time (also NaN, negative ones, more than 30 years). The locale plays no
 * part. */
int64_t seconds_to_ns(const char *text, size_t len);

extern const struct parser_format events_format, junit_format, tap_format, lines_format;

#endif
