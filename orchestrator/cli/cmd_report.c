/* labctl report: what the results say, for people who were not there. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/report_site.h"
#include "render/report_formats.h"

#define COMMENT_BYTES 65000 /* a comment on a pull request takes 65,536 characters */

struct report_options {
	const char *output, *single_file, *format;
	int64_t limit_bytes;
};

#define AT(field) offsetof(struct report_options, field)

static const char *const formats[] = { "site", "markdown", "annotations", "junit", "csv", "json", NULL };

static const struct option_row rows[] = {
	{ "output", 'o', OPTION_TEXT, AT(output), "PATH", NULL, "file",
	  "the folder of the site, or the file of another format; whole or not at all" },
	{ "single-file", 0, OPTION_TEXT, AT(single_file), "FILE", NULL, "file", "the site as one HTML file" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how it is written; default site" },
	{ "limit-bytes", 0, OPTION_BYTES, AT(limit_bytes), "SIZE", NULL, NULL,
	  "markdown: no longer than this; default 65000, which a comment on a pull request takes" },
	{ 0 },
};

static bool is_site(const struct report_options *o)
{
	return !o->format || !strcmp(o->format, "site");
}

static int check(const struct report_options *o, int operand_count, struct err *e)
{
	if (operand_count > 1)
		return err_set(e, ERR_USAGE, "report takes one run");
	if (o->single_file && !is_site(o))
		return err_set(e, ERR_USAGE, "--single-file and --format %s exclude each other", o->format);
	if (is_site(o) && !o->output && !o->single_file) {
		err_set(e, ERR_USAGE, "report needs to know where to");
		return err_hint(e, "labctl report -o FOLDER, --single-file FILE, or --format markdown");
	}
	if (o->limit_bytes && (is_site(o) || strcmp(o->format, "markdown")))
		return err_set(e, ERR_USAGE, "--limit-bytes is for --format markdown");
	if (o->limit_bytes && o->limit_bytes < REPORT_LEAST_BYTES)
		return err_set(e, ERR_USAGE, "--limit-bytes: less than %d say nothing", REPORT_LEAST_BYTES);
	return 0;
}

static int write_site(struct context *c, const struct report_state *s, const struct report_options *o, struct err *e)
{
	if (o->output && report_site_folder(c, s, o->output, e))
		return -1;
	return o->single_file && report_site_single(c, s, o->single_file, e) ? -1 : 0;
}

static int write_text(const struct report_state *s, const struct report_options *o, struct err *e)
{
	const struct render_opts opts = { .program = "labctl" };
	const struct report_text text = {
		.run = s->run,
		.before = s->run_before,
		.report = &s->report,
		.speed = &s->speed,
		.changes = s->run_before ? &s->changes : NULL,
		.program = opts.program,
		.limit_bytes = o->limit_bytes ? (size_t)o->limit_bytes : COMMENT_BYTES,
	};
	AUTO_STR out = { 0 };

	if (!strcmp(o->format, "markdown"))
		report_markdown(&text, &out);
	else if (!strcmp(o->format, "annotations"))
		report_annotations(&text, &out);
	else if (!strcmp(o->format, "json"))
		report_json(&text, &out);
	else if (!strcmp(o->format, "csv"))
		report_csv(&text, &out);
	else
		junit_renderer.render(&s->report, &opts, &out);
	return context_put(o->output, &out, e);
}

static int run_report(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct report_options *o = options;
	AUTO_CONTEXT c = { 0 };
	struct report_state state = { 0 };
	int result;

	if (check(o, operand_count, e) || context_open(&c, g, e))
		return -1;
	/* Who may write brings the database up to date, and takes in what a killed run left. */
	if (context_open_store(&c, access(c.lab->results_folder, W_OK) != 0, e))
		return -1;
	result = report_state_open(&c, operand_count ? operands[0] : "latest", &state, e);
	if (!result)
		result = is_site(o) ? write_site(&c, &state, o, e) : write_text(&state, o, e);
	report_state_free(&state);
	return result;
}

const struct command report_command = {
	.name = "report",
	.operands = "[RUN]",
	.completes = "run",
	.title = "Write the report: a site, a comment, annotations, JUnit, CSV or JSON",
	.help = "It tells of every cell that has an outcome and whose target, runtime and package are in the lab: the "
		"last "
		"outcome up\n"
		"to RUN (latest, latest~2, a number, a name), and what RUN changed against the state before it.\n"
		"\n"
		"The site is a folder of plain files. It opens from a file and from any web server, asks for nothing "
		"that "
		"is not in\n"
		"the folder, and works under a content-security policy that allows no more than the server's own "
		"files. "
		"Every\n"
		"cell, test and finding has a link that stays.\n"
		"\n"
		"  labctl report -o /srv/www/lab\n"
		"  labctl report latest~1 --single-file report.html\n"
		"  labctl report --format markdown --limit-bytes 60000 -o comment.md",
	.options = rows,
	.options_bytes = sizeof(struct report_options),
	.run = run_report,
};
