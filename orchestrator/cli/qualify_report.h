/* A report of a qualification, read back. It may come from anybody: what is not of the form is refused, names of
 * records can only be such below the results. */
#ifndef LABCTL_CLI_QUALIFY_REPORT_H
#define LABCTL_CLI_QUALIFY_REPORT_H

#include "base/json.h"
#include "cli/qualify.h"

#define QUALIFY_MOST_REPORT_BYTES ((size_t)64 << 20)
#define QUALIFY_MOST_RECORDS	  100000

struct qualify_report_record {
	unsigned roles; /* enum dossier_role */
	const char *target, *runtime, *package, *tier, *run, *cell_id;
	int64_t attempt;
};

/* Texts lie in the tree. */
struct qualify_report {
	struct json_value *root;
	struct dossier_side candidate, baseline;
	const char *policy_name, *policy_text, *policy_digest;
	int64_t made_wall_ms;
	struct qualify_report_record *records;
	size_t record_count;
};

/* ERR_FORMAT: no report, or of a newer version; free also after an error. */
int qualify_report_read(const char *path, struct qualify_report *out, struct err *e);
qualify_find_fn qualify_report_find; /* its ctx is a struct qualify_report */
void qualify_report_free(struct qualify_report *r);

/* What differs between a report and what was made of its records now: one line per place, "speed[3].time_ratio: …". */
struct qualify_differences {
	struct str text;
	size_t count; /* all of them; only the first are in the text */
};

#define QUALIFY_MOST_DIFFERENCES 50 /* that are told; all are counted */

/* Numbers that agree to nine digits are the same: logarithms differ in the last ones between machines. */
void qualify_compare(const struct json_value *told, const struct json_value *now, struct qualify_differences *out);
/* Adds the records in whose place a newer one was there when the report was made. The store of c is open. */
int qualify_check_newest(struct context *c, const struct qualify_report *r, struct qualify_differences *out,
			 struct err *e);

#endif
