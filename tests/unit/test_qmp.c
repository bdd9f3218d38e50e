#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "target/qmp.h"

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n"
#define DONE	 "{\"return\": {}}\r\n"

static int far_fd = -1; /* QEMU's end */

/* All that the monitor will say is written beforehand: the socket holds it until it is read. */
static struct qmp *open_with(const char *said, struct err *e)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	far_fd = pair[1];
	assert_int_equal(write(far_fd, said, strlen(said)), strlen(said));
	return qmp_open(pair[0], 5 * NS_PER_S, e);
}

static void end(struct qmp *q)
{
	qmp_close(q);
	if (far_fd >= 0)
		close(far_fd);
	far_fd = -1;
}

static void test_an_answer_among_events(void **state)
{
	struct err e = ERR_INIT;
	struct json_value *answer = NULL;
	struct qmp *q = open_with(GREETING DONE "{\"event\": \"STOP\"}\r\n{\"event\": \"RESUME\"}\r\n"
						"{\"return\": {\"status\": \"running\"}}\r\n",
				  &e);
	char sent[256] = "";

	(void)state;
	assert_non_null(q);
	assert_int_equal(qmp_ask(q, "query-status", NULL, &answer, &e), 0);
	assert_string_equal(json_text(json_at(json_at(answer, "return"), "status"), ""), "running");
	json_free(answer);
	assert_int_equal(qmp_wait_event(q, "RESUME", NS_PER_S, &e), 0);
	assert_int_equal(qmp_wait_event(q, "STOP", NS_PER_S, &e), 0);
	assert_int_equal(qmp_wait_event(q, "STOP", 10 * NS_PER_MS, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_true(read(far_fd, sent, sizeof(sent) - 1) > 0);
	assert_string_equal(sent, "{\"execute\": \"qmp_capabilities\"}\r\n{\"execute\": \"query-status\"}\r\n");
	end(q);
}

static void test_refused(void **state)
{
	struct err e = ERR_INIT;
	struct qmp *q =
		open_with(GREETING DONE "{\"error\": {\"class\": \"GenericError\", \"desc\": \"not now\"}}\r\n", &e);

	(void)state;
	assert_non_null(q);
	assert_int_equal(qmp_ask(q, "migrate", "{\"uri\": \"fd:x\"}", NULL, &e), -1);
	assert_string_equal(e.text, "QEMU refuses migrate: not now");
	end(q);
}

static void test_qemu_ends(void **state)
{
	struct err e = ERR_INIT;
	struct qmp *q = open_with(GREETING DONE, &e);

	(void)state;
	assert_non_null(q);
	close(far_fd);
	far_fd = -1;
	assert_int_equal(qmp_ask(q, "cont", NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_LOST);
	end(q);
}

static void test_no_monitor(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_null(open_with("hello\r\n", &e));
	assert_int_equal(e.code, ERR_FORMAT);
	close(far_fd);
}

static void test_a_descriptor_goes_over(void **state)
{
	struct err e = ERR_INIT;
	struct qmp *q = open_with(GREETING DONE DONE, &e);
	char text[256], control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { text, sizeof(text) };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	struct stat ours, theirs;
	int passed;

	(void)state;
	assert_non_null(q);
	assert_true(read(far_fd, text, strlen("{\"execute\": \"qmp_capabilities\"}\r\n")) > 0);
	assert_int_equal(qmp_send_fd(q, "state", 0, &e), 0);
	assert_true(recvmsg(far_fd, &message, 0) > 0);
	assert_non_null(CMSG_FIRSTHDR(&message));
	memcpy(&passed, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(passed));
	assert_int_equal(fstat(0, &ours), 0);
	assert_int_equal(fstat(passed, &theirs), 0);
	assert_true(ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev);
	close(passed);
	end(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_among_events),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_qemu_ends),
		cmocka_unit_test(test_no_monitor),
		cmocka_unit_test(test_a_descriptor_goes_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
