#include "target/qemu_machine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"
#include "target/qemu_args.h"
#include "target/qmp.h"

#define START_LIMIT_NS (60 * NS_PER_S)
#define IMG_LIMIT_NS   (60 * NS_PER_S)
#define SAVE_LIMIT_NS  (600 * NS_PER_S)
#define QUIT_LIMIT_NS  (60 * NS_PER_S)
#define LAST_WORDS_NS  (2 * NS_PER_S)
#define BANNER_WAIT_MS 1000
#define PORT_TRIES     5
#define TOLD_BYTES     600 /* of the end of console and messages: an error is one text */
#define LOG_MAX_BYTES  (64 * 1024 * 1024)

struct qemu_machine {
	pid_t pid; /* 0: ended and waited for */
	bool ever_started;
	struct proc_end end;
	struct qmp *monitor;
	int port;
	char *overlay, *console, *messages;
};

const char *qemu_disk_format(const char *path)
{
	char head[4] = "";
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, head, sizeof(head)) == sizeof(head) && memcmp(head, "QFI\xfb", 4) == 0)
		return "qcow2";
	return "raw";
}

/* A disk that the user brought may be smaller than what the guest is to see. */
static int64_t disk_bytes(const char *path)
{
	unsigned char head[32];
	struct stat about;
	uint64_t bytes = 0;
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &about) != 0 || read(fd, head, sizeof(head)) != sizeof(head))
		return 0;
	if (memcmp(head, "QFI\xfb", 4) != 0)
		return about.st_size;
	for (size_t i = 24; i < 32; i++)
		bytes = bytes << 8 | head[i];
	return (int64_t)bytes;
}

static int make_overlay(const struct qemu_start *how, const char *overlay, struct err *e)
{
	AUTO_FREE char *size = mem_printf("%lld", (long long)how->spec->image.disk_bytes);
	bool grow = !how->state && disk_bytes(how->backing) < how->spec->image.disk_bytes;
	const char *argv[] = { "qemu-img",
			       "create",
			       "-q",
			       "-f",
			       "qcow2",
			       "-F",
			       qemu_disk_format(how->backing),
			       "-b",
			       how->backing,
			       overlay,
			       grow ? size : NULL,
			       NULL };

	unlink(overlay);
	if (proc_run_ok(argv, IMG_LIMIT_NS, NULL, e) == 0)
		return 0;
	return err_hint(e, "qemu-img comes with the package qemu-utils");
}

/* A port that nobody else is given while we hold it: bound but not listened on, so that QEMU, which as we do allows
 * reuse, can still listen there. */
static int hold_port(int *out_port, struct err *e)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	int one = 1;
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return err_errno(e, ERR_IO, "no free port on 127.0.0.1");
	*out_port = ntohs(address.sin_port);
	return TAKE_FD(fd);
}

static void add_end_of(const char *path, const char *title, struct str *out)
{
	AUTO_STR text = { 0 };

	if (!path || file_read(path, LOG_MAX_BYTES, &text, NULL) != 0)
		return;
	while (text.len > 0 && strchr("\r\n \t", text.text[text.len - 1]))
		str_cut(&text, text.len - 1);
	if (text.len == 0)
		return;
	size_t start = text.len > TOLD_BYTES ? text.len - TOLD_BYTES : 0;
	const char *line = start > 0 ? strchr(text.text + start, '\n') : NULL;
	str_addf(out, "\n%s:", title);
	for (const char *at = line ? line + 1 : text.text + start; *at;) {
		size_t len = strcspn(at, "\r\n");
		AUTO_FREE char *one = mem_dup_bytes(at, len);
		if (len > 0) {
			str_add(out, "\n  ");
			str_add_quoted(out, one, STR_TERMINAL);
		}
		at += len + (at[len] != '\0');
	}
}

bool qemu_machine_runs(struct qemu_machine *m)
{
	if (m->pid > 0 && proc_wait(m->pid, 0, &m->end, NULL) == 0)
		m->pid = 0;
	return m->pid > 0;
}

int qemu_machine_explain(struct qemu_machine *m, struct err *e)
{
	AUTO_STR text = { 0 };

	if (!qemu_machine_runs(m)) {
		str_add(&text, "; QEMU ended: ");
		proc_end_text(&m->end, &text);
	}
	add_end_of(m->messages, "QEMU said", &text);
	add_end_of(m->console, "the console ends with", &text);
	if (e) {
		AUTO_FREE char *hint = mem_dup(e->hint);
		err_set(e, e->code, "%s%s", e->text, str_text(&text));
		if (*hint)
			err_hint(e, "%s", hint);
	}
	return -1;
}

