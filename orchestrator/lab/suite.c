#include "lab/suite.h"

#define AT(member) offsetof(struct suite, member)
static const struct schema_field suite_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN | FIELD_NO_HASH, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Not needed: the file's name is the suite's" },
	{ "title", FIELD_TEXT, AT(title), .help = "A few words for people" },
	{ "packages", FIELD_TEXT_LIST, AT(packages), FIELD_REQUIRED, .refers_to = "packages",
	  .help = "What is tested" },
	{ "targets", FIELD_TEXT_LIST, AT(targets), .refers_to = "targets",
	  .help = "Where; without it, the lab's choice" },
	{ "runtimes", FIELD_TEXT_LIST, AT(runtimes), .refers_to = "runtimes",
	  .help = "With what; without it, the lab's choice" },
	{ "tier", FIELD_NAME, AT(tier), .refers_to = "tier",
	  .help = "Which of their sets of tests; without it, the lab's" },
	{ 0 },
};
#undef AT

const struct schema suite_schema = {
	"suite",
	"A named choice of what to run: recipes/suites/NAME.yaml",
	sizeof(struct suite),
	suite_fields,
};
