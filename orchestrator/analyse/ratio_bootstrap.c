#include <stdlib.h>

#include "analyse/ratio_inside.h"
#include "analyse/rng.h"
#include "base/mem.h"

#define REPLICATES_LEAST 100

/* The mean of a process resampled from itself, in units of `unit`, so that no sum overflows. */
static double draw_process(const struct sample *process, double unit, struct rng *r)
{
	double sum = 0;

	for (size_t i = 0; i < process->count; i++)
		sum += process->values[rng_index(r, process->count)] / unit;
	return sum / (double)process->count;
}

static double draw_side(const struct side *s, double unit, struct rng *r)
{
	double sum = 0;

	for (size_t i = 0; i < s->count; i++)
		sum += draw_process(&s->processes[rng_index(r, s->count)], unit, r);
	return sum / (double)s->count;
}

int ratio_bootstrap(const struct side *base, const struct side *changed, double alpha, size_t replicates, uint64_t seed,
		    struct interval *out, struct err *e)
{
	AUTO_QUOTIENT q = { 0 };
	AUTO_FREE double *quotients = NULL;
	struct rng r;

	if (quotient_of(base, changed, &q, e) < 0)
		return -1;
	if (replicates < REPLICATES_LEAST)
		return err_set(e, ERR_USAGE, "a bootstrap of %zu replicates: at least %d are needed", replicates,
			       REPLICATES_LEAST);
	*out = interval_none();
	if (base->count < 2 || changed->count < 2)
		return 0;
	quotients = mem_new(replicates, sizeof(*quotients));
	rng_seed(&r, seed);
	for (size_t i = 0; i < replicates; i++)
		quotients[i] = draw_side(changed, q.changed_mean, &r) / draw_side(base, q.base_mean, &r) * q.value;
	out->low = stats_quantile(quotients, replicates, alpha / 2);
	out->high = stats_quantile(quotients, replicates, 1 - alpha / 2);
	return 0;
}
