#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "lab/lab.h"
#include "lab/vars.h"

enum colour {
	RED,
	GREEN,
	BLUE
};

struct part {
	const char *name;
	int64_t count;
};

struct thing {
	struct where at;
	const char *name, *text, *script, *path, *pattern;
	bool yes, no;
	int64_t number, size, time;
	double real;
	int colour;
	struct text_list list, friends;
	struct text_map map, env;
	struct part one;
	struct struct_list parts, named;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct schema_field part_fields[] = {
	{ "name", FIELD_NAME, offsetof(struct part, name), .help = "What it is called" },
	{ "count", FIELD_INT, offsetof(struct part, count), FIELD_REQUIRED, 0, 9, .help = "How many" },
	{ 0 },
};
static const struct schema part_schema = { "part", "A part", sizeof(struct part), part_fields };

static const struct schema_field named_fields[] = {
	{ "name", FIELD_NAME, offsetof(struct part, name), FIELD_HIDDEN, .help = "" },
	{ "count", FIELD_INT, offsetof(struct part, count), 0, 0, 9, .default_text = "4", .help = "How many" },
	{ 0 },
};
static const struct schema named_schema = { "named part", "A part with a name", sizeof(struct part), named_fields };

#define AT(member) offsetof(struct thing, member)
static const struct schema_field thing_fields[] = {
	{ "at", FIELD_WHERE, AT(at), FIELD_HIDDEN, .help = "" },
	{ "name", FIELD_NAME, AT(name), .help = "Its name" },
	{ "text", FIELD_TEXT, AT(text), FIELD_REQUIRED, .help = "Some 'text' with \\ and -dash" },
	{ "script", FIELD_SCRIPT, AT(script), .help = "Shell" },
	{ "path", FIELD_PATH, AT(path), FIELD_NO_HASH, .default_text = "there", .help = "A file" },
	{ "pattern", FIELD_PATTERN, AT(pattern), .help = "A pattern" },
	{ "yes", FIELD_BOOL, AT(yes), .default_text = "true", .help = "On" },
	{ "no", FIELD_BOOL, AT(no), .help = ".Off" },
	{ "number", FIELD_INT, AT(number), 0, -5, 65535, .help = "A number" },
	{ "size", FIELD_BYTES, AT(size), 0, 1024, INT64_C(1) << 40, .default_text = "2 MiB", .help = "A size" },
	{ "time", FIELD_DURATION, AT(time), 0, NS_PER_MS, 3600 * NS_PER_S, .help = "A time" },
	{ "real", FIELD_REAL, AT(real), 0, 0, 100, .help = "A real number" },
	{ "colour", FIELD_CHOICE, AT(colour), .choices = colours, .default_text = "green", .help = "A colour" },
	{ "list", FIELD_TEXT_LIST, AT(list), .help = "Texts" },
	{ "friends", FIELD_TEXT_LIST, AT(friends), .refers_to = "thing", .help = "Other things" },
	{ "map", FIELD_TEXT_MAP, AT(map), .help = "Pairs" },
	{ "env", FIELD_TEXT_MAP, AT(env), FIELD_WORD_KEYS, .help = "Variables" },
	{ "one", FIELD_STRUCT, AT(one), .of = &part_schema, .help = "A part" },
	{ "parts", FIELD_STRUCT_LIST, AT(parts), .of = &part_schema, .help = "Parts" },
	{ "named", FIELD_STRUCT_MAP, AT(named), .of = &named_schema, .help = "Parts by name" },
	{ 0 },
};
#undef AT
static const struct schema thing_schema = { "thing", "A thing", sizeof(struct thing), thing_fields };

struct fixture {
	struct arena *arena;
	struct vars *vars;
	struct problems problems;
	struct thing thing;
	struct str shown;
};

static int setup(void **state)
{
	struct fixture *f = mem_new(1, sizeof(*f));

	f->arena = arena_new(4096);
	f->vars = vars_new(NULL);
	vars_set(f->vars, "home", "/home/me");
	vars_set(f->vars, "word", "value");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	problems_free(&f->problems);
	str_free(&f->shown);
	arena_free(f->arena);
	vars_free(f->vars);
	free(f);
	return 0;
}

static void read_thing(struct fixture *f, const char *text)
{
	struct err e = ERR_INIT;
	struct yaml_doc *doc = yaml_parse("/lab/t.yaml", text, strlen(text), &e);

	if (!doc)
		fail_msg("%s", e.text);
	problems_free(&f->problems);
	str_clear(&f->shown);
	f->thing = (struct thing){ 0 };
	schema_read(&thing_schema, yaml_root(doc), f->vars, f->arena, &f->thing, &f->problems);
	yaml_doc_free(doc); /* nothing that was read may lean on it */
	problems_sort(&f->problems);
	problems_show(&f->problems, &f->shown);
}

static struct thing *good(struct fixture *f, const char *text)
{
	read_thing(f, text);
	assert_string_equal(str_text(&f->shown), "");
	return &f->thing;
}

static void bad(struct fixture *f, const char *text, const char *wanted)
{
	read_thing(f, text);
	assert_string_equal(str_text(&f->shown), wanted);
}

static void every_type_is_read(void **state)
{
	struct thing *t = good(
		*state, "name: a-b\ntext: x ${word}\nscript: echo ${word}\npath: sub/f\npattern: '^a+$'\n"
			"yes: false\nno: true\nnumber: -5\nsize: 3K\ntime: 1m30s\nreal: 2.5\ncolour: blue\n"
			"list: [a, '${word}', 3]\nfriends: bob\nmap: {k: '${word}', 1: 2}\nenv: {A_1: b}\n"
			"one: {count: 1}\nparts: [{count: 2}, {name: z, count: 3}]\nnamed: {n: {count: 5}, m: {}}\n");
	const struct part *parts = t->parts.items, *named = t->named.items;

	assert_string_equal(t->at.file, "/lab/t.yaml");
	assert_int_equal(t->at.line, 1);
	assert_string_equal(t->name, "a-b");
	assert_string_equal(t->text, "x value");
	assert_string_equal(t->script, "echo ${word}");
	assert_string_equal(t->path, "/lab/sub/f");
	assert_string_equal(t->pattern, "^a+$");
	assert_false(t->yes);
	assert_true(t->no);
	assert_int_equal(t->number, -5);
	assert_int_equal(t->size, 3072);
	assert_int_equal(t->time, 90 * NS_PER_S);
	assert_true(t->real == 2.5);
	assert_int_equal(t->colour, BLUE);
	assert_int_equal(t->list.count, 3);
	assert_string_equal(t->list.items[1], "value");
	assert_string_equal(t->list.items[2], "3");
	assert_int_equal(t->friends.count, 1);
	assert_string_equal(t->friends.items[0], "bob");
	assert_int_equal(t->map.count, 2);
	assert_string_equal(t->map.items[0].value, "value");
	assert_int_equal(t->one.count, 1);
	assert_int_equal(t->parts.count, 2);
	assert_string_equal(parts[1].name, "z");
	assert_int_equal(parts[1].count, 3);
	assert_int_equal(t->named.count, 2);
	assert_string_equal(named[0].name, "n");
	assert_string_equal(named[1].name, "m");
	assert_int_equal(named[1].count, 4);
}

static void defaults_stand_where_nothing_is_said(void **state)
{
	struct thing *t = good(*state, "text: \"\"\n");

	assert_string_equal(t->text, "");
	assert_null(t->script);
	assert_string_equal(t->path, "/lab/there");
	assert_true(t->yes);
	assert_int_equal(t->size, 2 * 1024 * 1024);
	assert_int_equal(t->colour, GREEN);
	assert_int_equal(t->list.count, 0);
}

static void paths_count_from_their_file(void **state)
{
	assert_string_equal(good(*state, "text: a\npath: /abs\n")->path, "/abs");
	assert_string_equal(good(*state, "text: a\npath: ~/x\n")->path, "/home/me/x");
	assert_string_equal(good(*state, "text: a\npath: ${home}/x\n")->path, "/home/me/x");
	assert_string_equal(good(*state, "text: a\npath: ../x\n")->path, "/lab/../x");
}

static void one_alone_is_a_list_of_one(void **state)
{
	struct thing *t = good(*state, "text: a\nlist: only\nparts: {count: 7}\n");

	assert_int_equal(t->list.count, 1);
	assert_int_equal(t->parts.count, 1);
	assert_int_equal(((struct part *)t->parts.items)[0].count, 7);
}

static void sizes_have_units(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} rows[] = {
		{ "1024B", 1024 },	    { "4K", 4096 },
		{ "4 KiB", 4096 },	    { "5kB", 5000 },
		{ "512M", 512 << 20 },	    { "512 MiB", 512 << 20 },
		{ "2MB", 2000000 },	    { "2 GiB", INT64_C(2) << 30 },
		{ "1G", INT64_C(1) << 30 }, { "1 GB", 1000000000 },
		{ "1T", INT64_C(1) << 40 }, { "1 TiB", INT64_C(1) << 40 },
	};
	static const char *const wrong[] = { "12",	   "1.5G", "G",	     "-1G",
					     "1 g",	   "1  G", "1 GiBs", "99999999999999999999G",
					     "9999999999T" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *text = mem_printf("text: a\nsize: %s\n", rows[i].text);
		assert_int_equal(good(*state, text)->size, rows[i].bytes);
	}
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		AUTO_FREE char *text = mem_printf("text: a\nsize: %s\n", wrong[i]);
		AUTO_FREE char *told = mem_printf("/lab/t.yaml:2:7: size is \"%s\", but a size is wanted\n"
						  "    a whole number and a unit: size: 512M, size: 2 GiB\n",
						  wrong[i]);
		bad(*state, text, told);
	}
}

