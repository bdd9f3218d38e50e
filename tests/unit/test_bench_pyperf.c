#include "bench_text.h"

#include <stdlib.h>

#include "base/json_scan.h"
#include "base/real.h"
#include "base/vec.h"

static const char two_benchmarks[] =
	"{\"benchmarks\":[{\"metadata\":{\"description\":\"caf\\u00e9 \\\"x\\\"\",\"loops\":8,\"name\":\"decimals\"},"
	"\"runs\":[{\"metadata\":{\"calibrate_loops\":8,\"date\":\"2026-01-31 12:00:19.123456\"},"
	"\"warmups\":[[1,0.01414213562373095],[8,0.017320508075688773]]},"
	"{\"metadata\":{\"date\":\"2026-01-31 12:00:20.654321\",\"mem_max_rss\":14123008},"
	"\"values\":[0.031415926535897934,0.027182818284590453],\"warmups\":[[8,0.016180339887498948]]}]},"
	"{\"metadata\":{\"inner_loops\":20,\"name\":\"timeit\",\"tags\":[\"a\",\"b\"]},\"runs\":[{\"values\":[7."
	"071067811865475e-07]}]}],"
	"\"metadata\":{\"cpu_count\":4,\"hostname\":\"bench-1\",\"unit\":\"second\"},\"version\":\"1.0\"}\n";

static void reads_what_is_there(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf", two_benchmarks);
	assert_int_equal(s.count, 2);
	const struct bench_series *decimals = series_at(&s, 0, "decimals", BENCH_SECONDS, 2);
	assert_null(decimals->runtime);
	assert_false(decimals->from_start);
	assert_int_equal(decimals->runs[0].kind, BENCH_CALIBRATION);
	assert_int_equal(decimals->runs[0].value_count, 0);
	assert_numbers(decimals->runs[0].warmups, decimals->runs[0].warmup_count,
		       VALUES(0.01414213562373095, 0.017320508075688773));
	assert_int_equal(decimals->runs[0].warmup_loops[1], 8);
	assert_values(&decimals->runs[1], VALUES(0.031415926535897934, 0.027182818284590453));
	assert_int_equal(decimals->runs[1].loops, 8);
	assert_int_equal(decimals->runs[1].inner_loops, 1);
	assert_int_equal(decimals->runs[1].peak_bytes, 14123008);
	assert_int_equal(decimals->runs[0].peak_bytes, -1);
	assert_null(decimals->runs[1].values_whole);
	const struct bench_series *timeit = series_at(&s, 1, "timeit", BENCH_SECONDS, 1);
	assert_int_equal(timeit->runs[0].inner_loops, 20);
	assert_int_equal(timeit->runs[0].loops, 1);
	assert_fact(&timeit->facts, "tags", "[\"a\",\"b\"]");
	assert_fact(&decimals->facts, "description", "\"caf\\u00e9 \\\"x\\\"\"");
	assert_string_equal(bench_fact_of(&s, decimals, &decimals->runs[1], "hostname"), "\"bench-1\"");
	survives_own_format(&s);
}

static void round_trip(const char *text)
{
	AUTO_BENCH s = { 0 };

	reads(&s, "pyperf", text);
	writes(&s, "pyperf", text);
	survives_own_format(&s);
}

static void what_pyperf_wrote_comes_back_byte_for_byte(void **state)
{
	(void)state;
	round_trip(two_benchmarks);
	/* Whole numbers of bytes; a whole real among them stays one. */
	round_trip("{\"benchmarks\":[{\"runs\":[{\"values\":[7360512]},{\"values\":[7364608,7364609.0]},"
		   "{\"metadata\":{\"calibrate_loops\":32768},\"warmups\":[[32768,7360512]]}]}],"
		   "\"metadata\":{\"loops\":32768,\"name\":\"mem\",\"unit\":\"byte\"},\"version\":\"1.0\"}\n");
	/* All that Python writes of numbers and texts. */
	round_trip("{\"benchmarks\":[{\"runs\":[{\"values\":[1e-09,1.5e-05,0.0001,1.0,123456789.125]}]}],"
		   "\"metadata\":{\"a\":1e+16,\"b\":-0.0,\"c\":123456789012345678901234567890,\"d\":"
		   "\"\\ud83d\\udc0d\\u007f\\t\","
		   "\"e\":\"\\udcff/"
		   "\",\"f\":true,\"name\":\"x\\\\y\",\"tags\":[],\"\\u00fc\":5e-324},\"version\":\"1.0\"}\n");
	/* The name tells of what no C string can hold. */
	round_trip("{\"benchmarks\":[{\"runs\":[{\"values\":[1.0]}]}],\"metadata\":{\"name\":\"a\\u0000\\udcff\"},"
		   "\"version\":\"1.0\"}\n");
	/* Nothing is shared: no metadata at the top. */
	round_trip("{\"benchmarks\":[{\"metadata\":{\"name\":\"a\"},\"runs\":[{\"values\":[1.0]}]},"
		   "{\"metadata\":{\"name\":\"b\"},\"runs\":[{\"values\":[2.0]}]}],\"version\":\"1.0\"}\n");
}

