/* The tests of a cell: run them, read what they said, name causes and known failures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "parse/causes.h"
#include "run/made.h"
#include "run/step_command.h"

#define EVENTS_FILE	      "events.jsonl"
#define REPORT_CAP_BYTES      (512u << 20)
/* Time for the supervisor itself to start, to stop a hanging test and to say so. */
#define SUPERVISOR_MARGIN_NS  (60 * NS_PER_S)
/* It says something every second; when it does not, before slowness, the machine hangs and not a test. */
#define SUPERVISOR_SILENCE_NS (5 * 60 * NS_PER_S)

static int64_t scaled_ns(const struct cell_run *r, int64_t limit_ns)
{
	return (int64_t)((double)limit_ns * r->opts->slowness);
}

/* At least a millisecond: 0 is no limit for the supervisor. */
static double scaled_s(const struct cell_run *r, int64_t limit_ns)
{
	double seconds = (double)scaled_ns(r, limit_ns) / (double)NS_PER_S;

	return seconds < 0.001 ? 0.001 : seconds;
}

static void pytest_script(const struct cell_run *r, struct str *script)
{
	const struct tier *tier = r->cell->tier;

	str_add(script, ". lib/install/env.sh\nexec \"$LABCTL_PYTHON\" lib/labctl_suite.py --events " EVENTS_FILE);
	str_addf(script, " --test-limit %.3f --limit %.3f --crash-limit %lld --", scaled_s(r, tier->test_limit_ns),
		 scaled_s(r, tier->limit_ns), (long long)r->opts->lab->settings.crash_limit);
	for (size_t i = 0; i < tier->pytest.count; i++) {
		str_add(script, " ");
		str_add_quoted(script, tier->pytest.items[i], STR_SHELL);
	}
	str_add(script, "\n");
}

static void plain_script(const struct cell_run *r, struct str *script)
{
	str_addf(script, ". lib/install/env.sh\n%s\n", r->cell->tier->run);
}

void suite_script(const struct cell_run *r, struct str *out)
{
	if (r->opts->made && r->opts->made->tests)
		str_add(out, r->opts->made->tests);
	else if (r->cell->tier->format == TIER_PYTEST)
		pytest_script(r, out);
	else
		plain_script(r, out);
}

static const char *const format_names[] = {
	[TIER_PYTEST] = "events", [TIER_JUNIT] = "junit", [TIER_TAP] = "tap",
	[TIER_LINES] = "lines",	  [TIER_EXIT] = NULL,
};

static struct parser *open_parser(const struct cell_run *r, struct err *e)
{
	static const enum verdict of_rule[] = { VERDICT_PASSED, VERDICT_FAILED, VERDICT_SKIPPED };
	const struct tier *tier = r->cell->tier;
	const struct line_rule *rules = tier->lines.items;
	AUTO_FREE struct line_pattern *patterns = mem_new(tier->lines.count + 1, sizeof(*patterns));
	struct parser_opts opts = { .lines = patterns,
				    .line_count = tier->lines.count,
				    .what = r->cell->package->name };

	for (size_t i = 0; i < tier->lines.count; i++)
		patterns[i] = (struct line_pattern){ rules[i].pattern, of_rule[rules[i].verdict] };
	return parser_open(format_names[tier->format], &opts, e);
}

/* The report that the run wrote, from the target into the parser. Not there: nothing is fed. */
static int feed_report(struct cell_run *r, const char *there, struct parser *parser, struct err *unreadable,
		       struct err *e)
{
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *path = NULL;
	const char *base = strrchr(there, '/');
	AUTO_STR text = { 0 };
	int status;

	if (file_make_temp_folder(r->opts->folder, "report", &folder, e))
		return -1;
	path = file_join(folder, base ? base + 1 : there);
	status = target_get(r->target, there, folder, e);
	if (status && e->code == ERR_IO)
		status = 0; /* it wrote none */
	else if (!status && !file_read(path, REPORT_CAP_BYTES, &text, unreadable))
		parser_feed(parser, str_text(&text), text.len, unreadable);
	file_remove_tree(folder, NULL);
	return status;
}

