#include "render/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "render/estimate.h"
#include "render/live.h"
#include "render/terminal_text.h"

#define REDRAW_NS	(NS_PER_S / 5) /* at most so often for news */
#define TICK_NS		NS_PER_S       /* and so often for the time alone */
#define SIGN_OF_LIFE_NS (60 * NS_PER_S)
#define TIME_SHOWN_NS	(2 * NS_PER_S)

struct lane_view {
	char *target;
	char *what; /* NULL: it has ended */
	int64_t done, total, bad;
	int64_t since_ns;
};

struct progress {
	struct progress_opts opts;
	struct render_opts looks;
	struct live live;
	struct lane_view *lanes;
	size_t lane_count, lane_room;
	size_t cells_done, cells_unexpected;
	int64_t started_ns, drawn_ns, said_ns;
	bool has_news;
};

static int64_t now_ns(const struct progress *p)
{
	return p->opts.now_ns != NULL ? p->opts.now_ns() : clock_now_ns();
}

static struct lane_view *find_lane(struct progress *p, const char *target)
{
	for (size_t i = 0; i < p->lane_count; i++)
		if (strcmp(p->lanes[i].target, target) == 0)
			return &p->lanes[i];
	if (p->lane_count == p->lane_room) {
		p->lane_room = p->lane_room * 2 + 8;
		p->lanes = mem_grow(p->lanes, p->lane_room, sizeof(*p->lanes));
	}
	p->lanes[p->lane_count] = (struct lane_view){ .target = mem_dup(target) };
	return &p->lanes[p->lane_count++];
}

static double lane_done(const struct lane_view *l)
{
	if (l->what == NULL || l->total <= 0)
		return 0;
	return l->done >= l->total ? 1 : (double)l->done / (double)l->total;
}

static double whole_done(const struct progress *p)
{
	double done = (double)p->cells_done;

	for (size_t i = 0; i < p->lane_count; i++)
		done += lane_done(&p->lanes[i]);
	return p->opts.cells == 0 ? 1 : done / (double)p->opts.cells;
}

static void add_time(struct str *s, const char *before, int64_t ns, const char *after)
{
	char text[64];

	if (ns < TIME_SHOWN_NS)
		return;
	/* A clock that runs shows whole seconds. */
	if (ns < 60 * NS_PER_S)
		snprintf(text, sizeof(text), "%" PRId64 " s", ns / NS_PER_S);
	else
		clock_format_duration(ns, text, sizeof(text));
	str_addf(s, "%s%s%s", before, text, after);
}

static void add_tests(struct str *s, const struct lane_view *l)
{
	if (l->done == 0 && l->total == 0)
		return;
	str_add(s, "  ");
	phrase_number(l->done, s);
	if (l->total > 0) {
		str_add(s, " of ");
		phrase_number(l->total, s);
		str_addf(s, " (%d %%)", (int)(lane_done(l) * 100));
	} else {
		str_add(s, l->done == 1 ? " test" : " tests");
	}
	if (l->bad > 0)
		str_addf(s, ", %" PRId64 " bad", l->bad);
}

static char *lane_line(const struct progress *p, const struct lane_view *l, size_t name_width)
{
	AUTO_STR s = { 0 };
	struct pen pen = pen_new(&p->looks, &s);

	str_add(&s, "  ");
	pen_text(&pen, l->target);
	while (str_width(str_text(&s)) < name_width + 2)
		str_add_char(&s, ' ');
	str_add(&s, "  ");
	pen_text(&pen, l->what);
	add_tests(&s, l);
	add_time(&s, "  ", now_ns(p) - l->since_ns, "");
	return str_take(&s);
}

static char *total_line(const struct progress *p)
{
	AUTO_STR s = { 0 };
	AUTO_STR left = { 0 };
	int64_t elapsed_ns = now_ns(p) - p->started_ns;

	str_addf(&s, "%zu of %zu %s done", p->cells_done, p->opts.cells, p->opts.cells == 1 ? "cell" : "cells");
	if (p->cells_unexpected > 0)
		str_addf(&s, ", %zu with findings", p->cells_unexpected);
	add_time(&s, ", ", elapsed_ns, "");
	if (p->cells_done < p->opts.cells)
		estimate_phrase(estimate_left_ns(p->opts.estimate_ns, elapsed_ns, whole_done(p)), &left);
	if (left.len > 0)
		str_addf(&s, ", %s", left.text);
	return str_take(&s);
}

static size_t widest_name(const struct progress *p)
{
	size_t widest = 0;

	for (size_t i = 0; i < p->lane_count; i++)
		if (p->lanes[i].what != NULL && str_width(p->lanes[i].target) > widest)
			widest = str_width(p->lanes[i].target);
	return widest;
}

static void draw(struct progress *p, const char *stays)
{
	char **lines = mem_new(p->lane_count + 2, sizeof(*lines));
	size_t count = 0, name_width = widest_name(p);

	for (size_t i = 0; i < p->lane_count; i++)
		if (p->lanes[i].what != NULL)
			lines[count++] = lane_line(p, &p->lanes[i], name_width);
	lines[count++] = total_line(p);
	live_draw(&p->live, stays, lines, count);
	mem_free_list(lines);
	p->drawn_ns = now_ns(p);
	p->has_news = false;
}

