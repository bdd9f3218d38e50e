#include "lab/notify.h"

#include "base/clock.h"

static const char *const when_words[] = { [NOTIFY_ALWAYS] = "always", [NOTIFY_FINDINGS] = "findings", NULL };

#define AT(member) offsetof(struct notify_settings, member)
static const struct schema_field notify_fields[] = {
	{ "command", FIELD_TEXT_LIST, AT(command),
	  .help = "A program and its arguments; it gets the summary as JSON on standard input" },
	{ "url_file", FIELD_PATH, AT(url_file),
	  .help = "File whose first line is the address that the summary is posted to; an address may hold a token, so "
		  "it never stands in the lab itself" },
	{ "url_env", FIELD_NAME, AT(url_env), .help = "Environment variable that holds the address instead" },
	{ "limit", FIELD_DURATION, AT(limit_ns), 0, NS_PER_S, 3600 * NS_PER_S, .default_text = "30s",
	  .help = "How long telling may take" },
	{ "when", FIELD_CHOICE, AT(when), .choices = when_words, .default_text = "always",
	  .help = "Always, or only when not everything is as expected" },
	{ 0 },
};
#undef AT

const struct schema notify_schema = {
	"notify setting",
	"Who is told when a suite has run",
	sizeof(struct notify_settings),
	notify_fields,
};

bool notify_is_set(const struct notify_settings *n)
{
	return n->command.count > 0 || n->url_file || n->url_env;
}
