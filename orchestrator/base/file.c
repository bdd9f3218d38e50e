#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file_temp.h"
#include "base/mem.h"
#include "base/vec.h"

#define LOCK_STEP_NS (20 * NS_PER_MS)
#define READ_BYTES   32768

/* As much as a file has, and a byte to see that it ends there; pipes and /proc do not tell. */
static size_t first_read_bytes(int fd, size_t max_bytes)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uintmax_t)st.st_size > max_bytes)
		return READ_BYTES;
	return (size_t)st.st_size + 1;
}

int file_read(const char *path, size_t max_bytes, struct str *out, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t start_len = out->len, room = fd < 0 ? 0 : first_read_bytes(fd, max_bytes);

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot open it", path);
	for (;; room = READ_BYTES) {
		ssize_t got = read(fd, str_room(out, room), room);
		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			err_errno(e, ERR_IO, "%s: cannot read it", path);
			break;
		}
		str_grow(out, (size_t)got);
		if (out->len - start_len > max_bytes) {
			err_set(e, ERR_FORMAT, "%s: larger than %zu bytes", path, max_bytes);
			break;
		}
	}
	str_cut(out, start_len);
	return -1;
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t written = write(fd, at, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

int file_write(const char *path, const void *data, size_t len, struct err *e)
{
	AUTO_FILE_TEMP struct file_temp temp = FILE_TEMP_INIT;

	if (file_temp_open(&temp, path, e) != 0)
		return -1;
	if (write_all(temp.fd, data, len) != 0)
		return err_errno(e, ERR_IO, "%s: cannot write it", path);
	return file_temp_keep(&temp, path, e);
}

int file_append_line(const char *path, const char *line, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
	AUTO_STR text = { 0 };

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot open it", path);
	str_add(&text, line);
	str_add_char(&text, '\n');
	if (write_all(fd, text.text, text.len) != 0)
		return err_errno(e, ERR_IO, "%s: cannot write to it", path);
	return 0;
}

/* The folder itself is tried first, so that folders above it that we may not look into do no harm. */
static int make_folders(const char *path)
{
	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno == ENOENT) {
		AUTO_FREE char *parent = file_parent(path);
		if (strcmp(parent, path) == 0 || strcmp(parent, ".") == 0) {
			errno = ENOENT;
			return -1;
		}
		if (make_folders(parent) != 0)
			return -1;
		if (mkdir(path, 0777) == 0)
			return 0;
	}
	int kept = errno;
	if (file_is_folder(path))
		return 0;
	errno = kept == EEXIST ? ENOTDIR : kept;
	return -1;
}

int file_make_folders(const char *path, struct err *e)
{
	errno = ENAMETOOLONG;
	if (strlen(path) >= PATH_MAX || make_folders(path) != 0)
		return err_errno(e, ERR_IO, "%s: cannot make the folder", path);
	return 0;
}

int file_make_temp_folder(const char *parent, const char *prefix, char **out_path, struct err *e)
{
	AUTO_FREE char *name = mem_printf("%sXXXXXX", prefix);
	AUTO_FREE char *path = file_join(parent, name);

	if (file_make_folders(parent, e) != 0)
		return -1;
	if (!mkdtemp(path))
		return err_errno(e, ERR_IO, "%s: cannot make a folder in it", parent);
	*out_path = TAKE(path);
	return 0;
}

int file_rename(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) != 0)
		return err_errno(e, ERR_IO, "%s: cannot be renamed to %s", from, to);
	return file_sync_parent(to, e);
}

/* Somebody may have removed the file between our open and our lock: then what we hold is not what others will open. */
static bool is_still_there(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && stat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static int tell_holder(int fd, const char *path, struct err *e)
{
	char holder[24] = "";
	ssize_t got = pread(fd, holder, sizeof(holder) - 1, 0);
	long pid = got > 0 ? strtol(holder, NULL, 10) : 0;

	if (pid > 0)
		return err_set(e, ERR_TIMEOUT, "%s: held by process %ld", path, pid);
	return err_set(e, ERR_TIMEOUT, "%s: held by another process", path);
}

/* The number only helps people, so a full disk must not cost us the lock. */
static void write_holder(int fd)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0) {
		ssize_t written = pwrite(fd, text, (size_t)len, 0);
		(void)written;
	}
}

