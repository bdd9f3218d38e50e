/* The runner, the reader and the killer for real: a driver whose machine is a shell of this one. */
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
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/command.h"
#include "target/pipe_exec.h"

#define LONG_NS (300 * NS_PER_S) /* never waited for when all is well */

static int here_open(struct target *t, struct err *e)
{
	(void)t;
	(void)e;
	return 0;
}

static int here_exec(struct target *t, const struct driver_exec *x, enum driver_ending *out, struct err *e)
{
	const char *const argv[] = { "sh", "-c", x->command, NULL };
	struct proc_spec spec = { .argv = argv, .folder = t->opts.scratch_folder };

	return pipe_exec(&spec, x, out, e);
}

static const struct driver here_driver = { .name = "here", .open = here_open, .exec = here_exec };

struct here {
	struct target t;
	struct target_spec spec;
	struct text_pair env[2];
	char *folder;
	struct str out, err;
};

static int set_up(void **state)
{
	struct here *h = mem_new(1, sizeof(*h));
	struct err e = ERR_INIT;
	size_t kept;

	signal(SIGPIPE, SIG_IGN);
	if (file_make_temp_folder("/tmp", "labctl-test-", &h->folder, &e) != 0)
		return -1;
	h->spec.name = "here";
	h->env[0] = (struct text_pair){ "OF_THE_SPEC", "it's \"quoted\" $HOME\nand long" };
	h->spec.env = (struct text_map){ h->env, 1 };
	h->t.driver = &here_driver;
	h->t.spec = &h->spec;
	h->t.opts.scratch_folder = h->folder;
	h->t.work_folder = mem_printf("%s/work folder's", h->folder);
	h->t.prefix = mem_printf("%s/prefix", h->folder);
	snprintf(h->t.nonce, sizeof(h->t.nonce), "%08x%08x", (unsigned)getpid(), (unsigned)clock_now_ns());
	*state = h;
	return target_restore(&h->t, NULL, 0, &kept, &e);
}

static int tear_down(void **state)
{
	struct here *h = *state;

	file_remove_tree(h->folder, NULL);
	free(h->folder);
	free(h->t.work_folder);
	free(h->t.prefix);
	str_free(&h->out);
	str_free(&h->err);
	free(h);
	return 0;
}

static void hear(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	struct here *h = ctx;

	str_add_bytes(stream == TARGET_OUT ? &h->out : &h->err, data, len);
}

static struct target_end run_limited(struct here *h, const char *script, int64_t limit_ns, int64_t silence_limit_ns)
{
	const char *const env[] = { "OF_THE_COMMAND=a b", "EMPTY=", NULL };
	struct target_command c = {
		.script = script,
		.env = env,
		.limit_ns = limit_ns,
		.silence_limit_ns = silence_limit_ns,
		.on_output = hear,
		.ctx = h,
	};
	struct target_end end;
	struct err e = ERR_INIT;

	str_clear(&h->out);
	str_clear(&h->err);
	if (target_run(&h->t, &c, &end, &e) != 0)
		fail_msg("%s", e.text);
	return end;
}

static struct target_end run(struct here *h, const char *script)
{
	return run_limited(h, script, LONG_NS, 0);
}

static void assert_exited(struct here *h, const char *script, int status)
{
	struct target_end end = run(h, script);

	assert_int_equal(end.how, TARGET_EXITED);
	assert_int_equal(end.status, status);
}

static void statuses_come_back(void **state)
{
	assert_exited(*state, "true", 0);
	assert_exited(*state, "exit 3", 3);
	assert_exited(*state, "exit 255", 255);
	assert_exited(*state, "kill -SEGV $$", 128 + SIGSEGV);
	assert_exited(*state, "kill -KILL $$", 128 + SIGKILL);
	assert_exited(*state, "this is ( no shell", 2);
	assert_exited(*state, "", 0);
}

static void streams_are_kept_apart(void **state)
{
	struct here *h = *state;

	assert_exited(h, "echo out; echo err >&2; cat", 0);
	assert_string_equal(str_text(&h->out), "out\n");
	assert_string_equal(str_text(&h->err), "err\n");
}

