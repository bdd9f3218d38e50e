#include "run/repeat.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/install.h"

/* A run that has no machine, for what can be said without one. */
static void start_thinking(struct cell_run *r, const struct cell *c, const struct steps_opts *o, struct outcome *out)
{
	outcome_start(out);
	*r = (struct cell_run){ .cell = c, .opts = o, .out = out };
	cell_run_start(r);
}

static void end_thinking(struct cell_run *r, struct outcome *out)
{
	cell_run_end(r);
	outcome_free(out);
}

int repeat_made_now(const struct cell *c, const struct steps_opts *o, const char *base_id, struct made *out,
		    struct err *e)
{
	const struct layer_wish wish = { o->lab, base_id, o->install_digest, o->index_digest };
	struct steps_opts by_recipe = *o;
	struct layer_steps layers;
	struct outcome outcome;
	struct cell_run r;
	AUTO_STR tests = { 0 };

	*out = (struct made){ 0 };
	by_recipe.made = NULL;
	by_recipe.test = NULL;
	if (layer_steps_of(c, &wish, &layers, e))
		return -1;
	start_thinking(&r, c, &by_recipe, &outcome);
	suite_script(&r, &tests);
	made_fill(out, &wish, o, &layers, r.env + r.own_env, str_text(&tests));
	end_thinking(&r, &outcome);
	layer_steps_free(&layers);
	return 0;
}

char **repeat_environment(const struct cell *c, const struct steps_opts *o)
{
	struct outcome outcome;
	struct cell_run r;
	size_t count = 0;
	char **copy;

	start_thinking(&r, c, o, &outcome);
	while (r.env[count])
		count++;
	copy = mem_new(count + 1, sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = mem_dup(r.env[i]);
	end_thinking(&r, &outcome);
	return copy;
}

static void shell_script(const struct cell_run *r, struct str *out)
{
	AUTO_STR run = { 0 };

	str_add(&run, "#!/bin/sh\n");
	suite_script(r, &run);
	for (const char **pair = r->env; *pair; pair++) {
		size_t len = strcspn(*pair, "=");

		str_addf(out, "export %.*s=", (int)len, *pair);
		str_add_quoted(out, *pair + len + 1, STR_SHELL);
		str_add(out, "\n");
	}
	str_add(out, "printf %s ");
	str_add_quoted(out, str_text(&run), STR_SHELL);
	str_add(out, " >" REPEAT_SCRIPT " && chmod +x " REPEAT_SCRIPT "\n"
		     ". lib/install/env.sh\n"
		     "exec \"${SHELL:-/bin/sh}\"\n");
}

static int enter(struct cell_run *r, const struct layer_steps *layers, void (*told)(void *ctx), void *ctx,
		 bool *out_entered, struct err *e)
{
	AUTO_STR script = { 0 };

	if (steps_settle_by_recipe(r, layers))
		return 0;
	if (install_layers(r, layers, out_entered, e))
		return -1;
	if (!*out_entered)
		return 0;
	shell_script(r, &script);
	told(ctx);
	return target_shell(r->target, str_text(&script), e);
}

int repeat_shell(struct target *t, const struct cell *c, const struct steps_opts *o, void (*told)(void *ctx), void *ctx,
		 struct outcome *out, bool *out_entered, struct err *e)
{
	struct cell_run r = { .target = t, .cell = c, .opts = o, .out = out };
	const struct layer_wish wish = { o->lab, target_base_id(t), o->install_digest, o->index_digest };
	struct layer_steps layers;
	int status;

	*out_entered = false;
	cell_run_start(&r);
	status = steps_layers(&r, &wish, &layers, e);
	if (!status)
		status = enter(&r, &layers, told, ctx, out_entered, e);
	layer_steps_free(&layers);
	cell_run_end(&r);
	return status;
}
