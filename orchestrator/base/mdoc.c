#include "base/mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define LINE_COLUMNS 78

/* Outside a word a dash is an option's, not a hyphen. */
static bool is_minus(const char *text, const char *at)
{
	return at == text || !isalnum((unsigned char)at[-1]) || at[1] == '-';
}

static void add_escaped(struct str *out, const char *text, size_t len, bool as_it_is)
{
	for (const char *at = text; at < text + len; at++) {
		if (*at == '\\')
			str_add(out, "\\e");
		else if (*at == '-' && (as_it_is || is_minus(text, at)))
			str_add(out, "\\-");
		else if (*at == '\'' && as_it_is)
			str_add(out, "\\(aq");
		else if (*at == '`')
			str_add(out, as_it_is ? "\\(ga" : at == text || at[-1] == '(' ? "\\(oq" : "\\(cq");
		else
			str_add_char(out, *at);
	}
}

/* roff takes a dot or a quote at the start of a line for a command. */
static void guard_line(struct str *out, char first)
{
	if (first == '.' || first == '\'')
		str_add(out, "\\&");
}

static bool ends_sentence(const char *word, size_t len)
{
	while (len && strchr(")`", word[len - 1]))
		len--;
	return len && strchr(".!?", word[len - 1]);
}

void mdoc_add_prose(struct str *out, const char *text, const char *end)
{
	size_t line = out->len;
	bool sentence_ended = false;

	for (const char *word = text + strspn(text, " \n"); *word;) {
		size_t len = strcspn(word, " \n");
		bool begins = sentence_ended && !islower((unsigned char)*word);

		if (out->len > line && (begins || out->len - line + len + 2 > LINE_COLUMNS)) {
			str_add(out, "\n");
			line = out->len;
		}
		if (out->len > line)
			str_add(out, " ");
		else
			guard_line(out, *word);
		add_escaped(out, word, len, false);
		sentence_ended = ends_sentence(word, len);
		word += len;
		word += strspn(word, " \n");
	}
	str_add(out, end);
	str_add(out, "\n");
}

void mdoc_add_literal(struct str *out, const char *text)
{
	if (!out->len || str_text(out)[out->len - 1] == '\n')
		guard_line(out, *text);
	add_escaped(out, text, strlen(text), true);
}