static void wrong_types_say_what_is_wanted(void **state)
{
	bad(*state, "text: [a]\n",
	    "/lab/t.yaml:1:7: text is a list, but a text is wanted\n    for example text: some words\n");
	bad(*state, "text: {a: b}\n",
	    "/lab/t.yaml:1:7: text is a map, but a text is wanted\n    for example text: some words\n");
	bad(*state, "text: a\nnumber: many\n",
	    "/lab/t.yaml:2:9: number is \"many\", but a whole number is wanted\n    for example number: -5, without "
	    "quotes\n");
	bad(*state, "text: a\nnumber: '5'\n",
	    "/lab/t.yaml:2:9: number is a text, but a whole number is wanted\n    leave out the quotes: number: 5\n");
	bad(*state, "text: a\nyes: on\n",
	    "/lab/t.yaml:2:6: yes is \"on\", but true or false is wanted\n    for example yes: true\n");
	bad(*state, "text: a\ntime: 90\n",
	    "/lab/t.yaml:2:7: time: \"90\" is not a duration: it has no unit\n"
	    "    write a number and a unit: 250ms, 90s, 5m, 2h, 7d, or 1h30m\n");
	bad(*state, "text: a\nreal: 1e5\n",
	    "/lab/t.yaml:2:7: real is \"1e5\", but a number is wanted\n    for example real: 1, without quotes\n");
	bad(*state, "text: a\nlist: {a: b}\n",
	    "/lab/t.yaml:2:7: list is a map, but a list of texts is wanted\n    for example list: [one, two]\n");
	bad(*state, "text: a\nmap: [a]\n",
	    "/lab/t.yaml:2:6: map is a list, but a map of texts is wanted\n    for example map: {NAME: value}\n");
	bad(*state, "text: a\none: 5\n", "/lab/t.yaml:2:6: part: keys and values are wanted, but here is a text\n");
	bad(*state, "text: a\nparts: 5\n", "/lab/t.yaml:2:8: parts is \"5\", but a list of maps is wanted\n");
	bad(*state, "text: a\nparts: [5]\n", "/lab/t.yaml:2:9: part: keys and values are wanted, but here is a text\n");
	bad(*state, "text: a\nname: a b\n",
	    "/lab/t.yaml:2:7: name is \"a b\", but a name (letters, digits, - _ . +, at most 64) is wanted\n");
	bad(*state, "text: a\nlist:\n",
	    "/lab/t.yaml:2:6: list has no value\n    leave the line out, or write \"\" for an empty text\n");
	bad(*state, "[a, b]\n", "/lab/t.yaml:1:1: thing: keys and values are wanted, but here is a list\n");
}

