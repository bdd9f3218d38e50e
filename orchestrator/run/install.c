#include "run/install.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "run/made.h"

/* Installing from a mirror over an emulated network card, before slowness. */
#define INSTALL_LIMIT_NS   (20 * 60 * NS_PER_S)
#define STATUS_UNAVAILABLE 69 /* what the install scripts end with when the reason is in REASON_FILE */
#define REASON_FILE	   "unavailable.txt"
#define OWN_PREFIX	   "/opt/labctl" /* where the whole root is ours; ssh targets name their own */

void step_tell(struct cell_run *r, const char *doing, const char *what)
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

static const char *value_in(const struct text_map *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->items[i].key, name))
			return map->items[i].value;
	return NULL;
}

/* What target and recipes say now; of one variable the last counts. */
static void add_own_env(struct cell_run *r, struct env_list *env)
{
	env_add_map(r, env, &r->cell->target->env);
	env_add_map(r, env, &r->cell->runtime->env);
	if (r->cell->tier)
		env_add_map(r, env, &r->cell->tier->env);
}

/* What they said then. A secret was not written down: it is what it is now. */
static void add_made_env(struct cell_run *r, struct env_list *env)
{
	for (char **pair = r->opts->made->env; *pair; pair++) {
		const char *value = NULL;

		if (strchr(*pair, '=')) {
			vec_add(env, arena_dup(r->texts, *pair));
			continue;
		}
		if (r->cell->tier)
			value = value_in(&r->cell->tier->env, *pair);
		value = value ? value : value_in(&r->cell->runtime->env, *pair);
		env_add(r, env, *pair, value ? value : value_in(&r->cell->target->env, *pair));
	}
}

static void make_env(struct cell_run *r)
{
	const struct index_settings *index = &r->opts->lab->settings.index;
	const struct cell *c = r->cell;
	struct env_list env = { 0 };

	env_add(r, &env, "LABCTL_RUNTIME", c->runtime->name);
	env_add(r, &env, "LABCTL_COMMAND", c->runtime->command);
	env_add(r, &env, "LABCTL_SYSTEM_PACKAGES", c->target->system_packages ? "yes" : "no");
	env_add(r, &env, "LABCTL_REASON", REASON_FILE);
	env_add(r, &env, "LABCTL_INDEX_URL", index_url(r));
	env_add(r, &env, "LABCTL_INDEX_FOLDER", index->folder ? "archives" : "");
	env_add(r, &env, "LABCTL_INDEX_CONSTRAINTS", index->constraints ? "constraints.txt" : "");
	env_add(r, &env, "LABCTL_INDEX_ONLY_FOLDER", index->only_folder ? "yes" : "");
	env_add(r, &env, "LABCTL_INDEX_ISOLATED", index->build_isolation ? "yes" : "no");
	if (c->target->kind != TARGET_SSH)
		env_add(r, &env, "LABCTL_PREFIX", OWN_PREFIX);
	if (r->opts->test)
		env_add(r, &env, "LABCTL_TEST", r->opts->test);
	r->own_env = env.count;
	if (r->opts->made)
		add_made_env(r, &env);
	else
		add_own_env(r, &env);
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

	step_tell(r, "installing", layer->label);
	if (step_command_run(r, &command, &end, e))
		return -1;
	*out_go_on = settle_install(r, layer, &end);
	if (!*out_go_on)
		return 0;
	step_tell(r, "keeping", layer->label);
	return target_keep(r->target, layer->key, at ? layers->items[at - 1].key : NULL, layer->label, e);
}

/* True where something of the list is still to be installed from the package index. */
static bool needs_index(const struct layer_steps *layers, size_t kept)
{
	for (size_t i = kept; i < layers->count; i++)
		if (strstr(layers->items[i].script, "lib/install/pip.sh"))
			return true;
	return false;
}

static int restore_layers(struct cell_run *runs, const struct layer_steps *layers, size_t *out_kept, struct err *e)
{
	AUTO_FREE const char **keys = mem_new(layers->count, sizeof(*keys));

	for (size_t i = 0; i < layers->count; i++)
		keys[i] = layers->items[i].key;
	step_tell(runs, "restoring", layers->items[layers->count - 1].label);
	if (target_restore(runs->target, keys, layers->count, out_kept, e) ||
	    put_tools(runs, needs_index(layers, *out_kept), e))
		return -1;
	for (size_t i = 0; i < *out_kept; i++) {
		AUTO_FREE char *name = log_name(i + 1, layers->items[i].label);

		step_note_kept(&runs[layers->items[i].owner], name);
	}
	return 0;
}

int install_layers(struct cell_run *runs, const struct layer_steps *layers, bool *out_installed, struct err *e)
{
	size_t kept;

	if (restore_layers(runs, layers, &kept, e))
		return -1;
	*out_installed = true;
	for (size_t i = kept; i < layers->count && *out_installed; i++)
		if (install_layer(&runs[layers->items[i].owner], layers, i, out_installed, e))
			return -1;
	return 0;
}

void cell_run_start(struct cell_run *r)
{
	r->texts = arena_new(4096);
	r->out->facts = *r->opts->facts;
	make_env(r);
}

void cell_run_end(struct cell_run *r)
{
	free(r->env);
	arena_free(r->texts);
}
