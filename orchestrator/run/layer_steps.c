/* What a cell's machine is made of: the pure half of steps.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/steps.h"

static void add_words(struct str *script, const char *program, const struct text_list *words)
{
	if (!words->count)
		return;
	str_add(script, program);
	for (size_t i = 0; i < words->count; i++) {
		str_add(script, " ");
		str_add_quoted(script, words->items[i], STR_SHELL);
	}
	str_add(script, "\n");
}

static void add_install_step(struct str *script, const struct install_step *step)
{
	add_words(script, "sh lib/install/apt.sh", &step->apt);
	if (step->apt_pure.count) {
		add_words(script, "sh lib/install/apt.sh", &step->apt_pure);
		add_words(script, "sh lib/install/apt_pure.sh \"$LABCTL_PREFIX/pure-$LABCTL_RUNTIME\"",
			  &step->apt_pure);
	}
	if (step->pip.count) {
		str_add(script, "sh lib/install/index.sh\n");
		add_words(script, "sh lib/install/apt.sh", &step->pip_needs);
		add_words(script, "sh lib/install/pip.sh", &step->pip);
	}
	if (step->run)
		str_addf(script, "(\n. lib/install/env.sh\n%s\n)\n", step->run);
}

/* The script of all steps that apply; sets *unavailable where one says so, or where none of several applies. */
static char *install_script(const struct struct_list *install, const char *what, const char *runtime, const char *arch,
			    char **unavailable, bool *network)
{
	const struct install_step *steps = install->items;
	AUTO_STR script = { 0 };
	size_t applied = 0;

	str_add(&script, "set -e\n");
	for (size_t i = 0; i < install->count && !*unavailable; i++) {
		if (!recipe_applies(&steps[i].runtimes, &steps[i].archs, runtime, arch))
			continue;
		applied++;
		if (steps[i].unavailable)
			*unavailable = mem_dup(steps[i].unavailable);
		*network |= steps[i].network || steps[i].apt.count || steps[i].apt_pure.count || steps[i].pip.count;
		add_install_step(&script, &steps[i]);
	}
	if (install->count && !applied)
		*unavailable =
			mem_printf("the recipe of %s has no way to install it for %s on %s", what, runtime, arch);
	return str_take(&script);
}

static void add_runtime_check(char **script)
{
	AUTO_STR text = { 0 };

	str_add(&text, *script);
	str_add(&text,
		". lib/install/env.sh\n"
		"command -v \"$LABCTL_COMMAND\" >/dev/null || labctl_unavailable \"there is no $LABCTL_COMMAND\"\n");
	free(*script);
	*script = str_take(&text);
}

static void step_key(struct layer_step *step, const char *before, const struct layer_wish *w, bool uses_index)
{
	struct digest *d = digest_new();
	char text[DIGEST_TEXT_BYTES];

	digest_add_field(d, "layer 1");
	digest_add_field(d, before);
	digest_add_field(d, step->script);
	digest_add_field(d, w->install_digest);
	if (uses_index)
		digest_add_field(d, w->index_digest);
	digest_end(d, text);
	memcpy(step->key, text, DIGEST_ID_BYTES - 1);
	step->key[DIGEST_ID_BYTES - 1] = '\0';
}

static struct layer_step *next_step(struct layer_steps *steps)
{
	struct layer_step *step;

	steps->items = mem_grow(steps->items, steps->count + 1, sizeof(*steps->items));
	step = &steps->items[steps->count++];
	*step = (struct layer_step){ 0 };
	return step;
}

static void add_runtime(const struct cell *c, const char *arch, const struct layer_wish *w, size_t owner,
			struct layer_steps *out)
{
	struct layer_step *step = next_step(out);

	step->is_runtime = true;
	step->owner = owner;
	step->label = mem_dup(c->runtime->name);
	step->script = install_script(&c->runtime->install, c->runtime->name, c->runtime->name, arch,
				      &step->unavailable, &step->network);
	add_runtime_check(&step->script);
	step_key(step, out->count > 1 ? out->items[out->count - 2].key : w->base_id, w, false);
}

static void add_package(const struct cell *c, const struct package_recipe *p, const char *arch,
			const struct layer_wish *w, size_t owner, struct layer_steps *out)
{
	const char *runtime = c->runtime->name;
	struct layer_step *step = next_step(out);

	step->package = p;
	step->owner = owner;
	step->label = mem_printf("%s for %s", p->name, runtime);
	step->script = install_script(&p->install, p->name, runtime, arch, &step->unavailable, &step->network);
	step_key(step, out->items[out->count - 2].key, w, plan_uses_index(w->lab, p, runtime, arch));
}

int layer_steps_add(const struct cell *c, const struct layer_wish *w, size_t owner, struct layer_steps *out,
		    struct err *e)
{
	const char *arch = c->target->arch ? c->target->arch : host_arch();
	AUTO_FREE const struct package_recipe **needs = NULL;
	size_t need_count;

	add_runtime(c, arch, w, owner, out);
	plan_needs(w->lab, c->package, &needs, &need_count);
	for (size_t i = 0; i < need_count; i++)
		add_package(c, needs[i], arch, w, owner, out);
	if (!c->benchmark || c->package->install.count)
		add_package(c, c->package, arch, w, owner, out);
	for (size_t i = 0; i < out->count; i++) {
		if (strlen(out->items[i].script) > 20 * 1024) {
			err_set(e, ERR_CONFIG, "installing %s takes a script of more than 20 KiB", out->items[i].label);
			layer_steps_free(out);
			return -1;
		}
	}
	return 0;
}

int layer_steps_of(const struct cell *c, const struct layer_wish *w, struct layer_steps *out, struct err *e)
{
	*out = (struct layer_steps){ 0 };
	return layer_steps_add(c, w, 0, out, e);
}

int layer_steps_copy(const struct layer_steps *from, struct layer_steps *out)
{
	*out = (struct layer_steps){ mem_new(from->count, sizeof(*out->items)), from->count };
	for (size_t i = 0; i < from->count; i++) {
		out->items[i] = from->items[i];
		out->items[i].label = mem_dup(from->items[i].label);
		out->items[i].script = mem_dup(from->items[i].script);
		out->items[i].unavailable = mem_dup(from->items[i].unavailable);
		out->items[i].package = NULL;
	}
	return 0;
}

void layer_steps_free(struct layer_steps *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].label);
		free(s->items[i].script);
		free(s->items[i].unavailable);
	}
	free(s->items);
	*s = (struct layer_steps){ 0 };
}