static void ranges_are_told(void **state)
{
	bad(*state, "text: a\nnumber: 65536\n", "/lab/t.yaml:2:9: number is 65536, but it must be from -5 to 65535\n");
	bad(*state, "text: a\nnumber: -6\n", "/lab/t.yaml:2:9: number is -6, but it must be from -5 to 65535\n");
	bad(*state, "text: a\nsize: 1B\n", "/lab/t.yaml:2:7: size is 1B, but it must be from 1 KiB to 1 TiB\n");
	bad(*state, "text: a\ntime: 2h\n", "/lab/t.yaml:2:7: time is 2h, but it must be from 1ms to 1h\n");
	bad(*state, "text: a\nreal: 100.1\n", "/lab/t.yaml:2:7: real is 100.1, but it must be from 0 to 100\n");
}

static void unknown_words_get_the_nearest(void **state)
{
	bad(*state, "text: a\nnumbr: 5\n",
	    "/lab/t.yaml:2:1: unknown key \"numbr\" (thing)\n    did you mean \"number\"?\n");
	bad(*state, "text: a\nat: 5\n", "/lab/t.yaml:2:1: unknown key \"at\" (thing)\n    did you mean \"path\"?\n");
	bad(*state, "text: a\none: {count: 1, zzzzz: 2}\n",
	    "/lab/t.yaml:2:17: unknown key \"zzzzz\" (part)\n    known here: name, count\n");
	bad(*state, "text: a\ncolour: geen\n",
	    "/lab/t.yaml:2:9: colour is \"geen\", but one of red, green, blue is wanted\n    did you mean "
	    "\"green\"?\n");
	bad(*state, "text: ${wrd}\n", "/lab/t.yaml:1:7: unknown variable ${wrd}\n    did you mean ${word}?\n");
}

