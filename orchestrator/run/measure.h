/* A benchmark on one machine under all its runtimes: they are installed side by side, and their processes run in turns
 * in an order that was drawn by lot, so that whatever drifts on the machine meets all of them alike. */
#ifndef LABCTL_RUN_MEASURE_H
#define LABCTL_RUN_MEASURE_H

#include "parse/bench.h"
#include "plan/campaign.h"
#include "run/steps.h"

struct measure_opts {
	uint64_t seed;	      /* of the whole campaign; each benchmark has one of its own from it */
	const char *baseline; /* the runtime that others are compared with; its processes are also the A/A control */
	double budget_s;      /* measuring may take so long, for all runtimes together; installing does not count */
	double half_width;    /* wanted of a mean, relative; more processes do not run once that is reached */
	size_t processes_min, processes_max; /* of each runtime */
	/* From the first processes of a runtime to how many there shall be. */
	struct campaign_size (*plan)(const struct bench_series *pilot, const struct campaign_wish *wish);
};

/* `cells` are the runtimes of one benchmark; opts and outs one of each. Fills the outcomes whatever happens to the
 * cells; -1 only when labctl itself cannot go on. */
int measure_run(struct target *t, const struct cell *cells, size_t count, const struct steps_opts *opts,
		const struct measure_opts *m, struct outcome *const *outs, struct err *e);

/* How long they were measured, seconds: what counts against a budget. */
double measure_took_s(const struct outcome *outs, size_t count);

#endif
