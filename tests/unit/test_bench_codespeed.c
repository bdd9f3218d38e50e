#include "bench_text.h"

static const char runner[] =
	"{\"revision\": \"b0a649e90b66\", \"branch\": \"default\", \"options\": \"\", \"results\": [\n"
	"[\"ai\", \"ComparisonResult\", {\"avg_base\": 0.5, \"avg_changed\": 0.25, \"std_base\": 0.01, "
	"\"std_changed\": 0.02, "
	"\"timeline_link\": null}],\n"
	"[\"html5lib\", \"SimpleComparisonResult\", {\"base_time\": 12.5, \"changed_time\": 6.5, \"time_delta\": "
	"\"x\"}],\n"
	"[\"rietveld\", \"RawResult\", {\"base_times\": null, \"changed_times\": [0.5, 0.75]}]]}\n";

static void a_file_of_the_runner_of_pypy_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "codespeed", runner);
	assert_int_equal(s.count, 5);
	const struct bench_series *ai = series_at(&s, 0, "ai", BENCH_SECONDS, 1);
	assert_string_equal(ai->runtime, "cpython");
	assert_values(&ai->runs[0], VALUES(0.5));
	assert_fact(&ai->facts, "std_dev", "0.01");
	ai = series_at(&s, 1, "ai", BENCH_SECONDS, 1);
	assert_string_equal(ai->runtime, "pypy-c-jit");
	assert_values(&ai->runs[0], VALUES(0.25));
	assert_values(&series_at(&s, 2, "html5lib", BENCH_SECONDS, 1)->runs[0], VALUES(12.5));
	assert_values(&series_at(&s, 3, "html5lib", BENCH_SECONDS, 1)->runs[0], VALUES(6.5));
	assert_values(&series_at(&s, 4, "rietveld", BENCH_SECONDS, 1)->runs[0], VALUES(0.5, 0.75));
	assert_string_equal(s.series[4].runtime, "pypy-c-jit");
	assert_fact(&s.facts, "revision", "\"b0a649e90b66\"");
	survives_own_format(&s);
}

static void a_list_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "codespeed",
	      "[{\"commitid\":\"5\",\"benchmark\":\"float\",\"executable\":\"cpython\",\"result_value\":250,\"units\":"
	      "\"ms\",\"std_dev\":1.5},\n"
	      " {\"commitid\":\"5\",\"benchmark\":\"float\",\"executable\":\"pypy\",\"result_value\":0.5},\n"
	      " {\"benchmark\":\"speed\",\"result_value\":17,\"units\":\"MB/s\",\"lessisbetter\":false}]");
	const struct bench_series *first = series_at(&s, 0, "float", BENCH_SECONDS, 1);
	assert_string_equal(first->runtime, "cpython");
	assert_values(&first->runs[0], VALUES(0.25));
	assert_fact(&first->runs[0].facts, "commitid", "\"5\"");
	assert_fact(&first->runs[0].facts, "std_dev", "1.5");
	assert_string_equal(series_at(&s, 1, "float", BENCH_SECONDS, 1)->runtime, "pypy");
	const struct bench_series *speed = series_at(&s, 2, "speed", BENCH_COUNT, 1);
	assert_null(speed->runtime);
	assert_string_equal(speed->unit_name, "MB/s");
	assert_int_equal(speed->better, BENCH_BETTER_HIGHER);
}

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "[]", "there is no benchmark in it" },
		{ "[{\"benchmark\":\"x\"}]", "result 1: \"result_value\" must be a number; it is missing" },
		{ "[{\"benchmark\":\"x\",\"result_value\":\"5\"}]",
		  "result 1: \"result_value\" must be a number; it is a text" },
		{ "[{\"benchmark\":\"x\",\"result_value\":-5}]",
		  "benchmark x: run 1: value 1: -5.0 s is no time: it must be more than 0" },
		{ "[{\"benchmark\":\"x\",\"result_value\":1e308}]",
		  "benchmark x: run 1: value 1: 1e+308 s is more than thirty years" },
		{ "[{\"benchmark\":\"x\",\"executable\":5,\"result_value\":1}]",
		  "result 1: \"executable\" must be a text; it is a number" },
		{ "[{\"model\":\"codespeed.project\"}]", "result 1: \"benchmark\" must be a text; it is missing" },
		{ "[{\"benchmark\":\"x\",\"result_value\":1},{\"benchmark\":\"x\",\"result_value\":1,\"units\":\"MB\"}"
		  "]",
		  "result 2: \"x\" has another unit here than before" },
		{ "{\"revision\":1}", "\"results\" must be a list; it is missing" },
		{ "{\"results\":[[]]}", "result 1: the name must be a text; it is missing" },
		{ "{\"results\":[[\"x\",\"OtherResult\",{}]]}", "result 1: no such kind of result: \"OtherResult\"" },
		{ "{\"results\":[[\"x\",\"RawResult\",[]]]}", "result 1: the numbers must be an object; it is a list" },
		{ "{\"results\":[[\"x\",\"RawResult\",{\"base_times\":[1],\"changed_times\":[\"1\"]}]]}",
		  "result 1: x: \"changed_times\", entry 1: an entry must be a number; it is a text" },
		{ "{\"results\":[[\"x\",\"ComparisonResult\",{\"avg_base\":1}]]}",
		  "result 1: x: \"avg_changed\" must be a number; it is missing" },
		{ "5", "\"results\" must be a list; it is missing" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("codespeed", cases[i].text, cases[i].expected);
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("codespeed", runner);
}

