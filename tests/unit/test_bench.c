#include "bench_text.h"

#include <math.h>
#include <stdlib.h>

#include "base/vec.h"
#include "parse/bench_index.h"

static void facts_are_sorted_and_replaced(void **state)
{
	static const char *const keys[] = { "m", "b", "z", "a", "m", "y", "c", "x", "d", "w", "e" };
	AUTO_BENCH s = { 0 };
	struct bench_facts f = { 0 };

	(void)state;
	bench_start(&s, "test");
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		bench_fact_set_int(&s, &f, keys[i], (int64_t)i);
	assert_int_equal(f.count, COUNT_OF(keys) - 1);
	for (size_t i = 1; i < f.count; i++)
		assert_true(strcmp(f.items[i - 1].key, f.items[i].key) < 0);
	assert_fact(&f, "m", "4");
	assert_fact(&f, "nothing", NULL);
	assert_true(bench_fact_number(bench_fact(&f, "m"), -1) == 4);
	assert_true(bench_fact_number(NULL, -1) == -1);
	assert_true(bench_fact_number("\"4\"", -1) == -1);
}

static void facts_have_json_texts(void **state)
{
	AUTO_BENCH s = { 0 };
	struct bench_facts f = { 0 };

	(void)state;
	bench_start(&s, "test");
	bench_fact_set_text(&s, &f, "text", "caf\xC3\xA9 \"\n\xFF");
	bench_fact_set_text(&s, &f, "no text", NULL);
	bench_fact_set_real(&s, &f, "real", 2);
	bench_fact_set_real(&s, &f, "no real", NAN);
	assert_int_equal(f.count, 2);
	assert_fact(&f, "text", "\"caf\\u00e9 \\\"\\n\\ufffd\"");
	assert_fact(&f, "real", "2.0");
	AUTO_FREE char *text = bench_fact_text(bench_fact(&f, "text"));
	assert_string_equal(text, "caf\xC3\xA9 \"\n\xEF\xBF\xBD");
	AUTO_FREE char *number = bench_fact_text("17");
	assert_string_equal(number, "17");
}

static void keys_are_made_sound(void **state)
{
	char key[3000];
	AUTO_BENCH s = { 0 };
	struct bench_facts f = { 0 };

	(void)state;
	bench_start(&s, "test");
	bench_fact_set_int(&s, &f, "a\xFFz", 1);
	assert_fact(&f, "a\xEF\xBF\xBDz", "1");
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	bench_fact_set_int(&s, &f, key, 2);
	assert_int_equal(f.count, 2);
	assert_true(strlen(f.items[1].key) <= BENCH_MOST_KEY_BYTES && strlen(f.items[1].key) > 1000);
}

static void inner_facts_win(void **state)
{
	AUTO_BENCH s = { 0 };
	struct bench_facts all;

	(void)state;
	bench_start(&s, "test");
	struct bench_series *series = bench_add_series(&s, "a", NULL);
	struct bench_run *r = bench_add_run(&s, series);
	bench_fact_set_int(&s, &s.facts, "x", 1);
	bench_fact_set_int(&s, &s.facts, "y", 1);
	bench_fact_set_int(&s, &s.facts, "z", 1);
	bench_fact_set_int(&s, &series->facts, "y", 2);
	bench_fact_set_int(&s, &series->facts, "z", 2);
	bench_fact_set_int(&s, &r->facts, "z", 3);
	bench_fact_set_int(&s, &r->facts, "a", 3);
	assert_string_equal(bench_fact_of(&s, series, r, "x"), "1");
	assert_string_equal(bench_fact_of(&s, series, r, "y"), "2");
	assert_string_equal(bench_fact_of(&s, series, r, "z"), "3");
	assert_string_equal(bench_fact_of(&s, series, NULL, "z"), "2");
	assert_string_equal(bench_fact_of(&s, NULL, NULL, "z"), "1");
	assert_null(bench_fact_of(&s, series, r, "nothing"));
	bench_facts_of(&s, series, r, &all);
	assert_int_equal(all.count, 4);
	assert_fact(&all, "a", "3");
	assert_fact(&all, "x", "1");
	assert_fact(&all, "y", "2");
	assert_fact(&all, "z", "3");
	vec_free(&all);
}