static void nothing_is_added_to_what_a_crash_prints(void **state)
{
	struct here *h = *state;

	assert_exited(h, "sh -c 'kill -ABRT $$' 2>/dev/null; exit 5", 5);
	assert_string_equal(str_text(&h->err), "");
	assert_string_equal(str_text(&h->out), "");
}

static void environment_and_folder_are_as_promised(void **state)
{
	struct here *h = *state;

	assert_exited(
		h,
		"printf '%s|%s|%s|%s|' \"$OF_THE_SPEC\" \"$OF_THE_COMMAND\" \"${EMPTY-unset}\" \"$LABCTL_PREFIX\"; pwd",
		0);
	AUTO_FREE char *want =
		mem_printf("it's \"quoted\" $HOME\nand long|a b||%s|%s\n", h->t.prefix, h->t.work_folder);
	assert_string_equal(str_text(&h->out), want);
}

/* Tests of interpreters send themselves SIGINT and expect that it works. */
static void interrupts_are_not_ignored(void **state)
{
	struct here *h = *state;

	assert_exited(h, "sh -c 'kill -INT $$; echo survived'; echo $?", 0);
	assert_string_equal(str_text(&h->out), "130\n");
}

static void assert_gone(pid_t pid)
{
	char path[64], state = 'Z';

	assert_true(pid > 1);
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
		FILE *stat = fopen(path, "re");
		if (!stat)
			return;
		if (fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = 'Z';
		fclose(stat);
		if (state == 'Z')
			return;
		clock_sleep_ns(10 * NS_PER_MS);
	}
	fail_msg("process %ld is still there (%c)", (long)pid, state);
}

static void what_it_left_running_is_ended(void **state)
{
	struct here *h = *state;

	assert_exited(h, "sleep 1000 & echo $!", 0);
	assert_gone((pid_t)atoi(str_text(&h->out)));
}

static void over_the_limit_the_whole_tree_is_killed(void **state)
{
	struct here *h = *state;
	struct target_end end =
		run_limited(h, "setsid sleep 1000 & echo $!; (sleep 1000 & echo $!; wait) & trap '' TERM; wait",
			    500 * NS_PER_MS, 0);
	long first = 0, second = 0;

	assert_int_equal(end.how, TARGET_TIMED_OUT);
	assert_string_equal(end.why, "did not end within 0.50 s");
	assert_true(end.took_ns >= 500 * NS_PER_MS);
	assert_int_equal(sscanf(str_text(&h->out), "%ld\n%ld", &first, &second), 2);
	assert_gone((pid_t)first);
	assert_gone((pid_t)second);
	assert_exited(h, "true", 0);
}

static void silence_is_its_own_ending(void **state)
{
	struct here *h = *state;
	struct target_end end = run_limited(h, "echo begun; sleep 1000", LONG_NS, 300 * NS_PER_MS);

	assert_int_equal(end.how, TARGET_SILENT);
	assert_string_equal(end.why, "printed nothing for 0.30 s");
	assert_string_equal(str_text(&h->out), "begun\n");
}

/* Something of another session holds the streams open: the command has ended all the same. */
static void a_daemon_does_not_hide_the_end(void **state)
{
	struct here *h = *state;
	struct target_end end = run_limited(h, "setsid sleep 1000 & exit 7", LONG_NS, 500 * NS_PER_MS);

	assert_int_equal(end.how, TARGET_EXITED);
	assert_int_equal(end.status, 7);
}

static void a_killed_runner_is_no_success(void **state)
{
	struct here *h = *state;
	struct target_end end = run(h, "sleep 1000 >/dev/null 2>&1 & echo $!; kill -KILL $PPID");

	assert_int_equal(end.how, TARGET_EXITED);
	assert_int_equal(end.status, 128 + SIGKILL);
	assert_string_not_equal(end.why, "");
	assert_gone((pid_t)atoi(str_text(&h->out)));
}

static void the_work_folder_may_be_removed(void **state)
{
	struct here *h = *state;

	assert_exited(h, "rm -rf \"$PWD\"; exit 4", 4);
	assert_exited(h, "pwd", 0);
}