static void lines_stay_lines(void **state)
{
	(void)state;
	round_trip(
		"{\n    \"benchmarks\": [\n        {\n            \"metadata\": {\n                \"name\": \"a\",\n"
		"                \"tags\": [\n                    \"x, y\",\n                    \"z\\\"]\"\n"
		"                ]\n            },\n            \"runs\": [\n                {\n"
		"                    \"values\": [\n                        1.5,\n                        2.0\n"
		"                    ],\n                    \"warmups\": [\n                        [\n"
		"                            1,\n                            1.25\n                        ]\n"
		"                    ]\n                }\n            ]\n        },\n        {\n"
		"            \"metadata\": {\n                \"name\": \"b\",\n                \"tags\": []\n"
		"            },\n            \"runs\": [\n                {\n                    \"values\": [\n"
		"                        1.5\n                    ]\n                }\n            ]\n        }\n"
		"    ],\n    \"metadata\": {\n        \"loops\": 1\n    },\n    \"version\": \"1.0\"\n}\n");
}

/* ---- files like pyperf's, made at random ---- */

struct facts_text {
	char *items[40]; /* "key":value, sorted as they are made */
	size_t count;
};

struct maker {
	struct str out;
	bool in_lines;
	unsigned depth;
	bool fresh;
};

static void new_line(struct maker *m)
{
	str_addf(&m->out, "%s", m->fresh ? "" : ",");
	if (m->in_lines)
		str_addf(&m->out, "\n%*s", (int)(4 * m->depth), "");
	m->fresh = false;
}

static void put(struct maker *m, const char *key, const char *value)
{
	new_line(m);
	if (key)
		str_addf(&m->out, m->in_lines ? "\"%s\": " : "\"%s\":", key);
	str_add(&m->out, value);
}

static void put_open(struct maker *m, const char *key, const char *bracket)
{
	put(m, key, bracket);
	m->depth++;
	m->fresh = true;
}

static void put_close(struct maker *m, const char *bracket)
{
	m->depth--;
	if (m->in_lines)
		str_addf(&m->out, "\n%*s", (int)(4 * m->depth), "");
	str_add(&m->out, bracket);
	m->fresh = false;
}

static double random_time(void)
{
	return (double)(1 + rand() % 1000000) * (1 + (double)rand() / RAND_MAX) * 1e-9;
}

static void put_real(struct maker *m, double value)
{
	char text[REAL_TEXT_BYTES];

	real_write(value, text);
	put(m, NULL, text);
}

/* Keys of each level begin with a letter of its own, and values differ from run to run and benchmark to benchmark: so
 * pyperf itself would have put them nowhere else. */
static void put_facts(struct maker *m, char level, int number, bool with_name)
{
	static const char *const kinds[][2] = { { "", "" },	     { "", ".5" },
						{ "\"text ", "\"" }, { "\"\\u20ac", "\"" },
						{ "", "e+20" },	     { "-", "" } };
	int count = rand() % 5;

	if (!count && !with_name)
		return;
	put_open(m, "metadata", "{");
	for (int i = 0; i < count; i++) {
		char key[16], value[64];

		snprintf(key, sizeof(key), "%c%d", level, i);
		snprintf(value, sizeof(value), "%s%d%s", kinds[i][0], number % 8 + 1, kinds[i][1]);
		put(m, key, value);
	}
	if (with_name) {
		char name[32];
		snprintf(name, sizeof(name), "\"bench %d\"", number);
		put(m, "name", name);
	}
	put_close(m, "}");
}

