#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/json_scan_text.h"
#include "base/mem.h"
#include "base/real.h"
#include "base/str.h"

#define MOST_INTEGER_DIGITS 4300 /* as many as Python reads */

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

	s->at = json_scan_plain(begin + 1, s->end);
	if (*s->at == '"') {
		s->at++;
		return cut_out(s, begin, (size_t)(s->at - begin));
	}
	s->escaped = true;
	str_add_bytes(&escaped, begin, (size_t)(s->at - begin));
	while (json_scan_character(s, &code))
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

bool json_scan_is_flat(const struct json_scan *s)
{
	bool in_text = false;

	for (const char *at = s->at + 1; at < s->end; at++) {
		if (in_text && *at == '\\')
			at++;
		else if (*at == '"')
			in_text = !in_text;
		else if (!in_text && *at == ']')
			return true;
		else if (!in_text && (*at == '[' || *at == '{' || *at == 'n'))
			return false;
	}
	return false;
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
	for (s.at++; json_scan_character(&s, &code);)
		json_scan_add_utf8(&decoded, code == 0 || json_scan_is_half(code) ? 0xFFFD : code);
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
