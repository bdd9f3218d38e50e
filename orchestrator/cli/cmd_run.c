/* labctl run: a suite, tests and benchmarks of all its targets, one command that survives anything. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/carry_out.h"
#include "cli/front.h"
#include "cli/measuring.h"
#include "cli/night.h"
#include "cli/night_lock.h"
#include "cli/notify.h"
#include "cli/prune.h"
#include "render/speed.h"

#define SUMMARY_FILE "summary.json" /* in the folder of the run */

struct run_options {
	struct selection selection;
	struct carry_out_options carry_out;
	int64_t budget_ns;
	bool no_retry, no_notify, no_prune;
	const char *seed, *format, *output;
};

#define AT(field) offsetof(struct run_options, field)

static const char *const formats[] = { "terminal", "json", NULL };

static const struct option_row rows[] = {
	{ "target", 't', OPTION_LIST, AT(selection.targets), "NAME,...", NULL, "target",
	  "only these targets, instead of the suite's: names, tag:TAG, patterns; -NAME leaves out" },
	{ "runtime", 'r', OPTION_LIST, AT(selection.runtimes), "NAME,...", NULL, "runtime",
	  "only these runtimes, instead of the suite's, chosen the same way" },
	{ "budget", 'b', OPTION_DURATION, AT(budget_ns), "TIME", NULL, NULL,
	  "how long it may take from here on, instead of the suite's budget: behind that nothing new begins" },
	{ "fresh", 0, OPTION_FLAG, AT(carry_out.wanted.fresh), NULL, NULL, NULL,
	  "run every cell, also those with a fresh result" },
	{ "resume", 0, OPTION_FLAG, AT(carry_out.wanted.resume), NULL, NULL, NULL,
	  "go on with the last run, which was cut off: what it was to do and has not done" },
	{ "no-retry", 0, OPTION_FLAG, AT(no_retry), NULL, NULL, NULL,
	  "do not run cells once more whose tests newly fail" },
	{ "no-notify", 0, OPTION_FLAG, AT(no_notify), NULL, NULL, NULL, "tell nobody" },
	{ "no-prune", 0, OPTION_FLAG, AT(no_prune), NULL, NULL, NULL, "remove nothing that is old at the end" },
	{ "dry-run", 'n', OPTION_FLAG, AT(carry_out.dry_run), NULL, NULL, NULL,
	  "show what would run, in which order and why, and end" },
	{ "jobs", 'j', OPTION_COUNT, AT(carry_out.runner.jobs), "N", NULL, NULL, "at most so many targets at once" },
	{ "seed", 0, OPTION_TEXT, AT(seed), "NUMBER", NULL, NULL,
	  "draw the order of a benchmark's processes from this number; else one is made" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how the result is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file",
	  "write the result to FILE, whole or not at all" },
	{ "in-process", 0, OPTION_FLAG, AT(carry_out.runner.in_process), NULL, NULL, NULL,
	  "run lane after lane without a process each, for a debugger" },
	{ 0 },
};

#undef AT

static const struct suite *find_suite(const struct lab *lab, const char *name, struct err *e)
{
	const struct suite *found = lab_suite(lab, name);
	AUTO_FREE const char **names = mem_new(lab->suite_count + 1, sizeof(*names));
	AUTO_STR list = { 0 };
	const char *near;

	if (found)
		return found;
	for (size_t i = 0; i < lab->suite_count; i++) {
		names[i] = lab->suites[i].name;
		str_addf(&list, "%s%s", i ? ", " : "", names[i]);
	}
	near = str_nearest(name, names);
	err_set(e, ERR_USAGE, "there is no suite '%.100s'", name);
	if (near)
		err_hint(e, "did you mean %s?", near);
	else if (list.len)
		err_hint(e, "there %s %s", lab->suite_count == 1 ? "is" : "are", str_text(&list));
	else
		err_hint(e, "write one: recipes/suites/NAME.yaml, as labctl describe suite tells");
	return NULL;
}