static void put_run(struct maker *m, int number, bool calibration)
{
	put_open(m, NULL, "{");
	put_facts(m, 'k', number, false);
	if (!calibration) {
		put_open(m, "values", "[");
		for (int i = rand() % 4; i >= 0; i--)
			put_real(m, random_time());
		put_close(m, "]");
	}
	if (calibration || rand() % 2) {
		put_open(m, "warmups", "[");
		for (int i = rand() % 3; i >= 0; i--) {
			char loops[16];

			put_open(m, NULL, "[");
			snprintf(loops, sizeof(loops), "%d", 1 << rand() % 20);
			put(m, NULL, loops);
			put_real(m, rand() % 20 ? random_time() : 0.0);
			put_close(m, "]");
		}
		put_close(m, "]");
	}
	put_close(m, "}");
}

static void make_file(struct maker *m, bool in_lines)
{
	int benchmarks = 2 + rand() % 4;

	*m = (struct maker){ .in_lines = in_lines, .fresh = true };
	str_add(&m->out, "{");
	m->depth = 1;
	put_open(m, "benchmarks", "[");
	for (int i = 0; i < benchmarks; i++) {
		int runs = 2 + rand() % 5;

		put_open(m, NULL, "{");
		put_facts(m, 'b', i, true);
		put_open(m, "runs", "[");
		for (int j = 0; j < runs; j++)
			put_run(m, j, rand() % 4 == 0);
		put_close(m, "]");
		put_close(m, "}");
	}
	put_close(m, "]");
	put_facts(m, 'a', 3, false);
	put(m, "version", "\"1.0\"");
	put_close(m, "}");
	str_add(&m->out, "\n");
}

static void files_of_all_shapes_come_back_byte_for_byte(void **state)
{
	(void)state;
	srand(7);
	for (int i = 0; i < 400; i++) {
		struct maker m;

		make_file(&m, i % 2);
		round_trip(m.out.text);
		str_free(&m.out);
	}
}

/* ---- inheritance and hoisting ---- */

static void inner_metadata_wins(void **state)
{
	AUTO_BENCH s = { 0 };
	struct bench_facts all;

	(void)state;
	reads(&s, "pyperf",
	      "{\"version\":\"1.0\",\"metadata\":{\"a\":1,\"b\":1,\"c\":1,\"loops\":2},\"benchmarks\":[{\"runs\":["
	      "{\"metadata\":{\"c\":3,\"d\":3,\"loops\":5},\"values\":[1.0]},{\"values\":[1.5]}],"
	      "\"metadata\":{\"name\":\"x\",\"b\":2,\"c\":2,\"inner_loops\":7}}]}");
	const struct bench_series *x = series_at(&s, 0, "x", BENCH_SECONDS, 2);
	bench_facts_of(&s, x, &x->runs[0], &all);
	assert_int_equal(all.count, 7);
	assert_fact(&all, "a", "1");
	assert_fact(&all, "b", "2");
	assert_fact(&all, "c", "3");
	assert_fact(&all, "d", "3");
	for (size_t i = 1; i < all.count; i++)
		assert_true(strcmp(all.items[i - 1].key, all.items[i].key) < 0);
	vec_free(&all);
	assert_int_equal(x->runs[0].loops, 5);
	assert_int_equal(x->runs[1].loops, 2);
	assert_int_equal(x->runs[1].inner_loops, 7);
}

static void what_is_shared_is_written_once(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf",
	      "{\"version\":\"1.0\",\"benchmarks\":["
	      "{\"runs\":[{\"metadata\":{\"name\":\"a\",\"same\":1,\"in_a\":2,\"n\":1},\"values\":[1.0]},"
	      "{\"metadata\":{\"same\":1,\"in_a\":2,\"n\":2,\"name\":\"a\"},\"values\":[1.0]}]},"
	      "{\"runs\":[{\"metadata\":{\"name\":\"b\",\"same\":1},\"values\":[1.0]}]}]}");
	writes(&s, "pyperf",
	       "{\"benchmarks\":[{\"metadata\":{\"in_a\":2,\"name\":\"a\"},\"runs\":[{\"metadata\":{\"n\":1},"
	       "\"values\":[1.0]},"
	       "{\"metadata\":{\"n\":2},\"values\":[1.0]}]},{\"metadata\":{\"name\":\"b\"},\"runs\":[{\"values\":[1.0]}"
	       "]}],"
	       "\"metadata\":{\"same\":1},\"version\":\"1.0\"}\n");
}

