#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"
#include "lab/schema.h"
#include "lab/schema_value.h"
#include "lab/vars.h"

/* What a whole lab may take once its variables are filled in. */
#define MAX_ARENA_BYTES (64 * 1024 * 1024)
#define MAX_NAME_BYTES	(SCHEMA_NAME_ROOM - 1)

struct reader {
	const struct vars *vars;
	struct arena *arena;
	struct problems *problems;
	const char *file; /* in the arena */
};

static void read_struct(struct reader *r, const struct schema *s, const struct yaml_node *n, void *into);
static void set_defaults(struct reader *r, const struct schema *s, void *into);

bool schema_is_name(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > MAX_NAME_BYTES || text[0] == '-' || text[0] == '.')
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-_.+", *text))
			return false;
	return true;
}

const struct schema_field *schema_field_of(const struct schema *s, const char *key)
{
	for (const struct schema_field *f = s->fields; f->key; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

static void *field_at(const struct schema_field *f, void *into)
{
	return (char *)into + f->offset;
}

static void tell_err(struct reader *r, const struct yaml_node *n, const struct err *e)
{
	problems_add(r->problems, yaml_where(n), e->hint[0] ? e->hint : NULL, "%s", e->text);
}

static void tell_wrong_type(struct reader *r, const struct schema_field *f, const struct yaml_node *n)
{
	const char *text = yaml_text(n), *example = value_example(f);
	const char *found = yaml_kind(n) == YAML_LIST ? "a list" : yaml_kind(n) == YAML_MAP ? "a map" : "text";
	AUTO_FREE char *hint = example ? mem_printf("for example %s: %s", f->key, example) : NULL;

	if (text)
		problems_add(r->problems, yaml_where(n), hint, "%s is \"%.60s\", but %s is wanted", f->key, text,
			     value_wanted(f));
	else
		problems_add(r->problems, yaml_where(n), hint, "%s is %s, but %s is wanted", f->key, found,
			     value_wanted(f));
}

/* `key:` with nothing behind it, or null. */
static bool is_nothing(const struct yaml_node *n)
{
	const char *text = yaml_text(n);

	return text && yaml_is_plain(n) && (!text[0] || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* The node's text, when it is one: a number or a truth value is a text too. */
static const char *text_of(struct reader *r, const struct schema_field *f, const struct yaml_node *n)
{
	const char *text = yaml_text(n);

	if (!text) {
		tell_wrong_type(r, f, n);
		return NULL;
	}
	if (is_nothing(n)) {
		problems_add(r->problems, yaml_where(n), "leave the line out, or write \"\" for an empty text",
			     "%s has no value", f->key);
		return NULL;
	}
	return text;
}

static const char *expanded(struct reader *r, const char *text, const struct yaml_node *n)
{
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	if (arena_bytes(r->arena) > MAX_ARENA_BYTES) {
		problems_add(r->problems, yaml_where(n), NULL, "with its variables the lab takes more than %d MiB",
			     MAX_ARENA_BYTES >> 20);
		return NULL;
	}
	if (vars_expand(r->vars, text, &out, &e) != 0) {
		tell_err(r, n, &e);
		return NULL;
	}
	return arena_dup_bytes(r->arena, str_text(&out), out.len);
}

static const char *absolute_path(struct reader *r, const char *text)
{
	const char *home = vars_get(r->vars, "home");
	const char *slash = r->file ? strrchr(r->file, '/') : NULL;

	if (home && text[0] == '~' && (text[1] == '/' || text[1] == '\0'))
		return arena_printf(r->arena, "%s%s", home, text + 1);
	if (text[0] == '/' || !slash)
		return text;
	return arena_printf(r->arena, "%.*s/%s", (int)(slash - r->file), r->file, text);
}

static bool is_pattern(struct reader *r, const struct schema_field *f, const char *text, const struct yaml_node *n)
{
	struct err e = ERR_INIT;
	struct regex *compiled = regex_new(text, &e);

	if (!compiled)
		problems_add(r->problems, yaml_where(n), "PCRE2 syntax; single quotes keep backslashes as they are",
			     "%s does not compile: %.300s", f->key, e.text);
	regex_free(compiled);
	return compiled != NULL;
}

static void read_text(struct reader *r, const struct schema_field *f, const struct yaml_node *n, const char **out)
{
	const char *text = text_of(r, f, n);

	if (!text)
		return;
	if (f->type == FIELD_NAME && !schema_is_name(text)) {
		problems_add(r->problems, yaml_where(n), NULL, "%s is \"%.70s\", but %s is wanted", f->key, text,
			     value_wanted(f));
		return;
	}
	if (f->type == FIELD_PATTERN && !is_pattern(r, f, text, n))
		return;
	if (!f->refers_to && (f->type == FIELD_TEXT || f->type == FIELD_PATH))
		text = expanded(r, text, n);
	else
		text = arena_dup(r->arena, text);
	*out = text && f->type == FIELD_PATH ? absolute_path(r, text) : text;
}

static void read_scalar(struct reader *r, const struct schema_field *f, const struct yaml_node *n, void *at)
{
	struct err e = ERR_INIT;
	const char *text = text_of(r, f, n);
	bool may_be_quoted = f->type == FIELD_CHOICE || f->type == FIELD_BYTES || f->type == FIELD_DURATION;

	if (!text)
		return;
	if (!may_be_quoted && !yaml_is_plain(n)) {
		AUTO_FREE char *hint = mem_printf("leave out the quotes: %s: %.40s", f->key, text);
		problems_add(r->problems, yaml_where(n), hint, "%s is a text, but %s is wanted", f->key,
			     value_wanted(f));
		return;
	}
	if (value_parse(f, text, at, &e) != 0)
		tell_err(r, n, &e);
}

struct named_place {
	const char *name;
	struct where at;
};

static int compare_places(const void *left, const void *right)
{
	const struct named_place *a = left, *b = right;
	int order = strcmp(a->name, b->name);

	if (order == 0)
		order = (a->at.line > b->at.line) - (a->at.line < b->at.line);
	return order ? order : (a->at.column > b->at.column) - (a->at.column < b->at.column);
}

/* Sorts the places. */
static void tell_duplicates(struct reader *r, const char *what, struct named_place *places, size_t count)
{
	if (count > 1)
		qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 1; i < count; i++)
		if (strcmp(places[i - 1].name, places[i].name) == 0)
			problems_add(r->problems, places[i].at, NULL,
				     "%s: \"%.64s\" stands here a second time, first in line %u", what, places[i].name,
				     places[i - 1].at.line);
}

static void read_text_list(struct reader *r, const struct schema_field *f, const struct yaml_node *n,
			   struct text_list *out)
{
	bool alone = yaml_kind(n) == YAML_TEXT;
	size_t room = alone ? 1 : yaml_count(n);

	if (yaml_kind(n) == YAML_MAP) {
		tell_wrong_type(r, f, n);
		return;
	}
	AUTO_FREE struct named_place *places = mem_new(room + 1, sizeof(*places));
	out->items = arena_items(r->arena, room + 1, sizeof(*out->items));
	for (const struct yaml_node *item = alone ? n : yaml_next(n, NULL); item;
	     item = alone ? NULL : yaml_next(n, item)) {
		const char *text = text_of(r, f, item);
		if (text)
			text = f->refers_to ? arena_dup(r->arena, text) : expanded(r, text, item);
		if (!text)
			continue;
		places[out->count] = (struct named_place){ text, yaml_where(item) };
		out->items[out->count++] = text;
	}
	if (f->refers_to)
		tell_duplicates(r, f->key, places, out->count);
}

static bool is_word(const char *text)
{
	return *text && !isdigit((unsigned char)*text) &&
	       text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void read_text_map(struct reader *r, const struct schema_field *f, const struct yaml_node *n,
			  struct text_map *out)
{
	if (yaml_kind(n) != YAML_MAP) {
		tell_wrong_type(r, f, n);
		return;
	}
	out->items = arena_items(r->arena, yaml_count(n) + 1, sizeof(*out->items));
	for (const struct yaml_node *item = yaml_next(n, NULL); item; item = yaml_next(n, item)) {
		const char *text = text_of(r, f, item);
		if ((f->flags & FIELD_WORD_KEYS) && !is_word(yaml_key(item)))
			problems_add(r->problems, yaml_key_where(item), "letters, digits and _, not first a digit",
				     "%s: \"%.64s\" cannot be the name of a variable", f->key, yaml_key(item));
		if (text)
			text = expanded(r, text, item);
		if (text)
			out->items[out->count++] = (struct text_pair){ arena_dup(r->arena, yaml_key(item)), text };
	}
}

static const char **name_of(const struct schema *s, void *item)
{
	const struct schema_field *f = schema_field_of(s, "name");

	return f && value_is_text(f->type) ? field_at(f, item) : NULL;
}

static void read_key_as_name(struct reader *r, const struct schema_field *f, const struct yaml_node *n, void *item)
{
	const char **name = name_of(f->of, item);

	if (!schema_is_name(yaml_key(n)))
		problems_add(r->problems, yaml_key_where(n), NULL,
			     "%s: \"%.70s\" is no name (letters, digits, - _ . +, at most %d)", f->key, yaml_key(n),
			     MAX_NAME_BYTES);
	*name = arena_dup(r->arena, yaml_key(n));
}

static void read_structs(struct reader *r, const struct schema_field *f, const struct yaml_node *n,
			 struct struct_list *out)
{
	bool alone = f->type == FIELD_STRUCT_LIST && yaml_kind(n) == YAML_MAP;
	size_t room = alone ? 1 : yaml_count(n);

	if (!alone && yaml_kind(n) != (f->type == FIELD_STRUCT_LIST ? YAML_LIST : YAML_MAP)) {
		tell_wrong_type(r, f, n);
		return;
	}
	AUTO_FREE struct named_place *places = mem_new(room + 1, sizeof(*places));
	size_t named = 0;
	out->items = arena_items(r->arena, room, f->of->struct_bytes);
	for (const struct yaml_node *node = alone ? n : yaml_next(n, NULL); node;
	     node = alone ? NULL : yaml_next(n, node)) {
		void *item = (char *)out->items + out->count++ * f->of->struct_bytes;
		if (f->type == FIELD_STRUCT_MAP)
			read_key_as_name(r, f, node, item);
		read_struct(r, f->of, node, item);
		const char **name = name_of(f->of, item);
		if (name && *name)
			places[named++] = (struct named_place){ *name, yaml_where(node) };
	}
	tell_duplicates(r, f->key, places, named);
}

static void read_field(struct reader *r, const struct schema_field *f, const struct yaml_node *n, void *at)
{
	if (value_is_text(f->type)) {
		read_text(r, f, n, at);
		return;
	}
	switch (f->type) {
	case FIELD_TEXT_LIST:
		read_text_list(r, f, n, at);
		break;
	case FIELD_TEXT_MAP:
		read_text_map(r, f, n, at);
		break;
	case FIELD_STRUCT:
		read_struct(r, f->of, n, at);
		break;
	case FIELD_STRUCT_LIST:
	case FIELD_STRUCT_MAP:
		read_structs(r, f, n, at);
		break;
	default:
		read_scalar(r, f, n, at);
	}
}

static void set_default(struct reader *r, const struct schema_field *f, void *at)
{
	if (f->type == FIELD_STRUCT)
		set_defaults(r, f->of, at);
	if (!f->default_text)
		return;
	if (f->type == FIELD_PATH)
		*(const char **)at = absolute_path(r, f->default_text);
	else if (value_is_text(f->type))
		*(const char **)at = f->default_text;
	else if (value_parse(f, f->default_text, at, NULL) != 0)
		abort(); /* the table itself is wrong: a unit test reads every default */
}

static void set_defaults(struct reader *r, const struct schema *s, void *into)
{
	for (const struct schema_field *f = s->fields; f->key; f++)
		set_default(r, f, field_at(f, into));
}

static void tell_unknown_key(struct reader *r, const struct schema *s, const struct yaml_node *n)
{
	const char *known[64];
	size_t count = 0;

	for (const struct schema_field *f = s->fields; f->key && count + 1 < COUNT_OF(known); f++)
		if (!(f->flags & FIELD_HIDDEN))
			known[count++] = f->key;
	known[count] = NULL;
	AUTO_FREE char *hint = problems_nearest(r->problems, yaml_key(n), known);
	problems_add(r->problems, yaml_key_where(n), hint, "unknown key \"%.64s\" (%s)", yaml_key(n), s->name);
}

static void check_keys(struct reader *r, const struct schema *s, const struct yaml_node *n)
{
	for (const struct yaml_node *item = yaml_next(n, NULL); item; item = yaml_next(n, item)) {
		const struct schema_field *f = schema_field_of(s, yaml_key(item));
		if (!f || (f->flags & FIELD_HIDDEN))
			tell_unknown_key(r, s, item);
	}
}

static struct where where_in_arena(struct reader *r, const struct yaml_node *n)
{
	struct where at = yaml_where(n);

	at.file = r->file;
	return at;
}

static void read_struct(struct reader *r, const struct schema *s, const struct yaml_node *n, void *into)
{
	if (yaml_kind(n) != YAML_MAP) {
		problems_add(r->problems, yaml_where(n), NULL, "%s: keys and values are wanted, but here is %s",
			     s->name, yaml_kind(n) == YAML_LIST ? "a list" : "a text");
		set_defaults(r, s, into);
		return;
	}
	check_keys(r, s, n);
	for (const struct schema_field *f = s->fields; f->key; f++) {
		void *at = field_at(f, into);
		const struct yaml_node *value = f->flags & FIELD_HIDDEN ? NULL : yaml_at(n, f->key);

		if (f->type == FIELD_WHERE)
			*(struct where *)at = where_in_arena(r, n);
		set_default(r, f, at);
		if (value)
			read_field(r, f, value, at);
		else if (f->flags & FIELD_REQUIRED)
			problems_add(r->problems, yaml_key_where(n), NULL, "this %s has no %s: %s", s->name, f->key,
				     f->help);
	}
}

void schema_read(const struct schema *s, const struct yaml_node *n, const struct vars *vars, struct arena *a,
		 void *into, struct problems *problems)
{
	struct reader r = { .vars = vars, .arena = a, .problems = problems };

	r.file = arena_dup(a, yaml_where(n).file);
	read_struct(&r, s, n, into);
}

void schema_read_list(const struct schema *s, const struct yaml_node *n, const struct vars *vars, struct arena *a,
		      struct struct_list *into, struct problems *problems)
{
	const struct schema_field list = { .key = s->name, .type = FIELD_STRUCT_LIST, .of = s };
	struct reader r = { .vars = vars, .arena = a, .problems = problems };

	r.file = arena_dup(a, yaml_where(n).file);
	if (yaml_kind(n) == YAML_LIST)
		read_structs(&r, &list, n, into);
	else if (yaml_count(n) > 0 || yaml_kind(n) == YAML_TEXT)
		tell_wrong_type(&r, &list, n);
}
