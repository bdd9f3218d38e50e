/* The child side: opens the lane's target once, does its cells in order, records each outcome on disk and then tells
 * the parent. */
#ifndef LABCTL_RUN_LANE_WORKER_H
#define LABCTL_RUN_LANE_WORKER_H

#include "plan/plan.h"
#include "run/measure.h"
#include "run/outcome.h"

struct lane_opts {
	const struct lab *lab;
	const char *run_folder; /* results/runs/<run>: records go below it */
	const char *cache_folder;
	const char *install_digest, *index_digest, *lib_digest;
	int64_t retries;     /* of a cell whose target was lost: a new machine, then again */
	int64_t deadline_ns; /* of clock_now_ns: behind it no cell begins, nor one that took longer than is left; 0:
				none */
	struct measure_opts measure; /* for benchmarks; the budget is each lane's own */
};

/* What a worker says, one JSON line each. */
enum lane_news_kind {
	LANE_SAYS,
	CELL_STARTS,
	CELL_STEP,
	CELL_PROGRESS,
	CELL_DONE,
	LANE_FAILED,
	LANE_ENDS
};

struct lane_news {
	enum lane_news_kind kind;
	char cell_id[17];
	char text[512]; /* LANE_SAYS, CELL_STEP: what; CELL_DONE: the record's folder; LANE_FAILED: the error */
	char hint[512]; /* LANE_FAILED */
	int code;	/* LANE_FAILED: enum err_code */
	int64_t done, total, bad;
	bool again; /* CELL_DONE: the target was lost under it, and a new one gets another attempt */
};

int lane_news_send(const struct lane_news *news, int fd);		  /* one line; -1: the parent is gone */
int lane_news_parse(const char *line, size_t len, struct lane_news *out); /* -1: not one of ours */
/* Does the cells of the lane that are not done, in order, and marks them in done[] (one of each cell; the child's own
 * copy); returns the exit status of the child: 0 also when cells failed, or were left for want of
 * time or of budget for measuring. End of file on
 * control_fd (the parent closed it, or died) means: no further cell. -1: there is no such descriptor. */
int lane_work(const struct lane *lane, bool *done, const struct lane_opts *o, int news_fd, int control_fd);

/* Records an outcome that has no tests: a lane that could not be opened, a worker that died. The folder below
 * run_folder in out_folder. */
int lane_record(const struct cell *c, const struct lane_opts *o, struct outcome *outcome, char *out_folder, size_t size,
		struct err *e);
/* Fills what an outcome says of its cell: names, id, how it runs. */
void lane_describe_cell(const struct cell *c, struct outcome *out);

#endif
