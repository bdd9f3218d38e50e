/* How benchmarks are measured: shared by the commands that do. */
#ifndef LABCTL_CLI_MEASURING_H
#define LABCTL_CLI_MEASURING_H

#include "lab/lab.h"
#include "plan/plan.h"
#include "run/measure.h"

/* seed: a whole number as typed; NULL: one is drawn. */
int measuring_opts(const struct lab *lab, const char *seed, struct measure_opts *out, struct err *e);

/* Gives each lane of the plan its time for measuring. Lanes that use this machine are measured one after the other, and
 * share the budget by what they take; a host has all of it. budget_ns 0: what is enough for something to be said of
 * every benchmark. */
void measuring_share(const struct plan *p, int64_t budget_ns);
/* Says how long that will take, where anything is measured. */
void measuring_tell(const struct plan *p, int64_t budget_ns, uint64_t seed);

#endif
