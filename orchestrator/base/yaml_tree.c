#include "base/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

const struct yaml_node *yaml_root(const struct yaml_doc *d)
{
	return &d->root;
}

enum yaml_kind yaml_kind(const struct yaml_node *n)
{
	return n->value->kind;
}

const struct yaml_node *yaml_next(const struct yaml_node *parent, const struct yaml_node *previous)
{
	return previous ? previous->next : parent->value->first;
}

static int key_against_node(const void *key, const void *node)
{
	return strcmp(key, (*(struct yaml_node *const *)node)->key);
}

const struct yaml_node *yaml_at(const struct yaml_node *map, const char *key)
{
	const struct yaml_value *value = map->value;

	if (!value->by_key)
		return NULL;
	struct yaml_node **found = bsearch(key, value->by_key, value->count, sizeof(*value->by_key), key_against_node);
	return found ? *found : NULL;
}

size_t yaml_count(const struct yaml_node *n)
{
	return n->value->count;
}

const char *yaml_key(const struct yaml_node *n)
{
	return n->key;
}

const char *yaml_text(const struct yaml_node *n)
{
	return n->value->text;
}

bool yaml_is_plain(const struct yaml_node *n)
{
	return n->value->is_plain;
}

struct where yaml_where(const struct yaml_node *n)
{
	return n->value->where;
}

struct where yaml_key_where(const struct yaml_node *n)
{
	return n->key_where;
}

void yaml_doc_free(struct yaml_doc *d)
{
	if (d)
		arena_free(d->arena);
}
