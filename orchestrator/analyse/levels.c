#include "analyse/levels.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/distributions.h"
#include "base/mem.h"

/* S_1^2 relative to mean^2; adds up 1 / r_j on the way. */
static double within_processes(const struct side *s, double mean, double *out_reciprocals)
{
	double squares = 0, freedom = 0;

	*out_reciprocals = 0;
	for (size_t j = 0; j < s->count; j++) {
		const struct sample *process = &s->processes[j];
		double deviation, own = (double)process->count - 1;

		*out_reciprocals += 1 / (double)process->count;
		if (process->count < 2)
			continue;
		deviation = stats_deviation(process->values, process->count) / mean;
		squares += deviation * deviation * own;
		freedom += own;
	}
	return freedom > 0 ? squares / freedom : NAN;
}

int levels_of(const struct side *s, struct levels *out, struct err *e)
{
	AUTO_FREE double *means = side_means(s, NULL, e);
	double reciprocals, between;

	if (means == NULL)
		return -1;
	*out = (struct levels){ .mean = stats_mean(means, s->count), .processes = s->count };
	out->s1 = out->t1 = within_processes(s, out->mean, &reciprocals);
	out->iterations = (double)s->count / reciprocals;
	between = stats_deviation(means, s->count) / out->mean;
	out->s2 = between * between;
	out->t2 = isnan(out->s1) ? out->s2 : out->s2 - out->s1 / out->iterations;
	return 0;
}

size_t levels_plan_iterations(const struct levels *l, double iteration_cost, double process_cost, size_t most)
{
	double wanted;

	if (isnan(l->t1) || isnan(l->t2) || !(iteration_cost > 0) || !(process_cost > 0))
		return 0;
	if (l->t2 <= 0)
		return most;
	wanted = ceil(sqrt(process_cost / iteration_cost * l->t1 / l->t2));
	return wanted < 1 ? 1 : wanted < (double)most ? (size_t)wanted : most;
}

double levels_half_width(const struct levels *l, size_t processes, size_t iterations, double alpha)
{
	double t1 = isnan(l->t1) ? 0 : l->t1, n = (double)processes;

	if (processes < 2 || iterations == 0 || isnan(l->t2))
		return NAN;
	return dist_t_critical(alpha, n - 1) * sqrt((fmax(l->t2, 0) + t1 / (double)iterations) / n);
}

/* More processes always mean a narrower interval, so the fewest that do are found by halving. */
size_t levels_plan_processes(const struct levels *l, size_t iterations, double half_width, double alpha, size_t most)
{
	size_t few = 1, enough = most;

	if (most < 2 || !(levels_half_width(l, most, iterations, alpha) <= half_width))
		return 0;
	while (enough - few > 1) {
		size_t middle = few + (enough - few) / 2;

		*(levels_half_width(l, middle, iterations, alpha) <= half_width ? &enough : &few) = middle;
	}
	return enough;
}
