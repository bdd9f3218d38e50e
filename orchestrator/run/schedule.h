/* The parent side: which lane runs when, in how many processes, until when. Knows no target's inside and no recipe. One
 * poll loop, a process per lane. */
#ifndef LABCTL_RUN_SCHEDULE_H
#define LABCTL_RUN_SCHEDULE_H

#include "plan/plan.h"
#include "run/lane_worker.h"

struct schedule_opts {
	struct lane_opts lane;
	int64_t jobs;	    /* most lanes at once; 0: as resources allow */
	int64_t processors; /* to share out; targets of kind ssh and fake need none */
	int64_t memory_bytes;
	bool in_process; /* one lane after the other without a fork, for a debugger */
	/* Of clock_now_ns: behind it nothing new begins, and what runs comes to its end; 0: none. lane.deadline_ns is
	 * made from it. */
	int64_t deadline_ns;
	/* What is kept of that time for lanes that measure: lanes of tests end so long before, until all measuring is
	 * done. */
	int64_t kept_for_measuring_ns;
	/* Of lanes that wait the one begins first whose next cell is worth most (plan/value.h). With a deadline lanes
	 * take turns: at the end of a cell one gives way to another that waits for its place and whose next cell is
	 * worth more, or as much when it has had its share. */
	bool by_value;
};

/* What the live view and the store hear of it. Called in the parent, from its loop. */
struct schedule_ears {
	void (*lane)(void *ctx, const struct lane *lane, const struct lane_news *news);
	/* An attempt at a cell that has ended: its record is on disk at run_folder/<folder>. again: another attempt at
	 * the cell follows. -1 ends the run with e. */
	int (*outcome)(void *ctx, const struct lane *lane, const char *folder, bool again, struct err *e);
	void (*stopping)(void *ctx, bool now); /* first and second Ctrl-C */
	void (*out_of_time)(void *ctx);	       /* the deadline has passed while cells were left */
	void (*tick)(void *ctx);	       /* ten times a second on a terminal's behalf */
	void *ctx;
};

struct schedule_tally {
	size_t cells_done, cells_left;
	size_t lanes_failed; /* could not be opened, or died */
	bool interrupted;
	bool out_of_time; /* cells are left that there was no time for */
};

/* 0 also when lanes failed: their cells are recorded as lost by the worker, or by this when the worker died. A worker
 * that dies (killed, crash of ours) costs the running cell one attempt; the lane is started again behind it, twice at
 * most. */
int schedule_run(const struct plan *p, const struct schedule_opts *o, const struct schedule_ears *ears,
		 struct schedule_tally *out, struct err *e);

#endif
