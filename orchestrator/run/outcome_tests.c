#include <stdlib.h>
#include <string.h>

#include "base/compress.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "run/outcome.h"
#include "run/outcome_inside.h"

#define TESTS_FILE	    "tests.jsonl.zst"
#define TESTS_MAX_BYTES	    ((size_t)4 << 30)
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

struct test_reader {
	struct result *into;
	struct lines *lines;
	struct str name;
	struct str bad; /* what was wrong with the first bad line; empty: nothing */
	size_t line;
};

/* A JSON text without escapes, from behind its opening quote. */
static bool scan_plain_text(const char **at, const char *end, const char **start, size_t *len)
{
	const char *quote = memchr(*at, '"', (size_t)(end - *at));

	if (quote == NULL || memchr(*at, '\\', (size_t)(quote - *at)) != NULL)
		return false;
	*start = *at;
	*len = (size_t)(quote - *at);
	*at = quote + 1;
	return true;
}

static bool scan_word(const char **at, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

static int verdict_of(const char *key, size_t len)
{
	char word[16];

	if (len >= sizeof(word))
		return -1;
	memcpy(word, key, len);
	word[len] = '\0';
	return verdict_from_key(word);
}

/* Nearly every line is of a test that passed and is exactly as encode_test writes it: read without building a tree. */
static bool read_plain_line(struct test_reader *r, const char *line, size_t len)
{
	const char *at = line, *end = line + len, *name, *key;
	size_t name_len, key_len;
	int verdict;
	long long took;
	char *number_end;

	if (!scan_word(&at, end, "{\"name\":\"") || !scan_plain_text(&at, end, &name, &name_len) ||
	    !scan_word(&at, end, ",\"verdict\":\"") || !scan_plain_text(&at, end, &key, &key_len) ||
	    !scan_word(&at, end, ",\"took_ns\":"))
		return false;
	verdict = verdict_of(key, key_len);
	took = strtoll(at, &number_end, 10);
	if (verdict < 0 || number_end == at || number_end + 1 != end || *number_end != '}')
		return false;
	str_clear(&r->name);
	str_add_bytes(&r->name, name, name_len);
	result_add(r->into, str_text(&r->name), (enum verdict)verdict, took < -1 ? -1 : took, NULL);
	return true;
}

static int read_any_line(struct test_reader *r, const char *line, size_t len, struct err *e)
{
	AUTO_JSON *root = json_parse(line, len, e);
	const char *name = json_text(json_at(root, "name"), NULL);
	int verdict = verdict_from_key(json_text(json_at(root, "verdict"), ""));
	int64_t took_ns = json_int(json_at(root, "took_ns"), -1);
	struct test_case *added;

	if (root == NULL)
		return -1;
	if (name == NULL || verdict < 0)
		return err_set(e, ERR_FORMAT, "not a test: name or verdict is missing");
	added = result_add(r->into, name, (enum verdict)verdict, took_ns < -1 ? -1 : took_ns,
			   json_text(json_at(root, "detail"), NULL));
	added->cause = arena_dup(r->into->texts, json_text(json_at(root, "cause"), NULL));
	added->known = arena_dup(r->into->texts, json_text(json_at(root, "known"), NULL));
	return 0;
}

static void read_line(void *ctx, const char *line, size_t len)
{
	struct test_reader *r = ctx;
	struct err e = ERR_INIT;

	r->line++;
	if (r->bad.len > 0 || read_plain_line(r, line, len) || read_any_line(r, line, len, &e) == 0)
		return;
	str_addf(&r->bad, "line %zu: %s", r->line, e.text);
}

static int read_piece(void *ctx, const char *data, size_t len, struct err *e)
{
	struct test_reader *r = ctx;

	lines_feed(r->lines, data, len);
	return r->bad.len > 0 ? err_set(e, ERR_FORMAT, "%s", r->bad.text) : 0;
}

static int read_tests(struct test_reader *r, const char *path, struct err *e)
{
	if (compress_read_file_pieces(path, TESTS_MAX_BYTES, read_piece, r, e) < 0)
		return -1;
	lines_finish(r->lines);
	if (r->bad.len > 0)
		return err_set(e, ERR_FORMAT, "%s: %s", path, r->bad.text);
	if (lines_cut(r->lines) > 0)
		return err_set(e, ERR_FORMAT, "%s: has lines of more than %u bytes", path, TEST_LINE_MAX_BYTES);
	return 0;
}

int outcome_read_tests(const char *folder, struct result *into, struct err *e)
{
	AUTO_FREE char *path = file_join(folder, TESTS_FILE);
	struct test_reader reader = { .into = into };
	int result;

	reader.lines = lines_new(TEST_LINE_MAX_BYTES, read_line, &reader);
	result = read_tests(&reader, path, e);
	lines_free(reader.lines);
	str_free(&reader.name);
	str_free(&reader.bad);
	return result;
}
