/* Which cell tells most, where not all of them can run. Most valuable first:
 *
 *     1. nothing is known of it: it never ran, or something that decides its result was changed;
 *     2. its last outcome was bad: is it still?
 *     3. the staler its last outcome is, in whole days of age;
 *     4. the less time it takes, as it did the last times; one that never ran through counts as taking none.
 *
 * What is equal in all of these stays in the order of the plan. The runtimes of a benchmark are measured together: they
 * are worth what the best of them is, and take what all of them take.
 *
 * Lanes are per target, so this is the order within each lane; of lanes that wait for this machine the one goes first
 * whose next cell is worth most, and a lane gives way between two cells (run/schedule.h). */
#ifndef LABCTL_PLAN_VALUE_H
#define LABCTL_PLAN_VALUE_H

#include "plan/plan.h"

/* What a cell, or the group of a benchmark, is worth. */
struct value {
	enum cell_worth worth;
	int64_t age_days; /* 0 also for what never ran */
	int64_t estimate_ns;
};

/* Of the group that begins at `first` of the lane (lane_group). now_wall_ms: what ages count from. */
struct value value_of(const struct lane *lane, size_t first, int64_t now_wall_ms);
/* < 0: a is worth more; 0: equal. */
int value_compare(const struct value *a, const struct value *b);
/* As value_compare, but what they take does not count: is one worth waiting for? */
int value_compare_news(const struct value *a, const struct value *b);
/* The cells of each lane, by the rule above. */
void plan_order_by_value(struct plan *p, int64_t now_wall_ms);

#endif
