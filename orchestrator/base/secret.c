#include "base/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define SHORTEST_VALUE_BYTES 6
#define LONGEST_USER_BYTES   512 /* of what stands between :// and @ */

const char *const secret_words[] = { "TOKEN", "SECRET", "KEY", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", NULL };

static bool contains(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (; *text; text++)
		if (!strncasecmp(text, word, len))
			return true;
	return false;
}

bool secret_is_name(const char *name)
{
	for (size_t i = 0; secret_words[i]; i++)
		if (contains(name, secret_words[i]))
			return true;
	return false;
}

void secrets_add(struct secrets *s, const char *value, size_t len)
{
	if (len < SHORTEST_VALUE_BYTES)
		return;
	s->values = mem_grow(s->values, s->count + 1, sizeof(*s->values));
	s->values[s->count++] = mem_dup_bytes(value, len);
}

/* How long user and password are in what follows "://"; 0: there are none. */
static size_t user_of(const char *text, size_t len)
{
	for (size_t i = 0; i < len && i < LONGEST_USER_BYTES; i++) {
		if (text[i] == '@')
			return i;
		if (strchr("/?# \t\r\n\"'<>", text[i]))
			return 0;
	}
	return 0;
}

void secrets_add_url(struct secrets *s, const char *url)
{
	const char *at = url ? strstr(url, "://") : NULL;

	if (at)
		secrets_add(s, at + 3, user_of(at + 3, strlen(at + 3)));
}

/* The longest known value that begins here. */
static size_t value_at(const struct secrets *s, const char *text, size_t len)
{
	size_t found = 0;

	for (size_t i = 0; i < s->count; i++) {
		size_t n = strlen(s->values[i]);

		if (n > found && n <= len && !memcmp(text, s->values[i], n))
			found = n;
	}
	return found;
}

void secrets_redact(const struct secrets *s, const char *text, size_t len, struct str *out)
{
	for (size_t i = 0; i < len;) {
		size_t hidden = value_at(s, text + i, len - i);

		if (!hidden && i >= 3 && !memcmp(text + i - 3, "://", 3))
			hidden = user_of(text + i, len - i);
		if (hidden) {
			str_add(out, SECRET_LEFT_OUT);
			i += hidden;
		} else {
			str_add_bytes(out, &text[i++], 1);
		}
	}
}

void secrets_free(struct secrets *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->values[i]);
	free(s->values);
	*s = (struct secrets){ 0 };
}
