#include "lab/lab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "lab/lab_load.h"

#define MIB    (INT64_C(1) << 20)
#define TIB    (INT64_C(1) << 40)
#define DAY_NS (86400 * NS_PER_S)

#define AT(member) offsetof(struct index_settings, member)
static const struct schema_field index_fields[] = {
	{ "url", FIELD_TEXT, AT(url), .help = "Package index for pip; without it, pip's own default" },
	{ "folder", FIELD_PATH, AT(folder), .help = "Folder of archives on this machine that pip may use too" },
	{ "constraints", FIELD_PATH, AT(constraints), .help = "Constraints file for pip, on this machine" },
	{ "only_folder", FIELD_BOOL, AT(only_folder), .help = "Ask no index, use the folder alone" },
	{ "build_isolation", FIELD_BOOL, AT(build_isolation), .default_text = "true",
	  .help = "Let pip build in an environment of its own; false: with what the runtime has, for an index without "
		  "build tools" },
	{ 0 },
};
#undef AT

static const struct schema index_schema = {
	"index setting",
	"Where pip gets packages",
	sizeof(struct index_settings),
	index_fields,
};

#define AT(member) offsetof(struct retention_settings, member)
static const struct schema_field retention_fields[] = {
	{ "raw_for", FIELD_DURATION, AT(raw_for_ns), 0, 0, 36500 * DAY_NS, .default_text = "90d",
	  .help = "Raw output of runs older than this is removed; 0: age does not count" },
	{ "raw_limit", FIELD_BYTES, AT(raw_limit_bytes), 0, 0, 1024 * TIB, .default_text = "10 GiB",
	  .help = "How much raw output may take in all, the oldest goes first; 0: size does not count" },
	{ "layers_for", FIELD_DURATION, AT(layers_for_ns), 0, 0, 36500 * DAY_NS, .default_text = "60d",
	  .help = "Images and layers that were not used for so long are removed; 0: age does not count" },
	{ 0 },
};
#undef AT

static const struct schema retention_schema = {
	"retention setting",
	"How long what can be spared is kept",
	sizeof(struct retention_settings),
	retention_fields,
};

#define AT(member) offsetof(struct lab_settings, member)
static const struct schema_field lab_fields[] = {
	{ "title", FIELD_TEXT, AT(title), .help = "A few words for people" },
	{ "results", FIELD_PATH, AT(results), .default_text = "results", .help = "Folder that keeps all results" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "What runs when no --target is given; without it, the targets of this lab's own folder, or else the "
		  "shipped choice" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtimes",
	  .help = "What runs when no --runtime is given; without it, the runtimes of this lab's own folder, or else "
		  "the shipped choice" },
	{ "tier", FIELD_NAME, AT(tier), .refers_to = "tier", .default_text = "smoke",
	  .help = "Which set of tests runs when no --tier is given" },
	{ "baseline", FIELD_NAME, AT(baseline), .refers_to = "runtime",
	  .help = "Runtime that others are compared with; without it, cpython" },
	{ "cache_limit", FIELD_BYTES, AT(cache_limit_bytes), 0, 0, 1024 * TIB, .default_text = "20 GiB",
	  .help = "How much images and layers may take; least recently used ones go first" },
	{ "fresh_for", FIELD_DURATION, AT(fresh_for_ns), 0, 0, 36500 * DAY_NS, .default_text = "7d",
	  .help = "An outcome older than this is run anew" },
	{ "output_cap", FIELD_BYTES, AT(output_cap_bytes), 0, 64 * 1024, TIB, .default_text = "16 MiB",
	  .help = "Raw output that is kept of each step" },
	{ "processors", FIELD_INT, AT(processors), 0, 0, 4096,
	  .help = "What running targets may use together; without it, all of this machine's" },
	{ "memory", FIELD_BYTES, AT(memory_bytes), 0, 64 * MIB, 64 * TIB,
	  .help = "What running targets may use together; without it, three quarters of this machine's" },
	{ "crash_limit", FIELD_INT, AT(crash_limit), 0, 0, 10000, .default_text = "20",
	  .help = "How often a test suite goes on after its interpreter died" },
	{ "index", FIELD_STRUCT, AT(index), .of = &index_schema, .help = "Where pip gets packages" },
	{ "retention", FIELD_STRUCT, AT(retention), .of = &retention_schema,
	  .help = "What labctl prune and the end of a suite remove; verdicts, tests and figures stay" },
	{ "notify", FIELD_STRUCT, AT(notify), .of = &notify_schema,
	  .help = "Who is told when a suite has run, unless the suite says otherwise" },
	{ "variables", FIELD_TEXT_MAP, AT(variables), FIELD_WORD_KEYS,
	  .help = "Texts for ${name} in all files of the lab" },
	{ "shipped", FIELD_BOOL, AT(shipped), .default_text = "true",
	  .help = "Also use the targets and recipes that come with labctl" },
	{ 0 },
};
#undef AT

const struct schema lab_schema = {
	"lab",
	"The settings of a lab: lab.yaml",
	sizeof(struct lab_settings),
	lab_fields,
};

