/* What became of one attempt at one cell. A failing test is an outcome; only a broken tool is a struct err.
 *
 * On disk an attempt is the folder runs/<run>/<cell id>/<attempt>/ with outcome.json, tests.jsonl.zst (one test per
 * line), and the raw output of each step as <step>.log.zst. The folder is made under a temporary name and renamed when
 * all is in it: what has outcome.json is whole. */
#ifndef LABCTL_RUN_OUTCOME_H
#define LABCTL_RUN_OUTCOME_H

#include "base/str.h"
#include "lab/schema.h"
#include "parse/result.h"
#include "target/facts.h"

#define OUTCOME_FORMAT 1		/* of outcome.json */
#define MEASURED_FILE  "bench.json.zst" /* of a benchmark: every iteration, in labctl's own format */

struct outcome_step {
	char name[48]; /* "open", "runtime", "package", "tests", also the log's file name */
	char how[24];  /* "exited", "timed out", "silent", "lost", "disk full", "kept" (from a layer) */
	int64_t status;
	int64_t took_ns;
	int64_t dropped_bytes; /* of its output, over the cap */
};

struct outcome {
	char cell_id[17];
	char target[SCHEMA_NAME_ROOM], arch[24], runtime[SCHEMA_NAME_ROOM], package[SCHEMA_NAME_ROOM],
		tier[SCHEMA_NAME_ROOM];
	char how_run[24]; /* "native", "emulated machine", "emulated process", "ssh", "scripted" */
	bool emulated;
	int64_t attempt; /* from 1 */
	enum verdict verdict;
	char reason[512]; /* one line: why, for all but passed */
	char hint[256];	  /* what to do next; may be empty */
	int64_t started_wall_ms;
	int64_t took_ns;
	struct facts facts; /* of target, runtime and package: runtime_version, package_version among them */
	struct outcome_step steps[16];
	size_t step_count;
	struct result result;
	/* Of a benchmark: what MEASURED_FILE shall hold. Is written, not read back; without text: nothing was measured.
	 */
	struct str measured;
};

void outcome_start(struct outcome *o);
/* The cell's verdict from its tests: failed when one is bad and not known, crashed/timed out when the suite did not
 * come to its end by that, broken when there is no test at all. Leaves verdicts alone that were set before tests ran.
 */
void outcome_settle(struct outcome *o);
/* Adds everything but the tests as one JSON object. */
void outcome_encode(const struct outcome *o, struct str *out);
int outcome_decode(const char *text, size_t len, struct outcome *out, struct err *e); /* also begins `out` */
/* Writes outcome.json and tests.jsonl.zst into `folder` (which is then renamed by the caller). */
int outcome_write(const struct outcome *o, const char *folder, struct err *e);
int outcome_read(const char *folder, bool with_tests, struct outcome *out, struct err *e);
void outcome_free(struct outcome *o);

#endif
