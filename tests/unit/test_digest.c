#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
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

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = in_scratch(name);
	AUTO_FREE char *folder = file_parent(path);

	assert_int_equal(file_make_folders(folder, NULL), 0);
	assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
}

static void known_answers(void **state)
{
	char out[DIGEST_TEXT_BYTES];

	(void)state;
	digest_bytes("", 0, out);
	assert_string_equal(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	digest_bytes("abc", 3, out);
	assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	struct digest *d = digest_new();
	digest_add(d, "a", 1);
	digest_add(d, NULL, 0);
	digest_add(d, "bc", 2);
	digest_end(d, out);
	assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void two_fields(const char *a, const char *b, char out[static DIGEST_TEXT_BYTES])
{
	struct digest *d = digest_new();

	digest_add_field(d, a);
	digest_add_field(d, b);
	digest_end(d, out);
}

static void fields_do_not_run_together(void **state)
{
	static const char *const pairs[][2] = {
		{ "ab", "c" }, { "a", "bc" }, { "abc", "" }, { "", "abc" },  { "abc", NULL }, { NULL, "abc" },
		{ "", "" },    { "", NULL },  { NULL, "" },  { NULL, NULL }, { "-:", "" },    { "1:", "-" },
	};
	char out[COUNT_OF(pairs)][DIGEST_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++) {
		two_fields(pairs[i][0], pairs[i][1], out[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(out[i], out[j]);
	}
}

static void a_file_is_its_bytes(void **state)
{
	char out[DIGEST_TEXT_BYTES];
	AUTO_FREE char *path = in_scratch("file");
	AUTO_FREE char *none = in_scratch("none");
	struct err e = ERR_INIT;

	(void)state;
	put("file", "abc");
	assert_int_equal(digest_file(path, out, NULL), 0);
	assert_string_equal(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(digest_file(none, out, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, none));
	assert_int_equal(digest_file(scratch, out, &e), -1);
}

static void folder_digest(char out[static DIGEST_TEXT_BYTES])
{
	struct err e = ERR_INIT;

	if (digest_folder(scratch, out, &e) != 0)
		fail_msg("%s", e.text);
}

/* What must change a folder's digest, one thing after the other; each state is compared with all before. */
static void each_change_of_a_folder_counts(void **state)
{
	char out[10][DIGEST_TEXT_BYTES];
	AUTO_FREE char *a = in_scratch("a"), *b = in_scratch("b"), *link = in_scratch("link"), *empty = in_scratch("e");
	size_t count = 0;

	(void)state;
	folder_digest(out[count++]);
	put("a", "text");
	folder_digest(out[count++]);
	put("a", "text2");
	folder_digest(out[count++]);
	assert_int_equal(chmod(a, 0755), 0);
	folder_digest(out[count++]);
	assert_int_equal(rename(a, b), 0);
	folder_digest(out[count++]);
	put("sub/.hidden", "x");
	folder_digest(out[count++]);
	assert_int_equal(symlink("b", link), 0);
	folder_digest(out[count++]);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("sub", link), 0);
	folder_digest(out[count++]);
	assert_int_equal(mkdir(empty, 0755), 0);
	folder_digest(out[count++]);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(out[i], out[j]);
}

static void what_says_nothing_about_content_does_not_count(void **state)
{
	char first[DIGEST_TEXT_BYTES], again[DIGEST_TEXT_BYTES];
	AUTO_FREE char *a = in_scratch("sub/a");

	(void)state;
	put("sub/a", "text");
	put("sub/b", "text");
	folder_digest(first);
	put("sub/__pycache__/a.pyc", "noise");
	put("__pycache__/b.pyc", "noise");
	assert_int_equal(chmod(a, 0600), 0);
	assert_int_equal(utimensat(-1, a, (struct timespec[2]){ { 5, 0 }, { 5, 0 } }, 0), 0);
	folder_digest(again);
	assert_string_equal(first, again);
}

static void entries_do_not_move_between_folders_unseen(void **state)
{
	char first[DIGEST_TEXT_BYTES], again[DIGEST_TEXT_BYTES];
	AUTO_FREE char *inner = in_scratch("s/t"), *outer = in_scratch("t");

	(void)state;
	put("s/t", "text");
	put("s/0", "");
	folder_digest(first);
	assert_int_equal(rename(inner, outer), 0);
	folder_digest(again);
	assert_string_not_equal(first, again);
}

static void a_pipe_is_refused_and_does_not_block(void **state)
{
	char out[DIGEST_TEXT_BYTES];
	AUTO_FREE char *pipe_path = in_scratch("pipe");
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(digest_folder(scratch, out, &e), -1);
	assert_non_null(strstr(e.text, pipe_path));
	assert_int_equal(digest_folder(pipe_path, out, &e), -1);
	assert_string_equal(out, "");
}

static void a_link_in_a_circle_is_not_followed(void **state)
{
	char out[DIGEST_TEXT_BYTES];
	AUTO_FREE char *link = in_scratch("up");

	(void)state;
	assert_int_equal(symlink("..", link), 0);
	folder_digest(out);
	assert_int_equal(strlen(out), DIGEST_TEXT_BYTES - 1);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(fields_do_not_run_together),
		IN_SCRATCH(a_file_is_its_bytes),
		IN_SCRATCH(each_change_of_a_folder_counts),
		IN_SCRATCH(what_says_nothing_about_content_does_not_count),
		IN_SCRATCH(entries_do_not_move_between_folders_unseen),
		IN_SCRATCH(a_pipe_is_refused_and_does_not_block),
		IN_SCRATCH(a_link_in_a_circle_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
