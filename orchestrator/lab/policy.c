#include "lab/policy.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/vec.h"
#include "lab/lab_load.h"
#include "lab/vars.h"

#define DAY_MS INT64_C(86400000)

#define AT(member) offsetof(struct policy_must, member)
static const struct schema_field must_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "package", FIELD_NAME, AT(package), FIELD_REQUIRED, .refers_to = "package", .help = "Whose tests" },
	{ "test", FIELD_PATTERN, AT(test),
	  .help = "A pattern that is searched in the names of tests; without it, all of the package" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "Where; without it, on every target of the policy" },
	{ 0 },
};
#undef AT

static const struct schema must_schema = {
	"must_pass",
	"Tests that must pass under the candidate, whatever the baseline does",
	sizeof(struct policy_must),
	must_fields,
};

#define AT(member) offsetof(struct policy_exception, member)
static const struct schema_field exception_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "package", FIELD_NAME, AT(package), .refers_to = "package", .help = "Whose tests" },
	{ "test", FIELD_PATTERN, AT(test),
	  .help = "A pattern that is searched in the names of tests; without it the package as a whole, also where it "
		  "cannot be had" },
	{ "benchmarks", FIELD_TEXT_LIST, AT(benchmarks), .refers_to = "benchmarks",
	  .help = "Or benchmarks that may be slower, fail or be missing: names, sets, tag:TAG, patterns" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "Where; without it, on every target of the policy" },
	{ "reason", FIELD_TEXT, AT(reason), FIELD_REQUIRED, .help = "Why it may fail: stands in the report" },
	{ "until", FIELD_TEXT, AT(until), FIELD_REQUIRED,
	  .help = "The last day (UTC) on which it may, as 2026-06-30; from then on it counts as failing again" },
	{ 0 },
};
#undef AT

static const struct schema exception_schema = {
	"may_fail",
	"What may fail, why, and until when",
	sizeof(struct policy_exception),
	exception_fields,
};

#define AT(member) offsetof(struct policy_class, member)
static const struct schema_field class_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "benchmarks", FIELD_TEXT_LIST, AT(benchmarks), FIELD_REQUIRED, .refers_to = "benchmarks",
	  .help = "Names, sets, tag:TAG, patterns" },
	{ "margin_percent", FIELD_REAL, AT(margin_percent), FIELD_REQUIRED, 0, 1000,
	  .help = "How much more time they may take than under the baseline" },
	{ 0 },
};
#undef AT

static const struct schema class_schema = {
	"class",
	"Benchmarks that have a margin of their own",
	sizeof(struct policy_class),
	class_fields,
};

#define AT(member) offsetof(struct policy_coverage, member)
static const struct schema_field coverage_fields[] = {
	{ "tests_percent", FIELD_REAL, AT(tests_percent), 0, 0, 100, .default_text = "100",
	  .help = "Of a package on a target: of the tests that pass under the baseline, how many must have an answer" },
	{ "benchmarks_percent", FIELD_REAL, AT(benchmarks_percent), 0, 0, 100, .default_text = "100",
	  .help = "Of a target: of the benchmarks, how many must have been compared" },
	{ 0 },
};
#undef AT

static const struct schema coverage_schema = {
	"coverage",
	"How much must be there before anything is qualified",
	sizeof(struct policy_coverage),
	coverage_fields,
};

#define AT(member) offsetof(struct policy_speed, member)
static const struct schema_field speed_fields[] = {
	{ "benchmarks", FIELD_TEXT_LIST, AT(benchmarks), .refers_to = "benchmarks",
	  .help = "Which: names, sets, tag:TAG, patterns; without it speed is not judged" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "Where; without it, on every target of the policy" },
	{ "margin_percent", FIELD_REAL, AT(margin_percent), 0, 0, 1000, .default_text = "5",
	  .help = "How much more time a benchmark may take than under the baseline" },
	{ "classes", FIELD_STRUCT_LIST, AT(classes), .of = &class_schema,
	  .help = "Benchmarks with a margin of their own; the first that fits counts" },
	{ "alpha", FIELD_REAL, AT(alpha), 0, 0, 1, .default_text = "0.05",
	  .help = "The chance, at most, to qualify a candidate that is at its margin, and to find a regression where "
		  "there is none" },
	{ "power", FIELD_REAL, AT(power), 0, 0, 1, .default_text = "0.8",
	  .help = "The chance with which a candidate that equals the baseline shall be qualified: decides the "
		  "detectable difference that is told, and how many processes are asked for" },
	{ 0 },
};
#undef AT

static const struct schema speed_schema = {
	"speed",
	"What is asked of benchmarks",
	sizeof(struct policy_speed),
	speed_fields,
};

#define AT(member) offsetof(struct policy, member)
static const struct schema_field policy_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the policy's" },
	{ "title", FIELD_TEXT, AT(title), .help = "A few words for people" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), FIELD_REQUIRED, .refers_to = "targets",
	  .help = "Required targets: names, tag:TAG, patterns; what is missing on one of them is never a pass" },
	{ "packages", FIELD_TEXT_LIST, AT(packages), .refers_to = "packages",
	  .help = "Whose tests are held against the baseline's; without it only must_pass asks for tests" },
	{ "tier", FIELD_NAME, AT(tier), .refers_to = "tier",
	  .help = "Which of their sets of tests; without it, the lab's" },
	{ "must_pass", FIELD_STRUCT_LIST, AT(must_pass), .of = &must_schema,
	  .help = "Tests that must pass under the candidate, whatever the baseline does and the recipes know" },
	{ "may_fail", FIELD_STRUCT_LIST, AT(may_fail), .of = &exception_schema,
	  .help = "Exceptions, each with its reason and its last day" },
	{ "coverage", FIELD_STRUCT, AT(coverage), .of = &coverage_schema,
	  .help = "How much must be there before anything is qualified" },
	{ "speed", FIELD_STRUCT, AT(speed), .of = &speed_schema, .help = "What is asked of benchmarks" },
	{ 0 },
};
#undef AT