/* ---- old versions ---- */

static void version_5_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf",
	      "{\"version\":5,\"benchmarks\":[{\"common_metadata\":{\"name\":\"x\",\"loops\":4,\"inner_loops\":2},"
	      "\"runs\":["
	      "{\"samples\":[1.0,2.0],\"warmups\":[[4,16.0],[2,2]],\"metadata\":{\"date\":\"2016-10-21 "
	      "03:14:20\"}}]}]}");
	const struct bench_series *x = series_at(&s, 0, "x", BENCH_SECONDS, 1);
	assert_values(&x->runs[0], VALUES(1, 2));
	assert_numbers(x->runs[0].warmups, x->runs[0].warmup_count, VALUES(2.0, 0.5));
	writes(&s, "pyperf",
	       "{\"benchmarks\":[{\"runs\":[{\"values\":[1.0,2.0],\"warmups\":[[4,2.0],[2,0.5]]}]}],"
	       "\"metadata\":{\"date\":\"2016-10-21 "
	       "03:14:20\",\"inner_loops\":2,\"loops\":4,\"name\":\"x\"},\"version\":\"1.0\"}\n");
}

static void version_6_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf",
	      "{\"version\":6,\"metadata\":{\"inner_loops\":5},\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":"
	      "["
	      "{\"values\":[1.0],\"warmups\":[[2,20.0]]}]}]}");
	assert_numbers(s.series[0].runs[0].warmups, 1, VALUES(2.0));
	assert_values(&s.series[0].runs[0], VALUES(1));
}

/* ---- refused ---- */

