#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "lab/schema.h"
#include "lab/schema_value.h"

static const void *field_at(const struct schema_field *f, const void *from)
{
	return (const char *)from + f->offset;
}

static const void *item_at(const struct schema_field *f, const struct struct_list *list, size_t i)
{
	return (const char *)list->items + i * f->of->struct_bytes;
}

/* ---- the text that decides results: lengths go in front, so that no two structs share one ---- */

/* By hand: a plan of a thousand cells writes a hundred thousand of these. */
static void canon_piece(struct str *out, const char *text)
{
	size_t len = strlen(text), left = len;
	char digits[24], *at = digits + sizeof(digits);

	*--at = ':';
	do
		*--at = (char)('0' + left % 10);
	while (left /= 10);
	str_add_bytes(out, at, (size_t)(digits + sizeof(digits) - at));
	str_add_bytes(out, text, len);
}

static void canon_field(const struct schema_field *f, const void *at, struct str *out);

static void canon_lists(const struct schema_field *f, const void *at, struct str *out)
{
	const struct text_list *texts = at;
	const struct text_map *map = at;
	const struct struct_list *structs = at;

	switch (f->type) {
	case FIELD_TEXT_LIST:
		str_addf(out, "[%zu]", texts->count);
		for (size_t i = 0; i < texts->count; i++)
			canon_piece(out, texts->items[i]);
		break;
	case FIELD_TEXT_MAP:
		str_addf(out, "{%zu}", map->count);
		for (size_t i = 0; i < map->count; i++) {
			canon_piece(out, map->items[i].key);
			canon_piece(out, map->items[i].value);
		}
		break;
	default:
		str_addf(out, "(%zu)", structs->count);
		for (size_t i = 0; i < structs->count; i++) {
			str_add(out, "<");
			schema_canon(f->of, item_at(f, structs, i), out);
			str_add(out, ">");
		}
	}
}

static bool is_list(enum field_type type)
{
	return type == FIELD_TEXT_LIST || type == FIELD_TEXT_MAP || type == FIELD_STRUCT_LIST ||
	       type == FIELD_STRUCT_MAP;
}

static bool list_is_empty(const struct schema_field *f, const void *at)
{
	if (f->type == FIELD_TEXT_LIST)
		return ((const struct text_list *)at)->count == 0;
	if (f->type == FIELD_TEXT_MAP)
		return ((const struct text_map *)at)->count == 0;
	return ((const struct struct_list *)at)->count == 0;
}

/* What is not set leaves no trace: a key that labctl learns later does not make every old cell a new one. */
static void canon_field(const struct schema_field *f, const void *at, struct str *out)
{
	size_t before = out->len;
	AUTO_STR text = { 0 };

	canon_piece(out, f->key);
	if (f->type == FIELD_STRUCT) {
		str_add(out, "<");
		size_t start = out->len;
		schema_canon(f->of, at, out);
		bool empty = out->len == start;
		str_add(out, ">");
		if (empty)
			str_cut(out, before);
	} else if (is_list(f->type)) {
		if (list_is_empty(f, at))
			str_cut(out, before);
		else
			canon_lists(f, at, out);
	} else if (value_text(f, at, &text)) {
		str_add(out, "=");
		canon_piece(out, str_text(&text));
	} else {
		str_cut(out, before);
	}
}

void schema_canon(const struct schema *s, const void *from, struct str *out)
{
	for (const struct schema_field *f = s->fields; f->key; f++)
		if (!(f->flags & FIELD_NO_HASH) && f->type != FIELD_WHERE)
			canon_field(f, field_at(f, from), out);
}

/* ---- what is set, as the user would write it ---- */

static void show_struct(const struct schema *s, const void *from, unsigned depth, const char *first, struct str *out);

static void indent(struct str *out, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		str_add(out, "  ");
}

/* Texts that another reader of YAML might take for something else, or that would break the line, stand in quotes. */
static bool needs_quotes(const char *text)
{
	if (!text[0] || isspace((unsigned char)text[0]) || strchr("-?:,[]{}#&*!|>'\"%@`~=", text[0]))
		return true;
	for (const char *at = text; *at; at++)
		if (iscntrl((unsigned char)*at) || strchr("\"\\,[]{}", *at) ||
		    (*at == ':' && (at[1] == ' ' || !at[1])) || (*at == '#' && at[-1] == ' '))
			return true;
	return isspace((unsigned char)text[strlen(text) - 1]);
}

static void show_quoted(const char *text, struct str *out)
{
	AUTO_STR quoted = { 0 };

	if (!needs_quotes(text)) {
		str_add_quoted(out, text, STR_TERMINAL);
		return;
	}
	for (const char *at = text; *at; at++) {
		if (*at == '"' || *at == '\\')
			str_addf(&quoted, "\\%c", *at);
		else if (*at == '\n')
			str_add(&quoted, "\\n");
		else if (*at == '\t')
			str_add(&quoted, "\\t");
		else
			str_add_char(&quoted, *at);
	}
	str_add_char(out, '"');
	str_add_quoted(out, str_text(&quoted), STR_TERMINAL);
	str_add_char(out, '"');
}

