#include "bench_text.h"

static const char results[] =
	"{\n \"aperf_counts\": {\"fasta:PyPy:default-python\": [[[1, 2], [3, 4]]]},\n"
	" \"audit\": {\"uname\": \"Linux\", \"packages\": [\"a\", \"b\"], \"cpus\": 4, \"nested\": {\"x\": 1}},\n"
	" \"config\": \"import os\\n\",\n \"core_cycle_counts\": {},\n \"error_flag\": false,\n"
	" \"eta_estimates\": {\"fasta:PyPy:default-python\": [1.5]},\n"
	" \"pexec_flags\": {\"fasta:PyPy:default-python\": [\"C\", \"E\", \"T\"]},\n"
	" \"wallclock_times\": {\"fasta:PyPy:default-python\": [[0.5, 0.25], [], [0.75]],\n"
	"  \"fasta:CPython:default-python\": [[1.5]], \"fasta:CPython:numpy\": [[2.5], []]}\n}\n";

static void processes_and_their_iterations_are_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "krun", results);
	assert_int_equal(s.count, 3);
	const struct bench_series *pypy = series_at(&s, 0, "fasta", BENCH_SECONDS, 3);
	assert_string_equal(pypy->runtime, "PyPy");
	assert_true(pypy->from_start);
	assert_values(&pypy->runs[0], VALUES(0.5, 0.25));
	assert_failed(&pypy->runs[1], "it crashed");
	assert_failed(&pypy->runs[2], "its time limit passed");
	assert_numbers(pypy->runs[2].values, pypy->runs[2].value_count, VALUES(0.75));
	const struct bench_series *cpython = series_at(&s, 1, "fasta", BENCH_SECONDS, 1);
	assert_string_equal(cpython->runtime, "CPython");
	const struct bench_series *variant = series_at(&s, 2, "fasta:numpy", BENCH_SECONDS, 2);
	assert_failed(&variant->runs[1], "it crashed"); /* without flags: an empty list tells */
	assert_fact(&s.facts, "uname", "\"Linux\"");
	assert_fact(&s.facts, "cpus", "4");
	assert_fact(&s.facts, "error_flag", "false");
	assert_fact(&s.facts, "config", NULL);
	survives_own_format(&s);
}

/* bzip2 of {"wallclock_times": {"a:b:default": [[0.5]]}} */
static void compressed_files_are_read(void **state)
{
	static const char compressed[] =
		"\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x67\xf0\xfb\x7f\x00\x00\x15\x1b\x80\x50\x01\x42\x10\x00\x0a"
		"\xbf\x2e\x8e"
		"\x8a\x20\x00\x22\x20\x34\x02\x0c\x34\xf5\x05\x00\x00\x06\x4c\x87\x96\xb4\x0a\x12\x8c\x4a\xb6\x74\xe9"
		"\x5c\x40\x63"
		"\xdd\xa3\x33\xb4\xca\x1f\xec\x01\xc6\xb0\x7e\x5f\x85\x7e\x8b\xb9\x22\x9c\x28\x48\x33\xf8\x7d\xbf\x80";
	AUTO_BENCH s = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	if (bench_read_bytes(compressed, sizeof(compressed) - 1, "x", NULL, &s, &e) != 0)
		fail_msg("%s", e.text);
	assert_values(&series_at(&s, 0, "a", BENCH_SECONDS, 1)->runs[0], VALUES(0.5));
	struct bench_set cut;
	for (size_t len = 4; len < sizeof(compressed) - 1; len++)
		assert_int_equal(bench_read_bytes(compressed, len, "x", NULL, &cut, NULL), -1);
}

static void lines_of_processes_are_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "krun",
	      "process_exec_num,bench_name,0,1,2\n0,fasta,0.5,0.25,0.75\r\n1,fasta,crash\n2,fasta,0.5,crash\n0,\"n,"
	      "body\",1,2,\n");
	const struct bench_series *fasta = series_at(&s, 0, "fasta", BENCH_SECONDS, 3);
	assert_values(&fasta->runs[0], VALUES(0.5, 0.25, 0.75));
	assert_failed(&fasta->runs[1], "it crashed");
	assert_failed(&fasta->runs[2], "it crashed");
	assert_numbers(fasta->runs[2].values, fasta->runs[2].value_count, VALUES(0.5));
	assert_values(&series_at(&s, 1, "n,body", BENCH_SECONDS, 1)->runs[0], VALUES(1, 2));
}

#define TIMES(times) "{\"wallclock_times\":{" times "}}"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{}", "there are no \"wallclock_times\" in it" },
		{ TIMES(""), "there is no benchmark in it" },
		{ TIMES("\"a:b\":[]"), "line 1, column 27: a key must be benchmark:VM:variant; this is \"a:b\"" },
		{ TIMES("\":b:c\":[]"), "line 1, column 28: a key must be benchmark:VM:variant; this is \":b:c\"" },
		{ TIMES("\"a:b:c\":[]"), "benchmark a:c under b: it was never run" },
		{ TIMES("\"a:b:c\":[1]"), "line 1, column 30: a list was expected; there is a number" },
		{ TIMES("\"a:b:c\":[[\"1\"]]"), "line 1, column 31: a number was expected; there is a text" },
		{ TIMES("\"a:b:c\":[[null]]"), "line 1, column 31: a number was expected; there is null" },
		{ TIMES("\"a:b:c\":[[NaN]]"),
		  "line 1, column 31: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ TIMES("\"a:b:c\":[[-1]]"),
		  "benchmark a:c under b: run 1: value 1: -1.0 s is no time: it must be more than 0" },
		{ TIMES("\"a:b:c\":[[1e308]]"),
		  "benchmark a:c under b: run 1: value 1: 1e+308 s is more than thirty years" },
		{ TIMES("\"a:b:c\":[[1]],\"a:b:c\":[[1]]"), "benchmark a:c under b: it stands there twice" },
		{ "{\"wallclock_times\":{},\"wallclock_times\":{}}", "line 1, column 41: the times stand there twice" },
		{ TIMES("\"a:b:c\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
		  "line 1, column 31: a number was expected; there is a list" },
		{ "{\"pexec_flags\":{\"a:b:c\":[1]}}", "line 1, column 26: a text was expected; there is a number" },
		{ "process_exec_num,bench_name,0\n", "there is no benchmark in it" },
		{ "process_exec_num,bench_name,0\n0,a\n",
		  "line 2: a number of a process, a benchmark and times were expected" },
		{ "process_exec_num,bench_name,0\n0,a,x\n", "line 2: a time is no number: \"x\"" },
		{ "process_exec_num,bench_name,0\n0,a,1,,2\n", "line 2: a time is no number: \"\"" },
		{ "process_exec_num,bench_name,0\n0,\"a,1\n", "line 2: a quote that never ends" },
		{ "process_exec_num,bench_name,0\n0,a,-1\n",
		  "benchmark a: run 1: value 1: -1.0 s is no time: it must be more than 0" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("krun", cases[i].text, cases[i].expected);
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("krun", results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_and_their_iterations_are_read),
		cmocka_unit_test(compressed_files_are_read),
		cmocka_unit_test(lines_of_processes_are_read),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(a_cut_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
