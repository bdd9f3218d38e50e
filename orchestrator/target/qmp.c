#include "target/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#define ANSWER_LIMIT_NS	  (120 * NS_PER_S)
#define MESSAGE_MAX_BYTES (1024 * 1024)
#define EVENTS_MAX	  256

struct qmp {
	int fd;
	struct str in;	    /* read and not yet taken */
	VEC(char *) events; /* names, oldest first */
};

static int send_all(struct qmp *q, const char *text, size_t len, int passed_fd, struct err *e)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;

	while (len > 0) {
		struct iovec part = { (void *)(uintptr_t)text, len };
		struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
		if (passed_fd >= 0) {
			memset(&control, 0, sizeof(control));
			message.msg_control = &control;
			message.msg_controllen = sizeof(control.room);
			struct cmsghdr *head = CMSG_FIRSTHDR(&message);
			head->cmsg_level = SOL_SOCKET;
			head->cmsg_type = SCM_RIGHTS;
			head->cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(head), &passed_fd, sizeof(int));
		}
		ssize_t sent = sendmsg(q->fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return err_errno(e, ERR_LOST, "QEMU's monitor takes no command");
		passed_fd = -1;
		text += sent;
		len -= (size_t)sent;
	}
	return 0;
}

static int read_more(struct qmp *q, int64_t end_ns, struct err *e)
{
	char part[16384];
	struct pollfd wait = { .fd = q->fd, .events = POLLIN };

	int64_t left_ns = end_ns - clock_now_ns();
	int ready = poll(&wait, 1, left_ns <= 0 ? 0 : (int)(left_ns / NS_PER_MS) + 1);
	if (ready < 0 && errno == EINTR)
		return 0;
	if (ready == 0 && left_ns <= 0)
		return err_set(e, ERR_TIMEOUT, "QEMU's monitor does not answer");
	if (ready <= 0)
		return 0;
	ssize_t got = read(q->fd, part, sizeof(part));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got <= 0)
		return err_set(e, ERR_LOST, "QEMU's monitor closed");
	if (q->in.len + (size_t)got > MESSAGE_MAX_BYTES)
		return err_set(e, ERR_FORMAT, "QEMU's monitor sent an endless line");
	str_add_bytes(&q->in, part, (size_t)got);
	return 0;
}

/* The next whole line that QEMU sent, parsed. Caller frees. */
static struct json_value *next_message(struct qmp *q, int64_t end_ns, struct err *e)
{
	char *newline;

	while (!(newline = q->in.len ? memchr(q->in.text, '\n', q->in.len) : NULL))
		if (read_more(q, end_ns, e) != 0)
			return NULL;
	size_t len = (size_t)(newline - q->in.text);
	struct json_value *message = json_parse(q->in.text, len, e);
	memmove(q->in.text, newline + 1, q->in.len - len - 1);
	str_cut(&q->in, q->in.len - len - 1);
	if (!message)
		err_wrap(e, "QEMU's monitor");
	return message;
}

static void remember_event(struct qmp *q, const struct json_value *message)
{
	const char *name = json_text(json_at(message, "event"), NULL);

	if (name && q->events.count < EVENTS_MAX)
		vec_add(&q->events, mem_dup(name));
}

static bool take_event(struct qmp *q, const char *name)
{
	for (size_t i = 0; i < q->events.count; i++) {
		if (strcmp(q->events.items[i], name) != 0)
			continue;
		free(q->events.items[i]);
		q->events.count--;
		memmove(&q->events.items[i], &q->events.items[i + 1],
			(q->events.count - i) * sizeof(q->events.items[0]));
		return true;
	}
	return false;
}

/* The first message that has `member`; events on the way are remembered. Caller frees. */
static struct json_value *message_with(struct qmp *q, const char *member, int64_t end_ns, struct err *e)
{
	for (;;) {
		AUTO_JSON *message = next_message(q, end_ns, e);
		if (!message)
			return NULL;
		if (json_at(message, member) || json_at(message, "error"))
			return TAKE(message);
		remember_event(q, message);
	}
}

static struct json_value *ask(struct qmp *q, const char *command, const char *arguments_json, int passed_fd,
			      int64_t limit_ns, struct err *e)
{
	AUTO_STR text = { 0 };

	str_addf(&text, "{\"execute\": \"%s\"", command);
	if (arguments_json)
		str_addf(&text, ", \"arguments\": %s", arguments_json);
	str_add(&text, "}\r\n");
	if (send_all(q, text.text, text.len, passed_fd, e) != 0)
		return NULL;
	AUTO_JSON *answer = message_with(q, "return", clock_now_ns() + limit_ns, e);
	if (!answer)
		return NULL;
	const struct json_value *refused = json_at(answer, "error");
	if (refused) {
		err_set(e, ERR_IO, "QEMU refuses %s: %s", command,
			json_text(json_at(refused, "desc"), "no reason given"));
		return NULL;
	}
	return TAKE(answer);
}

struct qmp *qmp_open(int fd, int64_t limit_ns, struct err *e)
{
	struct qmp *q = mem_new(1, sizeof(*q));

	q->fd = fd;
	AUTO_JSON *greeting = message_with(q, "QMP", clock_now_ns() + limit_ns, e);
	AUTO_JSON *ready = greeting ? ask(q, "qmp_capabilities", NULL, -1, limit_ns, e) : NULL;
	if (!ready) {
		qmp_close(q);
		return NULL;
	}
	return q;
}

int qmp_ask(struct qmp *q, const char *command, const char *arguments_json, struct json_value **out, struct err *e)
{
	AUTO_JSON *answer = ask(q, command, arguments_json, -1, ANSWER_LIMIT_NS, e);

	if (!answer)
		return -1;
	if (out)
		*out = TAKE(answer);
	return 0;
}

int qmp_send_fd(struct qmp *q, const char *name, int fd, struct err *e)
{
	AUTO_STR arguments = { 0 };

	str_addf(&arguments, "{\"fdname\": \"%s\"}", name);
	AUTO_JSON *answer = ask(q, "getfd", str_text(&arguments), fd, ANSWER_LIMIT_NS, e);
	return answer ? 0 : -1;
}

int qmp_wait_event(struct qmp *q, const char *event, int64_t limit_ns, struct err *e)
{
	int64_t end_ns = clock_now_ns() + limit_ns;

	while (!take_event(q, event)) {
		AUTO_JSON *message = message_with(q, "event", end_ns, e);
		if (!message)
			return err_wrap(e, "waiting for %s", event);
		remember_event(q, message);
	}
	return 0;
}

void qmp_close(struct qmp *q)
{
	if (!q)
		return;
	close(q->fd);
	str_free(&q->in);
	for (size_t i = 0; i < q->events.count; i++)
		free(q->events.items[i]);
	vec_free(&q->events);
	free(q);
}
