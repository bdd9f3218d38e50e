#include "analyse/geomean.h"

#include <math.h>

#include "analyse/distributions.h"

static struct interval interval_of(const struct geomean *g, double alpha)
{
	double half;

	if (!(g->log_error >= 0))
		return interval_none();
	if (g->log_error == 0)
		return (struct interval){ g->value, g->value };
	half = dist_t_critical(alpha, g->freedom) * g->log_error;
	return (struct interval){ exp(log(g->value) - half), exp(log(g->value) + half) };
}

void geomean_of(const struct ratio *ratios, size_t count, double alpha, struct geomean *out)
{
	double logs = 0, squares = 0, below = 0, n;

	*out = (struct geomean){ NAN, NAN, NAN, interval_none(), 0, count };
	for (size_t i = 0; i < count; i++) {
		double square = ratios[i].log_error * ratios[i].log_error;

		if (isnan(ratios[i].value))
			continue;
		out->count++;
		logs += ratios[i].log_value;
		squares += square; /* NaN for a ratio without interval, and so the sum */
		below += square == 0 ? 0 : square * square / ratios[i].freedom;
	}
	if (out->count == 0)
		return;
	n = (double)out->count;
	out->value = exp(logs / n);
	out->log_error = sqrt(squares) / n;
	out->freedom = squares == 0 ? INFINITY : squares * squares / below;
	out->interval = interval_of(out, alpha);
}
