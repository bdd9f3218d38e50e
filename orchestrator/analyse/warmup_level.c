#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "analyse/warmup.h"
#include "base/mem.h"

#define TOLERATED_SHARE 10 /* one process in so many may be without a steady state */
#define FEWEST_FIRSTS	3  /* processes whose first iteration is slow, for that to be no chance */

const struct warmup_word warmup_words[WARMUP_CLASS_COUNT] = {
	[WARMUP_FLAT] = { "flat", "─", "all iterations take the same time" },
	[WARMUP_WARMUP] = { "warm-up", "↘", "the first iterations are slower; then it is steady" },
	[WARMUP_SLOWDOWN] = { "slow-down", "↗", "it becomes slower than it was before; then it is steady" },
	[WARMUP_CYCLIC] = { "cyclic", "∿",
			    "the times repeat themselves every few iterations; steady over whole cycles" },
	[WARMUP_UNSETTLED] = { "no steady state", "↕",
			       "the level still changes at the end: there is no speed to speak of" },
	[WARMUP_UNDECIDED] = { "undecided", "?", "too few iterations or too much noise to tell" },
	[WARMUP_MIXED_GOOD] = { "inconsistent (good)", "≈",
				"some processes are flat, others warm up; all become steady" },
	[WARMUP_MIXED_BAD] = { "inconsistent (bad)", "≠",
			       "the processes behave differently, and not all as they should" },
};

static bool is_settled(const struct warmup_process *p)
{
	return p->class < WARMUP_UNSETTLED;
}

/* One slow first iteration may be a spike; in most processes it is none. */
static bool first_is_slow(const struct warmup_process *processes, size_t count)
{
	size_t slow = 0;

	for (size_t i = 0; i < count; i++)
		slow += processes[i].odd_first;
	return slow >= FEWEST_FIRSTS && slow * 2 > count;
}

static void count_classes(const struct warmup_process *processes, size_t count, struct warmup_level *out)
{
	bool slow = first_is_slow(processes, count);

	for (size_t i = 0; i < count; i++) {
		const struct warmup_process *p = &processes[i];
		bool is_warmup = slow && p->class == WARMUP_FLAT && p->odd_first;

		out->counts[is_warmup ? WARMUP_WARMUP : p->class]++;
	}
}

static enum warmup_class join_classes(const size_t *counts, size_t count)
{
	size_t decided = count - counts[WARMUP_UNDECIDED];

	if (decided == 0 || decided * 2 < count)
		return WARMUP_UNDECIDED;
	for (int which = 0; which < WARMUP_UNDECIDED; which++)
		if (counts[which] == decided)
			return which;
	return counts[WARMUP_FLAT] + counts[WARMUP_WARMUP] == decided ? WARMUP_MIXED_GOOD : WARMUP_MIXED_BAD;
}

static enum warmup_speed judge_speed(const struct warmup_level *level, size_t count)
{
	size_t unsettled = level->counts[WARMUP_UNSETTLED];

	if (count == 0 || unsettled * TOLERATED_SHARE > count || unsettled == count)
		return WARMUP_SPEED_REFUSED;
	return level->class == WARMUP_UNDECIDED ? WARMUP_SPEED_ASSUMED : WARMUP_SPEED_SHOWN;
}

static void find_start(const struct warmup_process *processes, size_t count, struct warmup_level *out)
{
	AUTO_FREE double *after = mem_new(count + 1, sizeof(*after));
	size_t settled = 0;

	out->steady_start = out->counts[WARMUP_WARMUP] > 0; /* also where only the first iteration is slow */
	for (size_t i = 0; i < count; i++) {
		if (!is_settled(&processes[i]))
			continue;
		if (processes[i].steady_start > out->steady_start)
			out->steady_start = processes[i].steady_start;
		after[settled++] = processes[i].steady_after_s;
	}
	out->steady_after_s = out->steady_after_low_s = out->steady_after_high_s = NAN;
	if (settled == 0)
		return;
	qsort(after, settled, sizeof(after[0]), order_compare);
	out->steady_after_low_s = after[0];
	out->steady_after_high_s = after[settled - 1];
	out->steady_after_s = order_median(after, settled);
}

void warmup_judge_level(const struct warmup_process *processes, size_t count, struct warmup_level *out)
{
	memset(out, 0, sizeof(*out));
	count_classes(processes, count, out);
	out->class = join_classes(out->counts, count);
	out->speed = judge_speed(out, count);
	if (out->speed != WARMUP_SPEED_REFUSED)
		out->left_out = out->counts[WARMUP_UNSETTLED];
	find_start(processes, count, out);
}
