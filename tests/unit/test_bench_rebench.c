#include "bench_text.h"

#include <stdlib.h>

static const char older[] =
	"#!/usr/bin/rebench example.conf\n# Execution Start: 2021-03-04T05:06:07\n"
	"# Environment: {\"hostName\": \"tannit\", \"cpu\": \"x\", \"memory\": 5}\n# Source: {\"commitId\": \"abc\"}\n"
	"1\t1\t250.500000\tms\ttotal\tBounce\tpypy\tare-we-fast\t\t\t10\t\t\n"
	"1\t1\t4.5\tMB\tmem\tBounce\tpypy\tare-we-fast\t\t\t10\t\t\n"
	"1\t2\t200.0\tms\ttotal\tBounce\tpypy\tare-we-fast\t\t\t10\t\t\n"
	"1\t1\t0.5\ts\ttotal\tBounce\tcpython\tare-we-fast\t\t\t10\t\t\n"
	"2\t1\t300\tms\ttotal\tBounce\tpypy\tare-we-fast\t\t\t10\t\t\n"
	"2\t1\t17\tthings\ttotal\tOther\tpypy\tare-we-fast\t\tNone\t\t\t\n"
	"# Execution Start: 2021-03-05T05:06:07\n"
	"2\t1\t400\tms\ttotal\tBounce\tpypy\tare-we-fast\t\t\t10\t\t\n";

static void older_files_are_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "rebench", older);
	assert_int_equal(s.count, 4);
	const struct bench_series *pypy = series_at(&s, 0, "are-we-fast/Bounce input=10", BENCH_SECONDS, 3);
	assert_string_equal(pypy->runtime, "pypy");
	assert_true(pypy->from_start);
	assert_values(&pypy->runs[0], VALUES(0.2505, 0.2));
	assert_values(&pypy->runs[1], VALUES(0.3));
	assert_values(&pypy->runs[2], VALUES(0.4)); /* the same number, begun anew: another process */
	assert_fact(&pypy->runs[1].facts, "invocation", "2");
	const struct bench_series *memory = series_at(&s, 1, "are-we-fast/Bounce input=10 [mem]", BENCH_BYTES, 1);
	assert_values(&memory->runs[0], VALUES(4500000));
	const struct bench_series *cpython = series_at(&s, 2, "are-we-fast/Bounce input=10", BENCH_SECONDS, 1);
	assert_string_equal(cpython->runtime, "cpython");
	assert_values(&cpython->runs[0], VALUES(0.5));
	const struct bench_series *other = series_at(&s, 3, "are-we-fast/Other", BENCH_COUNT, 1);
	assert_string_equal(other->unit_name, "things");
	assert_fact(&s.facts, "hostName", "\"tannit\"");
	assert_fact(&s.facts, "commitId", "\"abc\"");
	assert_fact(&s.facts, "execution_start", "\"2021-03-05T05:06:07\"");
	survives_own_format(&s);
}

static void columns_may_have_names(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "rebench",
	      "# Execution Start: 2024-01-01\r\n"
	      "invocation\titeration\tvalue\tunit\tcriterion\tsuite\tbenchmark\texecutor\tvarValue\ttag\r\n"
	      "1\t1\t5\tms\ttotal\tS\tB\tE\tv\tt\r\n");
	const struct bench_series *b = series_at(&s, 0, "S/B variable=v tag=t", BENCH_SECONDS, 1);
	assert_string_equal(b->runtime, "E");
	assert_values(&b->runs[0], VALUES(0.005));
}

static void runs_may_be_told_in_comments(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "rebench",
	      "# Execution Start: 2025-01-01\n"
	      "# benchmark: 0={\"name\": \"Bounce\", \"suite\": {\"name\": \"macro\", \"executor\": {\"name\": "
	      "\"pypy\"}}}\n"
	      "# run_id: 7={\"benchmark\": 0, \"inputSize\": 10, \"cores\": null}\n"
	      "# run_id: 8={\"benchmark\": {\"name\": \"Queens\", \"suite\": \"micro\"}, \"executor\": \"cpython\"}\n"
	      "invocation\titeration\tvalue\tunit\tcriterion\trun_id\n"
	      "1\t1\t5\tms\ttotal\t7\n1\t1\t6\tms\ttotal\t8\n1\t2\t7\tms\ttotal\t7\n");
	const struct bench_series *bounce = series_at(&s, 0, "macro/Bounce input=10", BENCH_SECONDS, 1);
	assert_string_equal(bounce->runtime, "pypy");
	assert_values(&bounce->runs[0], VALUES(0.005, 0.007));
	const struct bench_series *queens = series_at(&s, 1, "micro/Queens", BENCH_SECONDS, 1);
	assert_string_equal(queens->runtime, "cpython");
}

