#include "target/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"
#include "target/contain.h"
#include "target/layer_store.h"

/* The folders that this process is filling, each with its lock. */
struct making {
	char *folder;
	int lock_fd;
};

static VEC(struct making) makings;

static bool is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return len > 0 && len <= 128 && text[len] == '\0' && text[0] != '.' && !layer_is_left_over(text);
}

static char *place_of(const char *cache_folder, const char *kind, const char *key)
{
	return mem_printf("%s/layers/%s/%s", cache_folder, kind, key);
}

static int read_parent_note(const char *cache_folder, const char *kind, const char *parent, struct layer_note *out,
			    struct err *e)
{
	AUTO_FREE char *beside = place_of(cache_folder, kind, parent);
	AUTO_FREE char *image = place_of(cache_folder, "image", parent);

	return layer_note_read(file_is_folder(beside) ? beside : image, out, e);
}

/* Whether what it was made on is still there, and still the same. */
static bool stands(const char *cache_folder, const char *kind, const char *folder)
{
	AUTO_NOTE note = { 0 };
	AUTO_NOTE parent = { 0 };

	if (layer_note_read(folder, &note, NULL) != 0)
		return false;
	if (!note.parent)
		return true;
	return read_parent_note(cache_folder, kind, note.parent, &parent, NULL) == 0 && note.parent_stamp &&
	       strcmp(parent.stamp, note.parent_stamp) == 0;
}

char *layer_find(const char *cache_folder, const char *kind, const char *key, int *out_lock_fd)
{
	AUTO_FREE char *folder = NULL;
	AUTO_FREE char *note = NULL;
	AUTO_CLOSE int lock_fd = -1;

	if (!is_name(kind) || !is_name(key))
		return NULL;
	folder = place_of(cache_folder, kind, key);
	lock_fd = layer_lock(folder, LOCK_SH);
	if (lock_fd < 0 || !stands(cache_folder, kind, folder))
		return NULL;
	note = layer_note_path(folder);
	utimensat(AT_FDCWD, note, NULL, 0); /* in a cache that is not ours to write nobody prunes by it */
	if (out_lock_fd)
		*out_lock_fd = TAKE_FD(lock_fd);
	return TAKE(folder);
}

char *layer_begin(const char *cache_folder, const char *kind, struct err *e)
{
	AUTO_FREE char *kind_folder = mem_printf("%s/layers/%s", cache_folder, kind);
	AUTO_FREE char *folder = NULL;
	struct making one;

	if (file_make_folders(kind_folder, e) != 0 || layer_sweep(kind_folder, e) != 0 ||
	    file_make_temp_folder(kind_folder, LAYER_MAKING, &folder, e) != 0)
		return NULL;
	one.lock_fd = layer_lock(folder, LOCK_EX | LOCK_NB);
	if (one.lock_fd < 0 || chmod(folder, 0755) != 0) {
		err_errno(e, ERR_IO, "cannot lock %s", folder);
		return NULL;
	}
	one.folder = mem_dup(folder);
	vec_add(&makings, one);
	return TAKE(folder);
}

static void forget_making(const char *folder)
{
	for (size_t i = 0; i < makings.count; i++)
		if (strcmp(makings.items[i].folder, folder) == 0) {
			close(makings.items[i].lock_fd);
			free(makings.items[i].folder);
			makings.items[i] = makings.items[--makings.count];
			break;
		}
	if (!makings.count)
		vec_free(&makings);
}

void layer_drop(const char *folder)
{
	if (file_is_folder(folder))
		layer_remove(folder, NULL);
	forget_making(folder);
}

static char *new_stamp(void)
{
	unsigned long long bits = 0;

	while (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		;
	return mem_printf("%016llx", bits);
}

/* All of it is on the disk before its name is. */
static int write_through(const char *folder, struct err *e)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && syncfs(fd) == 0 ? 0 : err_errno(e, ERR_IO, "cannot write %s through", folder);
}

static int put_in_place(const char *cache_folder, const char *kind, const char *folder, const char *place,
			struct err *e)
{
	if (rename(folder, place) == 0)
		return 0;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_errno(e, ERR_IO, "cannot rename %s to %s", folder, place);
	if (stands(cache_folder, kind, place)) { /* another was first */
		layer_remove(folder, NULL);
		return 0;
	}
	AUTO_CLOSE int lock_fd = layer_lock(place, LOCK_EX | LOCK_NB);
	if (lock_fd < 0)
		return err_set(e, ERR_IO, "%s was made on something that is gone, and is in use", place);
	if (layer_remove(place, e) != 0)
		return -1;
	return rename(folder, place) == 0 ? 0 : err_errno(e, ERR_IO, "cannot rename %s to %s", folder, place);
}

int layer_finish(const char *cache_folder, const char *kind, const char *key, const char *parent, const char *label,
		 const char *folder, struct err *e)
{
	AUTO_FREE char *place = place_of(cache_folder, kind, key);
	AUTO_NOTE note = { .parent = mem_dup(parent), .label = mem_dup(label), .stamp = new_stamp() };
	AUTO_NOTE above = { 0 };
	int failed;

	if (!is_name(kind) || !is_name(key))
		return err_set(e, ERR_INTERNAL, "%s/%s cannot name a layer", kind, key);
	if (parent && read_parent_note(cache_folder, kind, parent, &above, e) != 0)
		return err_wrap(e, "the layer below %s", label);
	note.parent_stamp = TAKE(above.stamp);
	note.bytes = file_size_bytes(folder);
	failed = layer_note_write(folder, key, &note, e) || write_through(folder, e) ||
		 put_in_place(cache_folder, kind, folder, place, e);
	if (failed)
		return -1;
	forget_making(folder);
	return 0;
}

void layer_discard(const char *cache_folder, const char *kind, const char *key)
{
	AUTO_FREE char *place = place_of(cache_folder, kind, key);
	AUTO_CLOSE int lock_fd = is_name(kind) && is_name(key) ? layer_lock(place, LOCK_EX | LOCK_NB) : -1;

	if (lock_fd >= 0)
		layer_remove(place, NULL);
}