static void all_problems_come_at_once_in_order(void **state)
{
	bad(*state, "size: x\nnumber: 99999\nparts:\n  - count: 1\n  - cuont: 2\nnumbers: 1\n",
	    "/lab/t.yaml:1:1: this thing has no text: Some 'text' with \\ and -dash\n"
	    "/lab/t.yaml:1:7: size is \"x\", but a size is wanted\n"
	    "    a whole number and a unit: size: 512M, size: 2 GiB\n"
	    "/lab/t.yaml:2:9: number is 99999, but it must be from -5 to 65535\n"
	    "/lab/t.yaml:5:5: this part has no count: How many\n"
	    "/lab/t.yaml:5:5: unknown key \"cuont\" (part)\n"
	    "    did you mean \"count\"?\n"
	    "/lab/t.yaml:6:1: unknown key \"numbers\" (thing)\n"
	    "    did you mean \"number\"?\n");
}

static void duplicates_and_odd_keys(void **state)
{
	bad(*state, "text: a\nfriends: [x, y, x]\n",
	    "/lab/t.yaml:2:17: friends: \"x\" stands here a second time, first in line 2\n");
	bad(*state, "text: a\nparts:\n- {name: p, count: 1}\n- {name: p, count: 2}\n",
	    "/lab/t.yaml:4:3: parts: \"p\" stands here a second time, first in line 3\n");
	bad(*state, "text: a\nenv: {1A: b, A-B: c}\n",
	    "/lab/t.yaml:2:7: env: \"1A\" cannot be the name of a variable\n    letters, digits and _, not first a "
	    "digit\n"
	    "/lab/t.yaml:2:14: env: \"A-B\" cannot be the name of a variable\n    letters, digits and _, not first a "
	    "digit\n");
	bad(*state, "text: a\nnamed: {-x: {count: 1}}\n",
	    "/lab/t.yaml:2:9: named: \"-x\" is no name (letters, digits, - _ . +, at most 64)\n");
}

static void patterns_must_compile(void **state)
{
	read_thing(*state, "text: a\npattern: '(a'\n");
	struct fixture *f = *state;
	assert_int_equal(f->problems.count, 1);
	assert_int_equal(f->problems.items[0].at.line, 2);
	assert_non_null(strstr(str_text(&f->shown), "pattern does not compile"));
	assert_null(f->thing.pattern);
}

static void hostile_texts_are_made_visible(void **state)
{
	struct fixture *f = *state;

	read_thing(f, "text: a\n\"x\\e[31m\": 1\n");
	assert_true(str_starts(str_text(&f->shown), "/lab/t.yaml:2:1: unknown key \"x\\x1b[31m\" (thing)\n"));
}

