#include "cli/measuring.h"

#include <stdio.h>
#include <sys/random.h>

#include "analyse/repetitions.h"
#include "base/clock.h"

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

int measuring_opts(const struct lab *lab, int64_t budget_ns, const char *seed, struct measure_opts *out, struct err *e)
{
	*out = (struct measure_opts){
		.baseline = lab->settings.baseline ? lab->settings.baseline : "cpython",
		.budget_s = (double)budget_ns / (double)NS_PER_S,
		.half_width = 0.01,
		.processes_min = 4,
		.processes_max = 30,
		.plan = plan_rest,
	};
	return read_seed(seed, &out->seed, e);
}
