/* JSON out (streaming) and in (a small tree): outcome records, QMP, exports. json.c is the only file that includes
 * jansson.h. Input is bounded: 64 MiB, nesting 64, four million values;
 * duplicate keys and NUL characters are refused, so are NaN and Infinity. */
#ifndef LABCTL_BASE_JSON_H
#define LABCTL_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct json_writer {
	struct str *out;
	unsigned depth;
	bool need_comma;
	bool pretty; /* a line per entry, two blanks per level */
};

void json_start(struct json_writer *w, struct str *out, bool pretty);
void json_open(struct json_writer *w, const char *key, char bracket); /* '{' or '['; key NULL inside a list */
void json_close(struct json_writer *w, char bracket);		      /* '}' or ']' */
/* NULL: null; bad UTF-8 becomes U+FFFD */
void json_add_text(struct json_writer *w, const char *key, const char *value);
void json_add_int(struct json_writer *w, const char *key, int64_t value);
/* Shortest form that reads back the same; NaN and infinities: null */
void json_add_real(struct json_writer *w, const char *key, double value);
void json_add_bool(struct json_writer *w, const char *key, bool value);

struct json_value; /* owned by the tree it came from */

struct json_value *json_parse(const char *text, size_t len, struct err *e); /* with line and column in the error */
/* For files of programs that write NaN, Infinity and -Infinity as bare words: json_number gives them. DEL characters
 * are refused. */
struct json_value *json_parse_with_nan(const char *text, size_t len, struct err *e);
void json_free(struct json_value *root);
void json_free_at(struct json_value **root);
enum json_kind {
	JSON_ABSENT,
	JSON_IS_NULL,
	JSON_IS_BOOL,
	JSON_IS_NUMBER,
	JSON_IS_TEXT,
	JSON_IS_LIST,
	JSON_IS_OBJECT
};
enum json_kind json_kind(const struct json_value *v); /* NULL: JSON_ABSENT */
/* Member of an object; NULL: not there or not an object */
const struct json_value *json_at(const struct json_value *v, const char *key);
size_t json_count(const struct json_value *v); /* items of a list; 0 for all else */
const struct json_value *json_item(const struct json_value *v, size_t i);
/* Each entry of an object in the order it stood. */
void json_each(const struct json_value *object, void (*fn)(void *ctx, const char *key, const struct json_value *value),
	       void *ctx);
const char *json_text(const struct json_value *v, const char *otherwise); /* NULL v or another type: otherwise */
int64_t json_int(const struct json_value *v, int64_t otherwise);
double json_number(const struct json_value *v, double otherwise); /* a real or an integer */
bool json_is_whole(const struct json_value *v);			  /* a number without point and exponent */
bool json_bool(const struct json_value *v, bool otherwise);
const char *json_library_version(void);

#define AUTO_JSON __attribute__((cleanup(json_free_at))) struct json_value

#endif
