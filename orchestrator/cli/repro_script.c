/* The script of `repro --print` and of a bundle: the record's own steps, for a machine that labctl does not know. */
#include <string.h>

#include "analyse/likeness.h"
#include "base/mem.h"
#include "base/secret.h"
#include "cli/repro.h"
#include "run/repeat.h"

static void add_comment(struct str *out, const char *before, const char *text)
{
	AUTO_STR clean = { 0 };

	str_add_quoted(&clean, text, STR_TERMINAL);
	str_add(out, "# ");
	str_add(out, before);
	for (const char *c = str_text(&clean); *c; c++)
		str_add_char(out, *c == '\n' ? ' ' : *c);
	str_add(out, "\n");
}

static void add_head(const struct repro *r, struct str *out)
{
	const char *os = facts_get(&r->record.facts, "os");
	AUTO_STR line = { 0 };

	str_add(out, "#!/bin/sh\n");
	add_comment(out, "What labctl ran as ", r->label);
	if (r->test) {
		likeness_line(verdict_is_bad(r->test->verdict) ? r->test->detail : NULL, &line);
		add_comment(out, "The test ", r->test->name);
		add_comment(out, verdict_name(r->test->verdict), line.len ? ":" : "");
		if (line.len)
			add_comment(out, "", str_text(&line));
	}
	str_add(out, "#\n# It installs packages: run it as root on a machine that may be thrown away.\n");
	add_comment(out, "Recorded on ", r->row->arch);
	if (os)
		add_comment(out, "with ", os);
	str_add(out, "set -e\n");
}

/* The archives may be anybody's property: they are asked for, not given away. */
static void add_index(const struct index_settings *index, struct str *out)
{
	if (index->folder)
		str_add(out, "# pip installed from a folder of archives: put them into archives/ beside this script.\n"
			     "cp -R \"$here/archives\" \"$work/archives\"\n");
	if (index->constraints)
		str_add(out, "cp \"$here/constraints.txt\" \"$work/\"\n");
}

static void add_folder(const struct repro *r, const char *lib, struct str *out)
{
	str_add(out, "here=$(cd \"$(dirname \"$0\")\" && pwd)\n");
	str_addf(out, "LABCTL_LIB=${LABCTL_LIB:-%s}\n", lib);
	str_add(out, "work=${LABCTL_WORK:-/var/tmp/labctl-again}\n"
		     "rm -rf \"$work\"\n"
		     "mkdir -p \"$work\"\n"
		     "cp -R \"$LABCTL_LIB\" \"$work/lib\"\n");
	add_index(&r->context->lab->settings.index, out);
	str_add(out, "cd \"$work\"\n\n");
}

static void add_env(const struct repro *r, struct str *out)
{
	struct steps_opts opts = r->opts;
	AUTO_FREE_LIST char **env = NULL;
	bool has_prefix = false;

	opts.made = r->has_then ? &r->then : NULL;
	env = repeat_environment(r->cell, &opts);
	for (char **pair = env; *pair; pair++) {
		AUTO_FREE char *name = mem_dup_bytes(*pair, strcspn(*pair, "="));

		has_prefix |= !strcmp(name, "LABCTL_PREFIX");
		if (secret_is_name(name)) {
			str_addf(out, "# %s is left out\n", name);
			continue;
		}
		str_addf(out, "export %s=", name);
		str_add_quoted(out, *pair + strlen(name) + 1, STR_SHELL);
		str_add(out, "\n");
	}
	if (!has_prefix)
		str_add(out, "export LABCTL_PREFIX=\"${LABCTL_PREFIX:-/opt/labctl}\"\n");
}

static void add_layers(const struct layer_steps *layers, struct str *out)
{
	for (size_t i = 0; i < layers->count; i++) {
		str_add(out, "\n");
		add_comment(out, "", layers->items[i].label);
		str_addf(out, "(\n%s)\n", layers->items[i].script);
	}
}

static void add_tests(const char *tests, struct str *out)
{
	str_addf(out, "\n# the tests\n(\n%s)\n", tests);
}

void repro_script(const struct repro *r, const char *lib, struct str *out)
{
	struct made now = { 0 };
	const struct made *made = &r->then;

	if (!r->has_then && !repeat_made_now(r->cell, &r->opts, "", &now, NULL))
		made = &now;
	add_head(r, out);
	add_folder(r, lib, out);
	add_env(r, out);
	add_layers(&made->layers, out);
	if (made->tests)
		add_tests(made->tests, out);
	made_free(&now);
}
