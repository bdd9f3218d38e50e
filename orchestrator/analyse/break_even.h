/* When has a runtime that warms up caught up with another, in all the time that was spent? */
#ifndef LABCTL_ANALYSE_BREAK_EVEN_H
#define LABCTL_ANALYSE_BREAK_EVEN_H

#include <stddef.h>

/* One process, from its start. */
struct break_even_process {
	const double *values; /* seconds per call of the benchmark's body, of all iterations in order */
	size_t count;
	double calls;	/* of the body in an iteration: loops times inner loops */
	double start_s; /* what to add for the start of the process; 0: nothing */
};

struct break_even_runtime {
	const struct break_even_process *processes;
	size_t count;
	double steady_s, steady_error_s; /* per call, and its standard error; NAN: no steady state */
};

enum break_even_kind {
	BREAK_EVEN_FROM_START,	 /* ahead from the first call on */
	BREAK_EVEN_WITHIN,	 /* within what was run: measured */
	BREAK_EVEN_EXTRAPOLATED, /* later, were both to go on at their steady speeds: no measurement */
	BREAK_EVEN_NOT_WITHIN,	 /* never within what was run; nothing is known of later */
	BREAK_EVEN_NEVER,	 /* never within what was run, and `late` is slower in the steady state */
	BREAK_EVEN_UNKNOWN,	 /* a runtime has no process with an iteration */
};

struct break_even {
	enum break_even_kind kind;
	double calls;	       /* of the body, from where on `late` is never behind again; NAN: none */
	double iteration;      /* the same in iterations of the first process of `late`, not always whole */
	double elapsed_s;      /* what either has spent by then */
	double compared_calls; /* as far as all processes went */
	/* Each process of `late` against the median of `early`: how many caught up within what was run, and the first
	 * and last of them, in calls (NAN: none did). */
	size_t caught_up;
	double low_calls, high_calls;
};

/* Compares the total time that `late` (PyPy, say) has spent after so many calls with that of `early` (CPython): for
 * each the median over its processes, whose spikes are in it. Totals between iterations are interpolated.
 * Values are times as warmup_judge has checked them, calls are above 0. */
void break_even_find(const struct break_even_runtime *early, const struct break_even_runtime *late,
		     struct break_even *out);

#endif
