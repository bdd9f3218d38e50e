#include "outcomes.h"

#include "base/compress.h"

static void settle(struct outcome *o, bool complete)
{
	o->result.complete = complete;
	result_count(&o->result);
	outcome_settle(o);
}

static struct outcome *new_outcome(void)
{
	struct outcome *o = mem_new(1, sizeof(*o));

	make_outcome(o, 1, 1);
	return o;
}

static void free_outcome(struct outcome *o)
{
	outcome_free(o);
	free(o);
}

static void verdict_comes_from_the_tests(void **state)
{
	struct outcome *o = new_outcome();

	(void)state;
	add_passed(o, 3);
	settle(o, true);
	assert_int_equal(o->verdict, VERDICT_PASSED);
	assert_string_equal(o->reason, "");
	add_failed(o, "known", "x", NULL, "because");
	settle(o, true);
	assert_int_equal(o->verdict, VERDICT_PASSED);
	add_failed(o, "new", "x", NULL, NULL);
	settle(o, true);
	assert_int_equal(o->verdict, VERDICT_FAILED);
	assert_string_equal(o->reason, "2 failed of 5 tests (1 known)");
	free_outcome(o);
}

static void no_test_is_broken(void **state)
{
	struct outcome *o = new_outcome();

	(void)state;
	settle(o, true);
	assert_int_equal(o->verdict, VERDICT_BROKEN);
	assert_string_equal(o->reason, "no test ran");
	free_outcome(o);
}

static void verdict_set_before_stays(void **state)
{
	struct outcome *o = new_outcome();

	(void)state;
	o->verdict = VERDICT_UNAVAILABLE;
	snprintf(o->reason, sizeof(o->reason), "not there");
	settle(o, false);
	assert_int_equal(o->verdict, VERDICT_UNAVAILABLE);
	assert_string_equal(o->reason, "not there");
	free_outcome(o);
}

static enum verdict unfinished(const char *how, enum verdict last_test)
{
	struct outcome *o = new_outcome();
	enum verdict v;

	add_passed(o, 3);
	if (last_test != VERDICT_PASSED)
		result_add(&o->result, "last", last_test, 1, NULL);
	if (how != NULL) {
		snprintf(o->steps[0].name, sizeof(o->steps[0].name), "tests");
		snprintf(o->steps[0].how, sizeof(o->steps[0].how), "%s", how);
		o->step_count = 1;
	}
	settle(o, false);
	v = o->verdict;
	assert_string_not_equal(o->reason, "");
	free_outcome(o);
	return v;
}

static void an_unfinished_suite_says_why(void **state)
{
	(void)state;
	assert_int_equal(unfinished("timed out", VERDICT_PASSED), VERDICT_TIMED_OUT);
	assert_int_equal(unfinished("silent", VERDICT_PASSED), VERDICT_TIMED_OUT);
	assert_int_equal(unfinished("lost", VERDICT_PASSED), VERDICT_LOST);
	assert_int_equal(unfinished("disk full", VERDICT_PASSED), VERDICT_BROKEN);
	assert_int_equal(unfinished("exited", VERDICT_CRASHED), VERDICT_CRASHED);
	assert_int_equal(unfinished(NULL, VERDICT_TIMED_OUT), VERDICT_TIMED_OUT);
	assert_int_equal(unfinished("exited", VERDICT_FAILED), VERDICT_BROKEN);
}

static void fill(struct outcome *o)
{
	add_passed(o, 500);
	add_failed(o, "t::quote\"back\\slash\tтест", "line 1\nline 2 \"x\"", "byte order", NULL);
	add_failed(o, "t::known", NULL, NULL, "IBM's long double");
	result_add(&o->result, "t::untimed", VERDICT_SKIPPED, -1, NULL);
	o->emulated = true;
	snprintf(o->hint, sizeof(o->hint), "do something");
	snprintf(o->steps[0].name, sizeof(o->steps[0].name), "tests");
	snprintf(o->steps[0].how, sizeof(o->steps[0].how), "exited");
	o->steps[0].status = 1;
	o->steps[0].dropped_bytes = 77;
	o->step_count = 1;
	settle(o, true);
}

static void assert_same_tests(const struct result *a, const struct result *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct test_case *x = &a->cases[i], *y = &b->cases[i];

		assert_string_equal(x->name, y->name);
		assert_int_equal(x->verdict, y->verdict);
		assert_int_equal(x->took_ns, y->took_ns);
		assert_string_equal(x->detail ? x->detail : "-", y->detail ? y->detail : "-");
		assert_string_equal(x->cause ? x->cause : "-", y->cause ? y->cause : "-");
		assert_string_equal(x->known ? x->known : "-", y->known ? y->known : "-");
	}
	assert_memory_equal(&a->tally, &b->tally, sizeof(a->tally));
	assert_int_equal(a->complete, b->complete);
}

