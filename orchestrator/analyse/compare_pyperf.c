#include "analyse/compare_pyperf.h"

#include <math.h>

#include "analyse/stats.h"
#include "base/mem.h"

double pyperf_critical_t(size_t freedom)
{
	static const double table[] = {
		0,     12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
		2.201, 2.179,  2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080,
		2.074, 2.069,  2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
	};
	static const struct {
		size_t from;
		double t;
	} beyond[] = { { 200, 1.960 }, { 100, 1.984 }, { 80, 1.990 }, { 60, 2.000 }, { 50, 2.009 }, { 40, 2.021 } };

	for (size_t i = 0; i < COUNT_OF(beyond); i++)
		if (freedom >= beyond[i].from)
			return beyond[i].t;
	return table[freedom < COUNT_OF(table) ? freedom : COUNT_OF(table) - 1];
}

/* Sum of the squared distances from the mean. */
static double squares_around(const double *values, size_t count, double mean)
{
	AUTO_FREE double *squares = mem_new(count, sizeof(*squares));

	for (size_t i = 0; i < count; i++)
		squares[i] = (values[i] - mean) * (values[i] - mean);
	return stats_sum(squares, count);
}

static double t_score(const double *base, const double *changed, size_t count, const struct pyperf_comparison *c)
{
	double squares = squares_around(base, count, c->base_mean) + squares_around(changed, count, c->changed_mean);
	double error = squares / (double)(2 * count - 2) / (double)count;
	double t = (c->base_mean - c->changed_mean) / sqrt(error * 2);

	return error > 0 && isfinite(t) ? t : NAN;
}

int pyperf_compare(const double *base, size_t base_count, const double *changed, size_t changed_count,
		   double min_speed_percent, struct pyperf_comparison *out, struct err *e)
{
	struct pyperf_comparison c = { .significant = true, .t = NAN };
	double factor;

	if (stats_check(base, base_count, true, "base", e) < 0 ||
	    stats_check(changed, changed_count, true, "changed", e) < 0)
		return -1;
	c.base_mean = stats_mean(base, base_count);
	c.changed_mean = stats_mean(changed, changed_count);
	c.ratio = c.changed_mean / c.base_mean;
	if (base_count == changed_count && base_count > 1)
		c.t = t_score(base, changed, base_count, &c);
	if (!isnan(c.t))
		c.significant = fabs(c.t) >= pyperf_critical_t(2 * base_count - 2);
	factor = c.ratio < 1 ? 1 / c.ratio : c.ratio;
	if ((factor - 1) * 100 < min_speed_percent)
		c.significant = false;
	*out = c;
	return 0;
}

double pyperf_geometric_mean(const double *ratios, size_t count)
{
	return stats_geometric_mean(ratios, count);
}

void pyperf_add_phrase(double ratio, struct str *out)
{
	if (ratio == 1)
		str_add(out, "no change");
	else if (ratio < 1)
		str_addf(out, "%.2fx faster", 1 / ratio);
	else
		str_addf(out, "%.2fx slower", ratio);
}
