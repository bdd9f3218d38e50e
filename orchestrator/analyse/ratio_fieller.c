#include <math.h>
#include <stdlib.h>

#include "analyse/distributions.h"
#include "analyse/ratio_inside.h"

/* Relative to its own mean: the squared standard error of the mean of a side's processes. */
static double relative_variance(const double *means, size_t count, double mean)
{
	double deviation = stats_deviation(means, count) / mean;

	return deviation * deviation / (double)count;
}

/* The bounds in units of the observed quotient are where (1 - q)^2 = t^2 (changed + base q^2): the roots of
 * (1 - g) q^2 - 2 q + (1 - h) with g = t^2 base, h = t^2 changed. */
static struct interval solve(double quotient, double g, double h)
{
	double root = g + h - g * h;

	if (g >= 1)
		return (struct interval){ 0, INFINITY };
	root = sqrt(fmax(root, 0));
	return (struct interval){ quotient * fmax((1 - root) / (1 - g), 0), quotient * (1 + root) / (1 - g) };
}

int ratio_fieller(const struct side *base, const struct side *changed, double alpha, struct interval *out,
		  struct err *e)
{
	AUTO_QUOTIENT q = { 0 };
	double base_share, changed_share, freedom, t;

	if (quotient_of(base, changed, &q, e) < 0)
		return -1;
	*out = interval_none();
	if (base->count < 2 || changed->count < 2)
		return 0;
	base_share = relative_variance(q.base_means, base->count, q.base_mean);
	changed_share = relative_variance(q.changed_means, changed->count, q.changed_mean);
	freedom = welch_freedom(base_share, base->count, changed_share, changed->count);
	t = dist_t_critical(alpha, freedom);
	*out = solve(q.value, t * t * base_share, t * t * changed_share);
	return 0;
}
