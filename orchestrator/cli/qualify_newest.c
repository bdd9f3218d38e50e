/* A report may not choose: the records that it names must have been the newest when it was made. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/qualify_report.h"
#include "store/query.h"

static bool is_named(const struct outcome_row *row, const char *folder)
{
	return strcmp(row->folder, folder) == 0;
}

static bool was_there(const struct outcome_row *row, int64_t made_wall_ms)
{
	return row->started_wall_ms + row->took_ns / NS_PER_MS <= made_wall_ms;
}

/* Of the same run, where the report names one, and for controls. */
static bool is_asked(const struct qualify_report *r, const struct qualify_report_record *record,
		     const struct outcome_row *row)
{
	bool newest = (record->roles & DOSSIER_CANDIDATE && !r->candidate.run) ||
		      (record->roles & DOSSIER_BASELINE && !r->baseline.run);
	AUTO_FREE char *run = mem_printf("runs/%s/", record->run);

	return newest || str_starts(row->folder, run);
}

static int check_one(struct context *c, const struct qualify_report *r, size_t at, struct qualify_differences *out,
		     struct err *e)
{
	const struct qualify_report_record *record = &r->records[at];
	AUTO_FREE char *folder = qualify_record_folder(record->run, record->cell_id, record->attempt);
	struct outcome_set set = { 0 };

	if (query_cell_outcomes(c->store, record->cell_id, &set, e))
		return -1;
	for (size_t i = 0; i < set.count && !is_named(&set.rows[i], folder); i++) {
		if (!was_there(&set.rows[i], r->made_wall_ms) || !is_asked(r, record, &set.rows[i]))
			continue;
		str_addf(&out->text, "records[%zu]: there was a newer one when the report was made: %s\n", at,
			 set.rows[i].folder);
		out->count++;
		break;
	}
	outcome_set_free(&set);
	return 0;
}

int qualify_check_newest(struct context *c, const struct qualify_report *r, struct qualify_differences *out,
			 struct err *e)
{
	for (size_t i = 0; i < r->record_count && out->count < QUALIFY_MOST_DIFFERENCES; i++)
		if (check_one(c, r, i, out, e))
			return -1;
	return 0;
}
