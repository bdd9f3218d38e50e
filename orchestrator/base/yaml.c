#include "base/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/yaml_tree.h"

#define MOST_NODES	100000
#define DEEPEST_NESTING 32
#define MOST_ANCHORS	1000

struct anchor {
	const char *name;
	struct yaml_value *value;
	bool is_open; /* its list or map has not ended yet */
};

struct level {
	struct yaml_value *value;
	const char *key; /* of the map's node that comes next; NULL: the key itself comes next */
	struct where key_where;
};

struct builder {
	struct yaml_doc *doc;
	struct level levels[DEEPEST_NESTING];
	unsigned depth;
	size_t node_count;
	VEC(struct anchor) anchors;
	unsigned document_count;
	struct err *e;
};

static struct where where_of(const struct builder *b, yaml_mark_t mark)
{
	return (struct where){ b->doc->name, (unsigned)mark.line + 1, (unsigned)mark.column + 1 };
}

static struct level *innermost(struct builder *b)
{
	return b->depth > 0 ? &b->levels[b->depth - 1] : NULL;
}

static bool expects_key(struct builder *b)
{
	const struct level *level = innermost(b);

	return level && level->value->kind == YAML_MAP && !level->key;
}

static int count_nodes(struct builder *b, struct where at, size_t more)
{
	if (more > MOST_NODES - b->node_count)
		return yaml_fail_at(b->e, at, "more than %d values, what aliases stand for counted each time",
				    MOST_NODES);
	b->node_count += more;
	return 0;
}

/* Puts a finished or just begun value where the document is at. */
static void place_value(struct builder *b, struct yaml_value *value, struct where at)
{
	struct level *level = innermost(b);

	if (!level) {
		b->doc->root.value = value;
		b->doc->root.key_where = at;
		return;
	}
	struct yaml_node *node = arena_items(b->doc->arena, 1, sizeof(*node));
	struct yaml_value *parent = level->value;
	node->value = value;
	node->key = level->key;
	node->key_where = level->key ? level->key_where : at;
	level->key = NULL;
	if (parent->last)
		parent->last->next = node;
	else
		parent->first = node;
	parent->last = node;
	parent->count++;
}

/* What a value adds to the list or map around it, once it is complete. */
static void add_to_parent(struct builder *b, const struct yaml_value *value)
{
	struct level *level = innermost(b);

	if (!level)
		return;
	level->value->size += value->size;
	if (level->value->height < value->height + 1)
		level->value->height = value->height + 1;
}

static int add_anchor(struct builder *b, const yaml_char_t *name, struct yaml_value *value, bool is_open)
{
	if (!name)
		return 0;
	if (b->anchors.count >= MOST_ANCHORS)
		return yaml_fail_at(b->e, value->where, "more than %d anchors", MOST_ANCHORS);
	struct anchor anchor = { arena_dup(b->doc->arena, (const char *)name), value, is_open };
	vec_add(&b->anchors, anchor);
	return 0;
}

/* The latest of this name: YAML allows to name again. */
static const struct anchor *find_anchor(const struct builder *b, const char *name)
{
	for (size_t i = b->anchors.count; i-- > 0;)
		if (strcmp(b->anchors.items[i].name, name) == 0)
			return &b->anchors.items[i];
	return NULL;
}

static int check_tag(struct builder *b, const yaml_char_t *tag, const char *allowed, struct where at)
{
	if (!tag || strcmp((const char *)tag, "!") == 0 || strcmp((const char *)tag, allowed) == 0)
		return 0;
	AUTO_FREE char *text = yaml_shown((const char *)tag);
	return yaml_fail_at(b->e, at, "the tag \"%s\" is not known here; leave it out", text);
}

