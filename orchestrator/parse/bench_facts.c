#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "base/real.h"
#include "base/str.h"
#include "base/vec.h"
#include "parse/bench.h"

/* Where the key is, or belongs. */
static size_t place_of(const struct bench_facts *f, const char *key, bool *found)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(f->items[middle].key, key);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*found = false;
	return low;
}

static void insert(struct bench_set *s, struct bench_facts *f, size_t at)
{
	if (f->count == f->room) {
		f->room = f->room ? f->room * 2 : 8;
		struct bench_fact *items = arena_items(s->arena, f->room, sizeof(*items));
		if (f->count)
			memcpy(items, f->items, f->count * sizeof(*items));
		f->items = items;
	}
	memmove(f->items + at + 1, f->items + at, (f->count - at) * sizeof(*f->items));
	f->count++;
}

/* As keys are: what is no UTF-8 becomes U+FFFD, what is too long is cut. */
static const char *clean_key(struct arena *a, const char *key)
{
	size_t len = strlen(key);
	AUTO_STR clean = { 0 };

	if (len <= BENCH_MOST_KEY_BYTES && str_is_utf8(key, len))
		return arena_dup(a, key);
	for (size_t i = 0; i < len && clean.len + 4 <= BENCH_MOST_KEY_BYTES;) {
		uint32_t code;
		size_t bytes = str_decode(key + i, len - i, &code);

		str_add_bytes(&clean, bytes ? key + i : "\xEF\xBF\xBD", bytes ? bytes : 3);
		i += bytes ? bytes : 1;
	}
	return arena_dup(a, str_text(&clean));
}

void bench_fact_set(struct bench_set *s, struct bench_facts *f, const char *key, const char *json)
{
	const char *clean = clean_key(s->arena, key);
	bool found;
	size_t at = place_of(f, clean, &found);

	if (!found) {
		insert(s, f, at);
		f->items[at].key = clean;
	}
	f->items[at].json = arena_dup(s->arena, json);
}

void bench_fact_set_text(struct bench_set *s, struct bench_facts *f, const char *key, const char *text)
{
	AUTO_FREE char *json = text ? json_scan_quote(text) : NULL;

	if (json)
		bench_fact_set(s, f, key, json);
}

void bench_fact_set_int(struct bench_set *s, struct bench_facts *f, const char *key, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	bench_fact_set(s, f, key, text);
}

void bench_fact_set_real(struct bench_set *s, struct bench_facts *f, const char *key, double value)
{
	char text[REAL_TEXT_BYTES];

	if (!isfinite(value))
		return;
	real_write(value, text);
	bench_fact_set(s, f, key, text);
}

const char *bench_fact(const struct bench_facts *f, const char *key)
{
	bool found;
	size_t at = place_of(f, key, &found);

	return found ? f->items[at].json : NULL;
}

const char *bench_fact_of(const struct bench_set *s, const struct bench_series *series, const struct bench_run *r,
			  const char *key)
{
	const char *json = r ? bench_fact(&r->facts, key) : NULL;

	if (!json && series)
		json = bench_fact(&series->facts, key);
	return json ? json : bench_fact(&s->facts, key);
}

/* What both hold, `inner` before `outer`. */
static void merge(const struct bench_facts *outer, const struct bench_facts *inner, struct bench_facts *out)
{
	size_t i = 0, j = 0;

	*out = (struct bench_facts){ .room = outer->count + inner->count };
	out->items = mem_new(out->room, sizeof(*out->items));
	while (i < outer->count || j < inner->count) {
		int order = i == outer->count	? 1
			    : j == inner->count ? -1
						: strcmp(outer->items[i].key, inner->items[j].key);

		out->items[out->count++] = order < 0 ? outer->items[i] : inner->items[j];
		i += order <= 0;
		j += order >= 0;
	}
}

void bench_facts_of(const struct bench_set *s, const struct bench_series *series, const struct bench_run *r,
		    struct bench_facts *out)
{
	static const struct bench_facts none = { 0 };
	struct bench_facts common;

	merge(&s->facts, series ? &series->facts : &none, &common);
	merge(&common, r ? &r->facts : &none, out);
	vec_free(&common);
}

char *bench_fact_text(const char *json)
{
	return json_scan_fact_text(json);
}

double bench_fact_number(const char *json, double otherwise)
{
	double value;
	bool whole;

	return json && real_from_text(json, &value, &whole) ? value : otherwise;
}
