#include "run/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

/* Whoever uses a folder holds its lock: one that can be had belongs to nobody. */
static void sweep(const char *parent)
{
	AUTO_FREE_LIST char **names = NULL;

	if (file_list(parent, NULL, &names, NULL))
		return;
	for (char **name = names; *name; name++) {
		AUTO_FREE char *folder = file_join(parent, *name);
		AUTO_FREE char *lock = file_join(folder, "lock");
		AUTO_CLOSE int fd = -1;

		if (file_is_folder(folder) && !file_lock(lock, 0, &fd, NULL))
			file_remove_tree(folder, NULL);
	}
}

/* One look is enough for all workers of one labctl: a hundred of them that each try a hundred locks would take longer
 * than their work. */
static bool is_swept(const char *parent)
{
	AUTO_FREE char *note = file_join(parent, ".swept");
	AUTO_FREE char *us = mem_printf("%ld", (long)getppid());
	AUTO_STR by = { 0 };
	FILE *file;

	if (file_read(note, 64, &by, NULL) == 0 && strcmp(str_text(&by), us) == 0)
		return true;
	file = fopen(note, "we"); /* a note that got lost costs one look more */
	if (file) {
		fputs(us, file);
		fclose(file);
	}
	return false;
}

char *scratch_make(const char *cache_folder, const char *name, int *out_lock_fd, struct err *e)
{
	AUTO_FREE char *parent = file_join(cache_folder, "scratch");
	AUTO_FREE char *all_lock = file_join(parent, ".lock");
	AUTO_FREE char *lock = NULL;
	AUTO_CLOSE int all_fd = -1;
	char *folder = NULL;

	/* Held while the new folder has no lock of its own yet, so that nobody sweeps it. */
	if (file_make_folders(parent, e) || file_lock(all_lock, -1, &all_fd, e))
		return NULL;
	if (!is_swept(parent))
		sweep(parent);
	if (file_make_temp_folder(parent, name, &folder, e))
		return NULL;
	lock = file_join(folder, "lock");
	if (!file_lock(lock, 0, out_lock_fd, e))
		return folder;
	file_remove_tree(folder, NULL);
	free(folder);
	return NULL;
}

void scratch_drop(char *folder, int lock_fd)
{
	if (!folder)
		return;
	file_remove_tree(folder, NULL);
	close(lock_fd);
	free(folder);
}
