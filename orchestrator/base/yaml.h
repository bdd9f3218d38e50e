/* A YAML document as a read-only tree that remembers where each node stood. yaml.c is the only file that includes
 * libyaml's yaml.h. Refused with a clear error and in bounded memory: files over 1 MiB, more than 100,000 nodes after
 * aliases are counted in, nesting deeper than 32, NUL bytes, bytes that are not UTF-8, duplicate keys, more than one
 * document, more than 1,000 anchors, tags but !!str !!map !!seq, "<<", keys that are no plain texts. Every error about
 * what is in the file is ERR_CONFIG and begins with "file:line:column: ". An alias is a node of its own that shares the
 * value; yaml_where is then where the value stands, yaml_key_where where the alias is used. */
#ifndef LABCTL_BASE_YAML_H
#define LABCTL_BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum yaml_kind {
	YAML_TEXT,
	YAML_LIST,
	YAML_MAP
};

struct yaml_doc;
struct yaml_node;

struct where {
	const char *file; /* owned by the document or by the arena that copied it */
	unsigned line;	  /* from 1; 0: no place */
	unsigned column;  /* from 1 */
};

struct yaml_doc *yaml_load(const char *path, struct err *e);
struct yaml_doc *yaml_parse(const char *name, const char *text, size_t len, struct err *e);
const struct yaml_node *yaml_root(const struct yaml_doc *d); /* an empty file is an empty map */
enum yaml_kind yaml_kind(const struct yaml_node *n);
/* NULL: first / no more */
const struct yaml_node *yaml_next(const struct yaml_node *parent, const struct yaml_node *previous);
const struct yaml_node *yaml_at(const struct yaml_node *map, const char *key); /* NULL: not there */
size_t yaml_count(const struct yaml_node *n);
const char *yaml_key(const struct yaml_node *n);    /* NULL in a list */
const char *yaml_text(const struct yaml_node *n);   /* NULL unless YAML_TEXT */
bool yaml_is_plain(const struct yaml_node *n);	    /* an unquoted scalar: may be read as a number or a truth value */
struct where yaml_where(const struct yaml_node *n); /* of the value */
struct where yaml_key_where(const struct yaml_node *n); /* of its key; of the value in a list */
/* NULL is fine. libyaml itself calls a function named yaml_free: never define one */
void yaml_doc_free(struct yaml_doc *d);
const char *yaml_library_version(void);

#endif
