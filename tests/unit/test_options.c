#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/options.h"

struct own {
	bool fresh, all;
	const char *tier, *format;
	struct option_list targets;
	int64_t jobs, bytes, limit_ns;
};

struct global {
	bool quiet;
	const char *lab;
};

#define AT(field) offsetof(struct own, field)

static const char *const formats[] = { "terminal", "json", NULL };

static const struct option_row own_rows[] = {
	{ "fresh", 0, OPTION_FLAG, AT(fresh), NULL, NULL, NULL, "run all" },
	{ "all", 'a', OPTION_FLAG, AT(all), NULL, NULL, NULL, "list all" },
	{ "tier", 'T', OPTION_TEXT, AT(tier), "TIER", NULL, "tier", "which tests" },
	{ "target", 't', OPTION_LIST, AT(targets), "NAME,...", NULL, "target", "only these" },
	{ "jobs", 'j', OPTION_COUNT, AT(jobs), "N", NULL, NULL, "at most so many" },
	{ "limit-size", 0, OPTION_BYTES, AT(bytes), "SIZE", NULL, NULL, "keep so much" },
	{ "limit", 0, OPTION_DURATION, AT(limit_ns), "TIME", NULL, NULL, "stop then" },
	{ "format", 0, OPTION_CHOICE, AT(format), "FORMAT", formats, NULL, "how it is written" },
	{ 0 },
};

static const struct option_row global_rows[] = {
	{ "quiet", 'q', OPTION_FLAG, offsetof(struct global, quiet), NULL, NULL, NULL, "say nothing" },
	{ "lab", 0, OPTION_TEXT, offsetof(struct global, lab), "FOLDER", NULL, "folder", "the lab to use" },
	{ 0 },
};

/* A command line as a shell would have split it, parsed. */
struct parsed {
	char *words, *argv[32];
	int argc, operands, status;
	struct own own;
	struct global global;
	struct err e;
};

static void parse(struct parsed *p, const char *line)
{
	char *rest, *word;

	*p = (struct parsed){ .words = mem_dup(line), .operands = -1, .e = ERR_INIT };
	for (rest = p->words; (word = strsep(&rest, " "));)
		if (*word || strcmp(line, "") != 0)
			p->argv[p->argc++] = strcmp(word, "''") ? word : word + 2;
	p->status = options_parse(own_rows, &p->own, global_rows, &p->global, p->argc, p->argv, &p->operands, &p->e);
}

static void parsed_free(struct parsed *p)
{
	options_list_free(&p->own.targets);
	free(p->words);
}

static void expect_error(const char *line, const char *text, const char *hint)
{
	struct parsed p;

	parse(&p, line);
	assert_int_equal(p.status, -1);
	assert_int_equal(p.e.code, ERR_USAGE);
	assert_string_equal(p.e.text, text);
	assert_string_equal(p.e.hint, hint);
	parsed_free(&p);
}

static void every_type_is_read(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p,
	      "--fresh --tier full --target a,b --jobs 4 --limit-size 2G --limit 1m30s --format json --quiet --lab /l");
	assert_int_equal(p.status, 0);
	assert_true(p.own.fresh);
	assert_false(p.own.all);
	assert_string_equal(p.own.tier, "full");
	assert_int_equal(p.own.targets.count, 2);
	assert_string_equal(p.own.targets.items[0], "a");
	assert_string_equal(p.own.targets.items[1], "b");
	assert_int_equal(p.own.jobs, 4);
	assert_int_equal(p.own.bytes, INT64_C(2) << 30);
	assert_int_equal(p.own.limit_ns, 90 * NS_PER_S);
	assert_string_equal(p.own.format, "json");
	assert_true(p.global.quiet);
	assert_string_equal(p.global.lab, "/l");
	assert_int_equal(p.operands, 0);
	parsed_free(&p);
}

static void values_may_follow_an_equals_sign(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--tier=full --jobs=0 --lab=a=b --format=terminal --target=");
	assert_int_equal(p.status, 0);
	assert_string_equal(p.own.tier, "full");
	assert_int_equal(p.own.jobs, 0);
	assert_string_equal(p.global.lab, "a=b");
	assert_int_equal(p.own.targets.count, 0);
	parsed_free(&p);
}

