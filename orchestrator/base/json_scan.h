/* JSON read piece by piece, in place and without a tree: for files of which there are many, or large ones. The caller
 * asks for what must come next; after the first mistake every call gives nothing, and e says what was wrong, with line
 * and column. Strict: duplicate commas, NaN, control characters, broken UTF-8 and nesting deeper than 64 are refused.
 *
 *     for (json_scan_open(&s, '{'); json_scan_more(&s, '}');) {
 *             const char *key = json_scan_key(&s);
 *             if (!strcmp(key, "name"))
 *                     name = json_scan_text(&s);
 *             else
 *                     json_scan_skip(&s);
 *     }
 */
#ifndef LABCTL_BASE_JSON_SCAN_H
#define LABCTL_BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct json_scan {
	char *at;	     /* what comes next */
	const char *begin;   /* of the whole text, which is changed: the texts that are handed out lie in it */
	const char *end;     /* its NUL */
	struct arena *arena; /* takes texts that cannot stay where they are */
	struct err *e;
	unsigned depth;
	size_t lines_before; /* of what `text` is a part of: added to the lines in messages; 0 at first */
	char held;	     /* the character that a NUL stands for, at `at`; else NUL */
	bool fresh;	     /* nothing of the list or object was read yet */
	bool failed;
	bool escaped; /* the last fact may have a backslash in it */
};

/* text[len] is NUL; the text stays the caller's, and must live as long as what was read from it. */
void json_scan_start(struct json_scan *s, char *text, size_t len, struct arena *arena, struct err *e);

/* What comes next: '{' '[' '"' 't' 'f' 'n'; '0' for a number; NUL for the end and for what is no JSON. */
char json_scan_peek(struct json_scan *s);
void json_scan_open(struct json_scan *s, char bracket);
/* One more entry? Steps over the comma, or over the closing bracket. */
bool json_scan_more(struct json_scan *s, char bracket);
const char *json_scan_key(struct json_scan *s); /* steps over the colon too; never NULL */
/* The key that comes next is this one, written plainly: steps over it and the colon. Else nothing happens. */
bool json_scan_key_is(struct json_scan *s, const char *key, size_t len);
/* Without its quotes; never NULL. No text here, or one with NUL or half a surrogate pair in it: a mistake. */
const char *json_scan_text(struct json_scan *s);
/* Too large for a double: a mistake. `out_whole`: it has neither point nor exponent. NULL: not asked. */
double json_scan_number(struct json_scan *s, bool *out_whole);
bool json_scan_bool(struct json_scan *s);
/* Is it null? Then it is stepped over. */
bool json_scan_null(struct json_scan *s);
/* A text, number, true, false, or a list of such, as JSON text of one form: no blanks; texts escaped as Python's json
 * does it (ASCII only, \n \t \u00e9 …); integers as they stand; reals as they stand where Python would lay them
 * out like that and they have at most seventeen digits, else as it writes them. Never NULL. */
const char *json_scan_fact(struct json_scan *s);
/* The list that comes next can be a fact: neither lists nor objects nor null are in it. */
bool json_scan_is_flat(const struct json_scan *s);
/* The text that such a text stands for, without quotes; U+FFFD for what a C string cannot hold: NUL, and half a
 * surrogate pair. Other facts: as they are. The caller frees. */
char *json_scan_fact_text(const char *fact);
/* The other way: a text as such a fact. What is no UTF-8 becomes U+FFFD. The caller frees. */
char *json_scan_quote(const char *text);
void json_scan_skip(struct json_scan *s); /* whatever value comes next */
/* Nothing but blanks is left. False: this, or something before, was wrong. */
bool json_scan_finish(struct json_scan *s);
/* "line 3, column 14: …"; only the first mistake is told. */
void json_scan_fail(struct json_scan *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
