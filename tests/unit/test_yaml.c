#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/yaml.h"

static void free_at(struct yaml_doc **d)
{
	yaml_doc_free(*d);
}

#define AUTO_YAML __attribute__((cleanup(free_at))) struct yaml_doc

static struct yaml_doc *parsed(const char *text)
{
	struct err e = ERR_INIT;
	struct yaml_doc *d = yaml_parse("lab.yaml", text, strlen(text), &e);

	if (!d)
		fail_msg("%s", e.text);
	return d;
}

static void refused_bytes(const char *text, size_t len, const char *place, const char *because)
{
	struct err e = ERR_INIT;
	AUTO_FREE char *start = mem_printf("lab.yaml:%s: ", place);
	struct yaml_doc *d = yaml_parse("lab.yaml", text, len, &e);

	if (d)
		fail_msg("not refused: %.80s", text);
	assert_int_equal(e.code, ERR_CONFIG);
	if (!str_starts(e.text, start) || !strstr(e.text, because))
		fail_msg("\"%s\" is not \"%s... %s ...\"", e.text, start, because);
}

static void refused(const char *text, const char *place, const char *because)
{
	refused_bytes(text, strlen(text), place, because);
}

static void assert_place(struct where at, unsigned line, unsigned column)
{
	assert_string_equal(at.file, "lab.yaml");
	assert_int_equal(at.line, line);
	assert_int_equal(at.column, column);
}

static void a_map_a_list_and_texts(void **state)
{
	AUTO_YAML *d = parsed("b: one\na:\n  - x\n  - 'y'\n  - {k: v}\n");
	const struct yaml_node *root = yaml_root(d), *list = yaml_at(root, "a"), *item;

	(void)state;
	assert_int_equal(yaml_kind(root), YAML_MAP);
	assert_int_equal(yaml_count(root), 2);
	assert_string_equal(yaml_text(yaml_at(root, "b")), "one");
	assert_null(yaml_at(root, "c"));
	assert_null(yaml_text(root));
	assert_int_equal(yaml_kind(list), YAML_LIST);
	assert_int_equal(yaml_count(list), 3);
	assert_null(yaml_at(list, "x"));
	assert_null(yaml_at(yaml_at(root, "b"), "x"));
	item = yaml_next(list, NULL);
	assert_string_equal(yaml_text(item), "x");
	assert_null(yaml_key(item));
	item = yaml_next(list, yaml_next(list, item));
	assert_string_equal(yaml_text(yaml_at(item, "k")), "v");
	assert_null(yaml_next(list, item));
	assert_null(yaml_next(yaml_at(root, "b"), NULL));
}

static void a_map_keeps_its_order(void **state)
{
	AUTO_YAML *d = parsed("z: 1\nm: 2\na: 3\n");
	AUTO_STR seen = { 0 };

	(void)state;
	for (const struct yaml_node *n = yaml_next(yaml_root(d), NULL); n; n = yaml_next(yaml_root(d), n))
		str_addf(&seen, "%s%s", yaml_key(n), yaml_text(n));
	assert_string_equal(seen.text, "z1m2a3");
}

static void places_are_those_of_the_file(void **state)
{
	AUTO_YAML *d = parsed("# n\xC3\xA4h\n\xC3\xA4: x\nlist:\n  - a\n  -   b\n");
	const struct yaml_node *root = yaml_root(d), *list = yaml_at(root, "list");

	(void)state;
	assert_place(yaml_where(yaml_at(root, "\xC3\xA4")), 2, 4);
	assert_place(yaml_key_where(yaml_at(root, "\xC3\xA4")), 2, 1);
	assert_place(yaml_where(list), 4, 3);
	assert_place(yaml_key_where(list), 3, 1);
	const struct yaml_node *second = yaml_next(list, yaml_next(list, NULL));
	assert_place(yaml_where(second), 5, 7);
	assert_place(yaml_key_where(second), 5, 7);
	assert_place(yaml_where(root), 2, 1);
}

