#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "run/lane_worker.h"

/* Through a pipe and back; the line without its end is left in `line`. */
static size_t send(const struct lane_news *news, char *line, size_t size)
{
	int ends[2];
	ssize_t got;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(lane_news_send(news, ends[1]), 0);
	got = read(ends[0], line, size);
	close(ends[0]);
	close(ends[1]);
	assert_true(got > 1);
	assert_int_equal(line[got - 1], '\n');
	line[got - 1] = '\0';
	assert_null(strchr(line, '\n'));
	return (size_t)got - 1;
}

static void round_trip(const struct lane_news *news, struct lane_news *out)
{
	char line[16384];
	size_t len = send(news, line, sizeof(line));

	assert_int_equal(lane_news_parse(line, len, out), 0);
	assert_int_equal(out->kind, news->kind);
	assert_string_equal(out->cell_id, news->cell_id);
}

static void every_kind_comes_through(void **state)
{
	(void)state;
	for (int kind = LANE_SAYS; kind <= LANE_ENDS; kind++) {
		struct lane_news news = { .kind = (enum lane_news_kind)kind, .cell_id = "0123456789abcdef" }, back;

		snprintf(news.text, sizeof(news.text), "text of %d", kind);
		round_trip(&news, &back);
		assert_string_equal(back.text, news.text);
	}
}

static void errors_keep_code_and_hint(void **state)
{
	struct lane_news back;

	(void)state;
	for (int code = ERR_USAGE; code <= ERR_INTERNAL; code++) {
		struct lane_news news = { .kind = LANE_FAILED, .text = "gone", .hint = "look there", .code = code };

		round_trip(&news, &back);
		assert_int_equal(back.code, code);
		assert_string_equal(back.text, "gone");
		assert_string_equal(back.hint, "look there");
	}
}

static void progress_keeps_its_numbers(void **state)
{
	const struct lane_news news = {
		.kind = CELL_PROGRESS, .cell_id = "a", .done = 7, .total = INT64_C(1) << 40, .bad = 3
	};
	struct lane_news back;

	(void)state;
	round_trip(&news, &back);
	assert_int_equal(back.done, 7);
	assert_int_equal(back.total, INT64_C(1) << 40);
	assert_int_equal(back.bad, 3);
}

static void another_attempt_is_told(void **state)
{
	struct lane_news news = { .kind = CELL_DONE, .cell_id = "a", .text = "a/1" }, back;

	(void)state;
	round_trip(&news, &back);
	assert_false(back.again);
	news.again = true;
	round_trip(&news, &back);
	assert_true(back.again);
}

static void strange_texts_come_through(void **state)
{
	static const char *const texts[] = { "two\nlines",	     "\x1b[31mred",  "quote \" \\ /",
					     "\xc3\xa9\xe2\x80\xae", "\x01\x02\x7f", "{}" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct lane_news news = { .kind = LANE_SAYS }, back;

		snprintf(news.text, sizeof(news.text), "%s", texts[i]);
		round_trip(&news, &back);
		assert_string_equal(back.text, texts[i]);
	}
}

/* What is cut to the buffer's size may end within a character; the news must come through all the same. */
static void a_text_cut_within_a_character_is_still_news(void **state)
{
	struct lane_news back;

	(void)state;
	for (int cut = 1; cut < 4; cut++) {
		struct lane_news news = { .kind = LANE_FAILED, .code = ERR_LOST };

		snprintf(news.text, sizeof(news.text), "say \xf0\x9f\x92\xa9");
		news.text[4 + cut] = '\0';
		round_trip(&news, &back);
		assert_int_equal(strncmp(back.text, "say ", 4), 0);
	}
}

/* The parent reads lines of at most 8 KiB. */
static void the_longest_news_fits_a_line(void **state)
{
	struct lane_news news = { .kind = LANE_FAILED, .cell_id = "0123456789abcdef", .code = ERR_UNREACHABLE }, back;
	char line[16384];

	(void)state;
	memset(news.text, '\x01', sizeof(news.text) - 1);
	memset(news.hint, '\x1f', sizeof(news.hint) - 1);
	assert_true(send(&news, line, sizeof(line)) < 8192);
	round_trip(&news, &back);
	assert_string_equal(back.text, news.text);
	assert_string_equal(back.hint, news.hint);
}

static void what_is_not_ours_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"x",
		"{",
		"{}",
		"[]",
		"null",
		"7",
		"{\"news\": 7}",
		"{\"news\": \"strange\"}",
		"{\"news\": null}",
		"{\"cell\": \"a\"}",
		"{\"news\": \"says\"} more",
		"Traceback (most recent call last):",
	};
	struct lane_news news;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		assert_int_equal(lane_news_parse(lines[i], strlen(lines[i]), &news), -1);
}

static void fields_of_another_type_are_nothing(void **state)
{
	const char line[] = "{\"news\": \"progress\", \"cell\": 7, \"text\": [], \"done\": \"x\", \"total\": {}, "
			    "\"bad\": null, \"code\": 1}";
	struct lane_news news;

	(void)state;
	assert_int_equal(lane_news_parse(line, strlen(line), &news), 0);
	assert_string_equal(news.cell_id, "");
	assert_string_equal(news.text, "");
	assert_int_equal(news.done, 0);
	assert_int_equal(news.total, 0);
	assert_int_equal(news.bad, 0);
	assert_int_equal(news.code, err_code_from_name(""));
}

static void long_fields_are_cut(void **state)
{
	AUTO_STR line = { 0 };
	struct lane_news news;

	(void)state;
	str_add(&line, "{\"news\": \"says\", \"cell\": \"0123456789abcdefMORE\", \"text\": \"");
	for (int i = 0; i < 2000; i++)
		str_add(&line, "x");
	str_add(&line, "\"}");
	assert_int_equal(lane_news_parse(str_text(&line), line.len, &news), 0);
	assert_string_equal(news.cell_id, "0123456789abcdef");
	assert_int_equal(strlen(news.text), sizeof(news.text) - 1);
}

static void nobody_listening_is_told(void **state)
{
	const struct lane_news news = { .kind = LANE_ENDS };
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(lane_news_send(&news, ends[1]), -1);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_through),
		cmocka_unit_test(errors_keep_code_and_hint),
		cmocka_unit_test(progress_keeps_its_numbers),
		cmocka_unit_test(another_attempt_is_told),
		cmocka_unit_test(strange_texts_come_through),
		cmocka_unit_test(a_text_cut_within_a_character_is_still_news),
		cmocka_unit_test(the_longest_news_fits_a_line),
		cmocka_unit_test(what_is_not_ours_is_refused),
		cmocka_unit_test(fields_of_another_type_are_nothing),
		cmocka_unit_test(long_fields_are_cut),
		cmocka_unit_test(nobody_listening_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
