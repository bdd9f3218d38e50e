/* The live view is looked at on a screen of its own: a terminal that knows as much as the view needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "render/estimate.h"
#include "render/live.h"
#include "render/progress.h"

#define ROWS	12
#define COLUMNS 40

/* The rows that a terminal shows, the ones that went out at its top, and the place of the cursor. */
struct screen {
	char rows[ROWS][COLUMNS + 1];
	struct str gone;
	size_t row, column;
	size_t used; /* of the output */
};

static int64_t fake_now_ns;

static int64_t fake_clock(void)
{
	return fake_now_ns;
}

static void add_row(struct str *s, const char *row)
{
	size_t len = strlen(row);

	while (len > 0 && row[len - 1] == ' ')
		len--;
	str_add_bytes(s, row, len);
	str_add_char(s, '\n');
}

static void next_row(struct screen *s)
{
	s->column = 0;
	if (++s->row < ROWS)
		return;
	add_row(&s->gone, s->rows[0]);
	memmove(s->rows[0], s->rows[1], sizeof(s->rows[0]) * (ROWS - 1));
	memset(s->rows[ROWS - 1], 0, sizeof(s->rows[0]));
	s->row = ROWS - 1;
}

static size_t obey(struct screen *s, const char *at)
{
	char *end;
	long number = strtol(at + 2, &end, 10);

	if (*end == 'A') {
		s->row = s->row > (size_t)number ? s->row - (size_t)number : 0;
	} else if (*end == 'J') {
		assert_int_equal(s->column, 0);
		memset(s->rows[s->row], 0, sizeof(s->rows[0]) * (ROWS - s->row));
	} else {
		fail_msg("the view used a sequence that ends in %c", *end);
	}
	return (size_t)(end - at) + 1;
}

static void show_char(struct screen *s, char c)
{
	if (s->column == COLUMNS)
		next_row(s);
	memset(s->rows[s->row] + strlen(s->rows[s->row]), ' ',
	       s->column > strlen(s->rows[s->row]) ? s->column - strlen(s->rows[s->row]) : 0);
	s->rows[s->row][s->column++] = c;
}

static void show(struct screen *s, const char *text)
{
	for (const char *at = text + s->used; *at != '\0';) {
		if (*at == '\033') {
			at += obey(s, at);
			continue;
		}
		if (*at == '\n')
			next_row(s);
		else if (*at == '\r')
			s->column = 0;
		else
			show_char(s, *at);
		at++;
	}
	s->used = strlen(text);
}

/* All that scrolled away and all that stands there. */
static char *all_of(const struct screen *s)
{
	AUTO_STR text = { 0 };

	str_add(&text, str_text(&s->gone));
	for (size_t i = 0; i < ROWS && i < s->row; i++)
		add_row(&text, s->rows[i]);
	return str_take(&text);
}

/* A progress with what it prints. */
struct stage {
	struct progress *p;
	FILE *out;
	char *text;
	size_t len;
	struct screen screen;
};

static void open_stage(struct stage *g, bool live, bool quiet, size_t cells, int64_t estimate_ns)
{
	struct progress_opts o = {
		.live = live,
		.quiet = quiet,
		.cells = cells,
		.lanes = 2,
		.estimate_ns = estimate_ns,
		.ascii = true,
		.width = COLUMNS,
		.height = ROWS,
		.now_ns = fake_clock,
	};

	memset(g, 0, sizeof(*g));
	fake_now_ns = 1000 * NS_PER_S;
	o.out = g->out = open_memstream(&g->text, &g->len);
	g->p = progress_open(&o);
}

static void expect(struct stage *g, const char *text)
{
	AUTO_FREE char *seen = NULL;

	fflush(g->out);
	show(&g->screen, g->text);
	seen = all_of(&g->screen);
	assert_string_equal(seen, text);
}

static void close_stage(struct stage *g)
{
	fclose(g->out);
	free(g->text);
	str_free(&g->screen.gone);
}