/* A line that stays: above the live ones, or plainly. */
static void say(struct progress *p, const char *line)
{
	if (p->opts.live && !p->opts.quiet) {
		draw(p, line);
		return;
	}
	fputs(line, p->opts.out);
	fflush(p->opts.out);
	p->said_ns = now_ns(p);
}

static void say_plan(struct progress *p)
{
	AUTO_STR s = { 0 };
	AUTO_STR left = { 0 };

	phrase_count((int64_t)p->opts.cells, "cell", "cells", &s);
	str_add(&s, " on ");
	phrase_count((int64_t)p->opts.lanes, "target", "targets", &s);
	estimate_phrase(p->opts.estimate_ns > 0 ? p->opts.estimate_ns : -1, &left);
	if (str_ends(str_text(&left), " left"))
		str_cut(&left, left.len - strlen(" left"));
	if (left.len > 0)
		str_addf(&s, ", %s", left.text);
	str_add_char(&s, '\n');
	say(p, str_text(&s));
}

struct progress *progress_open(const struct progress_opts *o)
{
	struct progress *p = mem_new(1, sizeof(*p));

	p->opts = *o;
	p->looks = (struct render_opts){ .colour = o->colour, .ascii = o->ascii };
	p->live = (struct live){ .out = o->out, .fixed_width = o->width, .fixed_height = o->height };
	p->started_ns = p->said_ns = now_ns(p);
	if (!o->quiet)
		say_plan(p);
	return p;
}

static void news(struct progress *p)
{
	p->has_news = true;
	if (p->opts.live && !p->opts.quiet && now_ns(p) - p->drawn_ns >= REDRAW_NS)
		draw(p, "");
}

void progress_lane(struct progress *p, const char *target, const char *what)
{
	struct lane_view *l = find_lane(p, target);

	free(l->what);
	l->what = mem_dup(what);
	l->done = l->total = l->bad = 0;
	l->since_ns = now_ns(p);
	news(p);
}

void progress_tests(struct progress *p, const char *target, int64_t done, int64_t total, int64_t bad)
{
	struct lane_view *l = find_lane(p, target);

	if (l->what == NULL)
		l->what = mem_dup("testing");
	l->done = done;
	l->total = total;
	l->bad = bad;
	news(p);
}

static bool is_expected(enum verdict v)
{
	return v == VERDICT_PASSED || v == VERDICT_UNAVAILABLE || v == VERDICT_SKIPPED;
}

static void add_cell(const struct pen *pen, const char *label, enum verdict v, const struct tally *tally,
		     const char *reason)
{
	int64_t tests = 0;

	for (int i = 0; tally != NULL && i < VERDICT_COUNT; i++)
		tests += tally->count[i];
	pen_styled(pen, is_expected(v) ? (v == VERDICT_PASSED ? STYLE_GOOD : STYLE_FAINT) : STYLE_BAD, verdict_name(v));
	for (size_t width = str_width(verdict_name(v)); width < 11; width++)
		str_add_char(pen->out, ' ');
	str_add(pen->out, "  ");
	pen_text(pen, label);
	str_add(pen->out, "  ");
	if (reason != NULL && reason[0] != '\0')
		pen_text(pen, reason);
	else
		phrase_count(tests, "test", "tests", pen->out);
}

void progress_cell(struct progress *p, const char *label, enum verdict v, const struct tally *tally, const char *reason,
		   int64_t took_ns)
{
	AUTO_STR s = { 0 };
	struct pen pen = pen_new(&p->looks, &s);

	p->cells_done++;
	p->cells_unexpected += !is_expected(v);
	if (p->opts.quiet)
		return;
	add_cell(&pen, label, v, tally, reason);
	add_time(&s, ", ", took_ns, "");
	if (!p->opts.live)
		str_addf(&s, "  [%zu of %zu]", p->cells_done, p->opts.cells);
	str_add_char(&s, '\n');
	say(p, str_text(&s));
}

void progress_note(struct progress *p, const char *text)
{
	AUTO_STR s = { 0 };
	struct pen pen = pen_new(&p->looks, &s);

	pen_lines(&pen, text, "");
	say(p, str_text(&s));
}

static void say_sign_of_life(struct progress *p)
{
	AUTO_FREE char *total = total_line(p);
	AUTO_STR s = { 0 };

	str_addf(&s, "%s\n", total);
	for (size_t i = 0; i < p->lane_count; i++) {
		AUTO_FREE char *line = p->lanes[i].what == NULL ? NULL : lane_line(p, &p->lanes[i], widest_name(p));

		if (line != NULL)
			str_addf(&s, "%s\n", line);
	}
	say(p, str_text(&s));
}

void progress_tick(struct progress *p)
{
	int64_t now = now_ns(p);

	if (p->opts.quiet)
		return;
	if (!p->opts.live) {
		if (now - p->said_ns >= SIGN_OF_LIFE_NS)
			say_sign_of_life(p);
	} else if (now - p->drawn_ns >= (p->has_news ? REDRAW_NS : TICK_NS)) {
		draw(p, "");
	}
}

void progress_close(struct progress *p)
{
	if (p == NULL)
		return;
	if (p->opts.live && !p->opts.quiet)
		live_draw(&p->live, "", NULL, 0);
	for (size_t i = 0; i < p->lane_count; i++) {
		free(p->lanes[i].target);
		free(p->lanes[i].what);
	}
	free(p->lanes);
	live_free(&p->live);
	free(p);
}
