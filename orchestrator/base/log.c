#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

static struct {
	enum log_level level;
	int file_fd;
	log_sink_fn *sink;
	void *sink_ctx;
	char *label;
} state = { .level = LOG_INFO, .file_fd = -1 };

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
	state.level = level;
}

int log_open_file(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s: cannot open the log", path);
	if (state.file_fd >= 0)
		close(state.file_fd);
	state.file_fd = fd;
	return 0;
}

void log_set_sink(log_sink_fn *fn, void *ctx)
{
	state.sink = fn;
	state.sink_ctx = ctx;
}

void log_set_label(const char *label)
{
	char *copy = mem_dup(label);

	free(state.label);
	state.label = copy;
}

/* One write per line: processes that share the file or the terminal do not mix their lines. A log that cannot be
 * written must not stop the work, so the result is not looked at. */
static void write_line(int fd, struct str *line)
{
	str_add_char(line, '\n');
	ssize_t written = write(fd, line->text, line->len);
	(void)written;
}

static void show_line(enum log_level level, const char *message)
{
	if (state.sink) {
		state.sink(state.sink_ctx, level, message);
		return;
	}
	AUTO_STR line = { 0 };
	str_add(&line, "labctl: ");
	if (level != LOG_INFO)
		str_addf(&line, "%s: ", level_names[level]);
	str_add(&line, message);
	write_line(STDERR_FILENO, &line);
}

static void file_line(enum log_level level, const char *message)
{
	AUTO_STR line = { 0 };
	char now[32];

	clock_format_utc(clock_wall_ms(), now, sizeof(now));
	str_addf(&line, "%s %ld %s: %s", now, (long)getpid(), level_names[level], message);
	write_line(state.file_fd, &line);
}

/* Messages carry names and output of targets, so each line is made harmless wherever it goes. */
static void put_line(enum log_level level, const char *text)
{
	AUTO_STR message = { 0 };

	if (state.label) {
		str_add_quoted(&message, state.label, STR_TERMINAL);
		str_add(&message, ": ");
	}
	str_add_quoted(&message, text, STR_TERMINAL);
	if (level <= state.level)
		show_line(level, str_text(&message));
	if (state.file_fd >= 0)
		file_line(level, str_text(&message));
}

void log_at(enum log_level level, const char *fmt, ...)
{
	int kept = errno;

	if (level > state.level && state.file_fd < 0)
		return;
	AUTO_STR text = { 0 };
	va_list ap;
	va_start(ap, fmt);
	str_addv(&text, fmt, ap);
	va_end(ap);
	char *rest = text.text, *line;
	while ((line = strsep(&rest, "\n")))
		if (line == text.text || *line)
			put_line(level, line);
	errno = kept;
}

void log_err(enum log_level level, const struct err *e)
{
	log_at(level, "%s", e->text);
	if (e->hint[0])
		log_at(level, "hint: %s", e->hint);
}

void log_close(void)
{
	if (state.file_fd >= 0)
		close(state.file_fd);
	state.file_fd = -1;
	log_set_label(NULL);
}
