#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/vec.h"

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The caller's descriptor stays open and keeps its place: the list is read through one of its own. */
static DIR *open_again(int folder_fd)
{
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);

	if (!folder && fd >= 0)
		close(fd);
	return folder;
}

int folder_names(int folder_fd, const char *path, char ***out_names, struct err *e)
{
	VEC(char *) names = { 0 };
	struct dirent *entry;
	DIR *folder = open_again(folder_fd);

	if (!folder)
		return err_errno(e, ERR_IO, "cannot list %s", path);
	while ((errno = 0, entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			vec_add(&names, mem_dup(entry->d_name));
	int result = errno ? err_errno(e, ERR_IO, "cannot list %s", path) : 0;
	closedir(folder);
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(*names.items), by_bytes);
	vec_add(&names, NULL);
	if (result == 0)
		*out_names = names.items;
	else
		mem_free_list(names.items);
	return result;
}

int folder_link(int folder_fd, const char *name, const char *path, char *out, size_t size, struct err *e)
{
	ssize_t len = readlinkat(folder_fd, name, out, size - 1);

	if (len < 0)
		return err_errno(e, ERR_IO, "cannot read the link %s", path);
	out[len] = '\0';
	return 0;
}
