#include "parse/bench_index.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

#define FIRST_SLOTS 256 /* a power of two */

/* FNV-1a, begun with a number that a file cannot know: names that all fall on one slot cannot be prepared. */
static uint64_t hash_more(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
	return hash;
}

static uint64_t hash_of(const struct bench_index *x, const char *name, const char *runtime)
{
	uint64_t hash = hash_more(UINT64_C(0xCBF29CE484222325) ^ x->seed, name);

	hash = (hash ^ (runtime ? 1 : 2)) * UINT64_C(0x100000001B3);
	hash = hash_more(hash, runtime ? runtime : "");
	return hash ^ hash >> 32;
}

static bool is_named(const struct bench_series *series, const char *name, const char *runtime)
{
	if (strcmp(series->name, name) != 0 || !series->runtime != !runtime)
		return false;
	return !runtime || strcmp(series->runtime, runtime) == 0;
}

/* Its slot, or the empty one where it belongs. At least half of the slots are empty. */
static uint32_t *slot_of(const struct bench_index *x, const struct bench_set *s, const char *name, const char *runtime)
{
	size_t i = hash_of(x, name, runtime) & (x->slot_count - 1);

	while (x->slots[i] && !is_named(&s->series[x->slots[i] - 1], name, runtime))
		i = (i + 1) & (x->slot_count - 1);
	return &x->slots[i];
}

size_t bench_index_find(const struct bench_index *x, const struct bench_set *s, const char *name, const char *runtime)
{
	uint32_t slot = x->slot_count ? *slot_of(x, s, name, runtime) : 0;

	return slot ? slot - 1 : BENCH_NO_SERIES;
}

static void enlarge(struct bench_index *x, const struct bench_set *s)
{
	struct bench_index larger = { .seed = x->seed, .used = x->used };

	if (!x->slot_count && getrandom(&larger.seed, sizeof(larger.seed), GRND_NONBLOCK) < 0)
		larger.seed = (uintptr_t)x;
	larger.slot_count = x->slot_count ? x->slot_count * 2 : FIRST_SLOTS;
	larger.slots = mem_new(larger.slot_count, sizeof(*larger.slots));
	for (size_t i = 0; i < x->slot_count; i++) {
		const struct bench_series *series = x->slots[i] ? &s->series[x->slots[i] - 1] : NULL;

		if (series)
			*slot_of(&larger, s, series->name, series->runtime) = x->slots[i];
	}
	free(x->slots);
	*x = larger;
}

void bench_index_put(struct bench_index *x, const struct bench_set *s, size_t series)
{
	if (x->used * 2 >= x->slot_count)
		enlarge(x, s);
	*slot_of(x, s, s->series[series].name, s->series[series].runtime) = (uint32_t)series + 1;
	x->used++;
}

struct bench_series *bench_index_series(struct bench_index *x, struct bench_set *s, const char *name,
					const char *runtime)
{
	size_t found = bench_index_find(x, s, name, runtime);

	if (found != BENCH_NO_SERIES)
		return &s->series[found];
	struct bench_series *series = bench_add_series(s, name, runtime);
	bench_index_put(x, s, s->count - 1);
	return series;
}

void bench_index_free(struct bench_index *x)
{
	free(x->slots);
	*x = (struct bench_index){ 0 };
}
