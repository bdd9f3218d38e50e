/* What a suite's run came to, from the store: struct night_summary filled. */
#ifndef LABCTL_CLI_NIGHT_H
#define LABCTL_CLI_NIGHT_H

#include "cli/judge.h"
#include "cli/runner.h"
#include "cli/speed.h"
#include "render/night.h"

/* The suite's two sorts of cells as plans of their own, either NULL: what is shown of them. */
struct night_plans {
	struct plan *packages, *benchmarks;
};

struct night {
	struct night_summary summary;
	struct judgement judged;
	struct speed_judged speeds;
	struct changes changes;
	bool has_packages, has_benchmarks, has_changes;
	struct arena *arena;
};

/* `all` has the lanes of what was to run; end: how that went. The status is that of the packages or, when they are as
 * expected, of the benchmarks; an interrupt stands before both. `out` is begun here; free it also after an error. */
int night_sum_up(struct context *c, const struct suite *suite, const struct night_plans *plans, const struct plan *all,
		 const struct runner_end *end, struct night *out, struct err *e);
void night_free(struct night *n);

/* night_flaky.c: the tests whose verdict differs between attempts of this run, added to out->summary.flaky. */
int night_find_flaky(struct context *c, const struct plan *all, int64_t run, struct night *out, struct err *e);

#endif
