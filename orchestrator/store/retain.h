/* Raw output goes after a while; what it came to never does. Removed are the logs of steps (*.log.zst) in the records
 * of a run; outcome.json, tests and iterations stay, and with them all that `labctl rebuild` reads.
 *
 * Of a run all goes at once: runs/<run>/pruned.json is written first and says when and how much, then the files go. So
 * a prune that is cut off is ended by the next one, and where a log is missing the reader can tell why. */
#ifndef LABCTL_STORE_RETAIN_H
#define LABCTL_STORE_RETAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct retain_rules {
	int64_t now_wall_ms;
	int64_t raw_for_ns;	 /* runs that began before that long ago; 0: age does not count */
	int64_t raw_limit_bytes; /* the oldest runs until all that is left is within it; 0: size does not count */
	bool only_look;		 /* say what would go */
};

struct retain_done {
	size_t runs;	    /* whose raw output went */
	int64_t bytes;	    /* that it took, allocated */
	int64_t kept_bytes; /* of raw output that is left */
};

/* Runs that a labctl is at work on are passed over, and the newest is never pruned for its size. */
int retain_prune(const char *results_folder, const struct retain_rules *rules, struct retain_done *out, struct err *e);
/* When the raw output of a record was pruned ("runs/RUN/CELL/ATTEMPT", as in outcome_row); 0: it was not. */
int64_t retain_pruned_wall_ms(const char *results_folder, const char *record_folder);

#endif
