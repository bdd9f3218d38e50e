/* How benchmarks are measured: shared by the commands that do. */
#ifndef LABCTL_CLI_MEASURING_H
#define LABCTL_CLI_MEASURING_H

#include "lab/lab.h"
#include "run/measure.h"

/* All lanes that use this machine together have budget_ns. seed: a whole number as typed; NULL: one is drawn. */
int measuring_opts(const struct lab *lab, int64_t budget_ns, const char *seed, struct measure_opts *out, struct err *e);

#endif
