#include "run/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "run/step_command.h"

/* Installing from a mirror over an emulated network card, before slowness. */
#define INSTALL_LIMIT_NS   (20 * 60 * NS_PER_S)
#define CHECK_LIMIT_NS	   (60 * NS_PER_S)
#define STATUS_UNAVAILABLE 69 /* what the install scripts end with when the reason is in REASON_FILE */
#define REASON_FILE	   "unavailable.txt"
#define OWN_PREFIX	   "/opt/labctl" /* where the whole root is ours; ssh targets name their own */

static void tell_step(struct cell_run *r, const char *doing, const char *what)
{
	char text[160];

	snprintf(text, sizeof(text), "%s %s", doing, what);
	if (r->opts->ears.step)
		r->opts->ears.step(r->opts->ears.ctx, text);
}

/* A log file's name from a layer's label. */
static char *log_name(size_t number, const char *label)
{
	char *name = mem_printf("%zu-install-%.32s", number, label);

	for (char *c = name; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c))
			*c = '-';
	return name;
}

struct env_list {
	const char **items;
	size_t count, room;
};

static void env_add(struct cell_run *r, struct env_list *env, const char *name, const char *value)
{
	vec_add(env, arena_printf(r->texts, "%s=%s", name, value ? value : ""));
}

static void env_add_map(struct cell_run *r, struct env_list *env, const struct text_map *map)
{
	for (size_t i = 0; i < map->count; i++)
		env_add(r, env, map->items[i].key, map->items[i].value);
}

/* A guest sees this machine's loopback under the address of its user-mode network. */
static const char *index_url(struct cell_run *r)
{
	static const char *const loopback[] = { "://127.0.0.1", "://localhost", "://[::1]" };
	const char *url = r->opts->lab->settings.index.url;

	if (!url || r->cell->target->kind != TARGET_QEMU)
		return url;
	for (size_t i = 0; i < COUNT_OF(loopback); i++) {
		const char *at = strstr(url, loopback[i]);

		if (at)
			return arena_printf(r->texts, "%.*s://10.0.2.2%s", (int)(at - url), url,
					    at + strlen(loopback[i]));
	}
	return url;
}

static void make_env(struct cell_run *r)
{
	const struct index_settings *index = &r->opts->lab->settings.index;
	const struct cell *c = r->cell;
	struct env_list env = { 0 };

	env_add(r, &env, "LABCTL_RUNTIME", c->runtime->name);
	env_add(r, &env, "LABCTL_COMMAND", c->runtime->command);
	env_add(r, &env, "LABCTL_SYSTEM_PACKAGES", target_has_system_packages(r->target) ? "yes" : "no");
	env_add(r, &env, "LABCTL_REASON", REASON_FILE);
	env_add(r, &env, "LABCTL_INDEX_URL", index_url(r));
	env_add(r, &env, "LABCTL_INDEX_FOLDER", index->folder ? "archives" : "");
	env_add(r, &env, "LABCTL_INDEX_CONSTRAINTS", index->constraints ? "constraints.txt" : "");
	env_add(r, &env, "LABCTL_INDEX_ONLY_FOLDER", index->only_folder ? "yes" : "");
	env_add(r, &env, "LABCTL_INDEX_ISOLATED", index->build_isolation ? "yes" : "no");
	if (c->target->kind != TARGET_SSH)
		env_add(r, &env, "LABCTL_PREFIX", OWN_PREFIX);
	env_add_map(r, &env, &c->target->env);
	env_add_map(r, &env, &c->runtime->env);
	if (c->tier)
		env_add_map(r, &env, &c->tier->env);
	vec_add(&env, NULL);
	r->env = env.items;
}

/* Our scripts, and what pip shall install from. */
static int put_tools(struct cell_run *r, bool with_index, struct err *e)
{
	const struct index_settings *index = &r->opts->lab->settings.index;

	if (target_put(r->target, r->opts->lab->lib_folder, "lib", e))
		return -1;
	if (with_index && index->folder && target_put(r->target, index->folder, "archives", e))
		return -1;
	if (with_index && index->constraints && target_put(r->target, index->constraints, "constraints.txt", e))
		return -1;
	return 0;
}

