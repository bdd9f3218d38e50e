/* The one table per struct that reads it, checks it, defaults it, hashes it and documents it. */
#ifndef LABCTL_LAB_SCHEMA_H
#define LABCTL_LAB_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/yaml.h"

struct text_list {
	const char **items;
	size_t count;
};

struct text_pair {
	const char *key;
	const char *value;
};

struct text_map {
	struct text_pair *items;
	size_t count;
};

/* Items of one struct, one behind the other. */
struct struct_list {
	void *items;
	size_t count;
};

enum field_type {
	FIELD_TEXT,   /* const char * ; ${name} is expanded when the lab is read */
	FIELD_SCRIPT, /* const char * ; shell text: ${name} is left to the shell, nothing is expanded */
	FIELD_NAME,   /* const char * ; letters, digits, - _ . + and not first a - or . */
	FIELD_PATH,   /* const char * ; expanded; relative ones count from the file that names them; a leading ~/ is the
			 home folder */
	FIELD_BOOL,   /* bool ; true or false */
	FIELD_INT,    /* int64_t within [min, max] */
	FIELD_BYTES,  /* int64_t bytes: "512M", "2 GiB" */
	FIELD_DURATION,	   /* int64_t ns: "90s", "5m" */
	FIELD_REAL,	   /* double within [min, max] */
	FIELD_CHOICE,	   /* int ; position in choices */
	FIELD_TEXT_LIST,   /* struct text_list ; one text alone is a list of one */
	FIELD_TEXT_MAP,	   /* struct text_map */
	FIELD_STRUCT,	   /* the struct itself lies at offset */
	FIELD_STRUCT_LIST, /* struct struct_list of `of` ; one map alone is a list of one */
	FIELD_STRUCT_MAP,  /* struct struct_list of `of`, whose FIELD_NAME "name" (hidden) is the key */
	FIELD_PATTERN,	   /* const char * ; a regular expression that compiles */
	FIELD_WHERE,	   /* struct where ; set by the reader: where the struct stands */
};

enum field_flag {
	FIELD_REQUIRED = 1,
	FIELD_HIDDEN = 2,    /* set by the reader, not written by the user */
	FIELD_NO_HASH = 4,   /* does not decide a result (titles, tags, limits) */
	FIELD_WORD_KEYS = 8, /* FIELD_TEXT_MAP whose keys are letters, digits and _, as of environment variables */
};

struct schema;

struct schema_field {
	const char *key;
	enum field_type type;
	size_t offset;
	unsigned flags;
	int64_t min, max;	    /* FIELD_INT, FIELD_REAL, FIELD_BYTES, FIELD_DURATION; both 0: any */
	const char *const *choices; /* FIELD_CHOICE: NULL-ended */
	const struct schema *of;    /* FIELD_STRUCT… */
	const char *default_text;   /* as the user would write it; NULL: zero */
	const char *refers_to;	    /* "target", "runtime", "package", "tier", "arch": a name that must exist, also for
				     * lists;      "targets", "runtimes", "packages", "benchmarks": words of a selection;
				     * NULL: plain */
	const char *help;	    /* one sentence, no full stop */
};

struct schema {
	const char *name; /* "target", "package", … */
	const char *help; /* what one of these is */
	size_t struct_bytes;
	const struct schema_field *fields; /* ended by key NULL */
};

/* All that is wrong with what the user wrote, told at once. */
struct problem {
	struct where at;
	char *text;
	char *hint; /* NULL: none */
};

struct problems {
	struct problem *items; /* sorted by file and place by problems_sort */
	size_t count, room;
	size_t dropped; /* beyond the first 200 */
};

void problems_add(struct problems *p, struct where at, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void problems_sort(struct problems *p);
void problems_show(const struct problems *p, struct str *out); /* "file:line:column: text\n", the hint indented below */
void problems_free(struct problems *p);
bool problems_full(const struct problems *p); /* what is added now is only counted: no need to make it helpful */
/* A hint that names the nearest of a NULL-ended list, or all of a short list. Caller frees; NULL: none. */
char *problems_nearest(const struct problems *p, const char *word, const char *const *known);

#define SCHEMA_NAME_ROOM 65	       /* for a name and its end */
bool schema_is_name(const char *text); /* the form of FIELD_NAME: at most 64 letters, digits, - _ . + */
const struct schema_field *schema_field_of(const struct schema *s, const char *key); /* NULL: no such key */

struct vars;

/* Reads node n into the zeroed struct `into`. What is wrong goes to `problems` (unknown key with the nearest known one,
 * wrong type, range, missing, duplicate); reading goes on behind it. Texts go into the arena. */
void schema_read(const struct schema *s, const struct yaml_node *n, const struct vars *vars, struct arena *a,
		 void *into, struct problems *problems);
/* The same for a node that is a list of such structs; an empty map (an empty file) is an empty list. */
void schema_read_list(const struct schema *s, const struct yaml_node *n, const struct vars *vars, struct arena *a,
		      struct struct_list *into, struct problems *problems);
/* The text that decides results: every field but FIELD_NO_HASH, in table order, unambiguous. For digests. */
void schema_canon(const struct schema *s, const void *from, struct str *out);
void schema_describe(const struct schema *s, struct str *out);	   /* for a terminal */
void schema_describe_man(const struct schema *s, struct str *out); /* as mdoc, for the manual pages */
/* "key: value" of what is set, for `labctl target show`. */
void schema_show(const struct schema *s, const void *from, struct str *out);
/* Calls tell for every name that the user wrote under a key with refers_to, also inside nested structs, with its place.
 */
typedef void schema_reference_fn(void *ctx, const char *refers_to, const char *name, struct where at);
void schema_references(const struct schema *s, const struct yaml_node *n, schema_reference_fn *tell, void *ctx);

#endif
