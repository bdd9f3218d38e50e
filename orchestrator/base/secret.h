/* What must not leave this machine: found by name, and by value in texts that are given away. */
#ifndef LABCTL_BASE_SECRET_H
#define LABCTL_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define SECRET_LEFT_OUT "[left out]"

/* The words by which a name is known to hold a secret, NULL-ended; anywhere in it, in small or capital letters. */
extern const char *const secret_words[];
bool secret_is_name(const char *name);

/* Values that are known to be secret. Those shorter than 6 bytes would be found everywhere by chance and are not kept.
 */
struct secrets {
	char **values;
	size_t count;
};

void secrets_add(struct secrets *s, const char *value, size_t len);
/* The part of a URL between "://" and "@", when it has one: user and password. */
void secrets_add_url(struct secrets *s, const char *url);
/* Adds the text with "[left out]" for every known value, and for user and password in what looks like a URL. NUL bytes
 * are no end. */
void secrets_redact(const struct secrets *s, const char *text, size_t len, struct str *out);
void secrets_free(struct secrets *s);

#endif
