/* The child side: opens the lane's target once, does its cells in order, records each outcome on disk and then tells the parent. */
#ifndef LABCTL_RUN_LANE_WORKER_H
#define LABCTL_RUN_LANE_WORKER_H

#include "plan/plan.h"

struct lane_opts {
	const struct lab *lab;
	const char *run_folder;     /* results/runs/<run>: records go below it */
	const char *cache_folder;
	const char *install_digest, *index_digest;
	int64_t retries;            /* of a cell whose target was lost: a new machine, then again */
};

/* What a worker says, one JSON line each, to `fd`: {"lane":"ready"…}, {"cell":ID,"step":…}, {"cell":ID,"done":n,"total":n,"bad":n},
 * {"cell":ID,"outcome":"folder below run_folder"}, {"lane":"failed","error":…,"hint":…}. See lane_news for the reading side. */
enum lane_news_kind { LANE_SAYS, CELL_STARTS, CELL_STEP, CELL_PROGRESS, CELL_DONE, LANE_FAILED, LANE_ENDS };

struct lane_news {
	enum lane_news_kind kind;
	char cell_id[17];
	char text[512];     /* LANE_SAYS, CELL_STEP: what; CELL_DONE: the record's folder; LANE_FAILED: the error */
	char hint[512];     /* LANE_FAILED */
	int code;           /* LANE_FAILED: enum err_code */
	int64_t done, total, bad;
};

int lane_news_parse(const char *line, size_t len, struct lane_news *out); /* -1: not one of ours */
/* Does the whole lane; returns the exit status of the child: 0 also when cells failed. SIGTERM: stop after the running cell is a matter of the parent closing
 * `control_fd` (end of file on it means: no further cell). */
int lane_work(const struct lane *lane, const struct lane_opts *o, int news_fd, int control_fd);

#endif
