/* Rows and columns of a report's matrices, in the order in which they are shown. */
#ifndef LABCTL_CLI_REPORT_AXES_H
#define LABCTL_CLI_REPORT_AXES_H

#include "analyse/matrix.h"
#include "cli/context.h"

struct report_axes {
	struct matrix_column *columns;
	const struct outcome_row **rows; /* one of each row */
	size_t column_count, row_count;
};

/* Places in the lab's own order; what is not in it comes behind. */
struct report_orders {
	const struct target_spec **targets;
	const struct runtime_recipe **runtimes;
	size_t target_count, runtime_count;
	const char *baseline;
};

bool report_is_benchmark(const struct outcome_row *row);
/* Of the packages' tests, or of the benchmarks, among the rows, which are sorted by package and tier. The texts are the
 * rows'. */
void report_axes_find(const struct outcome_set *now, bool benchmarks, struct report_orders *orders,
		      struct report_axes *x);
void report_axes_free(struct report_axes *x);

#endif
