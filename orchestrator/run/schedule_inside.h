/* The inside of schedule.h: what schedule.c, schedule_news.c and schedule_turns.c share. Not included outside run/. */
#ifndef LABCTL_RUN_SCHEDULE_INSIDE_H
#define LABCTL_RUN_SCHEDULE_INSIDE_H

#include <sys/types.h>

#include "base/lines.h"
#include "base/loop.h"
#include "run/schedule.h"

enum lane_state {
	LANE_WAITS,
	LANE_RUNS,
	LANE_OVER
};

struct schedule;

struct running_lane {
	struct schedule *schedule;
	const struct lane *lane;
	enum lane_state state;
	pid_t pid;
	int news_fd, control_fd;
	struct loop_source *news;
	struct lines *lines;
	bool *done;	 /* of each cell: it has its outcome */
	size_t running;	 /* the cell at work; lane->count: none */
	bool progressed; /* a cell has come to its end since the worker began */
	bool gives_way;	 /* told to end behind the running cell, to begin again later */
	int64_t began_ns, ran_ns;
	unsigned deaths;
	struct err told; /* what the worker said last when something failed; code ERR_NONE: nothing */
};

struct schedule {
	const struct schedule_opts *opts;
	const struct schedule_ears *ears;
	struct schedule_tally *tally;
	struct loop *loop;
	struct running_lane *lanes;
	size_t lane_count;
	unsigned interrupts;
	int64_t began_ns;
	int64_t began_wall_ms; /* what the ages of outcomes count from */
	struct err failed;     /* what ended the run; code ERR_NONE: nothing */
};

/* The first cell without an outcome from `from` on, the running one apart; lane->count: none. */
size_t turns_next_cell(const struct running_lane *r, size_t from);
/* Until when cells of this lane may begin; 0: no end. */
int64_t turns_deadline_ns(const struct schedule *s, const struct running_lane *r);
/* The lane to begin now; NULL: none that waits has a place, time and a cell left. */
struct running_lane *turns_choose(struct schedule *s);
/* Is there another that should have the place of this running one, once its cell has ended? */
bool turns_gives_way(const struct schedule *s, const struct running_lane *r);

/* schedule_news.c. The first error ends the run: nothing new is begun, what runs is stopped. */
void schedule_fail(struct schedule *s, const struct err *e);
/* A line of a worker; ctx: its struct running_lane. */
void schedule_hear_line(void *ctx, const char *line, size_t len);
struct proc_end;
/* The worker died under a cell: that is its outcome. */
void schedule_record_death(struct running_lane *r, const struct proc_end *end);

#endif
