/* Whole trees: how much they take, and getting rid of them. What they hold may have been laid out by a program under
 * test, so nothing here follows links, trusts depth or names, or goes through a mount point. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/vec.h"

#define DEEPEST 100 /* open folders at a time; each level holds a descriptor */

struct removal {
	const char *path; /* for messages */
	int top_fd;
	dev_t device;
	unsigned moved_count; /* folders that were too deep and now stand in the top folder */
};

static void close_folder_at(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define AUTO_CLOSE_FOLDER __attribute__((cleanup(close_folder_at)))

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int open_folder(int parent_fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(parent_fd, name, flags);

	if (fd < 0 && errno == EACCES && fchmodat(parent_fd, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(parent_fd, name, flags);
	return fd;
}

/* A bind mount of the same file system has the same device, so the mount point itself is asked for too. */
static bool is_mount_point(int fd)
{
	struct statx sx;

	return statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT, STATX_TYPE, &sx) == 0 &&
	       (sx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) && (sx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/* Opens a folder that is to be emptied: checked, and with the rights that takes. */
static int enter(const struct removal *r, int parent_fd, const char *name, struct err *e)
{
	AUTO_CLOSE int fd = open_folder(parent_fd, name);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return err_errno(e, ERR_IO, "%s: cannot open the folder %s in it", r->path, name);
	if (st.st_dev != r->device || is_mount_point(fd)) {
		err_set(e, ERR_IO, "%s: something is mounted on %s in it", r->path, name);
		return err_hint(e, "unmount it first");
	}
	if ((st.st_mode & 0700) != 0700)
		(void)!fchmod(fd, (st.st_mode & 0777) | 0700); /* if it matters, unlinkat says so */
	return TAKE_FD(fd);
}

/* Too deep for one descriptor per level: the folder is moved up and emptied from there later. */
static int move_up(struct removal *r, int parent_fd, const char *name, struct err *e)
{
	char moved_name[64];

	snprintf(moved_name, sizeof(moved_name), ".deep-%lx-%" PRIx64 "-%u", (long)getpid(), (uint64_t)clock_now_ns(),
		 r->moved_count++);
	AUTO_CLOSE int fd = enter(r, parent_fd, name, e);
	if (fd < 0)
		return -1;
	if (renameat(parent_fd, name, r->top_fd, moved_name) != 0)
		return err_errno(e, ERR_IO, "%s: cannot move the folder %s in it", r->path, name);
	return 0;
}

static int empty_folder(struct removal *r, int fd, int depth, struct err *e);

static int remove_entry(struct removal *r, int fd, const char *name, int depth, struct err *e)
{
	if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	int why = errno;
	struct stat st;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode)) {
		errno = why;
		return err_errno(e, ERR_IO, "%s: cannot remove %s in it", r->path, name);
	}
	if (unlinkat(fd, name, AT_REMOVEDIR) == 0)
		return 0;
	if (depth >= DEEPEST)
		return move_up(r, fd, name, e);
	AUTO_CLOSE int below = enter(r, fd, name, e);
	if (below < 0 || empty_folder(r, below, depth + 1, e) != 0)
		return -1;
	if (unlinkat(fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "%s: cannot remove the folder %s in it", r->path, name);
	return 0;
}

static int empty_folder(struct removal *r, int fd, int depth, struct err *e)
{
	AUTO_CLOSE int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	AUTO_CLOSE_FOLDER DIR *d = own < 0 ? NULL : fdopendir(own);
	const struct dirent *entry;

	if (!d)
		return err_errno(e, ERR_IO, "%s: cannot read a folder in it", r->path);
	(void)TAKE_FD(own);
	rewinddir(d);
	while ((errno = 0, entry = readdir(d)))
		if (!is_dots(entry->d_name) && remove_entry(r, fd, entry->d_name, depth, e) != 0)
			return -1;
	if (errno != 0)
		return err_errno(e, ERR_IO, "%s: cannot read a folder in it", r->path);
	return 0;
}

/* `parent_fd` holds `name`, a folder. Each round may have moved deep folders up into it. */
static int remove_folder(struct removal *r, int parent_fd, const char *name, struct err *e)
{
	AUTO_CLOSE int fd = enter(r, parent_fd, name, e);
	unsigned moved_before;

	if (fd < 0)
		return -1;
	r->top_fd = fd;
	do {
		moved_before = r->moved_count;
		if (empty_folder(r, fd, 1, e) != 0)
			return -1;
	} while (r->moved_count != moved_before);
	if (unlinkat(parent_fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		return err_errno(e, ERR_IO, "%s: cannot remove the folder", r->path);
	return 0;
}

/* The last part of a path, without slashes behind it: with one a link would be followed. Caller frees. */
static char *last_name(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	return mem_dup_bytes(path + start, end - start);
}

int file_remove_tree(const char *path, struct err *e)
{
	AUTO_FREE char *name = last_name(path);
	AUTO_FREE char *parent = file_parent(path);
	struct removal r = { .path = path, .top_fd = -1 };
	struct stat st;

	if (name[0] == '\0' || is_dots(name))
		return err_set(e, ERR_INTERNAL, "\"%s\" is not a tree to remove", path);
	AUTO_CLOSE int parent_fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (parent_fd < 0 && errno == ENOENT)
		return 0;
	if (parent_fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot open the folder it is in", path);
	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
		return 0;
	int why = errno;
	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode)) {
		errno = why;
		return err_errno(e, ERR_IO, "%s: cannot remove it", path);
	}
	r.device = st.st_dev;
	return remove_folder(&r, parent_fd, name, e);
}

struct shared_file { /* with several names: counted once */
	dev_t device;
	ino_t inode;
	int64_t bytes;
};

struct measure {
	int64_t bytes;
	VEC(struct shared_file) shared;
};

static int compare_shared(const void *a, const void *b)
{
	const struct shared_file *one = a, *other = b;

	if (one->device != other->device)
		return one->device < other->device ? -1 : 1;
	return one->inode < other->inode ? -1 : one->inode > other->inode;
}

static void measure_entry(struct measure *m, const struct stat *st)
{
	int64_t bytes = (int64_t)st->st_blocks * 512;

	if (!S_ISDIR(st->st_mode) && st->st_nlink > 1)
		vec_add(&m->shared, ((struct shared_file){ st->st_dev, st->st_ino, bytes }));
	else
		m->bytes += bytes;
}

/* What cannot be read, or stands deeper than anything sensible, is left out. */
static void measure_below(struct measure *m, int parent_fd, const char *name, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE_FOLDER DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (!d && fd >= 0)
		close(fd);
	while (d && (entry = readdir(d))) {
		if (is_dots(entry->d_name) || fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		measure_entry(m, &st);
		if (S_ISDIR(st.st_mode) && depth < DEEPEST)
			measure_below(m, fd, entry->d_name, depth + 1);
	}
}

int64_t file_size_bytes(const char *path)
{
	struct measure m = { 0 };
	struct stat st;

	if (lstat(path, &st) != 0)
		return -1;
	measure_entry(&m, &st);
	if (S_ISDIR(st.st_mode))
		measure_below(&m, AT_FDCWD, path, 1);
	if (m.shared.count > 1)
		qsort(m.shared.items, m.shared.count, sizeof(m.shared.items[0]), compare_shared);
	for (size_t i = 0; i < m.shared.count; i++)
		if (i == 0 || compare_shared(&m.shared.items[i - 1], &m.shared.items[i]) != 0)
			m.bytes += m.shared.items[i].bytes;
	vec_free(&m.shared);
	return m.bytes;
}