static void after(struct stage *g, int64_t ns)
{
	fake_now_ns += ns;
	progress_tick(g->p);
}

static void lanes_live_and_cells_scroll(void **state)
{
	struct tally tally = { .count = { [VERDICT_PASSED] = 1200 } };
	struct stage g;

	(void)state;
	open_stage(&g, true, false, 4, 0);
	expect(&g, "4 cells on 2 targets\n0 of 4 cells done\n");
	progress_lane(g.p, "local", "numpy: installing");
	progress_lane(g.p, "s390x", "starting");
	after(&g, 3 * NS_PER_S);
	expect(&g, "4 cells on 2 targets\n"
		   "  local  numpy: installing  3 s\n"
		   "  s390x  starting  3 s\n"
		   "0 of 4 cells done, 3 s\n");
	progress_tests(g.p, "local", 1200, 4800, 3);
	after(&g, NS_PER_S);
	expect(&g, "4 cells on 2 targets\n"
		   "  local  numpy: installing  1,200 of 4,\n"
		   "  s390x  starting  4 s\n"
		   "0 of 4 cells done, 4 s\n");
	progress_cell(g.p, "local/cpython/numpy", VERDICT_PASSED, &tally, "", 4 * NS_PER_S);
	progress_lane(g.p, "local", NULL);
	after(&g, NS_PER_S);
	expect(&g, "4 cells on 2 targets\n"
		   "passed       local/cpython/numpy  1,200\n"
		   "tests, 4 s\n"
		   "  s390x  starting  5 s\n"
		   "1 of 4 cells done, 5 s, about 20 s left\n");
	progress_note(g.p, "look\033[2J here");
	expect(&g, "4 cells on 2 targets\n"
		   "passed       local/cpython/numpy  1,200\n"
		   "tests, 4 s\n"
		   "look\\x1b[2J here\n"
		   "  s390x  starting  5 s\n"
		   "1 of 4 cells done, 5 s, about 20 s left\n");
	progress_close(g.p);
	expect(&g, "4 cells on 2 targets\n"
		   "passed       local/cpython/numpy  1,200\n"
		   "tests, 4 s\n"
		   "look\\x1b[2J here\n");
	close_stage(&g);
}

static void many_finished_cells_scroll_whole(void **state)
{
	AUTO_STR want = { 0 };
	struct stage g;

	(void)state;
	open_stage(&g, true, false, 30, 0);
	str_add(&want, "30 cells on 2 targets\n");
	progress_lane(g.p, "a", "x");
	progress_lane(g.p, "b", "y");
	for (int i = 0; i < 30; i++) {
		char label[16];

		snprintf(label, sizeof(label), "cell %d", i);
		progress_cell(g.p, label, VERDICT_FAILED, NULL, "2 failed", 0);
		str_addf(&want, "failed       %s  2 failed\n", label);
		after(&g, NS_PER_S);
		fflush(g.out);
		show(&g.screen, g.text);
	}
	progress_close(g.p);
	expect(&g, str_text(&want));
	close_stage(&g);
}

static void more_lanes_than_rows(void **state)
{
	AUTO_FREE char *seen = NULL;
	struct stage g;

	(void)state;
	open_stage(&g, true, false, 40, 0);
	for (int i = 0; i < 30; i++) {
		char target[16];

		snprintf(target, sizeof(target), "target%02d", i);
		progress_lane(g.p, target, "testing");
		after(&g, NS_PER_S);
		fflush(g.out);
		show(&g.screen, g.text);
	}
	seen = all_of(&g.screen);
	assert_string_equal(str_text(&g.screen.gone), "40 cells on 2 targets\n");
	assert_non_null(strstr(seen, "target29"));
	assert_non_null(strstr(seen, "0 of 40 cells done"));
	assert_null(strstr(seen, "target00"));
	progress_close(g.p);
	expect(&g, "40 cells on 2 targets\n");
	close_stage(&g);
}

