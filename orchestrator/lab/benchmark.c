#include "lab/benchmark.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define DAY_NS (86400 * NS_PER_S)

#define AT(member) offsetof(struct benchmark, member)
static const struct schema_field benchmark_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), FIELD_HIDDEN, .help = "" },
	{ "title", FIELD_TEXT, AT(title), FIELD_NO_HASH, .help = "A few words for people" },
	{ "module", FIELD_PATH, AT(module), FIELD_NO_HASH,
	  .help = "Python file with a function bench, and with setup and check where it needs them" },
	{ "callable", FIELD_TEXT, AT(callable), .help = "Or a function of an installed module: module:function" },
	{ "arguments", FIELD_TEXT_LIST, AT(arguments),
	  .help = "What callable is called with: numbers, true, false or texts; or words that script gets" },
	{ "command", FIELD_TEXT_LIST, AT(command),
	  .help = "Or a command line, timed as whole processes; {python} is the runtime's interpreter" },
	{ "expect", FIELD_TEXT, AT(expect), .help = "What command has to print; this run of it is not timed" },
	{ "script", FIELD_PATH, AT(script), FIELD_NO_HASH, .help = "Or a Python file that speaks pyperf" },
	{ "task", FIELD_INT, AT(task), 0, 0, 10000, .help = "Which of the benchmarks in script, from 0" },
	{ "parameters", FIELD_TEXT_MAP, AT(parameters), FIELD_WORD_KEYS,
	  .help = "Texts that the function setup of module is given by these names" },
	{ "needs", FIELD_TEXT_LIST, AT(needs), .refers_to = "package",
	  .help = "Packages of this lab that must be there, besides those of the whole file" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtime",
	  .help = "Only under these; without it, under every runtime" },
	{ "env", FIELD_TEXT_MAP, AT(env), FIELD_WORD_KEYS, .help = "Environment variables while it runs" },
	{ "min_iteration", FIELD_DURATION, AT(min_iteration_ns), 0, NS_PER_MS / 1000, DAY_NS, .default_text = "20ms",
	  .help = "How long an iteration takes at least: the number of loops in it is made to fit" },
	{ "iterations", FIELD_INT, AT(iterations), 0, 1, 1000000, .default_text = "120",
	  .help = "How many iterations one process does at most" },
	{ "limit", FIELD_DURATION, AT(limit_ns), FIELD_NO_HASH, NS_PER_S, DAY_NS, .default_text = "5m",
	  .help = "How long one process may take; multiplied by the target's slowness" },
	{ "tags", FIELD_TEXT_LIST, AT(tags), FIELD_NO_HASH, .help = "Words to select it with" },
	{ 0 },
};
#undef AT

const struct schema benchmark_schema = {
	"benchmark",
	"One program whose time is measured",
	sizeof(struct benchmark),
	benchmark_fields,
};

#define AT(member) offsetof(struct benchmark_set, member)
static const struct schema_field set_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the set's" },
	{ "title", FIELD_TEXT, AT(title), FIELD_NO_HASH, .help = "A few words for people" },
	{ "needs", FIELD_TEXT_LIST, AT(needs), .refers_to = "package",
	  .help = "Packages of this lab that must be there first" },
	{ "install", FIELD_STRUCT_LIST, AT(install), .of = &install_step_schema,
	  .help = "What else is installed, behind those" },
	{ "benchmarks", FIELD_STRUCT_MAP, AT(benchmarks), FIELD_REQUIRED, .of = &benchmark_schema,
	  .help = "The programs, each under its name" },
	{ "tags", FIELD_TEXT_LIST, AT(tags), FIELD_NO_HASH, .help = "Words to select all of them with" },
	{ 0 },
};
#undef AT

const struct schema benchmark_set_schema = {
	"benchmark-set",
	"Benchmarks that are installed alike: recipes/benchmarks/NAME.yaml",
	sizeof(struct benchmark_set),
	set_fields,
};

static void check_benchmark(const struct yaml_node *n, struct problems *problems)
{
	static const char *const ways[] = { "module", "callable", "command", "script" };
	const struct yaml_node *first = NULL;

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		const struct yaml_node *way = yaml_at(n, ways[i]);

		if (way && first)
			problems_add(problems, yaml_key_where(way), "one of the two is the program",
				     "the benchmark %s has both %s and %s", yaml_key(n), yaml_key(first), ways[i]);
		first = first ? first : way;
	}
	if (!first)
		problems_add(problems, yaml_key_where(n), "for example module: pure/nbody.py",
			     "the benchmark %s has no module, callable, command or script", yaml_key(n));
	if (yaml_at(n, "arguments") && !yaml_at(n, "callable") && !yaml_at(n, "script"))
		problems_add(problems, yaml_key_where(yaml_at(n, "arguments")), NULL,
			     "arguments go with callable or script only");
	if (yaml_at(n, "expect") && !yaml_at(n, "command"))
		problems_add(problems, yaml_key_where(yaml_at(n, "expect")), NULL, "expect goes with command only");
	if (yaml_at(n, "parameters") && !yaml_at(n, "module"))
		problems_add(problems, yaml_key_where(yaml_at(n, "parameters")), NULL,
			     "parameters go with module only");
}

