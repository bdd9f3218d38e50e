/* For layer*.c only: how layers lie in the cache. */
#ifndef LABCTL_TARGET_LAYER_STORE_H
#define LABCTL_TARGET_LAYER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Folders beside the layers: being filled, or on the way out. The one who works on it holds a lock on it. */
#define LAYER_MAKING "making-"
#define LAYER_GONE   "gone-"

/* layer.json */
struct layer_note {
	char *parent; /* NULL: none */
	char *label;
	char *stamp;	    /* random: another layer under the same key is another layer */
	char *parent_stamp; /* NULL: none */
	int64_t bytes;
};

char *layer_folder_of_kinds(const char *cache_folder);
int layer_note_read(const char *folder, struct layer_note *out, struct err *e);
int layer_note_write(const char *folder, const char *key, const struct layer_note *note, struct err *e);
void layer_note_free(struct layer_note *note);
char *layer_note_path(const char *folder);

/* A descriptor of the folder that holds its lock; -1: held by another, or the folder is not there (any more). */
int layer_lock(const char *folder, int flock_operation);
/* Out of sight at once, then removed. The folder must be locked. */
int layer_remove(const char *folder, struct err *e);
bool layer_is_left_over(const char *name); /* no layer: one of the two above */
/* Removes what a labctl that is gone was making or removing in a kind's folder. */
int layer_sweep(const char *kind_folder, struct err *e);

#define AUTO_NOTE __attribute__((cleanup(layer_note_free))) struct layer_note

#endif
