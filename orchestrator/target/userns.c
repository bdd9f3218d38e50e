#include "target/userns.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"

#define MAP_MAX_BYTES  ((size_t)64 * 1024)
#define IDS_OF_A_ROOT  65535 /* Debian uses ids up to 65534, "nobody" */
#define WORDS_OF_A_MAP 6     /* inside outside count, for root and for the rest */

/* The ids that exist here, each mapped to itself. */
static char *same_ids(const char *map_file, struct err *e)
{
	AUTO_STR text = { 0 };
	AUTO_STR map = { 0 };
	unsigned long inside, outside, count;
	int used;

	if (file_read(map_file, MAP_MAX_BYTES, &text, e) != 0)
		return NULL;
	for (const char *at = str_text(&text); sscanf(at, "%lu %lu %lu%n", &inside, &outside, &count, &used) == 3;
	     at += used)
		str_addf(&map, "%lu %lu %lu\n", inside, inside, count);
	return str_take(&map);
}

/* "name:first:count" lines; the name may also be the number of the user. */
static bool find_range(const char *text, const char *user, uid_t uid, unsigned long *out_first,
		       unsigned long *out_count)
{
	char number[24];

	snprintf(number, sizeof(number), "%lu", (unsigned long)uid);
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, ":\n");
		bool ours = (user && strlen(user) == len && strncmp(line, user, len) == 0) ||
			    (strlen(number) == len && strncmp(line, number, len) == 0);

		if (ours && sscanf(line + len, ":%lu:%lu", out_first, out_count) == 2 && *out_count >= IDS_OF_A_ROOT)
			return true;
	}
	return false;
}

static char *lent_ids(const char *range_file, unsigned long own_id, struct err *e)
{
	AUTO_STR text = { 0 };
	const struct passwd *user = getpwuid(getuid());
	const char *name = user ? user->pw_name : NULL;
	unsigned long first, count;

	if ((file_exists(range_file) && file_read(range_file, (size_t)1 << 20, &text, e) != 0))
		return NULL;
	if (find_range(str_text(&text), name, getuid(), &first, &count))
		return mem_printf("0 %lu 1 1 %lu %lu", own_id, first, count);
	err_set(e, ERR_UNAVAILABLE, "%s lends %s no ids, so files of a Debian root cannot have their owners",
		range_file, name ? name : "this user");
	err_hint(e, "as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
		 name ? name : "USER");
	return NULL;
}

int userns_plan(struct userns *out, struct err *e)
{
	*out = (struct userns){ .as_root = geteuid() == 0 };
	if (out->as_root) {
		out->uid_map = same_ids("/proc/self/uid_map", e);
		out->gid_map = out->uid_map ? same_ids("/proc/self/gid_map", e) : NULL;
	} else if (!proc_on_path("newuidmap") || !proc_on_path("newgidmap")) {
		err_set(e, ERR_UNAVAILABLE,
			"newuidmap is not there: an ordinary user cannot have a Debian root of his own");
		err_hint(e, "as root: apt-get install uidmap; or run labctl as root");
	} else {
		out->uid_map = lent_ids("/etc/subuid", getuid(), e);
		out->gid_map = out->uid_map ? lent_ids("/etc/subgid", getgid(), e) : NULL;
	}
	if (out->gid_map)
		return 0;
	userns_free(out);
	return -1;
}

void userns_free(struct userns *u)
{
	free(u->uid_map);
	free(u->gid_map);
	u->uid_map = u->gid_map = NULL;
}

/* From here on: code of a forked child. */

static int write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];
	size_t len = strlen(text);

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, text, len) == (ssize_t)len ? 0 : -1;
}

static int run_mapper(const char *program, pid_t pid, const char *operands)
{
	char number[24], words[160];
	char *argv[WORDS_OF_A_MAP + 3] = { (char *)program, number };
	char *rest = NULL;
	int status;
	pid_t child;

	snprintf(number, sizeof(number), "%d", (int)pid);
	snprintf(words, sizeof(words), "%s", operands);
	argv[2] = strtok_r(words, " ", &rest);
	for (size_t i = 3; argv[i - 1] && i < COUNT_OF(argv) - 1; i++)
		argv[i] = strtok_r(NULL, " ", &rest);
	child = fork();
	if (child == 0) {
		execvp(program, argv);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : -1;
}

/* The ids of a namespace are written from outside it, once it is there. */
static _Noreturn void map_from_outside(const struct userns *u, pid_t pid, int is_there)
{
	char byte;
	int failed;

	if (read(is_there, &byte, 1) != 1)
		_exit(1);
	if (u->as_root)
		failed = write_map(pid, "uid_map", u->uid_map) || write_map(pid, "gid_map", u->gid_map);
	else
		failed = run_mapper("newuidmap", pid, u->uid_map) || run_mapper("newgidmap", pid, u->gid_map);
	_exit(failed ? 1 : 0);
}

static int enter_and_wait(int flags, int is_there, pid_t mapper)
{
	int status = 0;
	int unshared = unshare(CLONE_NEWUSER | flags);
	int why = errno;

	if (unshared == 0 && write(is_there, "x", 1) != 1)
		unshared = -1;
	close(is_there);
	while (waitpid(mapper, &status, 0) < 0 && errno == EINTR)
		;
	errno = unshared == 0 ? EPERM : why;
	return unshared == 0 && status == 0 ? 0 : -1;
}

int userns_enter(const struct userns *u, int flags)
{
	pid_t self = getpid(), parent = getppid(), mapper;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	mapper = fork();
	if (mapper == 0) {
		close(ends[1]);
		map_from_outside(u, self, ends[0]);
	}
	close(ends[0]);
	if (mapper < 0 || enter_and_wait(flags, ends[1], mapper) != 0)
		return -1;
	if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0)
		return -1;
	/* The kernel forgets this wish when a process gets new rights. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

bool userns_works(const struct userns *u)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(userns_enter(u, CLONE_NEWNS) == 0 ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}
