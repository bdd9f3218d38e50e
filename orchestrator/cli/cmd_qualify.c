/* labctl qualify: may a candidate be released? */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/qualify_store.h"
#include "store/query.h"

struct qualify_options {
	const char *candidate, *baseline, *policy, *run, *format, *output;
};

#define AT(field) offsetof(struct qualify_options, field)

static const char *const formats[] = { "terminal", "markdown", "json", NULL };

static const struct option_row rows[] = {
	{ "candidate", 0, OPTION_TEXT, AT(candidate), "[RUN:]RUNTIME", NULL, "runtime", "what may be released" },
	{ "baseline", 0, OPTION_TEXT, AT(baseline), "[RUN:]RUNTIME", NULL, "runtime",
	  "what it is held against; else the lab's baseline" },
	{ "policy", 0, OPTION_TEXT, AT(policy), "NAME|FILE", NULL, "policy",
	  "what it has to show: recipes/policies/NAME.yaml, or a file; else release" },
	{ "run", 0, OPTION_TEXT, AT(run), "RUN", NULL, "run",
	  "of this run, for sides that name none; else the newest outcomes of the recipes as they are now" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how the answer is written" },
	{ "output", 'o', OPTION_TEXT, AT(output), "FILE", NULL, "file",
	  "write the report, as JSON, to FILE as well, whole or not at all: for labctl verify" },
	{ 0 },
};

static const struct exit_row exits[] = {
	{ QUALIFY_QUALIFIED, "qualified", "qualified: all that the policy asks for is shown" },
	{ QUALIFY_REGRESSION, "regression", "a regression is shown: tests, or a benchmark beyond its margin" },
	{ QUALIFY_UNDECIDED, "undecided", "undecided: neither is shown, more processes may decide it" },
	{ QUALIFY_INVALID, "invalid", "invalid measurement: the A/A control of a target failed" },
	{ QUALIFY_INCOMPLETE, "incomplete", "incomplete: something that the policy asks for has no answer" },
	{ 0, NULL, NULL },
};

/* ---- the sides ---- */

/* The name of a run that was named in any way. */
static int name_run(struct context *c, const char *text, const char **out, struct err *e)
{
	struct run_set runs = { 0 };
	int64_t id;

	*out = NULL;
	if (query_resolve_run(c->store, text, &id, e) || query_runs(c->store, &runs, e))
		return -1;
	for (size_t i = 0; i < runs.count; i++)
		if (runs.rows[i].id == id)
			*out = arena_dup(c->lab->arena, runs.rows[i].name);
	run_set_free(&runs);
	return *out ? 0 : err_set(e, ERR_INTERNAL, "the run %s has no name", text);
}

static int check_runtime(struct context *c, const char *option, const struct dossier_side *side, struct err *e)
{
	AUTO_FREE const char **known = NULL;
	const char *near;

	if (!schema_is_name(side->runtime))
		return err_set(e, ERR_USAGE, "--%s %.100s: this is no name of a runtime", option, side->runtime);
	if (side->run || lab_runtime(c->lab, side->runtime))
		return 0;
	known = mem_new(c->lab->runtime_count + 1, sizeof(*known));
	for (size_t i = 0; i < c->lab->runtime_count; i++)
		known[i] = c->lab->runtimes[i].name;
	near = str_nearest(side->runtime, known);
	err_set(e, ERR_USAGE, "--%s: there is no runtime \"%.60s\"", option, side->runtime);
	return near ? err_hint(e, "did you mean \"%s\"?", near) : -1;
}

/* "pypy", or "latest~1:pypy". */
static int read_side(struct context *c, const char *option, const char *text, const char *run, struct dossier_side *out,
		     struct err *e)
{
	const char *colon = strrchr(text, ':');
	AUTO_FREE char *own_run = colon ? mem_dup_bytes(text, (size_t)(colon - text)) : NULL;

	*out = (struct dossier_side){ .runtime = colon ? colon + 1 : text };
	run = own_run ? own_run : run;
	if (run && name_run(c, run, &out->run, e))
		return -1;
	return check_runtime(c, option, out, e);
}

static int read_sides(struct context *c, const struct qualify_options *o, struct qualify_request *r, struct err *e)
{
	const char *baseline = o->baseline ? o->baseline : qualify_control_runtime(c->lab);

	if (read_side(c, "candidate", o->candidate, o->run, &r->candidate, e) ||
	    read_side(c, "baseline", baseline, o->run, &r->baseline, e))
		return -1;
	if (strcmp(r->candidate.runtime, r->baseline.runtime) != 0)
		return 0;
	if (r->candidate.run && r->baseline.run && strcmp(r->candidate.run, r->baseline.run) != 0)
		return 0;
	err_set(e, ERR_USAGE, "candidate and baseline are the same: %s", r->candidate.runtime);
	return err_hint(e, "one runtime in two runs: --candidate latest:%s --baseline latest~1:%s",
			r->candidate.runtime, r->candidate.runtime);
}

/* ---- the policy ---- */

static int fail_unknown_policy(struct context *c, const char *name, struct err *e)
{
	AUTO_FREE const char **known = mem_new(c->lab->policy_count + 1, sizeof(*known));
	const char *near;

	for (size_t i = 0; i < c->lab->policy_count; i++)
		known[i] = c->lab->policies[i].name;
	near = str_nearest(name, known);
	err_set(e, ERR_USAGE, "there is neither a policy nor a file \"%.200s\"", name);
	if (near)
		return err_hint(e, "did you mean \"%s\"?", near);
	return err_hint(e, "write recipes/policies/NAME.yaml: labctl describe policy");
}

static int read_policy(struct context *c, const char *name, struct policy *out, const char **out_text, struct err *e)
{
	const struct policy *known = lab_policy(c->lab, name);
	const char *path = known ? known->at.file : name;
	AUTO_STR text = { 0 };

	if (!known && !file_exists(name))
		return fail_unknown_policy(c, name, e);
	if (file_read(path, QUALIFY_MOST_POLICY_BYTES, &text, e))
		return -1;
	*out_text = arena_dup_bytes(c->lab->arena, str_text(&text), text.len);
	return qualify_read_policy(c, path, str_text(&text), text.len, out, e);
}

/* ---- the answer ---- */

static int show(const struct globals *g, const struct qualify_options *o, const struct dossier *d, struct err *e)
{
	const char *format = o->format ? o->format : "terminal";
	struct render_opts opts = context_render_opts(g);
	AUTO_STR report = { 0 };
	AUTO_STR shown = { 0 };

	qualify_json(d, &report);
	if (!strcmp(format, "json"))
		str_add_bytes(&shown, report.text, report.len);
	else if (!strcmp(format, "markdown"))
		qualify_markdown(d, &shown);
	else
		qualify_terminal(d, &opts, &shown);
	if ((o->output && context_put(o->output, &report, e)) || context_put(NULL, &shown, e))
		return -1;
	return (int)d->q->status;
}

static int run_qualify(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct qualify_options *o = options;
	const char *policy_name = o->policy ? o->policy : "release";
	AUTO_CONTEXT c = { 0 };
	struct policy policy;
	struct qualify_request r = { .policy_name = policy_name, .policy = &policy, .find = qualify_store_find };
	struct qualify_case *q = NULL;
	int status = -1;

	(void)operand_count, (void)operands;
	if (!o->candidate)
		return err_set(e, ERR_USAGE, "qualify needs --candidate RUNTIME");
	if (context_open(&c, g, e) || context_open_store(&c, true, e) ||
	    read_policy(&c, policy_name, &policy, &r.policy_text, e) || read_sides(&c, o, &r, e))
		return -1;
	r.made_wall_ms = clock_wall_ms();
	log_info("reading records below %s", c.lab->results_folder);
	r.find_ctx = qualify_store_new(&c, &policy, &r.candidate, &r.baseline, e);
	if (r.find_ctx)
		q = qualify_build(&c, &r, e);
	if (q)
		status = show(g, o, qualify_dossier(q), e);
	qualify_free(q);
	qualify_store_free(r.find_ctx);
	return status;
}

const struct command qualify_command = {
	.name = "qualify",
	.title = "Decide by a policy whether a candidate may be released, and write a report that can be verified",
	.help = "The policy says what has to be shown on which targets: labctl-policy(5). What passes under the "
		"baseline and fails under\n"
		"the candidate is a regression; each benchmark must be shown to keep its margin; what has no answer is "
		"never a pass.\n"
		"Nothing is run: each reason names the command that settles it.\n"
		"\n"
		"  labctl qualify --candidate pypy --policy release -o pypy.json\n"
		"  labctl qualify --candidate latest:pypy --baseline latest~1:pypy --policy ours.yaml\n"
		"  labctl verify pypy.json",
	.options = rows,
	.options_bytes = sizeof(struct qualify_options),
	.run = run_qualify,
	.exits = exits,
};
