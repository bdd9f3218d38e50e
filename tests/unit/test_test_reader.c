#include "scratch_store.h"

#include "store/query.h"
#include "store/test_reader.h"

/* Letters of verdicts for tests "a", "b", ...; '-': the test is not there; '2': the name of the test before again. */
static int64_t add(const char *run_name, const char *verdicts, const char *known)
{
	struct run_info info = { .name = run_name, .command = "test", .started_wall_ms = 1700000000000 };
	struct outcome *o = mem_new(1, sizeof(*o));
	struct outcome_set set;
	struct err e = ERR_INIT;
	int64_t run, id;

	assert_ok(store_begin_run(store, &info, &run, &e), e);
	make_outcome(o, 1, 1);
	for (size_t i = 0; verdicts[i]; i++) {
		char name[2] = { (char)('a' + (verdicts[i] == '2' ? i - 1 : i)), '\0' };

		if (verdicts[i] == 'f')
			add_failed(o, name, "it is so", "a cause", known);
		else if (verdicts[i] != '-')
			result_add(&o->result, name, verdicts[i] == 's' ? VERDICT_SKIPPED : VERDICT_PASSED, 1, NULL);
	}
	o->result.complete = true;
	outcome_settle(o);
	assert_ok(store_add_outcome(store, run, o, &e), e);
	outcome_free(o);
	free(o);
	assert_ok(query_run_outcomes(store, run, &set, &e), e);
	id = set.rows[0].id;
	outcome_set_free(&set);
	return id;
}

/* "a:pf b:-p": each pair in order. */
static void assert_pairs(int64_t before, int64_t now, const char *wanted)
{
	struct test_reader *r = test_reader_new(store);
	struct test_pair_set set;
	struct err e = ERR_INIT;
	AUTO_STR got = { 0 };

	assert_ok(test_reader_pair(r, before, now, &set, &e), e);
	for (size_t i = 0; i < set.count; i++) {
		const struct test_pair *t = &set.items[i];

		str_addf(&got, "%s%s:%c%c", i ? " " : "", t->name,
			 t->before < 0 ? '-' : verdict_letter((enum verdict)t->before),
			 t->now < 0 ? '-' : verdict_letter((enum verdict)t->now));
		if (t->now == VERDICT_FAILED || t->before == VERDICT_FAILED)
			assert_string_equal(t->cause, "a cause");
	}
	assert_string_equal(str_text(&got), wanted);
	test_pair_set_free(&set);
	test_reader_free(r);
}

static void pairs_are_what_differs_or_is_bad(void **state)
{
	int64_t one = add("r1", "pppffs", NULL), two = add("r2", "ppfpfp", NULL), other = add("r3", "p-fpf", NULL);

	(void)state;
	assert_pairs(one, two, "c:pf d:fp e:ff f:sp");
	assert_pairs(two, two, "c:ff e:ff");
	assert_pairs(one, other, "b:p- c:pf d:fp e:ff f:s-"); /* another list of names */
	assert_pairs(other, one, "b:-p c:fp d:pf e:ff f:-s");
	assert_pairs(0, other, "a:-p c:-f d:-p e:-f");
	assert_pairs(0, 0, "");
}

static void of_equal_names_the_first_goes_with_the_first(void **state)
{
	int64_t one = add("r1", "pp2", NULL), two = add("r2", "ff2f", NULL), same = add("r3", "fp2", NULL);

	(void)state;
	assert_pairs(one, two, "a:pf b:pf d:-f");
	assert_pairs(one, same, "a:pf");
}

static void what_is_known_is_told_of_each_side(void **state)
{
	int64_t one = add("r1", "f", "has never worked"), two = add("r2", "f", NULL);
	struct test_reader *r = test_reader_new(store);
	struct test_pair_set set;
	struct err e = ERR_INIT;

	(void)state;
	assert_ok(test_reader_pair(r, one, two, &set, &e), e);
	assert_string_equal(set.items[0].known_before, "has never worked");
	assert_null(set.items[0].known_now);
	test_pair_set_free(&set);
	assert_int_equal(test_reader_pair(r, one, 999, &set, &e), -1);
	test_pair_set_free(&set);
	test_reader_free(r);
}

static void verdicts_over_many_outcomes(void **state)
{
	const int64_t ids[] = { add("r1", "ppf", NULL), add("r2", "p-f", NULL), add("r3", "p-f", NULL),
				add("r4", "fps", NULL) };
	const char *const tests[] = { "c", "b", "nothing" };
	const signed char wanted[] = { VERDICT_FAILED, VERDICT_PASSED,	TEST_NOT_THERE, VERDICT_FAILED,
				       TEST_NOT_THERE, TEST_NOT_THERE,	VERDICT_FAILED, TEST_NOT_THERE,
				       TEST_NOT_THERE, VERDICT_SKIPPED, VERDICT_PASSED, TEST_NOT_THERE };
	struct test_reader *r = test_reader_new(store);
	const struct name_list *names;
	const unsigned char *verdicts;
	signed char got[12];
	struct err e = ERR_INIT;

	(void)state;
	assert_ok(test_reader_verdicts(r, ids, 4, tests, 3, got, &e), e);
	assert_memory_equal(got, wanted, sizeof(wanted));
	assert_ok(test_reader_all(r, ids[3], &names, &verdicts, &e), e);
	assert_int_equal(names->count, 3);
	assert_string_equal(names->names[2], "c");
	assert_int_equal(verdicts[0], VERDICT_FAILED);
	test_reader_free(r);
}

int main(void)
{
#define STORE_TEST(f) cmocka_unit_test_setup_teardown(f, open_scratch_store, close_scratch_store)
	const struct CMUnitTest tests[] = {
		STORE_TEST(pairs_are_what_differs_or_is_bad),
		STORE_TEST(of_equal_names_the_first_goes_with_the_first),
		STORE_TEST(what_is_known_is_told_of_each_side),
		STORE_TEST(verdicts_over_many_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
