/* A glance at a file's bytes: what its first object is made of. The bytes may be anything; nothing here is an error. */
#include <string.h>

#include "base/str.h"
#include "parse/bench_inside.h"

#define LOOK_MOST_BYTES (8 * 1024) /* the keys that tell formats apart come early */

static const char *after_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
		at++;
	return at;
}

/* Behind the closing quote, or the end. */
static const char *after_text(const char *quote, const char *end)
{
	const char *at = quote + 1;

	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return at < end ? at + 1 : end;
}

static void keep_key(struct bench_look *l, const char *quote, const char *after, const char *end)
{
	if (l->key_count == BENCH_ROOT_KEYS || after == end || *after_blanks(after, end) != ':')
		return;
	l->keys[l->key_count] = quote + 1;
	l->key_bytes[l->key_count++] = (size_t)(after - quote - 2);
}

/* From behind the opening bracket of an object: its keys, as far as one can see. */
static void look_at_object(struct bench_look *l, const char *at, const char *end)
{
	int depth = 0;

	while (at < end && depth >= 0) {
		if (*at == '"') {
			const char *after = after_text(at, end);
			if (depth == 0)
				keep_key(l, at, after, end);
			at = after;
			continue;
		}
		depth += *at == '{' || *at == '[';
		depth -= *at == '}' || *at == ']';
		at++;
	}
}

void bench_look_at(struct bench_look *l, const char *file_name, const char *text, size_t len)
{
	const char *end = text + (len < LOOK_MOST_BYTES ? len : LOOK_MOST_BYTES);
	const char *at = after_blanks(text, end);

	*l = (struct bench_look){ .file_name = file_name, .text = text, .len = len };
	if (at == end || (*at != '{' && *at != '['))
		return;
	l->root = *at;
	if (l->root == '[')
		at = after_blanks(at + 1, end);
	if (at < end && *at == '{')
		look_at_object(l, at + 1, end);
}

static const char *find(const struct bench_look *l, const char *key)
{
	for (size_t i = 0; i < l->key_count; i++)
		if (l->key_bytes[i] == strlen(key) && memcmp(l->keys[i], key, l->key_bytes[i]) == 0)
			return l->keys[i] + l->key_bytes[i] + 1;
	return NULL;
}

bool bench_look_has(const struct bench_look *l, const char *key)
{
	return find(l, key) != NULL;
}

const char *bench_look_value(const struct bench_look *l, const char *key)
{
	const char *end = l->text + l->len;
	const char *at = find(l, key);

	if (!at)
		return "";
	at = after_blanks(at, end);
	return after_blanks(at < end ? at + 1 : end, end); /* the text ends in a NUL */
}

bool bench_look_begins(const struct bench_look *l, const char *prefix)
{
	const char *at = after_blanks(l->text, l->text + l->len);

	return strncmp(at, prefix, strlen(prefix)) == 0;
}
