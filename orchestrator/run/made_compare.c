/* What differs between a record and what its recipe says now. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "run/made.h"

#define MOST_LINES 12 /* shown of one changed script */

/* One that stands in the text as a whole line. */
static bool has_line(const char *text, const char *line, size_t len)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strcspn(text, "\n") == len && !memcmp(text, line, len))
			return true;
	}
	return false;
}

/* The lines of `text` that `other` has not, each behind the mark. */
static size_t add_lines_missing_in(const char *other, const char *text, char mark, struct str *out)
{
	size_t shown = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		size_t len = strcspn(text, "\n");

		if (!len || has_line(other, text, len) || ++shown > MOST_LINES)
			continue;
		AUTO_FREE char *line = mem_dup_bytes(text, len);
		str_addf(out, "  %c ", mark);
		str_add_quoted(out, line, STR_TERMINAL);
		str_add(out, "\n");
	}
	if (shown > MOST_LINES)
		str_addf(out, "  %c and %zu lines more\n", mark, shown - MOST_LINES);
	return shown;
}

static void add_script_change(const char *then, const char *now, struct str *out)
{
	if (!(add_lines_missing_in(now, then, '-', out) + add_lines_missing_in(then, now, '+', out)))
		str_add(out, "  the same lines in another order\n");
}

static const struct layer_step *layer_of(const struct layer_steps *layers, const char *label)
{
	for (size_t i = 0; i < layers->count; i++)
		if (!strcmp(layers->items[i].label, label))
			return &layers->items[i];
	return NULL;
}

static size_t compare_layers(const struct layer_steps *then, const struct layer_steps *now, struct str *out)
{
	size_t count = 0;

	for (size_t i = 0; i < then->count; i++) {
		const struct layer_step *old = &then->items[i], *new = layer_of(now, old->label);

		if (new && !strcmp(old->script, new->script))
			continue;
		count++;
		str_addf(out, new ? "%s is installed in another way\n" : "%s is no longer installed\n", old->label);
		if (new)
			add_script_change(old->script, new->script, out);
	}
	for (size_t i = 0; i < now->count; i++)
		if (!layer_of(then, now->items[i].label)) {
			count++;
			str_addf(out, "%s is installed as well\n", now->items[i].label);
		}
	return count;
}

static const char *value_in(char *const *env, const char *pair)
{
	size_t len = strcspn(pair, "=");

	for (; env && *env; env++)
		if (strcspn(*env, "=") == len && !memcmp(*env, pair, len))
			return *env;
	return NULL;
}

static void add_pair(struct str *out, char mark, const char *pair)
{
	str_addf(out, "  %c ", mark);
	str_add_quoted(out, pair, STR_TERMINAL);
	str_add(out, "\n");
}

static size_t compare_env(char *const *then, char *const *now, struct str *out)
{
	AUTO_STR lines = { 0 };

	for (size_t i = 0; then && then[i]; i++) {
		const char *other = value_in(now, then[i]);

		if (!other || strcmp(other, then[i]) != 0)
			add_pair(&lines, '-', then[i]);
	}
	for (size_t i = 0; now && now[i]; i++) {
		const char *other = value_in(then, now[i]);

		if (!other || strcmp(other, now[i]) != 0)
			add_pair(&lines, '+', now[i]);
	}
	if (!lines.len)
		return 0;
	str_addf(out, "the environment is another one\n%s", str_text(&lines));
	return 1;
}

static size_t compare_digest(const char *then, const char *now, const char *what, struct str *out)
{
	if (!strcmp(then, now))
		return 0;
	str_addf(out, "%s\n", what);
	return 1;
}

size_t made_compare(const struct made *then, const struct made *now, struct str *out)
{
	const char *tests_then = then->tests ? then->tests : "", *tests_now = now->tests ? now->tests : "";
	size_t count = compare_digest(then->base_id, now->base_id, "the untouched machine is another one", out);

	count += compare_layers(&then->layers, &now->layers, out);
	count += compare_digest(then->install_digest, now->install_digest,
				"what installs packages (recipes/lib/install) is another one", out);
	count += compare_digest(then->index_digest, now->index_digest, "the settings of the package index are others",
				out);
	count += compare_env(then->env, now->env, out);
	if (strcmp(tests_then, tests_now) != 0) {
		count++;
		str_add(out, "the command of the tests is another one\n");
		add_script_change(tests_then, tests_now, out);
	}
	if (!strcmp(then->install_digest, now->install_digest))
		count += compare_digest(then->lib_digest, now->lib_digest,
					"what runs the tests (recipes/lib) is another one", out);
	return count;
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

int made_fits(struct target *t, const struct made *then, const struct layer_wish *now, bool *out_fits, struct err *e)
{
	AUTO_FREE const char **keys = mem_new(then->layers.count, sizeof(*keys));
	size_t kept;

	*out_fits = false;
	if (!same(then->base_id, now->base_id))
		return 0;
	if (same(then->install_digest, now->install_digest) && same(then->index_digest, now->index_digest)) {
		*out_fits = true;
		return 0;
	}
	for (size_t i = 0; i < then->layers.count; i++)
		keys[i] = then->layers.items[i].key;
	if (target_restore(t, keys, then->layers.count, &kept, e))
		return -1;
	*out_fits = kept == then->layers.count;
	return 0;
}
