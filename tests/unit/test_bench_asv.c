#include "bench_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static const char version_2[] =
	"{\"commit_hash\": \"fcf8c079\", \"env_name\": \"env\", \"date\": 1367127519000, \"params\": {\"arch\": "
	"\"x86_64\", \"cpu\": \"\"},\n"
	"\"python\": \"2.7\", \"requirements\": {\"numpy\": \"1.8\", \"Cython\": null}, \"env_vars\": {},\n"
	"\"result_columns\": [\"result\", \"params\", \"version\", \"started_at\", \"duration\", \"stats_ci_99_a\", "
	"\"stats_ci_99_b\",\n"
	" \"stats_q_25\", \"stats_q_75\", \"stats_number\", \"stats_repeat\", \"samples\", \"profile\"],\n"
	"\"results\": {\n"
	" \"a.time_plain\": [[0.5], [], \"abc\", 1367127519000, 2.5, [0.4], [Infinity], [0.45], [0.55], [10], [3], "
	"[[0.5, 0.25, 0.75]]],\n"
	" \"a.time_params\": [[1.0, NaN, null, 4.0, 5.0, 6.0], [[\"'x'\", \"'y'\"], [\"1\", \"2\", \"3\"]], \"v\"],\n"
	" \"a.mem_list\": [[4096]],\n"
	" \"a.track_it\": [[-7.5]],\n"
	" \"a.time_failed\": [],\n"
	" \"a.time_all_failed\": [null, [[\"1\", \"2\"]]]\n"
	"}, \"durations\": {\"<build>\": 3.5}, \"version\": 2}\n";

static void version_2_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "asv", version_2);
	assert_int_equal(s.count, 12);
	const struct bench_series *plain = series_at(&s, 0, "a.time_plain", BENCH_SECONDS, 1);
	assert_values(&plain->runs[0], VALUES(0.5, 0.25, 0.75));
	assert_int_equal(plain->runs[0].loops, 10);
	assert_fact(&plain->facts, "version", "\"abc\"");
	assert_fact(&plain->facts, "duration_s", "2.5");
	assert_fact(&plain->runs[0].facts, "ci_99_a", "0.4");
	assert_fact(&plain->runs[0].facts, "ci_99_b", NULL); /* infinite */
	assert_fact(&plain->runs[0].facts, "repeat", "3");
	/* The last parameter changes fastest. */
	assert_values(&series_at(&s, 1, "a.time_params('x', 1)", BENCH_SECONDS, 1)->runs[0], VALUES(1));
	assert_failed(&series_at(&s, 2, "a.time_params('x', 2)", BENCH_SECONDS, 1)->runs[0], "it was skipped");
	assert_failed(&series_at(&s, 3, "a.time_params('x', 3)", BENCH_SECONDS, 1)->runs[0], "it failed");
	assert_values(&series_at(&s, 4, "a.time_params('y', 1)", BENCH_SECONDS, 1)->runs[0], VALUES(4));
	assert_values(&series_at(&s, 6, "a.time_params('y', 3)", BENCH_SECONDS, 1)->runs[0], VALUES(6));
	assert_values(&series_at(&s, 7, "a.mem_list", BENCH_BYTES, 1)->runs[0], VALUES(4096));
	assert_values(&series_at(&s, 8, "a.track_it", BENCH_COUNT, 1)->runs[0], VALUES(-7.5));
	assert_failed(&series_at(&s, 9, "a.time_failed", BENCH_SECONDS, 1)->runs[0], "it failed");
	assert_failed(&series_at(&s, 11, "a.time_all_failed(2)", BENCH_SECONDS, 1)->runs[0], "it failed");
	assert_fact(&s.facts, "commit_hash", "\"fcf8c079\"");
	assert_fact(&s.facts, "arch", "\"x86_64\"");
	assert_fact(&s.facts, "date", "1367127519000");
	assert_fact(&s.facts, "requirement_numpy", "\"1.8\"");
	assert_fact(&s.facts, "requirement_Cython", NULL);
	survives_own_format(&s);
}

static void version_1_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "asv",
	      "{\"commit_hash\": \"fcf8\", \"params\": {}, \"results\": {\"time_a\": 0.25, \"time_b\": null, "
	      "\"time_c\": NaN,\n"
	      "\"time_d\": {\"params\": [[\"1\", \"2\", \"3\"]], \"result\": [1, 4, null]},\n"
	      "\"time_e\": {\"result\": 3, \"stats\": [{\"ci_99\": [3.1, 3.9], \"number\": 5}]}, "
	      "\"TimeSuite.peakmem_x\": 1024},\n"
	      "\"version\": 1}");
	assert_int_equal(s.count, 8);
	assert_values(&series_at(&s, 0, "time_a", BENCH_SECONDS, 1)->runs[0], VALUES(0.25));
	assert_failed(&series_at(&s, 1, "time_b", BENCH_SECONDS, 1)->runs[0], "it failed");
	assert_failed(&series_at(&s, 2, "time_c", BENCH_SECONDS, 1)->runs[0], "it was skipped");
	assert_values(&series_at(&s, 4, "time_d(2)", BENCH_SECONDS, 1)->runs[0], VALUES(4));
	assert_failed(&series_at(&s, 5, "time_d(3)", BENCH_SECONDS, 1)->runs[0], "it failed");
	const struct bench_run *e = &series_at(&s, 6, "time_e", BENCH_SECONDS, 1)->runs[0];
	assert_values(e, VALUES(3));
	assert_int_equal(e->loops, 5);
	assert_fact(&e->facts, "ci_99", "[3.1,3.9]");
	series_at(&s, 7, "TimeSuite.peakmem_x", BENCH_BYTES, 1);
}

