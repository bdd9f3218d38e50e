/* What workers tell, and what it means when one of them dies. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/proc.h"
#include "run/schedule_inside.h"

void schedule_fail(struct schedule *s, const struct err *e)
{
	if (s->failed.code != ERR_NONE)
		return;
	s->failed = *e;
	s->interrupts = 2;
	for (size_t i = 0; i < s->lane_count; i++)
		if (s->lanes[i].state == LANE_RUNS)
			proc_kill_group(s->lanes[i].pid, SIGKILL);
}

static void take_outcome(struct running_lane *r, const char *folder, bool again)
{
	struct schedule *s = r->schedule;
	struct err e = ERR_INIT;

	s->tally->cells_done += !again;
	if (s->ears->outcome && s->ears->outcome(s->ears->ctx, r->lane, folder, again, &e))
		schedule_fail(s, &e);
}

static size_t find_cell(const struct lane *lane, const char *cell_id)
{
	size_t i = 0;

	while (i < lane->count && strcmp(lane->cells[i].id, cell_id) != 0)
		i++;
	return i;
}

static void note_done(struct running_lane *r, const char *cell_id)
{
	size_t i = find_cell(r->lane, cell_id);

	if (i == r->lane->count)
		return;
	r->done[i] = true;
	r->progressed = true;
}

/* With the cell that begins it is decided who has this lane's place behind it: the worker does not wait for us. */
static void note_start(struct running_lane *r, const char *cell_id)
{
	r->running = find_cell(r->lane, cell_id);
	if (r->control_fd < 0 || !turns_gives_way(r->schedule, r))
		return;
	r->gives_way = true;
	close(TAKE_FD(r->control_fd));
}

void schedule_hear_line(void *ctx, const char *line, size_t len)
{
	struct running_lane *r = ctx;
	struct schedule *s = r->schedule;
	struct lane_news news;

	if (lane_news_parse(line, len, &news))
		return;
	if (news.kind == LANE_FAILED) {
		s->tally->lanes_failed += r->told.code == ERR_NONE;
		err_set(&r->told, (enum err_code)news.code, "%s", news.text);
		if (news.hint[0])
			err_hint(&r->told, "%s", news.hint);
	}
	if (s->ears->lane)
		s->ears->lane(s->ears->ctx, r->lane, &news);
	if (news.kind == CELL_STARTS)
		note_start(r, news.cell_id);
	if (news.kind == CELL_DONE) {
		if (!news.again)
			note_done(r, news.cell_id);
		take_outcome(r, news.text, news.again);
	}
}

/* Which cell a worker that died is charged with: the running one, or else the next. */
static size_t cell_of_death(const struct running_lane *r)
{
	size_t none = r->lane->count;

	for (size_t i = r->running; i < none && r->lane->cells[i].benchmark == r->lane->cells[r->running].benchmark;
	     i++)
		if (!r->done[i])
			return i;
	return turns_next_cell(r, 0);
}

void schedule_record_death(struct running_lane *r, const struct proc_end *end)
{
	struct schedule *s = r->schedule;
	const struct cell *cell = &r->lane->cells[cell_of_death(r)];
	struct outcome outcome;
	struct err e = ERR_INIT;
	AUTO_STR how = { 0 };
	char folder[64];

	outcome_start(&outcome);
	proc_end_text(end, &how);
	outcome.verdict = VERDICT_LOST;
	snprintf(outcome.reason, sizeof(outcome.reason), "labctl's own worker died: %.100s", str_text(&how));
	if (lane_record(cell, &s->opts->lane, &outcome, folder, sizeof(folder), &e))
		schedule_fail(s, &e);
	else {
		struct lane_news news = { .kind = CELL_DONE };

		memcpy(news.cell_id, cell->id, sizeof(news.cell_id));
		if (s->ears->lane)
			s->ears->lane(s->ears->ctx, r->lane, &news);
		note_done(r, cell->id);
		take_outcome(r, folder, false);
	}
	outcome_free(&outcome);
}
