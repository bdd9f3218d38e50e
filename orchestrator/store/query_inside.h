/* What the files of queries share. Not included outside store/. */
#ifndef LABCTL_STORE_QUERY_INSIDE_H
#define LABCTL_STORE_QUERY_INSIDE_H

#include "store/query.h"

/* Of an outcome o of a cell c, in the order that query_gather reads. */
#define OUTCOME_COLUMNS                                                                                                \
	" o.id, o.run, c.name, c.target, c.arch, c.runtime, c.package, c.tier, how.text, o.emulated, o.attempt,"       \
	" o.verdict, why.text, hint.text, o.started_wall_ms, o.took_ns, o.passed, o.failed, o.crashed, o.timed_out,"   \
	" o.broken, o.unavailable, o.lost, o.skipped, o.known, o.known_passed, run.name, o.facts, o.passing_facts"
#define OUTCOME_TABLES                                                                                                 \
	" JOIN run ON run.id = o.run JOIN word how ON how.id = o.how_run"                                              \
	" LEFT JOIN word why ON why.id = o.reason LEFT JOIN word hint ON hint.id = o.hint"

/* Adds the rows that a query of OUTCOME_COLUMNS yields. */
int query_gather(struct store *s, struct db_stmt *q, bool with_facts, struct outcome_set *out, struct err *e);
/* Of each group of equal coordinates, which stand together, only the first. */
void query_keep_first_of_each(struct outcome_set *set);

#endif