static void too_many_problems_are_only_counted(void **state)
{
	struct fixture *f = *state;
	AUTO_STR text = { 0 };

	str_add(&text, "text: a\n");
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "key%d: 1\n", i);
	read_thing(f, str_text(&text));
	assert_int_equal(f->problems.count, 200);
	assert_int_equal(f->problems.dropped, 800);
	assert_true(str_ends(str_text(&f->shown), "and 800 more\n"));
}

static void canon_of(struct fixture *f, const char *text, struct str *out)
{
	schema_canon(&thing_schema, good(f, text), out);
}

static void expect_same_canon(struct fixture *f, const char *a, const char *b, bool same)
{
	AUTO_STR one = { 0 }, two = { 0 };

	canon_of(f, a, &one);
	canon_of(f, b, &two);
	assert_int_equal(strcmp(str_text(&one), str_text(&two)) == 0, same);
}

static void canon_tells_apart_what_differs(void **state)
{
	expect_same_canon(*state, "text: a\nsize: 2M\n", "{size: 2048 KiB, text: a}", true);
	expect_same_canon(*state, "text: a\n", "text: a\nsize: 2 MiB\nyes: true\nlist: []\n", true);
	expect_same_canon(*state, "text: a\npath: x\n", "text: a\npath: y\n", true);
	expect_same_canon(*state, "text: a\n", "text: b\n", false);
	expect_same_canon(*state, "text: a\n", "text: a\nyes: false\n", false);
	expect_same_canon(*state, "text: a\n", "text: a\nscript: ''\n", false);
	expect_same_canon(*state, "text: a\nlist: [ab, c]\n", "text: a\nlist: [a, bc]\n", false);
	expect_same_canon(*state, "text: a\nlist: [a, b]\n", "text: a\nlist: [b, a]\n", false);
	expect_same_canon(*state, "text: a\nlist: [a]\nfriends: [b]\n", "text: a\nlist: [a, b]\n", false);
	expect_same_canon(*state, "text: a\nmap: {a: b}\n", "text: a\nenv: {a: b}\n", false);
	expect_same_canon(*state, "text: a\nmap: {a: b}\n", "text: a\nmap: {b: a}\n", false);
	expect_same_canon(*state, "text: a\nparts: [{count: 1}, {count: 2}]\n",
			  "text: a\nparts: [{count: 2}, {count: 1}]\n", false);
	expect_same_canon(*state, "text: a\nparts: [{count: 0}]\n", "text: a\n", false);
	expect_same_canon(*state, "text: a\nnamed: {x: {}}\n", "text: a\nnamed: {y: {}}\n", false);
	expect_same_canon(*state, "text: a\ncolour: red\n", "text: a\n", false);
	expect_same_canon(*state, "text: a\nreal: 0.1\n", "text: a\nreal: 0.10\n", true);
	expect_same_canon(*state, "text: a\nscript: '3:abc'\n", "text: a\nscript: 'abc'\n", false);
}

static void what_is_shown_reads_back(void **state)
{
	static const char text[] =
		"text: \"a: b # c\"\nscript: |\n  one ${x}\n    two\n\n  three\nname: n\nno: true\nyes: false\n"
		"number: 7\ntime: 90s\nreal: 0.25\ncolour: blue\nlist: [\"-x\", \"a, b\", \"\", 'q\"\\z']\n"
		"map: {a b: \"x\\ny\"}\none: {count: 3}\nparts: [{count: 1}, {name: p, count: 2}]\nnamed: {k: {count: "
		"9}}\n";
	struct fixture *f = *state;
	AUTO_STR canon = { 0 }, shown = { 0 }, again = { 0 }, shown_again = { 0 };

	canon_of(f, text, &canon);
	schema_show(&thing_schema, &f->thing, &shown);
	canon_of(f, str_text(&shown), &again);
	schema_show(&thing_schema, &f->thing, &shown_again);
	assert_string_equal(str_text(&again), str_text(&canon));
	assert_string_equal(str_text(&shown_again), str_text(&shown));
	assert_non_null(strstr(str_text(&shown), "time: 90s\n"));
	assert_non_null(strstr(str_text(&shown), "size: 2 MiB\n"));
	assert_non_null(strstr(str_text(&shown), "parts:\n  - count: 1\n  - name: p\n    count: 2\n"));
}

