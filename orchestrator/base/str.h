/* A growable byte string, always NUL-terminated; the only place that quotes for other languages.
 * `struct str s = { 0 };` is a valid empty string; `s.text` is NULL only while nothing was ever added (use str_text).
 */
#ifndef LABCTL_BASE_STR_H
#define LABCTL_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	char *text;
	size_t len;
	size_t room;
};

enum str_quote {
	STR_SHELL,    /* one word for sh */
	STR_TERMINAL, /* control characters, invalid UTF-8 and bidirectional marks shown as \xNN or \u{…} */
	STR_HTML,     /* text and attribute values; also right for XML; characters XML forbids become U+FFFD */
	STR_CSV,      /* a field, quoted where needed; a leading = + - @ is kept as text by a ' before it */
	STR_MARKDOWN, /* inside a table cell; also makes control characters visible */
};

void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *data, size_t len);
char *str_room(struct str *s, size_t len); /* where so many more bytes may be written; str_grow then adds them */
void str_grow(struct str *s, size_t len);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_addv(struct str *s, const char *fmt, va_list ap);
void str_add_quoted(struct str *s, const char *text, enum str_quote how);
void str_cut(struct str *s, size_t len);   /* shortens to len */
void str_clear(struct str *s);		   /* keeps the memory */
const char *str_text(const struct str *s); /* never NULL */
char *str_take(struct str *s);		   /* the caller frees; never NULL; s becomes empty */
void str_free(struct str *s);

/* The character that begins at `text`: how many bytes it takes; 0: no valid UTF-8 there (or len 0). */
size_t str_decode(const char *text, size_t len, uint32_t *out_code_point);
bool str_is_utf8(const char *text, size_t len);
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
size_t str_width(const char *utf8); /* columns it takes on a terminal */
/* The one of a NULL-ended list that is nearest to `word` in edit distance and near enough to be meant; NULL: none. */
const char *str_nearest(const char *word, const char *const *list);

#define AUTO_STR __attribute__((cleanup(str_free))) struct str

#endif
