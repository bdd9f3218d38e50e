#include "base/json_scan_text.h"

#include <stdint.h>
#include <string.h>

#include "base/str.h"

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

char *json_scan_plain(char *at, const char *end)
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

bool json_scan_is_half(uint32_t code)
{
	return code >= 0xD800 && code <= 0xDFFF;
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

bool json_scan_character(struct json_scan *s, uint32_t *code)
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
		s->at = json_scan_plain(s->at, s->end);
	while (json_scan_character(s, &code));
}

/* ---- decoded ---- */

void json_scan_add_utf8(struct str *out, uint32_t code)
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
	else if (json_scan_is_half(code))
		json_scan_fail(s, "a text with half a surrogate pair in it");
	else
		json_scan_add_utf8(out, code);
}

const char *json_scan_decode(struct json_scan *s)
{
	char *text = s->at + 1;
	char *plain_end = json_scan_plain(text, s->end);
	AUTO_STR decoded = { 0 };
	uint32_t code;

	s->at = plain_end;
	if (*plain_end == '"') {
		*s->at++ = '\0';
		return text;
	}
	str_add_bytes(&decoded, text, (size_t)(plain_end - text));
	while (json_scan_character(s, &code))
		decode_character(s, code, &decoded);
	return s->failed ? "" : arena_dup_bytes(s->arena, str_text(&decoded), decoded.len);
}