int file_lock(const char *path, int64_t wait_ns, int *out_fd, struct err *e)
{
	int64_t deadline_ns = clock_deadline_ns(wait_ns);

	for (;;) {
		AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0666);
		if (fd < 0)
			return err_errno(e, ERR_IO, "%s: cannot open the lock", path);
		bool got = flock(fd, LOCK_EX | LOCK_NB) == 0;
		if (got && is_still_there(fd, path)) {
			write_holder(fd);
			*out_fd = TAKE_FD(fd);
			return 0;
		}
		if (!got && errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(e, ERR_IO, "%s: cannot lock it", path);
		if (!got && clock_now_ns() >= deadline_ns)
			return tell_holder(fd, path, e);
		if (!got)
			clock_sleep_ns(LOCK_STEP_NS);
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void close_folder_at(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

int file_list(const char *folder, const char *suffix, char ***out_names, struct err *e)
{
	VEC(char *) names = { 0 };
	__attribute__((cleanup(close_folder_at))) DIR *d = opendir(folder);
	const struct dirent *entry;

	if (!d && errno != ENOENT)
		return err_errno(e, ERR_IO, "%s: cannot open the folder", folder);
	errno = 0;
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' && (!suffix || str_ends(entry->d_name, suffix)))
			vec_add(&names, mem_dup(entry->d_name));
	int read_error = d ? errno : 0;
	if (names.count > 1)
		qsort(names.items, names.count, sizeof(names.items[0]), compare_names);
	vec_add(&names, NULL);
	if (read_error) {
		mem_free_list(names.items);
		errno = read_error;
		return err_errno(e, ERR_IO, "%s: cannot read the folder", folder);
	}
	*out_names = names.items;
	return 0;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t file_free_bytes(const char *path)
{
	struct statvfs fs;
	int64_t bytes;

	if (statvfs(path, &fs) != 0 || __builtin_mul_overflow(fs.f_bavail, fs.f_frsize, &bytes))
		return -1;
	return bytes;
}

char *file_join(const char *folder, const char *name)
{
	size_t len = strlen(folder);

	if (len == 0)
		return mem_dup(name);
	name += strspn(name, "/");
	return mem_printf("%s%s%s", folder, folder[len - 1] == '/' ? "" : "/", name);
}

char *file_parent(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len == 0)
		return mem_dup(".");
	while (len > 1 && path[len - 1] == '/')
		len--;
	return mem_dup_bytes(path, len);
}

static char *home_folder(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user = home && home[0] == '/' ? NULL : getpwuid(getuid());

	return mem_dup(home && home[0] == '/' ? home : user ? user->pw_dir : "/");
}

char *file_user_folder(const char *what)
{
	static const struct {
		const char *what, *variable, *below_home;
	} folders[] = {
		{ "cache", "XDG_CACHE_HOME", ".cache" },
		{ "config", "XDG_CONFIG_HOME", ".config" },
		{ "state", "XDG_STATE_HOME", ".local/state" },
	};
	const char *cache = getenv("LABCTL_CACHE");

	if (strcmp(what, "cache") == 0 && cache && *cache)
		return mem_dup(cache);
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		if (strcmp(what, folders[i].what) != 0)
			continue;
		const char *base = getenv(folders[i].variable);
		if (base && base[0] == '/') /* the XDG rules say to ignore a relative one */
			return file_join(base, "labctl");
		AUTO_FREE char *home = home_folder();
		return mem_printf("%s/%s/labctl", home, folders[i].below_home);
	}
	abort(); /* the caller asked for a kind that does not exist */
}
