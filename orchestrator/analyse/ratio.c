#include <math.h>
#include <stdlib.h>

#include "analyse/distributions.h"
#include "analyse/ratio_inside.h"
#include "base/mem.h"

/* Logarithms that are no further apart may come from equal values. */
#define ROUNDING 1e-13

double welch_freedom(double base_share, size_t base_count, double changed_share, size_t changed_count)
{
	double total = base_share + changed_share, below;
	size_t fewer = base_count < changed_count ? base_count : changed_count;

	if (fewer < 2)
		return NAN;
	if (total == 0)
		return INFINITY;
	if (fewer < RATIO_FEW_PROCESSES)
		return (double)(fewer - 1);
	base_share /= total;
	changed_share /= total;
	below = base_share * base_share / (double)(base_count - 1) +
		changed_share * changed_share / (double)(changed_count - 1);
	return 1 / below;
}

static int refuse(struct err *e)
{
	err_set(e, ERR_FORMAT, "the sides are hundreds of orders of magnitude apart");
	return err_hint(e, "Is it the same benchmark, in the same unit?");
}

/* Mean and deviation of the logarithms. */
static double describe_logs(const double *means, size_t count, double *out_deviation)
{
	AUTO_FREE double *logs = mem_new(count, sizeof(*logs));

	for (size_t i = 0; i < count; i++)
		logs[i] = log(means[i]);
	*out_deviation = stats_deviation(logs, count);
	return stats_mean(logs, count);
}

int ratio_of_means(const double *base, size_t base_count, const double *changed, size_t changed_count,
		   struct ratio *out, struct err *e)
{
	struct ratio r = { .base_count = base_count, .changed_count = changed_count };
	double base_share, changed_share;

	if (stats_check(base, base_count, true, "base: process means", e) < 0 ||
	    stats_check(changed, changed_count, true, "changed: process means", e) < 0)
		return -1;
	r.log_value = -describe_logs(base, base_count, &r.base_deviation);
	r.log_value += describe_logs(changed, changed_count, &r.changed_deviation);
	r.value = exp(r.log_value);
	if (!isnormal(r.value))
		return refuse(e);
	base_share = r.base_deviation * r.base_deviation / (double)base_count;
	changed_share = r.changed_deviation * r.changed_deviation / (double)changed_count;
	r.log_error = sqrt(base_share + changed_share);
	r.freedom = welch_freedom(base_share, base_count, changed_share, changed_count);
	*out = r;
	return 0;
}

int ratio_of(const struct side *base, const struct side *changed, struct ratio *out, struct err *e)
{
	AUTO_FREE double *base_means = side_means(base, "base", e);
	AUTO_FREE double *changed_means = base_means == NULL ? NULL : side_means(changed, "changed", e);

	if (changed_means == NULL)
		return -1;
	return ratio_of_means(base_means, base->count, changed_means, changed->count, out, e);
}

int quotient_of(const struct side *base, const struct side *changed, struct quotient *out, struct err *e)
{
	out->base_means = side_means(base, "base", e);
	out->changed_means = out->base_means == NULL ? NULL : side_means(changed, "changed", e);
	if (out->changed_means == NULL)
		return -1;
	out->base_mean = stats_mean(out->base_means, base->count);
	out->changed_mean = stats_mean(out->changed_means, changed->count);
	out->value = out->changed_mean / out->base_mean;
	return isnormal(out->value) ? 0 : refuse(e);
}

void quotient_free(struct quotient *q)
{
	free(q->base_means);
	free(q->changed_means);
}

struct ratio ratio_none(void)
{
	return (struct ratio){ NAN, NAN, NAN, NAN, NAN, NAN, 0, 0 };
}

bool ratio_has_interval(const struct ratio *r)
{
	return r->log_error >= 0;
}

/* Half the width of the interval of the logarithm. */
static double log_half_width(const struct ratio *r, double alpha)
{
	return r->log_error == 0 ? 0 : dist_t_critical(alpha, r->freedom) * r->log_error;
}

struct interval ratio_interval(const struct ratio *r, double alpha)
{
	double half;

	if (!ratio_has_interval(r))
		return interval_none();
	half = log_half_width(r, alpha);
	if (half == 0)
		return (struct interval){ r->value, r->value };
	return (struct interval){ exp(r->log_value - half), exp(r->log_value + half) };
}

double ratio_p(const struct ratio *r)
{
	if (!ratio_has_interval(r))
		return NAN;
	if (r->log_error == 0)
		return fabs(r->log_value) <= ROUNDING;
	return dist_t_two_sided(r->log_value / r->log_error, r->freedom);
}

double ratio_equivalence_p(const struct ratio *r, double margin)
{
	double room = log1p(margin) - fabs(r->log_value); /* to the nearer bound, whose p-value is the larger */

	if (!ratio_has_interval(r) || !(margin >= 0))
		return NAN;
	if (r->log_error == 0)
		return room < -ROUNDING;
	return dist_t_below(-room / r->log_error, r->freedom);
}

double ratio_within(const struct ratio *r, double alpha)
{
	return ratio_has_interval(r) ? expm1(fabs(r->log_value) + log_half_width(r, alpha)) : NAN;
}

double ratio_detectable(const struct ratio *r, double alpha, double power)
{
	if (!ratio_has_interval(r))
		return NAN;
	if (r->log_error == 0)
		return 0;
	return expm1((dist_t_critical(alpha, r->freedom) + dist_t_quantile(power, r->freedom)) * r->log_error);
}

static double expected_half_width(const struct ratio *r, size_t processes, double alpha)
{
	double n = (double)processes, base_share = r->base_deviation * r->base_deviation / n;
	double changed_share = r->changed_deviation * r->changed_deviation / n;
	struct ratio planned = {
		.log_error = sqrt(base_share + changed_share),
		.freedom = welch_freedom(base_share, processes, changed_share, processes),
	};

	return expm1(log_half_width(&planned, alpha));
}

size_t ratio_plan_processes(const struct ratio *r, double half_width, double alpha, size_t most)
{
	size_t few = 1, enough = most;

	if (!ratio_has_interval(r) || most < 2 || !(expected_half_width(r, most, alpha) <= half_width))
		return 0;
	while (enough - few > 1) {
		size_t middle = few + (enough - few) / 2;

		*(expected_half_width(r, middle, alpha) <= half_width ? &enough : &few) = middle;
	}
	return enough;
}