static void letters_stand_alone_or_together(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-aq -j3 -t x -Tfull -qt y,z");
	assert_int_equal(p.status, 0);
	assert_true(p.own.all);
	assert_true(p.global.quiet);
	assert_int_equal(p.own.jobs, 3);
	assert_string_equal(p.own.tier, "full");
	assert_int_equal(p.own.targets.count, 3);
	assert_string_equal(p.own.targets.items[2], "z");
	parsed_free(&p);
}

static void operands_keep_their_order_wherever_options_stand(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "one --fresh two -j 2 three -q");
	assert_int_equal(p.status, 0);
	assert_int_equal(p.operands, 3);
	assert_string_equal(p.argv[0], "one");
	assert_string_equal(p.argv[1], "two");
	assert_string_equal(p.argv[2], "three");
	assert_true(p.own.fresh);
	parsed_free(&p);
}

static void two_dashes_end_the_options(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "a --fresh -- --jobs -q --");
	assert_int_equal(p.status, 0);
	assert_int_equal(p.operands, 4);
	assert_string_equal(p.argv[1], "--jobs");
	assert_string_equal(p.argv[2], "-q");
	assert_string_equal(p.argv[3], "--");
	assert_true(p.own.fresh);
	assert_false(p.global.quiet);
	parsed_free(&p);
}

static void one_dash_and_an_empty_word_are_operands(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "- ''");
	assert_int_equal(p.status, 0);
	assert_int_equal(p.operands, 2);
	assert_string_equal(p.argv[0], "-");
	assert_string_equal(p.argv[1], "");
	parsed_free(&p);
}

static void a_list_grows_and_knows_no_empty_words(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-t a,,b, --target ,c -t -d");
	assert_int_equal(p.status, 0);
	assert_int_equal(p.own.targets.count, 4);
	assert_string_equal(p.own.targets.items[1], "b");
	assert_string_equal(p.own.targets.items[2], "c");
	assert_string_equal(p.own.targets.items[3], "-d");
	parsed_free(&p);
}

static void the_last_of_two_wins(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-j 1 --jobs 2 --tier smoke --tier=full");
	assert_int_equal(p.own.jobs, 2);
	assert_string_equal(p.own.tier, "full");
	parsed_free(&p);
}

static void unknown_options_name_the_nearest(void **state)
{
	(void)state;
	expect_error("--frehs", "unknown option --frehs", "did you mean --fresh?");
	expect_error("--quite", "unknown option --quite", "did you mean --quiet?");
	expect_error("--teir=full", "unknown option --teir", "did you mean --tier?");
	expect_error("--zzzzzzzzzz", "unknown option --zzzzzzzzzz", "");
	expect_error("--fres", "unknown option --fres", "did you mean --fresh?");
	expect_error("-ax", "unknown option -x", "");
}

static void values_that_lack_or_are_too_many(void **state)
{
	(void)state;
	expect_error("--tier", "--tier needs a value: --tier TIER", "");
	expect_error("-j", "-j needs a value: -j N", "");
	expect_error("-aj", "-j needs a value: -j N", "");
	expect_error("--fresh=yes", "--fresh takes no value", "");
}

static void wrong_numbers(void **state)
{
	(void)state;
	expect_error("--jobs -1", "--jobs -1: not a whole number", "");
	expect_error("--jobs 1.5", "--jobs 1.5: not a whole number", "");
	expect_error("--jobs many", "--jobs many: not a whole number", "");
	expect_error("--jobs=", "--jobs : not a whole number", "");
	expect_error("--jobs 99999999999999999999", "--jobs 99999999999999999999: not a whole number", "");
}

static void expect_bytes(const char *text, int64_t bytes)
{
	AUTO_FREE char *line = mem_printf("--limit-size=%s", text);
	struct parsed p;

	parse(&p, line);
	assert_int_equal(p.status, 0);
	assert_int_equal(p.own.bytes, bytes);
	parsed_free(&p);
}

