#include "lab/suite.h"

#include "base/clock.h"

#define DAY_NS (86400 * NS_PER_S)

#define AT(member) offsetof(struct suite, member)
static const struct schema_field suite_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the suite's" },
	{ "title", FIELD_TEXT, AT(title), .help = "A few words for people" },
	{ "packages", FIELD_TEXT_LIST, AT(packages), .refers_to = "packages",
	  .help = "What is tested: names, tag:TAG, patterns" },
	{ "benchmarks", FIELD_TEXT_LIST, AT(benchmarks), .refers_to = "benchmarks",
	  .help = "What is measured: names, sets, tag:TAG, patterns" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "Where; without it, the lab's choice" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtimes",
	  .help = "With what; without it, the lab's choice" },
	{ "tier", FIELD_NAME, AT(tier), .refers_to = "tier",
	  .help = "Which of their sets of tests; without it, the lab's" },
	{ "budget", FIELD_DURATION, AT(budget_ns), 0, 0, 365 * DAY_NS,
	  .help = "How long it may take: behind that nothing new begins; without it, until all is done" },
	{ "measuring", FIELD_DURATION, AT(measuring_ns), 0, NS_PER_S, 365 * DAY_NS, .default_text = "30m",
	  .help = "How long measuring may take in all; so much of the budget, but at most half, is kept for it" },
	{ "fresh_for", FIELD_DURATION, AT(fresh_for_ns), 0, 0, 36500 * DAY_NS,
	  .help = "An outcome older than this is run anew; without it, the lab's" },
	{ "retries", FIELD_INT, AT(retries), 0, 0, 5, .default_text = "1",
	  .help = "How often a cell is run once more, in the same run, when tests fail that did not before" },
	{ "notify", FIELD_STRUCT, AT(notify), .of = &notify_schema,
	  .help = "Who is told at the end; without it, whom lab.yaml names" },
	{ 0 },
};
#undef AT

const struct schema suite_schema = {
	"suite",
	"A named choice of what to run: recipes/suites/NAME.yaml",
	sizeof(struct suite),
	suite_fields,
};

void suite_settle(const struct yaml_node *n, struct suite *s, struct problems *problems)
{
	if (!s->packages.count && !s->benchmarks.count)
		problems_add(problems, yaml_where(n), "packages: [NAME, ...] or benchmarks: [NAME, ...]",
			     "the suite chooses nothing");
}
