#include "parse/causes.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/regex.h"

struct causes {
	struct compiled_rule {
		const char *name;
		struct regex *pattern;
	} * rules;
	size_t count;
};

struct causes *causes_new(const struct cause_rule *rules, size_t count, struct err *e)
{
	struct causes *c = mem_new(1, sizeof(*c));

	c->rules = mem_new(count + 1, sizeof(*c->rules));
	for (size_t i = 0; i < count; i++) {
		c->rules[i].name = rules[i].name;
		c->rules[i].pattern = regex_new(rules[i].pattern, e);
		if (!c->rules[i].pattern) {
			err_wrap(e, "cause \"%s\"", rules[i].name);
			causes_free(c);
			return NULL;
		}
		c->count++;
	}
	return c;
}

const char *causes_find(const struct causes *c, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; text && i < c->count; i++)
		if (regex_matches(c->rules[i].pattern, text, len))
			return c->rules[i].name;
	return NULL;
}

void causes_mark(const struct causes *c, struct result *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (verdict_is_bad(r->cases[i].verdict) && r->cases[i].detail && !r->cases[i].cause)
			r->cases[i].cause = causes_find(c, r->cases[i].detail);
}

void causes_free(struct causes *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++)
		regex_free(c->rules[i].pattern);
	free(c->rules);
	free(c);
}

struct known_set {
	const struct known_failure *list;
	struct regex **patterns;
	size_t count;
};

static int known_compile(struct known_set *set, struct err *e)
{
	for (size_t i = 0; i < set->count; i++) {
		set->patterns[i] = regex_new(set->list[i].test, e);
		if (!set->patterns[i])
			return err_wrap(e, "known failure \"%s\"", set->list[i].reason ? set->list[i].reason : "");
	}
	return 0;
}

static const struct known_failure *known_find(const struct known_set *set, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < set->count; i++)
		if (regex_matches(set->patterns[i], name, len))
			return &set->list[i];
	return NULL;
}

static void known_set_free(struct known_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		regex_free(set->patterns[i]);
	free(set->patterns);
}

/* A skipped test says nothing about a known failure, so its name is not even looked at. */
static void known_apply(const struct known_set *set, struct result *r)
{
	r->tally.known_passed = 0;
	for (size_t i = 0; set->count && i < r->count; i++) {
		struct test_case *c = &r->cases[i];
		bool bad = verdict_is_bad(c->verdict);
		const struct known_failure *known;

		if (!bad && c->verdict != VERDICT_PASSED)
			continue;
		known = known_find(set, c->name);
		if (known && bad)
			c->known = arena_dup(r->texts, known->reason ? known->reason : "known");
		else if (known)
			r->tally.known_passed++;
	}
	result_count(r);
}

int known_mark(const struct known_failure *list, size_t count, struct result *r, struct err *e)
{
	struct known_set set = { list, mem_new(count + 1, sizeof(struct regex *)), count };
	int rc = known_compile(&set, e);

	if (!rc)
		known_apply(&set, r);
	known_set_free(&set);
	return rc;
}
