#include "parse/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_BLOCK_BYTES (64 * 1024)

void bench_start(struct bench_set *s, const char *format)
{
	*s = (struct bench_set){ .arena = arena_new(FIRST_BLOCK_BYTES), .format = format };
}

void bench_free(struct bench_set *s)
{
	arena_free(s->arena);
	free(s->text);
	*s = (struct bench_set){ 0 };
}

/* Twice the room, when it is used up. The old array stays in the arena: at most as much as the new one holds. */
static void *grown(struct arena *a, void *items, size_t count, size_t *room, size_t elem_bytes)
{
	if (count < *room)
		return items;
	*room = *room ? *room * 2 : 4;
	void *larger = arena_items(a, *room, elem_bytes);
	if (count)
		memcpy(larger, items, count * elem_bytes);
	return larger;
}

struct bench_series *bench_add_series(struct bench_set *s, const char *name, const char *runtime)
{
	s->series = grown(s->arena, s->series, s->count, &s->room, sizeof(*s->series));

	struct bench_series *series = &s->series[s->count++];
	*series = (struct bench_series){ .name = arena_dup(s->arena, name), .runtime = arena_dup(s->arena, runtime) };
	return series;
}

struct bench_run *bench_add_run(struct bench_set *s, struct bench_series *series)
{
	series->runs = grown(s->arena, series->runs, series->run_count, &series->room, sizeof(*series->runs));

	s->run_total++;
	struct bench_run *r = &series->runs[series->run_count++];
	*r = (struct bench_run){ .loops = 1, .inner_loops = 1, .peak_bytes = -1 };
	return r;
}

int bench_check_room(const struct bench_set *s, struct err *e)
{
	if (s->count >= BENCH_MOST_SERIES)
		return err_set(e, ERR_FORMAT, "more than %d benchmarks", BENCH_MOST_SERIES);
	if (s->run_total >= BENCH_MOST_RUNS)
		return err_set(e, ERR_FORMAT, "more than %d runs", BENCH_MOST_RUNS);
	return 0;
}

static const double *copied(struct arena *a, const double *values, size_t count)
{
	double *copy = arena_items(a, count, sizeof(*copy));

	if (count)
		memcpy(copy, values, count * sizeof(*copy));
	return copy;
}

void bench_set_values(struct bench_set *s, struct bench_run *r, const double *values, size_t count)
{
	r->values = copied(s->arena, values, count);
	r->value_count = count;
	r->values_whole = NULL;
}

/* Some of what is there already, and the first `more` of the values. */
static const unsigned char *joined_whole(struct arena *a, const struct bench_run *r, size_t more)
{
	if (!r->warmups_whole && !r->values_whole)
		return NULL;

	unsigned char *whole = arena_items(a, r->warmup_count + more, 1);
	if (r->warmups_whole)
		memcpy(whole, r->warmups_whole, r->warmup_count);
	if (r->values_whole)
		memcpy(whole + r->warmup_count, r->values_whole, more);
	return whole;
}

void bench_split_warmups(struct bench_set *s, struct bench_run *r, size_t count)
{
	size_t more = count < r->value_count ? count : r->value_count;
	double *warmups = arena_items(s->arena, r->warmup_count + more, sizeof(*warmups));
	int64_t *loops = arena_items(s->arena, r->warmup_count + more, sizeof(*loops));

	for (size_t i = 0; i < r->warmup_count; i++) {
		warmups[i] = r->warmups[i];
		loops[i] = r->warmup_loops[i];
	}
	for (size_t i = 0; i < more; i++) {
		warmups[r->warmup_count + i] = r->values[i];
		loops[r->warmup_count + i] = r->loops;
	}
	r->warmups_whole = joined_whole(s->arena, r, more);
	r->warmups = warmups;
	r->warmup_loops = loops;
	r->warmup_count += more;
	r->values += more;
	r->values_whole = r->values_whole ? r->values_whole + more : NULL;
	r->value_count -= more;
}

const char *bench_unit_key(enum bench_unit unit)
{
	static const char *const keys[] = { "second", "byte", "integer" };

	return keys[unit];
}

const char *bench_better_key(enum bench_better b)
{
	static const char *const keys[] = { NULL, "lower", "higher" };

	return keys[b];
}

const char *bench_run_kind_key(enum bench_run_kind k)
{
	static const char *const keys[] = { "measured", "calibration", "failed" };

	return keys[k];
}
