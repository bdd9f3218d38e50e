#include "lab/lab_load.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"

#define MAX_FILES 2000 /* in one folder */

/* One of the folders with a file per struct. */
struct kind {
	const char *folder, *word;
	const struct schema *schema;
	size_t items_offset, count_offset; /* in struct lab */
	void (*settle)(const struct yaml_node *n, void *item, struct problems *problems);
};

static void settle_target(const struct yaml_node *n, void *item, struct problems *problems)
{
	target_spec_settle(n, item, problems);
}

static void settle_runtime(const struct yaml_node *n, void *item, struct problems *problems)
{
	runtime_settle(n, item, problems);
}

static void settle_package(const struct yaml_node *n, void *item, struct problems *problems)
{
	package_settle(n, item, problems);
}

static void settle_benchmark_set(const struct yaml_node *n, void *item, struct problems *problems)
{
	benchmark_set_settle(n, item, problems);
}

static void settle_suite(const struct yaml_node *n, void *item, struct problems *problems)
{
	suite_settle(n, item, problems);
}

static void settle_policy(const struct yaml_node *n, void *item, struct problems *problems)
{
	policy_settle(n, item, problems);
}

static const struct kind kinds[] = {
	{ "targets", "target", &target_schema, offsetof(struct lab, targets), offsetof(struct lab, target_count),
	  settle_target },
	{ "recipes/runtimes", "runtime", &runtime_schema, offsetof(struct lab, runtimes),
	  offsetof(struct lab, runtime_count), settle_runtime },
	{ "recipes/packages", "package", &package_schema, offsetof(struct lab, packages),
	  offsetof(struct lab, package_count), settle_package },
	{ "recipes/benchmarks", "benchmark set", &benchmark_set_schema, offsetof(struct lab, benchmark_sets),
	  offsetof(struct lab, benchmark_set_count), settle_benchmark_set },
	{ "recipes/suites", "suite", &suite_schema, offsetof(struct lab, suites), offsetof(struct lab, suite_count),
	  settle_suite },
	{ "recipes/policies", "policy", &policy_schema, offsetof(struct lab, policies),
	  offsetof(struct lab, policy_count), settle_policy },
};

static void **items_of(struct lab *lab, const struct kind *kind)
{
	return (void **)((char *)lab + kind->items_offset);
}

static size_t *count_of(struct lab *lab, const struct kind *kind)
{
	return (size_t *)((char *)lab + kind->count_offset);
}

static const char **name_at(const struct kind *kind, void *item)
{
	return (const char **)((char *)item + schema_field_of(kind->schema, "name")->offset);
}

/* ---- one file ---- */

/* A file that cannot be read says "FILE:LINE:COLUMN: why" or "… FILE: why"; a problem has its place apart. */
static void tell_file_error(struct loader *l, const char *path, const struct err *e)
{
	struct where at = { path, 0, 0 };
	size_t len = strlen(path);
	const char *text = e->text;
	AUTO_FREE char *unplaced = mem_printf("cannot read %s: ", path);
	int used = 0;

	if (str_starts(text, unplaced)) {
		problems_add(l->problems, at, NULL, "cannot read it: %s", text + strlen(unplaced));
		return;
	}
	if (strncmp(text, path, len) == 0 && sscanf(text + len, ":%u:%u: %n", &at.line, &at.column, &used) == 2 &&
	    used > 0)
		text += len + (size_t)used;
	problems_add(l->problems, at, e->hint[0] ? e->hint : NULL, "%s", text);
}

struct yaml_doc *lab_open_file(struct loader *l, const char *path)
{
	struct err e = ERR_INIT;
	struct yaml_doc *doc = yaml_load(path, &e);

	l->file = arena_dup(l->lab->arena, path);
	if (!doc)
		tell_file_error(l, path, &e);
	return doc;
}

void lab_note_reference(void *ctx, const char *refers_to, const char *name, struct where at)
{
	struct loader *l = ctx;

	at.file = l->file;
	vec_add(&l->references, ((struct reference){ refers_to, arena_dup(l->lab->arena, name), at }));
}

/* The file's name is the struct's; a `name:` inside may only say the same. */
static void check_name(struct loader *l, const struct yaml_node *root, const char *name, const char *inside)
{
	const struct yaml_node *n = yaml_kind(root) == YAML_MAP ? yaml_at(root, "name") : NULL;

	if (n && inside && strcmp(inside, name) != 0)
		problems_add(l->problems, yaml_where(n), "leave the line out, or give the file that name",
			     "name is \"%.64s\", but the file is called %s.yaml", inside, name);
}