#define FILE_WITH_RUN(run) "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[" run "]}],\"version\":\"1.0\"}"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ FILE_WITH_RUN("{\"values\":[NaN]}"),
		  "line 1, column 60: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ FILE_WITH_RUN("{\"values\":[1,-Infinity]}"),
		  "line 1, column 62: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ FILE_WITH_RUN("{\"values\":[-1.5]}"), "line 1, column 64: a value must be more than 0" },
		{ FILE_WITH_RUN("{\"values\":[0]}"), "line 1, column 61: a value must be more than 0" },
		{ FILE_WITH_RUN("{\"values\":[1e308]}"),
		  "benchmark x: run 1: value 1: 1e+308 s is more than thirty years" },
		{ FILE_WITH_RUN("{\"values\":[1e-300]}"),
		  "benchmark x: run 1: value 1: 1e-300 s is no time: it must be more than 0" },
		{ FILE_WITH_RUN("{\"values\":[1e309]}"), "line 1, column 60: this number is too large" },
		{ FILE_WITH_RUN("{\"values\":[12345678901234567890]}"),
		  "line 1, column 80: this integer is too large to be exact" },
		{ FILE_WITH_RUN("{\"values\":[true]}"),
		  "line 1, column 60: a number was expected; there is true or false" },
		{ FILE_WITH_RUN("{\"values\":[\"1\"]}"), "line 1, column 60: a number was expected; there is a text" },
		{ FILE_WITH_RUN("{\"values\":[[1]]}"), "line 1, column 60: a number was expected; there is a list" },
		{ FILE_WITH_RUN("{\"values\":{}}"), "line 1, column 59: a list was expected; there is an object" },
		{ FILE_WITH_RUN("{\"values\":null}"), "line 1, column 59: a list was expected; there is null" },
		{ FILE_WITH_RUN("{\"values\":[1],\"values\":[2]}"), "line 1, column 72: values stand there twice" },
		{ FILE_WITH_RUN("{}"), "line 1, column 51: a run with neither values nor warm-ups" },
		{ FILE_WITH_RUN("[]"), "line 1, column 49: an object was expected; there is a list" },
		{ FILE_WITH_RUN(""), "line 1, column 51: a benchmark without runs" },
		{ FILE_WITH_RUN("{\"warmups\":[[1,-1]]}"),
		  "line 1, column 68: the value of a warm-up must be at least 0" },
		{ FILE_WITH_RUN("{\"warmups\":[[0,1]]}"),
		  "line 1, column 63: loops of a warm-up must be an integer from 1 to 1000000000000000" },
		{ FILE_WITH_RUN("{\"warmups\":[[1.5,1]]}"),
		  "line 1, column 65: loops of a warm-up must be an integer from 1 to 1000000000000000" },
		{ FILE_WITH_RUN("{\"warmups\":[[1]]}"), "line 1, column 64: a warm-up is a list of loops and a value" },
		{ FILE_WITH_RUN("{\"warmups\":[[1,2,3]]}"),
		  "line 1, column 66: a warm-up is a list of loops and a value" },
		{ FILE_WITH_RUN("{\"samples\":[1]}"), "version 6 and later has no \"samples\"" },
		{ FILE_WITH_RUN("{\"metadata\":{\"loops\":0},\"values\":[1]}"),
		  "line 1, column 71: metadata \"loops\" must be an integer of at least 1" },
		{ FILE_WITH_RUN("{\"metadata\":{\"loops\":1.5},\"values\":[1]}"),
		  "line 1, column 73: metadata \"loops\" must be an integer of at least 1" },
		{ FILE_WITH_RUN("{\"metadata\":{\"loops\":\"8\"},\"values\":[1]}"),
		  "line 1, column 73: metadata \"loops\" must be an integer of at least 1" },
		{ FILE_WITH_RUN("{\"metadata\":{\"duration\":-1},\"values\":[1]}"),
		  "line 1, column 75: metadata \"duration\" must be a number of at least 0" },
		{ FILE_WITH_RUN("{\"metadata\":{\"mem_max_rss\":1.0},\"values\":[1]}"),
		  "line 1, column 79: metadata \"mem_max_rss\" must be an integer of at least 0" },
		{ FILE_WITH_RUN("{\"metadata\":{\"date\":5},\"values\":[1]}"),
		  "line 1, column 70: metadata \"date\" must be a text" },
		{ FILE_WITH_RUN("{\"metadata\":{\"unit\":\"kg\"},\"values\":[1]}"),
		  "line 1, column 73: metadata \"unit\" must be \"second\", \"byte\" or \"integer\"" },
		{ FILE_WITH_RUN("{\"metadata\":{\"x\":\"a\\nb\"},\"values\":[1]}"),
		  "line 1, column 72: metadata \"x\" must be a text of one line" },
		{ FILE_WITH_RUN("{\"metadata\":{\"x\":\"  \"},\"values\":[1]}"),
		  "line 1, column 70: metadata \"x\" must be a text that is not empty" },
		{ FILE_WITH_RUN("{\"metadata\":{\"x\":[\"a\"]},\"values\":[1]}"),
		  "line 1, column 71: metadata \"x\" must be a text or a number" },
		{ FILE_WITH_RUN("{\"metadata\":{\"x\":null},\"values\":[1]}"),
		  "line 1, column 66: a text, a number or a list of such was expected; there is null" },
		{ FILE_WITH_RUN("{\"metadata\":{\"x\":{}},\"values\":[1]}"),
		  "line 1, column 66: a text, a number or a list of such was expected; there is an object" },
		{ FILE_WITH_RUN("{\"metadata\":{\"tags\":[\"all\"]},\"values\":[1]}"),
		  "line 1, column 76: metadata \"tags\" must be a list of texts, none of them empty or \"all\"" },
		{ FILE_WITH_RUN("{\"metadata\":{\"tags\":[1]},\"values\":[1]}"),
		  "line 1, column 72: metadata \"tags\" must be a list of texts, none of them empty or \"all\"" },
		{ FILE_WITH_RUN("{\"metadata\":{\"phase\":[\"a\"]},\"values\":[1]}"),
		  "line 1, column 75: metadata \"phase\" must be a list of two texts" },
		{ FILE_WITH_RUN("{\"metadata\":{\"a\":1,\"a\":2},\"values\":[1]}"),
		  "line 1, column 74: metadata \"a\" stands there twice" },
		{ FILE_WITH_RUN("{\"metadata\":{\"name\":\"y\"},\"values\":[1]},{\"values\":[1]}"),
		  "benchmark 1: its runs differ in metadata \"name\"" },
		{ FILE_WITH_RUN("{\"values\":[1]},{\"metadata\":{\"unit\":\"byte\"},\"values\":[1]}"),
		  "benchmark 1: its runs differ in metadata \"unit\"" },
		{ FILE_WITH_RUN("{\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
		  "line 1, column 113: nested deeper than 64" },
		{ "{\"benchmarks\":[],\"version\":\"1.0\"}", "there is no benchmark in it" },
		{ "{\"benchmarks\":[{\"runs\":[{\"values\":[1]}]}],\"version\":\"1.0\"}", "benchmark 1 has no name" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":5},\"runs\":[]}]}",
		  "line 1, column 37: metadata \"name\" must be a text" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}]}",
		  "it tells no \"version\", as pyperf's files do" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}],\"version\":7}",
		  "line 1, column 78: version 7 of pyperf's format is not known; 5, 6 and \"1.0\" are" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}],\"version\":1.0}",
		  "line 1, column 80: version 1.0 of pyperf's format is not known; 5, 6 and \"1.0\" are" },
		{ "{\"version\":5,\"benchmarks\":[{\"common_metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}]}",
		  "version 5 has no \"values\"" },
		{ "{\"version\":6,\"benchmarks\":[{\"common_metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}]}",
		  "version 6 and later have no \"common_metadata\"" },
		{ "{\"version\":5,\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"samples\":[1]}]}]}",
		  "version 5 has no \"metadata\" but that of runs" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]},"
		  "{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[2]}]}],\"version\":\"1.0\"}",
		  "benchmark x: it stands there twice" },
		{ "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}],\n\"version\":\"1.0\"}"
		  " x",
		  "line 2, column 18: something stands behind the end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("pyperf", cases[i].text, cases[i].expected);
}