static int start_process(struct qemu_machine *m, const struct qemu_start *how, int *out_monitor_fd, struct err *e)
{
	AUTO_CLOSE int state_fd = how->state ? open(how->state, O_RDONLY | O_CLOEXEC) : -1;
	int pair[2];

	if (how->state && state_fd < 0)
		return err_errno(e, ERR_IO, "%s", how->state);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_errno(e, ERR_IO, "no socket for QEMU's monitor");
	AUTO_CLOSE int ours = pair[0], theirs = pair[1];
	struct qemu_paths paths = {
		.disk = m->overlay,
		.kernel = how->kernel,
		.initrd = how->initrd,
		.seed = how->seed,
		.monitor_fd = theirs,
		.console = m->console,
		.ssh_port = m->port,
		.incoming_fd = state_fd,
	};
	AUTO_FREE_LIST char **argv = qemu_args_build(how->spec, &paths, how->kvm, e);
	AUTO_CLOSE int messages = open(m->messages, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (!argv)
		return -1;
	if (messages < 0)
		return err_errno(e, ERR_IO, "%s", m->messages);
	const int inherited[] = { theirs, state_fd, -1 };
	struct proc_spec spec = {
		.argv = (const char *const *)argv,
		.in = -1,
		.out = messages,
		.err = messages,
		.keep_fds = inherited,
		.new_session = true,
	};
	if (proc_start(&spec, &m->pid, e) != 0) {
		m->pid = 0;
		return -1;
	}
	m->ever_started = true;
	*out_monitor_fd = TAKE_FD(ours);
	return 0;
}

static void kill_process(struct qemu_machine *m)
{
	qmp_close(m->monitor);
	m->monitor = NULL;
	if (!qemu_machine_runs(m))
		return;
	proc_kill_group(m->pid, SIGKILL);
	proc_wait(m->pid, -1, &m->end, NULL);
	m->pid = 0;
}

/* After its monitor closed, which happens a moment before it ends: so that how it ended is its own doing. */
static void let_end(struct qemu_machine *m)
{
	if (m->pid > 0 && proc_wait(m->pid, LAST_WORDS_NS, &m->end, NULL) == 0)
		m->pid = 0;
	kill_process(m);
}

static bool said(const struct qemu_machine *m, const char *words)
{
	AUTO_STR text = { 0 };

	return file_read(m->messages, LOG_MAX_BYTES, &text, NULL) == 0 && strstr(str_text(&text), words) != NULL;
}

/* The port is held until QEMU, whose monitor answers only after its devices are there, listens itself. */
static int start_once(struct qemu_machine *m, const struct qemu_start *how, struct err *e)
{
	int monitor_fd = -1;
	AUTO_CLOSE int held = hold_port(&m->port, e);

	if (held < 0 || start_process(m, how, &monitor_fd, e) != 0)
		return -1;
	m->monitor = qmp_open(monitor_fd, START_LIMIT_NS, e);
	return m->monitor ? 0 : -1;
}

/* A state that does not fit ends QEMU; then its monitor closes. */
static int wait_running(struct qemu_machine *m, struct err *e)
{
	int64_t end_ns = clock_now_ns() + START_LIMIT_NS;

	for (;;) {
		AUTO_JSON *answer = NULL;
		if (qmp_ask(m->monitor, "query-status", NULL, &answer, e) != 0)
			return -1;
		const char *status = json_text(json_at(json_at(answer, "return"), "status"), "");
		if (strcmp(status, "running") == 0)
			return 0;
		if (strcmp(status, "paused") == 0)
			return qmp_ask(m->monitor, "cont", NULL, NULL, e);
		if (strcmp(status, "inmigrate") != 0)
			return err_set(e, ERR_IO, "QEMU could not go on from the saved state: it is in \"%s\"", status);
		if (clock_now_ns() > end_ns)
			return err_set(e, ERR_TIMEOUT, "QEMU does not get through the saved state");
		clock_sleep_ns(2 * NS_PER_MS);
	}
}

/* Whoever takes ports without asking the system may still be quicker: then another port is tried. */
static int start_somewhere(struct qemu_machine *m, const struct qemu_start *how, struct err *e)
{
	for (int tries = 1;; tries++) {
		if (start_once(m, how, e) == 0)
			return 0;
		if (m->pid == 0)
			return -1;
		let_end(m);
		if (!said(m, "Could not set up host forwarding") || tries == PORT_TRIES)
			return err_set(e, ERR_IO, "the machine did not start");
	}
}

static int start(struct qemu_machine *m, const struct qemu_start *how, struct err *e)
{
	unlink(m->console);
	if (make_overlay(how, m->overlay, e) != 0)
		return -1;
	if (start_somewhere(m, how, e) == 0 && (!how->state || wait_running(m, e) == 0))
		return 0;
	if (!m->ever_started)
		return -1;
	let_end(m);
	if (how->state && said(m, "load of migration failed"))
		err_set(e, ERR_FORMAT, "the saved state is damaged, or another machine's");
	return qemu_machine_explain(m, e);
}

struct qemu_machine *qemu_machine_start(const struct qemu_start *how, struct err *e)
{
	struct qemu_machine *m = mem_new(1, sizeof(*m));

	m->overlay = file_join(how->folder, "overlay.qcow2");
	m->console = file_join(how->folder, "console.log");
	m->messages = file_join(how->folder, "qemu.log");
	if (start(m, how, e) == 0)
		return m;
	qemu_machine_end(m);
	return NULL;
}

int qemu_machine_port(const struct qemu_machine *m)
{
	return m->port;
}

/* The user-mode network takes a connection before the guest does, so only what the server says counts. */
static bool ssh_answers(const struct qemu_machine *m)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons((uint16_t)m->port) };
	char banner[4];
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		return false;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	return poll(&wait, 1, BANNER_WAIT_MS) > 0 && recv(fd, banner, sizeof(banner), 0) == sizeof(banner) &&
	       memcmp(banner, "SSH-", 4) == 0;
}

