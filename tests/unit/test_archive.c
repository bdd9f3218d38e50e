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
#include <unistd.h>

#include "base/archive.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#define BLOCK 512
#define ROOM  1000000

static char *scratch; /* a folder of its own for each test; "in" and "out" are in it */

static int make_scratch(void **state)
{
	char name[] = "/tmp/labctl-test-XXXXXX";

	(void)state;
	scratch = mem_dup(mkdtemp(name));
	if (!scratch)
		return -1;
	AUTO_FREE char *in = file_join(scratch, "in"), *out = file_join(scratch, "out");
	return mkdir(in, 0755) != 0 || mkdir(out, 0755) != 0;
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

static void assert_holds(const char *name, const char *text)
{
	AUTO_FREE char *path = in_scratch(name);
	AUTO_STR content = { 0 };

	assert_int_equal(file_read(path, ROOM, &content, NULL), 0);
	assert_string_equal(str_text(&content), text);
}

static struct stat look_at(const char *name)
{
	AUTO_FREE char *path = in_scratch(name);
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st;
}

static bool is_there(const char *name)
{
	AUTO_FREE char *path = in_scratch(name);
	struct stat st;

	return lstat(path, &st) == 0;
}

/* ---- streams made by hand, since no honest program makes them ---- */

struct item {
	const char *name;
	char type; /* '0' file, '1' hard link, '2' link, '3' character device, '5' folder, '6' pipe */
	const char *link;
	const char *content;
	unsigned mode;
	unsigned long long claimed_bytes; /* 0: what content has */
};

static void put_octal(char *field, size_t digits, unsigned long long value)
{
	for (size_t i = digits; i-- > 0; value /= 8)
		field[i] = (char)('0' + value % 8);
}

static void add_header(struct str *tar, const struct item *item, size_t len)
{
	char h[BLOCK] = { 0 };
	unsigned sum = 0;

	snprintf(h, 100, "%s", item->name);
	put_octal(h + 100, 7, item->mode ? item->mode : 0644);
	put_octal(h + 108, 7, 1234);
	put_octal(h + 116, 7, 1234);
	put_octal(h + 124, 11, item->claimed_bytes ? item->claimed_bytes : len);
	put_octal(h + 136, 11, 1000000000);
	h[156] = item->type;
	snprintf(h + 157, 100, "%s", item->link ? item->link : "");
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	put_octal(h + 148, 6, sum);
	h[154] = '\0';
	str_add_bytes(tar, h, BLOCK);
}

static void add_item(struct str *tar, const struct item *item)
{
	size_t len = item->content ? strlen(item->content) : 0;

	add_header(tar, item, len);
	str_add_bytes(tar, item->content ? item->content : "", len);
	while (tar->len % BLOCK != 0)
		str_add_char(tar, '\0');
}

static void add_end(struct str *tar)
{
	static const char zeros[2 * BLOCK];

	str_add_bytes(tar, zeros, sizeof(zeros));
}

static int unpack_items(const struct item *items, size_t count, uint64_t max_bytes, uint64_t max_files, struct err *e)
{
	AUTO_STR tar = { 0 };
	AUTO_FREE char *out = in_scratch("out");

	for (size_t i = 0; i < count; i++)
		add_item(&tar, &items[i]);
	add_end(&tar);
	return archive_unpack_bytes(out, max_bytes, max_files, tar.text, tar.len, e);
}

/* The last of the items must be refused, and must have left nothing outside. */
static void refused_items(const struct item *items, size_t count, const char *because)
{
	struct err e = ERR_INIT;

	if (unpack_items(items, count, ROOM, 100, &e) == 0)
		fail_msg("\"%s\" -> \"%s\" is not refused", items[count - 1].name, items[count - 1].link);
	assert_int_equal(e.code, ERR_FORMAT);
	if (!strstr(e.text, because))
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
	assert_false(is_there("escaped"));
	assert_holds("victim", "untouched");
}

static void refused(struct item item, const char *because)
{
	put("victim", "untouched");
	refused_items(&item, 1, because);
}

static void names_that_lead_outside_are_refused(void **state)
{
	AUTO_FREE char *absolute = in_scratch("escaped");

	(void)state;
	refused((struct item){ absolute, '0', NULL, "x" }, "absolute name");
	refused((struct item){ "../escaped", '0', NULL, "x" }, "\"..\"");
	refused((struct item){ "a/../../escaped", '0', NULL, "x" }, "\"..\"");
	refused((struct item){ "./..", '5' }, "\"..\"");
	refused((struct item){ "", '0', NULL, "x" }, "without a name");
	refused((struct item){ "\033[31m/..", '5' }, "\\x1b");
}

static void links_that_lead_outside_are_refused(void **state)
{
	AUTO_FREE char *absolute = in_scratch("victim");

	(void)state;
	refused((struct item){ "l", '2', absolute }, "absolute");
	refused((struct item){ "l", '2', "" }, "absolute");
	refused((struct item){ "l", '2', "../victim" }, "outside");
	refused((struct item){ "l", '2', ".." }, "outside");
	refused((struct item){ "a/l", '2', "./../.././victim" }, "outside");
	refused((struct item){ "a//./l", '2', "../../victim" }, "outside");
	refused((struct item){ "a/l", '2', "b/../../../victim" }, "outside");
	refused((struct item){ ".", '2', "../victim" }, "outside");
	refused((struct item){ "l", '1', absolute }, "absolute name");
	refused((struct item){ "l", '1', "../victim" }, "\"..\"");
	refused((struct item){ "l", '1', "not-there" }, "hard link");
}

/* Each link looks harmless by its text; followed one through the other they would lead outside. */
static void a_chain_of_links_does_not_lead_outside(void **state)
{
	const struct item chain[] = {
		{ "a/b", '5', .mode = 0755 },
		{ "a/b/top", '2', "../.." },
		{ "a/b/up", '2', "top/.." },
	};
	const struct item through[] = {
		{ "a/b", '5', .mode = 0755 },
		{ "a/b/top", '2', "../.." },
		{ "a/b/top/file", '0', NULL, "x" },
	};
	const struct item hard[] = {
		{ "f", '0', NULL, "x" },
		{ "soft", '2', "f" },
		{ "h", '1', "soft" },
	};

	(void)state;
	put("victim", "untouched");
	refused_items(chain, COUNT_OF(chain), "outside");
	refused_items(through, COUNT_OF(through), "symlink");
	refused_items(hard, COUNT_OF(hard), "hard link");
}

static void a_link_that_was_there_before_is_not_followed(void **state)
{
	AUTO_FREE char *link = in_scratch("out/sub"), *file_link = in_scratch("out/file");
	struct err e = ERR_INIT;
	const struct item inside = { "sub/escaped", '0', NULL, "x" };
	const struct item over = { "file", '0', NULL, "new" };

	(void)state;
	put("victim", "untouched");
	assert_int_equal(symlink("..", link), 0);
	assert_int_equal(symlink("../victim", file_link), 0);
	refused_items(&inside, 1, "symlink");
	assert_int_equal(unpack_items(&over, 1, ROOM, 100, &e), 0);
	assert_holds("victim", "untouched");
	assert_holds("out/file", "new");
}

static void devices_and_pipes_are_refused(void **state)
{
	(void)state;
	refused((struct item){ "null", '3' }, "device");
	refused((struct item){ "disk", '4' }, "device");
	refused((struct item){ "pipe", '6' }, "pipe");
	assert_false(is_there("out/pipe"));
}

static void bytes_are_capped(void **state)
{
	const struct item items[] = { { "a", '0', NULL, "12345" }, { "b", '0', NULL, "12345" } };
	const struct item liar = { "a", '0', NULL, "12345", .claimed_bytes = 07777777777 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(unpack_items(items, 2, 10, 2, &e), 0);
	assert_int_equal(unpack_items(items, 2, 9, 2, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, "more than 9 bytes"));
	assert_int_equal(unpack_items(&liar, 1, 1000, 2, &e), -1);
	assert_non_null(strstr(e.text, "more than 1000 bytes"));
	assert_int_equal(unpack_items(&liar, 1, UINT64_MAX, 2, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static void files_are_capped(void **state)
{
	const struct item items[] = { { "a", '5', .mode = 0755 }, { "b", '2', "a" }, { "c", '0', NULL, "" } };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(unpack_items(items, 3, 10, 3, &e), 0);
	assert_int_equal(unpack_items(items, 3, 10, 2, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, "more than 2 files"));
}

static void names_are_neither_long_nor_deep(void **state)
{
	AUTO_STR deep = { 0 };

	(void)state;
	for (int i = 0; i < 49; i++)
		str_add(&deep, "a/");
	struct item fine = { deep.text, '5', .mode = 0755 };
	assert_int_equal(unpack_items(&fine, 1, ROOM, 100, NULL), 0);
	AUTO_STR tar = { 0 };
	AUTO_STR name = { 0 };
	AUTO_FREE char *out = in_scratch("out");
	struct err e = ERR_INIT;
	for (int i = 0; i < 65; i++)
		str_add(&name, "a/");
	add_item(&tar, &(struct item){ "././@LongLink", 'L', NULL, name.text });
	add_item(&tar, &(struct item){ "a", '5' });
	add_end(&tar);
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, tar.text, tar.len, &e), -1);
	assert_non_null(strstr(e.text, "too many folders"));
	str_clear(&tar);
	for (int i = 0; i < 2000; i++)
		str_add(&name, "a/");
	add_item(&tar, &(struct item){ "././@LongLink", 'L', NULL, name.text });
	add_item(&tar, &(struct item){ "a", '5' });
	add_end(&tar);
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, tar.text, tar.len, &e), -1);
	assert_non_null(strstr(e.text, "too long"));
}

static void modes_are_cut_and_the_owner_is_us(void **state)
{
	const struct item items[] = {
		{ "program", '0', NULL, "x", .mode = 06777 },
		{ "closed", '0', NULL, "x", .mode = 01000 },
		{ "folder", '5', .mode = 01000 },
		{ "folder/in", '0', NULL, "x", .mode = 0444 },
		{ "link", '2', "program", .mode = 0777 },
		{ "again", '1', "program", .mode = 06777 },
	};
	struct err e = ERR_INIT;
	mode_t before = umask(0);

	(void)state;
	if (unpack_items(items, COUNT_OF(items), ROOM, 100, &e) != 0)
		fail_msg("%s", e.text);
	umask(before);
	assert_int_equal(look_at("out/program").st_mode & 07777, 0755);
	assert_int_equal(look_at("out/closed").st_mode & 07777, 0600);
	assert_int_equal(look_at("out/folder").st_mode & 07777, 0700);
	assert_int_equal(look_at("out/program").st_uid, geteuid());
	assert_int_equal(look_at("out/program").st_mtime, 1000000000);
	assert_int_equal(look_at("out/folder").st_mtime, 1000000000);
	assert_int_equal(look_at("out/again").st_ino, look_at("out/program").st_ino);
	assert_holds("out/again", "x");
	assert_holds("out/folder/in", "x");
}

/* In the C locale, in which these tests run, libarchive cannot turn them into bytes by itself. */
static void names_in_pax_headers_are_kept(void **state)
{
	const struct item items[] = {
		{ "pax", 'x', NULL, "13 path=n\xC3\xA4h\n" },	  { "x", '0', NULL, "text" },
		{ "pax", 'x', NULL, "17 linkpath=n\xC3\xA4h\n" }, { "soft", '2', "x" },
		{ "pax", 'x', NULL, "17 linkpath=n\xC3\xA4h\n" }, { "hard", '1', "x" },
		{ "pax", 'x', NULL, "13 path=n\xFFx\xFF\n" },	  { "x", '0', NULL, "raw" },
	};
	struct err e = ERR_INIT;

	(void)state;
	if (unpack_items(items, COUNT_OF(items), ROOM, 100, &e) != 0)
		fail_msg("%s", e.text);
	assert_holds("out/n\xC3\xA4h", "text");
	assert_holds("out/soft", "text");
	assert_holds("out/hard", "text");
	assert_holds("out/n\xFFx\xFF", "raw");
}

static void what_is_no_whole_tar_stream_is_refused(void **state)
{
	AUTO_FREE char *out = in_scratch("out");
	AUTO_STR tar = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	add_item(&tar, &(struct item){ "a", '0', NULL, "some text" });
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, tar.text, BLOCK + 4, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, tar.text, 100, &e), -1);
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, "PK\3\4 no tar", 11, &e), -1);
	assert_int_equal(archive_unpack_bytes(out, ROOM, 100, NULL, 0, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
	AUTO_FREE char *none = in_scratch("none");
	AUTO_STR tar = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	add_end(&tar);
	assert_int_equal(archive_unpack_bytes(none, ROOM, 100, tar.text, tar.len, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, none));
}

/* ---- the way there and back ---- */

static int collect(void *ctx, const void *data, size_t len, struct err *e)
{
	(void)e;
	str_add_bytes(ctx, data, len);
	return 0;
}

static void pack_in(const char *name, const char *name_inside, struct str *tar)
{
	AUTO_FREE char *path = in_scratch(name);
	struct err e = ERR_INIT;

	if (archive_pack(path, name_inside, collect, tar, &e) != 0)
		fail_msg("%s", e.text);
}

static void unpack_out(const struct str *tar)
{
	AUTO_FREE char *out = in_scratch("out");
	struct err e = ERR_INIT;

	if (archive_unpack_bytes(out, ROOM, 1000, tar->text, tar->len, &e) != 0)
		fail_msg("%s", e.text);
}

static void make_tree(void)
{
	AUTO_FREE char *program = in_scratch("in/bin/run"), *soft = in_scratch("in/bin/link");
	AUTO_FREE char *hard = in_scratch("in/twice"), *empty = in_scratch("in/empty");
	AUTO_STR long_name = { 0 };

	put("in/bin/run", "#!/bin/sh\n");
	put("in/n\xC3\xA4h", "umlaut");
	put("in/.hidden", "");
	str_add(&long_name, "in/long/");
	for (int i = 0; i < 220; i++)
		str_add_char(&long_name, 'l');
	put(long_name.text, "long");
	assert_int_equal(chmod(program, 0755), 0);
	assert_int_equal(symlink("../twice", soft), 0);
	assert_int_equal(link(program, hard), 0);
	assert_int_equal(mkdir(empty, 0700), 0);
	assert_int_equal(utimensat(-1, program, (struct timespec[2]){ { 5, 0 }, { 5, 0 } }, 0), 0);
}

static void a_folder_comes_back_as_it_was(void **state)
{
	AUTO_FREE char *in = in_scratch("in"), *out = in_scratch("out/top");
	char digest_in[DIGEST_TEXT_BYTES], digest_out[DIGEST_TEXT_BYTES];
	AUTO_STR tar = { 0 };

	(void)state;
	make_tree();
	pack_in("in", "top", &tar);
	unpack_out(&tar);
	assert_int_equal(digest_folder(in, digest_in, NULL), 0);
	assert_int_equal(digest_folder(out, digest_out, NULL), 0);
	assert_string_equal(digest_in, digest_out);
	assert_int_equal(look_at("out/top/bin/run").st_mtime, 5);
	assert_int_equal(look_at("out/top/bin/run").st_ino, look_at("out/top/twice").st_ino);
	assert_int_equal(look_at("out/top/empty").st_mode & 0777, 0700);
}

static void the_stream_is_the_same_each_time(void **state)
{
	AUTO_STR one = { 0 }, two = { 0 };

	(void)state;
	make_tree();
	pack_in("in", "x", &one);
	pack_in("in", "x", &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.text, two.text, one.len);
	assert_int_equal(one.len % BLOCK, 0);
}

static void without_a_name_only_what_is_in_it_is_packed(void **state)
{
	AUTO_STR tar = { 0 };

	(void)state;
	put("in/a/b", "text");
	pack_in("in", "", &tar);
	assert_string_equal(tar.text, "a/"); /* the name in the first header */
	unpack_out(&tar);
	assert_holds("out/a/b", "text");
}

static void a_file_is_packed_under_another_name(void **state)
{
	AUTO_FREE char *link = in_scratch("in/link");
	AUTO_STR tar = { 0 };

	(void)state;
	put("in/file", "text");
	assert_int_equal(symlink("file", link), 0);
	pack_in("in/link", "sub/renamed", &tar);
	assert_memory_equal(tar.text + 108, "000000", 6); /* the owner is root */
	assert_memory_equal(tar.text + 116, "000000", 6);
	unpack_out(&tar);
	assert_holds("out/sub/renamed", "text");
	assert_true(S_ISREG(look_at("out/sub/renamed").st_mode));
}

static void what_cannot_be_packed_is_told(void **state)
{
	AUTO_FREE char *in = in_scratch("in"), *pipe_path = in_scratch("in/pipe"), *none = in_scratch("none");
	AUTO_STR tar = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_int_equal(archive_pack(in, "x", collect, &tar, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, pipe_path));
	assert_int_equal(archive_pack(none, "x", collect, &tar, &e), -1);
	assert_int_equal(e.code, ERR_IO);
}

struct stopping {
	size_t calls, stop_at;
};

static int stop_writing(void *ctx, const void *data, size_t len, struct err *e)
{
	struct stopping *s = ctx;

	(void)data;
	(void)len;
	return ++s->calls == s->stop_at ? err_set(e, ERR_LOST, "the other side went away") : 0;
}

static void the_writer_can_stop_it(void **state)
{
	AUTO_FREE char *in = in_scratch("in");
	AUTO_STR big = { 0 };
	struct stopping s = { .stop_at = 1 };
	struct err e = ERR_INIT;

	(void)state;
	for (int i = 0; i < 500000; i++)
		str_add_char(&big, (char)('a' + i % 7));
	put("in/big", big.text);
	assert_int_equal(archive_pack(in, "x", stop_writing, &s, &e), -1);
	assert_int_equal(s.calls, 1);
	assert_int_equal(e.code, ERR_LOST);
	assert_string_equal(e.text, "the other side went away");
	s = (struct stopping){ .stop_at = 5 };
	assert_int_equal(archive_pack(in, "x", stop_writing, &s, &e), -1);
	assert_int_equal(s.calls, 5);
}

struct feed {
	const struct str *tar;
	size_t done, fail_at;
	const char *folder; /* the one the reader must be called in */
	bool was_elsewhere;
};

/* One byte to a few at a time, as a slow link would. */
static ssize_t read_slowly(void *ctx, void *data, size_t room, struct err *e)
{
	struct feed *f = ctx;
	char here[4096];
	size_t len = f->done % 700 + 1;

	if (!getcwd(here, sizeof(here)) || strcmp(here, f->folder) != 0)
		f->was_elsewhere = true;
	if (f->done >= f->fail_at)
		return err_set(e, ERR_LOST, "the other side went away");
	if (len > f->tar->len - f->done)
		len = f->tar->len - f->done;
	assert_true(len <= room);
	memcpy(data, f->tar->text + f->done, len);
	f->done += len;
	return (ssize_t)len;
}

static void the_reader_works_in_its_own_folder_and_is_read_to_the_end(void **state)
{
	AUTO_FREE char *out = in_scratch("out");
	AUTO_FREE char *here = getcwd(NULL, 0), *after = NULL;
	AUTO_STR tar = { 0 };
	struct feed f = { .tar = &tar, .fail_at = SIZE_MAX, .folder = here };

	(void)state;
	make_tree();
	pack_in("in", "x", &tar);
	for (int i = 0; i < 100000; i++)
		str_add_char(&tar, '\0'); /* padding behind the end mark */
	assert_int_equal(archive_unpack(out, ROOM, 100, read_slowly, &f, NULL), 0);
	assert_int_equal(f.done, tar.len);
	assert_false(f.was_elsewhere);
	after = getcwd(NULL, 0);
	assert_string_equal(after, here);
	assert_holds("out/x/bin/run", "#!/bin/sh\n");
}

static void the_reader_can_fail(void **state)
{
	AUTO_FREE char *out = in_scratch("out");
	AUTO_FREE char *here = getcwd(NULL, 0);
	AUTO_STR tar = { 0 };

	(void)state;
	make_tree();
	pack_in("in", "x", &tar);
	for (size_t fail_at = 0; fail_at < tar.len; fail_at += 300) {
		struct feed f = { .tar = &tar, .fail_at = fail_at, .folder = here };
		struct err e = ERR_INIT;
		assert_int_equal(archive_unpack(out, ROOM, 100, read_slowly, &f, &e), -1);
		assert_int_equal(e.code, ERR_LOST);
		assert_string_equal(e.text, "the other side went away");
		AUTO_FREE char *after = getcwd(NULL, 0);
		assert_string_equal(after, here);
	}
}

/* Whatever bytes are broken: refused or laid out, but nothing outside, and no sanitizer complains. */
static void broken_streams_do_no_harm(void **state)
{
	AUTO_FREE char *out = in_scratch("out");
	AUTO_STR tar = { 0 }, broken = { 0 };
	uint32_t seed = 7;

	(void)state;
	make_tree();
	put("victim", "untouched");
	pack_in("in", "x", &tar);
	for (int round = 0; round < 300; round++) {
		str_clear(&broken);
		str_add_bytes(&broken, tar.text, tar.len);
		for (int i = 0; i < 1 + round % 8; i++) {
			seed = seed * 1664525 + 1013904223;
			broken.text[(seed >> 8) % broken.len] ^= (char)(1 << (seed >> 29));
		}
		(void)archive_unpack_bytes(out, ROOM, 100, broken.text, broken.len, NULL);
	}
	assert_holds("victim", "untouched");
}

/* "hello, hello, hello" */
static const char gzip_hello[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2"
				 "\x00\x9f\xa1\xca\x09\x13\x00\x00\x00";
static const char bzip2_hello[] =
	"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x9c\x45\x3e\xd3\x00\x00\x03\x91\x00\x40\x04\x02\x44\xa0\x00"
	"\x21\x22\x30\x30\x06\x52\x27\xe4\x54\x58\x5d\xc9\x14\xe1\x42\x42\x71\x14\xfb\x4c";
static const char gzip_nothing[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00";

static void expands_to(const char *data, size_t len, const char *expected)
{
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	assert_true(archive_is_compressed(data, len));
	assert_int_equal(archive_expand(data, len, ROOM, &out, &e), 0);
	assert_string_equal(str_text(&out), expected);
}

static void expanding_fails(const char *data, size_t len, size_t max_bytes, const char *because)
{
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(archive_expand(data, len, max_bytes, &out, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.text, because));
}

static void compressed_bytes_are_expanded(void **state)
{
	(void)state;
	expands_to(gzip_hello, sizeof(gzip_hello) - 1, "hello, hello, hello");
	expands_to(bzip2_hello, sizeof(bzip2_hello) - 1, "hello, hello, hello");
	expands_to(gzip_nothing, sizeof(gzip_nothing) - 1, "");
	assert_false(archive_is_compressed("{}", 2));
	assert_false(archive_is_compressed("", 0));
	assert_false(archive_is_compressed("\x1f", 1));
}

static void cut_and_damaged_streams_are_refused(void **state)
{
	char damaged[sizeof(gzip_hello) - 1];

	(void)state;
	for (size_t len = 2; len < sizeof(gzip_hello) - 1; len++)
		expanding_fails(gzip_hello, len, ROOM, "");
	for (size_t len = 4; len < sizeof(bzip2_hello) - 1; len++)
		expanding_fails(bzip2_hello, len, ROOM, "");
	/* Each byte of what is said and of its check sum and length. */
	for (size_t at = 11; at < sizeof(damaged); at++) {
		memcpy(damaged, gzip_hello, sizeof(damaged));
		damaged[at] ^= 1;
		expanding_fails(damaged, sizeof(damaged), ROOM, "");
	}
	memcpy(damaged, gzip_hello, sizeof(damaged));
	damaged[sizeof(damaged) - 6] ^= 1;
	expanding_fails(damaged, sizeof(damaged), ROOM, "gzip: the check sum is wrong");
}

static void what_is_expanded_is_capped(void **state)
{
	(void)state;
	expanding_fails(gzip_hello, sizeof(gzip_hello) - 1, 18, "it holds more than 18 bytes");
	expanding_fails(bzip2_hello, sizeof(bzip2_hello) - 1, 18, "it holds more than 18 bytes");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(names_that_lead_outside_are_refused),
		IN_SCRATCH(links_that_lead_outside_are_refused),
		IN_SCRATCH(a_chain_of_links_does_not_lead_outside),
		IN_SCRATCH(a_link_that_was_there_before_is_not_followed),
		IN_SCRATCH(devices_and_pipes_are_refused),
		IN_SCRATCH(bytes_are_capped),
		IN_SCRATCH(files_are_capped),
		IN_SCRATCH(names_are_neither_long_nor_deep),
		IN_SCRATCH(modes_are_cut_and_the_owner_is_us),
		IN_SCRATCH(names_in_pax_headers_are_kept),
		IN_SCRATCH(what_is_no_whole_tar_stream_is_refused),
		IN_SCRATCH(a_folder_that_is_not_there_is_told),
		IN_SCRATCH(a_folder_comes_back_as_it_was),
		IN_SCRATCH(the_stream_is_the_same_each_time),
		IN_SCRATCH(without_a_name_only_what_is_in_it_is_packed),
		IN_SCRATCH(a_file_is_packed_under_another_name),
		IN_SCRATCH(what_cannot_be_packed_is_told),
		IN_SCRATCH(the_writer_can_stop_it),
		IN_SCRATCH(the_reader_works_in_its_own_folder_and_is_read_to_the_end),
		IN_SCRATCH(the_reader_can_fail),
		IN_SCRATCH(broken_streams_do_no_harm),
		cmocka_unit_test(compressed_bytes_are_expanded),
		cmocka_unit_test(cut_and_damaged_streams_are_refused),
		cmocka_unit_test(what_is_expanded_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