const struct schema policy_schema = {
	"policy",
	"What a release has to show: recipes/policies/NAME.yaml",
	sizeof(struct policy),
	policy_fields,
};

/* d: a digit; all else stands for itself. */
static bool has_form(const char *text, const char *form)
{
	for (; *form && *text; form++, text++)
		if (*form == 'd' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	return !*form && !*text;
}

/* The first moment after that day. False: no date. */
static bool read_day(const char *text, int64_t *out_wall_ms)
{
	struct tm day = { 0 }, back;
	time_t begins;

	if (!has_form(text, "dddd-dd-dd"))
		return false;
	sscanf(text, "%4d-%2d-%2d", &day.tm_year, &day.tm_mon, &day.tm_mday);
	day.tm_year -= 1900;
	day.tm_mon -= 1;
	back = day;
	begins = timegm(&back);
	if (back.tm_year != day.tm_year || back.tm_mon != day.tm_mon || back.tm_mday != day.tm_mday)
		return false;
	*out_wall_ms = (int64_t)begins * 1000 + DAY_MS;
	return true;
}

static void settle_exception(const struct yaml_node *n, struct policy_exception *x, struct problems *problems)
{
	if (x->until && !read_day(x->until, &x->until_wall_ms))
		problems_add(problems, yaml_where(yaml_at(n, "until")), "for example until: 2026-06-30",
			     "until is the last day on which it may fail, and \"%.40s\" is no day", x->until);
	if (!x->package && !x->benchmarks.count)
		problems_add(problems, yaml_where(n), NULL, "what may fail? name a package or benchmarks");
	if (x->package && x->benchmarks.count)
		problems_add(problems, yaml_where(n), "write two entries",
			     "an exception is about a package or about benchmarks");
	if (x->test && !x->package)
		problems_add(problems, yaml_where(yaml_at(n, "test")), NULL, "test goes with package only");
}

static void check_chance(const struct yaml_node *n, const char *key, double value, double most,
			 struct problems *problems)
{
	const struct yaml_node *at = n && yaml_kind(n) == YAML_MAP ? yaml_at(n, key) : NULL;

	if (at && !(value > 0 && value < most))
		problems_add(problems, yaml_where(at), NULL, "%s is a chance: above 0 and below %g", key, most);
}

void policy_settle(const struct yaml_node *n, struct policy *policy, struct problems *problems)
{
	const struct yaml_node *list = yaml_at(n, "may_fail"), *speed = yaml_at(n, "speed");
	struct policy_exception *exceptions = policy->may_fail.items;
	const struct yaml_node *item = NULL;

	/* One map alone is a list of one. */
	if (list && yaml_kind(list) == YAML_MAP && policy->may_fail.count == 1)
		settle_exception(list, &exceptions[0], problems);
	for (size_t i = 0; list && yaml_kind(list) == YAML_LIST && i < policy->may_fail.count; i++) {
		item = yaml_next(list, item);
		if (item && yaml_kind(item) == YAML_MAP)
			settle_exception(item, &exceptions[i], problems);
	}
	check_chance(speed, "alpha", policy->speed.alpha, 0.5, problems);
	check_chance(speed, "power", policy->speed.power, 1, problems);
	if (!policy->packages.count && !policy->must_pass.count && !policy->speed.benchmarks.count)
		problems_add(problems, yaml_where(n), "name packages:, must_pass: or speed: benchmarks:",
			     "this policy asks for nothing, so that everything would be qualified");
}

static struct vars *variables_of(const struct lab *lab)
{
	struct vars *vars = vars_new(NULL);

	vars_set(vars, "lab", lab->folder);
	vars_set(vars, "arch", host_arch());
	for (size_t i = 0; i < lab->settings.variables.count; i++)
		vars_set(vars, lab->settings.variables.items[i].key, lab->settings.variables.items[i].value);
	return vars;
}

int policy_parse(struct lab *lab, const char *name, const char *text, size_t len, struct policy *out,
		 struct problems *problems, struct err *e)
{
	struct loader l = { .lab = lab, .problems = problems };
	struct yaml_doc *doc = yaml_parse(name, text, len, e);

	*out = (struct policy){ 0 };
	if (!doc)
		return -1;
	l.file = arena_dup(lab->arena, name);
	l.vars = variables_of(lab);
	schema_read(&policy_schema, yaml_root(doc), l.vars, lab->arena, out, problems);
	if (yaml_kind(yaml_root(doc)) == YAML_MAP)
		policy_settle(yaml_root(doc), out, problems);
	schema_references(&policy_schema, yaml_root(doc), lab_note_reference, &l);
	lab_check(lab, &l.references, problems);
	vec_free(&l.references);
	vars_free(l.vars);
	yaml_doc_free(doc);
	problems_sort(problems);
	if (!problems->count)
		return 0;
	return err_set(e, ERR_CONFIG, "%zu problem%s in the policy %s", problems->count,
		       problems->count == 1 ? "" : "s", name);
}
