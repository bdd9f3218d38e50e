/* Regular expressions. regex.c is the only file that includes pcre2.h. Matching is bounded: the input is not ours. */
#ifndef LABCTL_BASE_REGEX_H
#define LABCTL_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct regex;

struct regex_group {
	size_t start, end; /* byte offsets; start > end: the group took no part */
};

/* UTF-8, bad input bytes are matched as they are; '.' stops at newline; ^ and $ at lines */
struct regex *regex_new(const char *pattern, struct err *e);
bool regex_matches(const struct regex *r, const char *text, size_t len); /* somewhere in it; a hit limit is "no" */
/* How many groups there are, the whole match as 0 with them, at most max; 0: no match, -1: limit hit. */
int regex_groups(const struct regex *r, const char *text, size_t len, struct regex_group *out, size_t max);
int regex_group_number(const struct regex *r, const char *name); /* -1: no such name */
void regex_free(struct regex *r);
const char *regex_library_version(void);

#endif