static void units_come_from_benchmarks_json(void **state)
{
	char scratch[] = "/tmp/labctl-test-XXXXXX";
	AUTO_BENCH s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(scratch));
	AUTO_FREE char *machine = file_join(scratch, "results/machine");
	AUTO_FREE char *benchmarks = file_join(scratch, "results/benchmarks.json");
	AUTO_FREE char *results = file_join(machine, "fcf8c079-env.json");
	static const char about[] =
		"{\"time_a\": {\"type\": \"track\", \"unit\": \"widgets\"}, \"odd\": {\"type\": \"memory\", "
		"\"unit\": \"bytes\"}, \"version\": 2}";
	static const char text[] =
		"{\"commit_hash\":\"x\",\"params\":{},\"results\":{\"time_a\":2,\"odd\":3,\"time_b\":4},\"version\":1}";
	assert_int_equal(file_make_folders(machine, NULL), 0);
	assert_int_equal(file_write(benchmarks, about, strlen(about), NULL), 0);
	assert_int_equal(file_write(results, text, strlen(text), NULL), 0);
	assert_int_equal(bench_read(results, NULL, &s, &e), 0);
	assert_string_equal(series_at(&s, 0, "time_a", BENCH_COUNT, 1)->unit_name, "widgets");
	series_at(&s, 1, "odd", BENCH_BYTES, 1);
	series_at(&s, 2, "time_b", BENCH_SECONDS, 1);
	assert_int_equal(file_remove_tree(scratch, NULL), 0);
}

#define ROWS(rows)                                                                                                     \
	"{\"commit_hash\":\"x\",\"params\":{},\"result_columns\":[\"result\",\"params\",\"samples\"],\"results\":"     \
	"{" rows "},\"version\":2}"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ ROWS(""), "there is no benchmark in it" },
		{ ROWS("\"time_x\":[[-1]]"),
		  "benchmark time_x: run 1: value 1: -1.0 s is no time: it must be more than 0" },
		{ ROWS("\"time_x\":[[0]]"),
		  "benchmark time_x: run 1: value 1: 0.0 s is no time: it must be more than 0" },
		{ ROWS("\"time_x\":[[1e308]]"),
		  "benchmark time_x: run 1: value 1: 1e+308 s is more than thirty years" },
		{ ROWS("\"time_x\":[[Infinity]]"), "\"time_x\": \"result\" is infinite" },
		{ ROWS("\"time_x\":[[1],[],[[1,NaN]]]"), "\"time_x\": \"samples\", entry 2: an entry is NaN" },
		{ ROWS("\"time_x\":[[\"1\"]]"), "\"time_x\": \"result\" must be a number; it is a text" },
		{ ROWS("\"time_x\":[[1,2]]"), "\"time_x\": 2 results for 1 combinations of parameters" },
		{ ROWS("\"time_x\":[[1,2],[[\"1\",\"2\",\"3\"]]]"),
		  "\"time_x\": 2 results for 3 combinations of parameters" },
		{ ROWS("\"time_x\":[[1],[[]]]"),
		  "\"time_x\": parameters without values, or with too many combinations" },
		{ ROWS("\"time_x\":5"), "\"time_x\": a row of results must be a list; it is a number" },
		{ ROWS("\"time_x\":[[1]],\"time_x\":[[1]]"), "JSON: line 1, column 112: *" },
		{ ROWS("\"time_x\":[[1],[[\"1\",\"1\"]]]"), "\"time_x\": 1 results for 2 combinations of parameters" },
		{ ROWS("\"time_x\":[[1,2],[[\"1\",\"1\"]]]"), "benchmark time_x(1): it stands there twice" },
		{ ROWS("\"\":[[1]]"), "a benchmark without a name" },
		{ "{\"commit_hash\":\"x\",\"results\":{},\"version\":3}",
		  "version 3 of asv's results is not known; 1 and 2 are" },
		{ "{\"commit_hash\":\"x\",\"results\":{}}", "it tells no \"version\", as results of asv do" },
		{ "{\"commit_hash\":\"x\",\"results\":[],\"version\":1}",
		  "\"results\" must be an object; it is a list" },
		{ "{\"commit_hash\":\"x\",\"results\":{},\"version\":2}",
		  "\"result_columns\" must be a list; it is missing" },
		{ "[]", "the file must be an object; it is a list" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("asv", cases[i].text, cases[i].expected);
}

/* 60 parameters of two values each would be more combinations than there are atoms. */
static void combinations_are_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "{\"commit_hash\":\"x\",\"params\":{},\"results\":{\"time_x\":{\"result\":null,\"params\":[");
	for (int i = 0; i < 60; i++)
		str_addf(&text, "%s[\"1\",\"2\"]", i ? "," : "");
	str_add(&text, "]}},\"version\":1}");
	refuses_as("asv", text.text, "\"time_x\": parameters without values, or with too many combinations");
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("asv", version_2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_2_is_read),
		cmocka_unit_test(version_1_is_read),
		cmocka_unit_test(units_come_from_benchmarks_json),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(combinations_are_bounded),
		cmocka_unit_test(a_cut_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
