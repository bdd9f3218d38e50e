#include "bench_text.h"

/* Everything that a set can hold. */
static const char everything[] =
	"{\"format\":\"labctl-bench\",\"version\":1,\"from\":\"pyperf\",\"in_lines\":true,\"metadata\":{\"a\":1},"
	"\"series\":[\n"
	"{\"name\":\"richards\",\"runtime\":\"pypy\",\"unit\":\"second\",\"better\":\"lower\",\"from_start\":true,"
	"\"metadata\":{\"b\":\"two\"},\"runs\":[\n"
	"{\"role\":\"a\",\"loops\":8,\"inner_loops\":20,\"peak_bytes\":4096,\"metadata\":{\"c\":[1.5,true]},"
	"\"values\":[1.5,2,1e-05],\"warmups\":[[1,0.5],[2,3]],\"memory\":{\"at_s\":[0.0,0.5],\"bytes\":[1.0,2.0]}},\n"
	"{\"kind\":\"calibration\",\"loops\":8,\"warmups\":[[1,0.0]]},\n"
	"{\"kind\":\"failed\",\"detail\":\"crashed: \\\"x\\\"\",\"values\":[1.0]}\n"
	"]},\n"
	"{\"name\":\"size\",\"unit\":\"byte\",\"runs\":[\n"
	"{\"values\":[0]}\n"
	"]},\n"
	"{\"name\":\"throughput\",\"unit\":\"integer\",\"unit_name\":\"MB/s\",\"better\":\"higher\",\"runs\":[\n"
	"{\"values\":[-1.0]}\n"
	"]}\n"
	"]}\n";

static void everything_is_kept(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "pyperf", everything); /* the format that it says it is from */
	assert_true(s.in_lines);
	assert_fact(&s.facts, "a", "1");
	const struct bench_series *richards = series_at(&s, 0, "richards", BENCH_SECONDS, 3);
	assert_string_equal(richards->runtime, "pypy");
	assert_true(richards->from_start);
	assert_int_equal(richards->better, BENCH_BETTER_LOWER);
	assert_fact(&richards->facts, "b", "\"two\"");
	const struct bench_run *r = &richards->runs[0];
	assert_values(r, VALUES(1.5, 2, 1e-5));
	assert_int_equal(r->values_whole[1], 1);
	assert_numbers(r->warmups, r->warmup_count, VALUES(0.5, 3));
	assert_int_equal(r->warmup_loops[1], 2);
	assert_string_equal(r->role, "a");
	assert_int_equal(r->loops, 8);
	assert_int_equal(r->inner_loops, 20);
	assert_int_equal(r->peak_bytes, 4096);
	assert_numbers(r->memory_bytes, r->memory_count, VALUES(1, 2));
	assert_fact(&r->facts, "c", "[1.5,true]");
	assert_int_equal(richards->runs[1].kind, BENCH_CALIBRATION);
	assert_failed(&richards->runs[2], "crashed: \"x\"");
	const struct bench_series *throughput = series_at(&s, 2, "throughput", BENCH_COUNT, 1);
	assert_string_equal(throughput->unit_name, "MB/s");
	assert_int_equal(throughput->better, BENCH_BETTER_HIGHER);
	assert_null(throughput->runtime);
	series_at(&s, 1, "size", BENCH_BYTES, 1);
	writes(&s, "labctl", everything);
}

static void the_example_of_the_manual_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "labctl",
	      "{\"format\":\"labctl-bench\",\"version\":1,\"metadata\":{\"hostname\":\"tannit\"},\"series\":[\n"
	      "{\"name\":\"richards\",\"runtime\":\"pypy\",\"unit\":\"second\",\"from_start\":true,\"runs\":[\n"
	      "{\"role\":\"a\",\"loops\":8,\"peak_bytes\":52428800,\"values\":[0.0251,0.0032,0.0031]},\n"
	      "{\"kind\":\"failed\",\"detail\":\"crashed: signal 11\",\"values\":[0.0249]}\n]}\n]}\n");
	const struct bench_series *richards = series_at(&s, 0, "richards", BENCH_SECONDS, 2);
	assert_values(&richards->runs[0], VALUES(0.0251, 0.0032, 0.0031));
	assert_failed(&richards->runs[1], "crashed: signal 11");
}

static void blanks_and_unknown_members_do_not_matter(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	reads(&s, "labctl",
	      "{ \"series\" : [ { \"runs\" : [ { \"new\":{\"x\":[null]}, \"values\":[1.5] } ], \"name\":\"a\" } ],\n"
	      "\"version\":1, \"format\":\"labctl-bench\", \"later\":null }");
	assert_values(&series_at(&s, 0, "a", BENCH_SECONDS, 1)->runs[0], VALUES(1.5));
}

