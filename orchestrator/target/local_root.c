#include "target/local_root.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/contain.h"
#include "target/layer.h"
#include "target/layer_store.h"

#define COPY_LIMIT_NS (1800 * NS_PER_S)

/* A stack of overlays cannot go on as a stack of copies. */
static const char *kind_of(const struct local_root *r)
{
	return r->overlay ? "local" : "local-copy";
}

static const char *part_of_layer(const struct local_root *r)
{
	return r->overlay ? "upper" : "root";
}

static void drop_layers(struct local_root *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->layers[i]);
		close(r->layer_locks[i]);
	}
	free(r->layers);
	free(r->layer_locks);
	r->layers = NULL;
	r->layer_locks = NULL;
	r->count = 0;
}

static void drop_top(struct local_root *r)
{
	if (r->top)
		layer_drop(r->top);
	free(r->top);
	free(r->view);
	free(r->start_folder);
	free(r->mount_options);
	r->top = r->view = r->start_folder = r->mount_options = NULL;
}

void local_root_close(struct local_root *r)
{
	drop_top(r);
	drop_layers(r);
	userns_free(&r->user);
	free(r->cache_folder);
	free(r->image_folder);
}

static void push_layer(struct local_root *r, char *folder, int lock_fd)
{
	r->layers = mem_grow(r->layers, r->count + 1, sizeof(*r->layers));
	r->layer_locks = mem_grow(r->layer_locks, r->count + 1, sizeof(*r->layer_locks));
	r->layers[r->count] = folder;
	r->layer_locks[r->count++] = lock_fd;
}

/* Paths in mount options are written from the folder of all layers: short, and free of what the user's own folders may
 * be called. */
static const char *from_layers(const struct local_root *r, const char *path)
{
	size_t len = strlen(r->start_folder);

	return str_starts(path, r->start_folder) && path[len] == '/' ? path + len + 1 : path;
}

static char *overlay_options(const struct local_root *r)
{
	AUTO_STR options = { 0 };

	str_add(&options, "userxattr,lowerdir=");
	for (size_t i = r->count; i > 0; i--)
		str_addf(&options, "%s/upper:", from_layers(r, r->layers[i - 1]));
	str_addf(&options, "%s/root", from_layers(r, r->image_folder));
	str_addf(&options, ",upperdir=%s/upper,workdir=%s/work", from_layers(r, r->top), from_layers(r, r->top));
	return str_take(&options);
}

static int make_overlay_top(struct local_root *r, struct err *e)
{
	static const char *const parts[] = { "upper", "work", "view" };

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		AUTO_FREE char *path = file_join(r->top, parts[i]);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return err_errno(e, ERR_IO, "cannot make %s", path);
		chmod(path, 0755);
	}
	r->start_folder = layer_folder_of_kinds(r->cache_folder);
	r->mount_options = overlay_options(r);
	r->view = file_join(r->top, "view");
	return 0;
}

static int copy_tree(const char *from, const char *to, struct err *e)
{
	const char *const argv[] = { "cp", "-a", "--reflink=auto", "--", from, to, NULL };

	return contain_run_ok(argv, COPY_LIMIT_NS, e);
}

static int make_copied_top(struct local_root *r, struct err *e)
{
	const char *below = r->count ? r->layers[r->count - 1] : r->image_folder;
	AUTO_FREE char *from = file_join(below, "root");

	r->view = file_join(r->top, "root");
	return copy_tree(from, r->view, e);
}

static int make_top(struct local_root *r, struct err *e)
{
	drop_top(r);
	r->top = layer_begin(r->cache_folder, kind_of(r), e);
	if (!r->top)
		return -1;
	r->untouched = true;
	return r->overlay ? make_overlay_top(r, e) : make_copied_top(r, e);
}

int local_root_restore(struct local_root *r, const char *const *keys, size_t count, size_t *out_kept, struct err *e)
{
	bool is_base = r->top && r->untouched && !r->count;

	drop_layers(r);
	*out_kept = 0;
	for (size_t i = 0; i < count; i++) {
		int lock_fd = -1;
		char *folder = layer_find(r->cache_folder, kind_of(r), keys[i], &lock_fd);

		if (!folder)
			break;
		push_layer(r, folder, lock_fd);
		*out_kept = i + 1;
	}
	return is_base && !r->count ? 0 : make_top(r, e);
}

/* Moves what was changed into the new layer; a copied root goes on beside its copy. */
static int fill_layer(struct local_root *r, const char *folder, struct err *e)
{
	AUTO_FREE char *from = file_join(r->top, part_of_layer(r));
	AUTO_FREE char *to = file_join(folder, part_of_layer(r));

	if (!r->overlay)
		return copy_tree(from, to, e);
	return rename(from, to) == 0 ? 0 : err_errno(e, ERR_IO, "cannot move %s", from);
}

int local_root_keep(struct local_root *r, const char *key, const char *parent, const char *label, struct err *e)
{
	AUTO_FREE char *folder = layer_begin(r->cache_folder, kind_of(r), e);
	const char *below = parent ? parent : r->image_id;
	int lock_fd = -1;
	char *kept;

	if (!folder)
		return -1;
	if (fill_layer(r, folder, e) != 0 ||
	    layer_finish(r->cache_folder, kind_of(r), key, below, label, folder, e) != 0) {
		layer_drop(folder);
		return -1;
	}
	kept = layer_find(r->cache_folder, kind_of(r), key, &lock_fd);
	if (!kept)
		return err_set(e, ERR_IO, "the layer %s was kept and is gone", key);
	push_layer(r, kept, lock_fd);
	return r->overlay ? make_top(r, e) : 0;
}

/* From here on: code of a forked child. */

static _Noreturn void give_up(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
	_exit(125);
}

void local_root_enter(void *root)
{
	const struct local_root *r = root;

	if (r->own_users ? userns_enter(&r->user, CLONE_NEWNS) : unshare(CLONE_NEWNS))
		give_up("cannot make namespaces for the sandbox");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		give_up("cannot make mounts private");
	if (!r->overlay)
		return;
	if (chdir(r->start_folder) != 0 || mount("overlay", r->view, "overlay", 0, r->mount_options) != 0)
		give_up("cannot mount the overlay of the sandbox");
	if (chdir("/") != 0)
		give_up("/");
}
