/* What ReBench's comments tell of runs. Inside of bench_rebench*.c. */
#ifndef LABCTL_PARSE_BENCH_REBENCH_H
#define LABCTL_PARSE_BENCH_REBENCH_H

#include <stdbool.h>

#define REBENCH_PARAMETERS 6

/* What tells one run from others. Texts may be "", parameters NULL too. */
struct rebench_identity {
	const char *benchmark, *executor, *suite;
	const char *parameters[REBENCH_PARAMETERS];
};

struct rebench_runs;

struct rebench_runs *rebench_runs_new(void);
/* "# benchmark: ID={…}" and "# run_id: ID={…}" are kept, other comments passed over. */
void rebench_runs_declare(struct rebench_runs *runs, const char *comment);
/* Texts stay those of `runs`. */
bool rebench_runs_find(const struct rebench_runs *runs, const char *id, struct rebench_identity *out);
void rebench_runs_free(struct rebench_runs *runs);

#endif
