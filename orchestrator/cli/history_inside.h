/* What history.c and history_series.c share. Not included elsewhere. */
#ifndef LABCTL_CLI_HISTORY_INSIDE_H
#define LABCTL_CLI_HISTORY_INSIDE_H

#include "cli/history.h"
#include "store/test_reader.h"

bool history_is_listed(const struct option_list *list, const char *text); /* an empty list holds all */
struct flaky_point history_flaky_point(int64_t run, int verdict);	  /* verdict as test_reader_verdicts gives it */
/* Of tests of a cell, over its newest `window` outcomes up to the run (0: to the newest); `out` has `count` places. */
int history_flaky_of(struct store *s, struct test_reader *reader, const char *cell_id, int64_t until_run, size_t window,
		     const char *const *tests, size_t count, struct flaky *out, struct err *e);

/* Series in the making. */
struct series_list {
	struct context *c;
	const struct history_wish *wish;
	struct test_reader *reader;
	struct history *history;
	size_t room;
};

/* All outcomes of the same coordinates, in the order of time. */
typedef int series_group_fn(struct series_list *l, const struct outcome_row *rows, size_t count, void *ctx,
			    struct err *e);
/* Every group that the name and the wish choose; *out_groups grows by their number. */
int series_each_group(struct series_list *l, const struct cell_name *name, series_group_fn *fn, void *ctx,
		      size_t *out_groups, struct err *e);
/* A new series of the group, with a point for each run, still without values. Stays until the next one is begun. */
struct history_series *series_begin(struct series_list *l, const struct outcome_row *rows, size_t count,
				    enum history_metric metric, const char *test);
/* Series of the tests that a name means; ERR_USAGE where it means none. */
int series_add_tests(struct series_list *l, const char *name, struct err *e);

#endif
