#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"

#define LONG_NS (300 * NS_PER_S) /* never waited for when all is well */

/* Runs a shell script to its end; what it printed is in out. */
static struct proc_end shell(const char *script, int64_t limit_ns, size_t cap_bytes, struct str *out)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct proc_spec spec = { .argv = argv, .in = -1, .out = -1, .err = -1 };
	struct proc_end end;
	struct err e = ERR_INIT;

	if (proc_run(&spec, limit_ns, cap_bytes, out, &end, &e) != 0)
		fail_msg("%s", e.text);
	return end;
}

static void output_and_status_come_back(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	str_add(&out, "before ");
	struct proc_end end = shell("echo one; echo two >&2; exit 3", LONG_NS, 1000, &out);
	assert_string_equal(out.text, "before one\ntwo\n");
	assert_int_equal(end.status, 3);
	assert_int_equal(end.signal, 0);
	assert_false(end.timed_out);
}

static void a_signal_is_not_a_status(void **state)
{
	AUTO_STR out = { 0 };
	struct proc_end end = shell("kill -SEGV $$", -1, 1000, &out);

	(void)state;
	assert_int_equal(end.status, -1);
	assert_int_equal(end.signal, SIGSEGV);
}

static void output_over_the_cap_is_read_and_dropped(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	struct proc_end end =
		shell("i=0; while [ $i -lt 20000 ]; do echo 0123456789012345678; i=$((i+1)); done; exit 5", LONG_NS, 25,
		      &out);
	assert_int_equal(end.status, 5);
	assert_string_equal(out.text, "0123456789012345678\n01234");
	str_clear(&out);
	shell("echo x", LONG_NS, 0, &out);
	assert_int_equal(out.len, 0);
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 1000; i++) {
		AUTO_FREE char *path = mem_printf("/proc/%ld/stat", (long)pid);
		AUTO_CLOSE int fd = open(path, O_RDONLY);
		char text[512] = "";
		if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0 || strstr(text, ") Z"))
			return true; /* a zombie whose new parent is slow is as good as gone */
		clock_sleep_ns(10 * NS_PER_MS);
	}
	return false;
}

static void at_the_limit_the_whole_group_is_killed(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	struct proc_end end = shell("trap '' TERM INT HUP; sleep 1000 & echo $!; wait", 2 * NS_PER_S, 1000, &out);
	assert_true(end.timed_out);
	assert_int_equal(end.signal, SIGKILL);
	assert_true(atol(str_text(&out)) > 1);
	assert_true(is_gone((pid_t)atol(out.text)));
}

static void endless_output_does_not_outlive_the_limit(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	struct proc_end end = shell("exec yes", 2 * NS_PER_S, 4, &out);
	assert_true(end.timed_out);
	assert_string_equal(out.text, "y\ny\n");
}

/* The end of the program counts, not the end of the pipe, which a left-over process may hold open. */
static void left_overs_are_neither_waited_for_nor_left(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	struct proc_end end = shell("sleep 1000 & echo $!", LONG_NS, 1000, &out);
	assert_false(end.timed_out);
	assert_int_equal(end.status, 0);
	assert_true(is_gone((pid_t)atol(str_text(&out))));
}

