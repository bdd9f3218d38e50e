#include "base/json_scan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_scan_text.h"
#include "base/real.h"

#define DEEPEST_NESTING 64

void json_scan_start(struct json_scan *s, char *text, size_t len, struct arena *arena, struct err *e)
{
	*s = (struct json_scan){ .at = text, .begin = text, .end = text + len, .arena = arena, .e = e };
}

void json_scan_fail(struct json_scan *s, const char *fmt, ...)
{
	size_t line = s->lines_before + 1, column = 1;
	char text[512];
	va_list ap;

	if (s->failed)
		return;
	s->failed = true;
	for (const char *c = s->begin; c < s->at; c++, column++)
		if (*c == '\n') {
			line++;
			column = 0;
		}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(s->e, ERR_FORMAT, "line %zu, column %zu: %s", line, column, text);
}

static void skip_blanks(struct json_scan *s)
{
	if ((unsigned char)*s->at > ' ')
		return; /* nearly always */
	while (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r')
		s->at++;
}

static bool begins_with(const struct json_scan *s, const char *word)
{
	return strncmp(s->at, word, strlen(word)) == 0;
}

/* What stands here instead of what was expected. */
void json_scan_unexpected(struct json_scan *s, const char *expected)
{
	const char *found;

	if (*s->at == '\0')
		found = s->at == s->end ? "the file ends here" : "there is a NUL";
	else if (begins_with(s, "NaN") || begins_with(s, "Infinity") || begins_with(s, "-Infinity"))
		found = "NaN and Infinity are no numbers that a result can have";
	else if (*s->at == '"')
		found = "there is a text";
	else if (*s->at == '{')
		found = "there is an object";
	else if (*s->at == '[')
		found = "there is a list";
	else if (begins_with(s, "true") || begins_with(s, "false"))
		found = "there is true or false";
	else if (begins_with(s, "null"))
		found = "there is null";
	else if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9'))
		found = "there is a number";
	else
		found = "this is no JSON";
	json_scan_fail(s, "%s was expected; %s", expected, found);
}

char json_scan_peek(struct json_scan *s)
{
	skip_blanks(s);
	switch (*s->at) {
	case '{':
	case '[':
	case '"':
	case 't':
	case 'f':
	case 'n':
		return *s->at;
	default:
		return *s->at == '-' || (*s->at >= '0' && *s->at <= '9') ? '0' : '\0';
	}
}

void json_scan_open(struct json_scan *s, char bracket)
{
	skip_blanks(s);
	if (s->failed)
		return;
	if (*s->at != bracket) {
		json_scan_unexpected(s, bracket == '{' ? "an object" : "a list");
	} else if (s->depth == DEEPEST_NESTING) {
		json_scan_fail(s, "nested deeper than %d", DEEPEST_NESTING);
	} else {
		s->at++;
		s->depth++;
		s->fresh = true;
	}
}

bool json_scan_more(struct json_scan *s, char bracket)
{
	char c = s->held;

	if (s->failed)
		return false;
	s->held = '\0';
	if (!c) {
		skip_blanks(s);
		c = *s->at;
	}
	if (c == ',' && !s->fresh) {
		s->at++;
		return true;
	}
	if (c == bracket) {
		s->at++;
		s->depth--;
		s->fresh = false;
		return false;
	}
	if (s->fresh) {
		s->fresh = false;
		return true;
	}
	*s->at = c;
	json_scan_unexpected(s, bracket == '}' ? "\",\" or \"}\"" : "\",\" or \"]\"");
	return false;
}

static void step_over_colon(struct json_scan *s)
{
	skip_blanks(s);
	if (*s->at == ':')
		s->at++;
	else
		json_scan_unexpected(s, "\":\"");
}

static const char *read_text(struct json_scan *s, const char *expected)
{
	skip_blanks(s);
	if (s->failed)
		return "";
	if (*s->at != '"') {
		json_scan_unexpected(s, expected);
		return "";
	}
	return json_scan_decode(s);
}

const char *json_scan_key(struct json_scan *s)
{
	const char *key = read_text(s, "a name in quotes");

	if (!s->failed)
		step_over_colon(s);
	return key;
}

bool json_scan_key_is(struct json_scan *s, const char *key, size_t len)
{
	const char *at = s->at;

	if (s->failed || (size_t)(s->end - at) < len + 3 || at[0] != '"' || at[len + 1] != '"' || at[len + 2] != ':' ||
	    memcmp(at + 1, key, len) != 0)
		return false;
	s->at += len + 3;
	return true;
}

const char *json_scan_text(struct json_scan *s)
{
	return read_text(s, "a text");
}

double json_scan_number(struct json_scan *s, bool *out_whole)
{
	double value = 0;
	bool whole;

	skip_blanks(s);
	if (s->failed)
		return 0;
	size_t len = real_read(s->at, s->end, &value, &whole);
	if (len == 0)
		json_scan_unexpected(s, "a number");
	else if (!isfinite(value))
		json_scan_fail(s, "this number is too large");
	else
		s->at += len;
	if (out_whole)
		*out_whole = whole;
	return s->failed ? 0 : value;
}

static bool step_over_word(struct json_scan *s, const char *word)
{
	skip_blanks(s);
	if (s->failed || !begins_with(s, word))
		return false;
	s->at += strlen(word);
	return true;
}

bool json_scan_bool(struct json_scan *s)
{
	if (step_over_word(s, "true"))
		return true;
	if (!step_over_word(s, "false"))
		json_scan_unexpected(s, "true or false");
	return false;
}

bool json_scan_null(struct json_scan *s)
{
	return step_over_word(s, "null");
}

void json_scan_skip(struct json_scan *s)
{
	switch (json_scan_peek(s)) {
	case '{':
		for (json_scan_open(s, '{'); json_scan_more(s, '}'); json_scan_skip(s))
			json_scan_key(s);
		break;
	case '[':
		for (json_scan_open(s, '['); json_scan_more(s, ']'); json_scan_skip(s))
			;
		break;
	case '"':
		json_scan_pass_text(s);
		break;
	case '0':
		json_scan_number(s, NULL);
		break;
	case 'n':
		if (!json_scan_null(s))
			json_scan_unexpected(s, "a value");
		break;
	case 't':
	case 'f':
		json_scan_bool(s);
		break;
	default:
		json_scan_unexpected(s, "a value");
	}
}

bool json_scan_finish(struct json_scan *s)
{
	if (s->failed)
		return false;
	skip_blanks(s);
	if (s->at != s->end)
		json_scan_fail(s, *s->at ? "something stands behind the end" : "there is a NUL");
	return !s->failed;
}
