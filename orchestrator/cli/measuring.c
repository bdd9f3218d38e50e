#include "cli/measuring.h"

#include <math.h>
#include <stdio.h>
#include <sys/random.h>

#include "analyse/repetitions.h"
#include "base/clock.h"
#include "base/log.h"

#define NATIVE_BENCHMARK_S   12 /* a benchmark under two runtimes: calibration and a few processes of each */
#define EMULATED_BENCHMARK_S 40 /* most of it is starting the interpreters */

static int read_seed(const char *text, uint64_t *out, struct err *e)
{
	unsigned long long value;
	char rest;

	if (!text)
		return getrandom(out, sizeof(*out), 0) == sizeof(*out) ? 0 : err_errno(e, ERR_IO, "random numbers");
	if (text[0] == '-' || sscanf(text, "%llu%c", &value, &rest) != 1)
		return err_set(e, ERR_USAGE, "--seed %.60s: a whole number from 0 is wanted", text);
	*out = value;
	return 0;
}

static struct campaign_size plan_rest(const struct bench_series *pilot, const struct campaign_wish *w)
{
	const struct repetitions_wish wish = { w->budget_s, w->half_width, w->iterations_max, w->processes_min,
					       w->processes_max };
	struct repetitions r = repetitions_plan(pilot, &wish);

	return (struct campaign_size){ r.processes, r.iterations };
}

int measuring_opts(const struct lab *lab, const char *seed, struct measure_opts *out, struct err *e)
{
	*out = (struct measure_opts){
		.baseline = lab->settings.baseline ? lab->settings.baseline : "cpython",
		.half_width = 0.01,
		.processes_min = 4,
		.processes_max = 30,
		.plan = plan_rest,
	};
	return read_seed(seed, &out->seed, e);
}

static double measure_each_s(const struct lane *lane)
{
	return target_is_emulated(lane->target) ? EMULATED_BENCHMARK_S : NATIVE_BENCHMARK_S;
}

static double measure_estimate_s(const struct lane *lane)
{
	double sum_s = 0;

	for (size_t i = 0; i < lane->count; i++)
		sum_s += lane->cells[i].benchmark ? measure_each_s(lane) / 2 : 0;
	return sum_s;
}

static bool is_measured_here(const struct lane *lane)
{
	return lane->target->kind != TARGET_SSH;
}

static double measure_estimate_here_s(const struct plan *p)
{
	double here_s = 0;

	for (size_t i = 0; i < p->lane_count; i++)
		here_s += is_measured_here(&p->lanes[i]) ? measure_estimate_s(&p->lanes[i]) : 0;
	return here_s;
}

static int64_t measure_estimate_ns(const struct plan *p)
{
	double longest_s = measure_estimate_here_s(p);

	for (size_t i = 0; i < p->lane_count; i++)
		if (!is_measured_here(&p->lanes[i]))
			longest_s = fmax(longest_s, measure_estimate_s(&p->lanes[i]));
	return (int64_t)(longest_s * (double)NS_PER_S);
}

void measuring_share(const struct plan *p, int64_t budget_ns)
{
	double here_s = measure_estimate_here_s(p), budget_s = (double)budget_ns / (double)NS_PER_S;

	for (size_t i = 0; i < p->lane_count; i++) {
		struct lane *lane = &p->lanes[i];
		double own_s = measure_estimate_s(lane);

		lane->measure_least_s = budget_ns ? 0 : measure_each_s(lane);
		lane->measure_budget_s = own_s;
		if (budget_ns)
			lane->measure_budget_s =
				is_measured_here(lane) ? budget_s * own_s / fmax(here_s, own_s) : budget_s;
	}
}

static size_t benchmark_cells(const struct plan *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->lane_count; i++)
		for (size_t k = 0; k < p->lanes[i].count; k++)
			count += p->lanes[i].cells[k].benchmark != NULL;
	return count;
}

void measuring_tell(const struct plan *p, int64_t budget_ns, uint64_t seed)
{
	int64_t estimate_ns = budget_ns ? budget_ns : measure_estimate_ns(p);
	size_t cells = benchmark_cells(p);
	char text[32];

	clock_format_duration(estimate_ns, text, sizeof(text));
	if (cells)
		log_info("%zu benchmark cells: measuring takes about %s, installing comes on top; seed %llu", cells,
			 text, (unsigned long long)seed);
}
