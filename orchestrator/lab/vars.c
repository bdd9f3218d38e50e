#include "lab/vars.h"

#include <string.h>

#include "base/vec.h"

/* Chains of variables that double each other grow fast: a text ends here. */
#define MAX_TEXT_BYTES (64 * 1024)

struct variable {
	char *name, *value;
};

struct vars {
	const struct vars *outer;
	VEC(struct variable) list;
};

struct vars *vars_new(const struct vars *outer)
{
	struct vars *v = mem_new(1, sizeof(*v));

	v->outer = outer;
	return v;
}

static struct variable *find(const struct vars *v, const char *name)
{
	for (size_t i = 0; i < v->list.count; i++)
		if (strcmp(v->list.items[i].name, name) == 0)
			return &v->list.items[i];
	return NULL;
}

void vars_set(struct vars *v, const char *name, const char *value)
{
	struct variable *known = find(v, name);

	if (known) {
		free(known->value);
		known->value = mem_dup(value);
		return;
	}
	vec_add(&v->list, ((struct variable){ mem_dup(name), mem_dup(value) }));
}

const char *vars_get(const struct vars *v, const char *name)
{
	for (; v; v = v->outer) {
		const struct variable *known = find(v, name);
		if (known)
			return known->value;
	}
	return NULL;
}

/* The names of all scopes, NULL-ended; the list alone is the caller's. */
static const char **all_names(const struct vars *v)
{
	VEC(const char *) names = { 0 };

	for (; v; v = v->outer)
		for (size_t i = 0; i < v->list.count; i++)
			vec_add(&names, v->list.items[i].name);
	vec_add(&names, NULL);
	return names.items;
}

static int unknown(const struct vars *v, const char *name, struct err *e)
{
	AUTO_FREE const char **names = all_names(v);
	const char *nearest = str_nearest(name, names);

	err_set(e, ERR_CONFIG, "unknown variable ${%.64s}", name);
	if (nearest)
		return err_hint(e, "did you mean ${%s}?", nearest);
	return err_hint(e, "set it under `variables:` in lab.yaml, or write $${%.64s} for a plain ${%.64s}", name,
			name);
}

/* One ${name}; `text` stands at its "${". Returns what comes behind it, or NULL. */
static const char *expand_one(const struct vars *v, const char *text, struct str *out, struct err *e)
{
	const char *start = text + 2, *end = strchr(start, '}');

	if (!end || end == start) {
		err_set(e, ERR_CONFIG, end ? "${} names no variable" : "a ${ has no closing }");
		err_hint(e, "write ${name}, or $${ for a plain ${");
		return NULL;
	}
	AUTO_FREE char *name = mem_dup_bytes(start, (size_t)(end - start));
	const char *value = vars_get(v, name);
	if (!value) {
		unknown(v, name, e);
		return NULL;
	}
	str_add(out, value);
	return end + 1;
}

int vars_expand(const struct vars *v, const char *text, struct str *out, struct err *e)
{
	size_t before = out->len;

	for (;;) {
		const char *dollar = strstr(text, "${");
		if (!dollar) {
			str_add(out, text);
			return 0;
		}
		if (dollar > text && dollar[-1] == '$') {
			str_add_bytes(out, text, (size_t)(dollar - 1 - text));
			str_add(out, "${");
			text = dollar + 2;
			continue;
		}
		str_add_bytes(out, text, (size_t)(dollar - text));
		text = expand_one(v, dollar, out, e);
		if (!text)
			return -1;
		if (out->len - before > MAX_TEXT_BYTES)
			return err_set(e, ERR_CONFIG, "with its variables the text is longer than %d KiB",
				       MAX_TEXT_BYTES / 1024);
	}
}

void vars_free(struct vars *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->list.count; i++) {
		free(v->list.items[i].name);
		free(v->list.items[i].value);
	}
	vec_free(&v->list);
	free(v);
}
