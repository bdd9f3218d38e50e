#include "base/json.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define INPUT_MOST_BYTES ((size_t)64 * 1024 * 1024)
#define DEEPEST_NESTING	 64
#define MOST_VALUES	 4000000 /* "[[],[],…" would make of each two bytes a value that takes fifty times as much */

/* ---- out ---- */

void json_start(struct json_writer *w, struct str *out, bool pretty)
{
	*w = (struct json_writer){ .out = out, .pretty = pretty };
}

static void new_line(struct json_writer *w)
{
	if (!w->pretty)
		return;
	str_add_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		str_add(w->out, "  ");
}

static void add_char(struct str *out, const char *at, size_t bytes, uint32_t code)
{
	if (bytes == 0)
		str_add(out, "\xEF\xBF\xBD");
	else if (code == '"' || code == '\\')
		str_addf(out, "\\%c", (int)code);
	else if (code == '\n')
		str_add(out, "\\n");
	else if (code == '\t')
		str_add(out, "\\t");
	else if (code < 0x20 || code == 0x7F)
		str_addf(out, "\\u%04x", (unsigned)code);
	else
		str_add_bytes(out, at, bytes);
}

/* How many bytes from here on stand for themselves: nearly every text is made of nothing else. */
static size_t plain_bytes(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= 0x20 && text[n] < 0x7F && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

static void add_quoted(struct str *out, const char *text)
{
	size_t len = strlen(text);

	str_add_char(out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t code = 0;
		size_t plain = plain_bytes(text + i, len - i);

		str_add_bytes(out, text + i, plain);
		i += plain;
		if (i == len)
			break;

		size_t bytes = str_decode(text + i, len - i, &code);
		add_char(out, text + i, bytes, code);
		i += bytes ? bytes : 1;
	}
	str_add_char(out, '"');
}

static void begin_value(struct json_writer *w, const char *key)
{
	if (w->need_comma)
		str_add_char(w->out, ',');
	if (w->depth > 0)
		new_line(w);
	if (key) {
		add_quoted(w->out, key);
		str_add(w->out, w->pretty ? ": " : ":");
	}
	w->need_comma = true;
}

void json_open(struct json_writer *w, const char *key, char bracket)
{
	begin_value(w, key);
	str_add_char(w->out, bracket);
	w->depth++;
	w->need_comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
	bool empty = !w->need_comma;

	w->depth--;
	if (!empty)
		new_line(w);
	str_add_char(w->out, bracket);
	if (w->pretty && w->depth == 0)
		str_add_char(w->out, '\n');
	w->need_comma = true;
}

void json_add_text(struct json_writer *w, const char *key, const char *value)
{
	begin_value(w, key);
	if (value)
		add_quoted(w->out, value);
	else
		str_add(w->out, "null");
}

void json_add_int(struct json_writer *w, const char *key, int64_t value)
{
	begin_value(w, key);
	str_addf(w->out, "%lld", (long long)value);
}

/* printf and strtod use the decimal point of the locale, JSON has but one. */
static void add_with_point(struct str *out, const char *number)
{
	const char *point = localeconv()->decimal_point;
	const char *at = strcmp(point, ".") != 0 && point[0] ? strstr(number, point) : NULL;

	if (!at) {
		str_add(out, number);
		return;
	}
	str_add_bytes(out, number, (size_t)(at - number));
	str_add_char(out, '.');
	str_add(out, at + strlen(point));
}

void json_add_real(struct json_writer *w, const char *key, double value)
{
	char number[64];

	begin_value(w, key);
	if (!isfinite(value)) {
		str_add(w->out, "null");
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(number, sizeof(number), "%.*g", digits, value);
		if (strtod(number, NULL) == value)
			break;
	}
	add_with_point(w->out, number);
	if (number[strspn(number, "-0123456789")] == '\0')
		str_add(w->out,
			".0"); /* a reader that tells reals from integers gets a real, and -0.0 keeps its sign */
}

void json_add_bool(struct json_writer *w, const char *key, bool value)
{
	begin_value(w, key);
	str_add(w->out, value ? "true" : "false");
}

/* ---- in ---- */

/* struct json_value has no members: it is jansson's value under a name that needs no jansson.h. */
static const json_t *inner(const struct json_value *v)
{
	return (const json_t *)v;
}

static const struct json_value *outer(const json_t *v)
{
	return (const struct json_value *)v;
}

struct scan {
	unsigned line, column, depth;
	size_t value_count;
	bool in_text, after_backslash;
};

static void scan_in_text(struct scan *s, char c)
{
	if (s->after_backslash)
		s->after_backslash = false;
	else if (c == '\\')
		s->after_backslash = true;
	else if (c == '"')
		s->in_text = false;
}

static void scan_outside(struct scan *s, char c)
{
	if (c == '"')
		s->in_text = true;
	else if (c == '[' || c == '{')
		s->depth++;
	else if ((c == ']' || c == '}') && s->depth > 0)
		s->depth--;
	if (c == ',' || c == '[' || c == '{')
		s->value_count++;
}

/* Refuses before the parser takes memory for it. */
static int check_bounds(const char *text, size_t len, struct err *e)
{
	struct scan s = { .line = 1, .column = 1 };

	if (len > INPUT_MOST_BYTES)
		return err_set(e, ERR_FORMAT, "JSON: more than %zu MiB", INPUT_MOST_BYTES / (1024 * 1024));
	for (size_t i = 0; i < len; i++) {
		if (s.in_text)
			scan_in_text(&s, text[i]);
		else
			scan_outside(&s, text[i]);
		if (s.depth > DEEPEST_NESTING)
			return err_set(e, ERR_FORMAT, "JSON: line %u, column %u: nested deeper than %d", s.line,
				       s.column, DEEPEST_NESTING);
		if (s.value_count > MOST_VALUES)
			return err_set(e, ERR_FORMAT, "JSON: line %u, column %u: more than %d values", s.line, s.column,
				       MOST_VALUES);
		s.column = text[i] == '\n' ? 1 : s.column + 1;
		s.line += text[i] == '\n';
	}
	return 0;
}

struct json_value *json_parse(const char *text, size_t len, struct err *e)
{
	json_error_t problem;

	if (check_bounds(text ? text : "", text ? len : 0, e) != 0)
		return NULL;
	json_t *root = json_loadb(text ? text : "", text ? len : 0, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
	if (!root) {
		AUTO_STR shown = { 0 };
		str_add_quoted(&shown, problem.text, STR_TERMINAL);
		err_set(e, ERR_FORMAT, "JSON: line %d, column %d: %s", problem.line, problem.column, str_text(&shown));
	}
	return (struct json_value *)root;
}

/* jansson knows no NaN. In its sight such a word becomes a text of the same length, so that columns stay right, which
 * begins with a character that no text of such a file has. Afterwards these texts give way to one of three values,
 * which are told by their address. */
#define WORD_MARK 0x7F

static const struct {
	const char *word;
	double value;
} words[] = { { "NaN", NAN }, { "Infinity", INFINITY }, { "-Infinity", -INFINITY } };

static json_t *word_values[COUNT_OF(words)]; /* made once, kept for ever */

static bool stands_there(const char *text, size_t left, const char *word)
{
	return left >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static size_t word_bytes(const char *text, size_t left)
{
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (stands_there(text, left, words[i].word))
			return strlen(words[i].word);
	return 0;
}

static void mark_word(char *word, size_t len)
{
	word[0] = word[len - 1] = '"';
	memset(word + 1, 'x', len - 2);
	word[1] = WORD_MARK;
}

static bool is_del(const char *text, size_t left)
{
	return *text == WORD_MARK || stands_there(text, left, "\\u007f") || stands_there(text, left, "\\u007F");
}

static int mark_words(char *text, size_t len, struct err *e)
{
	struct scan s = { .line = 1 };

	for (size_t i = 0; i < len; i++) {
		size_t bytes = s.in_text ? 0 : word_bytes(text + i, len - i);

		if (is_del(text + i, len - i))
			return err_set(e, ERR_FORMAT, "JSON: line %u: a DEL character", s.line);
		s.line += text[i] == '\n';
		if (bytes) {
			mark_word(text + i, bytes);
			i += bytes - 1;
		} else if (s.in_text) {
			scan_in_text(&s, text[i]);
		} else {
			scan_outside(&s, text[i]);
		}
	}
	return 0;
}

/* Its value when it is a marked text, else itself. */
static json_t *word_value(json_t *v)
{
	if (!json_is_string(v) || json_string_value(v)[0] != WORD_MARK)
		return v;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (strlen(words[i].word) - 2 != json_string_length(v))
			continue;
		if (!word_values[i])
			word_values[i] = json_string(words[i].word);
		return word_values[i];
	}
	return v;
}

static void put_words(json_t *v)
{
	const char *key;
	json_t *item;
	size_t i;

	json_array_foreach(v, i, item)
	{
		put_words(item);
		if (word_value(item) != item)
			json_array_set(v, i, word_value(item));
	}
	json_object_foreach(v, key, item)
	{
		put_words(item);
		if (word_value(item) != item)
			json_object_set(v, key, word_value(item));
	}
}

struct json_value *json_parse_with_nan(const char *text, size_t len, struct err *e)
{
	AUTO_FREE char *marked = mem_dup_bytes(text, len);

	if (mark_words(marked, len, e) != 0)
		return NULL;
	json_t *root = (json_t *)json_parse(marked, len, e);
	put_words(root);
	return (struct json_value *)root;
}

static bool is_word_value(const json_t *v)
{
	return v && (v == word_values[0] || v == word_values[1] || v == word_values[2]);
}

static double number_of_word(const json_t *v, double otherwise)
{
	for (size_t i = 0; is_word_value(v) && i < COUNT_OF(words); i++)
		if (v == word_values[i])
			return words[i].value;
	return otherwise;
}

void json_free(struct json_value *root)
{
	json_decref((json_t *)root);
}

void json_free_at(struct json_value **root)
{
	json_free(*root);
	*root = NULL;
}

enum json_kind json_kind(const struct json_value *v)
{
	if (!v)
		return JSON_ABSENT;
	switch (json_typeof(inner(v))) {
	case JSON_OBJECT:
		return JSON_IS_OBJECT;
	case JSON_ARRAY:
		return JSON_IS_LIST;
	case JSON_STRING:
		return is_word_value(inner(v)) ? JSON_IS_NUMBER : JSON_IS_TEXT;
	case JSON_INTEGER:
	case JSON_REAL:
		return JSON_IS_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_IS_BOOL;
	default:
		return JSON_IS_NULL;
	}
}

const struct json_value *json_at(const struct json_value *v, const char *key)
{
	return outer(json_object_get(inner(v), key));
}

size_t json_count(const struct json_value *v)
{
	return json_array_size(inner(v));
}

const struct json_value *json_item(const struct json_value *v, size_t i)
{
	return outer(json_array_get(inner(v), i));
}

void json_each(const struct json_value *object, void (*fn)(void *ctx, const char *key, const struct json_value *value),
	       void *ctx)
{
	json_t *members = (json_t *)object; /* jansson's iterator takes no const, but changes nothing */

	for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at))
		fn(ctx, json_object_iter_key(at), outer(json_object_iter_value(at)));
}

const char *json_text(const struct json_value *v, const char *otherwise)
{
	return json_kind(v) == JSON_IS_TEXT ? json_string_value(inner(v)) : otherwise;
}

int64_t json_int(const struct json_value *v, int64_t otherwise)
{
	return json_is_integer(inner(v)) ? json_integer_value(inner(v)) : otherwise;
}

double json_number(const struct json_value *v, double otherwise)
{
	return json_is_number(inner(v)) ? json_number_value(inner(v)) : number_of_word(inner(v), otherwise);
}

bool json_is_whole(const struct json_value *v)
{
	return json_is_integer(inner(v));
}

bool json_bool(const struct json_value *v, bool otherwise)
{
	return json_is_boolean(inner(v)) ? json_is_true(inner(v)) : otherwise;
}

const char *json_library_version(void)
{
	return jansson_version_str();
}