#define AT(member) offsetof(struct cause_spec, member)
static const struct schema_field cause_fields[] = {
	{ "name", FIELD_TEXT, AT(name), FIELD_REQUIRED, .help = "What it is called in reports" },
	{ "pattern", FIELD_PATTERN, AT(pattern), FIELD_REQUIRED,
	  .help = "What is searched in a failing test's message and stack" },
	{ "advice", FIELD_TEXT, AT(advice), .help = "What may be done about it" },
	{ 0 },
};
#undef AT

const struct schema cause_schema = {
	"cause",
	"Why tests fail, the first rule that fits: a list in recipes/causes.yaml",
	sizeof(struct cause_spec),
	cause_fields,
};

const struct schema *lab_describe(size_t i)
{
	static const struct schema *const all[] = { &lab_schema,     &target_schema,	    &runtime_schema,
						    &package_schema, &benchmark_set_schema, &suite_schema,
						    &policy_schema,  &cause_schema };

	return i < COUNT_OF(all) ? all[i] : NULL;
}

/* ---- finding the folder ---- */

const char lab_how_shipped[] = "it comes with labctl";

static bool has_lab(const char *folder)
{
	AUTO_FREE char *file = file_join(folder, "lab.yaml");
	struct stat st;

	return stat(file, &st) == 0 && S_ISREG(st.st_mode);
}

static char *absolute(const char *folder, struct err *e)
{
	char *path = realpath(folder, NULL);

	if (!path)
		err_errno(e, ERR_CONFIG, "%s", folder);
	return path;
}

/* A folder that was named must have a lab; its lab.yaml may be named as well. */
static char *named_lab(const char *named, struct err *e)
{
	bool is_file = str_ends(named, "lab.yaml") && !file_is_folder(named);
	AUTO_FREE char *folder = is_file ? file_parent(named) : mem_dup(named);

	if (has_lab(folder))
		return absolute(folder, e);
	err_set(e, ERR_CONFIG, file_exists(folder) ? "%s has no lab.yaml" : "%s is not there", folder);
	err_hint(e, "an empty lab.yaml makes a folder a lab: touch %s/lab.yaml", folder);
	return NULL;
}

static char *lab_upward(void)
{
	char *folder = realpath(".", NULL);

	while (folder) {
		if (has_lab(folder))
			return folder;
		if (strcmp(folder, "/") == 0)
			break;
		char *parent = file_parent(folder);
		free(folder);
		folder = parent;
	}
	free(folder);
	return NULL;
}

char *lab_find(const struct lab_wish *wish, const char **out_how, struct err *e)
{
	const char *from_environment = getenv("LABCTL_LAB");
	char *folder;

	*out_how = "--lab names it";
	if (wish->folder)
		return named_lab(wish->folder, e);
	*out_how = "LABCTL_LAB names it";
	if (from_environment && from_environment[0])
		return named_lab(from_environment, e);
	*out_how = "the nearest lab.yaml upward from here";
	folder = lab_upward();
	if (folder)
		return folder;
	*out_how = lab_how_shipped;
	if (wish->shipped && has_lab(wish->shipped))
		return absolute(wish->shipped, e);
	err_set(e, ERR_CONFIG, "there is no lab.yaml here or above, and none came with labctl");
	err_hint(e, "name a lab with --lab FOLDER");
	return NULL;
}

/* ---- looking up ---- */

/* Every list is sorted by name. The name is a const char * at `name_offset` of each item. */
static const void *find(const void *items, size_t count, size_t item_bytes, size_t name_offset, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *item = (const char *)items + middle * item_bytes;
		int order = strcmp(name, *(const char *const *)(item + name_offset));

		if (order == 0)
			return item;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct target_spec *lab_target(const struct lab *lab, const char *name)
{
	return find(lab->targets, lab->target_count, sizeof(*lab->targets), offsetof(struct target_spec, name), name);
}

const struct runtime_recipe *lab_runtime(const struct lab *lab, const char *name)
{
	return find(lab->runtimes, lab->runtime_count, sizeof(*lab->runtimes), offsetof(struct runtime_recipe, name),
		    name);
}

const struct package_recipe *lab_package(const struct lab *lab, const char *name)
{
	return find(lab->packages, lab->package_count, sizeof(*lab->packages), offsetof(struct package_recipe, name),
		    name);
}

const struct benchmark *lab_benchmark(const struct lab *lab, const char *name)
{
	for (size_t i = 0; i < lab->benchmark_count; i++)
		if (!strcmp(lab->benchmarks[i]->name, name))
			return lab->benchmarks[i];
	return NULL;
}

const struct suite *lab_suite(const struct lab *lab, const char *name)
{
	return find(lab->suites, lab->suite_count, sizeof(*lab->suites), offsetof(struct suite, name), name);
}

const struct policy *lab_policy(const struct lab *lab, const char *name)
{
	return find(lab->policies, lab->policy_count, sizeof(*lab->policies), offsetof(struct policy, name), name);
}

void lab_free(struct lab *lab)
{
	if (!lab)
		return;
	free(lab->folder);
	free(lab->lib_folder);
	free(lab->results_folder);
	free(lab->targets);
	free(lab->runtimes);
	free(lab->packages);
	free(lab->benchmark_sets);
	free(lab->benchmarks);
	free(lab->suites);
	free(lab->policies);
	free(lab->causes);
	arena_free(lab->arena);
	free(lab);
}
