#include "target/cache_lock.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "target/driver.h"

static void say_waiting(const struct target_opts *o, const char *path, const char *what)
{
	AUTO_STR holder = { 0 };
	long pid = 0;

	if (file_read(path, 64, &holder, NULL) == 0)
		pid = strtol(str_text(&holder), NULL, 10);
	if (pid > 0)
		target_say(o, "waiting: another labctl (process %ld) is building %s", pid, what);
	else
		target_say(o, "waiting: another labctl is building %s", what);
}

int cache_lock(const struct target_opts *o, const char *kind, const char *key, const char *what, int *out_fd,
	       struct err *e)
{
	AUTO_FREE char *folder = mem_printf("%s/locks", o->cache_folder);
	AUTO_FREE char *path = mem_printf("%s/%s-%s", folder, kind, key);
	struct err held = ERR_INIT;

	if (file_make_folders(folder, e) != 0)
		return -1;
	if (file_lock(path, 0, out_fd, &held) == 0)
		return 0;
	if (held.code != ERR_TIMEOUT) {
		if (e)
			*e = held;
		return -1;
	}
	say_waiting(o, path, what);
	return file_lock(path, -1, out_fd, e);
}