/* A file's first line from the target, clean; "" when it is not there. */
static void ask_first_line(struct cell_run *r, const char *file, char *out, size_t size)
{
	AUTO_FREE char *script = mem_printf("head -n 1 %s 2>/dev/null | cut -c 1-400", file);
	AUTO_STR text = { 0 };
	AUTO_STR clean = { 0 };
	struct err ignored = ERR_INIT;

	out[0] = '\0';
	if (target_ask(r->target, script, 30 * NS_PER_S, &text, &ignored))
		return;
	str_cut(&text, strcspn(str_text(&text), "\r\n"));
	str_add_quoted(&clean, str_text(&text), STR_TERMINAL);
	snprintf(out, size, "%.400s", str_text(&clean));
}

/* True: installed. False: the cell has its verdict. */
static bool settle_install(struct cell_run *r, const struct layer_step *layer, const struct step_end *end)
{
	AUTO_FREE char *what = mem_printf("installing %s", layer->label);
	char reason[420];

	if (step_settle_ending(r, what, end)) {
		if (r->out->verdict == VERDICT_TIMED_OUT)
			r->out->verdict = VERDICT_BROKEN; /* no test ever ran */
		return false;
	}
	if (end->end.status == 0)
		return true;
	if (end->end.status == STATUS_UNAVAILABLE) {
		ask_first_line(r, REASON_FILE, reason, sizeof(reason));
		step_verdict(r, VERDICT_UNAVAILABLE, "%s", reason[0] ? reason : end->last_line);
	} else {
		step_verdict(r, VERDICT_BROKEN, "%s ended with status %d: %s", what, end->end.status, end->last_line);
	}
	return false;
}

static int install_layer(struct cell_run *r, const struct layer_steps *layers, size_t at, bool *out_go_on,
			 struct err *e)
{
	const struct layer_step *layer = &layers->items[at];
	AUTO_FREE char *name = log_name(at + 1, layer->label);
	const struct step_command command = {
		.name = name,
		.script = layer->script,
		.network = layer->network,
		.limit_ns = (int64_t)(INSTALL_LIMIT_NS * r->opts->slowness),
	};
	struct step_end end;

	tell_step(r, "installing", layer->label);
	if (step_command_run(r, &command, &end, e))
		return -1;
	*out_go_on = settle_install(r, layer, &end);
	if (!*out_go_on)
		return 0;
	tell_step(r, "keeping", layer->label);
	return target_keep(r->target, layer->key, at ? layers->items[at - 1].key : NULL, layer->label, e);
}

static int install_layers(struct cell_run *r, const struct layer_steps *layers, bool *out_go_on, struct err *e)
{
	AUTO_FREE const char **keys = mem_new(layers->count, sizeof(*keys));
	bool uses_index = false;
	size_t kept;

	for (size_t i = 0; i < layers->count; i++) {
		keys[i] = layers->items[i].key;
		uses_index |= strstr(layers->items[i].script, "lib/install/pip.sh") != NULL;
	}
	tell_step(r, "restoring", layers->items[layers->count - 1].label);
	if (target_restore(r->target, keys, layers->count, &kept, e) ||
	    put_tools(r, uses_index && kept < layers->count, e))
		return -1;
	*out_go_on = true;
	for (size_t i = 0; i < kept; i++) {
		AUTO_FREE char *name = log_name(i + 1, layers->items[i].label);

		step_note_kept(r, name);
	}
	for (size_t i = kept; i < layers->count && *out_go_on; i++)
		if (install_layer(r, layers, i, out_go_on, e))
			return -1;
	return 0;
}

/* "name=value" lines that the check printed. */
static void take_facts(struct cell_run *r, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		const char *equals = memchr(text, '=', len);

		if (equals && equals - text < 32) {
			AUTO_FREE char *name = mem_dup_bytes(text, (size_t)(equals - text));
			AUTO_FREE char *value = mem_dup_bytes(equals + 1, len - (size_t)(equals - text) - 1);

			facts_set(&r->out->facts, name, value);
		}
		text += len + (text[len] == '\n');
	}
}

