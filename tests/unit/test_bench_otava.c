#include "bench_text.h"

static void each_metric_is_a_series(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "otava",
	      "time,commit,branch,metric1,metric2,note\n2024.01.01 3:00:00 +0100,aaa0,main,154023,10.5,first\n"
	      "2024.01.02 3:00:00 +0100,aaa1,main,,10.25,\n\n2024.01.03 3:00:00 +0100,123,dev,-3e2,0,\"a, \"\"b\"\"\n "
	      "c\"\n");
	assert_int_equal(s.count, 2);
	const struct bench_series *first = series_at(&s, 0, "metric1", BENCH_COUNT, 2);
	assert_null(first->unit_name);
	assert_int_equal(first->better, BENCH_BETTER_UNTOLD);
	assert_values(&first->runs[0], VALUES(154023));
	assert_values(&first->runs[1], VALUES(-300));
	assert_fact(&first->runs[0].facts, "time", "\"2024.01.01 3:00:00 +0100\"");
	assert_fact(&first->runs[1].facts, "commit", "\"123\"");
	assert_fact(&first->runs[1].facts, "branch", "\"dev\"");
	assert_fact(&first->runs[1].facts, "note", "\"a, \\\"b\\\"\\n c\"");
	const struct bench_series *second = series_at(&s, 1, "metric2", BENCH_COUNT, 3);
	assert_values(&second->runs[1], VALUES(10.25));
	assert_values(&second->runs[2], VALUES(0));
	assert_fact(&second->runs[1].facts, "note", NULL);
	survives_own_format(&s);
}

static void other_separators_and_times_are_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "otava", "time;metric\r\n1609466400;1.5\r\n1609552800;2.5");
	const struct bench_series *metric = series_at(&s, 0, "metric", BENCH_COUNT, 2);
	assert_values(&metric->runs[1], VALUES(2.5));
	assert_fact(&metric->runs[0].facts, "time", "\"1609466400\"");
}

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "", "there is no line of values in it" },
		{ "time,metric\n", "there is no line of values in it" },
		{ "time,commit\n1,a\n", "no column is a metric: numbers stand in none of them" },
		{ "time,metric\n1\n", "line 2: 1 fields for 2 columns" },
		{ "time,metric\n1,2\n3,4,5\n", "line 3: 3 fields for 2 columns" },
		{ "time,metric\n1,2\n3,nan\n", "line 3: metric is no number: \"nan\"" },
		{ "time,metric\n1,2\n3,inf\n", "line 3: metric is no number: \"inf\"" },
		{ "time,metric\n1,2\n3,1e999\n", "line 3: metric is no number: \"1e999\"" },
		{ "time,metric\n1,2\n3,1e308\n",
		  "benchmark metric: run 2: value 1: 1e+308 is too large to reckon with" },
		{ "time,metric\n1,2\n3,4x\n", "line 3: metric is no number: \"4x\"" },
		{ "time,a,metric\n1,x,2\n3,4,5\n", "line 3: a number in column \"a\", which began with texts" },
		{ "time,metric,metric\n1,2,3\n", "benchmark metric: it stands there twice" },
		{ "time,\n1,2\n", "a benchmark without a name" },
		{ "time,metric\n1,\n", "there is no benchmark in it" },
		{ "time,metric\n\"1,2\n", "line 2: a quote that never ends" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("otava", cases[i].text, cases[i].expected);
}

static void columns_are_bounded(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_add(&text, "time");
	for (int i = 0; i < 20000; i++)
		str_addf(&text, ",m%d", i);
	refuses_as("otava", text.text, "line 1: more than 10000 columns");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_metric_is_a_series),
		cmocka_unit_test(other_separators_and_times_are_read),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(columns_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
