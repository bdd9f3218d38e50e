/* labctl target list, show, build, trust: what is written of targets, and what is made before they run. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/context.h"
#include "lab/select.h"
#include "render/columns.h"
#include "target/image.h"
#include "target/layer.h"

static const char *arch_of(const struct target_spec *spec)
{
	return spec->arch ? spec->arch : host_arch();
}

static void add_target_row(struct columns *table, const struct target_spec *spec)
{
	AUTO_STR tags = { 0 };
	AUTO_STR title = { 0 };

	for (size_t i = 0; i < spec->tags.count; i++) {
		str_add(&tags, i ? "," : "");
		str_add_quoted(&tags, spec->tags.items[i], STR_TERMINAL);
	}
	str_add_quoted(&title, spec->title ? spec->title : "", STR_TERMINAL);
	columns_row(table,
		    (const char *const[]){ spec->name, target_kind_name(spec->kind), arch_of(spec),
					   target_is_emulated(spec) ? "~" : "", str_text(&tags), str_text(&title) });
}

static int run_list(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	struct columns *table;

	(void)options, (void)operand_count, (void)operands;
	if (context_open(&c, g, e))
		return -1;
	table = columns_new(6);
	columns_row(table, (const char *const[]){ "NAME", "KIND", "ARCH", "", "TAGS", "WHAT" });
	for (size_t i = 0; i < c.lab->target_count; i++)
		add_target_row(table, &c.lab->targets[i]);
	columns_print(table, "  ", &out);
	columns_free(table);
	str_add(&out, "~ emulated on this machine\n");
	return context_put(NULL, &out, e);
}

const struct command target_list_command = {
	.name = "target list",
	.title = "List the lab's targets",
	.run = run_list,
};

struct show_options {
	bool command;
};

static const struct option_row show_rows[] = {
	{ "command", 0, OPTION_FLAG, offsetof(struct show_options, command), NULL, NULL, NULL,
	  "print the command line that would start it, ready to paste" },
	{ 0 },
};

static int run_show(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	const struct show_options *o = options;
	AUTO_CONTEXT c = { 0 };
	AUTO_STR out = { 0 };
	const struct target_spec *spec;
	struct target_opts opts = { .say = context_say, .ctx = (void *)g };

	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "target show takes one target");
	if (context_open(&c, g, e) || !(spec = context_target(&c, operands[0], e)))
		return -1;
	opts.cache_folder = c.cache_folder;
	opts.scratch_folder = c.cache_folder;
	if (!o->command) {
		str_addf(&out, "%s, written in %s\n", spec->name, spec->at.file ? spec->at.file : "?");
		schema_show(&target_schema, spec, &out);
	} else if (target_command_line(spec, &opts, &out, e)) {
		return -1;
	} else if (!out.len) {
		err_set(e, ERR_USAGE, "nothing is started for %s: it is of the kind %s", spec->name,
			target_kind_name(spec->kind));
		return -1;
	} else {
		str_add(&out, "\n");
	}
	return context_put(NULL, &out, e);
}

const struct command target_show_command = {
	.name = "target show",
	.operands = "NAME",
	.completes = "target",
	.title = "Show one target as it was read, or the command line that starts it",
	.options = show_rows,
	.options_bytes = sizeof(struct show_options),
	.run = run_show,
};

static int build_one(struct context *c, const struct target_spec *spec, struct err *e)
{
	const struct target_opts opts = { .cache_folder = c->cache_folder,
					  .scratch_folder = c->cache_folder,
					  .say = context_say,
					  .ctx = (void *)c->globals };

	if (target_build(spec, &opts, e))
		return err_wrap(e, "%s", spec->name);
	printf("%s: the image is there\n", spec->name);
	return 0;
}

static int run_build(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	AUTO_FREE const struct target_spec **targets = NULL;
	struct text_list words = { (const char **)operands, (size_t)operand_count };
	size_t count;

	(void)options;
	if (context_open(&c, g, e) || select_targets(c.lab, &words, &targets, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (build_one(&c, targets[i], e))
			return -1;
	return EXIT_AS_EXPECTED;
}

const struct command target_build_command = {
	.name = "target build",
	.operands = "[NAME...]",
	.completes = "target",
	.title = "Build or fetch the images of targets, without starting them",
	.run = run_build,
};

static bool ask_trust(void *ctx, const char *host, const char *key_type, const char *fingerprint)
{
	AUTO_FREE char *question =
		mem_printf("%s shows the %s key %s. Trust it from now on?", host, key_type, fingerprint);

	printf("%s %s %s\n", host, key_type, fingerprint);
	fflush(stdout);
	return context_ask(ctx, question);
}

static int run_trust(const struct globals *g, void *options, int operand_count, char **operands, struct err *e)
{
	AUTO_CONTEXT c = { 0 };
	const struct target_spec *spec;

	(void)options;
	if (operand_count != 1)
		return err_set(e, ERR_USAGE, "target trust takes one target");
	if (context_open(&c, g, e) || !(spec = context_target(&c, operands[0], e)))
		return -1;
	return target_trust(spec, ask_trust, (void *)g, e) ? -1 : EXIT_AS_EXPECTED;
}

const struct command target_trust_command = {
	.name = "target trust",
	.operands = "NAME",
	.completes = "target",
	.title = "Show the fingerprint of an ssh target's host key and ask whether to trust it",
	.help = "Compare the fingerprint with what the host's owner tells you. Where standard input is no terminal the "
		"answer is no, unless\n"
		"--yes is given.",
	.run = run_trust,
};
