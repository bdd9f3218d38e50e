/* What the lab says of all that was judged, as digests: whoever reads a report sees whether it has changed since. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/qualify_inside.h"

static void add(struct qualify_case *q, const char *kind, const char *name, const char *digest)
{
	for (size_t i = 0; i < q->recipe_count; i++)
		if (!strcmp(q->recipes[i].kind, kind) && !strcmp(q->recipes[i].name, name))
			return;
	q->recipes = mem_grow(q->recipes, q->recipe_count + 1, sizeof(*q->recipes));
	q->recipes[q->recipe_count++] = (struct dossier_recipe){ arena_dup(q->arena, kind), arena_dup(q->arena, name),
								 arena_dup(q->arena, digest) };
}

static void add_canon(struct qualify_case *q, const char *kind, const char *name, const struct schema *s,
		      const void *from)
{
	AUTO_STR text = { 0 };
	char digest[DIGEST_TEXT_BYTES];

	if (!from)
		return;
	schema_canon(s, from, &text);
	digest_bytes(str_text(&text), text.len, digest);
	add(q, kind, name, digest);
}

/* The entry in its set's file, and the program that it names. */
static int add_benchmark(struct qualify_case *q, const char *name, struct err *e)
{
	const struct benchmark *b = lab_benchmark(q->c->lab, name);
	char program[DIGEST_TEXT_BYTES];

	if (!b)
		return 0;
	if (benchmark_digest(b, program, e))
		return -1;
	add_canon(q, "benchmark set", b->set->name, &benchmark_set_schema, b->set);
	add(q, "program", name, program);
	return 0;
}

int qualify_add_recipes(struct qualify_case *q, struct err *e)
{
	const struct lab *lab = q->c->lab;
	const struct qualify_request *r = q->request;
	const struct qualify_terms *t = &q->terms;

	add_canon(q, "runtime", r->candidate.runtime, &runtime_schema, lab_runtime(lab, r->candidate.runtime));
	add_canon(q, "runtime", r->baseline.runtime, &runtime_schema, lab_runtime(lab, r->baseline.runtime));
	for (size_t i = 0; i < t->tests_count; i++) {
		add_canon(q, "target", t->tests[i].target, &target_schema, lab_target(lab, t->tests[i].target));
		add_canon(q, "package", t->tests[i].package, &package_schema, lab_package(lab, t->tests[i].package));
	}
	for (size_t i = 0; i < t->speed_count; i++) {
		add_canon(q, "target", t->speed[i].target, &target_schema, lab_target(lab, t->speed[i].target));
		if (add_benchmark(q, t->speed[i].benchmark, e))
			return -1;
	}
	add(q, "folder", "recipes/lib", q->c->lib_digest);
	return 0;
}