static void note_name(void *ctx, const char *refers_to, const char *name, struct where at)
{
	str_addf(ctx, "%s %s %u:%u\n", refers_to, name, at.line, at.column);
}

static void references_come_with_their_place(void **state)
{
	static const char text[] =
		"kind: local\ninstall:\n- {runtimes: [pypy, cpython], apt: x}\n- runtimes: graal\n  archs: [s390x]\n"
		"needs: [numpy]\ntiers: {t: {run: x}}\nknown_failures: {test: x, runtimes: pypy}\n";
	struct yaml_doc *doc = yaml_parse("p.yaml", text, strlen(text), NULL);
	AUTO_STR told = { 0 };

	(void)state;
	schema_references(&package_schema, yaml_root(doc), note_name, &told);
	yaml_doc_free(doc);
	assert_string_equal(str_text(&told),
			    "package numpy 6:9\nruntime pypy 3:15\nruntime cpython 3:21\nruntime graal 4:13\n"
			    "arch s390x 5:11\nruntime pypy 8:37\n");
}

static void the_reference_names_every_key(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	schema_describe(&thing_schema, &text);
	assert_non_null(strstr(str_text(&text), "thing: A thing\n"));
	assert_non_null(strstr(str_text(&text), "  text: a text, required\n"));
	assert_non_null(strstr(str_text(&text), "  size: a size, from 1 KiB to 1 TiB, default 2 MiB\n      A size\n"));
	assert_non_null(strstr(str_text(&text), "  colour: one of red, green, blue, default green\n"));
	assert_non_null(strstr(str_text(&text), "  friends: a list of things\n"));
	assert_non_null(
		strstr(str_text(&text), "      count: a whole number, from 0 to 9, required\n          How many\n"));
	assert_null(strstr(str_text(&text), "  at:"));
}

static void the_manual_is_escaped(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	schema_describe_man(&thing_schema, &text);
	assert_non_null(
		strstr(str_text(&text), ".It Cm text\nSome 'text' with \\e and \\-dash.\nValue: a text, required.\n"));
	assert_non_null(strstr(str_text(&text), ".It Cm no\n\\&.Off.\n"));
}

/* A wrong default ends the program, so that it is found here. Every key is explained, by one sentence without a full
 * stop. */
static void check_table(const struct schema *s)
{
	assert_true(s->help[0]);
	for (const struct schema_field *f = s->fields; f->key; f++) {
		if (f->flags & FIELD_HIDDEN)
			continue;
		assert_true(f->help[0]);
		assert_false(str_ends(f->help, "."));
		assert_true((f->type == FIELD_CHOICE) == (f->choices != NULL));
		assert_true(f->offset < s->struct_bytes);
		if (f->of)
			check_table(f->of);
	}
}

static void the_tables_of_the_lab_are_sound(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; lab_describe(i); i++) {
		const struct schema *s = lab_describe(i);
		struct yaml_doc *doc = yaml_parse("empty.yaml", "", 0, NULL);
		void *into = mem_new(1, s->struct_bytes);
		check_table(s);
		schema_read(s, yaml_root(doc), f->vars, f->arena, into, &f->problems);
		free(into);
		yaml_doc_free(doc);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_type_is_read),
		CASE(defaults_stand_where_nothing_is_said),
		CASE(paths_count_from_their_file),
		CASE(one_alone_is_a_list_of_one),
		CASE(sizes_have_units),
		CASE(wrong_types_say_what_is_wanted),
		CASE(ranges_are_told),
		CASE(unknown_words_get_the_nearest),
		CASE(all_problems_come_at_once_in_order),
		CASE(duplicates_and_odd_keys),
		CASE(patterns_must_compile),
		CASE(hostile_texts_are_made_visible),
		CASE(too_many_problems_are_only_counted),
		CASE(canon_tells_apart_what_differs),
		CASE(what_is_shown_reads_back),
		CASE(references_come_with_their_place),
		CASE(the_reference_names_every_key),
		CASE(the_manual_is_escaped),
		CASE(the_tables_of_the_lab_are_sound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
