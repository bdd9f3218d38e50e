#include "bench_text.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

/* gzip of {"benchmarks":[{"runs":[{"values":[0.5]}]}],"metadata":{"name":"x"},"version":"1.0"} */
static const char compressed[] =
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x4a\x4a\xcd\x4b\xce\xc8\x4d\x2c\xca\x2e\x56\xb2\x8a\xae"
	"\x56\x2a\x2a\xcd\x83\x30\xca\x12\x73\x4a\x53\x41\x4c\x03\x3d\xd3\xd8\x5a\x20\xd4\x51\xca\x4d\x2d\x49\x4c"
	"\x49\x2c\x49\x54\xb2\xaa\x56\xca\x4b\xcc\x4d\x55\xb2\x52\xaa\x50\xaa\xd5\x51\x2a\x4b\x2d\x2a\xce\xcc\xcf"
	"\x03\x72\x0d\xf5\x0c\x94\x6a\xb9\x00\x59\x35\xdf\x37\x55\x00\x00\x00";

static void the_table_is_whole(void **state)
{
	static const char *const names[] = { "labctl",	  "events", "pyperf",	 "google",  "hyperfine", "asv",
					     "codespeed", "krun",   "criterion", "rebench", "otava" };
	static const char *const written[] = { "labctl", "pyperf", "codespeed" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_string_equal(bench_format(i)->name, names[i]);
		assert_true(bench_format(i)->reads);
		assert_true(strlen(bench_format(i)->title) > 0);
		assert_ptr_equal(bench_format_find(names[i], NULL), bench_format(i));
	}
	assert_null(bench_format(COUNT_OF(names)));
	size_t count = 0;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		count += bench_format(i)->writes;
	assert_int_equal(count, COUNT_OF(written));
	for (size_t i = 0; i < COUNT_OF(written); i++)
		assert_true(bench_format_find(written[i], NULL)->writes);
}

