/* The scripted target, through target.h alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "target/target.h"

#define LONG_NS (300 * NS_PER_S) /* never waited for when all is well */
#define RULES	8

struct fake {
	struct fake_rule rules[RULES];
	struct target_spec spec;
	char *folder;
	struct target *t;
	struct str out;
};

static int set_up(void **state)
{
	struct fake *f = mem_new(1, sizeof(*f));

	signal(SIGPIPE, SIG_IGN);
	f->spec.name = "machine";
	f->spec.kind = TARGET_FAKE;
	f->spec.arch = "s390x";
	f->spec.processors = 3;
	f->spec.fake.rules.items = f->rules;
	*state = f;
	return file_make_temp_folder("/tmp", "labctl-test-", &f->folder, NULL);
}

static int tear_down(void **state)
{
	struct fake *f = *state;

	target_close(f->t);
	file_remove_tree(f->folder, NULL);
	free(f->folder);
	str_free(&f->out);
	free(f);
	return 0;
}

static void add(struct fake *f, struct fake_rule rule)
{
	f->rules[f->spec.fake.rules.count++] = rule;
}

static void open_it(struct fake *f)
{
	const struct target_opts opts = { .cache_folder = f->folder, .scratch_folder = f->folder };
	struct err e = ERR_INIT;
	size_t kept;

	f->t = target_open(&f->spec, &opts, &e);
	if (!f->t || target_restore(f->t, NULL, 0, &kept, &e) != 0)
		fail_msg("%s", e.text);
}

static void hear(void *ctx, enum target_stream stream, const void *data, size_t len)
{
	(void)stream;
	str_add_bytes(&((struct fake *)ctx)->out, data, len);
}

static struct target_end run_limited(struct fake *f, const char *script, int64_t limit_ns, int64_t silence_limit_ns)
{
	struct target_command c = {
		.script = script,
		.limit_ns = limit_ns,
		.silence_limit_ns = silence_limit_ns,
		.on_output = hear,
		.ctx = f,
	};
	struct target_end end;
	struct err e = ERR_INIT;

	str_clear(&f->out);
	if (target_run(f->t, &c, &end, &e) != 0)
		fail_msg("%s", e.text);
	return end;
}

static void assert_run(struct fake *f, const char *script, enum target_how how, int status, const char *output)
{
	struct target_end end = run_limited(f, script, LONG_NS, 0);

	assert_int_equal(end.how, how);
	if (how == TARGET_EXITED)
		assert_int_equal(end.status, status);
	if (output)
		assert_string_equal(str_text(&f->out), output);
}

static void rules_answer_in_order(void **state)
{
	struct fake *f = *state;

	add(f, (struct fake_rule){ .match = "^make", .output = "first\n", .times = 1 });
	add(f, (struct fake_rule){ .match = "make", .output = "second\n", .exit_status = 2 });
	open_it(f);
	assert_run(f, "make all", TARGET_EXITED, 0, "first\n");
	assert_run(f, "make all", TARGET_EXITED, 2, "second\n");
	assert_run(f, "exit 77", TARGET_EXITED, 0, "");
}

static void filler_is_as_long_as_asked(void **state)
{
	struct fake *f = *state;

	add(f, (struct fake_rule){ .output = "x", .output_bytes = 1000001 });
	open_it(f);
	assert_run(f, "any", TARGET_EXITED, 0, NULL);
	assert_int_equal(f->out.len, 1000002);
}

static void limits_end_what_takes_long(void **state)
{
	struct fake *f = *state;

	add(f, (struct fake_rule){ .match = "slow", .delay_ns = LONG_NS });
	add(f, (struct fake_rule){ .match = "mute", .silent = true });
	add(f, (struct fake_rule){ .match = "soon", .delay_ns = 20 * NS_PER_MS, .output = "late" });
	open_it(f);
	assert_int_equal(run_limited(f, "slow", 50 * NS_PER_MS, 0).how, TARGET_TIMED_OUT);
	assert_int_equal(run_limited(f, "slow", LONG_NS, 50 * NS_PER_MS).how, TARGET_SILENT);
	assert_int_equal(run_limited(f, "mute", 50 * NS_PER_MS, LONG_NS).how, TARGET_TIMED_OUT);
	assert_int_equal(run_limited(f, "mute", 0, 50 * NS_PER_MS).how, TARGET_SILENT);
	struct target_end end = run_limited(f, "soon", LONG_NS, LONG_NS);
	assert_int_equal(end.how, TARGET_EXITED);
	assert_true(end.took_ns >= 20 * NS_PER_MS);
}

static void a_dead_machine_stays_dead(void **state)
{
	struct fake *f = *state;
	struct err e = ERR_INIT;
	size_t kept;
	AUTO_STR out = { 0 };
	struct target_command c = { .script = "true" };
	struct target_end end;

	add(f, (struct fake_rule){ .match = "boom", .die = true });
	open_it(f);
	assert_run(f, "boom", TARGET_LOST, 0, NULL);
	assert_int_equal(target_run(f->t, &c, &end, &e), -1);
	assert_int_equal(e.code, ERR_LOST);
	assert_int_equal(target_ask(f->t, "true", LONG_NS, &out, &e), -1);
	assert_int_equal(e.code, ERR_LOST);
	assert_int_equal(target_restore(f->t, NULL, 0, &kept, &e), -1);
	assert_int_equal(target_put(f->t, f->folder, "x", &e), -1);
	assert_int_equal(target_get(f->t, "x", f->folder, &e), -1);
	assert_int_equal(e.code, ERR_LOST);
}

