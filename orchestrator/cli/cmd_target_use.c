/* labctl target probe, run, shell: targets that are opened for a moment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/context.h"
#include "cli/fan.h"
#include "lab/select.h"
#include "run/scratch.h"

struct use_options {
	int64_t jobs, limit_ns;
	bool cold;
};

#define AT(field) offsetof(struct use_options, field)

static int run_fan(const struct globals *g, const struct use_options *o, struct text_list words, fan_job *job,
		   void *ctx, bool label_lines, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_FREE const struct target_spec **targets = NULL;
	const struct fan_opts opts = { .jobs = o->jobs, .cold = o->cold, .label_lines = label_lines };
	size_t count;

	if (context_open(&c, g, e) || select_targets(c.lab, &words, &targets, &count, e))
		return -1;
	return fan_run(&c, targets, count, job, ctx, &opts, e);
}

static int probe_job(struct target *t, FILE *out, void *ctx, struct err *e)
{
	struct facts facts;

	(void)ctx;
	if (target_probe(t, &facts, e))
		return -1;
	fprintf(out, "%s\n", target_spec_of(t)->name);
	for (size_t i = 0; i < facts.count; i++)
		fprintf(out, "  %-18s %s\n", facts.items[i].name, facts.items[i].value);
	fprintf(out, "  %-18s %.1f\n", "slowness", facts_slowness(&facts));
	return 0;
}

static int run_probe(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	return run_fan(g, options, (struct text_list){ (const char **)operands, (size_t)operand_count }, probe_job,
		       NULL, false, e);
}

static const struct option_row probe_rows[] = {
	{ "jobs", 'j', OPTION_COUNT, AT(jobs), "N", NULL, NULL, "at most so many targets at once" },
	{ 0 },
};

const struct command target_probe_command = {
	.name = "target probe",
	.operands = "[NAME...]",
	.completes = "target",
	.title = "Reach targets and show what they are: processor, kernel, memory, slowness",
	.options = probe_rows,
	.options_bytes = sizeof(struct use_options),
	.run = run_probe,
};

struct run_job {
	const char *script;
	int64_t limit_ns;
	FILE *out;
};

static void print_output(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	const struct run_job *job = ctx;

	(void)stream;
	fwrite(data, 1, len, job->out);
}

static int command_job(struct target *t, FILE *out, void *ctx, struct err *e)
{
	struct run_job job = *(struct run_job *)ctx;
	const struct target_command command = {
		.script = job.script, .network = true, .limit_ns = job.limit_ns, .on_output = print_output, .ctx = &job
	};
	struct target_end end;

	job.out = out;
	if (target_run(t, &command, &end, e))
		return -1;
	if (end.how != TARGET_EXITED)
		return err_set(e, end.how == TARGET_LOST ? ERR_LOST : ERR_TIMEOUT, "%s", end.why);
	if (!end.status)
		return 0;
	/* A command that fails is its own business: no error of labctl's. */
	err_set(e, ERR_NONE, "exit status %d", end.status);
	return -1;
}

static char *join_words(int count, char **words)
{
	AUTO_STR text = { 0 };

	for (int i = 0; i < count; i++)
		str_addf(&text, "%s%s", i ? " " : "", words[i]);
	return str_take(&text);
}

static int run_run(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct use_options *o = options;
	AUTO_FREE char *script = NULL;
	struct option_list words = { 0 };
	struct run_job job = { .limit_ns = o->limit_ns };
	char *rest, *word;
	int status;

	if (operand_count < 2)
		return err_set(e, ERR_USAGE,
			       "target run takes targets and a command: labctl target run s390x,arm64 -- uname -a");
	script = join_words(operand_count - 1, operands + 1);
	job.script = script;
	for (rest = operands[0]; (word = strsep(&rest, ","));) {
		words.items = mem_grow(words.items, words.count + 1, sizeof(*words.items));
		words.items[words.count++] = word;
	}
	status = run_fan(g, o, (struct text_list){ words.items, words.count }, command_job, &job, true, e);
	options_list_free(&words);
	return status;
}

static const struct option_row run_rows[] = {
	{ "jobs", 'j', OPTION_COUNT, AT(jobs), "N", NULL, NULL, "at most so many targets at once" },
	{ "limit", 0, OPTION_DURATION, AT(limit_ns), "TIME", NULL, NULL, "stop the command after this time" },
	{ "cold", 0, OPTION_FLAG, AT(cold), NULL, NULL, NULL,
	  "boot emulated machines instead of restoring their saved state" },
	{ 0 },
};

const struct command target_run_command = {
	.name = "target run",
	.operands = "NAME,... -- COMMAND...",
	.completes = "target",
	.title = "Run a shell command on targets, side by side",
	.help = "The command is sh's: labctl target run all -- 'uname -m; nproc'. It runs in a fresh work folder, as "
		"root inside roots of\n"
		"labctl's own. The exit status is 1 when the command failed somewhere, 4 when a target could not be "
		"reached.",
	.options = run_rows,
	.options_bytes = sizeof(struct use_options),
	.run = run_run,
};

static int shell_on(struct context *c, const struct target_spec *spec, const char *scratch, struct err *e)
{
	const struct target_opts opts = { .cache_folder = c->cache_folder,
					  .scratch_folder = scratch,
					  .say = context_say,
					  .ctx = (void *)c->globals };
	struct target *t = target_open(spec, &opts, e);
	size_t kept;
	int status;

	if (!t)
		return -1;
	status = target_restore(t, NULL, 0, &kept, e) || target_shell(t, NULL, e) ? -1 : 0;
	target_close(t);
	return status;
}

static int run_shell(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	const struct target_spec *spec;
	int lock_fd = -1, status;
	char *scratch;

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "target shell takes one target");
	if (context_open(&c, g, e) || !(spec = context_target(&c, operands[0], e)))
		return -1;
	scratch = scratch_make(c.cache_folder, spec->name, &lock_fd, e);
	if (!scratch)
		return -1;
	status = shell_on(&c, spec, scratch, e);
	scratch_drop(scratch, lock_fd);
	return status ? -1 : EXIT_AS_EXPECTED;
}

const struct command target_shell_command = {
	.name = "target shell",
	.operands = "NAME",
	.completes = "target",
	.title = "Open a shell on a target; what is changed there is thrown away behind it",
	.run = run_shell,
};
