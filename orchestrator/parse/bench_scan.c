#include "parse/bench_scan.h"

#include <stdlib.h>
#include <string.h>

void bench_scan_start(struct bench_scan *b, struct bench_set *s, char *text, size_t len, struct err *e)
{
	*b = (struct bench_scan){ .set = s };
	s->text = text;
	json_scan_start(&b->json, text, len, s->arena, e);
}

void bench_scan_free(struct bench_scan *b)
{
	vec_free(&b->numbers);
	vec_free(&b->whole);
	vec_free(&b->loops);
	vec_free(&b->facts);
	vec_free(&b->runs);
}

/* ---- facts ---- */

/* From here on the object has other keys than the last one. */
static void keep_key(struct bench_scan *b, struct bench_keys *keys, size_t i, const char *key)
{
	if (i >= BENCH_KEYS_KEPT)
		return;
	keys->items[i].key = key;
	keys->items[i].len = strlen(key);
	keys->items[i].in_order = i == 0 || strcmp(b->facts.items[i - 1].key, key) < 0;
	keys->items[i].memo = 0;
	keys->count = strpbrk(key, "\"\\") ? i : i + 1; /* such a key stands otherwise in the file */
}

static const char *read_key(struct bench_scan *b, struct bench_keys *keys, size_t i)
{
	if (i < keys->count && json_scan_key_is(&b->json, keys->items[i].key, keys->items[i].len))
		return keys->items[i].key;

	const char *key = json_scan_key(&b->json);
	if (strlen(key) > BENCH_MOST_KEY_BYTES)
		json_scan_fail(&b->json, "a name of metadata that is longer than %d bytes", BENCH_MOST_KEY_BYTES);
	keep_key(b, keys, i, key);
	return key;
}

static bool is_in_order(const struct bench_scan *b, const struct bench_keys *keys, size_t i)
{
	if (i < BENCH_KEYS_KEPT)
		return keys->items[i].in_order;
	return strcmp(b->facts.items[i - 1].key, b->facts.items[i].key) < 0;
}

static int compare_facts(const void *a, const void *b)
{
	return strcmp(((const struct bench_fact *)a)->key, ((const struct bench_fact *)b)->key);
}

static void sort_facts(struct bench_scan *b)
{
	qsort(b->facts.items, b->facts.count, sizeof(*b->facts.items), compare_facts);
	for (size_t i = 1; i < b->facts.count; i++)
		if (compare_facts(&b->facts.items[i - 1], &b->facts.items[i]) == 0)
			json_scan_fail(&b->json, "metadata \"%.100s\" stands there twice", b->facts.items[i].key);
}

void bench_scan_facts(struct bench_scan *b, struct bench_keys *keys, bench_fact_fn *fn, void *ctx,
		      struct bench_facts *out)
{
	bool sorted = true;
	int no_memo = 0;

	b->facts.count = 0;
	for (json_scan_open(&b->json, '{'); json_scan_more(&b->json, '}');) {
		size_t i = b->facts.count;
		struct bench_fact fact = { .key = read_key(b, keys, i) };

		if (i == BENCH_MOST_FACTS)
			json_scan_fail(&b->json, "more than %d entries of metadata", BENCH_MOST_FACTS);
		fact.json = json_scan_fact(&b->json);
		vec_add(&b->facts, fact);
		sorted = is_in_order(b, keys, i) && sorted;
		if (fn && !b->json.failed)
			fn(b, ctx, &fact, i < BENCH_KEYS_KEPT ? &keys->items[i].memo : &no_memo);
		no_memo = 0;
	}
	if (!sorted)
		sort_facts(b);
	*out = (struct bench_facts){ .count = b->facts.count, .room = b->facts.count };
	out->items = arena_items(b->set->arena, out->count, sizeof(*out->items));
	if (out->count)
		memcpy(out->items, b->facts.items, out->count * sizeof(*out->items));
}

/* ---- numbers ---- */

void bench_scan_no_numbers(struct bench_scan *b)
{
	b->numbers.count = b->whole.count = 0;
	b->any_whole = false;
}

void bench_scan_number(struct bench_scan *b)
{
	bool whole = false;
	double value = json_scan_number(&b->json, &whole);

	if (whole && (value > BENCH_MOST_BYTES || value < -BENCH_MOST_BYTES))
		json_scan_fail(&b->json, "this integer is too large to be exact");
	if (++b->value_total > BENCH_MOST_VALUES)
		json_scan_fail(&b->json, "more than %d values", BENCH_MOST_VALUES);
	vec_add(&b->numbers, value);
	vec_add(&b->whole, whole);
	b->any_whole |= whole;
}

void bench_scan_numbers(struct bench_scan *b)
{
	for (json_scan_open(&b->json, '['); json_scan_more(&b->json, ']');)
		bench_scan_number(b);
}

static void *kept(struct arena *a, const void *items, size_t count, size_t elem_bytes)
{
	void *copy = arena_items(a, count, elem_bytes);

	if (count)
		memcpy(copy, items, count * elem_bytes);
	return copy;
}

const double *bench_scan_keep(struct bench_scan *b, size_t *out_count, const unsigned char **out_whole)
{
	struct arena *a = b->set->arena;

	*out_count = b->numbers.count;
	if (out_whole)
		*out_whole = b->any_whole ? kept(a, b->whole.items, b->whole.count, 1) : NULL;
	return kept(a, b->numbers.items, b->numbers.count, sizeof(*b->numbers.items));
}

int64_t bench_scan_int(struct bench_scan *b, int64_t least, int64_t most, const char *what)
{
	bool whole = false;
	double value = json_scan_number(&b->json, &whole);

	bool good = whole && value >= (double)least && value <= (double)most;
	if (!good && least == most)
		json_scan_fail(&b->json, "%s must be %lld", what, (long long)least);
	else if (!good)
		json_scan_fail(&b->json, "%s must be an integer from %lld to %lld", what, (long long)least,
			       (long long)most);
	return b->json.failed ? least : (int64_t)value;
}

static void read_warmup(struct bench_scan *b)
{
	json_scan_open(&b->json, '[');
	if (!json_scan_more(&b->json, ']'))
		json_scan_fail(&b->json, "a warm-up is a list of loops and a value");
	vec_add(&b->loops, bench_scan_int(b, 1, BENCH_MOST_LOOPS, "loops of a warm-up"));
	if (!json_scan_more(&b->json, ']'))
		json_scan_fail(&b->json, "a warm-up is a list of loops and a value");
	bench_scan_number(b);
	if (json_scan_more(&b->json, ']'))
		json_scan_fail(&b->json, "a warm-up is a list of loops and a value");
}

void bench_scan_warmups(struct bench_scan *b, struct bench_run *r)
{
	bench_scan_no_numbers(b);
	b->loops.count = 0;
	for (json_scan_open(&b->json, '['); json_scan_more(&b->json, ']');)
		read_warmup(b);
	r->warmups = bench_scan_keep(b, &r->warmup_count, &r->warmups_whole);
	r->warmup_loops = kept(b->set->arena, b->loops.items, b->loops.count, sizeof(*b->loops.items));
}

void bench_scan_keep_runs(struct bench_scan *b, struct bench_series *series)
{
	series->runs = kept(b->set->arena, b->runs.items, b->runs.count, sizeof(*b->runs.items));
	series->run_count = series->room = b->runs.count;
	b->set->run_total += b->runs.count;
	b->runs.count = 0;
}
