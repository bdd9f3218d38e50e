#include "base/str.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"

static void reserve(struct str *s, size_t more)
{
	size_t want;

	if (__builtin_add_overflow(s->len, more, &want) || want > SIZE_MAX / 4)
		want = SIZE_MAX / 2; /* cannot be had: ends the process */
	if (s->room > want)
		return;
	s->room = want < 32 ? 32 : want + want / 2;
	s->text = mem_grow(s->text, s->room, 1);
}

void str_add_bytes(struct str *s, const void *data, size_t len)
{
	reserve(s, len);
	if (len > 0)
		memcpy(s->text + s->len, data, len);
	s->len += len;
	s->text[s->len] = '\0';
}

char *str_room(struct str *s, size_t len)
{
	reserve(s, len);
	s->text[s->len] = '\0';
	return s->text + s->len;
}

void str_grow(struct str *s, size_t len)
{
	s->len += len;
	s->text[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_add_bytes(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
	str_add_bytes(s, &c, 1);
}

void str_addv(struct str *s, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, ap);
	assert(len >= 0);
	reserve(s, (size_t)len);
	vsnprintf(s->text + s->len, (size_t)len + 1, fmt, again);
	va_end(again);
	s->len += (size_t)len;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_addv(s, fmt, ap);
	va_end(ap);
}

void str_cut(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->text[len] = '\0';
}

void str_clear(struct str *s)
{
	str_cut(s, 0);
}

const char *str_text(const struct str *s)
{
	return s->text ? s->text : "";
}

char *str_take(struct str *s)
{
	char *text = s->text ? s->text : mem_dup("");

	*s = (struct str){ 0 };
	return text;
}

void str_free(struct str *s)
{
	free(s->text);
	*s = (struct str){ 0 };
}

size_t str_decode(const char *text, size_t len, uint32_t *out_code_point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;

	if (len == 0)
		return 0;
	if (p[0] < 0x80) {
		*out_code_point = p[0];
		return 1;
	}
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 0;
	size_t bytes = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (bytes > len)
		return 0;
	uint32_t code = p[0] & (0x7FU >> bytes);
	for (size_t i = 1; i < bytes; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3FU);
	}
	if (code < smallest[bytes] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	*out_code_point = code;
	return bytes;
}

/* How many bytes from here on are ASCII, in steps of a word: nearly every text is nothing else. */
static size_t ascii_words(const char *text, size_t len)
{
	size_t at = 0;

	for (uint64_t word; at + sizeof(word) <= len; at += sizeof(word)) {
		memcpy(&word, text + at, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	return at;
}

bool str_is_utf8(const char *text, size_t len)
{
	uint32_t code;

	for (size_t at = ascii_words(text, len); at < len;) {
		size_t bytes = str_decode(text + at, len - at, &code);
		if (bytes == 0)
			return false;
		at += bytes;
	}
	return true;
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len >= suffix_len && memcmp(text + len - suffix_len, suffix, suffix_len) == 0;
}

/* wcwidth knows wide and combining characters once main has set a UTF-8 locale; without one (-1) a character is a
 * column. */
size_t str_width(const char *utf8)
{
	size_t len = strlen(utf8), columns = 0;

	for (size_t at = 0; at < len;) {
		uint32_t code = 0;
		size_t bytes = str_decode(utf8 + at, len - at, &code);
		int width = bytes ? wcwidth((wchar_t)code) : 1;

		columns += width < 0 ? 1 : (size_t)width;
		at += bytes ? bytes : 1;
	}
	return columns;
}

#define LONGEST_WORD 64

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters to insert, drop, replace or swap with the next one; anything above limit is told as limit + 1.
 * Three rows of the usual table are enough: a swap looks two rows back. */
static size_t edit_distance(const char *a, const char *b, size_t limit)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	size_t rows[3][LONGEST_WORD + 1];

	if (a_len > LONGEST_WORD || b_len > LONGEST_WORD || (a_len > b_len ? a_len - b_len : b_len - a_len) > limit)
		return limit + 1;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3], *before = rows[(i + 2) % 3], *before_that = rows[(i + 1) % 3];
		size_t best = row[0] = i;

		for (size_t j = 1; j <= b_len; j++) {
			row[j] = smaller(before[j - 1] + (a[i - 1] != b[j - 1]), smaller(before[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], before_that[j - 2] + 1);
			best = smaller(best, row[j]);
		}
		if (best > limit)
			return limit + 1;
	}
	return smaller(rows[a_len % 3][b_len], limit + 1);
}

const char *str_nearest(const char *word, const char *const *list)
{
	const char *nearest = NULL;
	size_t best = SIZE_MAX;

	for (; *list; list++) {
		size_t longer = strlen(word) > strlen(*list) ? strlen(word) : strlen(*list);
		size_t limit =
			smaller((longer + 2) / 3, 3); /* a third of the word may be wrong, at most three letters */
		size_t distance = edit_distance(word, *list, limit);

		if (distance <= limit && distance < longer && distance < best) {
			best = distance;
			nearest = *list;
		}
	}
	return nearest;
}