static void a_status_of_its_own_making_is_not_believed(void **state)
{
	struct here *h = *state;
	struct target_end end = run(h, "echo 'labctl-status 0 0' >&2; for f in .labctl/*; do echo 0 >$f; done; exit 9");

	assert_int_equal(end.status, 9);
}

/* As when labctl is killed: its end of the pipe closes. */
static void it_ends_with_those_who_wait_for_it(void **state)
{
	struct here *h = *state;
	AUTO_STR command = { 0 };
	AUTO_STR input = { 0 };
	struct err e = ERR_INIT;
	AUTO_FREE char *pid_file = mem_printf("%s/pid", h->folder);
	AUTO_FREE char *script = mem_printf("echo $$ >'%s'; exec sleep 1000", pid_file);
	AUTO_STR pid = { 0 };
	int ends[2];
	pid_t child;

	assert_int_equal(command_input(&h->t, 99, NULL, script, &input, &e), 0);
	command_runner(&h->t, 99, input.len, &command);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const char *const argv[] = { "sh", "-c", str_text(&command), NULL };
	const struct proc_spec spec = { .argv = argv, .in = ends[0], .out = -1, .err = -1 };
	assert_int_equal(proc_start(&spec, &child, &e), 0);
	close(ends[0]);
	assert_int_equal(write(ends[1], str_text(&input), input.len), (ssize_t)input.len);
	while (file_read(pid_file, 100, &pid, NULL) != 0 || pid.len == 0)
		clock_sleep_ns(10 * NS_PER_MS);
	close(ends[1]);
	assert_int_equal(proc_wait(child, LONG_NS, NULL, &e), 0);
	assert_gone((pid_t)atoi(str_text(&pid)));
}

static void a_script_that_came_in_part_is_not_run(void **state)
{
	struct here *h = *state;
	AUTO_STR command = { 0 };
	AUTO_STR input = { 0 };
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(command_input(&h->t, 99, NULL, "echo it ran\necho further", &input, &e), 0);
	command_runner(&h->t, 99, input.len, &command);
	AUTO_FREE char *part = mem_dup_bytes(str_text(&input), input.len - 5);
	AUTO_STR line = { 0 };
	str_add(&line, "printf %s ");
	str_add_quoted(&line, part, STR_SHELL);
	str_addf(&line, " | ( %s )", str_text(&command));
	const char *const argv[] = { "sh", "-c", str_text(&line), NULL };
	proc_run_ok(argv, LONG_NS, &out, &e);
	assert_string_equal(str_text(&out), "");
}

static void where_nothing_can_be_made_nothing_begins(void **state)
{
	struct here *h = *state;
	struct target_command c = { .script = "true", .limit_ns = LONG_NS };
	struct target_end end;
	struct err e = ERR_INIT;

	assert_int_equal(file_write(h->t.opts.scratch_folder, "", 0, NULL), -1);
	assert_int_equal(file_remove_tree(h->t.work_folder, &e), 0);
	assert_int_equal(file_write(h->t.work_folder, "a file", 6, &e), 0);
	assert_int_equal(target_run(&h->t, &c, &end, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, "could not begin"));
	assert_int_equal(unlink(h->t.work_folder), 0);
}

