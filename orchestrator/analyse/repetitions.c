#include "analyse/repetitions.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/levels.h"
#include "base/mem.h"

#define ALPHA	     0.05
#define SHORTEST_S   1e-9
#define LEAST_COST_S 1e-4 /* of a process, where its start cannot be told from its iterations */

/* What the pilot costs: seconds of an iteration, and of a process besides its iterations. */
struct costs {
	double iteration_s, process_s;
};

static double iterations_s(const struct bench_run *run)
{
	double sum = 0;

	for (size_t i = 0; i < run->value_count; i++)
		sum += run->values[i];
	return sum * (double)run->loops * (double)run->inner_loops;
}

static size_t gather(const struct bench_series *pilot, struct sample *late, struct costs *costs)
{
	size_t count = 0;

	*costs = (struct costs){ 0 };
	for (size_t i = 0; i < pilot->run_count; i++) {
		const struct bench_run *run = &pilot->runs[i];
		size_t half = run->value_count / 2;
		double sum_s;

		if (run->kind != BENCH_MEASURED || !run->value_count)
			continue;
		late[count++] = (struct sample){ run->values + half, run->value_count - half };
		sum_s = iterations_s(run);
		costs->iteration_s += sum_s / (double)run->value_count;
		costs->process_s += fmax(bench_fact_number(bench_fact(&run->facts, "wall_s"), sum_s) - sum_s, 0);
	}
	costs->iteration_s = fmax(costs->iteration_s / (double)(count ? count : 1), SHORTEST_S);
	costs->process_s = fmax(costs->process_s / (double)(count ? count : 1), LEAST_COST_S);
	return count;
}

static size_t within(double value, size_t low, size_t high)
{
	if (!(value > (double)low))
		return low;
	return value < (double)high ? (size_t)value : high;
}

static size_t plan_iterations(const struct levels *l, const struct costs *c, const struct repetitions_wish *w)
{
	size_t fit = within(w->budget_s / 3 / c->iteration_s, 1, w->iterations_max);
	size_t least = fit < REPETITIONS_ITERATIONS_MIN ? fit : REPETITIONS_ITERATIONS_MIN;
	size_t best = levels_plan_iterations(l, c->iteration_s, c->process_s, w->iterations_max);

	best = best > fit ? fit : best;
	return best < least ? least : best;
}

struct repetitions repetitions_plan(const struct bench_series *pilot, const struct repetitions_wish *w)
{
	AUTO_FREE struct sample *late = mem_new(pilot->run_count + 1, sizeof(*late));
	struct repetitions out = { w->processes_min, w->iterations_max };
	struct costs costs;
	struct side side = { late, gather(pilot, late, &costs) };
	struct levels levels;
	size_t wanted;
	double affordable;

	if (!side.count || levels_of(&side, &levels, NULL))
		return out;
	out.iterations = plan_iterations(&levels, &costs, w);
	wanted = levels_plan_processes(&levels, out.iterations, w->half_width, ALPHA, w->processes_max);
	affordable = w->budget_s / (costs.process_s + (double)out.iterations * costs.iteration_s);
	out.processes = within((double)side.count + affordable, w->processes_min, wanted ? wanted : w->processes_max);
	if (out.processes < w->processes_min)
		out.processes = w->processes_min;
	return out;
}