static void series_and_runs_are_kept_while_they_grow(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	for (int i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%d", i);
		struct bench_series *series = bench_add_series(&s, name, i % 2 ? "pypy" : NULL);
		for (int j = 0; j <= i; j++) {
			double values[] = { 1 + j, 2 + i };
			struct bench_run *r = bench_add_run(&s, series);

			assert_int_equal(r->loops, 1);
			assert_int_equal(r->inner_loops, 1);
			assert_int_equal(r->peak_bytes, -1);
			bench_set_values(&s, r, values, 2);
		}
	}
	assert_int_equal(s.run_total, 5050);
	for (size_t i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n%zu", i);
		const struct bench_series *series = series_at(&s, i, name, BENCH_SECONDS, i + 1);
		for (size_t j = 0; j <= i; j++)
			assert_values(&series->runs[j], VALUES(1 + (double)j, 2 + (double)i));
	}
	assert_int_equal(bench_check(&s, NULL), 0);
}

static void warmups_are_split_off(void **state)
{
	static const double values[] = { 5, 4, 3, 2, 1 };
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	struct bench_run *r = bench_add_run(&s, bench_add_series(&s, "a", NULL));
	bench_set_values(&s, r, values, 5);
	r->values_whole = (const unsigned char[]){ 1, 0, 1, 0, 1 };
	r->loops = 7;
	bench_split_warmups(&s, r, 2);
	assert_numbers(r->warmups, r->warmup_count, VALUES(5, 4));
	assert_numbers(r->values, r->value_count, VALUES(3, 2, 1));
	assert_int_equal(r->warmup_loops[1], 7);
	assert_int_equal(r->values_whole[0], 1);
	assert_int_equal(r->warmups_whole[1], 0);
	bench_split_warmups(&s, r, 1);
	assert_numbers(r->warmups, r->warmup_count, VALUES(5, 4, 3));
	assert_int_equal(r->warmups_whole[0], 1);
	bench_split_warmups(&s, r, 100);
	assert_int_equal(r->value_count, 0);
	assert_int_equal(r->warmup_count, 5);
}

static void the_index_finds_each_series(void **state)
{
	AUTO_BENCH s = { 0 };
	AUTO_BENCH_INDEX x = { 0 };

	(void)state;
	bench_start(&s, "test");
	assert_int_equal(bench_index_find(&x, &s, "a", NULL), BENCH_NO_SERIES);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3000; i++) {
			char name[16];

			snprintf(name, sizeof(name), "%d", i / 3);
			const char *runtime = i % 3 == 0 ? NULL : i % 3 == 1 ? "a" : "b";
			bench_index_series(&x, &s, name, runtime);
			assert_int_equal(bench_index_find(&x, &s, name, runtime), i);
		}
	assert_int_equal(s.count, 3000);
	assert_int_equal(bench_index_find(&x, &s, "5", "c"), BENCH_NO_SERIES);
	assert_int_equal(bench_index_find(&x, &s, "5", ""), BENCH_NO_SERIES);
}

static void value_is(enum bench_unit unit, double value, const char *complaint)
{
	struct err e = ERR_INIT;

	if (!complaint) {
		assert_int_equal(bench_check_value(unit, value, &e), 0);
		return;
	}
	assert_int_equal(bench_check_value(unit, value, &e), -1);
	assert_string_equal(e.text, complaint);
}

static void values_must_be_measurable(void **state)
{
	(void)state;
	value_is(BENCH_SECONDS, 1e-9, NULL);
	value_is(BENCH_SECONDS, 0, "0.0 s is no time: it must be more than 0");
	value_is(BENCH_SECONDS, -1, "-1.0 s is no time: it must be more than 0");
	value_is(BENCH_SECONDS, 1e10, "10000000000.0 s is more than thirty years");
	value_is(BENCH_SECONDS, NAN, "NaN is no number that can be measured");
	value_is(BENCH_SECONDS, INFINITY, "Infinity is no number that can be measured");
	value_is(BENCH_SECONDS, -INFINITY, "-Infinity is no number that can be measured");
	value_is(BENCH_BYTES, 0, NULL);
	value_is(BENCH_BYTES, -1, "-1.0 bytes are fewer than none");
	value_is(BENCH_BYTES, 1e16, "1e+16 bytes are more than can be counted");
	value_is(BENCH_COUNT, -5, NULL);
	value_is(BENCH_COUNT, 0, NULL);
	value_is(BENCH_COUNT, 1e200, "1e+200 is too large to reckon with");
	value_is(BENCH_COUNT, NAN, "NaN is no number that can be measured");
}

static void check_says(const struct bench_set *s, const char *complaint)
{
	struct err e = ERR_INIT;

	assert_int_equal(bench_check(s, &e), -1);
	assert_string_equal(e.text, complaint);
	assert_int_equal(e.code, ERR_FORMAT);
}

