/* Does memory grow and grow? */
#ifndef LABCTL_ANALYSE_GROWTH_H
#define LABCTL_ANALYSE_GROWTH_H

#include <stddef.h>

#include "base/err.h"

enum growth_verdict {
	GROWTH_NO,
	GROWTH_YES,
	GROWTH_UNDECIDED,
};
#define GROWTH_VERDICT_COUNT (GROWTH_UNDECIDED + 1)

struct growth_word {
	const char *word;
	const char *help;
};
extern const struct growth_word growth_words[GROWTH_VERDICT_COUNT];

struct growth_rule {
	double threshold;   /* growth over the judged part that matters, relative to the level there; 0.01 */
	double late_share;  /* the judged part: the last share of the whole time; what comes before is start-up; 0.5 */
	size_t min_samples; /* within the judged part; fewer are not judged; 8 */
};
extern const struct growth_rule growth_defaults;

/* The memory of one process over time, or over rounds of the same work. */
struct growth_series {
	const double *at; /* seconds, or rounds; ascending */
	const double *bytes;
	size_t count;
};

struct growth {
	enum growth_verdict verdict;
	const char *why; /* what spoke against a clear answer; else NULL. A constant text. */
	size_t processes;
	double level_bytes;			/* in the judged part: median over processes */
	double slope, slope_low, slope_high;	/* bytes per unit of `at`, with a 95 % interval */
	double growth, growth_low, growth_high; /* the same over the judged part, relative to the level */
};

/* Judges the processes of one benchmark. A leak is growth that goes on: in the last half of the time memory rises by
 * more than the threshold, with certainty; most of it not in a single step; and it does not slow down as a start-up
 * does that comes to a plateau (when the last quarter of the time rises at less than half the pace of the second
 * quarter, the last half has to be straight). Growth that fails one of the latter two is undecided.
 *
 * The slope of a process is that of Theil and Sen (slope.h), of the medians of at most 64 equal stretches of its
 * samples. Over six or more processes: the median of their slopes, with the interval of the sign test (two order
 * statistics that cover the median with at least 95 %), since processes are independent whatever their samples are. Of
 * fewer: the median, and what covers all their intervals. Processes with too few samples are left out; `processes`
 * counts the others. Errors: ERR_FORMAT where a value is not finite, bytes are not above 0, or `at` descends. */
int growth_judge(const struct growth_series *series, size_t count, const struct growth_rule *rule, struct growth *out,
		 struct err *e);

#endif