static void read_struct_file(struct loader *l, const struct kind *kind, const char *path, const char *name, void *item)
{
	const char **name_field = name_at(kind, item);
	struct yaml_doc *doc = lab_open_file(l, path);

	if (doc) {
		const struct yaml_node *root = yaml_root(doc);
		schema_read(kind->schema, root, l->vars, l->lab->arena, item, l->problems);
		check_name(l, root, name, *name_field);
		if (kind->settle && yaml_kind(root) == YAML_MAP)
			kind->settle(root, item, l->problems);
		schema_references(kind->schema, root, lab_note_reference, l);
	}
	*name_field = arena_dup(l->lab->arena, name);
	yaml_doc_free(doc);
}

/* ---- a folder of them ---- */

static bool is_defined(struct lab *lab, const struct kind *kind, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(*name_at(kind, (char *)*items_of(lab, kind) + i * kind->schema->struct_bytes), name) == 0)
			return true;
	return false;
}

static size_t count_names(char **names)
{
	size_t count = 0;

	while (names[count])
		count++;
	return count;
}

static char **names_in(struct loader *l, const char *folder, const char *suffix)
{
	struct err e = ERR_INIT;
	char **names = NULL;

	if (file_list(folder, suffix, &names, &e) == 0)
		return names;
	tell_file_error(l, folder, &e);
	return mem_new(1, sizeof(*names));
}

/* A file that nobody reads is worse than one that is wrong. */
static void tell_other_suffix(struct loader *l, const char *folder)
{
	AUTO_FREE_LIST char **names = names_in(l, folder, ".yml");

	for (size_t i = 0; names[i] && !problems_full(l->problems); i++) {
		AUTO_FREE char *path = file_join(folder, names[i]);
		problems_add(l->problems, (struct where){ path, 0, 0 }, "name it .yaml",
			     "only files that end in .yaml are read");
	}
}

static void read_folder(struct loader *l, const struct kind *kind, const char *lab_folder)
{
	AUTO_FREE char *folder = file_join(lab_folder, kind->folder);
	AUTO_FREE_LIST char **names = names_in(l, folder, ".yaml");
	size_t files = count_names(names), known = *count_of(l->lab, kind), bytes = kind->schema->struct_bytes;
	void **items = items_of(l->lab, kind);

	tell_other_suffix(l, folder);
	*items = mem_grow(*items, known + (files > MAX_FILES ? 0 : files) + 1, bytes);
	if (files > MAX_FILES) {
		problems_add(l->problems, (struct where){ folder, 0, 0 }, NULL, "%zu files, but at most %d are read",
			     files, MAX_FILES);
		return;
	}
	for (size_t i = 0; i < files; i++) {
		AUTO_FREE char *name = mem_dup_bytes(names[i], strlen(names[i]) - strlen(".yaml"));
		AUTO_FREE char *path = file_join(folder, names[i]);
		void *item = (char *)*items + *count_of(l->lab, kind) * bytes;

		if (!schema_is_name(name)) {
			problems_add(l->problems, (struct where){ path, 0, 0 }, "letters, digits, - _ . +, at most 64",
				     "a file's name is the %s's, and this one is no name", kind->word);
			continue;
		}
		if (is_defined(l->lab, kind, known, name))
			continue; /* the user's own stands before the shipped one */
		memset(item, 0, bytes);
		read_struct_file(l, kind, path, name, item);
		(*count_of(l->lab, kind))++;
	}
}

static bool has_cause(const struct lab *lab, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(lab->causes[i].name, name) == 0)
			return true;
	return false;
}

static void read_causes(struct loader *l, const char *lab_folder)
{
	AUTO_FREE char *path = file_join(lab_folder, "recipes/causes.yaml");
	struct struct_list list = { 0 };
	size_t known = l->lab->cause_count;

	if (!file_exists(path))
		return;
	struct yaml_doc *doc = lab_open_file(l, path);
	if (!doc)
		return;
	schema_read_list(&cause_schema, yaml_root(doc), l->vars, l->lab->arena, &list, l->problems);
	yaml_doc_free(doc);
	const struct cause_spec *causes = list.items;
	l->lab->causes = mem_grow(l->lab->causes, known + list.count + 1, sizeof(*causes));
	for (size_t i = 0; i < list.count; i++)
		if (causes[i].name && causes[i].pattern && !has_cause(l->lab, known, causes[i].name))
			l->lab->causes[l->lab->cause_count++] = causes[i];
}

void lab_read_folders(struct loader *l, const char *lab_folder)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		read_folder(l, &kinds[i], lab_folder);
	read_causes(l, lab_folder);
}
