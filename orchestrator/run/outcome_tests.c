#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "run/outcome.h"
#include "run/outcome_inside.h"

#define TESTS_FILE          "tests.jsonl.zst"
#define TESTS_MAX_BYTES     ((size_t)4 << 30)
#define TESTS_FLUSH_BYTES   (64u * 1024)
#define TEST_LINE_MAX_BYTES (128u * 1024) /* 4 KiB of name and 8 KiB of detail, each byte escaped at worst */

static void encode_test(const struct test_case *t, struct str *out)
{
	struct json_writer w;

	json_start(&w, out, false);
	json_open(&w, NULL, '{');
	json_add_text(&w, "name", t->name);
	json_add_text(&w, "verdict", verdict_key(t->verdict));
	json_add_int(&w, "took_ns", t->took_ns);
	if (t->detail != NULL)
		json_add_text(&w, "detail", t->detail);
	if (t->cause != NULL)
		json_add_text(&w, "cause", t->cause);
	if (t->known != NULL)
		json_add_text(&w, "known", t->known);
	json_close(&w, '}');
	str_add_char(out, '\n');
}

static int write_lines(const struct result *r, struct compress_file *f, struct err *e)
{
	AUTO_STR pending = { 0 };

	for (size_t i = 0; i < r->count; i++) {
		encode_test(&r->cases[i], &pending);
		if (pending.len < TESTS_FLUSH_BYTES)
			continue;
		if (compress_add(f, pending.text, pending.len, e) < 0)
			return -1;
		str_clear(&pending);
	}
	return pending.len == 0 ? 0 : compress_add(f, pending.text, pending.len, e);
}

int outcome_write_tests(const struct result *r, const char *folder, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, TESTS_FILE);
	struct compress_file *f = compress_create(path, TESTS_MAX_BYTES, e);
	int wrote, closed;

	if (f == NULL)
		return -1;
	wrote = write_lines(r, f, e);
	closed = compress_close(f, wrote < 0 ? NULL : e);
	return wrote < 0 || closed < 0 ? -1 : 0;
}

