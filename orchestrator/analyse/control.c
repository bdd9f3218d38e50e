#include "analyse/control.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/holm.h"
#include "base/mem.h"

static bool is_checked(const struct ratio *r)
{
	return ratio_has_interval(r) && r->base_count >= CONTROL_LEAST_PROCESSES &&
	       r->changed_count >= CONTROL_LEAST_PROCESSES;
}

static double difference_of(double ratio)
{
	return ratio < 1 ? 1 / ratio - 1 : ratio - 1;
}

/* The interval of a ratio as one of its difference, either way: from 0 where it holds 1. */
static struct interval difference_interval(struct interval ratio)
{
	double low = difference_of(ratio.low), high = difference_of(ratio.high);

	return (struct interval){ interval_holds(ratio, 1) ? 0 : fmin(low, high), fmax(low, high) };
}

static void find_largest(const struct ratio *halves, size_t count, double alpha, struct control *c)
{
	for (size_t i = 0; i < count; i++) {
		double difference = difference_of(halves[i].value);

		if (!is_checked(&halves[i]) || (c->largest_of != CONTROL_NONE && difference <= c->largest))
			continue;
		c->largest = difference;
		c->largest_of = i;
	}
	c->largest_interval = difference_interval(ratio_interval(&halves[c->largest_of], alpha / (double)c->checked));
}

static void find_typical(const struct ratio *halves, size_t count, double alpha, struct control *c)
{
	AUTO_FREE double *differences = mem_new(c->checked, sizeof(*differences));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (is_checked(&halves[i]))
			differences[n++] = difference_of(halves[i].value);
	c->typical = stats_median(differences, n);
	c->typical_interval = stats_median_interval(differences, n, alpha);
}

/* Each at the level that Holm's procedure held it against. */
static void find_detectable(const struct ratio *halves, const struct holm *holm, size_t count, double power,
			    struct control *c)
{
	AUTO_FREE double *detectable = mem_new(c->checked, sizeof(*detectable));
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(holm[i].level))
			detectable[n++] = ratio_detectable(&halves[i], holm[i].level, power);
	c->detectable = stats_median(detectable, n);
}

static void find_worst(const double *p, const struct holm *holm, size_t count, struct control *c)
{
	for (size_t i = 0; i < count; i++)
		if (!isnan(p[i]) && (c->worst == CONTROL_NONE || p[i] < p[c->worst]))
			c->worst = i;
	c->adjusted_p = holm[c->worst].adjusted;
}

void control_judge(const struct ratio *halves, size_t count, double alpha, double power, struct control *out)
{
	AUTO_FREE double *p = mem_new(count + 1, sizeof(*p));
	AUTO_FREE struct holm *holm = mem_new(count + 1, sizeof(*holm));

	*out = (struct control){
		.state = CONTROL_TOO_LITTLE,
		.benchmarks = count,
		.adjusted_p = NAN,
		.worst = CONTROL_NONE,
		.largest = NAN,
		.largest_interval = interval_none(),
		.largest_of = CONTROL_NONE,
		.typical = NAN,
		.typical_interval = interval_none(),
		.detectable = NAN,
	};
	for (size_t i = 0; i < count; i++) {
		p[i] = is_checked(&halves[i]) ? ratio_p(&halves[i]) : NAN;
		out->checked += !isnan(p[i]);
	}
	if (out->checked == 0)
		return;
	holm_adjust(p, count, alpha, holm);
	find_worst(p, holm, count, out);
	find_largest(halves, count, alpha, out);
	find_typical(halves, count, alpha, out);
	find_detectable(halves, holm, count, power, out);
	if (out->adjusted_p <= alpha)
		out->state = CONTROL_FAILED;
	else if (2 * out->checked >= count)
		out->state = CONTROL_PASSED;
}

const char *control_word(enum control_state s)
{
	static const char *const words[] = { "passed", "failed", "too little data" };

	return (unsigned)s < COUNT_OF(words) ? words[s] : "unknown";
}