static void expect_no_bytes(const char *text)
{
	AUTO_FREE char *line = mem_printf("--limit-size=%s", text);
	AUTO_FREE char *wanted = mem_printf("--limit-size %s: not a size such as 512M or 20G", text);

	expect_error(line, wanted, "");
}

static void sizes(void **state)
{
	static const char *const wrong[] = { "", "x", "G", "-1", "1Q", "1Gx", "1Gi", "nan", "inf", "1e30" };

	(void)state;
	expect_bytes("0", 0);
	expect_bytes("512", 512);
	expect_bytes("1K", 1024);
	expect_bytes("1.5M", 3 * 512 * 1024);
	expect_bytes("20GiB", INT64_C(20) << 30);
	expect_bytes("2TB", INT64_C(2) << 40);
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		expect_no_bytes(wrong[i]);
}

static void a_size_that_no_number_of_bytes_can_be(void **state)
{
	(void)state;
	expect_no_bytes("100000000T");
	expect_no_bytes("1000000000000T");
}

static void durations_and_choices(void **state)
{
	(void)state;
	expect_error("--limit soon", "--limit soon: not a time such as 90s, 5m or 1h30m", "");
	expect_error("--limit=", "--limit : not a time such as 90s, 5m or 1h30m", "");
	expect_error("--format jsn", "--format jsn: not one of terminal, json", "");
	expect_error("--format=", "--format : not one of terminal, json", "");
}

static void long_names_are_bounded(void **state)
{
	AUTO_FREE char *line = mem_new(5001, 1);
	struct parsed p;

	(void)state;
	memset(line, 'x', 5000);
	memcpy(line, "--", 2);
	parse(&p, line);
	assert_int_equal(p.status, -1);
	assert_int_equal(p.e.code, ERR_USAGE);
	parsed_free(&p);
}

static void no_tables_at_all(void **state)
{
	char word[] = "x", option[] = "--x";
	char *operand[] = { word }, *wrong[] = { option };
	struct err e = ERR_INIT;
	int count;

	(void)state;
	assert_int_equal(options_parse(NULL, NULL, NULL, NULL, 1, operand, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(options_parse(NULL, NULL, NULL, NULL, 1, wrong, &count, &e), -1);
	assert_string_equal(e.text, "unknown option --x");
}

static void help_tells_every_row(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	options_help(own_rows, &out);
	for (const struct option_row *row = own_rows; row->name; row++) {
		AUTO_FREE char *name = mem_printf("--%s", row->name);

		assert_non_null(strstr(str_text(&out), name));
		assert_non_null(strstr(str_text(&out), row->help));
	}
	assert_non_null(strstr(str_text(&out), "  -j, --jobs N"));
	assert_non_null(strstr(str_text(&out), "how it is written: terminal, json\n"));
}

static void the_manual_tells_every_row(void **state)
{
	AUTO_STR out = { 0 };

	(void)state;
	options_man(own_rows, &out);
	assert_non_null(strstr(str_text(&out), ".It Fl j , Fl Fl jobs Ar N\nat most so many.\n"));
	assert_non_null(strstr(str_text(&out), ".It Fl Fl fresh\nrun all.\n"));
	assert_non_null(strstr(str_text(&out), "how it is written: terminal, json.\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read),
		cmocka_unit_test(values_may_follow_an_equals_sign),
		cmocka_unit_test(letters_stand_alone_or_together),
		cmocka_unit_test(operands_keep_their_order_wherever_options_stand),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(one_dash_and_an_empty_word_are_operands),
		cmocka_unit_test(a_list_grows_and_knows_no_empty_words),
		cmocka_unit_test(the_last_of_two_wins),
		cmocka_unit_test(unknown_options_name_the_nearest),
		cmocka_unit_test(values_that_lack_or_are_too_many),
		cmocka_unit_test(wrong_numbers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(a_size_that_no_number_of_bytes_can_be),
		cmocka_unit_test(durations_and_choices),
		cmocka_unit_test(long_names_are_bounded),
		cmocka_unit_test(no_tables_at_all),
		cmocka_unit_test(help_tells_every_row),
		cmocka_unit_test(the_manual_tells_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
