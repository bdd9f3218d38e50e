#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/mem.h"

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
	(void)state;
	int result = file_remove_tree(scratch, NULL);
	free(scratch);
	return result;
}

static char *in_scratch(const char *name)
{
	return file_join(scratch, name);
}

static void fill(struct str *s, size_t len)
{
	uint32_t seed = 12345;

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		str_add_char(s, (char)(seed >> 24));
	}
}

static void bytes_come_back(void **state)
{
	static const size_t lengths[] = { 0, 1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 1000000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		AUTO_STR in = { 0 }, packed = { 0 }, out = { 0 };
		fill(&in, lengths[i]);
		compress_bytes(str_text(&in), in.len, 3, &packed);
		assert_int_equal(compress_read(packed.text, packed.len, lengths[i], &out, NULL), 0);
		assert_int_equal(out.len, in.len);
		assert_memory_equal(str_text(&out), str_text(&in), in.len);
	}
}

static void what_is_there_already_stays(void **state)
{
	AUTO_STR packed = { 0 }, out = { 0 };

	(void)state;
	str_add(&out, "kept ");
	compress_bytes("abc", 3, 22, &packed);
	compress_bytes("def", 3, 1, &packed);
	assert_int_equal(compress_read(packed.text, packed.len, 6, &out, NULL), 0);
	assert_string_equal(out.text, "kept abcdef");
}

