#include "outcomes.h"

#include "store/pack.h"

static void pack(const struct result *r, const struct str *last, struct packed_tests *out)
{
	memset(out, 0, sizeof(*out));
	pack_names(r, &out->names);
	pack_verdicts(r, &out->verdicts);
	pack_durations(r, last, &out->durations);
	pack_details(r, &out->details);
}

static struct outcome *new_outcome(unsigned passed)
{
	struct outcome *o = mem_new(1, sizeof(*o));

	make_outcome(o, 1, 1);
	add_passed(o, passed);
	return o;
}

static void free_outcome(struct outcome *o)
{
	outcome_free(o);
	free(o);
}

static void tests_come_back(void **state)
{
	struct outcome *o = new_outcome(300);
	struct packed_tests p;
	struct test_set set = { 0 };
	struct err e = ERR_INIT;

	(void)state;
	add_failed(o, "a", "message", "cause", NULL);
	add_failed(o, "", NULL, NULL, NULL);
	result_add(&o->result, "skipped", VERDICT_SKIPPED, -1, "a reason that stays in the record");
	add_failed(o, "a", NULL, NULL, "known");
	pack(&o->result, NULL, &p);
	assert_ok(unpack_tests(&p, false, &set, &e), e);
	assert_int_equal(set.count, o->result.count);
	for (size_t i = 0; i < set.count; i++) {
		const struct test_case *c = &o->result.cases[i];

		assert_string_equal(set.rows[i].name, c->name);
		assert_int_equal(set.rows[i].verdict, c->verdict);
		if (c->took_ns < 0)
			assert_int_equal(set.rows[i].took_ns, -1);
		else
			assert_in_range(set.rows[i].took_ns, c->took_ns / 2, c->took_ns * 2);
	}
	assert_string_equal(set.rows[300].detail, "message");
	assert_string_equal(set.rows[300].cause, "cause");
	assert_null(set.rows[301].detail);
	assert_null(set.rows[302].detail);
	assert_string_equal(set.rows[303].known, "known");
	test_set_free(&set);
	assert_ok(unpack_tests(&p, true, &set, &e), e);
	assert_int_equal(set.count, 3);
	test_set_free(&set);
	packed_tests_free(&p);
	free_outcome(o);
}

static void names_cost_what_differs(void **state)
{
	struct outcome *o = new_outcome(20000);
	struct packed_tests p;

	(void)state;
	pack(&o->result, NULL, &p);
	assert_true(p.names.len < 20000 * 16);
	assert_true(p.verdicts.len < 8);
	assert_int_equal(p.details.len, 0);
	packed_tests_free(&p);
	free_outcome(o);
}

static void one_case(struct result *r, int64_t took_ns)
{
	result_start(r);
	result_add(r, "t", VERDICT_PASSED, took_ns, NULL);
}

/* The byte that a time gets behind another one of an earlier night. */
static unsigned char byte_after(int64_t last_ns, int64_t took_ns)
{
	struct str first = { 0 }, second = { 0 };
	struct result r;
	unsigned char byte;

	one_case(&r, last_ns);
	pack_durations(&r, NULL, &first);
	result_free(&r);
	one_case(&r, took_ns);
	pack_durations(&r, &first, &second);
	result_free(&r);
	byte = (unsigned char)second.text[0];
	str_free(&first);
	str_free(&second);
	return byte;
}

static void noise_keeps_the_old_time(void **state)
{
	(void)state;
	assert_int_equal(byte_after(100000000, 100000000), byte_after(100000000, 120000000));
	assert_int_equal(byte_after(100000000, 100000000), byte_after(100000000, 85000000));
	assert_int_not_equal(byte_after(100000000, 100000000), byte_after(100000000, 300000000));
	assert_int_not_equal(byte_after(-1, 100000000), byte_after(100000000, -1));
	assert_int_equal(byte_after(-1, -1), 0);
	assert_int_not_equal(byte_after(INT64_MAX, INT64_MAX), 0);
}

static void long_details_are_cut_in_the_end(void **state)
{
	struct outcome *o = new_outcome(0);
	struct packed_tests p;
	struct test_set set = { 0 };
	struct err e = ERR_INIT;
	AUTO_FREE char *detail = mem_new(8001, 1);

	(void)state;
	memset(detail, 'x', 8000);
	for (int i = 0; i < 1000; i++)
		add_failed(o, "t", detail, NULL, NULL);
	pack(&o->result, NULL, &p);
	assert_true(p.details.len < 5000000);
	assert_ok(unpack_tests(&p, true, &set, &e), e);
	assert_int_equal(strlen(set.rows[0].detail), 8000);
	assert_int_equal(strlen(set.rows[999].detail), 300);
	test_set_free(&set);
	packed_tests_free(&p);
	free_outcome(o);
}

static bool unpacks(const struct packed_tests *p)
{
	struct test_set set = { 0 };
	struct err e = ERR_INIT;
	bool whole = unpack_tests(p, false, &set, &e) == 0;

	if (!whole)
		assert_int_equal(e.code, ERR_FORMAT);
	test_set_free(&set);
	return whole;
}

static void damage_is_noticed_or_harmless(void **state)
{
	struct outcome *o = new_outcome(50);
	struct packed_tests p;
	struct str *parts[] = { &p.names, &p.verdicts, &p.durations, &p.details };

	(void)state;
	add_failed(o, "t", "detail", "cause", "known");
	pack(&o->result, NULL, &p);
	assert_true(unpacks(&p));
	for (size_t part = 0; part < COUNT_OF(parts); part++) {
		struct str whole = *parts[part];

		for (size_t len = 0; len < whole.len; len++) {
			/* Of its own size, so that reading behind the end is seen. */
			AUTO_FREE char *cut = mem_dup_bytes(whole.text, len);

			*parts[part] = (struct str){ cut, len, len };
			if (part < 3 || len > 0)
				assert_false(unpacks(&p));
		}
		*parts[part] = whole;
		for (size_t at = 0; at < whole.len; at++)
			for (int bit = 0; bit < 8; bit++) {
				whole.text[at] = (char)(whole.text[at] ^ 1 << bit);
				unpacks(&p);
				whole.text[at] = (char)(whole.text[at] ^ 1 << bit);
			}
	}
	assert_true(unpacks(&p));
	packed_tests_free(&p);
	free_outcome(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tests_come_back),
		cmocka_unit_test(names_cost_what_differs),
		cmocka_unit_test(noise_keeps_the_old_time),
		cmocka_unit_test(long_details_are_cut_in_the_end),
		cmocka_unit_test(damage_is_noticed_or_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