#define FILE_WITH(series)  "{\"format\":\"labctl-bench\",\"version\":1,\"series\":[" series "]}"
#define FILE_WITH_RUN(run) FILE_WITH("{\"name\":\"x\",\"runs\":[" run "]}")

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{\"format\":\"labctl-bench\",\"version\":2,\"series\":[]}",
		  "line 1, column 37: the version of the format must be 1" },
		{ "{\"format\":\"other\",\"version\":1,\"series\":[]}",
		  "line 1, column 18: the format cannot be \"other\"" },
		{ "{\"version\":1,\"series\":[]}", "it tells no \"format\" and \"version\"" },
		{ FILE_WITH(""), "there is no benchmark in it" },
		{ FILE_WITH("{}"), "a benchmark without a name" },
		{ FILE_WITH("{\"name\":\"x\",\"unit\":\"kg\"}"), "line 1, column 71: the unit cannot be \"kg\"" },
		{ FILE_WITH("{\"name\":\"x\",\"runs\":[]}"), "benchmark x: it was never run" },
		{ FILE_WITH(
			  "{\"name\":\"x\",\"runs\":[{\"values\":[1]}]},{\"name\":\"x\",\"runs\":[{\"values\":[1]}]}"),
		  "benchmark x: it stands there twice" },
		{ FILE_WITH("{\"name\":5}"), "line 1, column 56: a text was expected; there is a number" },
		{ FILE_WITH("{\"name\":\"x\",\"from_start\":1}"),
		  "line 1, column 73: true or false was expected; there is a number" },
		{ FILE_WITH_RUN("{}"), "benchmark x: run 1: it has no values" },
		{ FILE_WITH_RUN("{\"values\":[0]}"),
		  "benchmark x: run 1: value 1: 0.0 s is no time: it must be more than 0" },
		{ FILE_WITH_RUN("{\"values\":[-1]}"),
		  "benchmark x: run 1: value 1: -1.0 s is no time: it must be more than 0" },
		{ FILE_WITH_RUN("{\"values\":[1e308]}"),
		  "benchmark x: run 1: value 1: 1e+308 s is more than thirty years" },
		{ FILE_WITH_RUN("{\"values\":[NaN]}"),
		  "line 1, column 79: a number was expected; NaN and Infinity are no numbers that a result can have" },
		{ FILE_WITH_RUN("{\"values\":\"1\"}"), "line 1, column 78: a list was expected; there is a text" },
		{ FILE_WITH_RUN("{\"kind\":\"odd\"}"), "line 1, column 81: the kind of a run cannot be \"odd\"" },
		{ FILE_WITH_RUN("{\"kind\":\"failed\"}"), "benchmark x: run 1: it failed, and nothing says why" },
		{ FILE_WITH_RUN("{\"loops\":0,\"values\":[1]}"),
		  "line 1, column 78: \"loops\" must be an integer from 1 to 1000000000000000" },
		{ FILE_WITH_RUN("{\"peak_bytes\":-5}"),
		  "line 1, column 84: \"peak_bytes\" must be an integer from 0 to 9007199254740992" },
		{ FILE_WITH_RUN("{\"memory\":{\"at_s\":[1,2],\"bytes\":[1]}}"),
		  "line 1, column 104: 2 times of 1 samples of memory" },
		{ FILE_WITH_RUN("{\"metadata\":{\"a\":1},\"metadata\":{}}"),
		  "line 1, column 99: \"metadata\" stands there twice" },
		{ FILE_WITH_RUN("{\"values\":[1],\"values\":[2]}"),
		  "line 1, column 91: \"values\" stands there twice" },
		{ FILE_WITH("{\"name\":\"x\",\"name\":\"y\"}"), "line 1, column 67: \"name\" stands there twice" },
		{ "{\"version\":1,\"version\":1}", "line 1, column 24: \"version\" stands there twice" },
		{ FILE_WITH_RUN("{\"metadata\":{\"b\":1,\"a\":1,\"b\":1}}"),
		  "line 1, column 99: metadata \"b\" stands there twice" },
		{ FILE_WITH_RUN("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["),
		  "line 1, column 68: an object was expected; there is a list" },
		{ FILE_WITH("") "x", "line 1, column 50: something stands behind the end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("labctl", cases[i].text, cases[i].expected);
}

static void a_cut_file_is_refused(void **state)
{
	(void)state;
	refuses_every_cut("labctl", everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_kept),
		cmocka_unit_test(the_example_of_the_manual_is_read),
		cmocka_unit_test(blanks_and_unknown_members_do_not_matter),
		cmocka_unit_test(hostile_files_get_one_clear_message),
		cmocka_unit_test(a_cut_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