static void a_misspelt_format_is_told(void **state)
{
	struct bench_set s;
	struct err e = ERR_INIT;
	AUTO_STR out = { 0 };

	(void)state;
	assert_int_equal(bench_read_bytes("{}", 2, "x", "pypref", &s, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.text, "no such format: pypref"));
	assert_string_equal(e.hint, "did you mean \"pyperf\"?");
	assert_int_equal(bench_read("/nowhere", "qqqqqq", &s, &e), -1);
	assert_string_equal(e.text, "no such format: qqqqqq");
	AUTO_BENCH good = { 0 };
	reads(&good, "pyperf",
	      "{\"benchmarks\":[{\"metadata\":{\"name\":\"x\"},\"runs\":[{\"values\":[1]}]}],\"version\":\"1.0\"}");
	assert_int_equal(bench_write("asv", &good, NULL, &out, NULL, &e), -1);
	assert_string_equal(e.text, "asv is read only");
	assert_int_equal(bench_write("nothing", &good, NULL, &out, NULL, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
}

static void what_is_no_benchmark_file_is_told(void **state)
{
	static const char *const texts[] = { "{}",
					     "[]",
					     "hello\n",
					     "{\"a\":1}",
					     "[1,2]",
					     "<xml/>",
					     "\x7f"
					     "ELF",
					     "{",
					     "5",
					     "{\"model\":\"codespeed.project\"}",
					     "a,b,c\n1,2,3\n" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		refuses_as(NULL, texts[i], "it is of no benchmark format that is known");
	refuses_as(NULL, "", "it is empty");
}

static void a_format_that_was_named_is_believed(void **state)
{
	(void)state;
	refuses_as("pyperf", "time,metric\n1,2\n", "line 1, column 1: an object was expected; this is no JSON");
	refuses_as("otava", "{}", "there is no line of values in it");
}

static void compressed_bytes_are_seen_through(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	for (size_t len = 2; len <= sizeof(compressed) - 1; len++) {
		AUTO_BENCH s = { 0 };
		bool whole = len == sizeof(compressed) - 1;

		assert_int_equal(bench_read_bytes(compressed, len, "x.json.gz", NULL, &s, &e), whole ? 0 : -1);
		if (whole)
			assert_values(&series_at(&s, 0, "x", BENCH_SECONDS, 1)->runs[0], VALUES(0.5));
	}
}

/* A bit that turned in a digit would give a wrong number: the check sum stands in front of it. */
static void damage_is_not_read_as_another_number(void **state)
{
	char damaged[sizeof(compressed) - 1];

	(void)state;
	for (size_t at = 10; at < sizeof(damaged); at++)
		for (int bit = 0; bit < 8; bit++) {
			struct bench_set s;

			memcpy(damaged, compressed, sizeof(damaged));
			damaged[at] ^= (char)(1 << bit);
			assert_int_equal(bench_read_bytes(damaged, sizeof(damaged), "x", "pyperf", &s, NULL), -1);
		}
}

static void files_are_read_and_named_in_messages(void **state)
{
	char scratch[] = "/tmp/labctl-test-XXXXXX";
	struct err e = ERR_INIT;
	struct bench_set s;

	(void)state;
	assert_non_null(mkdtemp(scratch));
	AUTO_FREE char *path = file_join(scratch, "results.json.gz");
	AUTO_FREE char *broken = file_join(scratch, "broken\x1b.json");
	AUTO_FREE char *missing = file_join(scratch, "missing.json");
	assert_int_equal(file_write(path, compressed, sizeof(compressed) - 1, NULL), 0);
	assert_int_equal(file_write(broken, "{\"benchmarks\":5}", 16, NULL), 0);
	AUTO_BENCH good = { 0 };
	assert_int_equal(bench_read(path, NULL, &good, &e), 0);
	assert_int_equal(bench_read(broken, NULL, &s, &e), -1);
	assert_non_null(strstr(e.text, "broken\\x1b.json: line 1, column 15: a list was expected; there is a number"));
	assert_int_equal(bench_read(missing, NULL, &s, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, "missing.json"));
	assert_null(s.arena);
	assert_int_equal(bench_read(scratch, "pyperf", &s, &e), -1);
	assert_non_null(strstr(e.text, "it is a folder; the format pyperf has only files"));
	assert_int_equal(file_remove_tree(scratch, NULL), 0);
}

/* Whatever is read is sound: nothing but bench_check lets it out. */
static void damaged_files_do_no_harm(void **state)
{
	static const char *const texts[] = {
		"{\"benchmarks\":[{\"metadata\":{\"name\":\"x\",\"loops\":8},\"runs\":[{\"metadata\":{\"date\":\"a\"},"
		"\"values\":[0.5,1e-3],"
		"\"warmups\":[[1,0.5]]}]}],\"metadata\":{\"unit\":\"second\"},\"version\":\"1.0\"}\n",
		"{\"format\":\"labctl-bench\",\"version\":1,\"series\":[{\"name\":\"a\",\"unit\":\"byte\",\"runs\":[{"
		"\"values\":[1,2.5],"
		"\"memory\":{\"at_s\":[0],\"bytes\":[5]}}]}]}",
		"{\"e\":\"session\",\"version\":1,\"benchmark\":\"x\"}\n{\"e\":\"begin\",\"x\":0,\"runtime\":\"a\","
		"\"kind\":\"measure\"}\n"
		"{\"e\":\"values\",\"x\":0,\"loops\":1,\"inner_loops\":1,\"s\":[0.5]}\n{\"e\":\"end\",\"x\":0,"
		"\"status\":\"ok\"}\n",
		"{\"commit_hash\":\"x\",\"params\":{},\"result_columns\":[\"result\",\"params\"],\"results\":{\"time_"
		"x\":[[1,NaN],[[\"1\",\"2\"]]]},"
		"\"version\":2}",
		"1\t1\t5\tms\ttotal\tB\tE\tS\t\t\t10\t\t\n1\t2\t5\tms\ttotal\tB\tE\tS\t\t\t10\t\t\n",
		"time,commit,metric\n1,a,5\n2,\"b\",6.5\n",
		"{\"wallclock_times\":{\"a:b:default\":[[0.5],[]]},\"audit\":{\"x\":\"y\"}}",
		"{\"results\":[{\"command\":\"x\",\"times\":[1.5,2],\"exit_codes\":[0,null]}]}",
	};

	(void)state;
	srand(3);
	for (int round = 0; round < 12000; round++) {
		const char *text = texts[round % (int)COUNT_OF(texts)];
		size_t len = strlen(text);
		AUTO_FREE char *damaged = mem_dup(text);
		AUTO_BENCH s = { 0 };

		for (int i = rand() % 4; i >= 0; i--)
			damaged[(size_t)rand() % len] = rand() % 3 ? (char)(rand() % 256) : text[(size_t)rand() % len];
		if (bench_read_bytes(damaged, len, "x", NULL, &s, NULL) == 0)
			survives_own_format(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(a_misspelt_format_is_told),
		cmocka_unit_test(what_is_no_benchmark_file_is_told),
		cmocka_unit_test(a_format_that_was_named_is_believed),
		cmocka_unit_test(compressed_bytes_are_seen_through),
		cmocka_unit_test(damage_is_not_read_as_another_number),
		cmocka_unit_test(files_are_read_and_named_in_messages),
		cmocka_unit_test(damaged_files_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
