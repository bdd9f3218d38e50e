/* Questions to the history. */
#ifndef LABCTL_STORE_QUERY_H
#define LABCTL_STORE_QUERY_H

#include "store/series.h"
#include "store/store.h"

int query_runs(struct store *s, struct run_set *out, struct err *e); /* newest first */
/* The run that a tag names: 1 with the name of its folder (caller frees), 0: there is no such tag, -1. */
int query_tag(struct store *s, const char *tag, char **out_run_name, struct err *e);
/* All tags, sorted, NULL-ended, freed by the caller (AUTO_FREE_LIST). */
int query_tags(struct store *s, char ***out_tags, struct err *e);
/* "latest" "latest~2" "17", a run's name, a tag, or a day: "2026-11-20" is the last run that began on it or before, by
 * the clock of whoever asks. */
int query_resolve_run(struct store *s, const char *text, int64_t *out, struct err *e);
/* The last outcome of each of these cells (ids NULL-ended; NULL: of every cell that ever ran); each with facts when
 * asked. before_run > 0: only from runs before that one (what to compare with). */
int query_last(struct store *s, const char *const *cell_ids, int64_t before_run, bool with_facts,
	       struct outcome_set *out, struct err *e);
/* The last outcome of a (target, runtime, package, tier), whatever its cell id: what a changed recipe is compared with.
 * "" matches all. */
int query_last_like(struct store *s, const char *target, const char *runtime, const char *package, const char *tier,
		    int64_t before_run, struct outcome_set *out, struct err *e);
/* The state as of a run: of each (target, runtime, package, tier) the last outcome that is not of a run behind it. One
 * whose target was lost says nothing, and is passed over for what was before it. tier "": all. */
int query_state(struct store *s, const char *tier, int64_t run, struct outcome_set *out, struct err *e);
/* The last outcome with tests of the coordinates of `like`, up to its run; 0 in *out: there is none. */
int query_last_tested(struct store *s, const struct outcome_row *like, int64_t *out, struct err *e);
/* The ids of the cells that a run was to do, NULL-ended, freed by the caller (AUTO_FREE_LIST); NULL: the run does not
 * tell. */
int query_run_planned(struct store *s, int64_t run, char ***out_ids, struct err *e);
/* All outcomes of a run, or of a cell (newest first). */
int query_run_outcomes(struct store *s, int64_t run, struct outcome_set *out, struct err *e);
int query_cell_outcomes(struct store *s, const char *cell_id, struct outcome_set *out, struct err *e);
/* All outcomes of what matches ("" matches all), each coordinates' in the order of time, up to a run (0: to the
 * newest).
 */
int query_history(struct store *s, const char *target, const char *runtime, const char *package, const char *tier,
		  int64_t until_run, struct outcome_set *out, struct err *e);
/* The newest outcomes of a cell up to a run (0: to the newest), in the order of time: at most `most`, for which there
 * is room. */
int query_recent(struct store *s, const char *cell_id, int64_t until_run, size_t most, struct outcome_key *out,
		 size_t *out_count, struct err *e);
/* The tests of an outcome; only_bad: without passed and skipped. */
int query_tests(struct store *s, int64_t outcome_id, bool only_bad, struct test_set *out, struct err *e);
/* What was made of a benchmark's iterations before, by the same version of whoever makes it: 1 with it in `out`, 0 when
 * there is none. */
int query_speed(struct store *s, int64_t outcome_id, int64_t version, struct str *out, struct err *e);
/* Its figures alone, and the means of the processes that count (NULL: not asked for; freed by the caller, *out_count of
 * them): 1, 0, -1 as query_speed. */
int query_speed_figures(struct store *s, int64_t outcome_id, int64_t version, struct speed_figures *out,
			double **out_means, size_t *out_count, struct err *e);
/* How long the cell took the last times it ran through (median of at most 5), ns; 0: never. */
int64_t query_estimate_ns(struct store *s, const char *cell_id);

#endif
