#include "render/terminal_text.h"

#include <string.h>

#include "base/mem.h"

static const char *const escapes[STYLE_COUNT] = {
	[STYLE_PLAIN] = "",	    [STYLE_GOOD] = "\033[32m", [STYLE_BAD] = "\033[1;31m", [STYLE_CRASH] = "\033[1;35m",
	[STYLE_KNOWN] = "\033[33m", [STYLE_FAINT] = "\033[2m", [STYLE_BOLD] = "\033[1m",
};

struct pen pen_new(const struct render_opts *o, struct str *out)
{
	return (struct pen){ o, o->ascii ? &ascii_signs : &utf8_signs, out };
}

const char *pen_style(const struct pen *p, enum style style)
{
	return p->opts->colour ? escapes[style] : "";
}

const char *pen_style_end(const struct pen *p, enum style style)
{
	return p->opts->colour && style != STYLE_PLAIN ? "\033[0m" : "";
}

static void add_ascii(struct str *out, const char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		uint32_t code = 0;
		size_t bytes = str_decode(text + at, len - at, &code);

		if (bytes > 1)
			str_addf(out, "\\u{%x}", (unsigned)code);
		else
			str_add_char(out, text[at]);
		at += bytes ? bytes : 1;
	}
}

char *pen_harmless(const struct pen *p, const char *text)
{
	AUTO_STR quoted = { 0 };
	AUTO_STR reduced = { 0 };

	str_add_quoted(&quoted, text, STR_TERMINAL);
	if (!p->opts->ascii)
		return str_take(&quoted);
	add_ascii(&reduced, str_text(&quoted));
	return str_take(&reduced);
}

void pen_text(const struct pen *p, const char *text)
{
	AUTO_FREE char *harmless = pen_harmless(p, text);

	str_add(p->out, harmless);
}

void pen_styled(const struct pen *p, enum style style, const char *text)
{
	str_add(p->out, pen_style(p, style));
	pen_text(p, text);
	str_add(p->out, pen_style_end(p, style));
}

static void add_line(const struct pen *p, const char *line, size_t len, const char *indent)
{
	AUTO_STR plain = { 0 };

	for (size_t i = 0; i < len; i++) {
		if (line[i] != '\t')
			str_add_char(&plain, line[i]);
		else
			str_add_bytes(&plain, "        ", 8 - plain.len % 8);
	}
	str_add(p->out, indent);
	pen_text(p, str_text(&plain));
	str_add_char(p->out, '\n');
}

void pen_lines(const struct pen *p, const char *text, const char *indent)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		add_line(p, text, len > 0 && text[len - 1] == '\r' ? len - 1 : len, indent);
		text += len + (text[len] == '\n');
	}
}

enum style style_of_cell(const struct matrix_cell *c)
{
	if (c->now == NULL || c->now->verdict == VERDICT_UNAVAILABLE || c->now->verdict == VERDICT_SKIPPED)
		return STYLE_FAINT;
	if (c->crashed > 0 && !c->expected)
		return STYLE_CRASH;
	if (!c->expected)
		return STYLE_BAD;
	return c->bad > 0 ? STYLE_KNOWN : STYLE_GOOD;
}
