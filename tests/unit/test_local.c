/* The kind `local` on a root of a few programs of this machine, so that nothing is fetched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/image.h"
#include "target/layer.h"
#include "target/local_args.h"
#include "target/local_root.h"
#include "target/target.h"

/* Programs with the libraries and the loader that they name. */
static const char make_root[] =
	"set -e; cd \"$1\"; mkdir -p bin usr/bin proc dev sys etc tmp var/tmp root; chmod 1777 tmp\n"
	"for program in sh cat grep head id ls mkdir mv rm rmdir setsid sleep tar touch; do\n"
	"	path=$(readlink -f \"$(command -v $program)\"); cp \"$path\" bin/$program\n"
	"	ldd \"$path\" | grep -o '/[^ ]*' | while read -r library; do\n"
	"		mkdir -p \".${library%/*}\"; test -e \".$library\" || cp -L \"$library\" \".$library\"\n"
	"	done\n"
	"done\n"
	"echo base > etc/issue; mkdir var/full; touch var/full/a var/full/b\n";

#define LIMIT_NS (60 * NS_PER_S) /* for what takes milliseconds */

static char *cache;
static const struct target_spec spec = {
	.name = "tiny",
	.kind = TARGET_LOCAL,
	.work_folder = "/var/tmp/work",
	.image = { .release = "none" },
};

static struct target_opts opts;

static int make_image(void **state)
{
	struct err e = ERR_INIT;
	char id[65];

	(void)state;
	assert_int_equal(file_make_temp_folder("/var/tmp", "labctl-test-", &cache, &e), 0);
	AUTO_FREE char *folder = layer_begin(cache, "image", &e);
	AUTO_FREE char *root = file_join(folder, "root");
	const char *const argv[] = { "sh", "-c", make_root, "sh", root, NULL };
	assert_int_equal(file_make_folders(root, &e), 0);
	if (proc_run_ok(argv, LIMIT_NS, NULL, &e) != 0 || image_id(&spec, id, &e) != 0 ||
	    layer_finish(cache, "image", id, NULL, "tiny", folder, &e) != 0)
		fail_msg("%s", e.text);
	opts.cache_folder = cache;
	opts.scratch_folder = cache;
	return 0;
}

