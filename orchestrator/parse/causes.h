/* Why a test failed: named PCRE2 rules in recipes/causes.yaml, first match wins. The texts are hostile: matching is
 * bounded. */
#ifndef LABCTL_PARSE_CAUSES_H
#define LABCTL_PARSE_CAUSES_H

#include "base/err.h"
#include "parse/result.h"

struct cause_rule {
	const char *name;    /* "no Tkinter" */
	const char *pattern; /* searched in the detail */
	const char *advice;  /* NULL: none */
};

struct causes;

struct causes *causes_new(const struct cause_rule *rules, size_t count, struct err *e); /* names are kept by pointer */
const char *causes_find(const struct causes *c, const char *text);			/* NULL: no rule */
/* For every bad case without a cause; cases without detail get none. */
void causes_mark(const struct causes *c, struct result *r);
void causes_free(struct causes *c);

/* Failures that a recipe expects. */
struct known_failure {
	const char *test; /* pattern, searched in the name */
	const char *reason;
};
/* Sets `known` on bad cases that a pattern matches, counts known ones that passed, and counts anew. */
int known_mark(const struct known_failure *list, size_t count, struct result *r, struct err *e);

#endif
