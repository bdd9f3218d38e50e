/* How benchmarks are measured: shared by the commands that do. */
#ifndef LABCTL_CLI_MEASURING_H
#define LABCTL_CLI_MEASURING_H

#include "lab/lab.h"
#include "run/measure.h"

/* seed: a whole number as typed; NULL: one is drawn. */
int measuring_opts(const struct lab *lab, const char *seed, struct measure_opts *out, struct err *e);

#endif
