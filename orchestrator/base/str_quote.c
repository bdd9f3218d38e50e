#include <string.h>

#include "base/str.h"

#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD"

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

/* Marks that change the order in which a terminal shows what stands around them. */
static bool is_bidi_mark(uint32_t code)
{
	return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* Adds the character (`bytes` long, 0: invalid) if it is harmless on a terminal, else its number. */
static void add_visible(struct str *s, const char *at, size_t bytes, uint32_t code)
{
	if (bytes == 0)
		str_addf(s, "\\x%02x", (unsigned)(unsigned char)*at);
	else if (code < 0x80 && is_control(code))
		str_addf(s, "\\x%02x", (unsigned)code);
	else if (is_control(code) || is_bidi_mark(code))
		str_addf(s, "\\u{%x}", (unsigned)code);
	else
		str_add_bytes(s, at, bytes);
}

static void add_terminal(struct str *s, const char *at, size_t bytes, uint32_t code)
{
	add_visible(s, at, bytes, code);
}

static void add_markdown(struct str *s, const char *at, size_t bytes, uint32_t code)
{
	if (code == '<')
		str_add(s, "&lt;");
	else if (code == '&')
		str_add(s, "&amp;");
	else if (code != 0 && code < 0x80 && strchr("\\`*_[]>|#~$", (int)code))
		str_addf(s, "\\%c", (int)code);
	else
		add_visible(s, at, bytes, code);
}

/* XML 1.0 has no way at all to write most control characters, not even by number. */
static bool xml_forbids(uint32_t code)
{
	return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') || code == 0xFFFE || code == 0xFFFF;
}

static void add_html(struct str *s, const char *at, size_t bytes, uint32_t code)
{
	if (bytes == 0 || xml_forbids(code))
		str_add(s, REPLACEMENT_CHARACTER);
	else if (code == '&')
		str_add(s, "&amp;");
	else if (code == '<')
		str_add(s, "&lt;");
	else if (code == '>')
		str_add(s, "&gt;");
	else if (code == '"')
		str_add(s, "&quot;");
	else if (code == '\'')
		str_add(s, "&#39;");
	else if (code == '\r')
		str_add(s, "&#13;"); /* as it is, a reader would take it for a newline */
	else
		str_add_bytes(s, at, bytes);
}

typedef void add_char_fn(struct str *s, const char *at, size_t bytes, uint32_t code);

static void add_each(struct str *s, const char *text, add_char_fn *add)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		uint32_t code = 0;
		size_t bytes = str_decode(text + at, len - at, &code);

		add(s, text + at, bytes, code);
		at += bytes ? bytes : 1;
	}
}

static bool is_plain_shell_word(const char *text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+:,./-";
	size_t plain = strspn(text, letters);

	/* In front of a command NAME=value is an assignment; behind a dash it cannot be one. */
	if (text[0] == '-')
		while (text[plain] == '=')
			plain += 1 + strspn(text + plain + 1, letters);
	return text[0] != '\0' && text[plain] == '\0';
}

static void add_shell(struct str *s, const char *text)
{
	if (is_plain_shell_word(text)) {
		str_add(s, text);
		return;
	}
	str_add_char(s, '\'');
	for (const char *at = text; *at; at++) {
		if (*at == '\'')
			str_add(s, "'\\''");
		else
			str_add_char(s, *at);
	}
	str_add_char(s, '\'');
}

/* Spreadsheets take a field that begins with one of these for a formula, and run it. */
static bool looks_like_formula(const char *text)
{
	return text[0] != '\0' && strchr("=+-@\t\r", text[0]);
}

static void add_csv(struct str *s, const char *text)
{
	size_t len = strlen(text);
	bool quoted = strpbrk(text, ",;\"\r\n\t") || (len > 0 && (text[0] == ' ' || text[len - 1] == ' '));

	if (quoted)
		str_add_char(s, '"');
	if (looks_like_formula(text))
		str_add_char(s, '\'');
	for (const char *at = text; *at; at++) {
		if (*at == '"')
			str_add_char(s, '"');
		str_add_char(s, *at);
	}
	if (quoted)
		str_add_char(s, '"');
}

void str_add_quoted(struct str *s, const char *text, enum str_quote how)
{
	switch (how) {
	case STR_SHELL:
		add_shell(s, text);
		break;
	case STR_TERMINAL:
		add_each(s, text, add_terminal);
		break;
	case STR_HTML:
		add_each(s, text, add_html);
		break;
	case STR_CSV:
		add_csv(s, text);
		break;
	case STR_MARKDOWN:
		add_each(s, text, add_markdown);
		break;
	}
}
