/* What the iterations of one benchmark under one runtime on one machine say. Small: this is what the store keeps beside
 * the outcome, so that a matrix does not read every iteration again. */
#ifndef LABCTL_ANALYSE_SPEED_SUMMARY_H
#define LABCTL_ANALYSE_SPEED_SUMMARY_H

#include "analyse/growth.h"
#include "analyse/ratio.h"
#include "analyse/warmup.h"
#include "base/str.h"
#include "parse/bench.h"
#include "store/series.h"

#define SPEED_SUMMARY_VERSION 2 /* of the judgement; an older summary is made anew from the record */

struct speed_process {
	char role;		 /* 'a', 'b': halves of the A/A control; 0: none */
	bool failed;		 /* it died, hung or answered wrongly: not among the means */
	enum warmup_class class; /* of a failed one: undecided */
	int64_t iterations, steady_from;
	double mean, standard_error; /* of the steady part, in the unit of the series per loop; NaN: there is none */
	double before_steady_s;	     /* time until the steady part began, loops and all */
	double peak_bytes;	     /* NaN: unknown */
};

struct speed_summary {
	struct speed_process *processes; /* in the order in which they ran; calibration is not among them */
	size_t process_count;
	enum bench_unit unit;
	enum warmup_class class; /* of all processes together */
	enum warmup_speed speed; /* may means be compared as speeds? */
	double mean, low, high;	 /* over process means, with its 95 % interval; NaN where there is none */
	double median_peak_bytes;
	enum growth_verdict growth;			    /* does memory grow from round to round? */
	double growth_bytes_per_s, growth_low, growth_high; /* with its 95 % interval; NaN: not enough samples */
	size_t failed;
};

bool speed_known(const struct speed_summary *s); /* there is a mean, and it may be compared */
void speed_summarise(const struct bench_series *s, struct speed_summary *out);
void speed_summary_encode(const struct speed_summary *s, struct str *out); /* JSON */
int speed_summary_decode(const char *text, size_t len, struct speed_summary *out, struct err *e);
void speed_summary_free(struct speed_summary *s);

/* What a history keeps of it. */
struct speed_figures speed_figures_of(const struct speed_summary *s);
/* And back: as much of a summary as a comparison of means needs. Warm-up, roles and memory over time are not in it. */
void speed_summary_of_figures(const struct speed_figures *f, const double *means, size_t mean_count,
			      struct speed_summary *out);

/* The means of the processes that count, for ratios; role 0: of all. Returns how many were written; room for
 * process_count. */
size_t speed_means(const struct speed_summary *s, char role, double *out);
/* Of those means, changed to base; ratio_none() where a side has none. */
struct ratio speed_ratio(const struct speed_summary *base, char base_role, const struct speed_summary *changed,
			 char changed_role);

#endif