static void a_set_is_checked(void **state)
{
	static double values[] = { 1, 2 };
	static const int64_t loops[] = { 1 };
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	check_says(&s, "there is no benchmark in it");
	bench_add_series(&s, "a", "pypy");
	struct bench_run *r = bench_add_run(&s, s.series);
	check_says(&s, "benchmark a under pypy: run 1: it has no values");
	bench_set_values(&s, r, values, 2);
	assert_int_equal(bench_check(&s, NULL), 0);
	r->values = (const double[]){ 1, NAN };
	check_says(&s, "benchmark a under pypy: run 1: value 2: NaN is no number that can be measured");
	r->values = values;
	r->loops = 0;
	check_says(&s, "benchmark a under pypy: run 1: a number of loops that is not from 1 to 1000000000000000");
	r->loops = 1;
	r->kind = BENCH_CALIBRATION;
	check_says(&s, "benchmark a under pypy: run 1: a calibration that has values");
	r->kind = BENCH_FAILED;
	check_says(&s, "benchmark a under pypy: run 1: it failed, and nothing says why");
	r->detail = "crashed";
	assert_int_equal(bench_check(&s, NULL), 0);
	r->kind = BENCH_MEASURED;
	r->warmups = (const double[]){ -1 };
	r->warmup_loops = loops;
	r->warmup_count = 1;
	check_says(&s, "benchmark a under pypy: run 1: warm-up 1: -1.0 s is no time: it must be more than 0");
	r->warmups = (const double[]){ 0 };
	assert_int_equal(bench_check(&s, NULL), 0);
	r->memory_at_s = r->memory_bytes = (const double[]){ -1 };
	r->memory_count = 1;
	check_says(&s, "benchmark a under pypy: run 1: sample of memory 1: -1.0 bytes are fewer than none");
	r->memory_count = 0;
	bench_set_values(&s, bench_add_run(&s, bench_add_series(&s, "a", "cpython")), values, 1);
	assert_int_equal(bench_check(&s, NULL), 0);
	bench_set_values(&s, bench_add_run(&s, bench_add_series(&s, "a", "pypy")), values, 1);
	check_says(&s, "benchmark a under pypy: it stands there twice");
	s.series[2].name = "";
	check_says(&s, "a benchmark without a name");
	s.series[2].name = "\xFF";
	check_says(&s, "the name of a benchmark is no UTF-8");
	s.series[2].name = "b";
	s.series[2].runtime = "";
	check_says(&s, "benchmark b under : a runtime without a name");
	s.series[2].runtime = NULL;
	s.series[2].unit_name = "";
	check_says(&s, "benchmark b: a unit without a name");
}

/* A name that would change the terminal's colour is shown, not obeyed. */
static void messages_are_harmless(void **state)
{
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	bench_add_run(&s, bench_add_series(&s, "a\x1b[31m", NULL));
	check_says(&s, "benchmark a\\x1b[31m: run 1: it has no values");
}

static void sizes_are_bounded(void **state)
{
	static double values[] = { 1 };
	AUTO_BENCH s = { 0 };

	(void)state;
	bench_start(&s, "test");
	struct bench_run *r = bench_add_run(&s, bench_add_series(&s, "a", NULL));
	bench_set_values(&s, r, values, 1);
	r->value_count = BENCH_MOST_VALUES + 1;
	check_says(&s, "more than 20000000 values");
	r->value_count = 1;
	s.series[0].run_count = BENCH_MOST_RUNS + 1;
	s.series[0].runs = calloc(BENCH_MOST_RUNS + 1, sizeof(*r));
	check_says(&s, "more than 1000000 runs");
	free(s.series[0].runs);
	s.series[0].run_count = 0;
	s.run_total = BENCH_MOST_RUNS;
	assert_int_equal(bench_check_room(&s, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_sorted_and_replaced),
		cmocka_unit_test(facts_have_json_texts),
		cmocka_unit_test(keys_are_made_sound),
		cmocka_unit_test(inner_facts_win),
		cmocka_unit_test(series_and_runs_are_kept_while_they_grow),
		cmocka_unit_test(warmups_are_split_off),
		cmocka_unit_test(the_index_finds_each_series),
		cmocka_unit_test(values_must_be_measurable),
		cmocka_unit_test(a_set_is_checked),
		cmocka_unit_test(messages_are_harmless),
		cmocka_unit_test(sizes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