static void plain_lines_and_signs_of_life(void **state)
{
	struct tally tally = { .count = { [VERDICT_PASSED] = 5 } };
	struct stage g;

	(void)state;
	open_stage(&g, false, false, 2, 0);
	progress_lane(g.p, "s390x", "numpy: testing");
	after(&g, 30 * NS_PER_S);
	progress_tests(g.p, "s390x", 10, 100, 0);
	after(&g, 30 * NS_PER_S);
	progress_cell(g.p, "s390x/cpython/numpy:smoke", VERDICT_PASSED, &tally, NULL, 41 * NS_PER_S);
	after(&g, 30 * NS_PER_S);
	progress_close(g.p);
	fflush(g.out);
	assert_string_equal(g.text, "2 cells on 2 targets\n"
				    "0 of 2 cells done, 1 min 00 s, about 19 min left\n"
				    "  s390x  numpy: testing  10 of 100 (10 %)  1 min 00 s\n"
				    "passed       s390x/cpython/numpy:smoke  5 tests, 41 s  [1 of 2]\n");
	close_stage(&g);
}

static void quiet_says_only_what_must_be_said(void **state)
{
	struct stage g;

	(void)state;
	open_stage(&g, true, true, 2, 0);
	progress_lane(g.p, "a", "x");
	after(&g, 90 * NS_PER_S);
	progress_cell(g.p, "cell", VERDICT_FAILED, NULL, "bad", 0);
	progress_note(g.p, "the disk is full");
	progress_close(g.p);
	fflush(g.out);
	assert_string_equal(g.text, "the disk is full\n");
	close_stage(&g);
}

static void a_narrower_terminal_is_cleared_whole(void **state)
{
	static char first[] = "0123456789012345678901234567890123456789", *lines[] = { first };
	struct live l = { .fixed_width = 80, .fixed_height = 24 };
	char *text;
	size_t len;

	(void)state;
	l.out = open_memstream(&text, &len);
	live_draw(&l, "", lines, 1);
	l.fixed_width = 15; /* the 40 columns lie on three rows now */
	live_draw(&l, "", lines, 1);
	fclose(l.out);
	assert_string_equal(text, "0123456789012345678901234567890123456789\n\r\033[3A\033[J01234567890123\n");
	free(text);
	live_free(&l);
}

static void expect_left(int64_t expected_s, int64_t elapsed_s, double done, const char *text)
{
	AUTO_STR s = { 0 };

	estimate_phrase(estimate_left_ns(expected_s * NS_PER_S, elapsed_s * NS_PER_S, done), &s);
	assert_string_equal(str_text(&s), text);
}

static void the_rest_is_estimated(void **state)
{
	(void)state;
	expect_left(0, 100, 0, "");
	expect_left(0, 100, 0.01, "");
	expect_left(0, 2, 0.5, "");
	expect_left(200, 0, 0, "about 3 min left");
	expect_left(240, 60, 0, "about 3 min left");
	expect_left(0, 60, 0.5, "about 1 min left");
	expect_left(0, 30, 0.5, "about 30 s left");
	expect_left(0, 60, 0.99, "a few seconds left");
	/* Expected 100 s, seen to need 400: at half of the way both count the same. */
	expect_left(100, 200, 0.5, "about 50 s left");
	expect_left(100, 200, 0.01, "");
	expect_left(8000, 0, 0, "about 2 h 10 min left");
	expect_left(80000, 0, 0, "about 22 h left");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lanes_live_and_cells_scroll),
		cmocka_unit_test(many_finished_cells_scroll_whole),
		cmocka_unit_test(more_lanes_than_rows),
		cmocka_unit_test(plain_lines_and_signs_of_life),
		cmocka_unit_test(quiet_says_only_what_must_be_said),
		cmocka_unit_test(a_narrower_terminal_is_cleared_whole),
		cmocka_unit_test(the_rest_is_estimated),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