/* ---- writing ---- */

static const struct bench_write_opts told = {
	false, "PyPy", "default", "b0a649e90b66", "tannit", NULL, "2026-01-31 12:00:00"
};

static void add_run(struct bench_set *s, struct bench_series *series, double first, double second)
{
	double values[] = { first, second };

	bench_set_values(s, bench_add_run(s, series), values, 2);
}

static void each_process_counts_once(void **state)
{
	AUTO_BENCH s = { 0 }, back = { 0 };
	AUTO_STR out = { 0 }, left_out = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	bench_start(&s, "test");
	struct bench_series *series = bench_add_series(&s, "ai", "pypy");
	add_run(&s, series, 1, 3); /* 2 */
	add_run(&s, series, 4, 4); /* 4 */
	add_run(&s, series, 9, 3); /* 6 */
	struct bench_run *r = bench_add_run(&s, bench_add_series(&s, "broken", "pypy"));
	r->kind = BENCH_FAILED;
	r->detail = "crashed";
	assert_int_equal(bench_write("codespeed", &s, &told, &out, &left_out, &e), 0);
	assert_string_equal(left_out.text, "\"broken\": no run of it succeeded\n");
	assert_string_equal(
		out.text,
		"[\n  {\n    \"commitid\": \"b0a649e90b66\",\n    \"branch\": \"default\",\n    \"project\": "
		"\"PyPy\",\n"
		"    \"executable\": \"pypy\",\n    \"benchmark\": \"ai\",\n    \"environment\": \"tannit\",\n"
		"    \"revision_date\": \"2026-01-31 12:00:00\",\n    \"result_value\": 4.0,\n    \"std_dev\": 2.0,\n"
		"    \"min\": 2.0,\n    \"max\": 6.0,\n    \"q1\": 3.0,\n    \"q3\": 5.0,\n    \"units\": "
		"\"seconds\",\n"
		"    \"units_title\": \"Time\",\n    \"lessisbetter\": true\n  }\n]\n");
	assert_int_equal(bench_read_bytes(out.text, out.len, "x", NULL, &back, &e), 0);
	assert_values(&series_at(&back, 0, "ai", BENCH_SECONDS, 1)->runs[0], VALUES(4));
}

static void writing_fails(const struct bench_set *s, const struct bench_write_opts *o, const char *expected)
{
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	assert_int_equal(bench_write("codespeed", s, o, &out, NULL, &e), -1);
	assert_string_equal(e.text, expected);
	assert_int_equal(out.len, 0);
}

static void fields_have_limits(void **state)
{
	struct bench_write_opts o = told;
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	add_run(&s, bench_add_series(&s, "ai", NULL), 1, 2);
	writing_fails(&s, NULL, "codespeed wants to be told the project");
	writing_fails(&s, &o, "codespeed wants to be told the executable");
	o.executable = "123456789 123456789 123456789 1";
	writing_fails(&s, &o,
		      "the executable \"123456789 123456789 123456789 1\" is longer than the 30 characters that "
		      "codespeed takes");
	o.executable = "\xC3\xA9"
		       "23456789 123456789 123456789 "; /* thirty characters, but more bytes */
	AUTO_STR out = { 0 };
	assert_int_equal(bench_write("codespeed", &s, &o, &out, NULL, NULL), 0);
	o.commit = "";
	writing_fails(&s, &o, "codespeed wants to be told the commit");
	o.commit = "1234567890123456789012345678901234567890123";
	writing_fails(&s, &o,
		      "the commit \"1234567890123456789012345678901234567890123\" is longer than the 42 characters "
		      "that codespeed takes");
	o.commit = told.commit;
	s.series[0].runtime = "a";
	add_run(&s, bench_add_series(&s, "ai", "b"), 1, 2);
	o.executable = "pypy";
	writing_fails(&s, &o,
		      "\"ai\" is there under more than one runtime, but \"pypy\" is to be the executable of all");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_the_runner_of_pypy_is_read),
		cmocka_unit_test(a_list_is_read),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(a_cut_file_is_refused),
		cmocka_unit_test(each_process_counts_once),
		cmocka_unit_test(fields_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
