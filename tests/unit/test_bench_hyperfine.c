#include "bench_text.h"

static const char two_commands[] =
	"{\n  \"results\": [\n    {\n      \"command\": \"sleep 0.1\",\n      \"mean\": 0.15,\n      \"stddev\": "
	"null,\n"
	"      \"median\": 0.15,\n      \"user\": 0.001,\n      \"system\": 0.002,\n      \"min\": 0.1,\n      "
	"\"max\": 0.2,\n"
	"      \"times\": [0.1, 0.2, 0.15],\n      \"memory_usage_byte\": [1048576, 2097152, 0],\n"
	"      \"exit_codes\": [0, null, 3]\n    },\n"
	"    {\"command\": \"sleep 0.1\", \"times\": [1], \"exit_codes\": [0], \"parameters\": {\"n\": \"5\"}}\n  "
	"]\n}\n";

static void each_time_is_a_process(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "hyperfine", two_commands);
	assert_int_equal(s.count, 2);
	const struct bench_series *first = series_at(&s, 0, "sleep 0.1", BENCH_SECONDS, 3);
	assert_values(&first->runs[0], VALUES(0.1));
	assert_int_equal(first->runs[0].peak_bytes, 1048576);
	assert_failed(&first->runs[1], "a signal killed it");
	assert_values(&first->runs[2], VALUES(0.15));
	assert_fact(&first->runs[2].facts, "exit_code", "3");
	assert_fact(&first->runs[0].facts, "exit_code", NULL);
	assert_fact(&first->facts, "user", "0.001");
	assert_fact(&first->facts, "mean", NULL);
	const struct bench_series *second = series_at(&s, 1, "sleep 0.1 (2)", BENCH_SECONDS, 1);
	assert_fact(&second->facts, "parameter_n", "\"5\"");
	assert_int_equal(second->runs[0].peak_bytes, -1);
	survives_own_format(&s);
}

#define RESULT(members) "{\"results\":[{\"command\":\"x\"," members "}]}"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{\"results\":[]}", "there is no benchmark in it" },
		{ "{\"results\":{}}", "\"results\" must be a list; it is an object" },
		{ "{}", "\"results\" must be a list; it is missing" },
		{ "{\"results\":[5]}", "result 1: \"command\" must be a text; it is missing" },
		{ "{\"results\":[{\"command\":5}]}", "result 1: \"command\" must be a text; it is a number" },
		{ RESULT("\"mean\":1"), "result 1: \"times\" must be a list; it is missing" },
		{ RESULT("\"times\":[]"), "benchmark x: it was never run" },
		{ RESULT("\"times\":[0]"),
		  "result 1: \"times\", entry 1: nothing is left of it without the time of the shell" },
		{ RESULT("\"times\":[1,-0.5]"),
		  "benchmark x: run 2: value 1: -0.5 s is no time: it must be more than 0" },
		{ RESULT("\"times\":[1e308]"), "benchmark x: run 1: value 1: 1e+308 s is more than thirty years" },
		{ RESULT("\"times\":[null]"), "result 1: \"times\", entry 1: an entry must be a number; it is null" },
		{ RESULT("\"times\":[\"1\"]"),
		  "result 1: \"times\", entry 1: an entry must be a number; it is a text" },
		{ RESULT("\"times\":[1],\"exit_codes\":[0,0]"), "result 1: \"exit_codes\" has 2 entries for 1 times" },
		{ RESULT("\"times\":[1],\"memory_usage_byte\":[-1]"), "result 1: -1.0 bytes are fewer than none" },
		{ RESULT("\"times\":[1],\"memory_usage_byte\":[\"x\"]"),
		  "result 1: \"memory_usage_byte\" must be a number; it is a text" },
		{ RESULT("\"times\":[1e999]"), "JSON: line 1, column 41: *" },
		{ RESULT("\"times\":[NaN]"), "JSON: line 1, column 39: *" },
		{ RESULT("\"times\":[1],\"times\":[2]"), "JSON: line 1, column 46: *" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("hyperfine", cases[i].text, cases[i].expected);
}

static void deep_nesting_is_refused(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "{\"results\":");
	for (int i = 0; i < 1000; i++)
		str_add_char(&text, '[');
	refuses_as("hyperfine", text.text, "JSON: line 1, column 75: nested deeper than 64");
}

static void the_same_command_is_not_counted_for_ever(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "{\"results\":[");
	for (int i = 0; i < 101; i++)
		str_addf(&text, "%s{\"command\":\"x\",\"times\":[1]}", i ? "," : "");
	str_add(&text, "]}");
	refuses_as("hyperfine", text.text, "result 101: the same command more than 100 times");
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("hyperfine", two_commands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_time_is_a_process),  cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(deep_nesting_is_refused), cmocka_unit_test(the_same_command_is_not_counted_for_ever),
		cmocka_unit_test(a_cut_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
