#include "base/file_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define NAME_TRIES 100

/* The name begins with a dot, so that file_list does not show what was left behind by a crash. */
int file_temp_open(struct file_temp *t, const char *path, struct err *e)
{
	AUTO_FREE char *folder = file_parent(path);

	for (int i = 0; i < NAME_TRIES; i++) {
		AUTO_FREE char *name = mem_printf(".tmp-%lx-%" PRIx64, (long)getpid(), (uint64_t)clock_now_ns());
		AUTO_FREE char *temp_path = file_join(folder, name);

		t->fd = open(temp_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (t->fd >= 0) {
			t->path = TAKE(temp_path);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return err_errno(e, ERR_IO, "%s: cannot make a file in its folder", path);
}

/* File systems that cannot sync a folder say EINVAL: nothing more can be done there. */
int file_sync_parent(const char *path, struct err *e)
{
	AUTO_FREE char *folder = file_parent(path);
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP))
		return err_errno(e, ERR_IO, "%s: cannot sync the folder", folder);
	return 0;
}

int file_temp_keep(struct file_temp *t, const char *path, struct err *e)
{
	if (fsync(t->fd) != 0 || close(TAKE_FD(t->fd)) != 0)
		return err_errno(e, ERR_IO, "%s: cannot write it", path);
	if (rename(t->path, path) != 0)
		return err_errno(e, ERR_IO, "%s: cannot replace it", path);
	free(TAKE(t->path));
	return file_sync_parent(path, e);
}

void file_temp_drop(struct file_temp *t)
{
	int kept = errno;

	if (t->fd >= 0)
		close(t->fd);
	if (t->path)
		unlink(t->path);
	free(t->path);
	t->fd = -1;
	t->path = NULL;
	errno = kept;
}