static void a_full_disk_is_told_apart(void **state)
{
	struct fake *f = *state;
	AUTO_STR out = { 0 };
	struct err e = ERR_INIT;

	add(f, (struct fake_rule){ .match = "fill", .disk_full = true });
	open_it(f);
	assert_run(f, "fill", TARGET_DISK_FULL, 0, NULL);
	assert_int_equal(target_ask(f->t, "fill", LONG_NS, &out, &e), -1);
	assert_int_equal(e.code, ERR_DISK_FULL);
	assert_run(f, "true", TARGET_EXITED, 0, NULL);
}

static void files_are_left_for_getting(void **state)
{
	struct fake *f = *state;
	struct text_pair files[] = { { "out/report.xml", "<x/>" }, { "log", "" } };
	AUTO_STR text = { 0 };
	struct err e = ERR_INIT;
	AUTO_FREE char *path = mem_printf("%s/out/report.xml", f->folder);

	add(f, (struct fake_rule){ .match = "tests", .files = { files, 2 } });
	open_it(f);
	assert_run(f, "tests", TARGET_EXITED, 0, NULL);
	if (target_get(f->t, "out", f->folder, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(file_read(path, 100, &text, NULL), 0);
	assert_string_equal(str_text(&text), "<x/>");
	assert_int_equal(target_put(f->t, path, "back/again", &e), 0);
	assert_int_equal(target_get(f->t, "back/again", f->folder, &e), 0);
}

static void files_stay_inside(void **state)
{
	struct fake *f = *state;
	struct text_pair files[] = { { "a/../../outside", "x" } };
	struct target_command c = { .script = "tests" };
	struct target_end end;
	struct err e = ERR_INIT;

	add(f, (struct fake_rule){ .files = { files, 1 } });
	open_it(f);
	assert_int_equal(target_run(f->t, &c, &end, &e), -1);
	assert_int_equal(e.code, ERR_CONFIG);
}

static void layers_are_kept_in_memory(void **state)
{
	struct fake *f = *state;
	const char *const keys[] = { "aaaa", "bbbb", "cccc" };
	struct err e = ERR_INIT;
	size_t kept;

	open_it(f);
	assert_int_equal(target_restore(f->t, keys, 3, &kept, &e), 0);
	assert_int_equal(kept, 0);
	assert_int_equal(target_keep(f->t, "aaaa", NULL, "one", &e), 0);
	assert_int_equal(target_keep(f->t, "bbbb", "aaaa", "two", &e), 0);
	assert_int_equal(target_keep(f->t, "bbbb", "aaaa", "two", &e), 0);
	assert_int_equal(target_restore(f->t, keys, 3, &kept, &e), 0);
	assert_int_equal(kept, 2);
	assert_int_equal(target_restore(f->t, keys, 1, &kept, &e), 0);
	assert_int_equal(kept, 1);
}

static void it_says_what_it_is(void **state)
{
	struct fake *f = *state;
	struct facts facts;
	struct err e = ERR_INIT;

	f->spec.fake.slowness = 7.5;
	open_it(f);
	assert_int_equal(target_probe(f->t, &facts, &e), 0);
	assert_string_equal(facts_get(&facts, "arch"), "s390x");
	assert_string_equal(facts_get(&facts, "kind"), "fake");
	assert_int_equal(facts_int(&facts, "processors", 0), 3);
	assert_true(facts_slowness(&facts) == 7.5);
}

static void rules_may_answer_the_probe_too(void **state)
{
	struct fake *f = *state;
	struct facts facts;
	struct err e = ERR_INIT;

	add(f, (struct fake_rule){ .match = "uname", .output = "nothing of use\n" });
	open_it(f);
	assert_int_equal(target_probe(f->t, &facts, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
}

static void opening_can_fail(void **state)
{
	struct fake *f = *state;
	const struct target_opts opts = { .cache_folder = f->folder, .scratch_folder = f->folder };
	struct err e = ERR_INIT;

	f->spec.fake.open_error = "the fuse is blown";
	assert_null(target_open(&f->spec, &opts, &e));
	assert_int_equal(e.code, ERR_UNREACHABLE);
	assert_string_equal(e.text, "machine: the fuse is blown");
	f->spec.fake.open_error = NULL;
	add(f, (struct fake_rule){ .match = "(" });
	assert_null(target_open(&f->spec, &opts, &e));
	target_close(NULL);
}

static void nothing_is_left_behind(void **state)
{
	struct fake *f = *state;
	char **names = NULL;

	open_it(f);
	assert_run(f, "true", TARGET_EXITED, 0, NULL);
	assert_true(str_starts(target_work_folder(f->t), f->folder));
	target_close(f->t);
	f->t = NULL;
	assert_int_equal(file_list(f->folder, NULL, &names, NULL), 0);
	assert_null(names[0]);
	mem_free_list(names);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(rules_answer_in_order),	  TEST(filler_is_as_long_as_asked),
		TEST(limits_end_what_takes_long), TEST(a_dead_machine_stays_dead),
		TEST(a_full_disk_is_told_apart),  TEST(files_are_left_for_getting),
		TEST(files_stay_inside),	  TEST(layers_are_kept_in_memory),
		TEST(it_says_what_it_is),	  TEST(rules_may_answer_the_probe_too),
		TEST(opening_can_fail),		  TEST(nothing_is_left_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
