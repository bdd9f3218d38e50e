#include "target/ssh_shell.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_NS (250 * NS_PER_MS) /* how soon a change of the window's size is passed on */

struct shell {
	struct ssh_session *session;
	struct ssh_channel *channel;
	struct winsize size;
	char typed[4096];
	size_t typed_at, typed_len;
	bool typed_end;
};

static void get_size(struct winsize *out)
{
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, out) || !out->ws_col)
		*out = (struct winsize){ .ws_col = 80, .ws_row = 24 };
}

static void pass_size(struct shell *sh)
{
	struct winsize now;

	get_size(&now);
	if (now.ws_col == sh->size.ws_col && now.ws_row == sh->size.ws_row)
		return;
	sh->size = now;
	ssh_channel_resize(sh->channel, now.ws_col, now.ws_row);
}

static int pass_typed(struct shell *sh, struct err *e)
{
	ssize_t count;

	if (sh->typed_len) {
		count = ssh_channel_write(sh->channel, sh->typed + sh->typed_at, sh->typed_len, e);
		if (count < 0)
			return -1;
		sh->typed_at += (size_t)count;
		sh->typed_len -= (size_t)count;
	} else if (sh->typed_end) {
		return ssh_channel_send_end(sh->channel, e) < 0 ? -1 : 0;
	}
	return 0;
}

static void take_typed(struct shell *sh)
{
	ssize_t got = read(STDIN_FILENO, sh->typed, sizeof(sh->typed));

	sh->typed_at = 0;
	sh->typed_len = got > 0 ? (size_t)got : 0;
	sh->typed_end = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

/* Bytes that came are shown; how many, -1 for a broken link. */
static ssize_t show(struct shell *sh, struct err *e)
{
	char data[65536];
	ssize_t got = ssh_channel_read(sh->channel, SSH_STREAM_OUT, data, sizeof(data), e);

	for (ssize_t at = 0; at < got;) {
		ssize_t wrote = write(STDOUT_FILENO, data + at, (size_t)(got - at));

		if (wrote < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "standard output");
		at += wrote > 0 ? wrote : 0;
	}
	return got;
}

static int converse(struct shell *sh, struct err *e)
{
	for (;;) {
		struct pollfd both[2] = {
			{ .fd = ssh_session_fd(sh->session), .events = ssh_session_events(sh->session) },
			{ .fd = sh->typed_end || sh->typed_len ? -1 : STDIN_FILENO, .events = POLLIN },
		};
		ssize_t shown;

		pass_size(sh);
		shown = show(sh, e);
		if (shown < 0 || pass_typed(sh, e))
			return -1;
		if (shown)
			continue;
		if (ssh_channel_at_end(sh->channel))
			return 0;
		if (poll(both, 2, clock_poll_ms(clock_deadline_ns(LOOK_NS))) > 0 && both[1].revents)
			take_typed(sh);
	}
}

int ssh_shell(struct ssh_session *s, const char *command, struct err *e)
{
	struct shell sh = { .session = s };
	const char *term = getenv("TERM");
	struct ssh_terminal terminal = { .name = term && *term ? term : "vt100" };
	struct termios before, raw;
	bool on_terminal = !tcgetattr(STDIN_FILENO, &before);
	int status;

	get_size(&sh.size);
	terminal.columns = sh.size.ws_col;
	terminal.rows = sh.size.ws_row;
	sh.channel = ssh_channel_exec(s, command, on_terminal ? &terminal : NULL, clock_deadline_ns(60 * NS_PER_S), e);
	if (!sh.channel)
		return -1;
	if (on_terminal) {
		raw = before;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	status = converse(&sh, e);
	if (on_terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	ssh_channel_free(sh.channel, NS_PER_S);
	return status;
}