static void only_what_is_unquoted_is_plain(void **state)
{
	AUTO_YAML *d = parsed("- 5\n- '5'\n- \"5\"\n- |\n  5\n- !!str 5\n-\n");
	static const bool plain[] = { true, false, false, false, false, true };
	const struct yaml_node *n = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(plain); i++) {
		n = yaml_next(yaml_root(d), n);
		assert_int_equal(yaml_is_plain(n), plain[i]);
		assert_true(str_starts(yaml_text(n), i < 5 ? "5" : ""));
	}
	assert_false(yaml_is_plain(yaml_root(d)));
}

static void an_empty_file_is_an_empty_map(void **state)
{
	static const char *const texts[] = {
		"", "\n\n", "# only this\n", "---\n", "--- # this\n...\n", "\xEF\xBB\xBF"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		AUTO_YAML *d = parsed(texts[i]);
		assert_int_equal(yaml_kind(yaml_root(d)), YAML_MAP);
		assert_int_equal(yaml_count(yaml_root(d)), 0);
		assert_null(yaml_at(yaml_root(d), "x"));
		assert_place(yaml_where(yaml_root(d)), 1, 1);
	}
}

static void a_byte_order_mark_is_skipped(void **state)
{
	AUTO_YAML *d = parsed("\xEF\xBB\xBF"
			      "a: 1\n");

	(void)state;
	assert_place(yaml_key_where(yaml_at(yaml_root(d), "a")), 1, 1);
}

static void an_alias_is_the_same_again(void **state)
{
	AUTO_YAML *d = parsed("base: &b {x: 1, y: [2]}\nagain: *b\ntext: &t hello\nlist: [*t, *b]\n");
	const struct yaml_node *again = yaml_at(yaml_root(d), "again"), *list = yaml_at(yaml_root(d), "list");

	(void)state;
	assert_string_equal(yaml_key(again), "again");
	assert_place(yaml_key_where(again), 2, 1);
	assert_place(yaml_where(again), 1, 7);
	assert_string_equal(yaml_text(yaml_at(again, "x")), "1");
	assert_string_equal(yaml_text(yaml_next(list, NULL)), "hello");
	assert_int_equal(yaml_count(list), 2);
	assert_int_equal(yaml_count(yaml_root(d)), 4);
	assert_string_equal(yaml_key(yaml_next(yaml_root(d), again)), "text");
}

static void an_anchor_may_be_named_again(void **state)
{
	AUTO_YAML *d = parsed("[&a 1, *a, &a 2, *a]");
	AUTO_STR seen = { 0 };

	(void)state;
	for (const struct yaml_node *n = yaml_next(yaml_root(d), NULL); n; n = yaml_next(yaml_root(d), n))
		str_add(&seen, yaml_text(n));
	assert_string_equal(seen.text, "1122");
}

static void wrong_aliases_are_refused(void **state)
{
	(void)state;
	refused("a: *nobody\n", "1:4", "*nobody");
	refused("a: &a\n  b: *a\n", "2:6", "inside of what it stands for");
	refused("- &a [[*a]]\n", "1:8", "inside of what it stands for");
	refused("x: &a k\n*a : v\n", "2:1", "not an alias");
	refused("&a key: v\n", "1:1", "anchor before a key");
	refused("a: &b {x: 1}\nc:\n  <<: *b\n", "3:3", "<<");
}

static void duplicate_keys_are_told_with_both_places(void **state)
{
	(void)state;
	refused("a: 1\nb: 2\na: 3\n", "3:1", "the first is at lab.yaml:1:1");
	refused("x:\n  - {k: 1, 'k': 2}\n", "2:12",
		"\"k\" stands here for the second time, the first is at lab.yaml:2:6");
	refused("b: 1\na: 1\nb: 1\na: 1\n", "3:1", "\"b\"");
	refused("a: 1\na: 1\na: 1\n", "2:1", "lab.yaml:1:1");
}