static int add_key(struct builder *b, const yaml_event_t *event, struct where at)
{
	struct level *level = innermost(b);
	const char *text = (const char *)event->data.scalar.value;

	if (event->data.scalar.anchor)
		return yaml_fail_at(b->e, at, "an anchor before a key; write it after the colon");
	if (strcmp(text, "<<") == 0 && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return yaml_fail_at(b->e, at,
				    "merging maps with << is not supported; use an alias for the whole value");
	level->key = arena_dup_bytes(b->doc->arena, text, event->data.scalar.length);
	level->key_where = at;
	return 0;
}

static int add_scalar(struct builder *b, const yaml_event_t *event)
{
	struct where at = where_of(b, event->start_mark);
	const char *text = (const char *)event->data.scalar.value;
	const yaml_char_t *tag = event->data.scalar.tag;

	if (memchr(text, '\0', event->data.scalar.length))
		return yaml_fail_at(b->e, at, "a text with a NUL character in it");
	if (check_tag(b, tag, YAML_STR_TAG, at) != 0)
		return -1;
	if (expects_key(b))
		return add_key(b, event, at);
	if (count_nodes(b, at, 1) != 0)
		return -1;
	struct yaml_value *value = arena_items(b->doc->arena, 1, sizeof(*value));
	value->kind = YAML_TEXT;
	value->text = arena_dup_bytes(b->doc->arena, text, event->data.scalar.length);
	value->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tag;
	value->where = at;
	value->size = 1;
	place_value(b, value, at);
	add_to_parent(b, value);
	return add_anchor(b, event->data.scalar.anchor, value, false);
}

static int open_value(struct builder *b, enum yaml_kind kind, const yaml_char_t *tag, const yaml_char_t *anchor,
		      struct where at)
{
	if (check_tag(b, tag, kind == YAML_MAP ? YAML_MAP_TAG : YAML_SEQ_TAG, at) != 0)
		return -1;
	if (expects_key(b))
		return yaml_fail_at(b->e, at, "a key must be a text, not a list or a map");
	if (b->depth == DEEPEST_NESTING)
		return yaml_fail_at(b->e, at, "nested deeper than %d levels", DEEPEST_NESTING);
	if (count_nodes(b, at, 1) != 0)
		return -1;
	struct yaml_value *value = arena_items(b->doc->arena, 1, sizeof(*value));
	value->kind = kind;
	value->where = at;
	value->size = 1;
	value->height = 1;
	place_value(b, value, at);
	b->levels[b->depth++] = (struct level){ .value = value };
	return add_anchor(b, anchor, value, true);
}

static int by_key_then_place(const void *a, const void *b)
{
	const struct yaml_node *one = *(struct yaml_node *const *)a, *two = *(struct yaml_node *const *)b;
	int order = strcmp(one->key, two->key);

	if (order == 0)
		order = (one->key_where.line > two->key_where.line) - (one->key_where.line < two->key_where.line);
	if (order == 0)
		order = (one->key_where.column > two->key_where.column) -
			(one->key_where.column < two->key_where.column);
	return order;
}

static bool stands_before(struct where a, struct where b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* Sorting finds duplicates also in a map of many thousand keys, and yaml_at looks up in what was sorted. */
static int sort_keys(struct builder *b, struct yaml_value *map)
{
	size_t i = 0;
	const struct yaml_node *again = NULL, *before = NULL;

	map->by_key = arena_items(b->doc->arena, map->count, sizeof(struct yaml_node *));
	for (struct yaml_node *node = map->first; node; node = node->next)
		map->by_key[i++] = node;
	if (map->count > 1)
		qsort(map->by_key, map->count, sizeof(*map->by_key), by_key_then_place);
	for (i = 1; i < map->count; i++) {
		const struct yaml_node *node = map->by_key[i];
		if (strcmp(map->by_key[i - 1]->key, node->key) != 0)
			continue;
		if (!again || stands_before(node->key_where, again->key_where)) {
			again = node;
			before = map->by_key[i - 1];
		}
	}
	if (!again)
		return 0;
	AUTO_FREE char *key = yaml_shown(again->key);
	return yaml_fail_at(b->e, again->key_where,
			    "the key \"%s\" stands here for the second time, the first is at %s:%u:%u", key,
			    before->key_where.file, before->key_where.line, before->key_where.column);
}

static int close_value(struct builder *b)
{
	struct yaml_value *value = b->levels[--b->depth].value;

	for (size_t i = b->anchors.count; i-- > 0;)
		if (b->anchors.items[i].value == value)
			b->anchors.items[i].is_open = false;
	add_to_parent(b, value);
	return value->kind == YAML_MAP && value->count > 0 ? sort_keys(b, value) : 0;
}

static int add_alias(struct builder *b, const yaml_event_t *event)
{
	struct where at = where_of(b, event->start_mark);
	const struct anchor *anchor = find_anchor(b, (const char *)event->data.alias.anchor);

	if (expects_key(b))
		return yaml_fail_at(b->e, at, "a key must be a text, not an alias");
	if (!anchor) {
		AUTO_FREE char *name = yaml_shown((const char *)event->data.alias.anchor);
		return yaml_fail_at(b->e, at, "the alias *%s has no anchor &%s before it", name, name);
	}
	if (anchor->is_open)
		return yaml_fail_at(b->e, at, "the alias *%s stands inside of what it stands for", anchor->name);
	if (b->depth + anchor->value->height > DEEPEST_NESTING)
		return yaml_fail_at(b->e, at, "nested deeper than %d levels", DEEPEST_NESTING);
	if (count_nodes(b, at, anchor->value->size) != 0)
		return -1;
	place_value(b, anchor->value, at);
	add_to_parent(b, anchor->value);
	return 0;
}

static int take_event(struct builder *b, const yaml_event_t *event)
{
	struct where at = where_of(b, event->start_mark);

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->document_count++ > 0)
			return yaml_fail_at(b->e, at, "a second document begins here; a file holds one");
		return 0;
	case YAML_SCALAR_EVENT:
		return add_scalar(b, event);
	case YAML_ALIAS_EVENT:
		return add_alias(b, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_value(b, YAML_LIST, event->data.sequence_start.tag, event->data.sequence_start.anchor, at);
	case YAML_MAPPING_START_EVENT:
		return open_value(b, YAML_MAP, event->data.mapping_start.tag, event->data.mapping_start.anchor, at);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_value(b);
	default:
		return 0;
	}
}

static int parser_failed(struct builder *b, const yaml_parser_t *parser, const char *text)
{
	const char *problem = parser->problem ? parser->problem : "not YAML";

	if (parser->error == YAML_READER_ERROR)
		return yaml_fail_at(b->e, yaml_place_of(b->doc->name, text, parser->problem_offset), "%s (U+%04X)",
				    problem, (unsigned)parser->problem_value);
	struct where at = where_of(b, parser->problem_mark);
	if (!parser->context)
		return yaml_fail_at(b->e, at, "%s", problem);
	return yaml_fail_at(b->e, at, "%s %s that began at line %zu, column %zu", problem, parser->context,
			    parser->context_mark.line + 1, parser->context_mark.column + 1);
}

static int build(struct builder *b, yaml_parser_t *parser, const char *text)
{
	for (bool at_end = false; !at_end;) {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event))
			return parser_failed(b, parser, text);
		int result = take_event(b, &event);
		at_end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (result != 0)
			return -1;
	}
	return 0;
}

