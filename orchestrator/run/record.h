/* The folder of an attempt: filled as <cell>/<n>.part, and a record from the moment that it loses the suffix. Not
 * included outside run/. */
#ifndef LABCTL_RUN_RECORD_H
#define LABCTL_RUN_RECORD_H

#include "run/lane_worker.h"

/* A folder to fill for the next attempt at the cell, emptied of what a killed worker left. The caller frees; NULL with
 * e set. */
char *record_begin(const struct cell *c, const struct lane_opts *o, int64_t *out_attempt, struct err *e);
/* Makes the filled folder the record: from here on the attempt has happened. Its name below run_folder in out_folder.
 */
int record_finish(const struct cell *c, const struct lane_opts *o, const struct outcome *outcome, const char *part,
		  char *out_folder, size_t size, struct err *e);

#endif
