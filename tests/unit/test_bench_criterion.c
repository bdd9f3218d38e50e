#include "bench_text.h"

#include <stdlib.h>

#include "base/file.h"

static char scratch[] = "/tmp/labctl-test-XXXXXX";

static int make_scratch(void **state)
{
	(void)state;
	strcpy(scratch + strlen(scratch) - 6, "XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

static int remove_scratch(void **state)
{
	(void)state;
	return file_remove_tree(scratch, NULL);
}

static void put(const char *name, const char *text)
{
	AUTO_FREE char *path = file_join(scratch, name);
	AUTO_FREE char *folder = file_parent(path);

	assert_int_equal(file_make_folders(folder, NULL), 0);
	assert_int_equal(file_write(path, text, strlen(text), NULL), 0);
}

static void reads_path(struct bench_set *s, const char *name)
{
	AUTO_FREE char *path = file_join(scratch, name);
	struct err e = ERR_INIT;

	if (bench_read(path, NULL, s, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(s->format, "criterion");
}

static void refuses_path(const char *name, const char *expected)
{
	AUTO_FREE char *path = file_join(scratch, name);
	struct err e = ERR_INIT;
	struct bench_set s;

	assert_int_equal(bench_read(path, NULL, &s, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	if (!strstr(e.text, expected) || !strstr(e.text, scratch))
		fail_msg("%s", e.text);
}

static const char new_sample[] = "{\"sampling_mode\":\"Linear\",\"iters\":[10.0,20.0],\"times\":[1000.0,3000.0]}";
static const char old_sample[] = "[[1.0,2.0,4.0],[50.0,100.0,300.0]]";
static const char estimates[] =
	"{\"mean\":{\"confidence_interval\":{\"confidence_level\":0.95,\"lower_bound\":4.5,\"upper_bound\":5.5},"
	"\"point_estimate\":5.0,\"standard_error\":0.25},\"slope\":{\"point_estimate\":6.0},\"std_dev\":{\"point_"
	"estimate\":1}}";
static const char about[] =
	"{\"group_id\":\"Fib\",\"function_id\":\"Iter\",\"value_str\":null,\"full_id\":\"Fib/Iter\"}";

static void make_tree(void)
{
	put("Fib/Iter/new/sample.json", new_sample);
	put("Fib/Iter/new/estimates.json", estimates);
	put("Fib/Iter/new/benchmark.json", about);
	put("Fib/Iter/base/sample.json", old_sample);
	put("Fib/Iter/change/estimates.json",
	    "{\"mean\":{\"point_estimate\":0.01},\"median\":{\"point_estimate\":0.02}}");
	put("Fib/report/index.html", "");
	put("Other/new/sample.json", old_sample);
}

static void a_folder_of_folders_is_read(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	make_tree();
	reads_path(&s, "");
	assert_int_equal(s.count, 2);
	const struct bench_series *fib = series_at(&s, 0, "Fib/Iter", BENCH_SECONDS, 1);
	assert_values(&fib->runs[0], VALUES(1e-07, 1.5e-07));
	assert_fact(&fib->facts, "mean_ns", "5.0");
	assert_fact(&fib->facts, "mean_lower_ns", "4.5");
	assert_fact(&fib->facts, "mean_standard_error_ns", "0.25");
	assert_fact(&fib->facts, "group_id", "\"Fib\"");
	const struct bench_series *other = series_at(&s, 1, "Other", BENCH_SECONDS, 1);
	assert_values(&other->runs[0], VALUES(5e-08, 5e-08, 7.5e-08));
	survives_own_format(&s);
}

static void any_part_of_it_may_be_named(void **state)
{
	static const char *const newest[] = { "Fib/Iter",
					      "Fib",
					      "Fib/Iter/new",
					      "Fib/Iter/new/sample.json",
					      "Fib/Iter/new/benchmark.json",
					      "Fib/Iter/new/estimates.json" };

	(void)state;
	make_tree();
	for (size_t i = 0; i < COUNT_OF(newest); i++) {
		AUTO_BENCH s = { 0 };

		reads_path(&s, newest[i]);
		assert_int_equal(s.count, 1);
		assert_values(&series_at(&s, 0, "Fib/Iter", BENCH_SECONDS, 1)->runs[0], VALUES(1e-07, 1.5e-07));
	}
	AUTO_BENCH base = { 0 };
	reads_path(&base, "Fib/Iter/base");
	assert_int_equal(series_at(&base, 0, "Iter", BENCH_SECONDS, 1)->runs[0].value_count, 3);
}

static void without_samples_the_slope_is_all_there_is(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	put("Old/base/estimates.json", "{\"Mean\":{\"point_estimate\":5.0},\"StdDev\":{\"point_estimate\":1}}");
	reads_path(&s, "Old/base/estimates.json");
	assert_values(&series_at(&s, 0, "Old", BENCH_SECONDS, 1)->runs[0], VALUES(5e-09));
	AUTO_BENCH bytes = { 0 };
	reads(&bytes, "criterion", estimates);
	assert_values(&series_at(&bytes, 0, "results", BENCH_SECONDS, 1)->runs[0], VALUES(6e-09));
	AUTO_BENCH sample = { 0 };
	reads(&sample, "criterion", new_sample);
	assert_values(&series_at(&sample, 0, "results", BENCH_SECONDS, 1)->runs[0], VALUES(1e-07, 1.5e-07));
}

static void hostile_files_get_one_clear_message(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "{\"iters\":[1],\"times\":[1,2]}", "\"iters\" has 1 entries, \"times\" has 2" },
		{ "{\"iters\":[],\"times\":[]}", "benchmark results: run 1: it has no values" },
		{ "{\"iters\":[0],\"times\":[1]}", "\"iters\", entry 1: less than one loop" },
		{ "{\"iters\":[-1],\"times\":[1]}", "\"iters\", entry 1: less than one loop" },
		{ "{\"iters\":[1],\"times\":[0]}",
		  "benchmark results: run 1: value 1: 0.0 s is no time: it must be more than 0" },
		{ "{\"iters\":[1],\"times\":[-5]}",
		  "benchmark results: run 1: value 1: -5e-09 s is no time: it must be more than 0" },
		{ "{\"iters\":[1],\"times\":[1e308]}",
		  "benchmark results: run 1: value 1: 1e+299 s is more than thirty years" },
		{ "{\"iters\":[1],\"times\":[\"1\"]}", "\"times\", entry 1: an entry must be a number; it is a text" },
		{ "{\"iters\":[1]}", "\"times\" must be a list; it is missing" },
		{ "{\"iters\":[1],\"times\":[NaN]}", "JSON: line 1, column 25: *" },
		{ "[[1]]", "\"iters\" must be a list; it is missing" },
		{ "{\"mean\":{\"point_estimate\":0.01},\"median\":{\"point_estimate\":0.02}}",
		  "these are no estimates of times: no standard deviation is among them" },
		{ "{\"mean\":{\"point_estimate\":\"x\"},\"std_dev\":{}}",
		  "\"point_estimate\" must be a number; it is a text" },
		{ "{\"std_dev\":{}}", "neither samples nor a slope or mean" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		refuses_as("criterion", cases[i].text, cases[i].expected);
	refuses_every_cut("criterion", new_sample);
}

static void folders_that_are_none_are_told(void **state)
{
	AUTO_STR deep = { 0 };

	(void)state;
	put("empty/report/x", "");
	refuses_path("empty", "no folder of a benchmark of Criterion's is in it");
	make_tree();
	refuses_path("Fib/Iter/change/estimates.json", "these are no estimates of times");
	put("bad/new/sample.json", "{");
	refuses_path("bad", "bad/new/sample.json: JSON: line 1");
	for (int i = 0; i < 20; i++)
		str_add(&deep, "d/");
	str_add(&deep, "x");
	put(deep.text, "");
	refuses_path("d", "folders within folders, more than 16 deep");
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_folder_of_folders_is_read),
		IN_SCRATCH(any_part_of_it_may_be_named),
		IN_SCRATCH(without_samples_the_slope_is_all_there_is),
		IN_SCRATCH(hostile_files_get_one_clear_message),
		IN_SCRATCH(folders_that_are_none_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