/* An empty file, or one in which nothing but comments or "---" stands, is a lab in which nothing is set. */
static void empty_becomes_map(struct yaml_doc *d)
{
	struct yaml_value *root = d->root.value;

	if (root && !(root->kind == YAML_TEXT && root->is_plain && root->text[0] == '\0'))
		return;
	root = arena_items(d->arena, 1, sizeof(*root));
	root->kind = YAML_MAP;
	root->where = d->root.key_where = (struct where){ d->name, 1, 1 };
	d->root.value = root;
}

static int parse_into(struct yaml_doc *d, const char *text, size_t len, struct err *e)
{
	struct builder b = { .doc = d, .e = e };
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		abort(); /* as mem_new: only out of memory leads here */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	int result = build(&b, &parser, text);
	yaml_parser_delete(&parser);
	vec_free(&b.anchors);
	if (result == 0)
		empty_becomes_map(d);
	return result;
}

struct yaml_doc *yaml_parse(const char *name, const char *text, size_t len, struct err *e)
{
	if (yaml_check_bytes(name, text, len, e) != 0)
		return NULL;
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3;
		len -= 3;
	}
	struct arena *arena = arena_new(16 * 1024);
	struct yaml_doc *d = arena_items(arena, 1, sizeof(*d));
	d->arena = arena;
	d->name = arena_dup(arena, name);
	if (parse_into(d, text ? text : "", len, e) != 0) {
		yaml_doc_free(d);
		return NULL;
	}
	return d;
}

struct yaml_doc *yaml_load(const char *path, struct err *e)
{
	AUTO_STR text = { 0 };
	struct stat st;

	if (stat(path, &st) != 0) {
		err_errno(e, ERR_CONFIG, "cannot read %s", path);
		return NULL;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_CONFIG, "cannot read %s: it is not a file", path);
		return NULL;
	}
	if (st.st_size > (off_t)YAML_MOST_BYTES) {
		yaml_fail_at(e, (struct where){ path, 1, 1 }, "larger than %zu KiB, which is the most that is read",
			     YAML_MOST_BYTES / 1024);
		return NULL;
	}
	if (file_read(path, YAML_MOST_BYTES, &text, e) != 0)
		return NULL;
	return yaml_parse(path, str_text(&text), text.len, e);
}

const char *yaml_library_version(void)
{
	return yaml_get_version_string();
}
