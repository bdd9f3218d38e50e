#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_temp.h"
#include "base/mem.h"

#define STEP_BYTES ((size_t)64 << 20)

/* Fills buffer as far as the file goes; how many bytes, -1: error. */
static ssize_t read_at(int fd, char *buffer, size_t room, off_t at)
{
	ssize_t got;

	do
		got = pread(fd, buffer, room, at);
	while (got < 0 && errno == EINTR);
	return got;
}

static int write_at(int fd, const char *data, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t written = pwrite(fd, data, len, at);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		data += written;
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

static int copy_by_hand(int from, int to, off_t at, off_t end)
{
	char buffer[65536];

	while (at < end) {
		size_t room = end - at < (off_t)sizeof(buffer) ? (size_t)(end - at) : sizeof(buffer);
		ssize_t got = read_at(from, buffer, room, at);

		if (got <= 0) /* 0: it became shorter meanwhile */
			return (int)got;
		if (write_at(to, buffer, (size_t)got, at) != 0)
			return -1;
		at += got;
	}
	return 0;
}

/* The kernel refuses copy_file_range for some pairs of file systems, and some answer 0 for files that are not empty. */
static int copy_range(int from, int to, off_t at, off_t end)
{
	off_t at_from = at, at_to = at;

	while (at_from < end) {
		size_t step = end - at_from < (off_t)STEP_BYTES ? (size_t)(end - at_from) : STEP_BYTES;
		ssize_t copied = copy_file_range(from, &at_from, to, &at_to, step, 0);

		if (copied < 0 && errno == EINTR)
			continue;
		if (copied < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
			return -1;
		if (copied <= 0)
			return copy_by_hand(from, to, at_from, end);
	}
	return 0;
}

/* Copies what holds data and leaves the holes alone. */
static int copy_data(int from, int to, off_t size)
{
	for (off_t at = 0; at < size;) {
		off_t data = lseek(from, at, SEEK_DATA);
		if (data < 0 && errno == ENXIO) /* only a hole is left */
			break;
		if (data < 0) /* this file system knows no holes */
			return copy_range(from, to, at, size);
		off_t hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0)
			return copy_range(from, to, at, size);
		if (copy_range(from, to, data, hole < size ? hole : size) != 0)
			return -1;
		at = hole;
	}
	return 0;
}

static int copy_contents(int from, int to, const struct stat *st)
{
	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	if (ftruncate(to, st->st_size) != 0)
		return -1;
	return copy_data(from, to, st->st_size);
}

int file_copy(const char *from, const char *to, struct err *e)
{
	AUTO_CLOSE int from_fd = open(from, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	AUTO_FILE_TEMP struct file_temp temp = FILE_TEMP_INIT;
	struct stat st;

	if (from_fd < 0 || fstat(from_fd, &st) != 0)
		return err_errno(e, ERR_IO, "%s: cannot open it", from);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_IO, "%s: not a plain file, cannot copy it", from);
	if (file_temp_open(&temp, to, e) != 0)
		return -1;
	if (copy_contents(from_fd, temp.fd, &st) != 0)
		return err_errno(e, ERR_IO, "%s: cannot copy it to %s", from, to);
	if (fchmod(temp.fd, st.st_mode & 0777) != 0)
		return err_errno(e, ERR_IO, "%s: cannot set its mode", to);
	return file_temp_keep(&temp, to, e);
}
