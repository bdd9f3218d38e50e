/* For yaml*.c only: the tree behind yaml.h, and what can be said about a text before it is parsed. */
#ifndef LABCTL_BASE_YAML_TREE_H
#define LABCTL_BASE_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/yaml.h"

#define YAML_MOST_BYTES ((size_t)1024 * 1024)

/* What an anchor names and any number of aliases share. */
struct yaml_value {
	enum yaml_kind kind;
	bool is_plain;
	const char *text;
	struct where where;
	struct yaml_node *first, *last;
	struct yaml_node **by_key; /* a map's nodes, sorted by key */
	size_t count;		   /* of its nodes */
	size_t size;		   /* of all nodes below with itself, aliases counted as what they stand for */
	unsigned height;	   /* levels of lists and maps, itself included */
};

/* A place in a list or a map. */
struct yaml_node {
	const char *key;
	struct where key_where;
	struct yaml_node *next;
	struct yaml_value *value;
};

struct yaml_doc {
	struct arena *arena;
	const char *name;
	struct yaml_node root;
};

/* Sets ERR_CONFIG with "file:line:column: " before the text; returns -1. */
int yaml_fail_at(struct err *e, struct where at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Bytes of the file as they can be shown, short enough for a message. The caller frees. */
char *yaml_shown(const char *text);
/* The place of a byte; columns count characters, as libyaml does. */
struct where yaml_place_of(const char *name, const char *text, size_t offset);
/* Refuses what is too large, UTF-16, NUL bytes and bytes that are not UTF-8. */
int yaml_check_bytes(const char *name, const char *text, size_t len, struct err *e);

#endif
