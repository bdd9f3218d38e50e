#include "bench_text.h"

static const char session[] = "{\"e\":\"session\",\"version\":1,\"benchmark\":\"richards\",\"seed\":17,\"driver\":{"
			      "\"implementation\":\"cpython\",\"version\":\"3.11\"}}\n";

static const char measured[] =
	"{\"e\":\"begin\",\"x\":0,\"runtime\":\"cpython\",\"kind\":\"calibrate\",\"role\":null}\n"
	"{\"e\":\"values\",\"x\":0,\"loops\":1,\"inner_loops\":1,\"s\":[0.5]}\n"
	"{\"e\":\"values\",\"x\":0,\"loops\":2,\"inner_loops\":1,\"s\":[0.4,0.45]}\n"
	"{\"e\":\"calibrated\",\"x\":0,\"loops\":4}\n"
	"{\"e\":\"end\",\"x\":0,\"status\":\"ok\",\"detail\":null,\"s\":1.25}\n"
	"{\"e\":\"begin\",\"x\":1,\"runtime\":\"pypy\",\"kind\":\"measure\",\"role\":\"a\"}\n"
	"{\"e\":\"system\",\"x\":1,\"when\":\"before\",\"load\":1.02,\"steal_s\":0.0,\"mhz\":[800,3400.5],\"at_s\":2.5}"
	"\n"
	"{\"e\":\"facts\",\"x\":1,\"implementation\":\"pypy\",\"hash_seed\":0,\"gc\":{\"deep\":1},\"stats\":[{\"n\":1},"
	"[2]],\"jit\":null}\n"
	"{\"e\":\"values\",\"x\":1,\"loops\":4,\"inner_loops\":10,\"s\":[0.3,0.2]}\n"
	"{\"e\":\"begin\",\"x\":2,\"runtime\":\"cpython\",\"kind\":\"measure\",\"role\":\"b\"}\n"
	"{\"e\":\"values\",\"x\":1,\"loops\":4,\"inner_loops\":10,\"s\":[0.1]}\n"
	"{\"e\":\"memory\",\"x\":1,\"peak_bytes\":1048576,\"at_s\":[0.0,0.1],\"bytes\":[1000,2000]}\n"
	"{\"e\":\"system\",\"x\":1,\"when\":\"after\",\"load\":null,\"steal_s\":0.5,\"mhz\":null,\"at_s\":3}\n"
	"{\"e\":\"end\",\"x\":1,\"status\":\"ok\",\"detail\":null,\"s\":2}\n"
	"{\"e\":\"values\",\"x\":2,\"loops\":1,\"inner_loops\":1,\"s\":[1.5]}\n"
	"{\"e\":\"end\",\"x\":2,\"status\":\"crashed\",\"detail\":\"signal 11\",\"s\":2}\n"
	"{\"e\":\"something of tomorrow\",\"x\":9,\"y\":[{}]}\n"
	"{\"e\":\"finish\",\"complete\":true,\"reason\":null,\"left\":0}\n";

static void a_campaign_is_read(void **state)
{
	AUTO_STR text = { 0 };
	AUTO_BENCH s = { 0 };

	(void)state;
	str_addf(&text, "%s%s", session, measured);
	reads(&s, "events", text.text);
	assert_int_equal(s.count, 2);
	assert_fact(&s.facts, "seed", "17");
	assert_fact(&s.facts, "driver_version", "\"3.11\"");
	assert_fact(&s.facts, "complete", "true");
	assert_fact(&s.facts, "left", "0");
	const struct bench_series *cpython = series_at(&s, 0, "richards", BENCH_SECONDS, 2);
	const struct bench_series *pypy = series_at(&s, 1, "richards", BENCH_SECONDS, 1);
	assert_string_equal(cpython->runtime, "cpython");
	assert_string_equal(pypy->runtime, "pypy");
	assert_true(pypy->from_start);
	assert_int_equal(cpython->runs[0].kind, BENCH_CALIBRATION);
	assert_numbers(cpython->runs[0].warmups, cpython->runs[0].warmup_count, VALUES(0.5, 0.4, 0.45));
	assert_int_equal(cpython->runs[0].warmup_loops[0], 1);
	assert_int_equal(cpython->runs[0].warmup_loops[2], 2);
	assert_int_equal(cpython->runs[0].loops, 4);
	assert_null(cpython->runs[0].role);
	assert_failed(&cpython->runs[1], "crashed: signal 11");
	assert_numbers(cpython->runs[1].values, cpython->runs[1].value_count, VALUES(1.5));
	const struct bench_run *r = &pypy->runs[0];
	assert_values(r, VALUES(0.3, 0.2, 0.1));
	assert_int_equal(r->loops, 4);
	assert_int_equal(r->inner_loops, 10);
	assert_string_equal(r->role, "a");
	assert_int_equal(r->peak_bytes, 1048576);
	assert_numbers(r->memory_at_s, r->memory_count, VALUES(0, 0.1));
	assert_numbers(r->memory_bytes, r->memory_count, VALUES(1000, 2000));
	assert_fact(&r->facts, "load_before", "1.02");
	assert_fact(&r->facts, "load_after", NULL);
	assert_fact(&r->facts, "mhz_before", "[800,3400.5]");
	assert_fact(&r->facts, "steal_s_after", "0.5");
	assert_fact(&r->facts, "hash_seed", "0");
	assert_fact(&r->facts, "gc", NULL);
	assert_fact(&r->facts, "stats", NULL);
	assert_fact(&r->facts, "wall_s", "2");
	survives_own_format(&s);
}

