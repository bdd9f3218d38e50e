#include "analyse/noninferior.h"

#include <math.h>

#include "analyse/distributions.h"
#include "analyse/holm.h"
#include "analyse/ratio_inside.h"
#include "base/mem.h"

/* Logarithms that are no further apart may come from equal values. */
#define ROUNDING 1e-13

const char *margin_word(enum margin_word w)
{
	static const char *const words[] = { "kept", "exceeded", "open" };

	return (unsigned)w < COUNT_OF(words) ? words[w] : "unknown";
}

/* Where nothing varies there is no chance: a count of instructions keeps its margin or does not. */
static double p_kept(const struct ratio *r, double margin)
{
	double room = log1p(margin) - r->log_value;

	if (!ratio_has_interval(r))
		return NAN;
	return r->log_error == 0 ? room < -ROUNDING : dist_t_below(-room / r->log_error, r->freedom);
}

static double p_exceeded(const struct ratio *r, double margin)
{
	double room = log1p(margin) - r->log_value;

	if (!ratio_has_interval(r))
		return NAN;
	return r->log_error == 0 ? room >= -ROUNDING : dist_t_below(room / r->log_error, r->freedom);
}

static double power_of(const struct margin_contest *c, double alpha)
{
	double room = log1p(c->margin);

	if (!ratio_has_interval(&c->ratio))
		return NAN;
	if (c->ratio.log_error == 0)
		return 1;
	return dist_t_below(room / c->ratio.log_error - dist_t_critical(2 * alpha, c->ratio.freedom), c->ratio.freedom);
}

static bool would_do(const struct margin_contest *c, size_t processes, double alpha, double power)
{
	double n = (double)processes, base_share = c->ratio.base_deviation * c->ratio.base_deviation / n;
	double changed_share = c->ratio.changed_deviation * c->ratio.changed_deviation / n;
	double freedom = welch_freedom(base_share, processes, changed_share, processes);
	double error = sqrt(base_share + changed_share);

	return error == 0 ||
	       (dist_t_critical(2 * alpha, freedom) + dist_t_quantile(power, freedom)) * error <= log1p(c->margin);
}

static size_t plan_processes(const struct margin_contest *c, double alpha, double power)
{
	size_t few = 1, enough = NONINFERIOR_MOST_PROCESSES;

	if (!ratio_has_interval(&c->ratio) || !would_do(c, enough, alpha, power))
		return 0;
	while (enough - few > 1) {
		size_t middle = few + (enough - few) / 2;

		*(would_do(c, middle, alpha, power) ? &enough : &few) = middle;
	}
	return enough;
}

void margins_judge(const struct margin_contest *family, size_t count, double alpha, double power,
		   struct margin_judgement *out)
{
	AUTO_FREE double *p = mem_new(count + 1, sizeof(*p));
	AUTO_FREE struct holm *holm = mem_new(count + 1, sizeof(*holm));

	for (size_t i = 0; i < count; i++)
		p[i] = p_exceeded(&family[i].ratio, family[i].margin);
	holm_adjust(p, count, alpha, holm);
	for (size_t i = 0; i < count; i++) {
		const struct margin_contest *c = &family[i];

		out[i] = (struct margin_judgement){
			.word = MARGIN_OPEN,
			.bounds = ratio_interval(&c->ratio, 2 * alpha),
			.p_kept = p_kept(&c->ratio, c->margin),
			.p_exceeded = holm[i].adjusted,
			.detectable = ratio_detectable(&c->ratio, 2 * alpha, power),
			.power = power_of(c, alpha),
			.processes = plan_processes(c, alpha, power),
		};
		if (out[i].p_kept <= alpha)
			out[i].word = MARGIN_KEPT;
		else if (out[i].p_exceeded <= alpha)
			out[i].word = MARGIN_EXCEEDED;
	}
}