static void bytes_that_are_not_text_are_refused(void **state)
{
	(void)state;
	refused_bytes("a: 1\nb: x\0y\n", 12, "2:5", "NUL");
	refused("a: \"x\\0y\"\n", "1:4", "NUL");
	refused("\"\\0\": 1\n", "1:1", "NUL");
	refused("a: 1\n\xC3\xA4: \xFF\n", "2:4", "0xff");
	refused("a: \xED\xA0\x80\n", "1:4", "UTF-8");
	refused("a: \xC0\x80\n", "1:4", "UTF-8");
	refused("a: \xC3", "1:4", "UTF-8");
	refused_bytes("\xFF\xFE"
		      "a\0:\0",
		      6, "1:1", "UTF-16");
	refused_bytes("\xFE\xFF\0a\0:", 6, "1:1", "UTF-16");
	refused("a: b\nc: \x1b[31m\n", "2:4", "control characters");
	refused("a: \"\\ud800\"\n", "1:7", "Unicode");
}

static void other_forms_are_refused(void **state)
{
	(void)state;
	refused("a: 1\n---\nb: 2\n", "2:1", "second document");
	refused("[a, b]: 1\n", "1:1", "key must be a text");
	refused("? {a: b}\n: 1\n", "1:3", "key must be a text");
	refused("a: !python/object:os.system x\n", "1:4", "!python/object:os.system");
	refused("a: !!int 5\n", "1:4", "tag");
	refused("a: !!set {x, y}\n", "1:4", "tag");
}

static void mistakes_are_told_with_their_place(void **state)
{
	(void)state;
	refused("a: 1\n  b: 2\n", "2:4", "mapping values");
	refused("a: [1, 2\nb: 3\n", "2:2", "line 1, column 4");
	refused("a: 'x\n", "2:1", "quoted scalar");
	refused("\ta: 1\n", "1:1", "token");
	refused("a: \"\\q\"\n", "1:5", "escape");
}

static void nesting_is_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	for (int i = 0; i < 32; i++)
		str_add_char(&text, '[');
	str_add_char(&text, 'x');
	for (int i = 0; i < 32; i++)
		str_add_char(&text, ']');
	AUTO_YAML *d = parsed(text.text);
	str_clear(&text);
	for (int i = 0; i < 33; i++)
		str_add_char(&text, '[');
	for (int i = 0; i < 33; i++)
		str_add_char(&text, ']');
	refused(text.text, "1:33", "deeper than 32");
	str_clear(&text);
	for (int i = 0; i < 1000000; i++)
		str_add_char(&text, i % 2 ? '{' : '[');
	refused(text.text, "1:3", "key must be a text");
	str_clear(&text);
	for (int i = 0; i < 500000; i++)
		str_add(&text, "- ");
	refused(text.text, "1:65", "deeper than 32");
}

/* Two lists of 17 levels are fine each, but not one in the innermost of the other. */
static void nesting_counts_through_aliases(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "a: &a [[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]\nb: [[[[[[[[[[[[[[*a]]]]]]]]]]]]]]\n");
	AUTO_YAML *d = parsed(text.text);
	str_clear(&text);
	str_add(&text, "a: &a [[[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]]\nb: [[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]\n");
	refused(text.text, "2:19", "deeper than 32");
	str_clear(&text);
	str_add(&text, "a0: &a0 x\n");
	for (int i = 1; i < 60; i++)
		str_addf(&text, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	refused(text.text, "33:12", "deeper than 32");
}

/* Nine levels of ten aliases each: a thousand million texts from half a kilobyte. */
static void aliases_count_as_what_they_stand_for(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 9; i++) {
		str_addf(&text, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			str_addf(&text, "%s*a%d", k ? "," : "", i - 1);
		str_add(&text, "]\n");
	}
	refused(text.text, "5:38", "more than 100000");
}

static void add_items(struct str *text, int count)
{
	str_clear(text);
	for (int i = 0; i < count; i++)
		str_add(text, "- x\n");
}

