#include "bench_text.h"

static const char repetitions[] =
	"{\n  \"context\": {\n    \"date\": \"2016-08-02 17:44:46\",\n    \"num_cpus\": 4,\n    \"caches\": "
	"[{\"type\": \"Data\"}],\n"
	"    \"load_avg\": [1.5, 2.0]\n  },\n  \"benchmarks\": [\n"
	"    {\"name\": \"BM_a/8\", \"run_name\": \"BM_a/8\", \"run_type\": \"iteration\", \"repetitions\": 2, "
	"\"repetition_index\": 0,\n"
	"     \"iterations\": 1000, \"real_time\": 50, \"cpu_time\": 49.5, \"time_unit\": \"ns\", "
	"\"items_per_second\": 2.5e7},\n"
	"    {\"name\": \"BM_b\", \"run_name\": \"BM_b\", \"run_type\": \"iteration\", \"iterations\": 10, "
	"\"real_time\": 1.5, \"time_unit\": \"ms\"},\n"
	"    {\"name\": \"BM_a/8\", \"run_name\": \"BM_a/8\", \"run_type\": \"iteration\", \"repetition_index\": 1,\n"
	"     \"iterations\": 1000, \"real_time\": 60, \"time_unit\": \"ns\"},\n"
	"    {\"name\": \"BM_b\", \"run_name\": \"BM_b\", \"run_type\": \"iteration\", \"iterations\": 20, "
	"\"real_time\": 2.5, \"time_unit\": \"us\"},\n"
	"    {\"name\": \"BM_a/8_mean\", \"run_name\": \"BM_a/8\", \"run_type\": \"aggregate\", \"aggregate_name\": "
	"\"mean\", \"iterations\": 2,\n"
	"     \"real_time\": 55, \"time_unit\": \"ns\"},\n"
	"    {\"name\": \"BM_c\", \"run_type\": \"iteration\", \"error_occurred\": true, \"error_message\": \"no "
	"device\"},\n"
	"    {\"name\": \"BM_d\", \"run_type\": \"iteration\", \"skipped\": true, \"skip_message\": \"not here\"},\n"
	"    {\"name\": \"BM_old_stddev\", \"iterations\": 1, \"real_time\": 1, \"time_unit\": \"ns\"},\n"
	"    {\"name\": \"BM_old\", \"iterations\": 1, \"real_time\": 1, \"time_unit\": \"s\"}\n  ]\n}\n";

static void repetitions_are_the_values_of_one_run(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "google", repetitions);
	assert_int_equal(s.count, 5);
	const struct bench_series *a = series_at(&s, 0, "BM_a/8", BENCH_SECONDS, 1);
	assert_values(&a->runs[0], VALUES(5e-08, 6e-08));
	assert_int_equal(a->runs[0].loops, 1000);
	assert_fact(&a->facts, "items_per_second", "25000000.0");
	assert_fact(&a->facts, "time_unit", "\"ns\"");
	const struct bench_series *b = series_at(&s, 1, "BM_b", BENCH_SECONDS, 1);
	assert_values(&b->runs[0], VALUES(0.0015, 2.5e-06));
	assert_int_equal(b->runs[0].loops, 1); /* not the same in both */
	assert_failed(&series_at(&s, 2, "BM_c", BENCH_SECONDS, 1)->runs[0], "no device");
	assert_failed(&series_at(&s, 3, "BM_d", BENCH_SECONDS, 1)->runs[0], "not here");
	assert_values(&series_at(&s, 4, "BM_old", BENCH_SECONDS, 1)->runs[0], VALUES(1));
	assert_fact(&s.facts, "date", "\"2016-08-02 17:44:46\"");
	assert_fact(&s.facts, "load_avg", "[1.5,2.0]");
	assert_fact(&s.facts, "caches", NULL);
	survives_own_format(&s);
}

#define ENTRY(members) "{\"context\":{},\"benchmarks\":[{\"name\":\"x\"," members "}]}"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{\"context\":{},\"benchmarks\":[]}", "there is no benchmark in it" },
		{ "{\"context\":{}}", "\"benchmarks\" must be a list; it is missing" },
		{ "{\"context\":{},\"benchmarks\":[[]]}", "benchmark 1: \"name\" must be a text; it is missing" },
		{ ENTRY("\"iterations\":1"), "benchmark 1: \"real_time\" must be a number; it is missing" },
		{ ENTRY("\"iterations\":1,\"real_time\":\"1\""),
		  "benchmark 1: \"real_time\" must be a number; it is a text" },
		{ ENTRY("\"iterations\":1,\"real_time\":0"), "benchmark 1: 0.0 s is no time: it must be more than 0" },
		{ ENTRY("\"iterations\":1,\"real_time\":-1"),
		  "benchmark 1: -1e-09 s is no time: it must be more than 0" },
		{ ENTRY("\"iterations\":1,\"real_time\":1e308"), "benchmark 1: 1e+299 s is more than thirty years" },
		{ ENTRY("\"iterations\":1,\"real_time\":1,\"time_unit\":\"days\""),
		  "benchmark 1: \"time_unit\" is no unit of time: days" },
		{ ENTRY("\"iterations\":0,\"real_time\":1"),
		  "benchmark 1: \"iterations\" must be an integer from 1 to 1000000000000000" },
		{ ENTRY("\"iterations\":1.5,\"real_time\":1"),
		  "benchmark 1: \"iterations\" must be an integer from 1 to 1000000000000000" },
		{ ENTRY("\"iterations\":1,\"real_time\":NaN"), "JSON: line 1, column 70: *" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("google", cases[i].text, cases[i].expected);
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("google", repetitions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions_are_the_values_of_one_run),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(a_cut_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
