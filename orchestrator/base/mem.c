#include "base/mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_OUT_OF_MEMORY 6 /* the manual's "internal" */

/* Plain write: stdio and atexit handlers may themselves want memory. */
static _Noreturn void die_without_memory(void)
{
	static const char message[] = "labctl: out of memory\n";

	ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);
	(void)written;
	_exit(EXIT_OUT_OF_MEMORY);
}

static void *checked(void *p)
{
	if (!p)
		die_without_memory();
	return p;
}

void *mem_new(size_t count, size_t elem_bytes)
{
	if (count == 0 || elem_bytes == 0)
		count = elem_bytes = 1;
	return checked(calloc(count, elem_bytes));
}

void *mem_grow(void *old, size_t count, size_t elem_bytes)
{
	if (count == 0 || elem_bytes == 0)
		count = elem_bytes = 1;
	return checked(reallocarray(old, count, elem_bytes));
}

char *mem_dup(const char *text)
{
	return text ? checked(strdup(text)) : NULL;
}

char *mem_dup_bytes(const char *text, size_t len)
{
	if (len == SIZE_MAX)
		die_without_memory();
	char *copy = checked(malloc(len + 1));
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		die_without_memory();
	return text;
}

void mem_free_list(char **list)
{
	if (!list)
		return;
	for (char **item = list; *item; item++)
		free(*item);
	free(list);
}

/* Read by memcpy: what it points to is a pointer of some type, not a `void *`. */
void mem_free_at(void *pointer_to_pointer)
{
	void *p;

	memcpy(&p, pointer_to_pointer, sizeof(p));
	free(p);
}

void mem_free_list_at(char ***list)
{
	mem_free_list(*list);
}

void mem_close_at(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		close(*fd);
	errno = kept;
}
