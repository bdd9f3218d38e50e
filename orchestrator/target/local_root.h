/* The root of a local target: an image, the layers kept above it, and an own top where changes go. Not included outside
 * target/.
 *
 * Overlay file systems show the stack as one folder; each command mounts its own in a mount namespace that ends with
 * it. Where there is no overlay the top is a whole copy, and so is each layer. */
#ifndef LABCTL_TARGET_LOCAL_ROOT_H
#define LABCTL_TARGET_LOCAL_ROOT_H

#include "target/image.h"
#include "target/userns.h"

struct local_root {
	char *cache_folder; /* both as real, absolute paths */
	char *image_folder;
	const char *image_id;
	bool own_users; /* commands run in a user namespace */
	bool overlay;
	bool untouched; /* nothing ran since the top was made */
	struct userns user;
	char *top;     /* the folder with our changes; NULL: nothing restored yet */
	char *view;    /* what becomes / for a command */
	char **layers; /* folders, from the base upwards */
	int *layer_locks;
	size_t count;
	/* For the child, which allocates nothing. */
	char *start_folder, *mount_options;
};

int local_root_restore(struct local_root *r, const char *const *keys, size_t count, size_t *out_kept, struct err *e);
int local_root_keep(struct local_root *r, const char *key, const char *parent, const char *label, struct err *e);
void local_root_close(struct local_root *r);

/* proc_spec.before_exec, with the root as ctx: enters the namespaces and mounts the view. Ends the child with 125 and a
 * line on standard error when that cannot be done. */
void local_root_enter(void *root);

#endif
