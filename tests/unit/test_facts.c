#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/proc.h"
#include "target/facts.h"

static struct facts parsed(const char *text)
{
	struct facts f;
	struct err e = ERR_INIT;

	if (facts_parse(text, strlen(text), &f, &e) != 0)
		fail_msg("%s", e.text);
	return f;
}

static void lines_become_facts(void **state)
{
	struct facts f =
		parsed("arch=s390x\nkernel=6.1.0\r\nos=Debian GNU/Linux 12 = bookworm\nmemory_bytes=2147483648");

	(void)state;
	assert_int_equal(f.count, 4);
	assert_string_equal(facts_get(&f, "arch"), "s390x");
	assert_string_equal(facts_get(&f, "kernel"), "6.1.0");
	assert_string_equal(facts_get(&f, "os"), "Debian GNU/Linux 12 = bookworm");
	assert_int_equal(facts_int(&f, "memory_bytes", -1), INT64_C(2147483648));
	assert_null(facts_get(&f, "load"));
}

static void what_is_no_fact_is_passed_over(void **state)
{
	struct facts f = parsed("Welcome to this machine\nARCH=big\n=nothing\nempty=\nlo ad=1\n"
				"a_name_of_more_than_thirty_one_characters=1\narch=arm64\n\n");

	(void)state;
	assert_int_equal(f.count, 1);
	assert_string_equal(facts_get(&f, "arch"), "arm64");
}

static void without_arch_it_is_no_machine(void **state)
{
	struct facts f;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(facts_parse("kernel=6\n", 9, &f, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_int_equal(facts_parse("", 0, &f, NULL), -1);
}

static void values_are_cleaned_and_cut(void **state)
{
	struct facts f = { 0 };
	char wide[400] = "";

	(void)state;
	facts_set(&f, "os", "a\033[31mb\tc\xff\xc2\x85");
	assert_string_equal(facts_get(&f, "os"), "a?[31mb?c???");
	for (int i = 0; i < 100; i++)
		memcpy(wide + 3 * i, "\xe2\x82\xac", 3); /* the euro sign */
	facts_set(&f, "os", wide);
	assert_int_equal(strlen(facts_get(&f, "os")), 159);
	assert_true(str_is_utf8(facts_get(&f, "os"), 159));
	assert_int_equal(f.count, 1);
}

static void there_is_an_end_to_facts(void **state)
{
	struct facts f = { 0 };
	char name[32];

	(void)state;
	for (int i = 0; i < 2 * FACTS_MAX; i++) {
		snprintf(name, sizeof(name), "fact%d", i);
		facts_set(&f, name, "1");
	}
	assert_int_equal(f.count, FACTS_MAX);
	facts_set(&f, "fact3", "2");
	assert_string_equal(facts_get(&f, "fact3"), "2");
	facts_set(&f, "Bad Name", "x");
	assert_null(facts_get(&f, "Bad Name"));
}

static void numbers_are_whole_numbers(void **state)
{
	struct facts f = parsed("arch=x\nload=0.5\nfar=99999999999999999999\nminus=-3\nblank= 3\n");

	(void)state;
	assert_int_equal(facts_int(&f, "load", 7), 7);
	assert_int_equal(facts_int(&f, "far", 7), 7);
	assert_int_equal(facts_int(&f, "minus", 7), -3);
	assert_int_equal(facts_int(&f, "blank", 7), 7);
	assert_int_equal(facts_int(&f, "nothing", 7), 7);
}

static void slowness_is_at_least_one_and_bounded(void **state)
{
	struct facts given = parsed("arch=x\nslowness=12.5\n");
	struct facts quick = parsed("arch=x\nloop_ns=1\n");
	struct facts slow = parsed("arch=x\nloop_ns=900000000000000\n");
	struct facts wild = parsed("arch=x\nslowness=inf\n");
	struct facts silly = parsed("arch=x\nslowness=nan\n");
	struct facts unknown = parsed("arch=x\n");

	(void)state;
	assert_true(facts_slowness(&given) == 12.5);
	assert_true(facts_slowness(&quick) == 1);
	assert_true(facts_slowness(&slow) == 1000);
	assert_true(facts_slowness(&wild) == 1000);
	assert_true(facts_slowness(&silly) == 1);
	assert_true(facts_slowness(&unknown) == 1);
}

static void this_machine_knows_itself(void **state)
{
	AUTO_STR out = { 0 };
	struct facts f;
	struct err e = ERR_INIT;

	(void)state;
	if (proc_run_ok((const char *const[]){ "sh", "-c", facts_script, NULL }, 300 * NS_PER_S, &out, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(facts_parse(str_text(&out), out.len, &f, &e), 0);
	assert_true(facts_int(&f, "processors", 0) > 0);
	assert_true(facts_int(&f, "memory_bytes", 0) > 0);
	assert_true(facts_int(&f, "disk_free_bytes", -1) >= 0);
	assert_true(facts_int(&f, "loop_ns", 0) > 0);
	assert_non_null(facts_get(&f, "kernel"));
	assert_non_null(facts_get(&f, "os"));
	assert_int_equal(strlen(facts_get(&f, "date")), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_facts),
		cmocka_unit_test(what_is_no_fact_is_passed_over),
		cmocka_unit_test(without_arch_it_is_no_machine),
		cmocka_unit_test(values_are_cleaned_and_cut),
		cmocka_unit_test(there_is_an_end_to_facts),
		cmocka_unit_test(numbers_are_whole_numbers),
		cmocka_unit_test(slowness_is_at_least_one_and_bounded),
		cmocka_unit_test(this_machine_knows_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
