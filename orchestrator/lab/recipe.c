#include "lab/recipe.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/regex.h"

#define DAY_NS (86400 * NS_PER_S)

static const char *const format_names[] = { "pytest", "junit", "tap", "lines", "exit", NULL };
static const char *const verdict_names[] = { "passed", "failed", "skipped", NULL };

#define AT(member) offsetof(struct install_step, member)
static const struct schema_field step_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtime",
	  .help = "Only for these; without it, for every runtime" },
	{ "archs", FIELD_TEXT_LIST, AT(archs), .refers_to = "arch",
	  .help = "Only for these; without it, for every architecture" },
	{ "apt", FIELD_TEXT_LIST, AT(apt), .help = "Debian packages to install" },
	{ "apt_pure", FIELD_TEXT_LIST, AT(apt_pure),
	  .help = "Debian packages whose pure-Python files are made visible to this runtime, whatever runtime Debian "
		  "meant them for" },
	{ "pip", FIELD_TEXT_LIST, AT(pip),
	  .help = "Requirements, installed with this runtime's pip from the lab's package index" },
	{ "pip_needs", FIELD_TEXT_LIST, AT(pip_needs),
	  .help = "Debian packages that building those needs (compilers, headers)" },
	{ "run", FIELD_SCRIPT, AT(run), .help = "Shell commands" },
	{ "network", FIELD_BOOL, AT(network), .help = "Run may reach the network; apt and pip always may" },
	{ "unavailable", FIELD_TEXT, AT(unavailable), .help = "It does not exist for these: the reason" },
	{ 0 },
};
#undef AT

const struct schema install_step_schema = {
	"install step",
	"One way to get something onto a target; every step that fits runtime and architecture is done, in order",
	sizeof(struct install_step),
	step_fields,
};

#define AT(member) offsetof(struct runtime_recipe, member)
static const struct schema_field runtime_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the runtime's" },
	{ "title", FIELD_TEXT, AT(title), FIELD_NO_HASH, .help = "A few words for people" },
	{ "command", FIELD_TEXT, AT(command), FIELD_REQUIRED,
	  .help = "The interpreter: a name on PATH or a path, on the target" },
	{ "install", FIELD_STRUCT_LIST, AT(install), .of = &install_step_schema, .help = "How it gets onto a target" },
	{ "env", FIELD_TEXT_MAP, AT(env), FIELD_WORD_KEYS,
	  .help = "Environment variables for everything that runs under it" },
	{ "tags", FIELD_TEXT_LIST, AT(tags), FIELD_NO_HASH, .help = "Words to select it with" },
	{ 0 },
};
#undef AT

const struct schema runtime_schema = {
	"runtime",
	"An interpreter: recipes/runtimes/NAME.yaml",
	sizeof(struct runtime_recipe),
	runtime_fields,
};

#define AT(member) offsetof(struct line_rule, member)
static const struct schema_field line_fields[] = {
	{ "pattern", FIELD_PATTERN, AT(pattern), FIELD_REQUIRED,
	  .help = "A line that it matches tells of one test: its group `name` is the test, `detail` and `seconds` may "
		  "be there too" },
	{ "verdict", FIELD_CHOICE, AT(verdict), FIELD_REQUIRED, .choices = verdict_names,
	  .help = "What such a line says" },
	{ 0 },
};
#undef AT

static const struct schema line_schema = {
	"line rule",
	"What one kind of output line means",
	sizeof(struct line_rule),
	line_fields,
};

#define AT(member) offsetof(struct tier, member)
static const struct schema_field tier_fields[] = {
	{ "name", FIELD_NAME, AT(name), FIELD_HIDDEN, .help = "" },
	{ "pytest", FIELD_TEXT_LIST, AT(pytest), .help = "Arguments for pytest, which runs under labctl's plug-in" },
	{ "run", FIELD_SCRIPT, AT(run), .help = "Or shell commands, whose output `format` explains" },
	{ "format", FIELD_CHOICE, AT(format), .choices = format_names,
	  .help = "What run prints or writes; without it, its exit status is the result" },
	{ "report", FIELD_TEXT, AT(report),
	  .help = "File that run writes (junit, tap, lines); without it, what it prints" },
	{ "lines", FIELD_STRUCT_LIST, AT(lines), .of = &line_schema, .help = "What its lines mean (lines)" },
	{ "limit", FIELD_DURATION, AT(limit_ns), FIELD_NO_HASH, NS_PER_S, 30 * DAY_NS, .default_text = "1h",
	  .help = "How long the whole may take; multiplied by the target's slowness" },
	{ "test_limit", FIELD_DURATION, AT(test_limit_ns), FIELD_NO_HASH, NS_PER_MS, 30 * DAY_NS, .default_text = "10m",
	  .help = "How long one test may take; multiplied by the target's slowness" },
	{ "env", FIELD_TEXT_MAP, AT(env), FIELD_WORD_KEYS, .help = "Environment variables for these tests" },
	{ 0 },
};
#undef AT

