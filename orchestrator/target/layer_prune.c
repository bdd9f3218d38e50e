/* Listing and pruning of layers. */
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/layer.h"
#include "target/layer_store.h"

static int by_use(const void *a, const void *b)
{
	const struct layer_info *x = a, *y = b;

	if (x->used_wall_ms != y->used_wall_ms)
		return x->used_wall_ms < y->used_wall_ms ? -1 : 1;
	return strcmp(x->key, y->key);
}

static bool is_in_use(const char *folder)
{
	AUTO_CLOSE int lock_fd = layer_lock(folder, LOCK_EX | LOCK_NB);

	return lock_fd < 0;
}

/* A folder without a readable note is listed too: it takes room, and can be pruned. */
static void add_layer(struct layer_list *list, const char *kind_folder, const char *kind, const char *key)
{
	AUTO_FREE char *path = file_join(kind_folder, key);
	AUTO_FREE char *note_path = layer_note_path(path);
	struct layer_note note;
	struct layer_info info;
	struct stat st;
	bool known = layer_note_read(path, &note, NULL) == 0;

	if (!file_is_folder(path)) {
		layer_note_free(&note);
		return;
	}
	info = (struct layer_info){
		.kind = mem_dup(kind),
		.key = mem_dup(key),
		.parent = TAKE(note.parent),
		.label = TAKE(note.label),
		.bytes = known ? note.bytes : file_size_bytes(path),
		.in_use = is_in_use(path),
	};
	if (stat(known ? note_path : path, &st) == 0)
		info.used_wall_ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	info.path = TAKE(path);
	vec_add(list, info);
	layer_note_free(&note);
}

static int list_kind(const char *top, const char *kind, struct layer_list *out, struct err *e)
{
	AUTO_FREE char *kind_folder = file_join(top, kind);
	AUTO_FREE_LIST char **keys = NULL;

	if (!file_is_folder(kind_folder))
		return 0;
	if (file_list(kind_folder, NULL, &keys, e) != 0)
		return -1;
	for (char **key = keys; *key; key++)
		if (!layer_is_left_over(*key))
			add_layer(out, kind_folder, kind, *key);
	return 0;
}

int layer_list(const char *cache_folder, struct layer_list *out, struct err *e)
{
	AUTO_FREE char *top = layer_folder_of_kinds(cache_folder);
	AUTO_FREE_LIST char **kinds = NULL;

	*out = (struct layer_list){ 0 };
	if (file_list(top, NULL, &kinds, e) != 0)
		return -1;
	for (char **kind = kinds; *kind; kind++)
		if (list_kind(top, *kind, out, e) != 0) {
			layer_list_free(out);
			return -1;
		}
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(*out->items), by_use);
	return 0;
}

static void free_info(struct layer_info *info)
{
	free(info->path);
	free(info->kind);
	free(info->key);
	free(info->parent);
	free(info->label);
}

void layer_list_free(struct layer_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free_info(&list->items[i]);
	vec_free(list);
}

static bool has_children(const struct layer_list *list, const struct layer_info *parent)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].parent && strcmp(list->items[i].parent, parent->key) == 0)
			return true;
	return false;
}

/* 1: removed; 0: it is in use after all. */
static int remove_one(struct layer_list *list, size_t at, struct err *e)
{
	struct layer_info *info = &list->items[at];
	AUTO_CLOSE int lock_fd = layer_lock(info->path, LOCK_EX | LOCK_NB);

	if (lock_fd < 0) {
		info->in_use = true;
		return 0;
	}
	if (layer_remove(info->path, e) != 0)
		return -1;
	free_info(info);
	memmove(info, info + 1, sizeof(*info) * (list->count - at - 1));
	list->count--;
	return 1;
}

/* The least recently used one that may go; -1: none. */
static ssize_t next_to_go(const struct layer_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i].in_use && !has_children(list, &list->items[i]))
			return (ssize_t)i;
	return -1;
}

static int prune_list(struct layer_list *list, int64_t limit_bytes, int64_t *out_freed_bytes, struct err *e)
{
	int64_t total_bytes = 0;
	ssize_t at;

	for (size_t i = 0; i < list->count; i++)
		total_bytes += list->items[i].bytes;
	while ((limit_bytes == 0 || total_bytes > limit_bytes) && (at = next_to_go(list)) >= 0) {
		int64_t bytes = list->items[at].bytes;
		int removed = remove_one(list, (size_t)at, e);

		if (removed < 0)
			return -1;
		if (removed) {
			total_bytes -= bytes;
			*out_freed_bytes += bytes;
		}
	}
	return 0;
}

/* The least recently used stands in front, so that the first to go that is young enough ends it. */
static int prune_unused(struct layer_list *list, int64_t used_wall_ms, int64_t *out_freed_bytes, struct err *e)
{
	ssize_t at;

	while ((at = next_to_go(list)) >= 0 && list->items[at].used_wall_ms < used_wall_ms) {
		int64_t bytes = list->items[at].bytes;
		int removed = remove_one(list, (size_t)at, e);

		if (removed < 0)
			return -1;
		*out_freed_bytes += removed ? bytes : 0;
	}
	return 0;
}

static int sweep_all(const char *cache_folder, struct err *e)
{
	AUTO_FREE char *top = layer_folder_of_kinds(cache_folder);
	AUTO_FREE_LIST char **kinds = NULL;

	if (file_list(top, NULL, &kinds, e) != 0)
		return -1;
	for (char **kind = kinds; *kind; kind++) {
		AUTO_FREE char *kind_folder = file_join(top, *kind);
		if (file_is_folder(kind_folder) && layer_sweep(kind_folder, e) != 0)
			return -1;
	}
	return 0;
}

int layer_prune(const char *cache_folder, int64_t limit_bytes, int64_t *out_freed_bytes, struct err *e)
{
	struct layer_list list;
	int failed;

	*out_freed_bytes = 0;
	if (sweep_all(cache_folder, e) != 0 || layer_list(cache_folder, &list, e) != 0)
		return -1;
	failed = prune_list(&list, limit_bytes, out_freed_bytes, e);
	layer_list_free(&list);
	return failed;
}

int layer_prune_unused(const char *cache_folder, int64_t used_wall_ms, int64_t *out_freed_bytes, struct err *e)
{
	struct layer_list list;
	int failed;

	*out_freed_bytes = 0;
	if (layer_list(cache_folder, &list, e) != 0)
		return -1;
	failed = prune_unused(&list, used_wall_ms, out_freed_bytes, e);
	layer_list_free(&list);
	return failed;
}
