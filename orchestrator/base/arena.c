#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define LARGEST_STEP_BYTES ((size_t)1 << 20) /* blocks double up to here */

struct block {
	struct block *older;
	size_t used_bytes;
	size_t room_bytes;
	max_align_t data[];
};

struct arena {
	struct block *newest;
	size_t next_block_bytes;
	size_t taken_bytes;
};

struct arena *arena_new(size_t first_block_bytes)
{
	struct arena *a = mem_new(1, sizeof(*a));

	a->next_block_bytes = first_block_bytes ? first_block_bytes : 1024;
	return a;
}

static struct block *add_block(struct arena *a, size_t wanted_bytes)
{
	size_t room = wanted_bytes > a->next_block_bytes ? wanted_bytes : a->next_block_bytes;
	struct block *b = mem_new(1, sizeof(*b) + room);

	b->room_bytes = room;
	b->older = a->newest;
	a->newest = b;
	a->taken_bytes += sizeof(*b) + room;
	if (a->next_block_bytes < LARGEST_STEP_BYTES)
		a->next_block_bytes *= 2;
	return b;
}

/* Blocks come zeroed and are never used twice, so what is handed out is zeroed too. */
static void *take(struct arena *a, size_t bytes)
{
	const size_t align = _Alignof(max_align_t);
	struct block *b = a->newest;

	if (bytes > SIZE_MAX / 2)
		return mem_new(SIZE_MAX, bytes); /* cannot be had: ends the process */
	size_t rounded = (bytes + align - 1) / align * align;
	if (!b || b->room_bytes - b->used_bytes < rounded)
		b = add_block(a, rounded);
	void *p = (char *)b->data + b->used_bytes;
	b->used_bytes += rounded;
	return p;
}

void *arena_items(struct arena *a, size_t count, size_t elem_bytes)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, elem_bytes, &bytes))
		bytes = SIZE_MAX;
	return take(a, bytes ? bytes : 1);
}

char *arena_dup(struct arena *a, const char *text)
{
	return text ? arena_dup_bytes(a, text, strlen(text)) : NULL;
}

char *arena_dup_bytes(struct arena *a, const char *text, size_t len)
{
	char *copy = take(a, len + 1 ? len + 1 : SIZE_MAX);

	if (len > 0)
		memcpy(copy, text, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	size_t size = len < 0 ? 1 : (size_t)len + 1;
	char *text = take(a, size);
	if (len > 0)
		vsnprintf(text, size, fmt, again);
	va_end(again);
	return text;
}

size_t arena_bytes(const struct arena *a)
{
	return sizeof(*a) + a->taken_bytes;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct block *b = a->newest, *older; b; b = older) {
		older = b->older;
		free(b);
	}
	free(a);
}

void arena_free_at(struct arena **a)
{
	arena_free(*a);
}
