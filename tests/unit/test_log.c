#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"

struct shown {
	struct str text; /* "level message;" each */
};

static void collect(void *ctx, enum log_level level, const char *message)
{
	struct shown *shown = ctx;

	str_addf(&shown->text, "%d %s;", (int)level, message);
}

static struct shown shown;

static int begin(void **state)
{
	(void)state;
	log_set_sink(collect, &shown);
	log_set_level(LOG_INFO);
	return 0;
}

static int end(void **state)
{
	(void)state;
	log_close();
	log_set_sink(NULL, NULL);
	str_free(&shown.text);
	return 0;
}

static void what_is_below_the_level_is_not_shown(void **state)
{
	(void)state;
	log_error("one %d", 1);
	log_warning("two");
	log_info("three");
	log_debug("four");
	assert_string_equal(shown.text.text, "0 one 1;1 two;2 three;");
	str_clear(&shown.text);
	log_set_level(LOG_ERROR);
	log_warning("quiet");
	assert_string_equal(str_text(&shown.text), "");
}

static void the_label_stands_before_each_message(void **state)
{
	char label[] = "arm64";

	(void)state;
	log_set_label(label);
	label[0] = 'X'; /* it was copied */
	log_info("boots");
	log_set_label(NULL);
	log_info("done");
	assert_string_equal(shown.text.text, "2 arm64: boots;2 done;");
}

static void hostile_text_is_made_harmless(void **state)
{
	(void)state;
	log_set_label("a\x1B");
	log_info("b\x1B[2J\xFF\nsecond\n\nlast\n");
	assert_string_equal(shown.text.text, "2 a\\x1b: b\\x1b[2J\\xff;2 a\\x1b: second;2 a\\x1b: last;");
}

static void an_error_comes_with_its_hint(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_LOST, "no answer");
	log_err(LOG_ERROR, &e);
	err_hint(&e, "look at the cable");
	log_err(LOG_WARNING, &e);
	assert_string_equal(shown.text.text, "0 no answer;1 no answer;1 hint: look at the cable;");
}

static void errno_is_left_alone(void **state)
{
	(void)state;
	errno = ENOENT;
	log_info("%s", "x");
	assert_int_equal(errno, ENOENT);
}

static void the_file_gets_everything(void **state)
{
	AUTO_FREE char *folder = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(file_make_temp_folder("/tmp", "labctl-test-", &folder, &e), 0);
	AUTO_FREE char *path = file_join(folder, "log");
	assert_int_equal(log_open_file(path, &e), 0);
	log_set_level(LOG_ERROR);
	log_set_label("s390x");
	log_debug("detail\nmore");
	log_close();
	log_error("after the end");
	AUTO_STR text = { 0 };
	assert_int_equal(file_read(path, 10000, &text, &e), 0);
	AUTO_FREE char *wanted = mem_printf(" %ld debug: s390x: detail\n", (long)getpid());
	assert_non_null(strstr(text.text, wanted));
	assert_true(str_ends(text.text, " debug: s390x: more\n"));
	assert_null(strstr(text.text, "after"));
	assert_true(text.text[4] == '-' && text.text[10] == 'T' && text.text[19] == 'Z');
	assert_int_equal(log_open_file(folder, &e), -1);
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(file_remove_tree(folder, &e), 0);
}

static void without_a_sink_standard_error_is_used(void **state)
{
	AUTO_STR text = { 0 };
	char back[200] = "";
	int fds[2], old = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	log_set_sink(NULL, NULL);
	log_warning("careful");
	log_info("plain");
	dup2(old, STDERR_FILENO);
	assert_true(read(fds[0], back, sizeof(back) - 1) > 0);
	assert_string_equal(back, "labctl: warning: careful\nlabctl: plain\n");
	close(fds[0]);
	close(fds[1]);
	close(old);
}

#define LOGGED(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOGGED(what_is_below_the_level_is_not_shown),
		LOGGED(the_label_stands_before_each_message),
		LOGGED(hostile_text_is_made_harmless),
		LOGGED(an_error_comes_with_its_hint),
		LOGGED(errno_is_left_alone),
		LOGGED(the_file_gets_everything),
		LOGGED(without_a_sink_standard_error_is_used),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
