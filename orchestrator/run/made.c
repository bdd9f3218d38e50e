#include "run/made.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/secret.h"

#define MADE_FORMAT    1
#define MADE_MAX_BYTES ((size_t)4 << 20)
#define MOST_LAYERS    64
#define MOST_ENV       1000

static size_t list_count(const char *const *list)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	return count;
}

/* A value whose name says that it is secret stays where it is: its name alone is kept. */
static char *copy_env(const char *pair)
{
	AUTO_FREE char *name = mem_dup_bytes(pair, strcspn(pair, "="));

	return secret_is_name(name) ? TAKE(name) : mem_dup(pair);
}

void made_fill(struct made *m, const struct layer_wish *w, const struct steps_opts *o, const struct layer_steps *layers,
	       const char *const *env, const char *tests)
{
	size_t count = list_count(env);

	*m = (struct made){
		.base_id = mem_dup(w->base_id ? w->base_id : ""),
		.install_digest = mem_dup(w->install_digest ? w->install_digest : ""),
		.index_digest = mem_dup(w->index_digest ? w->index_digest : ""),
		.lib_digest = mem_dup(o->lib_digest ? o->lib_digest : ""),
		.slowness = o->slowness,
		.env = mem_new(count + 1, sizeof(*m->env)),
		.tests = mem_dup(tests),
	};
	layer_steps_copy(layers, &m->layers);
	for (size_t i = 0; i < count; i++)
		m->env[i] = copy_env(env[i]);
}

static void encode_layer(struct json_writer *w, const struct layer_step *step)
{
	json_open(w, NULL, '{');
	json_add_text(w, "key", step->key);
	json_add_text(w, "label", step->label);
	json_add_text(w, "script", step->script);
	json_add_bool(w, "network", step->network);
	json_close(w, '}');
}

void made_encode(const struct made *m, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "format", MADE_FORMAT);
	json_add_text(&w, "base", m->base_id);
	json_add_text(&w, "install", m->install_digest);
	json_add_text(&w, "index", m->index_digest);
	json_add_text(&w, "lib", m->lib_digest);
	json_add_real(&w, "slowness", m->slowness);
	json_open(&w, "layers", '[');
	for (size_t i = 0; i < m->layers.count; i++)
		encode_layer(&w, &m->layers.items[i]);
	json_close(&w, ']');
	json_open(&w, "env", '[');
	for (char **pair = m->env; *pair; pair++)
		json_add_text(&w, NULL, *pair);
	json_close(&w, ']');
	if (m->tests)
		json_add_text(&w, "tests", m->tests);
	json_close(&w, '}');
	str_add(out, "\n");
}

static int fail_form(const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s: %s", MADE_FILE, what);
}

/* A key becomes the name of a folder in the cache. */
static bool is_key(const char *text)
{
	return strlen(text) == DIGEST_ID_BYTES - 1 && strspn(text, "0123456789abcdef") == DIGEST_ID_BYTES - 1;
}

static int decode_layers(const struct json_value *list, struct layer_steps *out, struct err *e)
{
	size_t count = json_count(list);

	if (!count || count > MOST_LAYERS)
		return fail_form("no layers, or too many", e);
	out->items = mem_new(count, sizeof(*out->items));
	for (size_t i = 0; i < count; i++) {
		const struct json_value *item = json_item(list, i);
		const char *key = json_text(json_at(item, "key"), "");
		struct layer_step *step = &out->items[out->count++];

		step->label = mem_dup(json_text(json_at(item, "label"), ""));
		step->script = mem_dup(json_text(json_at(item, "script"), ""));
		step->network = json_bool(json_at(item, "network"), false);
		if (!is_key(key))
			return fail_form("a layer without a key", e);
		memcpy(step->key, key, DIGEST_ID_BYTES);
	}
	return 0;
}

static int decode_env(const struct json_value *list, char ***out, struct err *e)
{
	size_t count = json_count(list);

	if (count > MOST_ENV)
		return fail_form("too many variables", e);
	*out = mem_new(count + 1, sizeof(**out));
	for (size_t i = 0; i < count; i++)
		(*out)[i] = mem_dup(json_text(json_item(list, i), ""));
	return 0;
}

int made_decode(const char *text, size_t len, struct made *out, struct err *e)
{
	AUTO_JSON *root = json_parse(text, len, e);
	int status;

	*out = (struct made){ 0 };
	if (!root)
		return err_wrap(e, "%s", MADE_FILE);
	if (json_int(json_at(root, "format"), 0) != MADE_FORMAT)
		return fail_form("written by another version of labctl", e);
	out->base_id = mem_dup(json_text(json_at(root, "base"), ""));
	out->install_digest = mem_dup(json_text(json_at(root, "install"), ""));
	out->index_digest = mem_dup(json_text(json_at(root, "index"), ""));
	out->lib_digest = mem_dup(json_text(json_at(root, "lib"), ""));
	out->tests = mem_dup(json_text(json_at(root, "tests"), NULL));
	out->slowness = json_number(json_at(root, "slowness"), 0);
	status = decode_env(json_at(root, "env"), &out->env, e) ||
				 decode_layers(json_at(root, "layers"), &out->layers, e)
			 ? -1
			 : 0;
	if (status)
		made_free(out);
	return status;
}

int made_write(const struct made *m, const char *folder, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, MADE_FILE);
	AUTO_STR text = { 0 };

	made_encode(m, &text);
	return file_write(path, str_text(&text), text.len, e);
}

int made_read(const char *folder, struct made *out, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, MADE_FILE);
	AUTO_STR text = { 0 };

	*out = (struct made){ 0 };
	if (!file_exists(path))
		return 0;
	if (file_read(path, MADE_MAX_BYTES, &text, e) || made_decode(str_text(&text), text.len, out, e))
		return err_wrap(e, "%s", folder);
	return 1;
}

void made_free(struct made *m)
{
	free(m->base_id);
	free(m->install_digest);
	free(m->index_digest);
	free(m->lib_digest);
	free(m->tests);
	if (m->env)
		mem_free_list(m->env);
	layer_steps_free(&m->layers);
	*m = (struct made){ 0 };
}
