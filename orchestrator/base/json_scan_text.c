#include "base/json_scan_text.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/real.h"
#include "base/str.h"

#define MOST_INTEGER_DIGITS 4300 /* as many as Python reads */

/* ---- characters ---- */

static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Sixteen characters at a time. A comparison of vectors gives all ones or all zeros for each; what stops the pass has
 * its highest bit set in `stops`. */
typedef signed char chars16 __attribute__((vector_size(16)));

static chars16 stops_in(const char *at)
{
	chars16 c;

	memcpy(&c, at, sizeof(c));
	return (c < ' ') | (c == '"') | (c == '\\') | (c == 0x7F); /* below 0: not ASCII */
}

/* The first character that does not stand for itself in every JSON text. */
static char *pass_plain(char *at, const char *end)
{
	uint64_t halves[2];

	for (; end - at >= 16; at += 16) {
		chars16 stops = stops_in(at);

		memcpy(halves, &stops, sizeof(halves));
		if (halves[0] | halves[1])
			break;
	}
	while (is_plain(*at))
		at++;
	return at;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind \u; stops at a NUL. */
static bool read_hex(const char *at, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return false;
		*code = *code << 4 | (uint32_t)digit;
	}
	return true;
}

static bool is_high_half(uint32_t code)
{
	return code >= 0xD800 && code <= 0xDBFF;
}

static bool is_low_half(uint32_t code)
{
	return code >= 0xDC00 && code <= 0xDFFF;
}

/* Two halves become one character; a half alone stays what it is. */
static bool read_unicode_escape(struct json_scan *s, uint32_t *code)
{
	uint32_t low;

	if (!read_hex(s->at + 2, code))
		return false;
	s->at += 6;
	if (is_high_half(*code) && s->at[0] == '\\' && s->at[1] == 'u' && read_hex(s->at + 2, &low) &&
	    is_low_half(low)) {
		*code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
		s->at += 6;
	}
	return true;
}

static bool read_escape(struct json_scan *s, uint32_t *code)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter = s->at[1] ? strchr(letters, s->at[1]) : NULL;

	if (letter) {
		*code = (unsigned char)meanings[letter - letters];
		s->at += 2;
		return true;
	}
	if (s->at[1] == 'u' && read_unicode_escape(s, code))
		return true;
	json_scan_fail(s, "no such escape in a text");
	return false;
}

/* The next character of a text: false at its closing quote, which is stepped over, or at a mistake. */
static bool next_character(struct json_scan *s, uint32_t *code)
{
	unsigned char c = (unsigned char)*s->at;
	size_t bytes;

	if (c == '"') {
		s->at++;
		return false;
	}
	if (c == '\\')
		return read_escape(s, code);
	if (c < ' ') {
		json_scan_fail(s, s->at == s->end ? "the file ends in the middle of a text"
						  : "a control character in a text");
		return false;
	}
	bytes = str_decode(s->at, (size_t)(s->end - s->at), code);
	if (bytes == 0)
		json_scan_fail(s, "a text that is not UTF-8");
	s->at += bytes;
	return bytes != 0;
}

void json_scan_pass_text(struct json_scan *s)
{
	uint32_t code;

	s->at++;
	do
		s->at = pass_plain(s->at, s->end);
	while (next_character(s, &code));
}

/* ---- decoded ---- */

static void add_utf8(struct str *out, uint32_t code)
{
	if (code < 0x80) {
		str_add_char(out, (char)code);
		return;
	}
	if (code < 0x800) {
		str_add_char(out, (char)(0xC0 | code >> 6));
	} else {
		if (code < 0x10000) {
			str_add_char(out, (char)(0xE0 | code >> 12));
		} else {
			str_add_char(out, (char)(0xF0 | code >> 18));
			str_add_char(out, (char)(0x80 | (code >> 12 & 0x3F)));
		}
		str_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
	}
	str_add_char(out, (char)(0x80 | (code & 0x3F)));
}

static void decode_character(struct json_scan *s, uint32_t code, struct str *out)
{
	if (code == 0)
		json_scan_fail(s, "a text with a NUL in it");
	else if (is_high_half(code) || is_low_half(code))
		json_scan_fail(s, "a text with half a surrogate pair in it");
	else
		add_utf8(out, code);
}

const char *json_scan_decode(struct json_scan *s)
{
	char *text = s->at + 1;
	char *plain_end = pass_plain(text, s->end);
	AUTO_STR decoded = { 0 };
	uint32_t code;

	s->at = plain_end;
	if (*plain_end == '"') {
		*s->at++ = '\0';
		return text;
	}
	str_add_bytes(&decoded, text, (size_t)(plain_end - text));
	while (next_character(s, &code))
		decode_character(s, code, &decoded);
	return s->failed ? "" : arena_dup_bytes(s->arena, str_text(&decoded), decoded.len);
}

/* ---- facts ---- */

/* A NUL behind the value, in place of the comma or bracket, which json_scan_more still finds. Blanks are left as they
 * are: lines are counted by them. */
static const char *cut_out(struct json_scan *s, const char *value, size_t len)
{
	char *end = s->at;

	if (*end != ',' && *end != '}' && *end != ']')
		return *end ? arena_dup_bytes(s->arena, value, len) : value;
	s->held = *end;
	*end = '\0';
	return value;
}