const struct schema tier_schema = {
	"tier",
	"One of a package's sets of tests",
	sizeof(struct tier),
	tier_fields,
};

#define AT(member) offsetof(struct known_failure_spec, member)
static const struct schema_field known_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "test", FIELD_PATTERN, AT(test), FIELD_REQUIRED, .help = "Pattern that is searched in the test's name" },
	{ "reason", FIELD_TEXT, AT(reason), FIELD_REQUIRED, .help = "Why it fails" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtime",
	  .help = "Only under these; without it, under every runtime" },
	{ "archs", FIELD_TEXT_LIST, AT(archs), .refers_to = "arch",
	  .help = "Only on these; without it, on every architecture" },
	{ 0 },
};
#undef AT

static const struct schema known_schema = {
	"known failure",
	"Tests that are expected to fail",
	sizeof(struct known_failure_spec),
	known_fields,
};

#define AT(member) offsetof(struct package_recipe, member)
static const struct schema_field package_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the package's" },
	{ "title", FIELD_TEXT, AT(title), FIELD_NO_HASH, .help = "A few words for people" },
	{ "import", FIELD_TEXT, AT(import), .help = "Module whose import must work; without it, the package's name" },
	{ "version", FIELD_SCRIPT, AT(version),
	  .help = "Shell commands that print the version; without it, the module is asked" },
	{ "needs", FIELD_TEXT_LIST, AT(needs), .refers_to = "package",
	  .help = "Packages of this lab that must be there first" },
	{ "install", FIELD_STRUCT_LIST, AT(install), .of = &install_step_schema, .help = "How it gets onto a target" },
	{ "tiers", FIELD_STRUCT_MAP, AT(tiers), FIELD_NO_HASH, .of = &tier_schema,
	  .help = "Its sets of tests, each under its name" },
	{ "known_failures", FIELD_STRUCT_LIST, AT(known_failures), .of = &known_schema,
	  .help = "Failures that are expected" },
	{ "tags", FIELD_TEXT_LIST, AT(tags), FIELD_NO_HASH, .help = "Words to select it with" },
	{ 0 },
};
#undef AT

const struct schema package_schema = {
	"package",
	"A package and its own tests: recipes/packages/NAME.yaml",
	sizeof(struct package_recipe),
	package_fields,
};

const struct tier *package_tier(const struct package_recipe *p, const char *name)
{
	const struct tier *tiers = p->tiers.items;

	for (size_t i = 0; i < p->tiers.count; i++)
		if (strcmp(tiers[i].name, name) == 0)
			return &tiers[i];
	return NULL;
}