static void the_number_of_values_is_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	add_items(&text, 99999);
	AUTO_YAML *d = parsed(text.text);
	assert_int_equal(yaml_count(yaml_root(d)), 99999);
	add_items(&text, 100000);
	refused(text.text, "100000:3", "more than 100000");
	str_clear(&text);
	for (int i = 0; i < 1001; i++)
		str_addf(&text, "- &a%d x\n", i);
	refused(text.text, "1001:3", "1000 anchors");
}

/* Each key is new: must not take the square of their number. */
static void a_map_of_many_keys_is_read_quickly(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	for (int i = 0; i < 90000; i++)
		str_addf(&text, "k%d:\n", i);
	AUTO_YAML *d = parsed(text.text);
	assert_non_null(yaml_at(yaml_root(d), "k89999"));
	str_add(&text, "k5: again\n");
	refused(text.text, "90001:1", "lab.yaml:6:1");
}

static void messages_show_no_raw_bytes_of_the_file(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	refused("\"\\e[31m\": 1\n\"\\e[31m\": 2\n", "2:1", "\\x1b[31m");
	str_add(&text, "a: *");
	for (int i = 0; i < 3000; i++)
		str_add_char(&text, 'x');
	refused(text.text, "1:4", "xxx...");
}

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

static void a_file_is_loaded_under_its_name(void **state)
{
	AUTO_FREE char *path = file_join(scratch, "a.yaml");
	AUTO_FREE char *start = mem_printf("%s:1:4: ", path);
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_write(path, "a: 1\n", 5, NULL), 0);
	AUTO_YAML *d = yaml_load(path, &e);
	assert_non_null(d);
	assert_string_equal(yaml_where(yaml_root(d)).file, path);
	assert_int_equal(file_write(path, "a: \xFF\n", 5, NULL), 0);
	assert_null(yaml_load(path, &e));
	assert_true(str_starts(e.text, start));
}

static void what_is_no_file_of_fair_size_is_not_read(void **state)
{
	AUTO_FREE char *path = file_join(scratch, "a.yaml"), *pipe_path = file_join(scratch, "pipe");
	AUTO_FREE char *none = file_join(scratch, "none"), *start = mem_printf("%s:1:1: ", path);
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_write(path, "", 0, NULL), 0);
	assert_int_equal(truncate(path, (off_t)1 << 40), 0); /* no machine could hold it in memory */
	assert_null(yaml_load(path, &e));
	assert_true(str_starts(e.text, start));
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	assert_null(yaml_load(path, &e));
	assert_non_null(strstr(e.text, "larger than 1024 KiB"));
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_null(yaml_load(pipe_path, &e));
	assert_null(yaml_load(scratch, &e));
	assert_null(yaml_load(none, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.text, none));
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_a_list_and_texts),
		cmocka_unit_test(a_map_keeps_its_order),
		cmocka_unit_test(places_are_those_of_the_file),
		cmocka_unit_test(only_what_is_unquoted_is_plain),
		cmocka_unit_test(an_empty_file_is_an_empty_map),
		cmocka_unit_test(a_byte_order_mark_is_skipped),
		cmocka_unit_test(an_alias_is_the_same_again),
		cmocka_unit_test(an_anchor_may_be_named_again),
		cmocka_unit_test(wrong_aliases_are_refused),
		cmocka_unit_test(duplicate_keys_are_told_with_both_places),
		cmocka_unit_test(bytes_that_are_not_text_are_refused),
		cmocka_unit_test(other_forms_are_refused),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(nesting_counts_through_aliases),
		cmocka_unit_test(aliases_count_as_what_they_stand_for),
		cmocka_unit_test(the_number_of_values_is_bounded),
		cmocka_unit_test(a_map_of_many_keys_is_read_quickly),
		cmocka_unit_test(messages_show_no_raw_bytes_of_the_file),
		IN_SCRATCH(a_file_is_loaded_under_its_name),
		IN_SCRATCH(what_is_no_file_of_fair_size_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
