#include "target/layer_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "target/contain.h"

#define NOTE_MAX_BYTES ((size_t)64 * 1024)

char *layer_note_path(const char *folder)
{
	return file_join(folder, "layer.json");
}

int layer_note_read(const char *folder, struct layer_note *out, struct err *e)
{
	AUTO_FREE char *path = layer_note_path(folder);
	AUTO_STR text = { 0 };
	AUTO_JSON *root = NULL;

	*out = (struct layer_note){ 0 };
	if (file_read(path, NOTE_MAX_BYTES, &text, e) != 0)
		return -1;
	root = json_parse(str_text(&text), text.len, e);
	if (!root)
		return err_wrap(e, "%s", path);
	out->stamp = mem_dup(json_text(json_at(root, "stamp"), NULL));
	if (!out->stamp)
		return err_set(e, ERR_FORMAT, "%s: no stamp in it", path);
	out->parent = mem_dup(json_text(json_at(root, "parent"), NULL));
	out->parent_stamp = mem_dup(json_text(json_at(root, "parent_stamp"), NULL));
	out->label = mem_dup(json_text(json_at(root, "label"), ""));
	out->bytes = json_int(json_at(root, "bytes"), 0);
	return 0;
}

int layer_note_write(const char *folder, const char *key, const struct layer_note *note, struct err *e)
{
	AUTO_FREE char *path = layer_note_path(folder);
	AUTO_STR text = { 0 };
	struct json_writer w;

	json_start(&w, &text, true);
	json_open(&w, NULL, '{');
	json_add_int(&w, "version", 1);
	json_add_text(&w, "key", key);
	json_add_text(&w, "label", note->label);
	json_add_text(&w, "stamp", note->stamp);
	json_add_text(&w, "parent", note->parent);
	json_add_text(&w, "parent_stamp", note->parent_stamp);
	json_add_int(&w, "bytes", note->bytes);
	json_close(&w, '}');
	str_add(&text, "\n");
	return file_write(path, str_text(&text), text.len, e);
}

void layer_note_free(struct layer_note *note)
{
	free(note->parent);
	free(note->label);
	free(note->stamp);
	free(note->parent_stamp);
	*note = (struct layer_note){ 0 };
}

char *layer_folder_of_kinds(const char *cache_folder)
{
	return file_join(cache_folder, "layers");
}

int layer_lock(const char *folder, int flock_operation)
{
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat locked, named;
	int failed;

	if (fd < 0)
		return -1;
	do
		failed = flock(fd, flock_operation);
	while (failed && errno == EINTR);
	/* While we waited it may have been removed, and another may have come in its place. */
	if (failed || fstat(fd, &locked) != 0 || lstat(folder, &named) != 0 || locked.st_ino != named.st_ino ||
	    locked.st_dev != named.st_dev)
		return -1;
	return TAKE_FD(fd);
}

int layer_remove(const char *folder, struct err *e)
{
	static unsigned number;
	AUTO_FREE char *parent = file_parent(folder);
	AUTO_FREE char *gone = mem_printf("%s/" LAYER_GONE "%ld-%u", parent, (long)getpid(), number++);

	if (rename(folder, gone) != 0)
		return err_errno(e, ERR_IO, "cannot remove %s", folder);
	return contain_remove_tree(gone, e);
}

bool layer_is_left_over(const char *name)
{
	return str_starts(name, LAYER_MAKING) || str_starts(name, LAYER_GONE);
}

int layer_sweep(const char *kind_folder, struct err *e)
{
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(kind_folder, NULL, &names, e) != 0)
		return -1;
	for (char **name = names; *name; name++) {
		if (!layer_is_left_over(*name))
			continue;
		AUTO_FREE char *path = file_join(kind_folder, *name);
		AUTO_CLOSE int lock_fd = layer_lock(path, LOCK_EX | LOCK_NB);
		if (lock_fd >= 0 && contain_remove_tree(path, e) != 0)
			return -1;
	}
	return 0;
}