static void read_after_session(struct bench_set *s, const char *lines)
{
	AUTO_STR text = { 0 };

	str_addf(&text, "%s%s", session, lines);
	reads(s, "events", text.text);
}

/* Wherever it is cut, the lines before the cut are kept, and what began and did not end has failed. */
static void what_was_told_before_a_cut_is_kept(void **state)
{
	AUTO_STR text = { 0 };

	(void)state;
	str_addf(&text, "%s%s", session, measured);
	for (size_t cut = strlen(session); cut < text.len; cut++) {
		AUTO_BENCH s = { 0 };
		struct err e = ERR_INIT;

		if (bench_read_bytes(text.text, cut, "cut", "events", &s, &e) != 0) {
			assert_string_equal(e.text, "cut: there is no benchmark in it");
			assert_true(cut < strlen(session) + 90);
			continue;
		}
		for (size_t i = 0; i < s.count; i++)
			for (size_t j = 0; j < s.series[i].run_count; j++) {
				const struct bench_run *r = &s.series[i].runs[j];
				bool whole = r->value_count == 3 && r->memory_count == 2;
				assert_true(r->kind != BENCH_MEASURED || whole);
			}
	}
	AUTO_BENCH s = { 0 };
	read_after_session(&s, "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n"
			       "{\"e\":\"values\",\"x\":0,\"loops\":1,\"inner_loops\":1,\"s\":[1.5]}\n"
			       "{\"e\":\"values\",\"x\":0,\"loops\":1,\"inner_loops\":1,\"s\":[2.5,3.");
	assert_failed(&s.series[0].runs[0], "the record ends in the middle of it");
	assert_numbers(s.series[0].runs[0].values, s.series[0].runs[0].value_count, VALUES(1.5));
	AUTO_BENCH facts = { 0 };
	read_after_session(&facts, "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n"
				   "{\"e\":\"facts\",\"x\":0,\"hash_seed\":12");
	assert_fact(&facts.series[0].runs[0].facts, "hash_seed", NULL); /* 12 of 1234 */
}

/* A line that is whole but for its newline, and wrong: it tells nothing either. */
static void a_last_line_that_is_wrong_tells_nothing(void **state)
{
	static const char *const lines[] = {
		"{\"e\":\"memory\",\"x\":0,\"peak_bytes\":5,\"at_s\":[],\"bytes\":[1,2]}",
		"{\"e\":\"values\",\"x\":0,\"s\":[1.5,-1]}",
		"{\"e\":\"values\",\"x\":0,\"loops\":5,\"s\":[1.5]}",
		"{\"e\":\"end\",\"x\":1,\"status\":\"ok\"}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		AUTO_STR text = { 0 };
		AUTO_BENCH s = { 0 };

		str_addf(&text, "%s%s%s",
			 "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n",
			 "{\"e\":\"values\",\"x\":0,\"s\":[2.5]}\n", lines[i]);
		read_after_session(&s, text.text);
		assert_int_equal(s.series[0].runs[0].memory_count, 0);
		assert_int_equal(s.series[0].runs[0].loops, 1);
		assert_numbers(s.series[0].runs[0].values, s.series[0].runs[0].value_count, VALUES(2.5));
	}
}

