/* The A/A control of a campaign: the same runtime against itself, so that every difference is false.
 *
 * The baseline's processes were split at random into halves "a" and "b" before they ran. Where the halves of a
 * benchmark differ by more than chance allows (Holm over all benchmarks, family-wise level alpha), something moves the
 * times that is not what is compared: no verdict of the campaign is to be trusted. A sound campaign fails with a chance
 * of at most alpha.
 *
 * How far the halves are apart is the noise floor of the campaign. It is an upper estimate: a half has half the
 * processes, so that the ratio of two halves varies by about 1.4 times as much as that of two whole sides. */
#ifndef LABCTL_ANALYSE_CONTROL_H
#define LABCTL_ANALYSE_CONTROL_H

#include "analyse/ratio.h"

enum control_state {
	CONTROL_PASSED,
	CONTROL_FAILED,
	CONTROL_TOO_LITTLE, /* fewer than half of the benchmarks have CONTROL_LEAST_PROCESSES in each half */
};

#define CONTROL_LEAST_PROCESSES 3
#define CONTROL_NONE		SIZE_MAX /* no benchmark */

/* Differences are factors away from 1, either way: 0.02 stands for 1.02 and for 1 / 1.02. */
struct control {
	enum control_state state;
	size_t checked, benchmarks; /* n of N */
	double adjusted_p;	    /* the smallest; NaN: none checked */
	size_t worst;		    /* the benchmark it is of; CONTROL_NONE */
	/* The noise floor, of the benchmarks checked; NaN and none without one. The largest has its interval at level
	 * alpha / n, since it was chosen for being the largest; the typical one, the median, has none below 6
	 * benchmarks (for alpha 0.05; stats_median_interval). */
	double largest, typical;
	struct interval largest_interval, typical_interval;
	size_t largest_of; /* the benchmark; CONTROL_NONE */
	/* What a control can see: the median of the differences that it would find with the power asked for, each at
	 * its level. A control that passed says nothing of smaller ones. */
	double detectable;
};

/* halves: of each benchmark, a as base and b as changed; ratio_none() where there are none. */
void control_judge(const struct ratio *halves, size_t count, double alpha, double power, struct control *out);
const char *control_word(enum control_state s); /* "passed", "failed", "too little data" */

#endif
