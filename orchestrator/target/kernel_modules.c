#include "target/kernel_modules.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#define LIST_MAX_BYTES (64 * 1024 * 1024)
#define DEPTH_MAX      32

struct lists {
	struct str dep, softdep, builtin;
	VEC(char *) order; /* relative paths, done */
};

static void free_lists(struct lists *l)
{
	str_free(&l->dep);
	str_free(&l->softdep);
	str_free(&l->builtin);
}

/* "kernel/drivers/net/virtio-net.ko.xz" is named virtio_net. */
static void name_of(const char *path, size_t len, char out[static 64])
{
	size_t start = len;

	while (start > 0 && path[start - 1] != '/')
		start--;
	size_t n = 0;
	for (; start + n < len && path[start + n] != '.' && n < 63; n++)
		out[n] = path[start + n] == '-' ? '_' : path[start + n];
	out[n] = '\0';
}

/* The line of a list whose first word (up to a colon, a blank or its end) names the module; *out_len is its length. */
static const char *line_of(const struct str *list, const char *skip_word, const char *name, size_t *out_len)
{
	const char *line = str_text(list);

	while (*line) {
		const char *word = line;
		char found[64];
		size_t len = strcspn(line, "\n");
		if (skip_word && strncmp(word, skip_word, strlen(skip_word)) == 0)
			word += strlen(skip_word);
		name_of(word, strcspn(word, ": \n"), found);
		if (strcmp(found, name) == 0) {
			*out_len = len;
			return line;
		}
		line += len + (line[len] == '\n');
	}
	return NULL;
}

static bool is_done(const struct lists *l, const char *path, size_t len)
{
	for (size_t i = 0; i < l->order.count; i++)
		if (strlen(l->order.items[i]) == len && memcmp(l->order.items[i], path, len) == 0)
			return true;
	return false;
}

static bool add_module(struct lists *l, const char *name, unsigned depth);

static void add_words(struct lists *l, const char *words, const char *end, unsigned depth)
{
	while (words < end) {
		char name[64];
		words += strspn(words, " ");
		size_t len = strcspn(words, " \n");
		name_of(words, len, name);
		if (len > 0)
			add_module(l, name, depth);
		words += len > 0 ? len : 1;
	}
}

static void add_softdeps(struct lists *l, const char *name, unsigned depth)
{
	size_t len;
	const char *line = line_of(&l->softdep, "softdep ", name, &len);
	const char *before = line ? strstr(line, " pre: ") : NULL;

	if (!before || before >= line + len)
		return;
	const char *end = strstr(before, " post: ");
	add_words(l, before + strlen(" pre: "), end && end < line + len ? end : line + len, depth);
}

/* With all that it needs before it. False: there is no such module. */
static bool add_module(struct lists *l, const char *name, unsigned depth)
{
	size_t len;
	const char *line = line_of(&l->dep, NULL, name, &len);

	if (!line)
		return line_of(&l->builtin, NULL, name, &len) != NULL;
	size_t path_len = strcspn(line, ":\n");
	if (is_done(l, line, path_len) || depth > DEPTH_MAX)
		return true;
	add_softdeps(l, name, depth + 1);
	if (line[path_len] == ':')
		add_words(l, line + path_len + 1, line + len, depth + 1);
	vec_add(&l->order, mem_dup_bytes(line, path_len));
	return true;
}

static int read_list(const char *folder, const char *name, struct str *out, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, name);

	return file_exists(path) ? file_read(path, LIST_MAX_BYTES, out, e) : 0;
}

char **kernel_modules_for(const char *modules_folder, const char *const *wanted, struct err *e)
{
	__attribute__((cleanup(free_lists))) struct lists l = { 0 };

	if (read_list(modules_folder, "modules.dep", &l.dep, e) != 0 ||
	    read_list(modules_folder, "modules.softdep", &l.softdep, e) != 0 ||
	    read_list(modules_folder, "modules.builtin", &l.builtin, e) != 0)
		return NULL;
	bool all = true;
	for (; all && *wanted; wanted++)
		if (!(all = add_module(&l, *wanted, 0)))
			err_set(e, ERR_FORMAT, "%s: the kernel has no module %s", modules_folder, *wanted);
	vec_add(&l.order, NULL);
	if (all)
		return l.order.items;
	mem_free_list(l.order.items);
	return NULL;
}