static void blanks_at_the_ends_of_metadata_do_no_harm(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf", FILE_WITH_RUN("{\"metadata\":{\"x\":\"\\n a \\r\\n\"},\"values\":[1]}"));
	assert_fact(&s.series[0].runs[0].facts, "x", "\"\\n a \\r\\n\"");
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("pyperf", two_benchmarks);
	refuses_as("pyperf", "{\"benchmarks\":[{\"runs\":[{\"values\":[0.1",
		   "line 1, column 39: \",\" or \"]\" was expected; the file ends here");
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "{\"benchmarks\":[{\"metadata\":{\"name\":\"");
	for (int i = 0; i < 5000; i++)
		str_add_char(&text, 'x');
	str_add(&text, "\"},\"runs\":[{\"values\":[1]}]}],\"version\":\"1.0\"}");
	refuses_as("pyperf", text.text, "the name of a benchmark is longer than 4096 bytes");
}

static void facts_are_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"");
	for (int i = 0; i < 1000; i++)
		str_addf(&text, ",\"k%d\":1", i);
	str_add(&text, "},\"runs\":[{\"values\":[1]}]}],\"version\":\"1.0\"}");
	struct bench_set s;
	struct err e = ERR_INIT;
	assert_int_equal(bench_read_bytes(text.text, text.len, "f", "pyperf", &s, &e), -1);
	assert_non_null(strstr(e.text, "more than 1000 entries of metadata"));
}

/* ---- writing what came from elsewhere ---- */

static struct bench_run *add_run(struct bench_set *s, struct bench_series *series, double value)
{
	struct bench_run *r = bench_add_run(s, series);

	bench_set_values(s, r, &value, 1);
	return r;
}

static void things_that_pyperf_has_no_place_for_become_metadata(void **state)
{
	AUTO_BENCH s = { 0 }, back = { 0 };
	AUTO_STR out = { 0 }, left_out = { 0 };
	static const double samples[] = { 1, 2 };

	(void)state;
	bench_start(&s, "events");
	struct bench_series *series = bench_add_series(&s, "richards", "pypy");
	series->from_start = true;
	struct bench_run *r = add_run(&s, series, 0.5);
	r->loops = 8;
	r->role = "a";
	r->peak_bytes = 123456;
	r->memory_at_s = r->memory_bytes = samples;
	r->memory_count = 2;
	bench_fact_set_text(&s, &r->facts, "log", "two\nlines");
	r = bench_add_run(&s, series);
	r->kind = BENCH_FAILED;
	r->detail = "crashed";
	r = bench_add_run(&s, series);
	r->kind = BENCH_CALIBRATION;
	assert_int_equal(bench_write("pyperf", &s, NULL, &out, &left_out, NULL), 0);
	assert_string_equal(
		out.text,
		"{\"benchmarks\":[{\"runs\":[{\"values\":[0.5]}]}],\"metadata\":{\"labctl_failed_runs\":1,"
		"\"labctl_from_start\":\"true\",\"labctl_role\":\"a\",\"labctl_runtime\":\"pypy\",\"loops\":8,"
		"\"mem_max_rss\":123456,\"name\":\"richards\"},\"version\":\"1.0\"}\n");
	assert_string_equal(left_out.text,
			    "samples of memory over time, of 1 runs\n1 calibrations that have no warm-ups\n"
			    "metadata \"log\": pyperf wants a text of one line\n");
	assert_int_equal(bench_read_bytes(out.text, out.len, "x", NULL, &back, NULL), 0);
	assert_string_equal(back.series[0].runtime, "pypy");
	assert_true(back.series[0].from_start);
	assert_string_equal(back.series[0].runs[0].role, "a");
	assert_int_equal(back.series[0].runs[0].peak_bytes, 123456);
}

