#include "analyse/break_even.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/order.h"
#include "base/mem.h"

#define CERTAIN	    2	 /* standard errors by which steady speeds differ, for an extrapolation */
#define MOST_PLACES 4096 /* at which totals are compared */

/* Totals of a runtime after (k + 1) · step calls, k < places. */
struct totals {
	double *processes; /* places after places, process by process */
	double *medians;
};

static double calls_of(const struct break_even_process *p)
{
	return (double)p->count * p->calls;
}

/* The number of calls that all processes made; 0: there is none. */
static double common_calls(const struct break_even_runtime *r)
{
	double least = INFINITY;

	for (size_t i = 0; i < r->count; i++)
		least = fmin(least, calls_of(&r->processes[i]));
	return isfinite(least) ? least : 0;
}

/* Seconds after (k + 1) · step calls, for all k < places. */
static void add_up(const struct break_even_process *p, double step, size_t places, double *out)
{
	double total = p->start_s;
	size_t done = 0;

	for (size_t k = 0; k < places; k++) {
		double calls = (double)(k + 1) * step;

		while (done < p->count && (double)(done + 1) * p->calls <= calls)
			total += p->values[done++] * p->calls;
		out[k] = total;
		if (done < p->count)
			out[k] += (calls - (double)done * p->calls) * p->values[done];
	}
}

static struct totals totals_of(const struct break_even_runtime *r, double step, size_t places)
{
	struct totals t = { mem_new(r->count * places, sizeof(double)), mem_new(places, sizeof(double)) };
	AUTO_FREE double *column = mem_new(r->count, sizeof(*column));

	for (size_t i = 0; i < r->count; i++)
		add_up(&r->processes[i], step, places, &t.processes[i * places]);
	for (size_t k = 0; k < places; k++) {
		for (size_t i = 0; i < r->count; i++)
			column[i] = t.processes[i * places + k];
		t.medians[k] = order_median(column, r->count);
	}
	return t;
}

static void totals_free(struct totals *t)
{
	free(t->processes);
	free(t->medians);
}

/* From what place on (a number of steps, between 0 and places) `late` is never behind again; 0: ahead at all places;
 * NAN: behind at the last one. */
static double crossing(const double *early, const double *late, size_t places)
{
	size_t k = places;
	double before, after;

	while (k > 0 && late[k - 1] <= early[k - 1])
		k--;
	if (k == places)
		return NAN;
	if (k == 0)
		return 0;
	before = late[k - 1] - early[k - 1];
	after = early[k] - late[k];
	return (double)k + before / (before + after);
}

/* Places are iterations of `late`, or several of them where there are very many. */
static double step_of(const struct break_even_runtime *late, double calls)
{
	double least = INFINITY;

	for (size_t i = 0; i < late->count; i++)
		least = fmin(least, late->processes[i].calls);
	return fmax(fmin(least, calls), calls / MOST_PLACES);
}

static double at_place(const double *totals, double place)
{
	size_t k = (size_t)place;
	double part = place - (double)k, low = k > 0 ? totals[k - 1] : 0;

	return part > 0 ? low + part * (totals[k] - low) : low;
}

/* After `calls` calls `late` is behind by so many seconds, and has spent so many. */
static void extrapolate(const struct break_even_runtime *early, const struct break_even_runtime *late, double calls,
			double behind_s, double spent_s, struct break_even *out)
{
	double gain = early->steady_s - late->steady_s;
	double error = hypot(early->steady_error_s, late->steady_error_s);

	if (isnan(gain) || isnan(error))
		return;
	if (gain < -CERTAIN * error)
		out->kind = BREAK_EVEN_NEVER;
	if (gain <= CERTAIN * error)
		return;
	out->kind = BREAK_EVEN_EXTRAPOLATED;
	out->calls = calls + behind_s / gain;
	out->elapsed_s = spent_s + behind_s / gain * late->steady_s;
}

static void count_processes(const struct totals *early, const struct totals *late, size_t processes, size_t places,
			    double step, struct break_even *out)
{
	for (size_t i = 0; i < processes; i++) {
		double calls = step * crossing(early->medians, &late->processes[i * places], places);

		if (isnan(calls))
			continue;
		out->caught_up++;
		out->low_calls = fmin(out->low_calls, calls); /* the other one when it is NAN */
		out->high_calls = fmax(out->high_calls, calls);
	}
}

static void compare(const struct break_even_runtime *early, const struct break_even_runtime *late, double step,
		    struct break_even *out)
{
	size_t places = (size_t)(out->compared_calls / step + 1e-9);
	struct totals a = totals_of(early, step, places), b = totals_of(late, step, places);
	double place = crossing(a.medians, b.medians, places);

	out->kind = BREAK_EVEN_NOT_WITHIN;
	if (isnan(place)) {
		double spent_s = b.medians[places - 1];

		extrapolate(early, late, (double)places * step, spent_s - a.medians[places - 1], spent_s, out);
	} else {
		out->kind = place > 0 ? BREAK_EVEN_WITHIN : BREAK_EVEN_FROM_START;
		out->calls = place * step;
		out->elapsed_s = at_place(b.medians, place);
	}
	count_processes(&a, &b, late->count, places, step, out);
	totals_free(&a);
	totals_free(&b);
}

void break_even_find(const struct break_even_runtime *early, const struct break_even_runtime *late,
		     struct break_even *out)
{
	double calls = fmin(common_calls(early), common_calls(late));
	double step;

	*out = (struct break_even){ .kind = BREAK_EVEN_UNKNOWN };
	out->calls = out->iteration = out->elapsed_s = out->low_calls = out->high_calls = NAN;
	out->compared_calls = calls;
	if (calls <= 0)
		return;
	step = step_of(late, calls);
	compare(early, late, step, out);
	out->iteration = out->calls / late->processes[0].calls;
}