static void a_bomb_stops_at_the_cap(void **state)
{
	AUTO_STR zeros = { 0 }, packed = { 0 }, out = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	for (int i = 0; i < 4 * 1024 * 1024; i++)
		str_add_char(&zeros, '0');
	compress_bytes(zeros.text, zeros.len, 3, &packed);
	assert_int_equal(compress_read(packed.text, packed.len, 1000000, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_true(out.len <= 1000000);
}

static void broken_data_is_refused(void **state)
{
	AUTO_STR in = { 0 }, packed = { 0 }, out = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	fill(&in, 5000);
	compress_bytes(in.text, in.len, 3, &packed);
	assert_int_equal(compress_read(packed.text, packed.len - 1, 100000, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(compress_read("not zstd", 8, 100000, &out, &e), -1);
	assert_int_equal(compress_read(NULL, 0, 100000, &out, &e), -1);
	str_add(&packed, "tail");
	assert_int_equal(compress_read(packed.text, packed.len, 100000, &out, &e), -1);
}

static void read_back(const char *path, struct str *out)
{
	struct err e = ERR_INIT;

	if (compress_read_file(path, 10000000, out, &e) != 0)
		fail_msg("%s", e.text);
}

static void a_file_appears_when_it_is_closed(void **state)
{
	AUTO_FREE char *path = in_scratch("raw.zst"), *part = in_scratch("raw.zst.part");
	AUTO_STR out = { 0 };
	struct compress_file *f = compress_create(path, 1000, NULL);

	(void)state;
	assert_non_null(f);
	assert_true(file_exists(part));
	assert_false(file_exists(path));
	assert_int_equal(compress_add(f, "one\n", 4, NULL), 0);
	assert_int_equal(compress_add(f, "", 0, NULL), 0);
	assert_int_equal(compress_add(f, "two\n", 4, NULL), 0);
	assert_int_equal(compress_dropped_bytes(f), 0);
	assert_int_equal(compress_close(f, NULL), 0);
	assert_false(file_exists(part));
	read_back(path, &out);
	assert_string_equal(out.text, "one\ntwo\n");
}

static void over_the_cap_the_end_is_dropped_and_said(void **state)
{
	AUTO_FREE char *path = in_scratch("raw.zst");
	AUTO_STR out = { 0 };
	struct compress_file *f = compress_create(path, 6, NULL);

	(void)state;
	assert_int_equal(compress_add(f, "one\n", 4, NULL), 0);
	assert_int_equal(compress_add(f, "two\n", 4, NULL), 0);
	assert_int_equal(compress_add(f, "three\n", 6, NULL), 0);
	assert_int_equal(compress_dropped_bytes(f), 8);
	assert_int_equal(compress_close(f, NULL), 0);
	read_back(path, &out);
	assert_string_equal(out.text, "one\ntw\n[labctl: the limit of 6 bytes is reached, 8 more were dropped]\n");
}

static void a_part_left_behind_is_read_as_far_as_it_goes(void **state)
{
	AUTO_FREE char *path = in_scratch("raw.zst"), *part = in_scratch("raw.zst.part");
	AUTO_STR in = { 0 }, out = { 0 }, bytes = { 0 };
	struct compress_file *f = compress_create(path, 10000000, NULL);

	(void)state;
	fill(&in, 300000);
	for (size_t done = 0; done < in.len; done += 100000)
		assert_int_equal(compress_add(f, in.text + done, 100000, NULL), 0);
	read_back(path, &out);
	assert_int_equal(out.len, in.len);
	assert_memory_equal(out.text, in.text, in.len);
	assert_int_equal(file_read(part, 10000000, &bytes, NULL), 0);
	assert_int_equal(compress_close(f, NULL), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_write(part, bytes.text, bytes.len / 2, NULL), 0);
	str_clear(&out);
	read_back(path, &out);
	assert_true(out.len > 0 && out.len < in.len);
	assert_memory_equal(out.text, in.text, out.len);
	memset(bytes.text + bytes.len / 2, 0xAA, bytes.len - bytes.len / 2);
	assert_int_equal(file_write(part, bytes.text, bytes.len, NULL), 0);
	str_clear(&out);
	read_back(path, &out);
	assert_true(out.len < in.len);
	assert_memory_equal(out.text, in.text, out.len);
}

static void a_whole_file_must_be_whole(void **state)
{
	AUTO_FREE char *path = in_scratch("raw.zst"), *none = in_scratch("none.zst");
	AUTO_STR bytes = { 0 }, out = { 0 };
	struct err e = ERR_INIT;
	struct compress_file *f = compress_create(path, 1000, NULL);

	(void)state;
	assert_int_equal(compress_add(f, "some text", 9, NULL), 0);
	assert_int_equal(compress_close(f, NULL), 0);
	assert_int_equal(compress_read_file(path, 8, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(file_read(path, 1000, &bytes, NULL), 0);
	assert_int_equal(file_write(path, bytes.text, bytes.len - 3, NULL), 0);
	assert_int_equal(compress_read_file(path, 1000, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, path));
	assert_int_equal(compress_read_file(none, 1000, &out, &e), -1);
	assert_int_equal(e.code, ERR_IO);
}

static void a_file_that_cannot_be_made_is_told(void **state)
{
	AUTO_FREE char *path = in_scratch("no/such/folder.zst");
	struct err e = ERR_INIT;

	(void)state;
	assert_null(compress_create(path, 1000, &e));
	assert_int_equal(e.code, ERR_IO);
}

/* A limit on the size of files stands for the full disk: the first failed write is told, and nothing takes the name. */
static void a_failed_write_is_told_and_the_name_is_not_taken(void **state)
{
	AUTO_FREE char *path = in_scratch("raw.zst");
	AUTO_STR in = { 0 };
	struct err e = ERR_INIT;
	struct rlimit before, small = { 100000, RLIM_INFINITY };

	(void)state;
	fill(&in, 1000000);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	struct compress_file *f = compress_create(path, 10000000, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int added = compress_add(f, in.text, in.len, &e);
	int added_again = compress_add(f, "x", 1, NULL);
	int closed = compress_close(f, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(added, -1);
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(added_again, -1);
	assert_int_equal(closed, -1);
	assert_false(file_exists(path));
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_back),
		cmocka_unit_test(what_is_there_already_stays),
		cmocka_unit_test(a_bomb_stops_at_the_cap),
		cmocka_unit_test(broken_data_is_refused),
		IN_SCRATCH(a_file_appears_when_it_is_closed),
		IN_SCRATCH(over_the_cap_the_end_is_dropped_and_said),
		IN_SCRATCH(a_part_left_behind_is_read_as_far_as_it_goes),
		IN_SCRATCH(a_whole_file_must_be_whole),
		IN_SCRATCH(a_file_that_cannot_be_made_is_told),
		IN_SCRATCH(a_failed_write_is_told_and_the_name_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