static void other_units_keep_their_name_and_direction(void **state)
{
	AUTO_BENCH s = { 0 }, back = { 0 };
	AUTO_STR out = { 0 };

	(void)state;
	bench_start(&s, "rebench");
	struct bench_series *series = bench_add_series(&s, "throughput", NULL);
	series->unit = BENCH_COUNT;
	series->unit_name = "MB/s";
	series->better = BENCH_BETTER_HIGHER;
	add_run(&s, series, 17);
	assert_int_equal(bench_write("pyperf", &s, NULL, &out, NULL, NULL), 0);
	assert_int_equal(bench_read_bytes(out.text, out.len, "x", NULL, &back, NULL), 0);
	assert_int_equal(back.series[0].unit, BENCH_COUNT);
	assert_string_equal(back.series[0].unit_name, "MB/s");
	assert_int_equal(back.series[0].better, BENCH_BETTER_HIGHER);
}

static void writing_fails(const struct bench_set *s, const char *expected)
{
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	str_add(&out, "before");
	assert_int_equal(bench_write("pyperf", s, NULL, &out, NULL, &e), -1);
	assert_string_equal(e.text, expected);
	assert_string_equal(out.text, "before");
}

static void numbers_that_cannot_be_expressed_are_an_error(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	struct bench_series *series = bench_add_series(&s, "x", NULL);
	series->unit = BENCH_COUNT;
	add_run(&s, series, -2);
	writing_fails(&s, "\"x\" has a value of -2: pyperf takes only those above 0");
	series->runs[0].kind = BENCH_FAILED;
	series->runs[0].detail = "crashed";
	writing_fails(&s, "a run of \"x\" failed after 1 values: pyperf has no such runs");
	series->unit = BENCH_SECONDS;
	add_run(&s, series, 2);
	AUTO_STR out = { 0 }, left_out = { 0 };
	struct bench_write_opts without_failed = { .without_failed = true };
	series->runs[0].values = series->runs[1].values;
	assert_int_equal(bench_write("pyperf", &s, &without_failed, &out, &left_out, NULL), 0);
	assert_string_equal(left_out.text, "1 runs that failed after some values\n");
	series->run_count = 1;
	series->runs[0].value_count = 0;
	writing_fails(&s, "no run succeeded: pyperf has no files without values");
	add_run(&s, series, 2);
	series->name = "x\ny";
	writing_fails(&s, "benchmark 1: its name: pyperf wants a text of one line");
	series->name = "x";
	series->runtime = " ";
	writing_fails(&s, "benchmark 1: its runtime: pyperf wants a text that is not empty");
	series->runtime = "a";
	add_run(&s, bench_add_series(&s, "x", "b"), 1);
	writing_fails(&s, "\"x\" is there under more than one runtime: a file of pyperf's has one of them");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(what_pyperf_wrote_comes_back_byte_for_byte),
		cmocka_unit_test(lines_stay_lines),
		cmocka_unit_test(files_of_all_shapes_come_back_byte_for_byte),
		cmocka_unit_test(inner_metadata_wins),
		cmocka_unit_test(what_is_shared_is_written_once),
		cmocka_unit_test(version_5_is_read),
		cmocka_unit_test(version_6_is_read),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(blanks_at_the_ends_of_metadata_do_no_harm),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(a_name_that_is_too_long_is_refused),
		cmocka_unit_test(facts_are_bounded),
		cmocka_unit_test(things_that_pyperf_has_no_place_for_become_metadata),
		cmocka_unit_test(other_units_keep_their_name_and_direction),
		cmocka_unit_test(numbers_that_cannot_be_expressed_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