bool text_list_has(const struct text_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

bool recipe_applies(const struct text_list *runtimes, const struct text_list *archs, const char *runtime,
		    const char *arch)
{
	return (runtimes->count == 0 || text_list_has(runtimes, runtime)) &&
	       (archs->count == 0 || text_list_has(archs, arch));
}

/* ---- what the tables alone cannot say ---- */

static void check_step(const struct yaml_node *n, struct problems *problems)
{
	static const char *const deeds[] = { "apt", "apt_pure", "pip", "run" };
	const struct yaml_node *unavailable = yaml_at(n, "unavailable"), *deed = NULL;

	for (size_t i = 0; i < COUNT_OF(deeds) && !deed; i++)
		deed = yaml_at(n, deeds[i]);
	if (!deed && !unavailable)
		problems_add(problems, yaml_where(n), "it needs one of apt, apt_pure, pip, run or unavailable",
			     "this install step does nothing");
	if (deed && unavailable)
		problems_add(problems, yaml_key_where(unavailable), "make it two steps",
			     "unavailable stands beside %s in one step", yaml_key(deed));
	if (yaml_at(n, "pip_needs") && !yaml_at(n, "pip"))
		problems_add(problems, yaml_key_where(yaml_at(n, "pip_needs")), NULL, "pip_needs stands without pip");
	if (yaml_at(n, "network") && !yaml_at(n, "run"))
		problems_add(problems, yaml_key_where(yaml_at(n, "network")), "apt and pip always reach the network",
			     "network stands without run");
}

void install_settle(const struct yaml_node *n, struct problems *problems)
{
	const struct yaml_node *install = yaml_at(n, "install");

	if (!install || yaml_kind(install) == YAML_TEXT)
		return;
	if (yaml_kind(install) == YAML_MAP) {
		check_step(install, problems);
		return;
	}
	for (const struct yaml_node *step = yaml_next(install, NULL); step; step = yaml_next(install, step))
		if (yaml_kind(step) == YAML_MAP)
			check_step(step, problems);
}

static void check_way_to_run(const struct yaml_node *n, const struct tier *tier, struct problems *problems)
{
	const struct yaml_node *pytest = yaml_at(n, "pytest"), *run = yaml_at(n, "run"), *format = yaml_at(n, "format");

	if (!pytest && !run)
		problems_add(problems, yaml_key_where(n), "for example pytest: [--pyargs, numpy]",
			     "the tier %s has neither pytest nor run", tier->name);
	if (pytest && run)
		problems_add(problems, yaml_key_where(run), "one of the two runs the tests",
			     "the tier %s has both pytest and run", tier->name);
	if (pytest && yaml_kind(pytest) == YAML_LIST && yaml_count(pytest) == 0)
		problems_add(problems, yaml_where(pytest), "for example pytest: [--pyargs, numpy]",
			     "pytest has no arguments");
	if (pytest && format && tier->format != TIER_PYTEST)
		problems_add(problems, yaml_key_where(format), NULL,
			     "format is for run; pytest reports to labctl's plug-in");
	if (run && !pytest && format && tier->format == TIER_PYTEST)
		problems_add(problems, yaml_where(format), "use the key pytest, or have run write junit",
			     "format pytest does not go with run");
}

/* A rule that cannot name the test would only be found out on a target, an hour later. */
static void check_lines(const struct yaml_node *lines, struct problems *problems)
{
	bool alone = yaml_kind(lines) == YAML_MAP;

	for (const struct yaml_node *n = alone ? lines : yaml_next(lines, NULL); n;
	     n = alone ? NULL : yaml_next(lines, n)) {
		const struct yaml_node *pattern = yaml_kind(n) == YAML_MAP ? yaml_at(n, "pattern") : NULL;
		struct regex *compiled = pattern && yaml_text(pattern) ? regex_new(yaml_text(pattern), NULL) : NULL;
		if (compiled && regex_group_number(compiled, "name") < 0)
			problems_add(problems, yaml_where(pattern), "for example '^ok (?<name>.+)'",
				     "pattern has no group called name");
		regex_free(compiled);
	}
}

static void check_tier(const struct yaml_node *n, const struct tier *tier, struct problems *problems)
{
	const struct yaml_node *lines = yaml_at(n, "lines"), *report = yaml_at(n, "report");
	bool reads_text = tier->format == TIER_JUNIT || tier->format == TIER_TAP || tier->format == TIER_LINES;

	check_way_to_run(n, tier, problems);
	if (lines && yaml_kind(lines) != YAML_TEXT)
		check_lines(lines, problems);
	if (lines && tier->format != TIER_LINES)
		problems_add(problems, yaml_key_where(lines), NULL, "lines goes with format: lines only");
	if (!lines && tier->format == TIER_LINES)
		problems_add(problems, yaml_key_where(n), "lines: [{pattern: '^ok (?<name>.+)', verdict: passed}]",
			     "the tier %s has format lines, but no lines", tier->name);
	if (report && !reads_text)
		problems_add(problems, yaml_key_where(report), NULL,
			     "report goes with format junit, tap or lines only");
}

/* The items were read in the order of the nodes. */
static void settle_tiers(const struct yaml_node *tiers, struct package_recipe *package, struct problems *problems)
{
	struct tier *tier = package->tiers.items;

	for (const struct yaml_node *n = yaml_next(tiers, NULL); n; n = yaml_next(tiers, n), tier++) {
		if (yaml_kind(n) != YAML_MAP)
			continue;
		if (yaml_at(n, "run") && !yaml_at(n, "format"))
			tier->format = TIER_EXIT;
		check_tier(n, tier, problems);
	}
}

void runtime_settle(const struct yaml_node *n, struct runtime_recipe *runtime, struct problems *problems)
{
	(void)runtime;
	install_settle(n, problems);
}

void package_settle(const struct yaml_node *n, struct package_recipe *package, struct problems *problems)
{
	const struct yaml_node *tiers = yaml_at(n, "tiers");

	install_settle(n, problems);
	if (tiers && yaml_kind(tiers) == YAML_MAP)
		settle_tiers(tiers, package, problems);
}
