/* A grow-only pool: what is read together lives and dies together. */
#ifndef LABCTL_BASE_ARENA_H
#define LABCTL_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t first_block_bytes);
void *arena_items(struct arena *a, size_t count, size_t elem_bytes);  /* zeroed, aligned for any type */
char *arena_dup(struct arena *a, const char *text);		      /* NULL in, NULL out */
char *arena_dup_bytes(struct arena *a, const char *text, size_t len); /* adds the NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
size_t arena_bytes(const struct arena *a); /* taken from the system so far */
void arena_free(struct arena *a);	   /* NULL is fine */
void arena_free_at(struct arena **a);

#define AUTO_ARENA __attribute__((cleanup(arena_free_at)))

#endif