static void what_is_written_is_read(void **state)
{
	struct outcome *o = new_outcome(), *back = mem_new(1, sizeof(*back));
	struct err e = ERR_INIT;

	(void)state;
	fill(o);
	assert_ok(outcome_write(o, scratch, &e), e);
	assert_ok(outcome_read(scratch, true, back, &e), e);
	assert_same_tests(&o->result, &back->result);
	assert_string_equal(back->cell_id, o->cell_id);
	assert_string_equal(back->reason, o->reason);
	assert_string_equal(back->hint, o->hint);
	assert_string_equal(facts_get(&back->facts, "package_version"), "1.2.3");
	assert_int_equal(back->verdict, VERDICT_FAILED);
	assert_true(back->emulated);
	assert_int_equal(back->step_count, 1);
	assert_int_equal(back->steps[0].dropped_bytes, 77);
	assert_int_equal(back->started_wall_ms, o->started_wall_ms);
	outcome_free(back);
	assert_ok(outcome_read(scratch, false, back, &e), e);
	assert_int_equal(back->result.count, 0);
	assert_int_equal(back->result.tally.count[VERDICT_PASSED], 500);
	free_outcome(back);
	free_outcome(o);
}

static void missing_tests_are_noticed(void **state)
{
	AUTO_FREE char *path = file_join(scratch, "tests.jsonl.zst");
	struct outcome *o = new_outcome(), *back = mem_new(1, sizeof(*back));
	AUTO_STR packed = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	fill(o);
	assert_ok(outcome_write(o, scratch, &e), e);
	compress_bytes("{\"name\":\"a\",\"verdict\":\"passed\",\"took_ns\":1}\n", 43, 1, &packed);
	assert_ok(file_write(path, packed.text, packed.len, &e), e);
	assert_int_equal(outcome_read(scratch, true, back, &e), -1);
	assert_non_null(strstr(e.text, "promises 503 tests, but 1 are there"));
	free(back);
	free_outcome(o);
}

static void refuse(const char *text, const char *because)
{
	struct outcome *o = mem_new(1, sizeof(*o));
	struct err e = ERR_INIT;

	assert_int_equal(outcome_decode(text, strlen(text), o, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	if (strstr(e.text, because) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, because);
	free(o);
}

static void strange_records_are_refused(void **state)
{
	(void)state;
	refuse("", "");
	refuse("[]", "not an outcome");
	refuse("{\"format\":99}", "newer labctl");
	refuse("{\"format\":1,\"verdict\":\"great\"}", "verdict");
	refuse("{\"format\":1,\"verdict\":\"passed\",\"cell\":\"../../etc/passwd\"}", "cell");
	refuse("{\"format\":1,\"verdict\":\"passed\",\"cell\":\"0123456789abcdef\",\"target\":\"a/b\",\"attempt\":1}",
	       "target");
	refuse("{\"format\":1,\"verdict\":\"passed\",\"cell\":\"0123456789abcdef\",\"target\":\"a\",\"arch\":\"a\","
	       "\"runtime\":\"a\",\"package\":\"a\",\"tier\":\"a\",\"attempt\":0}",
	       "attempt");
}

static void long_texts_are_cut_between_characters(void **state)
{
	AUTO_STR text = { 0 };
	AUTO_STR encoded = { 0 };
	struct outcome *o = new_outcome(), *back = mem_new(1, sizeof(*back));
	struct err e = ERR_INIT;

	(void)state;
	outcome_encode(o, &encoded);
	str_add_bytes(&text, encoded.text, (size_t)(strstr(encoded.text, "\"reason\": \"") - encoded.text) + 11);
	for (int i = 0; i < 400; i++)
		str_add(&text, "\xd0\xb6");
	str_add(&text, strstr(encoded.text, "\"reason\": \"") + 11);
	assert_ok(outcome_decode(text.text, text.len, back, &e), e);
	assert_int_equal(strlen(back->reason), 510);
	assert_true(str_is_utf8(back->reason, strlen(back->reason)));
	free_outcome(back);
	free_outcome(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdict_comes_from_the_tests),
		cmocka_unit_test(no_test_is_broken),
		cmocka_unit_test(verdict_set_before_stays),
		cmocka_unit_test(an_unfinished_suite_says_why),
		cmocka_unit_test_setup_teardown(what_is_written_is_read, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(missing_tests_are_noticed, make_scratch, remove_scratch),
		cmocka_unit_test(strange_records_are_refused),
		cmocka_unit_test(long_texts_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