/* What the command line leaves open the suite says. */
static struct selection selection_of(const struct run_options *o, const struct suite *suite)
{
	struct selection s = o->selection;

	if (!s.targets.count)
		s.targets = (struct option_list){ suite->targets.items, suite->targets.count };
	if (!s.runtimes.count)
		s.runtimes = (struct option_list){ suite->runtimes.items, suite->runtimes.count };
	s.tier = suite->tier;
	return s;
}

static int settle_options(struct context *c, const struct suite *suite, struct run_options *o, struct err *e)
{
	struct runner_options *r = &o->carry_out.runner;

	o->carry_out.wanted.fresh_for_ns = suite->fresh_for_ns;
	r->budget_ns = o->budget_ns ? o->budget_ns : suite->budget_ns;
	r->by_value = true;
	r->retries = o->no_retry ? 0 : suite->retries;
	if (suite->benchmarks.count)
		r->kept_for_measuring_ns =
			suite->measuring_ns < r->budget_ns / 2 ? suite->measuring_ns : r->budget_ns / 2;
	r->measure_budget_ns = r->budget_ns ? r->kept_for_measuring_ns : suite->measuring_ns;
	return measuring_opts(c->lab, o->seed, &r->measure, e);
}

static void free_plans(struct night_plans *plans, struct plan *all)
{
	plan_free(plans->packages);
	plan_free(plans->benchmarks);
	plan_free(all);
}

/* All in one plan, which runs, and each sort in its own, which is shown. */
static struct plan *make_plans(struct context *c, const struct suite *suite, const struct selection *s,
			       struct night_plans *out, struct err *e)
{
	const struct text_list nothing = { 0 };
	struct plan *all = context_plan_both(c, s, &suite->packages, &suite->benchmarks, e);

	*out = (struct night_plans){ 0 };
	if (!all)
		return NULL;
	if (suite->packages.count && !(out->packages = context_plan_both(c, s, &suite->packages, &nothing, e)))
		goto failed;
	if (suite->benchmarks.count && !(out->benchmarks = context_plan_both(c, s, &nothing, &suite->benchmarks, e)))
		goto failed;
	return all;
failed:
	free_plans(out, all);
	return NULL;
}

static int show_terminal(struct context *c, const struct night *n, const char *output, struct err *e)
{
	struct render_opts opts = context_render_opts(c->globals);
	AUTO_STR out = { 0 };

	if (output) {
		opts.colour = c->globals->colour && !strcmp(c->globals->colour, "always");
		opts.ascii = false;
		opts.width = 0;
	}
	if (n->summary.report) {
		terminal_renderer.render(n->summary.report, &opts, &out);
		str_add(&out, "\n");
	}
	if (n->summary.speeds && n->summary.speeds->row_count) {
		const struct speed_look look = { .opts = opts };

		speed_terminal_renderer.render(n->summary.speeds, &look, &out);
		str_add(&out, "\n");
	}
	night_terminal(&n->summary, &opts, &out);
	return context_put(output, &out, e);
}

/* Beside the records of the run, for whoever asks later what was left out. */
static int keep_summary(struct context *c, const struct night *n, const struct str *json, struct err *e)
{
	AUTO_FREE char *folder = n->summary.run ? store_run_folder(c->store, n->summary.run) : NULL;
	AUTO_FREE char *path = folder ? file_join(folder, SUMMARY_FILE) : NULL;

	return path ? file_write(path, str_text(json), json->len, e) : 0;
}

static int tell_all(struct context *c, const struct suite *suite, const struct run_options *o, const struct night *n,
		    struct err *e)
{
	const struct notify_settings *notify =
		notify_is_set(&suite->notify) ? &suite->notify : &c->lab->settings.notify;
	AUTO_STR json = { 0 };

	night_json(&n->summary, &json);
	if (keep_summary(c, n, &json, e))
		return -1;
	if (!o->no_notify && notify_is_set(notify))
		notify_tell(notify, &json, n->summary.status);
	if (o->format && !strcmp(o->format, "json"))
		return context_put(o->output, &json, e);
	return show_terminal(c, n, o->output, e);
}

