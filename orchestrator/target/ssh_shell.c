/* A person's terminal on a machine. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "target/ssh_inside.h"

#define OPEN_LIMIT_NS  (30 * NS_PER_S)
#define CLOSE_LIMIT_NS (2 * NS_PER_S)
#define SIZE_LOOK_MS   500 /* how often the terminal's size is looked at */

struct shell {
	struct ssh_link *link;
	struct ssh_channel *channel;
	bool is_terminal;
	struct winsize size;
	char typed[4096];
	size_t typed_len, typed_done;
	bool input_ended, end_sent;
};

static void look_at_size(struct shell *s)
{
	struct winsize now = s->size;

	if (!s->is_terminal || ioctl(STDIN_FILENO, TIOCGWINSZ, &now) != 0)
		return;
	if (now.ws_col != s->size.ws_col || now.ws_row != s->size.ws_row)
		ssh_channel_resize(s->channel, now.ws_col, now.ws_row);
	s->size = now;
}

static int show(int fd, const char *data, size_t len, struct err *e)
{
	while (len > 0) {
		ssize_t written = write(fd, data, len);
		if (written < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "cannot write to the terminal");
		data += written > 0 ? written : 0;
		len -= written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* 1: something came. */
static int show_all(struct shell *s, struct err *e)
{
	static const struct {
		int stream, fd;
	} ways[] = { { SSH_STREAM_OUT, STDOUT_FILENO }, { SSH_STREAM_ERR, STDERR_FILENO } };
	char data[16384];
	int any = 0;

	for (size_t i = 0; i < 2; i++) {
		ssize_t got = ssh_channel_read(s->channel, ways[i].stream, data, sizeof(data), e);
		if (got < 0 || (got > 0 && show(ways[i].fd, data, (size_t)got, e) != 0))
			return -1;
		any = any || got > 0;
	}
	return any;
}

static int pass_typed(struct shell *s, bool ready, struct err *e)
{
	if (s->typed_done == s->typed_len && ready && !s->input_ended) {
		ssize_t got = read(STDIN_FILENO, s->typed, sizeof(s->typed));
		s->input_ended = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
		s->typed_len = got > 0 ? (size_t)got : 0;
		s->typed_done = 0;
	}
	if (s->typed_done < s->typed_len) {
		ssize_t taken =
			ssh_channel_write(s->channel, s->typed + s->typed_done, s->typed_len - s->typed_done, e);
		if (taken < 0)
			return -1;
		s->typed_done += (size_t)taken;
	} else if (s->input_ended && !s->end_sent) {
		int later = ssh_channel_send_end(s->channel, e);
		s->end_sent = later == 0;
		return later < 0 ? -1 : 0;
	}
	return 0;
}

static int talk(struct shell *s, struct err *e)
{
	int64_t begun_ns = clock_now_ns(), wake_ns;
	bool ready = false;

	for (;;) {
		int any = show_all(s, e);
		if (any < 0 || pass_typed(s, ready, e) != 0)
			return -1;
		ready = false;
		if (any)
			continue;
		if (ssh_channel_at_end(s->channel))
			return 0;
		if (ssh_link_check_idle(s->link, begun_ns, &wake_ns, e) != 0)
			return -1;
		look_at_size(s);
		bool wants = s->typed_done == s->typed_len && !s->input_ended;
		struct pollfd ends[2] = {
			{ .fd = ssh_session_fd(s->link->session), .events = ssh_session_events(s->link->session) },
			{ .fd = wants ? STDIN_FILENO : -1, .events = POLLIN },
		};
		int wait_ms = clock_poll_ms(wake_ns);
		poll(ends, 2, wait_ms < 0 || wait_ms > SIZE_LOOK_MS ? SIZE_LOOK_MS : wait_ms);
		ready = ends[1].revents != 0;
	}
}

static bool make_raw(struct termios *out_before)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, out_before) != 0)
		return false;
	raw = *out_before;
	cfmakeraw(&raw);
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

int ssh_link_shell(struct ssh_link *l, const char *command, struct err *e)
{
	AUTO_STR encoded = { 0 };
	struct shell s = { .link = l, .is_terminal = isatty(STDIN_FILENO), .size = { .ws_col = 80, .ws_row = 24 } };
	const char *name = getenv("TERM");
	struct termios before;

	if (s.is_terminal)
		ioctl(STDIN_FILENO, TIOCGWINSZ, &s.size);
	struct ssh_terminal terminal = { name ? name : "dumb", s.size.ws_col, s.size.ws_row };
	ssh_encode_command(command, &encoded);
	s.channel = ssh_channel_exec(l->session, str_text(&encoded), s.is_terminal ? &terminal : NULL,
				     clock_deadline_ns(OPEN_LIMIT_NS), e);
	if (!s.channel)
		return -1;
	bool raw = s.is_terminal && make_raw(&before);
	int failed = talk(&s, e);
	if (raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	ssh_channel_free(s.channel, CLOSE_LIMIT_NS);
	return failed;
}