int qemu_machine_wait_ssh(struct qemu_machine *m, int64_t limit_ns, struct err *e)
{
	char limit[32];
	int64_t end_ns = clock_now_ns() + limit_ns;

	while (!ssh_answers(m)) {
		if (!qemu_machine_runs(m)) {
			err_set(e, ERR_UNREACHABLE, "the machine did not boot");
			return qemu_machine_explain(m, e);
		}
		if (clock_now_ns() > end_ns) {
			clock_format_duration(limit_ns, limit, sizeof(limit));
			err_set(e, ERR_UNREACHABLE, "the machine did not boot within %s", limit);
			err_hint(e, "on a slow machine raise qemu.boot_limit in the target's file");
			return qemu_machine_explain(m, e);
		}
		clock_sleep_ns(50 * NS_PER_MS);
	}
	return 0;
}

static int wait_saved(struct qemu_machine *m, struct err *e)
{
	int64_t end_ns = clock_now_ns() + SAVE_LIMIT_NS;

	for (;;) {
		AUTO_JSON *answer = NULL;
		if (qmp_ask(m->monitor, "query-migrate", NULL, &answer, e) != 0)
			return -1;
		const struct json_value *result = json_at(answer, "return");
		const char *status = json_text(json_at(result, "status"), "");
		if (strcmp(status, "completed") == 0)
			return 0;
		if (strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0)
			return err_set(e, ERR_IO, "QEMU could not save the machine's state: %s",
				       json_text(json_at(result, "error-desc"), "it gives no reason"));
		if (clock_now_ns() > end_ns)
			return err_set(e, ERR_TIMEOUT, "saving the machine's state takes for ever");
		clock_sleep_ns(5 * NS_PER_MS);
	}
}

/* A migration into a file, as fast as it goes. */
int qemu_machine_save(struct qemu_machine *m, const char *state_path, struct err *e)
{
	AUTO_CLOSE int fd = open(state_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, ERR_IO, "%s", state_path);
	if (qmp_ask(m->monitor, "stop", NULL, NULL, e) != 0 ||
	    qmp_ask(m->monitor, "migrate-set-parameters", "{\"max-bandwidth\": 1099511627776}", NULL, e) != 0 ||
	    qmp_send_fd(m->monitor, "state", fd, e) != 0 ||
	    qmp_ask(m->monitor, "migrate", "{\"uri\": \"fd:state\"}", NULL, e) != 0)
		return -1;
	return wait_saved(m, e);
}

static int move_file(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) == 0)
		return 0;
	if (errno != EXDEV)
		return err_errno(e, ERR_IO, "%s", to);
	if (file_copy(from, to, e) != 0)
		return -1;
	unlink(from);
	return 0;
}

int qemu_machine_wait_end(struct qemu_machine *m, int64_t limit_ns, struct err *e)
{
	if (!qemu_machine_runs(m))
		return 0;
	if (proc_wait(m->pid, limit_ns, &m->end, e) != 0)
		return qemu_machine_explain(m, e);
	m->pid = 0;
	return 0;
}

const char *qemu_machine_console(const struct qemu_machine *m)
{
	return m->console;
}

int qemu_machine_end_keeping_disk(struct qemu_machine *m, const char *path, struct err *e)
{
	if (qemu_machine_runs(m)) {
		if (qmp_ask(m->monitor, "quit", NULL, NULL, e) != 0 ||
		    proc_wait(m->pid, QUIT_LIMIT_NS, &m->end, e) != 0)
			return err_wrap(e, "ending QEMU");
		m->pid = 0;
	}
	if (m->end.status != 0) {
		err_set(e, ERR_IO, "QEMU did not end in order");
		return qemu_machine_explain(m, e);
	}
	return move_file(m->overlay, path, e);
}

void qemu_machine_end(struct qemu_machine *m)
{
	if (!m)
		return;
	kill_process(m);
	unlink(m->overlay);
	free(m->overlay);
	free(m->console);
	free(m->messages);
	free(m);
}
