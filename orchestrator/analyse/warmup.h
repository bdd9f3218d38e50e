/* Warm-up: how the iterations of a process behave, where its steady state begins, and what it costs to get there.
 *
 * Levels are compared as logarithms, so a difference is relative, whatever the unit. What is asked of a difference is
 * that it exceeds the threshold by some standard errors of the means, never that two variances overlap. What the noise
 * does not allow to tell is `undecided`. The classes are those of Barrett, Bolz-Tereick, Killick, Mount, Tratt (Virtual
 * machine warmup blows hot and cold, OOPSLA 2017), and `cyclic`; how they are told apart is our own. */
#ifndef LABCTL_ANALYSE_WARMUP_H
#define LABCTL_ANALYSE_WARMUP_H

#include <stdbool.h>
#include <stddef.h>

#include "analyse/phases.h"
#include "base/err.h"

enum warmup_class {
	WARMUP_FLAT,
	WARMUP_WARMUP,
	WARMUP_SLOWDOWN,
	WARMUP_CYCLIC,
	WARMUP_UNSETTLED,
	WARMUP_UNDECIDED,
	WARMUP_MIXED_GOOD, /* of several processes, here and below */
	WARMUP_MIXED_BAD,
};
#define WARMUP_CLASS_COUNT (WARMUP_MIXED_BAD + 1)

/* What is shown and told of each class, in the order of the enumeration. */
struct warmup_word {
	const char *word;
	const char *sign; /* one column wide */
	const char *help; /* one sentence */
};
extern const struct warmup_word warmup_words[WARMUP_CLASS_COUNT];

struct warmup_rule {
	double threshold;      /* smallest relative difference of two levels that matters; 0.01 */
	size_t min_iterations; /* fewer are not judged; 30 */
	double steady_share;   /* the last share of the iterations that has to be of one level; 0.25 */
	double resolution;     /* flat only where noise cannot hide a relative change as large as this; 0.15 */
};
extern const struct warmup_rule warmup_defaults;

struct warmup_process {
	enum warmup_class class; /* none of the mixed ones */
	const char *why;	 /* undecided and no steady state: what it was; else NULL. A constant text. */
	size_t count;		 /* iterations */
	size_t spikes;		 /* single iterations far from their neighbours; they count in all means */
	/* The first iteration of the steady state, from 0. No steady state: count. Undecided: where it would begin. */
	size_t steady_start;
	double steady_after_s; /* time of all iterations before that; no steady state: NAN */
	/* Mean of the steady part, of a cyclic one over whole cycles, and its standard error with the correlation of
	 * neighbours in it. No steady state: NAN both. */
	double mean, mean_error;
	double before;	/* the level before that is furthest from the steady one / the steady one; none: 1 */
	double period;	/* cyclic: iterations, not always a whole number; else 0 */
	double swing;	/* cyclic: slowest place of the cycle to fastest, relative; spikes cut off, so at least that */
	bool odd_first; /* the first iteration is slow enough for a spike */
	/* The curve in short: levels are typical times (without spikes), errors relative. Indexes are iterations. */
	struct phase_list phases;
};

/* Judges one process from the times of all its iterations, in order, from its start. `scale` times a value is the time
 * that the iteration took: loops times inner loops where values are per loop. A time that is not a finite number above
 * 0 is an error (ERR_FORMAT), as are more than WARMUP_MOST of them. Free with warmup_free, also after an error. */
#define WARMUP_MOST 1000000
int warmup_judge(const double *values, size_t count, double scale, const struct warmup_rule *rule,
		 struct warmup_process *out, struct err *e);
void warmup_free(struct warmup_process *p);

/* May the means of the steady parts be compared as speeds? */
enum warmup_speed {
	WARMUP_SPEED_SHOWN,   /* a steady state is shown */
	WARMUP_SPEED_ASSUMED, /* nothing speaks against one, but too little is known: say so beside the speed */
	WARMUP_SPEED_REFUSED, /* there is none */
};

/* All processes of a benchmark under one runtime. */
struct warmup_level {
	enum warmup_class class;
	size_t counts[WARMUP_CLASS_COUNT]; /* processes of each class; those that are flat but for a slow first
					      iteration, which most of them have, count as warm-up */
	enum warmup_speed speed;
	size_t left_out;     /* processes without a steady state where a speed is shown all the same */
	size_t steady_start; /* every process with a steady state is in it from this iteration on */
	/* Median, least and most over the processes with a steady state; there is none: NAN. */
	double steady_after_s, steady_after_low_s, steady_after_high_s;
};

/* Puts the processes' classes together. They agree: their class. Undecided ones abstain, unless they are more than
 * half. Flat and warm-up side by side are MIXED_GOOD, any other mixture is MIXED_BAD. A speed is refused when more than
 * one in ten of the processes has no steady state (any, of fewer than ten): so few may have been judged wrongly.
 * Their means are NAN, so they are left out. */
void warmup_judge_level(const struct warmup_process *processes, size_t count, struct warmup_level *out);

#endif