static void an_exec_failure_is_told_to_the_caller(void **state)
{
	const char *missing[] = { "labctl-no-such-program", NULL };
	const char *folder[] = { "/", NULL };
	const char *fine[] = { "true", NULL };
	struct proc_spec spec = { .argv = missing, .in = -1, .out = -1, .err = -1 };
	struct err e = ERR_INIT;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(proc_start(&spec, &pid, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "labctl-no-such-program: no such program on PATH");
	spec.argv = folder;
	assert_int_equal(proc_start(&spec, &pid, &e), -1);
	assert_non_null(strstr(e.text, strerror(EACCES)));
	spec.argv = fine;
	spec.folder = "/no/such/folder";
	assert_int_equal(proc_start(&spec, &pid, &e), -1);
	assert_non_null(strstr(e.text, "/no/such/folder"));
	assert_int_equal(pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing was left behind to reap */
	assert_int_equal(errno, ECHILD);
}

static void environment_and_folder_are_set(void **state)
{
	const char *argv[] = { "sh", "-c", "echo $ONE,$TWO,$THREE; pwd", NULL };
	const char *env[] = { "TWO=old", "TWO=new", "THREE=a=b", NULL };
	struct proc_spec spec = { .argv = argv, .env = env, .folder = "/usr", .in = -1, .out = -1, .err = -1 };
	AUTO_STR out = { 0 };
	struct proc_end end;

	(void)state;
	setenv("ONE", "kept", 1);
	setenv("TWO", "ours", 1);
	assert_int_equal(proc_run(&spec, LONG_NS, 1000, &out, &end, NULL), 0);
	assert_string_equal(str_text(&out), "kept,new,a=b\n/usr\n");
	assert_string_equal(getenv("TWO"), "ours");
}

/* What a shell that was started by us says of the process it is. */
static void the_child_begins_with_clean_signals(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_pipe, old_usr;
	sigset_t block, old_mask;
	AUTO_STR out = { 0 };

	(void)state;
	sigaction(SIGPIPE, &ignore, &old_pipe);
	sigaction(SIGUSR1, &ignore, &old_usr);
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old_mask);
	/* The C library's own two signals cannot be changed; make starts its programs with them ignored. */
	shell("sed -n 's/\\(Ign:.*00\\)180000000$/\\1000000000/; /^Sig[BI]/p' /proc/self/status", LONG_NS, 1000, &out);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	sigaction(SIGPIPE, &old_pipe, NULL);
	sigaction(SIGUSR1, &old_usr, NULL);
	assert_string_equal(str_text(&out), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void only_wanted_descriptors_are_inherited(void **state)
{
	int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int keep[] = { kept, -1 };
	AUTO_FREE char *script = mem_printf("[ -e /proc/$$/fd/%d ] && echo kept; [ -e /proc/$$/fd/%d ] || echo closed;"
					    " readlink /proc/$$/fd/0",
					    kept, other);
	const char *argv[] = { "sh", "-c", script, NULL };
	struct proc_spec spec = { .argv = argv, .in = -1, .keep_fds = keep };
	AUTO_STR out = { 0 };
	struct proc_end end;

	(void)state;
	assert_int_equal(proc_run(&spec, LONG_NS, 1000, &out, &end, NULL), 0);
	assert_string_equal(str_text(&out), "kept\nclosed\n/dev/null\n");
	assert_int_equal(fcntl(kept, F_GETFD), FD_CLOEXEC); /* ours is as it was */
	close(kept);
	close(other);
}

/* Standard descriptors crosswise: 1 is to become 2 and 2 is to become 1. */
static void descriptors_may_change_places(void **state)
{
	const char *argv[] = { "sh", "-c", "echo out; echo err >&2", NULL };
	struct proc_spec spec = { .argv = argv, .in = -1, .out = STDERR_FILENO, .err = STDOUT_FILENO };
	int one[2], two[2], old_out = dup(1), old_err = dup(2);
	struct err e = ERR_INIT;
	char first[16] = "", second[16] = "";
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(one, O_CLOEXEC), 0);
	assert_int_equal(pipe2(two, O_CLOEXEC), 0);
	dup2(one[1], 1);
	dup2(two[1], 2);
	int started = proc_start(&spec, &pid, &e);
	dup2(old_out, 1);
	dup2(old_err, 2);
	assert_int_equal(started, 0);
	assert_int_equal(proc_wait(pid, -1, NULL, NULL), 0);
	assert_int_equal(read(one[0], first, sizeof(first) - 1), 4);
	assert_int_equal(read(two[0], second, sizeof(second) - 1), 4);
	assert_string_equal(first, "err\n");
	assert_string_equal(second, "out\n");
	const int all[] = { one[0], one[1], two[0], two[1], old_out, old_err };
	for (size_t i = 0; i < COUNT_OF(all); i++)
		close(all[i]);
}

static pid_t start_sleep(bool new_session, bool same_group)
{
	const char *argv[] = { "sleep", "1000", NULL };
	struct proc_spec spec = {
		.argv = argv, .in = -1, .out = -1, .err = -1, .new_session = new_session, .same_group = same_group
	};
	struct err e = ERR_INIT;
	pid_t pid;

	if (proc_start(&spec, &pid, &e) != 0)
		fail_msg("%s", e.text);
	return pid;
}

static void check_killed(pid_t pid)
{
	struct proc_end end;

	proc_kill_group(pid, SIGTERM);
	assert_int_equal(proc_wait(pid, LONG_NS, &end, NULL), 0);
	assert_int_equal(end.signal, SIGTERM);
}

static void groups_and_sessions(void **state)
{
	(void)state;
	pid_t own = start_sleep(false, false);
	pid_t session = start_sleep(true, false);
	pid_t same = start_sleep(false, true);
	assert_int_equal(getpgid(own), own);
	assert_int_equal(getsid(own), getsid(0));
	assert_int_equal(getsid(session), session);
	assert_int_equal(getpgid(same), getpgrp());
	check_killed(own);
	check_killed(session);
	check_killed(same);
	proc_kill_group(own, SIGKILL); /* long gone: nothing happens */
}

static void waiting_has_a_limit(void **state)
{
	struct err e = ERR_INIT;
	pid_t pid = start_sleep(false, false);

	(void)state;
	assert_int_equal(proc_wait(pid, 0, NULL, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_int_equal(proc_wait(pid, 20 * NS_PER_MS, NULL, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_int_equal(kill(pid, 0), 0);
	check_killed(pid);
	assert_int_equal(proc_wait(pid, -1, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
	assert_int_equal(proc_wait(pid, LONG_NS, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INTERNAL);
}

static void a_child_does_not_outlive_its_parent(void **state)
{
	int tell[2];
	pid_t grandchild = 0;

	(void)state;
	assert_int_equal(pipe(tell), 0);
	pid_t parent = fork();
	if (parent == 0) {
		pid_t pid = start_sleep(true, false);
		if (write(tell[1], &pid, sizeof(pid)) == sizeof(pid))
			pause();
		_exit(1);
	}
	close(tell[1]);
	assert_int_equal(read(tell[0], &grandchild, sizeof(grandchild)), sizeof(grandchild));
	close(tell[0]);
	assert_int_equal(kill(grandchild, 0), 0);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_true(is_gone(grandchild));
}

static void leave_with_42(void *ctx)
{
	_exit(*(int *)ctx);
}

static void something_may_run_before_the_program(void **state)
{
	const char *argv[] = { "labctl-no-such-program", NULL };
	int status = 42;
	struct proc_spec spec = { .argv = argv, .in = -1, .before_exec = leave_with_42, .ctx = &status };
	AUTO_STR out = { 0 };
	struct proc_end end;

	(void)state;
	assert_int_equal(proc_run(&spec, LONG_NS, 1000, &out, &end, NULL), 0);
	assert_int_equal(end.status, 42);
}

static void a_failing_program_is_quoted(void **state)
{
	const char *bad[] = { "sh", "-c", "for i in 1 2 3 4 5 6 7; do echo line $i; echo; done; exit 9", NULL };
	const char *quiet[] = { "false", NULL };
	const char *slow[] = { "sleep", "1000", NULL };
	const char *good[] = { "echo", "fine", NULL };
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	(void)state;
	assert_int_equal(proc_run_ok(bad, LONG_NS, NULL, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "sh: exit status 9: line 3 | line 4 | line 5 | line 6 | line 7");
	assert_int_equal(proc_run_ok(quiet, LONG_NS, NULL, &e), -1);
	assert_string_equal(e.text, "false: exit status 1");
	assert_int_equal(proc_run_ok(slow, 50 * NS_PER_MS, NULL, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "sleep: timed out");
	assert_int_equal(proc_run_ok(good, LONG_NS, &out, &e), 0);
	assert_string_equal(str_text(&out), "fine\n");
}

static void programs_are_looked_for(void **state)
{
	(void)state;
	assert_true(proc_on_path("sh"));
	assert_true(proc_on_path("/bin/sh"));
	assert_false(proc_on_path("labctl-no-such-program"));
	assert_false(proc_on_path(""));
	assert_false(proc_on_path("/etc"));
	assert_false(proc_on_path("/etc/passwd"));
}

static void check_end_text(struct proc_end end, const char *wanted)
{
	AUTO_STR text = { 0 };

	proc_end_text(&end, &text);
	assert_string_equal(str_text(&text), wanted);
}

static void ends_have_words(void **state)
{
	(void)state;
	check_end_text((struct proc_end){ .status = 3 }, "exit status 3");
	check_end_text((struct proc_end){ .status = -1, .signal = SIGSEGV }, "killed by SIGSEGV");
	check_end_text((struct proc_end){ .status = -1, .signal = 77 }, "killed by signal 77");
	check_end_text((struct proc_end){ .timed_out = true, .status = -1, .signal = SIGKILL }, "timed out");
	const char *kill_name = proc_signal_name(SIGKILL);
	assert_string_equal(proc_signal_name(SIGABRT), "SIGABRT");
	assert_string_equal(kill_name, "SIGKILL");
	assert_string_equal(proc_signal_name(-1), "signal -1");
	assert_string_equal(proc_signal_name(0), "signal 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_come_back),
		cmocka_unit_test(a_signal_is_not_a_status),
		cmocka_unit_test(output_over_the_cap_is_read_and_dropped),
		cmocka_unit_test(at_the_limit_the_whole_group_is_killed),
		cmocka_unit_test(endless_output_does_not_outlive_the_limit),
		cmocka_unit_test(left_overs_are_neither_waited_for_nor_left),
		cmocka_unit_test(an_exec_failure_is_told_to_the_caller),
		cmocka_unit_test(environment_and_folder_are_set),
		cmocka_unit_test(the_child_begins_with_clean_signals),
		cmocka_unit_test(only_wanted_descriptors_are_inherited),
		cmocka_unit_test(descriptors_may_change_places),
		cmocka_unit_test(groups_and_sessions),
		cmocka_unit_test(waiting_has_a_limit),
		cmocka_unit_test(a_child_does_not_outlive_its_parent),
		cmocka_unit_test(something_may_run_before_the_program),
		cmocka_unit_test(a_failing_program_is_quoted),
		cmocka_unit_test(programs_are_looked_for),
		cmocka_unit_test(ends_have_words),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