static int remove_image(void **state)
{
	int64_t freed;
	struct err e = ERR_INIT;

	(void)state;
	if (layer_prune(cache, 0, &freed, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(file_remove_tree(cache, &e), 0);
	free(cache);
	return 0;
}

static int open_target(void **state)
{
	struct err e = ERR_INIT;
	size_t kept;
	struct target *t = target_open(&spec, &opts, &e);

	if (!t || target_restore(t, NULL, 0, &kept, &e) != 0)
		fail_msg("%s (%s)", e.text, e.hint);
	*state = t;
	return 0;
}

static int close_target(void **state)
{
	target_close(*state);
	return 0;
}

static void collect(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	(void)stream;
	str_add_bytes(ctx, data, len);
}

static struct target_end run(struct target *t, const char *script, struct str *out)
{
	struct err e = ERR_INIT;
	struct target_end end;
	const struct target_command c = { .script = script, .limit_ns = LIMIT_NS, .on_output = collect, .ctx = out };

	if (target_run(t, &c, &end, &e) != 0)
		fail_msg("%s", e.text);
	return end;
}

static void assert_says(struct target *t, const char *script, const char *expected)
{
	AUTO_STR out = { 0 };
	struct target_end end = run(t, script, &out);

	assert_int_equal(end.how, TARGET_EXITED);
	assert_string_equal(str_text(&out), expected);
	assert_int_equal(end.status, 0);
}

static void keep(struct target *t, const char *key, const char *parent)
{
	struct err e = ERR_INIT;

	if (target_keep(t, key, parent, key, &e) != 0)
		fail_msg("%s", e.text);
}

static size_t restore(struct target *t, const char *const *keys, size_t count)
{
	struct err e = ERR_INIT;
	size_t kept = 99;

	if (target_restore(t, keys, count, &kept, &e) != 0)
		fail_msg("%s", e.text);
	return kept;
}

/* Processes of this machine with the word among their arguments. */
static size_t count_processes(const char *word)
{
	size_t count = 0;
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	while ((entry = readdir(proc)) != NULL) {
		char path[300], line[4096];
		snprintf(path, sizeof(path), "/proc/%.200s/cmdline", entry->d_name);
		AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t len = fd >= 0 ? read(fd, line, sizeof(line) - 1) : 0;
		count += len > 0 && memmem(line, (size_t)len, word, strlen(word)) != NULL;
	}
	closedir(proc);
	return count;
}

static void wait_until_gone(const char *word)
{
	for (int64_t begun_ns = clock_now_ns(); count_processes(word);) {
		assert_true(clock_now_ns() - begun_ns < LIMIT_NS);
		clock_sleep_ns(10 * NS_PER_MS);
	}
}

static void commands_run_as_root_of_their_own_folder(void **state)
{
	assert_says(*state, "id -u; cat /etc/issue; echo $PWD; echo $HOME", "0\nbase\n/var/tmp/work\n/root\n");
}

static void statuses_and_signals_come_back(void **state)
{
	AUTO_STR out = { 0 };

	assert_int_equal(run(*state, "exit 7", &out).status, 7);
	assert_int_equal(run(*state, "kill -SEGV $$", &out).status, 128 + SIGSEGV);
}

static void nothing_of_this_machine_is_seen(void **state)
{
	AUTO_FREE char *look = mem_printf("ls %s 2>/dev/null; ls -d /home /srv 2>/dev/null; echo $LABCTL_TEST", cache);

	setenv("LABCTL_TEST", "from outside", 1);
	assert_says(*state, look, "\n");
	/* The shell, its runner and the sandbox's own few. */
	assert_says(*state, "set -- /proc/[0-9]*; test $# -lt 12 && echo few", "few\n");
}

static void there_is_no_network_unless_asked_for(void **state)
{
	AUTO_STR out = { 0 };

	run(*state, "while read -r line; do case $line in *:*) echo ${line%%:*};; esac; done < /proc/net/dev", &out);
	assert_string_equal(str_text(&out), "lo\n");
}

static void the_base_is_never_changed(void **state)
{
	assert_says(*state, "echo changed > /etc/issue; rm -r /var/full; touch /new; cat /etc/issue", "changed\n");
	assert_int_equal(restore(*state, NULL, 0), 0);
	assert_says(*state, "cat /etc/issue; ls /var/full; ls /new 2>/dev/null || echo gone", "base\na\nb\ngone\n");
}

static void the_work_folder_is_empty_after_a_restore(void **state)
{
	assert_says(*state, "touch here; ls", "here\n");
	restore(*state, NULL, 0);
	assert_says(*state, "ls", "");
}

static void layers_stack_and_come_back(void **state)
{
	const char *const chain[] = { "l1", "l2", "never" };

	assert_says(*state, "echo one > /one; rm /var/full/a; echo done", "done\n");
	keep(*state, "l1", NULL);
	assert_says(*state, "cat /one; ls /var/full; echo two > /two; echo 1+2 > /one", "one\nb\n");
	keep(*state, "l2", "l1");
	assert_says(*state, "cat /one /two; echo later > /two", "1+2\ntwo\n");
	assert_int_equal(restore(*state, chain, 3), 2);
	assert_says(*state, "cat /one /two; ls /var/full", "1+2\ntwo\nb\n");
	assert_int_equal(restore(*state, chain, 1), 1);
	assert_says(*state, "cat /one; ls /two 2>/dev/null || echo none", "one\nnone\n");
	assert_int_equal(restore(*state, NULL, 0), 0);
	assert_says(*state, "ls /one 2>/dev/null || echo none; ls /var/full", "none\na\nb\n");
}

static void a_folder_made_anew_hides_the_old_one(void **state)
{
	const char *const chain[] = { "anew" };

	assert_says(*state, "rm -r /var/full; mkdir /var/full; touch /var/full/c; ls /var/full", "c\n");
	keep(*state, "anew", NULL);
	assert_int_equal(restore(*state, chain, 1), 1);
	assert_says(*state, "ls /var/full", "c\n");
}

static void the_first_kept_layer_stands(void **state)
{
	const char *const chain[] = { "twice" };

	assert_says(*state, "echo first > /who", "");
	keep(*state, "twice", NULL);
	restore(*state, NULL, 0);
	assert_says(*state, "echo second > /who", "");
	keep(*state, "twice", NULL);
	assert_says(*state, "cat /who", "first\n");
	assert_int_equal(restore(*state, chain, 1), 1);
	assert_says(*state, "cat /who", "first\n");
}

static void two_targets_do_not_see_each_other(void **state)
{
	void *other = NULL;

	open_target(&other);
	assert_says(*state, "echo one > /who", "");
	assert_says(other, "ls /who 2>/dev/null || echo none; echo two > /who", "none\n");
	assert_says(*state, "cat /who", "one\n");
	close_target(&other);
}

static void what_a_command_started_ends_with_it(void **state)
{
	assert_says(*state, "sleep 98701 >/dev/null & setsid sleep 98701 >/dev/null & echo started", "started\n");
	wait_until_gone("98701");
}

static void a_limit_ends_everything(void **state)
{
	struct err e = ERR_INIT;
	struct target_end end;
	const struct target_command c = { .script = "sleep 98702 & setsid sleep 98702; sleep 98702",
					  .limit_ns = NS_PER_S / 2 };

	assert_int_equal(target_run(*state, &c, &end, &e), 0);
	assert_int_equal(end.how, TARGET_TIMED_OUT);
	wait_until_gone("98702");
	assert_says(*state, "echo alive", "alive\n");
}

static void nothing_outlives_a_killed_labctl(void **state)
{
	void *theirs = NULL;
	int status;
	pid_t child;

	(void)state;
	child = fork();
	if (child == 0) {
		AUTO_STR out = { 0 };
		open_target(&theirs);
		run(theirs, "sleep 98703 & setsid sleep 98703", &out);
		_exit(0);
	}
	while (count_processes("98703") < 2)
		clock_sleep_ns(10 * NS_PER_MS);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	wait_until_gone("98703");
}

static void files_go_in_and_come_out(void **state)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *here = file_join(cache, "there");
	AUTO_FREE char *back = file_join(cache, "back");
	AUTO_FREE char *returned = file_join(back, "there");
	AUTO_STR text = { 0 };

	assert_int_equal(file_write(here, "hello\n", 6, &e), 0);
	assert_int_equal(file_make_folders(back, &e), 0);
	if (target_put(*state, here, "deep/there", &e) != 0 || target_get(*state, "deep/there", back, &e) != 0)
		fail_msg("%s", e.text);
	assert_says(*state, "cat deep/there", "hello\n");
	assert_int_equal(file_read(returned, 100, &text, &e), 0);
	assert_string_equal(str_text(&text), "hello\n");
	assert_int_equal(file_remove_tree(back, &e), 0);
}

/* As long as a target is open its image and layers stay, whatever is pruned. */
static void pruning_passes_over_what_is_open(void **state)
{
	struct err e = ERR_INIT;
	int64_t freed;

	assert_says(*state, "echo kept > /kept", "");
	keep(*state, "open", NULL);
	assert_int_equal(layer_prune(cache, 0, &freed, &e), 0);
	assert_says(*state, "cat /kept /etc/issue", "kept\nbase\n");
	assert_int_equal(restore(*state, (const char *const[]){ "open" }, 1), 1);
}

/* Where overlays cannot be had, roots and layers are copies. */
static void copies_stand_in_for_overlays(void **state)
{
	struct err e = ERR_INIT;
	struct local_root r = { .cache_folder = mem_dup(cache), .overlay = false };
	char id[65];
	size_t kept;

	(void)state;
	assert_int_equal(image_id(&spec, id, &e), 0);
	r.image_id = id;
	r.image_folder = mem_printf("%s/layers/image/%s", cache, id);
	assert_int_equal(local_root_restore(&r, NULL, 0, &kept, &e), 0);
	AUTO_FREE char *issue = file_join(r.view, "etc/issue");
	assert_int_equal(file_write(issue, "copied\n", 7, &e), 0);
	assert_int_equal(local_root_keep(&r, "copy", NULL, "copy", &e), 0);
	assert_int_equal(file_remove_tree(issue, &e), 0);
	assert_int_equal(local_root_restore(&r, (const char *const[]){ "copy" }, 1, &kept, &e), 0);
	assert_int_equal(kept, 1);
	AUTO_FREE char *again = file_join(r.view, "etc/issue");
	AUTO_STR text = { 0 };
	assert_int_equal(file_read(again, 100, &text, &e), 0);
	assert_string_equal(str_text(&text), "copied\n");
	local_root_close(&r);
}

static bool has_word(char *const *argv, const char *word)
{
	for (; *argv; argv++)
		if (strcmp(*argv, word) == 0)
			return true;
	return false;
}

static void the_command_line_gives_only_what_is_asked_for(void **state)
{
	const struct local_args closed = { .root = "/r", .name = "n", .command = "true" };
	const struct local_args open = {
		.root = "/r", .name = "n", .command = "true", .network = true, .resolv_conf = "/run/resolv.conf"
	};
	AUTO_FREE_LIST char **without = local_args_build(&closed);
	AUTO_FREE_LIST char **with = local_args_build(&open);

	(void)state;
	assert_true(has_word(without, "--unshare-net"));
	assert_false(has_word(without, "/etc/resolv.conf"));
	assert_false(has_word(with, "--unshare-net"));
	assert_true(has_word(with, "/run/resolv.conf"));
	assert_true(has_word(without, "--die-with-parent"));
	assert_true(has_word(without, "--unshare-pid"));
	assert_false(has_word(without, "CAP_SYS_ADMIN"));
}

#define ON_TARGET(test) cmocka_unit_test_setup_teardown(test, open_target, close_target)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TARGET(commands_run_as_root_of_their_own_folder),
		ON_TARGET(statuses_and_signals_come_back),
		ON_TARGET(nothing_of_this_machine_is_seen),
		ON_TARGET(there_is_no_network_unless_asked_for),
		ON_TARGET(the_base_is_never_changed),
		ON_TARGET(the_work_folder_is_empty_after_a_restore),
		ON_TARGET(layers_stack_and_come_back),
		ON_TARGET(a_folder_made_anew_hides_the_old_one),
		ON_TARGET(the_first_kept_layer_stands),
		ON_TARGET(two_targets_do_not_see_each_other),
		ON_TARGET(what_a_command_started_ends_with_it),
		ON_TARGET(a_limit_ends_everything),
		cmocka_unit_test(nothing_outlives_a_killed_labctl),
		ON_TARGET(files_go_in_and_come_out),
		ON_TARGET(pruning_passes_over_what_is_open),
		cmocka_unit_test(copies_stand_in_for_overlays),
		cmocka_unit_test(the_command_line_gives_only_what_is_asked_for),
	};

	signal(SIGPIPE, SIG_IGN); /* as main() does */
	return cmocka_run_group_tests_name("local", tests, make_image, remove_image);
}
