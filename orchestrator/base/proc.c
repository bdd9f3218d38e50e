#include "base/proc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc_await.h"
#include "base/vec.h"

enum start_step {
	STEP_NULL_DEVICE,
	STEP_DESCRIPTORS,
	STEP_SESSION,
	STEP_FOLDER,
	STEP_EXEC
};

/* What a child that did not come as far as its program writes into the pipe. */
struct start_failure {
	enum start_step step;
	int error_number;
};

static _Noreturn void fail_start(int report_fd, enum start_step step)
{
	struct start_failure failure = { .step = step, .error_number = errno };

	ssize_t written = write(report_fd, &failure, sizeof(failure));
	(void)written;
	_exit(127);
}

/* The caller's handlers must not run in the child (they may write into pipes of the parent), and what the caller
 * ignores or blocks is none of the program's business. */
static void reset_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	sigemptyset(&action.sa_mask);
	for (int signal = 1; signal < NSIG; signal++)
		sigaction(signal, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* 0, 1 and 2 may themselves be among the descriptors wanted, so all are moved out of the way first. */
static void place_descriptors(const struct proc_spec *spec, int report_fd)
{
	const int wanted[3] = { spec->in, spec->out, spec->err };
	int moved[3];

	for (int i = 0; i < 3; i++) {
		int fd = wanted[i] >= 0 ? wanted[i] : open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			fail_start(report_fd, STEP_NULL_DEVICE);
		moved[i] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (moved[i] < 0)
			fail_start(report_fd, STEP_DESCRIPTORS);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(moved[i], i) < 0)
			fail_start(report_fd, STEP_DESCRIPTORS);
	for (const int *fd = spec->keep_fds; fd && *fd >= 0; fd++)
		if (fcntl(*fd, F_SETFD, 0) != 0)
			fail_start(report_fd, STEP_DESCRIPTORS);
}

static void place_in_group(const struct proc_spec *spec, int report_fd)
{
	if (spec->new_session) {
		if (setsid() < 0)
			fail_start(report_fd, STEP_SESSION);
	} else if (!spec->same_group && setpgid(0, 0) != 0) {
		fail_start(report_fd, STEP_SESSION);
	}
}

static _Noreturn void run_child(const struct proc_spec *spec, char **env, pid_t parent, int report_fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* it died before it could be watched */
		_exit(127);
	reset_signals();
	report_fd = fcntl(report_fd, F_DUPFD_CLOEXEC, 3);
	if (report_fd < 0)
		_exit(127);
	place_in_group(spec, report_fd);
	place_descriptors(spec, report_fd);
	if (spec->folder && chdir(spec->folder) != 0)
		fail_start(report_fd, STEP_FOLDER);
	environ = env;
	if (spec->before_exec)
		spec->before_exec(spec->ctx);
	execvp(spec->argv[0], (char *const *)spec->argv);
	fail_start(report_fd, STEP_EXEC);
}

static bool same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return strncmp(a, b, len) == 0 && b[len] == '=';
}

static bool is_replaced(const char *entry, const char *const *added)
{
	for (; added && *added; added++)
		if (same_name(*added, entry))
			return true;
	return false;
}

/* The list is new, its texts are the ones given. */
static char **merge_env(const char *const *added)
{
	VEC(char *) merged = { 0 };

	for (char **entry = environ; entry && *entry; entry++)
		if (!is_replaced(*entry, added))
			vec_add(&merged, *entry);
	for (const char *const *entry = added; entry && *entry; entry++)
		if (!is_replaced(*entry, entry + 1))
			vec_add(&merged, (char *)*entry);
	vec_add(&merged, NULL);
	return merged.items;
}

static int tell_failure(const struct proc_spec *spec, const struct start_failure *failure, struct err *e)
{
	errno = failure->error_number;
	switch (failure->step) {
	case STEP_FOLDER:
		return err_errno(e, ERR_IO, "%s: cannot start in %s", spec->argv[0], spec->folder);
	case STEP_EXEC:
		/* A folder of PATH that we may not look into makes it "permission denied", which would mislead. */
		if (!strchr(spec->argv[0], '/') &&
		    (errno == ENOENT || (errno == EACCES && !proc_on_path(spec->argv[0]))))
			return err_set(e, ERR_IO, "%s: no such program on PATH", spec->argv[0]);
		errno = failure->error_number;
		return err_errno(e, ERR_IO, "%s: cannot run it", spec->argv[0]);
	case STEP_NULL_DEVICE:
		return err_errno(e, ERR_IO, "%s: cannot open /dev/null", spec->argv[0]);
	case STEP_DESCRIPTORS:
	case STEP_SESSION:
		break;
	}
	return err_errno(e, ERR_IO, "%s: cannot prepare its process", spec->argv[0]);
}

/* Waits until the child runs its program (the pipe closes by itself then) or says why it does not. */
static int read_failure(int fd, struct start_failure *out)
{
	ssize_t got;

	do
		got = read(fd, out, sizeof(*out));
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(*out) ? -1 : 0;
}

int proc_start(const struct proc_spec *spec, pid_t *out_pid, struct err *e)
{
	AUTO_FREE char **env = merge_env(spec->env);
	AUTO_CLOSE int report_read = -1;
	AUTO_CLOSE int report_write = -1;
	int report[2];
	sigset_t all, old;

	if (pipe2(report, O_CLOEXEC) != 0)
		return err_errno(e, ERR_IO, "%s: cannot make a pipe", spec->argv[0]);
	report_read = report[0];
	report_write = report[1];
	pid_t parent = getpid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid_t pid = fork();
	if (pid == 0)
		run_child(spec, env, parent, report_write);
	int fork_error = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0) {
		errno = fork_error;
		return err_errno(e, ERR_IO, "%s: cannot start a process", spec->argv[0]);
	}
	close(TAKE_FD(report_write));
	struct start_failure failure;
	if (read_failure(report_read, &failure) != 0) {
		proc_wait(pid, -1, NULL, NULL);
		return tell_failure(spec, &failure, e);
	}
	*out_pid = pid;
	return 0;
}

static bool is_our_child(pid_t pid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void proc_kill_group(pid_t pid, int signal)
{
	assert(pid > 1); /* 0 and -1 would mean ourselves and everybody */
	if (kill(-pid, signal) != 0 && is_our_child(pid))
		kill(pid, signal); /* it stayed in our group */
}

static int reap(pid_t pid, struct proc_end *out, struct err *e)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(e, ERR_INTERNAL, "cannot wait for process %ld", (long)pid);
	if (out) {
		out->timed_out = false;
		out->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	return 0;
}

int proc_wait(pid_t pid, int64_t timeout_ns, struct proc_end *out, struct err *e)
{
	if (timeout_ns >= 0) {
		AUTO_CLOSE int watch_fd = proc_watch_fd(pid);
		if (proc_await(pid, watch_fd, -1, clock_deadline_ns(timeout_ns)) == PROC_DEADLINE)
			return err_set(e, ERR_TIMEOUT, "process %ld is still running", (long)pid);
	}
	return reap(pid, out, e);
}
