#include "parse_text.h"

#include "analyse/likeness.h"
#include "base/mem.h"

static enum likeness between(enum verdict then, const char *detail, enum verdict now, const char *detail_now)
{
	const struct seen before = { then, detail, NULL }, after = { now, detail_now, NULL };

	return likeness_of(&before, &after);
}

static void the_verdict_and_the_line_decide(void **state)
{
	(void)state;
	assert_int_equal(between(VERDICT_FAILED, "KeyError: 'a'\nmore", VERDICT_FAILED, "KeyError: 'a'\nless"),
			 LIKENESS_SAME);
	assert_int_equal(between(VERDICT_FAILED, "KeyError: 'a'", VERDICT_FAILED, "KeyError: 'b'"),
			 LIKENESS_OTHER_REASON);
	assert_int_equal(between(VERDICT_FAILED, "x", VERDICT_CRASHED, "x"), LIKENESS_OTHER_VERDICT);
	assert_int_equal(between(VERDICT_FAILED, "x", VERDICT_PASSED, NULL), LIKENESS_PASSES);
	assert_int_equal(between(VERDICT_FAILED, "x", VERDICT_SKIPPED, "no"), LIKENESS_PASSES);
	assert_int_equal(between(VERDICT_FAILED, "x", VERDICT_FAILED, NULL), LIKENESS_OTHER_REASON);
	assert_int_equal(between(VERDICT_FAILED, NULL, VERDICT_FAILED, NULL), LIKENESS_SAME);
	assert_int_equal(between(VERDICT_PASSED, NULL, VERDICT_PASSED, NULL), LIKENESS_SAME);
	assert_int_equal(between(VERDICT_PASSED, NULL, VERDICT_FAILED, "x"), LIKENESS_OTHER_VERDICT);
	assert_int_equal(between(VERDICT_TIMED_OUT, "no end after 60 s", VERDICT_TIMED_OUT, "no end after 61 s"),
			 LIKENESS_SAME);
}

static void not_to_run_is_not_to_pass(void **state)
{
	const struct seen bad = { VERDICT_FAILED, "x", NULL }, good = { VERDICT_PASSED, NULL, NULL };

	(void)state;
	assert_int_equal(likeness_of(&bad, NULL), LIKENESS_NOT_RUN);
	assert_int_equal(likeness_of(&good, NULL), LIKENESS_NOT_RUN);
}

static void a_cause_says_more_than_a_line(void **state)
{
	const struct seen before = { VERDICT_FAILED, "one", "no room" }, same = { VERDICT_FAILED, "two", "no room" },
			  other = { VERDICT_FAILED, "one", "no network" }, none = { VERDICT_FAILED, "one", NULL };

	(void)state;
	assert_int_equal(likeness_of(&before, &same), LIKENESS_SAME);
	assert_int_equal(likeness_of(&before, &other), LIKENESS_OTHER_REASON);
	assert_int_equal(likeness_of(&before, &none), LIKENESS_SAME);
}

static void expect_line(const char *detail, const char *line)
{
	AUTO_STR out = { 0 };

	likeness_line(detail, &out);
	assert_string_equal(str_text(&out), line);
}

static void addresses_do_not_count(void **state)
{
	(void)state;
	expect_line("TypeError: <f at 0x7f12ab34cd56> is none\nmore", "TypeError: <f at 0x...> is none");
	expect_line("assert 0xff == 0x1", "assert 0xff == 0x1");
	expect_line("0x", "0x");
	expect_line("\n  \r\n boom  \r\nmore", "boom");
	expect_line("", "");
	expect_line(NULL, "");
	assert_int_equal(between(VERDICT_FAILED, "at 0x7f12ab34", VERDICT_FAILED, "at 0x55550001"), LIKENESS_SAME);
}

static void add(struct test_set *set, const char *name, enum verdict v, const char *detail)
{
	struct test_row *row = test_set_add(set);

	row->name = name;
	row->verdict = v;
	row->detail = detail;
}

static void count(void *ctx, const char *name, const struct seen *then, const struct seen *now, enum likeness what)
{
	(void)then;
	(void)now;
	(void)what;
	str_addf(ctx, "%s ", name);
}

static void a_suite_test_by_test(void **state)
{
	struct test_set then = { 0 };
	struct result now = { 0 };
	AUTO_STR told = { 0 };
	struct likeness_suite s;

	(void)state;
	test_set_start(&then);
	result_start(&now);
	add(&then, "same", VERDICT_FAILED, "a");
	add(&then, "other", VERDICT_FAILED, "a");
	add(&then, "passes", VERDICT_FAILED, "a");
	add(&then, "gone", VERDICT_CRASHED, "a");
	add(&then, "fine", VERDICT_PASSED, NULL);
	add(&then, "breaks", VERDICT_PASSED, NULL);
	add(&then, "twice", VERDICT_FAILED, "first");
	add(&then, "twice", VERDICT_FAILED, "second");
	result_add(&now, "twice", VERDICT_FAILED, 0, "first");
	result_add(&now, "twice", VERDICT_FAILED, 0, "second");
	result_add(&now, "passes", VERDICT_PASSED, 0, NULL);
	result_add(&now, "other", VERDICT_FAILED, 0, "b");
	result_add(&now, "same", VERDICT_FAILED, 0, "a");
	result_add(&now, "fine", VERDICT_PASSED, 0, NULL);
	result_add(&now, "breaks", VERDICT_FAILED, 0, "c");
	result_add(&now, "new", VERDICT_FAILED, 0, "c");
	s = likeness_compare(&then, &now, count, &told);
	assert_int_equal(s.same, 3);
	assert_int_equal(s.other, 1);
	assert_int_equal(s.passes, 1);
	assert_int_equal(s.not_run, 1);
	assert_int_equal(s.newly, 2);
	assert_false(likeness_suite_is_same(&s));
	assert_string_equal(str_text(&told), "breaks gone new other passes ");
	test_set_free(&then);
	result_free(&now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_and_the_line_decide),
		cmocka_unit_test(not_to_run_is_not_to_pass),
		cmocka_unit_test(a_cause_says_more_than_a_line),
		cmocka_unit_test(addresses_do_not_count),
		cmocka_unit_test(a_suite_test_by_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