static int ask_facts(struct cell_run *r, struct err *e)
{
	AUTO_STR text = { 0 };

	if (target_ask(r->target, "cat facts.txt", 30 * NS_PER_S, &text, e))
		return -1;
	take_facts(r, str_text(&text));
	return 0;
}

/* Does the package load there, and which version is it? */
static int check_package(struct cell_run *r, bool *out_go_on, struct err *e)
{
	const struct package_recipe *p = r->cell->package;
	AUTO_STR script = { 0 };
	struct step_end end;
	const struct step_command command = {
		.name = "check",
		.limit_ns = (int64_t)(CHECK_LIMIT_NS * r->opts->slowness),
	};
	struct step_command with_script = command;

	str_add(&script, "set -e\n. lib/install/env.sh\n\"$LABCTL_PYTHON\" lib/package_facts.py ");
	str_add_quoted(&script, p->import ? p->import : p->name, STR_SHELL);
	str_add(&script, " >facts.txt\n");
	if (p->version)
		str_addf(&script, "printf 'package_version=%%s\\n' \"$(\n%s\n)\" >>facts.txt\n", p->version);
	with_script.script = str_text(&script);
	tell_step(r, "importing", p->name);
	*out_go_on = false;
	if (step_command_run(r, &with_script, &end, e))
		return -1;
	if (step_settle_ending(r, "importing it", &end))
		return 0;
	if (end.end.status != 0) {
		step_verdict(r, VERDICT_BROKEN, "%s cannot be imported: %s", p->name, end.last_line);
		return 0;
	}
	*out_go_on = true;
	return ask_facts(r, e);
}

static int run_on_machine(struct cell_run *r, const struct layer_steps *layers, struct err *e)
{
	bool go_on;

	if (install_layers(r, layers, &go_on, e))
		return -1;
	if (go_on && check_package(r, &go_on, e))
		return -1;
	return go_on ? suite_run(r, e) : 0;
}

/* What the recipes say before any machine is asked. True: the cell has its verdict. */
static bool settle_by_recipe(struct cell_run *r, const struct layer_steps *layers)
{
	if (!r->cell->tier) {
		step_verdict(r, VERDICT_UNAVAILABLE, "%s has no tests of the tier %s", r->cell->package->name,
			     r->cell->tier_name);
		return true;
	}
	for (size_t i = 0; i < layers->count; i++) {
		if (layers->items[i].unavailable) {
			step_verdict(r, VERDICT_UNAVAILABLE, "%s", layers->items[i].unavailable);
			return true;
		}
	}
	return false;
}

/* A target that goes away, or has no room left, between two commands is the cell's outcome, not the end of labctl.
 * Where it is this machine that has no room, recording the outcome says so. */
static int settle_error(struct cell_run *r, struct err *e)
{
	switch (e->code) {
	case ERR_LOST:
	case ERR_UNREACHABLE:
	case ERR_TIMEOUT:
		step_verdict(r, VERDICT_LOST, "%.500s", e->text);
		break;
	case ERR_UNAVAILABLE:
		step_verdict(r, VERDICT_UNAVAILABLE, "%.500s", e->text);
		break;
	case ERR_INTERRUPTED:
	case ERR_INTERNAL:
		return -1;
	default:
		step_verdict(r, VERDICT_BROKEN, "%.500s", e->text);
	}
	snprintf(r->out->hint, sizeof(r->out->hint), "%.250s", e->hint);
	return 0;
}

int steps_run(struct target *t, const struct cell *c, const struct steps_opts *o, struct outcome *out, struct err *e)
{
	struct cell_run r = { .target = t, .cell = c, .opts = o, .out = out, .texts = arena_new(4096) };
	const struct layer_wish wish = { o->lab, target_base_id(t), o->install_digest, o->index_digest };
	struct layer_steps layers;
	int64_t begun_ns = clock_now_ns();
	int status;

	out->facts = *o->facts;
	make_env(&r);
	status = layer_steps_of(c, &wish, &layers, e);
	if (!status && !settle_by_recipe(&r, &layers))
		status = run_on_machine(&r, &layers, e);
	if (status)
		status = settle_error(&r, e);
	layer_steps_free(&layers);
	out->took_ns = clock_now_ns() - begun_ns;
	free(r.env);
	arena_free(r.texts);
	return status;
}