/* Several lines that can stand below the key as they are. */
static bool fits_block(const char *text)
{
	size_t len = strlen(text);

	if (!strchr(text, '\n') || isspace((unsigned char)text[0]) || str_ends(text, "\n\n"))
		return false;
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\n')
			return false;
	return true;
}

static void show_block(const char *text, unsigned depth, struct str *out)
{
	str_add(out, str_ends(text, "\n") ? "|" : "|-");
	while (*text) {
		size_t line = strcspn(text, "\n");
		AUTO_FREE char *one = mem_dup_bytes(text, line);
		str_add_char(out, '\n');
		if (line > 0)
			indent(out, depth + 1);
		str_add_quoted(out, one, STR_TERMINAL);
		text += line + (text[line] == '\n');
	}
}

static void show_text(const char *text, unsigned depth, struct str *out)
{
	if (fits_block(text))
		show_block(text, depth, out);
	else
		show_quoted(text, out);
	str_add_char(out, '\n');
}

static void show_scalar(const struct schema_field *f, const char *text, unsigned depth, struct str *out)
{
	if (value_is_text(f->type))
		show_text(text, depth, out);
	else
		str_addf(out, "%s\n", text);
}

static void show_lists(const struct schema_field *f, const void *at, unsigned depth, struct str *out)
{
	const struct text_list *texts = at;
	const struct text_map *map = at;
	const struct struct_list *structs = at;

	if (f->type == FIELD_TEXT_LIST) {
		str_add(out, " [");
		for (size_t i = 0; i < texts->count; i++) {
			str_add(out, i ? ", " : "");
			show_quoted(texts->items[i], out);
		}
		str_add(out, "]\n");
		return;
	}
	str_add_char(out, '\n');
	for (size_t i = 0; f->type == FIELD_TEXT_MAP && i < map->count; i++) {
		indent(out, depth + 1);
		show_quoted(map->items[i].key, out);
		str_add(out, ": ");
		show_text(map->items[i].value, depth + 1, out);
	}
	for (size_t i = 0; f->type == FIELD_STRUCT_LIST && i < structs->count; i++)
		show_struct(f->of, item_at(f, structs, i), depth + 2, "- ", out);
	for (size_t i = 0; f->type == FIELD_STRUCT_MAP && i < structs->count; i++) {
		const void *item = item_at(f, structs, i);
		const struct schema_field *name = schema_field_of(f->of, "name");
		indent(out, depth + 1);
		show_quoted(*(const char *const *)field_at(name, item), out);
		str_add(out, ":\n");
		show_struct(f->of, item, depth + 2, NULL, out);
	}
}

/* A truth value that is false says something only where true is the rule; of a choice, the first word is the usual one.
 */
static bool show_value(const struct schema_field *f, const void *at, struct str *out)
{
	bool is_set = value_text(f, at, out);

	if (f->type == FIELD_CHOICE)
		return *(const int *)at != 0 || (f->flags & FIELD_REQUIRED);
	return is_set || (f->type == FIELD_BOOL && f->default_text && strcmp(f->default_text, "true") == 0);
}

/* A struct without what it cannot be without was never written. */
static bool was_written(const struct schema *s, const void *from)
{
	for (const struct schema_field *f = s->fields; f->key; f++)
		if ((f->flags & FIELD_REQUIRED) && value_is_text(f->type) && !*(const char *const *)field_at(f, from))
			return false;
	return true;
}

/* What stands behind "key:"; false: it is not set. */
static bool field_text(const struct schema_field *f, const void *at, unsigned depth, struct str *out)
{
	AUTO_STR text = { 0 };

	if (f->type == FIELD_STRUCT) {
		if (was_written(f->of, at))
			show_struct(f->of, at, depth + 1, NULL, &text);
		str_addf(out, "\n%s", str_text(&text));
		return text.len > 0;
	}
	if (is_list(f->type)) {
		if (!list_is_empty(f, at))
			show_lists(f, at, depth, out);
		return !list_is_empty(f, at);
	}
	if (!show_value(f, at, &text))
		return false;
	str_add_char(out, ' ');
	show_scalar(f, str_text(&text), depth, out);
	return true;
}

static void show_field(const struct schema_field *f, const void *at, unsigned depth, const char *first, struct str *out)
{
	AUTO_STR text = { 0 };

	if (!field_text(f, at, depth, &text))
		return;
	indent(out, first ? depth - 1 : depth);
	str_addf(out, "%s%s:", first ? first : "", f->key);
	str_add(out, str_text(&text));
}

/* `first` stands before the first key instead of its indentation: "- " of a list. */
static void show_struct(const struct schema *s, const void *from, unsigned depth, const char *first, struct str *out)
{
	for (const struct schema_field *f = s->fields; f->key; f++) {
		size_t before = out->len;
		if (f->type == FIELD_WHERE || (f->flags & FIELD_HIDDEN))
			continue;
		show_field(f, field_at(f, from), depth, first, out);
		if (out->len > before)
			first = NULL;
	}
	if (first) { /* an item in which nothing is set */
		indent(out, depth - 1);
		str_add(out, "- {}\n");
	}
}

void schema_show(const struct schema *s, const void *from, struct str *out)
{
	show_struct(s, from, 0, NULL, out);
}