/* As Python's json.dumps escapes by default. */
static void add_escaped(struct str *out, uint32_t code)
{
	static const char letters[] = "\"\\bfnrt", meanings[] = "\"\\\b\f\n\r\t";
	const char *meaning = code && code < 0x80 ? strchr(meanings, (int)code) : NULL;

	if (meaning)
		str_addf(out, "\\%c", letters[meaning - meanings]);
	else if (code >= ' ' && code <= '~')
		str_add_char(out, (char)code);
	else if (code < 0x10000)
		str_addf(out, "\\u%04x", (unsigned)code);
	else
		str_addf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((code - 0x10000) >> 10)),
			 (unsigned)(0xDC00 + (code & 0x3FF)));
}

static const char *text_fact(struct json_scan *s)
{
	char *begin = s->at;
	AUTO_STR escaped = { 0 };
	uint32_t code;

	s->at = pass_plain(begin + 1, s->end);
	if (*s->at == '"') {
		s->at++;
		return cut_out(s, begin, (size_t)(s->at - begin));
	}
	s->escaped = true;
	str_add_bytes(&escaped, begin, (size_t)(s->at - begin));
	while (next_character(s, &code))
		add_escaped(&escaped, code);
	str_add_char(&escaped, '"');
	return s->failed ? "" : arena_dup_bytes(s->arena, escaped.text, escaped.len);
}

/* As Python would write it. */
static const char *real_fact(struct json_scan *s, const char *begin)
{
	char text[REAL_TEXT_BYTES];
	double value = 0;
	bool whole;

	real_read(begin, s->end, &value, &whole);
	if (!isfinite(value)) {
		json_scan_fail(s, "this number is too large");
		return "";
	}
	real_write(value, text);
	return arena_dup(s->arena, text);
}

static const char *after_digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* The end of a real that stands as Python would have written it; else NULL. Not told apart: sixteen or seventeen digits
 * of which fewer would do. `point` stands behind the integer part. */
static const char *end_of_plain_real(const char *integer, const char *point)
{
	const char *fraction = point + 1;
	const char *end = after_digits(fraction);
	const char *first = integer;

	if (*end == 'e' || *end == 'E' || end == fraction)
		return NULL;
	if (*integer == '0')
		for (first = fraction; first < end - 1 && *first == '0'; first++)
			;
	if (point - integer > 16 || first - fraction > 3 || end - first > 17 + (first < point) ||
	    (end[-1] == '0' && end - fraction > 1))
		return NULL;
	return end;
}

static const char *other_number_fact(struct json_scan *s, const char *begin)
{
	bool whole = false;
	size_t len = real_length(begin, s->end, &whole);

	if (len == 0) {
		json_scan_unexpected(s, "a number");
		return "";
	}
	if (whole && len > MOST_INTEGER_DIGITS) {
		json_scan_fail(s, "this number is too large");
		return "";
	}
	s->at += len;
	if (whole && len == 2 && memcmp(begin, "-0", 2) == 0)
		return "0";
	return whole ? cut_out(s, begin, len) : real_fact(s, begin);
}

static const char *number_fact(struct json_scan *s)
{
	const char *begin = s->at;
	const char *integer = begin + (*begin == '-');
	const char *end = after_digits(integer);
	bool plain = end != integer && (*integer != '0' || end - integer == 1);

	if (plain && *end == '.')
		end = end_of_plain_real(integer, end);
	else if (!plain || *end == 'e' || *end == 'E' || integer != begin || end - integer > MOST_INTEGER_DIGITS)
		end = NULL;
	if (!end)
		return other_number_fact(s, begin);
	s->at += end - begin;
	return cut_out(s, begin, (size_t)(end - begin));
}

static const char *list_fact(struct json_scan *s)
{
	AUTO_STR list = { 0 };

	for (json_scan_open(s, '['); json_scan_more(s, ']');) {
		if (json_scan_peek(s) == '[')
			json_scan_fail(s, "a list in a list of facts");
		else
			str_addf(&list, "%c%s", list.len ? ',' : '[', json_scan_fact(s));
	}
	if (!list.len)
		return "[]";
	str_add_char(&list, ']');
	return arena_dup_bytes(s->arena, list.text, list.len);
}

const char *json_scan_fact(struct json_scan *s)
{
	char kind = json_scan_peek(s);

	s->escaped = false;
	if (s->failed)
		return "";
	if (kind == '"')
		return text_fact(s);
	if (kind == '0')
		return number_fact(s);
	if (kind == '[')
		return list_fact(s);
	if (kind == 't' || kind == 'f')
		return json_scan_bool(s) ? "true" : "false";
	json_scan_unexpected(s, "a text, a number or a list of such");
	return "";
}

char *json_scan_fact_text(const char *fact)
{
	struct json_scan s;
	AUTO_FREE char *copy = mem_dup(fact);
	AUTO_STR decoded = { 0 };
	uint32_t code;

	if (*copy != '"')
		return TAKE(copy);
	json_scan_start(&s, copy, strlen(copy), NULL, NULL);
	for (s.at++; next_character(&s, &code);)
		add_utf8(&decoded, code == 0 || is_high_half(code) || is_low_half(code) ? 0xFFFD : code);
	return str_take(&decoded);
}

char *json_scan_quote(const char *text)
{
	AUTO_STR quoted = { 0 };
	size_t len = strlen(text);

	str_add_char(&quoted, '"');
	for (size_t i = 0; i < len;) {
		uint32_t code = 0;
		size_t bytes = str_decode(text + i, len - i, &code);

		add_escaped(&quoted, bytes ? code : 0xFFFD);
		i += bytes ? bytes : 1;
	}
	str_add_char(&quoted, '"');
	return str_take(&quoted);
}
