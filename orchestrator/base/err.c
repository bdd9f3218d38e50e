#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *const code_names[] = {
	[ERR_NONE] = "none",
	[ERR_USAGE] = "usage",
	[ERR_CONFIG] = "config",
	[ERR_IO] = "io",
	[ERR_FORMAT] = "format",
	[ERR_UNREACHABLE] = "unreachable",
	[ERR_LOST] = "lost",
	[ERR_TIMEOUT] = "timeout",
	[ERR_DISK_FULL] = "disk-full",
	[ERR_UNAVAILABLE] = "unavailable",
	[ERR_INTERRUPTED] = "interrupted",
	[ERR_INTERNAL] = "internal",
};

#define CODE_COUNT (sizeof(code_names) / sizeof(code_names[0]))

/* A text that was cut to fit must not end inside a UTF-8 character. */
static void drop_broken_end(char *text, size_t len)
{
	size_t start = len;

	while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
	if (wanted > len - (start - 1))
		text[start - 1] = '\0';
}

/* The arguments may point into `out` itself (an error told again in other words), so the text is made elsewhere first.
 */
static void format_into(char *out, size_t size, const char *fmt, va_list ap)
{
	char text[sizeof(((struct err *)0)->text)];

	int len = vsnprintf(text, size, fmt, ap);
	if (len < 0)
		text[0] = '\0';
	else if ((size_t)len >= size)
		drop_broken_end(text, size - 1);
	memcpy(out, text, strlen(text) + 1);
}

static void put_after(struct err *e, const char *text)
{
	size_t len = strlen(e->text);
	size_t room = sizeof(e->text) - len;
	size_t add = strlen(text);

	if (add < room) {
		memcpy(e->text + len, text, add + 1);
		return;
	}
	memcpy(e->text + len, text, room - 1);
	e->text[sizeof(e->text) - 1] = '\0';
	drop_broken_end(e->text, sizeof(e->text) - 1);
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	if (!e)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	format_into(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	e->code = code;
	e->hint[0] = '\0';
	return -1;
}

int err_errno(struct err *e, enum err_code code, const char *fmt, ...)
{
	int number = errno;

	if (!e)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	format_into(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	put_after(e, ": ");
	put_after(e, strerror(number));
	e->code = number == ENOSPC || number == EDQUOT ? ERR_DISK_FULL : code;
	e->hint[0] = '\0';
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	if (!e)
		return -1;
	char before[sizeof(e->text)];
	memcpy(before, e->text, sizeof(before));
	before[sizeof(before) - 1] = '\0';
	va_list ap;
	va_start(ap, fmt);
	format_into(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	put_after(e, ": ");
	put_after(e, before);
	return -1;
}

int err_hint(struct err *e, const char *fmt, ...)
{
	if (!e)
		return -1;
	va_list ap;
	va_start(ap, fmt);
	format_into(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	return -1;
}

const char *err_code_name(enum err_code code)
{
	return (size_t)code < CODE_COUNT ? code_names[code] : code_names[ERR_INTERNAL];
}

enum err_code err_code_from_name(const char *name)
{
	for (size_t i = 0; name && i < CODE_COUNT; i++)
		if (strcmp(name, code_names[i]) == 0)
			return (enum err_code)i;
	return ERR_INTERNAL;
}
