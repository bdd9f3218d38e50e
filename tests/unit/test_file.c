#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define NOBODY 65534

static char *scratch; /* a folder of its own for each test */

static int make_scratch(void **state)
{
	char name[] = "/tmp/labctl-test-XXXXXX";

	(void)state;
	scratch = mem_dup(mkdtemp(name));
	return scratch ? 0 : -1;
}

static int remove_scratch(void **state)
{
	struct err e = ERR_INIT;
	int result = file_remove_tree(scratch, &e);

	(void)state;
	if (result != 0)
		print_error("%s\n", e.text);
	free(scratch);
	return result;
}

static char *in_scratch(const char *name)
{
	return file_join(scratch, name);
}

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = in_scratch(name);
	struct err e = ERR_INIT;

	if (file_write(path, text, strlen(text), &e) != 0)
		fail_msg("%s", e.text);
}

static void check_content(const char *path, const char *wanted)
{
	AUTO_STR text = { 0 };
	struct err e = ERR_INIT;

	if (file_read(path, 1 << 20, &text, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(str_text(&text), wanted);
}

/* All names in the scratch folder, dot files too. */
static int count_entries(void)
{
	AUTO_FREE char *command = mem_printf("exit $(ls -A '%s' | wc -l)", scratch);

	return WEXITSTATUS(system(command));
}

static void what_is_written_is_read_back(void **state)
{
	AUTO_FREE char *path = in_scratch("a");

	(void)state;
	put("a", "first");
	check_content(path, "first");
	put("a", "");
	check_content(path, "");
	put("a", "second");
	check_content(path, "second");
	assert_int_equal(count_entries(), 1);
}

static void reading_keeps_to_its_cap(void **state)
{
	AUTO_FREE char *path = in_scratch("a");
	AUTO_STR text = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	put("a", "12345");
	str_add(&text, "x");
	assert_int_equal(file_read(path, 5, &text, &e), 0);
	assert_string_equal(text.text, "x12345");
	assert_int_equal(file_read(path, 4, &text, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_string_equal(text.text, "x12345");
	AUTO_FREE char *missing = in_scratch("missing");
	assert_int_equal(file_read(missing, 5, &text, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, "missing"));
	assert_int_equal(file_read(scratch, 5, &text, &e), -1);
}

static void a_write_that_fails_leaves_all_as_it_was(void **state)
{
	AUTO_FREE char *folder = in_scratch("folder");
	AUTO_FREE char *inside = in_scratch("missing/file");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(file_write(folder, "x", 1, &e), -1); /* a file cannot replace a folder */
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(file_write(inside, "x", 1, &e), -1);
	assert_int_equal(count_entries(), 1);
	AUTO_FREE char *full = mem_dup("/dev/full");
	assert_int_equal(file_append_line(full, "x", &e), -1);
	assert_int_equal(e.code, ERR_DISK_FULL);
}

static void lines_are_appended(void **state)
{
	AUTO_FREE char *path = in_scratch("log");

	(void)state;
	assert_int_equal(file_append_line(path, "one", NULL), 0);
	assert_int_equal(file_append_line(path, "", NULL), 0);
	assert_int_equal(file_append_line(path, "two", NULL), 0);
	check_content(path, "one\n\ntwo\n");
}

static void folders_are_made_with_those_above(void **state)
{
	AUTO_FREE char *deep = in_scratch("a/b//c/");
	AUTO_FREE char *below_file = in_scratch("file/x/y");
	AUTO_FREE char *file = in_scratch("file");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_make_folders(deep, &e), 0);
	assert_int_equal(file_make_folders(deep, &e), 0);
	assert_true(file_is_folder(deep));
	assert_int_equal(file_make_folders("/", &e), 0);
	assert_int_equal(file_make_folders(".", &e), 0);
	assert_int_equal(file_make_folders("", &e), -1);
	put("file", "");
	assert_int_equal(file_make_folders(below_file, &e), -1);
	assert_int_equal(file_make_folders(file, &e), -1);
	char longest[5000];
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(file_make_folders(longest, &e), -1);
}

static void temporary_folders_differ(void **state)
{
	AUTO_FREE char *parent = in_scratch("not/yet");
	AUTO_FREE char *one = NULL;
	AUTO_FREE char *other = NULL;

	(void)state;
	assert_int_equal(file_make_temp_folder(parent, "run-", &one, NULL), 0);
	assert_int_equal(file_make_temp_folder(parent, "run-", &other, NULL), 0);
	assert_true(file_is_folder(one) && file_is_folder(other));
	assert_string_not_equal(one, other);
	assert_non_null(strstr(one, "/not/yet/run-"));
}

static void renaming_replaces(void **state)
{
	AUTO_FREE char *a = in_scratch("a");
	AUTO_FREE char *b = in_scratch("b");
	struct err e = ERR_INIT;

	(void)state;
	put("a", "new");
	put("b", "old");
	assert_int_equal(file_rename(a, b, &e), 0);
	check_content(b, "new");
	assert_false(file_exists(a));
	assert_int_equal(file_rename(a, b, &e), -1);
	assert_int_equal(e.code, ERR_IO);
}

static void links_are_removed_not_followed(void **state)
{
	AUTO_FREE char *tree = in_scratch("tree");
	AUTO_FREE char *link = in_scratch("link/");
	AUTO_FREE char *command =
		mem_printf("cd '%s' && mkdir -p tree/sub keep && echo x >keep/f && ln -s ../keep tree/l"
			   " && ln -s ../../keep tree/sub/l && ln -s . tree/self && ln -s keep link"
			   " && mkfifo tree/pipe && ln keep/f tree/hard",
			   scratch);
	AUTO_FREE char *kept = in_scratch("keep/f");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(system(command), 0);
	assert_int_equal(file_remove_tree(tree, &e), 0);
	assert_false(file_exists(tree));
	assert_int_equal(file_remove_tree(link, &e), 0); /* with its slash */
	check_content(kept, "x\n");
	assert_int_equal(count_entries(), 1);
}

static void removing_what_is_not_there_is_fine(void **state)
{
	AUTO_FREE char *missing = in_scratch("a/b");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_remove_tree(missing, &e), 0);
	put("file", "");
	AUTO_FREE char *file = in_scratch("file");
	assert_int_equal(file_remove_tree(file, &e), 0);
	assert_int_equal(count_entries(), 0);
}

static void some_names_are_never_removed(void **state)
{
	static const char *const never[] = { "", "/", "//", ".", "..", "/..", "x/.", "x/../" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(never); i++) {
		struct err e = ERR_INIT;
		assert_int_equal(file_remove_tree(never[i], &e), -1);
		assert_int_equal(e.code, ERR_INTERNAL);
	}
}

/* Deeper than a path may be long and than there are descriptors. */
static void the_depth_of_a_tree_does_not_matter(void **state)
{
	AUTO_FREE char *tree = in_scratch("tree");
	struct err e = ERR_INIT;
	int fd = open(scratch, O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(mkdirat(fd, "tree", 0755), 0);
	for (int depth = 0; depth < 5000; depth++) {
		assert_int_equal(mkdirat(fd, "tree", 0755) != 0 && errno != EEXIST, 0);
		int below = openat(fd, "tree", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = below;
		int file = openat(fd, "f", O_WRONLY | O_CREAT, 0600);
		assert_true(file >= 0);
		close(file);
	}
	close(fd);
	assert_true(file_size_bytes(tree) > 0);
	if (file_remove_tree(tree, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(count_entries(), 0);
}

/* In a child without root's rights, since root may do everything. */
static int remove_as_nobody(const char *path)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct err e = ERR_INIT;
		if (geteuid() == 0 && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(99);
		_exit(file_remove_tree(path, &e) == 0 ? 0 : (int)e.code);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void folders_without_rights_are_removed_too(void **state)
{
	AUTO_FREE char *tree = in_scratch("tree");
	AUTO_FREE char *command = mem_printf(
		"cd '%s' && chmod 777 . && mkdir -p tree/a/b tree/r tree/w tree/x && touch tree/a/b/f tree/r/f tree/w/f"
		" tree/x/f && chmod 0 tree/a/b tree/a && chmod 400 tree/r && chmod 200 tree/w && chmod 100 tree/x"
		" && if [ $(id -u) = 0 ]; then chown -R %d tree; fi && chmod 500 tree",
		scratch, NOBODY);

	(void)state;
	assert_int_equal(system(command), 0);
	assert_int_equal(remove_as_nobody(tree), 0);
	assert_int_equal(count_entries(), 0);
}

static void what_belongs_to_others_stays_and_is_told(void **state)
{
	AUTO_FREE char *tree = in_scratch("tree");
	AUTO_FREE char *command = mem_printf("cd '%s' && mkdir tree && touch tree/f && chmod 555 . tree", scratch);

	(void)state;
	if (geteuid() != 0) /* then the owner is us, and nothing is anybody else's */
		return;
	assert_int_equal(system(command), 0);
	assert_int_equal(remove_as_nobody(tree), ERR_IO);
	AUTO_FREE char *kept = in_scratch("tree/f");
	assert_true(file_exists(kept));
}

/* In a child with mounts of its own. 77: this machine does not let us have them. */
static int remove_with_mount_inside(const char *kept, const char *inside, const char *tree)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct err e = ERR_INIT;
		int how = geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
		if (unshare(how) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
		    mount(kept, inside, "none", MS_BIND, NULL) != 0)
			_exit(77);
		_exit(file_remove_tree(tree, &e) == 0 ? 0 : (int)e.code);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

/* The same file system, so the device number alone would not tell. */
static void what_is_mounted_inside_is_left_alone(void **state)
{
	AUTO_FREE char *tree = in_scratch("tree");
	AUTO_FREE char *inside = in_scratch("tree/a/b");
	AUTO_FREE char *kept = in_scratch("kept");
	AUTO_FREE char *file = in_scratch("kept/file");

	(void)state;
	assert_int_equal(file_make_folders(inside, NULL), 0);
	assert_int_equal(file_make_folders(kept, NULL), 0);
	put("kept/file", "precious");
	int how = remove_with_mount_inside(kept, inside, tree);
	if (how == 77)
		skip();
	assert_int_equal(how, ERR_IO);
	check_content(file, "precious");
}

static void a_copy_is_the_same(void **state)
{
	AUTO_FREE char *from = in_scratch("from");
	AUTO_FREE char *to = in_scratch("to");
	struct err e = ERR_INIT;
	struct stat st;

	(void)state;
	put("from", "content");
	assert_int_equal(chmod(from, 0750), 0);
	put("to", "something longer that was there before");
	assert_int_equal(file_copy(from, to, &e), 0);
	check_content(to, "content");
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	put("from", "");
	assert_int_equal(file_copy(from, to, &e), 0);
	check_content(to, "");
	assert_int_equal(file_copy(scratch, to, &e), -1);
	AUTO_FREE char *missing = in_scratch("missing");
	assert_int_equal(file_copy(missing, to, &e), -1);
	assert_int_equal(count_entries(), 2);
}

static void write_at(int fd, off_t at, const char *text)
{
	assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
}

static void holes_stay_holes(void **state)
{
	const off_t size = (off_t)3 << 30;
	AUTO_FREE char *from = in_scratch("from");
	AUTO_FREE char *to = in_scratch("to");
	struct err e = ERR_INIT;
	struct stat st;
	char back[5] = "";

	(void)state;
	int fd = open(from, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(ftruncate(fd, size), 0);
	write_at(fd, 0, "head");
	write_at(fd, (off_t)2 << 30, "deep");
	close(fd);
	assert_int_equal(file_copy(from, to, &e), 0);
	assert_int_equal(stat(to, &st), 0);
	assert_true(st.st_size == size);
	assert_true(file_size_bytes(to) < 1 << 20);
	fd = open(to, O_RDONLY);
	assert_int_equal(pread(fd, back, 4, 0), 4);
	assert_string_equal(back, "head");
	assert_int_equal(pread(fd, back, 4, (off_t)2 << 30), 4);
	assert_string_equal(back, "deep");
	assert_int_equal(pread(fd, back, 4, (off_t)1 << 30), 4);
	assert_memory_equal(back, "\0\0\0\0", 4);
	close(fd);
}

/* /proc files say they are empty, and another file system refuses the quick ways: what counts is what can be read. */
static void copies_cross_file_systems(void **state)
{
	AUTO_FREE char *from = in_scratch("from");
	struct err e = ERR_INIT;
	char to[] = "/dev/shm/labctl-test-XXXXXX";
	int fd = mkstemp(to);
	AUTO_STR text = { 0 };

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (int i = 0; i < 100000; i++)
		str_addf(&text, "%d ", i);
	put("from", text.text);
	int copied = file_copy(from, to, &e);
	AUTO_STR back = { 0 };
	int got = file_read(to, 1 << 24, &back, &e);
	unlink(to);
	assert_int_equal(copied, 0);
	assert_int_equal(got, 0);
	assert_string_equal(back.text, text.text);
}

static void a_lock_is_held_by_one(void **state)
{
	AUTO_FREE char *path = in_scratch("lock");
	AUTO_FREE char *holder = mem_printf("held by process %ld", (long)getpid());
	struct err e = ERR_INIT;
	int first = -1, second = -1;

	(void)state;
	assert_int_equal(file_lock(path, 0, &first, &e), 0);
	assert_int_equal(fcntl(first, F_GETFD), FD_CLOEXEC);
	assert_int_equal(file_lock(path, 0, &second, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_non_null(strstr(e.text, holder));
	assert_int_equal(file_lock(path, 30 * NS_PER_MS, &second, &e), -1);
	assert_int_equal(e.code, ERR_TIMEOUT);
	close(first);
	assert_int_equal(file_lock(path, 0, &second, &e), 0);
	close(second);
}

static void a_lock_comes_free_when_its_holder_dies(void **state)
{
	AUTO_FREE char *path = in_scratch("lock");
	struct err e = ERR_INIT;
	int ready[2], fd = -1;
	char byte;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (file_lock(path, -1, &fd, &e) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	assert_int_equal(file_lock(path, 0, &fd, &e), -1);
	kill(pid, SIGKILL);
	assert_int_equal(file_lock(path, -1, &fd, &e), 0);
	close(fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void names_are_listed_in_order(void **state)
{
	AUTO_FREE_LIST char **yaml = NULL;
	AUTO_FREE_LIST char **all = NULL;
	AUTO_FREE_LIST char **none = NULL;
	AUTO_FREE char *missing = in_scratch("missing");
	AUTO_FREE char *file = in_scratch("b.yaml");
	char **refused = NULL;
	struct err e = ERR_INIT;

	(void)state;
	put("b.yaml", "");
	put("a.yaml", "");
	put("c.txt", "");
	put(".hidden.yaml", "");
	assert_int_equal(file_list(scratch, ".yaml", &yaml, &e), 0);
	assert_string_equal(yaml[0], "a.yaml");
	assert_string_equal(yaml[1], "b.yaml");
	assert_null(yaml[2]);
	assert_int_equal(file_list(scratch, NULL, &all, &e), 0);
	assert_string_equal(all[2], "c.txt");
	assert_null(all[3]);
	assert_int_equal(file_list(missing, NULL, &none, &e), 0);
	assert_null(none[0]);
	assert_int_equal(file_list(file, NULL, &refused, &e), -1);
}

static void sizes_are_those_on_disk(void **state)
{
	AUTO_FREE char *file = in_scratch("file");
	AUTO_FREE char *missing = in_scratch("missing");
	AUTO_FREE char *linked = in_scratch("linked");
	AUTO_STR text = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		str_add(&text, "0123456789");
	put("file", text.text);
	int64_t bytes = file_size_bytes(file);
	assert_in_range(bytes, 1000000, 1100000);
	int64_t all = file_size_bytes(scratch);
	assert_true(all >= bytes);
	assert_int_equal(link(file, linked), 0);
	assert_true(file_size_bytes(scratch) == all); /* a second name takes no room */
	assert_true(file_size_bytes(missing) == -1);
	assert_true(file_free_bytes(scratch) > 0);
	assert_true(file_free_bytes(missing) == -1);
}

static void check_parent(const char *path, const char *wanted)
{
	AUTO_FREE char *parent = file_parent(path);

	assert_string_equal(parent, wanted);
}

static void check_joined(const char *folder, const char *name, const char *wanted)
{
	AUTO_FREE char *path = file_join(folder, name);

	assert_string_equal(path, wanted);
}

static void paths_are_put_together_and_taken_apart(void **state)
{
	(void)state;
	check_parent("a/b", "a");
	check_parent("a/b/", "a");
	check_parent("a//b", "a");
	check_parent("a", ".");
	check_parent("", ".");
	check_parent("/a", "/");
	check_parent("//a", "/");
	check_parent("/", "/");
	check_joined("a", "b", "a/b");
	check_joined("a/", "b", "a/b");
	check_joined("/", "b", "/b");
	check_joined("", "b", "b");
	check_joined("root", "/etc/passwd", "root/etc/passwd");
}

static void check_user_folder(const char *what, const char *wanted)
{
	AUTO_FREE char *path = file_user_folder(what);

	assert_string_equal(path, wanted);
}

static void the_users_folders_follow_xdg(void **state)
{
	(void)state;
	setenv("HOME", "/home/ada", 1);
	unsetenv("LABCTL_CACHE");
	setenv("XDG_CACHE_HOME", "/var/c", 1);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	unsetenv("XDG_STATE_HOME");
	check_user_folder("cache", "/var/c/labctl");
	check_user_folder("config", "/home/ada/.config/labctl");
	check_user_folder("state", "/home/ada/.local/state/labctl");
	setenv("LABCTL_CACHE", "/big/disk", 1);
	check_user_folder("cache", "/big/disk");
	check_user_folder("state", "/home/ada/.local/state/labctl");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_is_written_is_read_back),
		IN_SCRATCH(reading_keeps_to_its_cap),
		IN_SCRATCH(a_write_that_fails_leaves_all_as_it_was),
		IN_SCRATCH(lines_are_appended),
		IN_SCRATCH(folders_are_made_with_those_above),
		IN_SCRATCH(temporary_folders_differ),
		IN_SCRATCH(renaming_replaces),
		IN_SCRATCH(links_are_removed_not_followed),
		IN_SCRATCH(removing_what_is_not_there_is_fine),
		IN_SCRATCH(some_names_are_never_removed),
		IN_SCRATCH(the_depth_of_a_tree_does_not_matter),
		IN_SCRATCH(folders_without_rights_are_removed_too),
		IN_SCRATCH(what_belongs_to_others_stays_and_is_told),
		IN_SCRATCH(what_is_mounted_inside_is_left_alone),
		IN_SCRATCH(a_copy_is_the_same),
		IN_SCRATCH(holes_stay_holes),
		IN_SCRATCH(copies_cross_file_systems),
		IN_SCRATCH(a_lock_is_held_by_one),
		IN_SCRATCH(a_lock_comes_free_when_its_holder_dies),
		IN_SCRATCH(names_are_listed_in_order),
		IN_SCRATCH(sizes_are_those_on_disk),
		cmocka_unit_test(paths_are_put_together_and_taken_apart),
		cmocka_unit_test(the_users_folders_follow_xdg),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