static void check_file(const struct yaml_node *n, const char *path, struct problems *problems)
{
	if (path && !file_exists(path))
		problems_add(problems, yaml_where(n), "paths count from the folder of this file", "there is no file %s",
			     path);
}

void benchmark_set_settle(const struct yaml_node *n, struct benchmark_set *set, struct problems *problems)
{
	const struct yaml_node *all = yaml_at(n, "benchmarks");
	const struct benchmark *b = set->benchmarks.items;

	install_settle(n, problems);
	if (!all || yaml_kind(all) != YAML_MAP)
		return;
	for (const struct yaml_node *one = yaml_next(all, NULL); one; one = yaml_next(all, one), b++) {
		if (yaml_kind(one) != YAML_MAP)
			continue;
		check_benchmark(one, problems);
		check_file(yaml_at(one, "module"), b->module, problems);
		check_file(yaml_at(one, "script"), b->script, problems);
	}
}

static struct text_list both(const struct text_list *a, const struct text_list *b, struct arena *arena)
{
	struct text_list all = { arena_items(arena, a->count + b->count + 1, sizeof(*all.items)), 0 };

	for (size_t i = 0; i < a->count; i++)
		all.items[all.count++] = a->items[i];
	for (size_t i = 0; i < b->count; i++)
		if (!text_list_has(&all, b->items[i]))
			all.items[all.count++] = b->items[i];
	return all;
}

static const struct package_recipe *as_package(const struct benchmark *b, struct arena *a)
{
	struct package_recipe *p = arena_items(a, 1, sizeof(*p));
	struct tier *tier = arena_items(a, 1, sizeof(*tier));

	*tier = (struct tier){ .name = SPEED_TIER, .format = TIER_EXIT, .limit_ns = b->limit_ns };
	*p = (struct package_recipe){
		.at = b->at,
		.name = b->name,
		.title = b->title,
		.needs = both(&b->set->needs, &b->needs, a),
		.install = b->set->install,
		.tiers = { tier, 1 },
		.tags = both(&b->set->tags, &b->tags, a),
	};
	return p;
}

void benchmark_set_link(struct benchmark_set *set, struct arena *a)
{
	struct benchmark *all = set->benchmarks.items;

	for (size_t i = 0; i < set->benchmarks.count; i++) {
		all[i].set = set;
		all[i].as_package = as_package(&all[i], a);
	}
}

static const char *file_of(const struct benchmark *b)
{
	return b->module ? b->module : b->script;
}

char *benchmark_folder(const struct benchmark *b)
{
	return file_of(b) ? file_parent(file_of(b)) : NULL;
}

static bool is_of_another(const struct benchmark *b, const char *path)
{
	const struct benchmark *all = b->set->benchmarks.items;

	for (size_t i = 0; i < b->set->benchmarks.count; i++)
		if (file_of(&all[i]) && !strcmp(file_of(&all[i]), path))
			return strcmp(file_of(b), path) != 0;
	return false;
}

static int digest_files(const struct benchmark *b, const char *folder, struct digest *d, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;
	char text[DIGEST_TEXT_BYTES];

	if (file_list(folder, NULL, &names, e))
		return -1;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *path = file_join(folder, *name);

		if (!strcmp(*name, "__pycache__") || is_of_another(b, path))
			continue;
		if (file_is_folder(path) ? digest_folder(path, text, e) : digest_file(path, text, e))
			return -1;
		digest_add_field(d, *name);
		digest_add_field(d, text);
	}
	return 0;
}

int benchmark_digest(const struct benchmark *b, char out[static DIGEST_TEXT_BYTES], struct err *e)
{
	AUTO_FREE char *folder = benchmark_folder(b);
	struct digest *d = digest_new();
	int status;

	digest_add_field(d, file_of(b) ? strrchr(file_of(b), '/') : NULL);
	status = folder ? digest_files(b, folder, d, e) : 0;
	digest_end(d, out);
	return status ? err_wrap(e, "the files of the benchmark %s", b->name) : 0;
}