/* What cannot be read is the suite's fault and told as that; what had been read until there counts. */
static int read_results(struct cell_run *r, struct parser *parser, struct step_end *end, struct err *e)
{
	const struct tier *tier = r->cell->tier;
	const char *report = tier->format == TIER_PYTEST ? EVENTS_FILE : tier->report;
	struct err refused = ERR_INIT;

	if (report && end->end.how != TARGET_LOST && feed_report(r, report, parser, &end->unreadable, e))
		return -1;
	result_free(&r->out->result);
	if (parser_finish(parser, &r->out->result, &refused) && end->unreadable.code == ERR_NONE)
		end->unreadable = refused;
	return 0;
}

/* The status of the whole is the one test there is. */
static void result_of_exit(struct cell_run *r, const struct step_end *end)
{
	bool passed = end->end.how == TARGET_EXITED && end->end.status == 0;
	char detail[320];

	snprintf(detail, sizeof(detail), "exit status %d: %s", end->end.status, end->last_line);
	result_free(&r->out->result);
	result_start(&r->out->result);
	result_add(&r->out->result, r->cell->tier->name, passed ? VERDICT_PASSED : VERDICT_FAILED, end->end.took_ns,
		   passed ? NULL : detail);
	r->out->result.complete = end->end.how == TARGET_EXITED;
}

static int mark_causes(struct cell_run *r, struct err *e)
{
	const struct lab *lab = r->opts->lab;
	AUTO_FREE struct cause_rule *rules = mem_new(lab->cause_count + 1, sizeof(*rules));
	struct causes *causes;

	for (size_t i = 0; i < lab->cause_count; i++)
		rules[i] = (struct cause_rule){ lab->causes[i].name, lab->causes[i].pattern, lab->causes[i].advice };
	causes = causes_new(rules, lab->cause_count, e);
	if (!causes)
		return -1;
	causes_mark(causes, &r->out->result);
	causes_free(causes);
	return 0;
}

static int mark_known(struct cell_run *r, struct err *e)
{
	const struct package_recipe *p = r->cell->package;
	const struct known_failure_spec *specs = p->known_failures.items;
	const char *arch = r->cell->target->arch ? r->cell->target->arch : host_arch();
	AUTO_FREE struct known_failure *list = mem_new(p->known_failures.count + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; i < p->known_failures.count; i++)
		if (recipe_applies(&specs[i].runtimes, &specs[i].archs, r->cell->runtime->name, arch))
			list[count++] = (struct known_failure){ specs[i].test, specs[i].reason };
	return known_mark(list, count, &r->out->result, e);
}

static int judge(struct cell_run *r, const struct step_end *end, struct err *e)
{
	if (mark_causes(r, e) || mark_known(r, e))
		return -1;
	if (step_settle_ending(r, "testing", end))
		return 0;
	if (end->unreadable.code != ERR_NONE) {
		step_verdict(r, VERDICT_BROKEN, "%.250s; status %d: %s", end->unreadable.text, end->end.status,
			     end->last_line);
		return 0;
	}
	outcome_settle(r->out);
	if (!r->out->result.count)
		step_verdict(r, VERDICT_BROKEN, "no test ran; status %d: %s", end->end.status, end->last_line);
	return 0;
}

int suite_run(struct cell_run *r, struct err *e)
{
	const struct tier *tier = r->cell->tier;
	bool by_exit = tier->format == TIER_EXIT;
	struct parser *parser = by_exit ? NULL : open_parser(r, e);
	AUTO_STR script = { 0 };
	struct step_command command = { .name = "tests", .heard = true, .limit_ns = scaled_ns(r, tier->limit_ns) };
	struct step_end end;
	int status;

	if (!parser && !by_exit)
		return -1;
	if (tier->format == TIER_PYTEST) {
		command.limit_ns += SUPERVISOR_MARGIN_NS;
		command.silence_limit_ns = scaled_ns(r, SUPERVISOR_SILENCE_NS);
	}
	suite_script(r, &script);
	command.script = str_text(&script);
	command.parser = !by_exit && tier->format != TIER_PYTEST && !tier->report ? parser : NULL;
	if (r->opts->ears.step)
		r->opts->ears.step(r->opts->ears.ctx, "testing");
	status = step_command_run(r, &command, &end, e);
	if (!status && by_exit)
		result_of_exit(r, &end);
	else if (!status)
		status = read_results(r, parser, &end, e);
	parser_free(parser);
	return status ? -1 : judge(r, &end, e);
}