/* What cannot be removed is told and changes no result. */
static void prune(struct context *c, const struct run_options *o)
{
	const struct prune_wish wish = prune_wish_of(c->lab);
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	if (o->no_prune)
		return;
	if (prune_run(c, &wish, true, &out, &e))
		log_err(LOG_WARNING, &e);
	if (out.len)
		log_info("%.*s", (int)strcspn(str_text(&out), "\n"), str_text(&out));
}

static int carry_through(struct context *c, const struct suite *suite, struct run_options *o, struct err *e)
{
	const struct selection selection = selection_of(o, suite);
	struct night_plans plans;
	struct plan *all = make_plans(c, suite, &selection, &plans, e);
	struct runner_end end;
	struct night n = { 0 };
	int status = all ? carry_out(c, all, &o->carry_out, &end, e) : -1;

	if (!status && !o->carry_out.dry_run) {
		status = night_sum_up(c, suite, &plans, all, &end, &n, e);
		n.summary.budget_ns = o->carry_out.runner.budget_ns;
		if (!status)
			status = tell_all(c, suite, o, &n, e);
		if (!status) {
			prune(c, o);
			status = n.summary.status;
		}
		night_free(&n);
	}
	if (all)
		free_plans(&plans, all);
	return status;
}

/* 1: another one has it, which is told; how the command is used would be beside the point. */
static int lock_night(struct context *c, int *out_fd, struct err *e)
{
	if (!night_lock(c->lab->results_folder, front_command_line(), out_fd, e))
		return 0;
	if (e->code != ERR_USAGE)
		return -1;
	log_err(LOG_ERROR, e);
	return 1;
}

static int run_run(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	struct run_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_CLOSE int lock_fd = -1;
	const struct suite *suite;

	if (operand_count != 1) {
		err_set(e, ERR_USAGE, "run takes one suite");
		return err_hint(e, "labctl run smoke");
	}
	if (carry_out_check(&o->carry_out, e) || context_open(&c, g, e))
		return -1;
	suite = find_suite(c.lab, operands[0], e);
	if (!suite || settle_options(&c, suite, o, e))
		return -1;
	if (!o->carry_out.dry_run) {
		int held = lock_night(&c, &lock_fd, e);

		if (held)
			return held < 0 ? -1 : EXIT_USAGE;
	}
	return carry_through(&c, suite, o, e);
}

const struct command run_command = {
	.name = "run",
	.operands = "SUITE",
	.completes = "suite",
	.title = "Run a suite: tests and benchmarks of many packages on all targets, within a time budget",
	.help = "A suite is a file in recipes/suites: smoke, nightly and release come with labctl. What is missing, "
		"stale or changed runs, as with matrix and bench.\n"
		"\n"
		"With a budget what tells most goes first: cells that never ran or whose recipe has changed, then "
		"those "
		"whose last outcome was bad, then the stalest, of these the cheapest. Targets take turns. When the "
		"time is "
		"used up nothing new begins, what runs comes to its end, and it is told what was left out.\n"
		"\n"
		"A cell with tests that did not fail the last time is run once more. Tests that differ between the two "
		"are "
		"flaky. A target that cannot be had costs its own cells alone.\n"
		"\n"
		"One suite at a time: a second one on the same results says who runs, and ends with status 2. After a "
		"crash or "
		"a power cut --resume goes on with what was not finished; nothing that was finished is lost or done "
		"twice.\n"
		"\n"
		"At the end whom notify in the suite or in lab.yaml names is told, and raw output and layers are "
		"pruned as "
		"retention in lab.yaml says.\n"
		"\n"
		"  labctl run nightly --budget 6h\n"
		"  labctl run nightly --resume\n"
		"  labctl run smoke --target local --dry-run",
	.options = rows,
	.options_bytes = sizeof(struct run_options),
	.run = run_run,
};
