/* Layers in the cache: what an install step left behind, kept under the hash of what made it. A layer is a folder
 * cache/layers/<kind>/<key>/ that appears whole (made beside, then renamed) and is never changed. Who uses one holds a
 * shared lock on it, so that pruning passes it over. */
#ifndef LABCTL_TARGET_LAYER_H
#define LABCTL_TARGET_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct layer_info {
	char *path;
	char *kind; /* "image", "qemu", "local", "download" */
	char *key;
	char *parent; /* NULL: none */
	char *label;  /* for people */
	int64_t bytes;
	int64_t used_wall_ms; /* last use */
	bool in_use;
};

struct layer_list {
	struct layer_info *items;
	size_t count, room;
};

/* cache_folder/layers/<kind>/<key> when it is kept and its parent is still the one it was made on, its use noted and a
 * shared lock held in *out_lock_fd (may be NULL); NULL: not kept. Caller frees, closes. */
char *layer_find(const char *cache_folder, const char *kind, const char *key, int *out_lock_fd);
/* A new empty folder to fill, locked until layer_finish renames it into place (or drops it when another was first) and
 * writes label and parent. A parent is a layer of the same kind or an image. Caller frees. */
char *layer_begin(const char *cache_folder, const char *kind, struct err *e);
int layer_finish(const char *cache_folder, const char *kind, const char *key, const char *parent, const char *label,
		 const char *folder, struct err *e);
/* Removes what layer_begin gave and layer_finish did not take. */
void layer_drop(const char *folder);

/* Removes one that turned out to be damaged, unless another uses it. */
void layer_discard(const char *cache_folder, const char *kind, const char *key);

int layer_list(const char *cache_folder, struct layer_list *out, struct err *e); /* sorted by last use, oldest first */
/* Removes least recently used ones until at most limit_bytes are left (0: all that is not in use); a parent goes only
 * after its children. Also removes what an interrupted labctl left half-made. */
int layer_prune(const char *cache_folder, int64_t limit_bytes, int64_t *out_freed_bytes, struct err *e);
/* Removes those that were last used before `used_wall_ms`, in the same way. */
int layer_prune_unused(const char *cache_folder, int64_t used_wall_ms, int64_t *out_freed_bytes, struct err *e);
void layer_list_free(struct layer_list *list);

#endif
