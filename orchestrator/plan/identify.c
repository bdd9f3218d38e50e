#include "plan/identify.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *arch_of(const struct cell *c)
{
	return c->target->arch ? c->target->arch : host_arch();
}

static void add_canon(struct digest *d, const struct schema *s, const void *from)
{
	AUTO_STR text = { 0 };

	schema_canon(s, from, &text);
	digest_add_field(d, str_text(&text));
}

/* The steps that this cell takes, without the words that chose them. Caller frees the items. */
static struct struct_list steps_of_cell(const struct cell *c, const struct struct_list *install)
{
	const struct install_step *steps = install->items;
	struct install_step *kept = mem_new(install->count + 1, sizeof(*kept));
	size_t count = 0;

	for (size_t i = 0; i < install->count; i++) {
		if (!recipe_applies(&steps[i].runtimes, &steps[i].archs, c->runtime->name, arch_of(c)))
			continue;
		kept[count] = steps[i];
		kept[count].runtimes = kept[count].archs = (struct text_list){ 0 };
		count++;
	}
	return (struct struct_list){ kept, count };
}

static struct struct_list known_of_cell(const struct cell *c)
{
	const struct known_failure_spec *specs = c->package->known_failures.items;
	struct known_failure_spec *kept = mem_new(c->package->known_failures.count + 1, sizeof(*kept));
	size_t count = 0;

	for (size_t i = 0; i < c->package->known_failures.count; i++) {
		if (!recipe_applies(&specs[i].runtimes, &specs[i].archs, c->runtime->name, arch_of(c)))
			continue;
		kept[count] = specs[i];
		kept[count].runtimes = kept[count].archs = (struct text_list){ 0 };
		count++;
	}
	return (struct struct_list){ kept, count };
}

static void add_runtime(struct digest *d, const struct cell *c)
{
	struct runtime_recipe here = *c->runtime;

	here.install = steps_of_cell(c, &c->runtime->install);
	add_canon(d, &runtime_schema, &here);
	free(here.install.items);
}

/* Of a package that is only needed, nothing but how it is installed matters. */
static void add_package(struct digest *d, const struct cell *c, const struct package_recipe *p)
{
	struct package_recipe here = *p;
	bool is_tested = p == c->package;

	here.install = steps_of_cell(c, &p->install);
	here.known_failures = is_tested ? known_of_cell(c) : (struct struct_list){ 0 };
	if (!is_tested)
		here.import = here.version = NULL;
	add_canon(d, &package_schema, &here);
	free(here.install.items);
	free(here.known_failures.items);
}

static void add_packages(struct digest *d, const struct cell *c, const struct lab *lab)
{
	AUTO_FREE const struct package_recipe **needs = NULL;
	size_t count;

	plan_needs(lab, c->package, &needs, &count);
	for (size_t i = 0; i < count; i++)
		add_package(d, c, needs[i]);
	add_package(d, c, c->package);
}

void cell_identify(struct cell *c, const struct lab *lab, const struct plan_wish *wish, const char *program)
{
	struct digest *d = digest_new();
	char text[DIGEST_TEXT_BYTES];

	digest_add_field(d, "cell 1");
	digest_add_field(d, arch_of(c));
	add_canon(d, &target_schema, c->target);
	add_runtime(d, c);
	add_packages(d, c, lab);
	digest_add_field(d, c->tier_name);
	if (c->tier)
		add_canon(d, &tier_schema, c->tier);
	if (c->benchmark) {
		add_canon(d, &benchmark_schema, c->benchmark);
		digest_add_field(d, program);
	}
	digest_add_field(d, wish->lib_digest);
	if (plan_uses_index(lab, c->package, c->runtime->name, arch_of(c)))
		digest_add_field(d, wish->index_digest);
	digest_end(d, text);
	memcpy(c->id, text, DIGEST_ID_BYTES - 1);
	c->id[DIGEST_ID_BYTES - 1] = '\0';
}
