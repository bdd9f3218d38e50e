#include "store/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ARENA_FIRST_BYTES 4096

static void start_arena(struct arena **arena)
{
	if (*arena == NULL)
		*arena = arena_new(ARENA_FIRST_BYTES);
}

/* Room for one more item; returns the items. */
static void *make_room(void *items, size_t count, size_t *room, size_t item_bytes)
{
	if (count < *room)
		return items;
	*room = *room * 2 + 8;
	return mem_grow(items, *room, item_bytes);
}

void outcome_set_start(struct outcome_set *s)
{
	start_arena(&s->arena);
}

struct outcome_row *outcome_set_add(struct outcome_set *s)
{
	s->rows = make_room(s->rows, s->count, &s->room, sizeof(*s->rows));
	return memset(&s->rows[s->count++], 0, sizeof(*s->rows));
}

void outcome_set_free(struct outcome_set *s)
{
	arena_free(s->arena);
	free(s->rows);
	memset(s, 0, sizeof(*s));
}

void test_set_start(struct test_set *s)
{
	start_arena(&s->arena);
}

struct test_row *test_set_add(struct test_set *s)
{
	s->rows = make_room(s->rows, s->count, &s->room, sizeof(*s->rows));
	return memset(&s->rows[s->count++], 0, sizeof(*s->rows));
}

void test_set_free(struct test_set *s)
{
	arena_free(s->arena);
	free(s->rows);
	memset(s, 0, sizeof(*s));
}

void test_pair_set_start(struct test_pair_set *s)
{
	start_arena(&s->arena);
}

struct test_pair *test_pair_set_add(struct test_pair_set *s)
{
	s->items = make_room(s->items, s->count, &s->room, sizeof(*s->items));
	return memset(&s->items[s->count++], 0, sizeof(*s->items));
}

void test_pair_set_free(struct test_pair_set *s)
{
	arena_free(s->arena);
	free(s->items);
	memset(s, 0, sizeof(*s));
}

void run_set_start(struct run_set *s)
{
	start_arena(&s->arena);
}

struct run_row *run_set_add(struct run_set *s)
{
	s->rows = make_room(s->rows, s->count, &s->room, sizeof(*s->rows));
	return memset(&s->rows[s->count++], 0, sizeof(*s->rows));
}

void run_set_free(struct run_set *s)
{
	arena_free(s->arena);
	free(s->rows);
	memset(s, 0, sizeof(*s));
}