static void scripts_and_variables_have_limits(void **state)
{
	struct here *h = *state;
	AUTO_STR script = { 0 };
	AUTO_STR big = { 0 };
	struct err e = ERR_INIT;

	while (script.len < COMMAND_SCRIPT_MAX_BYTES - 10)
		str_add(&script, "#'\\!`$\"\n");
	str_add(&script, "exit 6");
	assert_exited(h, str_text(&script), 6);
	while (big.len <= COMMAND_SCRIPT_MAX_BYTES)
		str_add(&big, "# comment\n");
	struct target_command c = { .script = str_text(&big) };
	struct target_end end;
	assert_int_equal(target_run(&h->t, &c, &end, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
	const char *const bad[] = { "A-B=1", NULL };
	c.script = "true";
	c.env = bad;
	assert_int_equal(target_run(&h->t, &c, &end, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
}

static void big_output_arrives_whole(void **state)
{
	struct here *h = *state;

	assert_exited(h, "head -c 5000000 /dev/zero & head -c 3000000 /dev/zero >&2; wait", 0);
	assert_int_equal(h->out.len, 5000000);
	assert_int_equal(h->err.len, 3000000);
}

static void asking_wants_success(void **state)
{
	struct here *h = *state;
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(target_ask(&h->t, "echo 42", LONG_NS, &out, &e), 0);
	assert_string_equal(str_text(&out), "42\n");
	assert_int_equal(target_ask(&h->t, "echo 'no \033 such thing' >&2; exit 3", LONG_NS, &out, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "here: no \\x1b such thing");
	assert_int_equal(target_ask(&h->t, "exit 3", LONG_NS, &out, &e), -1);
	assert_string_equal(e.text, "here: exit status 3");
	assert_int_equal(target_ask(&h->t, "sleep 1000", 100 * NS_PER_MS, &out, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
}

static void files_go_there_and_come_back(void **state)
{
	struct here *h = *state;
	struct err e = ERR_INIT;
	AUTO_FREE char *here = mem_printf("%s/to send", h->folder);
	AUTO_FREE char *deep = mem_printf("%s/a/b", here);
	AUTO_FREE char *file = mem_printf("%s/file", deep);
	AUTO_FREE char *back = mem_printf("%s/back", h->folder);
	AUTO_FREE char *came = mem_printf("%s/new name/a/b/file", back);
	AUTO_STR text = { 0 };

	assert_int_equal(file_make_folders(deep, &e), 0);
	assert_int_equal(file_make_folders(back, &e), 0);
	assert_int_equal(file_write(file, "content", 7, &e), 0);
	if (target_put(&h->t, here, "some/where/new name/", &e) != 0)
		fail_msg("%s", e.text);
	assert_exited(h, "grep -q content 'some/where/new name/a/b/file'", 0);
	if (target_get(&h->t, "some/where/new name", back, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(file_read(came, 100, &text, &e), 0);
	assert_string_equal(str_text(&text), "content");
}

static void files_that_are_not_there_are_errors(void **state)
{
	struct here *h = *state;
	struct err e = ERR_INIT;

	assert_int_equal(target_get(&h->t, "no/such", h->folder, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_string_equal(e.text, "here: there is no no/such");
	assert_int_equal(target_get(&h->t, "nothing", h->folder, &e), -1);
	assert_int_equal(target_put(&h->t, "/no/such/file", "x", &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_exited(h, ": >'a file'", 0);
	assert_int_equal(target_put(&h->t, "/etc/hostname", "a file/x", &e), -1);
	assert_non_null(strstr(e.text, "cannot put"));
	assert_exited(h, "true", 0);
}

static void restoring_empties_the_work_folder(void **state)
{
	struct here *h = *state;
	struct err e = ERR_INIT;
	size_t kept = 9;

	assert_exited(h, "mkdir -p a/b; echo x >a/b/c", 0);
	assert_int_equal(target_restore(&h->t, NULL, 0, &kept, &e), 0);
	assert_int_equal(kept, 0);
	assert_exited(h, "[ -z \"$(ls)\" ]", 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(statuses_come_back),
		TEST(streams_are_kept_apart),
		TEST(nothing_is_added_to_what_a_crash_prints),
		TEST(environment_and_folder_are_as_promised),
		TEST(interrupts_are_not_ignored),
		TEST(what_it_left_running_is_ended),
		TEST(over_the_limit_the_whole_tree_is_killed),
		TEST(silence_is_its_own_ending),
		TEST(a_daemon_does_not_hide_the_end),
		TEST(a_killed_runner_is_no_success),
		TEST(the_work_folder_may_be_removed),
		TEST(a_status_of_its_own_making_is_not_believed),
		TEST(it_ends_with_those_who_wait_for_it),
		TEST(a_script_that_came_in_part_is_not_run),
		TEST(where_nothing_can_be_made_nothing_begins),
		TEST(scripts_and_variables_have_limits),
		TEST(big_output_arrives_whole),
		TEST(asking_wants_success),
		TEST(files_go_there_and_come_back),
		TEST(files_that_are_not_there_are_errors),
		TEST(restoring_empties_the_work_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