static void how_an_execution_ended_is_told(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	read_after_session(&s, "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n"
			       "{\"e\":\"end\",\"x\":0,\"status\":\"ok\",\"detail\":null,\"s\":1}\n"
			       "{\"e\":\"begin\",\"x\":1,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n"
			       "{\"e\":\"end\",\"x\":1,\"status\":\"timed_out\",\"detail\":null,\"s\":1}\n"
			       "{\"e\":\"begin\",\"x\":2,\"runtime\":\"a\",\"kind\":\"calibrate\",\"role\":null}\n"
			       "{\"e\":\"end\",\"x\":2,\"status\":\"failed\",\"detail\":\"no such module\",\"s\":1}\n");
	assert_failed(&s.series[0].runs[0], "it told no values");
	assert_failed(&s.series[0].runs[1], "its time limit passed");
	assert_failed(&s.series[0].runs[2], "failed: no such module");
}

#define BEGUN "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"measure\",\"role\":null}\n"

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *lines, *expected;
	} cases[] = {
		{ "", "there is no benchmark in it" },
		{ "{\"e\":\"end\",\"x\":0}\n", "line 2, column 17: execution 0 has not begun" },
		{ "{\"e\":\"begin\"}\n", "line 2, column 14: the event \"begin\" needs an \"x\" behind its name" },
		{ "{\"e\":\"begin\",\"x\":-1}\n", "line 2, column 20: \"x\" must be an integer from 0 to 999999" },
		{ "{\"e\":\"begin\",\"x\":1000000}\n", "line 2, column 25: \"x\" must be an integer from 0 to 999999" },
		{ "{\"e\":\"begin\",\"x\":0,\"kind\":\"measure\"}\n",
		  "line 2, column 37: an execution tells its runtime, and \"calibrate\" or \"measure\"" },
		{ "{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\",\"kind\":\"other\"}\n",
		  "line 2, column 49: an execution tells its runtime, and \"calibrate\" or \"measure\"" },
		{ BEGUN BEGUN, "line 3, column 63: this execution has begun before" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":[NaN]}\n",
		  "line 3, column 26: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":[-1.5]}\n", "line 3, column 32: -1.5 s is no time" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":[1e308]}\n", "line 3, column 33: 1e+308 s is no time" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":[1],\"s\":[2]}\n",
		  "line 3, column 33: values stand there twice" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":\"1\"}\n",
		  "line 3, column 25: a list was expected; there is a text" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"loops\":0,\"s\":[1]}\n",
		  "line 3, column 30: \"loops\" must be an integer from 1 to 1000000000000000" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\"s\":[1]}\n{\"e\":\"values\",\"x\":0,\"loops\":2,\"s\":[1]}\n",
		  "line 4, column 39: the number of loops changed within an execution" },
		{ BEGUN "{\"e\":\"memory\",\"x\":0,\"at_s\":[1],\"bytes\":[]}\n",
		  "line 3, column 43: 1 times of 0 samples of memory" },
		{ BEGUN "{\"e\":\"values\",\"x\":0,\n",
		  "line 3, column 21: a name in quotes was expected; the file ends here" },
		{ "{\"x\":0,\"e\":\"begin\"}\n", "line 2, column 6: an event begins with \"e\"" },
		{ "[]\n", "line 2, column 1: an object was expected; there is a list" },
		{ BEGUN "{\"e\":\"end\",\"x\":0,\"status\":\"ok\"}\n{\"e\":\"end\",\"x\":0,\"status\":\"ok\"}\n",
		  "line 4, column 32: this execution has ended before" },
		{ session, "line 2, column 116: a second session" },
		{ "\xFF\n", "line 2, column 1: an object was expected; this is no JSON" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		AUTO_STR text = { 0 };

		str_addf(&text, "%s%s", session, cases[i].lines);
		refuses_as("events", text.text, cases[i].expected);
	}
	refuses_as("events", "", "no session begins in it");
	refuses_as("events", BEGUN, "line 1, column 63: an execution begins before its session");
	refuses_as("events", "{\"e\":\"session\",\"version\":2,\"benchmark\":\"x\"}\n",
		   "line 1, column 27: the version of the events must be 1");
	refuses_as("events", "{\"e\":\"session\",\"version\":1}\n",
		   "line 1, column 28: a session tells its version and its benchmark");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_campaign_is_read),
		cmocka_unit_test(what_was_told_before_a_cut_is_kept),
		cmocka_unit_test(a_last_line_that_is_wrong_tells_nothing),
		cmocka_unit_test(how_an_execution_ended_is_told),
		cmocka_unit_test(hostile_files_get_one_clear_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
