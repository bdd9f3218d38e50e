#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "target/layer.h"

static int make_cache(void **state)
{
	struct err e = ERR_INIT;
	char *folder;

	assert_int_equal(file_make_temp_folder("/tmp", "labctl-test-", &folder, &e), 0);
	*state = folder;
	return 0;
}

static int remove_cache(void **state)
{
	file_remove_tree(*state, NULL);
	free(*state);
	return 0;
}

static void keep(const char *cache, const char *kind, const char *key, const char *parent, size_t bytes)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *folder = layer_begin(cache, kind, &e);
	AUTO_FREE char *content = mem_new(bytes + 1, 1);

	assert_non_null(folder);
	AUTO_FREE char *file = file_join(folder, "content");
	memset(content, 'x', bytes);
	assert_int_equal(file_write(file, content, bytes, &e), 0);
	if (layer_finish(cache, kind, key, parent, key, folder, &e) != 0)
		fail_msg("%s", e.text);
}

static bool is_kept(const char *cache, const char *kind, const char *key)
{
	AUTO_FREE char *found = layer_find(cache, kind, key, NULL);

	return found != NULL;
}

/* As if it had been used so many seconds after the others. */
static void used_at(const char *cache, const char *kind, const char *key, time_t second)
{
	AUTO_FREE char *note = mem_printf("%s/layers/%s/%s/layer.json", cache, kind, key);
	const struct timespec times[2] = { { .tv_sec = second }, { .tv_sec = second } };

	assert_int_equal(utimensat(AT_FDCWD, note, times, 0), 0);
}

static int64_t prune(const char *cache, int64_t limit_bytes)
{
	struct err e = ERR_INIT;
	int64_t freed = -1;

	if (layer_prune(cache, limit_bytes, &freed, &e) != 0)
		fail_msg("%s", e.text);
	return freed;
}

static void what_is_kept_is_found(void **state)
{
	int lock_fd = -1;

	assert_null(layer_find(*state, "local", "a1", &lock_fd));
	keep(*state, "local", "a1", NULL, 10);
	AUTO_FREE char *found = layer_find(*state, "local", "a1", &lock_fd);
	assert_non_null(found);
	assert_true(lock_fd >= 0);
	AUTO_FREE char *content = file_join(found, "content");
	assert_true(file_exists(content));
	assert_false(is_kept(*state, "qemu", "a1"));
	close(lock_fd);
}

static void strange_names_are_never_found(void **state)
{
	static const char *const names[] = { "", ".", "..", "../local/a1", "a/b", "making-a1", "gone-a1", "a b" };

	keep(*state, "local", "a1", NULL, 1);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_false(is_kept(*state, "local", names[i]));
}

static void the_first_of_two_builders_wins(void **state)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *first = layer_begin(*state, "local", &e);
	AUTO_FREE char *second = layer_begin(*state, "local", &e);
	struct layer_list list;

	AUTO_FREE char *mark = file_join(first, "first");
	assert_int_equal(file_write(mark, "", 0, &e), 0);
	assert_int_equal(layer_finish(*state, "local", "a1", NULL, "first", first, &e), 0);
	assert_int_equal(layer_finish(*state, "local", "a1", NULL, "second", second, &e), 0);
	assert_false(file_exists(second));
	assert_int_equal(layer_list(*state, &list, &e), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].label, "first");
	layer_list_free(&list);
}

static void a_parent_made_anew_is_another_parent(void **state)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *image = mem_printf("%s/layers/image/i1", (char *)*state);

	keep(*state, "image", "i1", NULL, 1);
	keep(*state, "qemu", "a1", "i1", 1);
	assert_true(is_kept(*state, "qemu", "a1"));
	assert_int_equal(file_remove_tree(image, &e), 0);
	assert_false(is_kept(*state, "qemu", "a1"));
	keep(*state, "image", "i1", NULL, 1);
	assert_false(is_kept(*state, "qemu", "a1"));
	keep(*state, "qemu", "a1", "i1", 1);
	assert_true(is_kept(*state, "qemu", "a1"));
}

static void a_missing_parent_is_refused(void **state)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *folder = layer_begin(*state, "local", &e);

	assert_int_equal(layer_finish(*state, "local", "a1", "nobody", "a1", folder, &e), -1);
	layer_drop(folder);
	assert_false(file_exists(folder));
}

