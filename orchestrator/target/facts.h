/* What a machine says about itself, stored beside every number that it produced. */
#ifndef LABCTL_TARGET_FACTS_H
#define LABCTL_TARGET_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define FACTS_MAX 64

struct fact {
	char name[32];	 /* a-z 0-9 _ . */
	char value[160]; /* valid UTF-8, no control characters */
};

struct facts {
	struct fact items[FACTS_MAX];
	size_t count;
};

const char *facts_get(const struct facts *f, const char *name); /* NULL: not known */
void facts_set(struct facts *f, const char *name,
	       const char *value); /* replaces; cuts; cleans; beyond FACTS_MAX: dropped */
int64_t facts_int(const struct facts *f, const char *name, int64_t otherwise);
/* Lines "name=value" as facts_script prints them; what is not of that form is passed over. ERR_FORMAT when arch is
 * missing. */
int facts_parse(const char *text, size_t len, struct facts *out, struct err *e);
/* POSIX sh that prints the facts: arch (uname -m), kernel, os, processors, processor model, memory_bytes,
 * disk_free_bytes, load, loop_ns (a fixed sh loop, for slowness), date. */
extern const char facts_script[];
/* How much slower than this machine it is, from loop_ns here and there; at least 1. */
double facts_slowness(const struct facts *f);

#endif
