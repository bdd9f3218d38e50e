#include "cli/night_lock.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define HOLDER_MAX_BYTES 8192
#define DYING_NS	 (5 * NS_PER_S) /* workers of a killed labctl hold the lock a moment longer than it */

/* What stands in the file: the process, then a line each for the rest. */
struct holder {
	long pid;
	char host[256];
	int64_t since_wall_ms;
	char command[2048];
};

static void host_name(char *buf, size_t size)
{
	if (gethostname(buf, size) != 0)
		snprintf(buf, size, "localhost");
	buf[size - 1] = '\0';
}

static void copy_line(const char *text, const char *key, char *into, size_t size)
{
	const char *at = strstr(text, key);

	into[0] = '\0';
	if (at)
		snprintf(into, size, "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
}

static void read_holder(const char *path, struct holder *out)
{
	AUTO_STR text = { 0 };
	char since[32];

	*out = (struct holder){ 0 };
	if (file_read(path, HOLDER_MAX_BYTES, &text, NULL))
		return;
	out->pid = strtol(str_text(&text), NULL, 10);
	copy_line(str_text(&text), "\nhost: ", out->host, sizeof(out->host));
	copy_line(str_text(&text), "\nsince_wall_ms: ", since, sizeof(since));
	copy_line(str_text(&text), "\ncommand: ", out->command, sizeof(out->command));
	out->since_wall_ms = strtoll(since, NULL, 10);
}

/* It only helps people: a full disk must not cost us the lock. */
static void write_holder(int fd, const char *command)
{
	char host[256];
	AUTO_STR text = { 0 };

	host_name(host, sizeof(host));
	str_addf(&text, "%ld\nhost: %s\nsince_wall_ms: %" PRId64 "\ncommand: ", (long)getpid(), host, clock_wall_ms());
	str_add_quoted(&text, command, STR_TERMINAL);
	str_add(&text, "\n");
	if (ftruncate(fd, 0) == 0) {
		ssize_t written = pwrite(fd, text.text, text.len, 0);
		(void)written;
	}
}

static bool is_gone(const struct holder *h)
{
	char host[256];

	host_name(host, sizeof(host));
	return h->pid > 0 && !strcmp(h->host, host) && kill((pid_t)h->pid, 0) != 0 && errno == ESRCH;
}

static int tell_holder(const struct holder *h, const char *path, struct err *e)
{
	char since[32] = "?";
	AUTO_STR host = { 0 };
	AUTO_STR command = { 0 };

	if (h->since_wall_ms > 0)
		clock_format_local(h->since_wall_ms, since, sizeof(since));
	str_add_quoted(&host, h->host[0] ? h->host : "?", STR_TERMINAL);
	str_add_quoted(&command, h->command[0] ? h->command : "?", STR_TERMINAL);
	err_set(e, ERR_USAGE, "another night is at work on these results: process %ld on %s since %s: %.400s", h->pid,
		str_text(&host), since, str_text(&command));
	return err_hint(e, "wait for it, stop it with Ctrl-C there, or name other results with --results (%s)", path);
}

int night_lock(const char *results_folder, const char *command, int *out_fd, struct err *e)
{
	AUTO_FREE char *path = file_join(results_folder, NIGHT_LOCK_FILE);
	struct err held = ERR_INIT;
	struct holder h;

	if (file_make_folders(results_folder, e))
		return -1;
	if (file_lock(path, 0, out_fd, &held)) {
		read_holder(path, &h);
		if (held.code != ERR_TIMEOUT) {
			*e = held;
			return -1;
		}
		if (!is_gone(&h) || file_lock(path, DYING_NS, out_fd, NULL))
			return tell_holder(&h, path, e);
	}
	write_holder(*out_fd, command);
	return 0;
}
