/* The tests of a suite: names said once, verdicts as runs. */
#include "render/site.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SHARED_FIRST   ' ' /* the character for nothing shared */
#define SHARED_MOST    90u
#define NEWLINE_STANDS '\1'

/* A name and which of its kind it is: the first, second, ... test of that name in a cell. */
struct suite_name {
	const char *text;
	uint64_t hash;
	uint32_t turn;
	uint32_t seen;	/* in the cell with this number, and ... */
	uint32_t times; /* ... how often there; counted at the first of its kind */
};

struct site_suite {
	struct arena *texts;
	struct suite_name *names;
	size_t count, room;
	uint32_t *slots; /* place + 1 of a name; 0: free */
	size_t slot_count;
	uint32_t cells;
};

#define FIRST_SLOTS 1024

struct site_suite *site_suite_new(void)
{
	struct site_suite *s = mem_new(1, sizeof(*s));

	s->texts = arena_new(65536);
	s->slot_count = FIRST_SLOTS;
	s->slots = mem_new(s->slot_count, sizeof(*s->slots));
	return s;
}

/* FNV-1a, 64 bits (Fowler, Noll, Vo). Nothing depends on it but speed: names come from the lab's own tests. */
static uint64_t hash_of(const char *text, uint32_t turn)
{
	uint64_t hash = UINT64_C(14695981039346656037) + turn;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash ^ hash >> 29;
}

static uint32_t *slot_of(struct site_suite *s, const char *text, uint32_t turn, uint64_t hash)
{
	size_t at = hash & (s->slot_count - 1);

	for (; s->slots[at]; at = (at + 1) & (s->slot_count - 1)) {
		const struct suite_name *n = &s->names[s->slots[at] - 1];

		if (n->hash == hash && n->turn == turn && !strcmp(n->text, text))
			break;
	}
	return &s->slots[at];
}

static void grow_slots(struct site_suite *s)
{
	free(s->slots);
	s->slot_count *= 2;
	s->slots = mem_new(s->slot_count, sizeof(*s->slots));
	for (size_t i = 0; i < s->count; i++)
		*slot_of(s, s->names[i].text, s->names[i].turn, s->names[i].hash) = (uint32_t)i + 1;
}

static uint32_t place_of(struct site_suite *s, const char *text, uint32_t turn)
{
	uint64_t hash = hash_of(text, turn);
	uint32_t *slot = slot_of(s, text, turn, hash);

	if (*slot)
		return *slot - 1;
	*slot = (uint32_t)s->count + 1;
	if (s->count == s->room) {
		s->room = s->room * 2 + 1024;
		s->names = mem_grow(s->names, s->room, sizeof(*s->names));
	}
	s->names[s->count++] = (struct suite_name){ .text = arena_dup(s->texts, text), .hash = hash, .turn = turn };
	if (s->count * 2 > s->slot_count)
		grow_slots(s);
	return (uint32_t)s->count - 1;
}

/* How often the present cell has named this test before; counts it. */
static uint32_t take_turn(struct site_suite *s, const char *text)
{
	uint32_t place = place_of(s, text, 0);
	struct suite_name *first = &s->names[place];

	if (first->seen != s->cells) {
		first->seen = s->cells;
		first->times = 0;
	}
	return first->times++;
}

static void add_base36(struct str *out, size_t number)
{
	char digits[16];
	size_t n = 0;

	do
		digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
	while (number /= 36);
	while (n)
		str_add_char(out, digits[--n]);
}

/* The letters of a cell's tests in the order of the suite. Digits would be taken for letters: letters are made capital.
 */
static void add_runs(const char *letters, size_t count, struct str *out)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && letters[end] == letters[i]; end++)
			;
		str_add_char(out, letters[i]);
		add_base36(out, end - i);
	}
}

static char capital(char letter)
{
	return (char)(letter - 'a' + 'A');
}

void site_suite_add(struct site_suite *s, const struct test_set *tests, struct str *verdicts, uint32_t *places)
{
	AUTO_FREE char *letters = NULL;

	s->cells++;
	for (size_t i = 0; i < tests->count; i++)
		places[i] = place_of(s, tests->rows[i].name, take_turn(s, tests->rows[i].name));
	letters = mem_new(s->count + 1, 1);
	memset(letters, '-', s->count);
	for (size_t i = 0; i < tests->count; i++)
		letters[places[i]] = capital(verdict_letter(tests->rows[i].verdict));
	add_runs(letters, s->count, verdicts);
}

size_t site_suite_count(const struct site_suite *s)
{
	return s->count;
}

/* Bytes and UTF-16 units that two texts share at their beginnings, whole characters. */
static size_t shared_start(const char *a, const char *b, size_t *out_bytes)
{
	size_t units = 0, at = 0, a_len = strlen(a), b_len = strlen(b);

	for (;;) {
		uint32_t x = 0, y = 0;
		size_t bytes = str_decode(a + at, a_len - at, &x);

		if (!bytes || str_decode(b + at, b_len - at, &y) != bytes || x != y)
			break;
		if (units + (x > 0xFFFF ? 2 : 1) > SHARED_MOST)
			break;
		units += x > 0xFFFF ? 2 : 1;
		at += bytes;
	}
	*out_bytes = at;
	return units;
}

void site_suite_names(const struct site_suite *s, struct str *out)
{
	AUTO_STR text = { 0 };
	struct json_writer w;
	const char *before = "";

	for (size_t i = 0; i < s->count; i++) {
		size_t bytes, units = shared_start(before, s->names[i].text, &bytes);

		str_add_char(&text, (char)(SHARED_FIRST + units));
		/* A newline in a name would make two of it: the reader turns this back. */
		for (const char *at = s->names[i].text + bytes; *at; at++)
			str_add_char(&text, *at == '\n' ? NEWLINE_STANDS : *at);
		str_add_char(&text, '\n');
		before = s->names[i].text;
	}
	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_add_int(&w, "count", (int64_t)s->count);
	json_add_text(&w, "names", str_text(&text));
	json_close(&w, '}');
}

void site_suite_free(struct site_suite *s)
{
	if (!s)
		return;
	arena_free(s->texts);
	free(s->names);
	free(s->slots);
	free(s);
}
