#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "target/kernel_modules.h"

static char *folder;

static void put(const char *name, const char *content)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *path = file_join(folder, name);

	assert_int_equal(file_write(path, content, strlen(content), &e), 0);
}

static int set_up(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_make_temp_folder("/tmp", "labctl-test-", &folder, &e), 0);
	put("modules.dep", "kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/lib/crc16.ko kernel/fs/mbcache.ko\n"
			   "kernel/fs/jbd2/jbd2.ko:\n"
			   "kernel/lib/crc16.ko:\n"
			   "kernel/fs/mbcache.ko:\n"
			   "kernel/drivers/block/virtio-blk.ko.xz: kernel/drivers/virtio/virtio_ring.ko\n"
			   "kernel/drivers/virtio/virtio_ring.ko:\n"
			   "kernel/a.ko: kernel/b.ko\n"
			   "kernel/b.ko: kernel/a.ko\n");
	put("modules.softdep", "# made by a machine\n"
			       "softdep jbd2 pre: crc16 nowhere post: virtio_ring\n");
	put("modules.builtin", "kernel/crypto/crc32c_generic.ko\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	file_remove_tree(folder, NULL);
	free(folder);
	return 0;
}

static char *order_of(const char *const *wanted)
{
	struct err e = ERR_INIT;
	struct str out = { 0 };
	AUTO_FREE_LIST char **files = kernel_modules_for(folder, wanted, &e);

	assert_string_equal(e.text, "");
	assert_non_null(files);
	for (char **f = files; *f; f++)
		str_addf(&out, "%s%s", f == files ? "" : " ", strrchr(*f, '/') + 1);
	return str_take(&out);
}

static void test_what_is_needed_comes_first(void **state)
{
	const char *const wanted[] = { "ext4", "virtio_blk", NULL };
	AUTO_FREE char *order = order_of(wanted);

	(void)state;
	assert_string_equal(order, "crc16.ko jbd2.ko mbcache.ko ext4.ko virtio_ring.ko virtio-blk.ko.xz");
}

static void test_built_in_needs_no_file(void **state)
{
	const char *const wanted[] = { "crc32c_generic", "crc16", NULL };
	AUTO_FREE char *order = order_of(wanted);

	(void)state;
	assert_string_equal(order, "crc16.ko");
}

static void test_a_circle_ends(void **state)
{
	const char *const wanted[] = { "a", NULL };
	AUTO_FREE char *order = order_of(wanted);

	(void)state;
	assert_non_null(strstr(order, "a.ko"));
	assert_non_null(strstr(order, "b.ko"));
}

static void test_not_there(void **state)
{
	const char *const wanted[] = { "ext4", "zfs", NULL };
	struct err e = ERR_INIT;

	(void)state;
	assert_null(kernel_modules_for(folder, wanted, &e));
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, "no module zfs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_needed_comes_first),
		cmocka_unit_test(test_built_in_needs_no_file),
		cmocka_unit_test(test_a_circle_ends),
		cmocka_unit_test(test_not_there),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
