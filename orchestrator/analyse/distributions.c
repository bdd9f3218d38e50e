#include "analyse/distributions.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>

/* With so many degrees of freedom a t distribution and the normal one are the same doubles. */
#define FREEDOM_NORMAL 1e14
#define NEWTON_STEPS   50

/* GSL ends the program on an error unless it is told not to. */
static void keep_going(void)
{
	static bool told;

	if (!told)
		gsl_set_error_handler_off();
	told = true;
}

static bool is_probability(double p)
{
	return p >= 0 && p <= 1;
}

double dist_normal_below(double z)
{
	return isnan(z) ? NAN : gsl_cdf_ugaussian_P(z);
}

double dist_normal_quantile(double p)
{
	keep_going();
	return is_probability(p) ? gsl_cdf_ugaussian_Pinv(p) : NAN;
}

/* P(T >= t) for t >= 0: small tails keep their digits only on this side. */
static double t_above(double t, double freedom)
{
	if (isinf(t))
		return 0;
	return freedom >= FREEDOM_NORMAL ? gsl_cdf_ugaussian_Q(t) : gsl_cdf_tdist_Q(t, freedom);
}

/* The t >= 0 with P(T >= t) = above <= 1/2. GSL's inverse is right to some nine digits, and to none in far tails of few
 * degrees of freedom; its tail and density are right to all. Newton's steps with these mend it: in logarithms, where a
 * tail is nearly a straight line, so that they come from anywhere. */
static double t_exceeded(double above, double freedom)
{
	double t;

	if (above >= 0.5)
		return 0;
	if (freedom >= FREEDOM_NORMAL)
		return gsl_cdf_ugaussian_Qinv(above);
	t = gsl_cdf_tdist_Qinv(above, freedom);
	for (int i = 0; i < NEWTON_STEPS && t > 0; i++) {
		double tail = t_above(t, freedom);
		double step = log(tail / above) * tail / (t * gsl_ran_tdist_pdf(t, freedom));

		if (!isfinite(step))
			return t;
		t *= exp(step);
		if (fabs(step) < 1e-14)
			return t;
	}
	return t;
}

double dist_t_below(double t, double freedom)
{
	keep_going();
	if (isnan(t) || !(freedom > 0))
		return NAN;
	return t > 0 ? 1 - t_above(t, freedom) : t_above(-t, freedom);
}

double dist_t_quantile(double p, double freedom)
{
	keep_going();
	if (!is_probability(p) || !(freedom > 0))
		return NAN;
	return p < 0.5 ? -t_exceeded(p, freedom) : t_exceeded(1 - p, freedom);
}

double dist_t_two_sided(double t, double freedom)
{
	keep_going();
	if (isnan(t) || !(freedom > 0))
		return NAN;
	return fmin(1, 2 * t_above(fabs(t), freedom));
}

double dist_t_critical(double alpha, double freedom)
{
	keep_going();
	if (!(alpha > 0) || alpha > 1 || !(freedom > 0))
		return NAN;
	return t_exceeded(alpha / 2, freedom);
}

static bool is_freedom(double freedom)
{
	return freedom > 0 && isfinite(freedom);
}

double dist_f_above(double x, double freedom_1, double freedom_2)
{
	keep_going();
	if (isnan(x) || !is_freedom(freedom_1) || !is_freedom(freedom_2))
		return NAN;
	return x <= 0 ? 1 : isinf(x) ? 0 : gsl_cdf_fdist_Q(x, freedom_1, freedom_2);
}

double dist_f_quantile(double p, double freedom_1, double freedom_2)
{
	keep_going();
	if (!is_probability(p) || !is_freedom(freedom_1) || !is_freedom(freedom_2))
		return NAN;
	return p == 1 ? INFINITY : gsl_cdf_fdist_Pinv(p, freedom_1, freedom_2);
}

double dist_chi2_above(double x, double freedom)
{
	keep_going();
	if (isnan(x) || !is_freedom(freedom))
		return NAN;
	return x <= 0 ? 1 : isinf(x) ? 0 : gsl_cdf_chisq_Q(x, freedom);
}

double dist_chi2_quantile(double p, double freedom)
{
	keep_going();
	if (!is_probability(p) || !is_freedom(freedom))
		return NAN;
	return p == 1 ? INFINITY : gsl_cdf_chisq_Pinv(p, freedom);
}

double dist_binomial_below(int64_t k, double p, int64_t n)
{
	keep_going();
	if (!is_probability(p) || n < 0 || n > UINT_MAX)
		return NAN;
	if (k < 0)
		return 0;
	return k >= n ? 1 : gsl_cdf_binomial_P((unsigned)k, p, (unsigned)n);
}
