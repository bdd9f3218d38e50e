/* labctl verify: is a report what its records say? */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/qualify_report.h"

#define MOST_GONE_TOLD 10

enum verify_status {
	VERIFY_SAME = 0,
	VERIFY_DIFFERS = 1,
	VERIFY_GONE = 4,
};

static const struct exit_row exits[] = {
	{ VERIFY_SAME, "same", "the records say what the report says" },
	{ VERIFY_DIFFERS, "differs", "something differs: it is told what" },
	{ VERIFY_GONE, "gone", "records that the report names are gone, so that nothing can be said" },
	{ 0, NULL, NULL },
};

/* A file that the report knows is not there any more. Outputs that are pruned are none of these. */
static bool is_gone(const struct qualify_report *r, size_t at, const char *path)
{
	const struct json_value *files = json_at(json_item(json_at(r->root, "records"), at), "files");
	const char *name;

	if (!file_is_folder(path))
		return true;
	for (size_t i = 0; (name = qualify_record_file(i)); i++) {
		AUTO_FREE char *file = file_join(path, name);

		if (json_at(files, name) && !file_exists(file))
			return true;
	}
	return false;
}

/* How many records are not there; the first few are told. */
static size_t tell_gone(const struct context *c, const struct qualify_report *r, struct str *out)
{
	size_t gone = 0;

	for (size_t i = 0; i < r->record_count; i++) {
		const struct qualify_report_record *one = &r->records[i];
		AUTO_FREE char *folder = qualify_record_folder(one->run, one->cell_id, one->attempt);
		AUTO_FREE char *path = file_join(c->lab->results_folder, folder);

		if (!is_gone(r, i, path))
			continue;
		if (gone++ < MOST_GONE_TOLD)
			str_addf(out, "gone: %s (%s/%s/%s:%s)\n", folder, one->target, one->runtime, one->package,
				 one->tier);
	}
	if (gone > MOST_GONE_TOLD)
		str_addf(out, "and %zu more\n", gone - MOST_GONE_TOLD);
	return gone;
}

/* What the records say now, as the tree that a report of it would be. labctl's version is no part of what is said. */
static struct json_value *judge_again(struct context *c, const struct qualify_report *report, struct err *e)
{
	struct policy policy;
	const struct qualify_request r = {
		.candidate = report->candidate,
		.baseline = report->baseline,
		.policy_name = report->policy_name,
		.policy_text = report->policy_text,
		.made_wall_ms = report->made_wall_ms,
		.policy = &policy,
		.find = qualify_report_find,
		.find_ctx = (void *)report,
	};
	AUTO_STR text = { 0 };
	struct qualify_case *q;
	struct json_value *root;
	struct dossier again;

	if (qualify_read_policy(c, "the report's policy", report->policy_text, strlen(report->policy_text), &policy, e))
		return NULL;
	q = qualify_build(c, &r, e);
	if (!q)
		return NULL;
	again = *qualify_dossier(q);
	again.labctl = json_text(json_at(report->root, "labctl"), "");
	qualify_json(&again, &text);
	root = json_parse(str_text(&text), text.len, e);
	qualify_free(q);
	return root;
}

static enum verify_status say(const struct qualify_report *r, const struct qualify_differences *d, struct str *out)
{
	const struct json_value *word = json_at(json_at(r->root, "decision"), "word");

	if (!d->count) {
		str_addf(out, "the same: %s against %s is ", r->candidate.runtime, r->baseline.runtime);
		str_add_quoted(out, json_text(word, ""), STR_TERMINAL);
		str_addf(out, ", by %zu records\n", r->record_count);
		return VERIFY_SAME;
	}
	str_add_bytes(out, str_text(&d->text), d->text.len);
	str_addf(out, "%zu difference%s\n", d->count, d->count == 1 ? "" : "s");
	return VERIFY_DIFFERS;
}

/* Another text than the one that was judged: nothing that follows from it would tell more. */
static bool is_another_policy(const struct qualify_report *r, struct str *out)
{
	char digest[DIGEST_TEXT_BYTES];

	digest_bytes(r->policy_text, strlen(r->policy_text), digest);
	if (!strcmp(digest, r->policy_digest))
		return false;
	str_add(out, "policy.digest: the report says ");
	str_add_quoted(out, r->policy_digest, STR_TERMINAL);
	str_addf(out, ", its text has %s: it is not the policy that was judged by\n", digest);
	return true;
}

static int verify(struct context *c, const struct qualify_report *r, struct str *out, struct err *e)
{
	struct qualify_differences differences = { 0 };
	AUTO_JSON *now = NULL;
	int status = -1;

	if (tell_gone(c, r, out))
		return VERIFY_GONE;
	if (is_another_policy(r, out))
		return VERIFY_DIFFERS;
	log_info("reading %zu records", r->record_count);
	now = judge_again(c, r, e);
	if (!now)
		return -1;
	qualify_compare(r->root, now, &differences);
	if (!qualify_check_newest(c, r, &differences, e))
		status = say(r, &differences, out);
	str_free(&differences.text);
	return status;
}

static int run_verify(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	struct qualify_report report = { 0 };
	AUTO_STR out = { 0 };
	int status = -1;

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "verify takes one report");
	if (!qualify_report_read(operands[0], &report, e) && !context_open(&c, g, e) &&
	    !context_open_store(&c, true, e))
		status = verify(&c, &report, &out, e);
	qualify_report_free(&report);
	return status < 0 || context_put(NULL, &out, e) ? -1 : status;
}

const struct command verify_command = {
	.name = "verify",
	.operands = "REPORT",
	.completes = "file",
	.title = "Recompute a report of `labctl qualify` from its records, and tell what differs",
	.help = "The policy comes from the report, the verdicts and times from the records that it names, by their "
		"digests; what targets,\n"
		"packages and benchmarks the policy means, and how they are installed, from the lab: verify with the "
		"lab as it was.\n"
		"\n"
		"  labctl verify pypy.json",
	.run = run_verify,
	.exits = exits,
};
