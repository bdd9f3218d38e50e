#include "parse/result.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define NAME_MAX_BYTES	 4096
#define DETAIL_MAX_BYTES 8192
#define FIRST_ROOM	 64

/* rank: which of two cases names the whole; the higher one. */
static const struct verdict_row {
	const char *name, *key;
	char letter;
	int rank;
	bool bad;
} verdicts[VERDICT_COUNT] = {
	[VERDICT_PASSED] = { "passed", "passed", 'p', 1, false },
	[VERDICT_FAILED] = { "failed", "failed", 'f', 3, true },
	[VERDICT_CRASHED] = { "crashed", "crashed", 'c', 6, true },
	[VERDICT_TIMED_OUT] = { "timed out", "timed_out", 't', 5, true },
	[VERDICT_BROKEN] = { "broken", "broken", 'b', 4, true },
	[VERDICT_UNAVAILABLE] = { "unavailable", "unavailable", 'u', 2, false },
	[VERDICT_LOST] = { "lost", "lost", 'l', 7, false },
	[VERDICT_SKIPPED] = { "skipped", "skipped", 's', 0, false },
};

/* A number that is no verdict can come from a file: it must not lead outside the table. */
static const struct verdict_row *row_of(enum verdict v)
{
	static const struct verdict_row strange = { "unknown", "unknown", '?', 0, false };

	return (unsigned)v < VERDICT_COUNT ? &verdicts[v] : &strange;
}

const char *verdict_name(enum verdict v)
{
	return row_of(v)->name;
}

const char *verdict_key(enum verdict v)
{
	return row_of(v)->key;
}

char verdict_letter(enum verdict v)
{
	return row_of(v)->letter;
}

bool verdict_is_bad(enum verdict v)
{
	return row_of(v)->bad;
}

int verdict_from_key(const char *key)
{
	for (int v = 0; key && v < VERDICT_COUNT; v++)
		if (!strcmp(verdicts[v].key, key))
			return v;
	return -1;
}

enum verdict verdict_worst(enum verdict a, enum verdict b)
{
	return row_of(b)->rank > row_of(a)->rank ? b : a;
}

void result_start(struct result *r)
{
	*r = (struct result){ .texts = arena_new(64 * 1024) };
}

void result_free(struct result *r)
{
	arena_free(r->texts);
	free(r->cases);
	*r = (struct result){ 0 };
}

/* Length of the UTF-8 sequence at text, 0 when there is none. */
static size_t sequence_bytes(const char *text, size_t len)
{
	for (size_t n = 1; n <= 4 && n <= len; n++)
		if (str_is_utf8(text, n))
			return n;
	return 0;
}

static const char *repaired_copy(struct arena *a, const char *text, size_t len, size_t max)
{
	AUTO_STR clean = { 0 };

	for (size_t at = 0; at < len && clean.len + 4 <= max;) {
		size_t n = sequence_bytes(text + at, len - at);

		str_add_bytes(&clean, n ? text + at : "\xef\xbf\xbd", n ? n : 3);
		at += n ? n : 1;
	}
	return arena_dup_bytes(a, str_text(&clean), clean.len);
}

/* At most max bytes of text, cut between two characters. */
static const char *clean_copy(struct arena *a, const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len > max)
		for (len = max; len > max - 3 && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	if (str_is_utf8(text, len))
		return arena_dup_bytes(a, text, len);
	return repaired_copy(a, text, len, max);
}

struct test_case *result_add(struct result *r, const char *name, enum verdict v, int64_t took_ns, const char *detail)
{
	struct test_case *c;

	if (r->count == r->room) {
		r->room = r->room ? r->room * 2 : FIRST_ROOM;
		r->cases = mem_grow(r->cases, r->room, sizeof(*r->cases));
	}
	c = &r->cases[r->count++];
	*c = (struct test_case){
		.name = clean_copy(r->texts, name && *name ? name : "(no name)", NAME_MAX_BYTES),
		.detail = detail && *detail ? clean_copy(r->texts, detail, DETAIL_MAX_BYTES) : NULL,
		.took_ns = took_ns < 0 ? -1 : took_ns,
		.verdict = (unsigned)v < VERDICT_COUNT ? v : VERDICT_BROKEN,
	};
	r->tally.count[c->verdict]++;
	return c;
}

void result_count(struct result *r)
{
	int64_t known_passed = r->tally.known_passed;

	r->tally = (struct tally){ .known_passed = known_passed };
	for (size_t i = 0; i < r->count; i++) {
		r->tally.count[r->cases[i].verdict]++;
		r->tally.known += r->cases[i].known && verdict_is_bad(r->cases[i].verdict);
	}
}