static void what_was_not_used_for_long_goes_children_first(void **state)
{
	struct err e = ERR_INIT;
	int64_t freed = -1;

	keep(*state, "local", "parent", NULL, 10);
	keep(*state, "local", "child", "parent", 10);
	keep(*state, "local", "old", NULL, 10);
	used_at(*state, "local", "parent", 1000);
	used_at(*state, "local", "child", 3000);
	used_at(*state, "local", "old", 1000);
	assert_int_equal(layer_prune_unused(*state, 2000 * 1000, &freed, &e), 0);
	assert_true(freed > 0);
	assert_false(is_kept(*state, "local", "old"));
	/* A parent goes only after its children, which is asked before its use is noted. */
	used_at(*state, "local", "parent", 1000);
	used_at(*state, "local", "child", 1000);
	assert_int_equal(layer_prune_unused(*state, 2000 * 1000, &freed, &e), 0);
	assert_false(is_kept(*state, "local", "child"));
	assert_false(is_kept(*state, "local", "parent"));
	assert_int_equal(layer_prune_unused(*state, 2000 * 1000, &freed, &e), 0);
	assert_int_equal(freed, 0);
}

static void pruning_takes_the_longest_unused_first(void **state)
{
	keep(*state, "local", "a1", NULL, 100000);
	keep(*state, "local", "a2", NULL, 100000);
	keep(*state, "local", "a3", NULL, 100000);
	used_at(*state, "local", "a1", 3000);
	used_at(*state, "local", "a2", 1000);
	used_at(*state, "local", "a3", 2000);
	assert_true(prune(*state, 250000) >= 100000);
	assert_true(is_kept(*state, "local", "a1"));
	assert_false(is_kept(*state, "local", "a2"));
	assert_true(is_kept(*state, "local", "a3"));
	assert_int_equal(prune(*state, 250000), 0);
}

static void a_parent_goes_after_its_children(void **state)
{
	keep(*state, "image", "i1", NULL, 100000);
	keep(*state, "local", "a1", "i1", 100000);
	keep(*state, "local", "a2", "a1", 100000);
	used_at(*state, "image", "i1", 1000);
	used_at(*state, "local", "a1", 2000);
	used_at(*state, "local", "a2", 3000);
	prune(*state, 250000);
	assert_true(is_kept(*state, "image", "i1"));
	assert_true(is_kept(*state, "local", "a1"));
	assert_false(is_kept(*state, "local", "a2"));
	prune(*state, 0);
	assert_false(is_kept(*state, "image", "i1"));
}

static void what_is_in_use_stays(void **state)
{
	struct err e = ERR_INIT;
	struct layer_list list;
	int lock_fd = -1;

	keep(*state, "local", "a1", NULL, 10);
	keep(*state, "local", "a2", NULL, 10);
	free(layer_find(*state, "local", "a1", &lock_fd));
	assert_int_equal(layer_list(*state, &list, &e), 0);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(list.items[i].in_use, strcmp(list.items[i].key, "a1") == 0);
	layer_list_free(&list);
	prune(*state, 0);
	assert_true(is_kept(*state, "local", "a1"));
	assert_false(is_kept(*state, "local", "a2"));
	close(lock_fd);
	prune(*state, 0);
	assert_false(is_kept(*state, "local", "a1"));
}

/* A labctl that was killed while it filled a layer, and one that still does. */
static void only_what_nobody_makes_is_swept(void **state)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *ours = layer_begin(*state, "local", &e);
	AUTO_FREE_LIST char **names = NULL;
	int status;
	pid_t child;

	child = fork();
	if (child == 0) {
		free(layer_begin(*state, "local", &e));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	AUTO_FREE char *folder = mem_printf("%s/layers/local", (char *)*state);
	assert_int_equal(file_list(folder, NULL, &names, &e), 0);
	assert_non_null(names[0]);
	assert_non_null(names[1]);
	prune(*state, 0);
	mem_free_list(TAKE(names));
	assert_int_equal(file_list(folder, NULL, &names, &e), 0);
	assert_non_null(names[0]);
	assert_null(names[1]);
	assert_true(file_exists(ours));
	layer_drop(ours);
}

static void a_folder_without_a_note_is_listed_and_pruned(void **state)
{
	struct err e = ERR_INIT;
	struct layer_list list;
	AUTO_FREE char *folder = mem_printf("%s/layers/local/broken", (char *)*state);

	assert_int_equal(file_make_folders(folder, &e), 0);
	assert_false(is_kept(*state, "local", "broken"));
	assert_int_equal(layer_list(*state, &list, &e), 0);
	assert_int_equal(list.count, 1);
	layer_list_free(&list);
	prune(*state, 0);
	assert_false(file_exists(folder));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_kept_is_found, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(strange_names_are_never_found, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(the_first_of_two_builders_wins, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(a_parent_made_anew_is_another_parent, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(a_missing_parent_is_refused, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(what_was_not_used_for_long_goes_children_first, make_cache,
						remove_cache),
		cmocka_unit_test_setup_teardown(pruning_takes_the_longest_unused_first, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(a_parent_goes_after_its_children, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(what_is_in_use_stays, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(only_what_nobody_makes_is_swept, make_cache, remove_cache),
		cmocka_unit_test_setup_teardown(a_folder_without_a_note_is_listed_and_pruned, make_cache, remove_cache),
	};

	return cmocka_run_group_tests_name("layer", tests, NULL, NULL);
}