/* What could be mistaken for each other is not thrown together. */
static void parameters_tell_series_apart(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "rebench",
	      "1\t1\t1\tms\ttotal\tB\tE\tS\tx 1\t\t\t\t\n1\t1\t2\tms\ttotal\tB\tE\tS\tx\t1\t\t\t\n"
	      "1\t1\t3\tms\ttotal\tB\tE\tS\tx\t\t1\t\t\n1\t1\t4\tms\ttotal\tB\tE\tS\tx\t\t\t1\t\n"
	      "1\t1\t5\tms\ttotal\tB\tE\tS\tx input=1\t\t\t\t\n");
	static const char *const names[] = { "S/B \"x 1\"", "S/B x cores=1", "S/B x input=1", "S/B x variable=1",
					     "S/B \"x input=1\"" };
	assert_int_equal(s.count, COUNT_OF(names));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(s.series[i].name, names[i]);
}

#define LINE(start) start "\ttotal\tB\tE\tS\t\t\t\t\t\n"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "", "there is no benchmark in it" },
		{ "# only a comment\n", "there is no benchmark in it" },
		{ LINE("1\t1\t5\tms") LINE("1\t2\tnan\tms"), "line 2: value is no number: \"nan\"" },
		{ LINE("1\t1\t-5\tms"), "line 1: -0.005 s is no time: it must be more than 0" },
		{ LINE("1\t1\t0\tms"), "line 1: 0.0 s is no time: it must be more than 0" },
		{ LINE("1\t1\t1e308\ts"), "line 1: 1e+308 s is more than thirty years" },
		{ LINE("1\t1\t1e999\ts"), "line 1: value is no number: \"1e999\"" },
		{ LINE("1\t1\t\ts"), "line 1: value is no number: \"\"" },
		{ LINE("x\t1\t1\ts"), "line 1: invocation is no number: \"x\"" },
		{ LINE("1\t1.5\t1\ts"), "line 1: iteration is no count" },
		{ LINE("-1\t1\t1\ts"), "line 1: invocation is no count" },
		{ LINE("1\t1\t5\tms") LINE("1\t2\t5\ts"),
		  "line 2: the unit of this benchmark was \"ms\" before, not \"s\"" },
		{ "1\t1\t5\tms\ttotal\tB\n", "line 1: 6 fields, where at least 8 were expected" },
		{ "1\t1\t5\tms\ttotal\t\tE\tS\n", "line 1: no name of a benchmark" },
		{ "invocation\titeration\tvalue\tunit\tcriterion\trun_id\n1\t1\t5\tms\ttotal\t9\n",
		  "line 2: no comment tells of run \"9\"" },
		{ "\x1b[31m\t1\t5\tms\ttotal\tB\tE\tS\n", "line 1: invocation is no number: \"\\x1b[31m\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("rebench", cases[i].text, cases[i].expected);
	struct bench_set s;
	struct err e = ERR_INIT;
	assert_int_equal(bench_read_bytes("1\t1\0", 4, "x", "rebench", &s, &e), -1);
	assert_string_equal(e.text, "x: there is a NUL in it: it is no text");
}

/* Many series in turn: each line is told apart in about the same time. */
static void many_series_in_turn(void **state)
{
	AUTO_STR text = { 0 };
	AUTO_BENCH s = { 0 };

	(void)state;
	for (int round = 1; round <= 20; round++)
		for (int i = 0; i < 2000; i++)
			str_addf(&text, "1\t%d\t5\tms\ttotal\tB%d\tE\tS\t\t\t\t\t\n", round, i);
	reads(&s, "rebench", text.text);
	assert_int_equal(s.count, 2000);
	for (size_t i = 0; i < s.count; i++)
		assert_int_equal(s.series[i].runs[0].value_count, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_files_are_read),		cmocka_unit_test(columns_may_have_names),
		cmocka_unit_test(runs_may_be_told_in_comments), cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(parameters_tell_series_apart), cmocka_unit_test(many_series_in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
