#include "cli/report_targets.h"

#include <string.h>

#include "base/mem.h"

static struct site_target *target_of(struct site_target *list, size_t *count, const struct lab *lab,
				     const struct outcome_row *row)
{
	const struct target_spec *spec = lab_target(lab, row->target);
	struct site_target *t;

	for (size_t i = 0; i < *count; i++)
		if (!strcmp(list[i].name, row->target))
			return &list[i];
	t = &list[(*count)++];
	*t = (struct site_target){
		.name = row->target, .arch = row->arch, .title = spec ? spec->title : NULL, .state = "not asked"
	};
	return t;
}

/* The newest outcome speaks for the machine; one of the run that is reported also for whether it answered. */
static void count_row(struct site_target *t, const struct outcome_row *row, int64_t run)
{
	t->emulated |= row->emulated;
	if (row->run == run) {
		t->cells_in_run++;
		if (row->verdict == VERDICT_LOST) {
			t->lost++;
			t->state = "lost";
			t->reason = row->reason;
			t->hint = row->hint;
		} else if (!t->lost) {
			t->state = "answered";
		}
	}
	if (row->started_wall_ms < t->last_wall_ms)
		return;
	t->last_wall_ms = row->started_wall_ms;
	t->how_run = row->how_run;
	if (row->facts && row->facts->name)
		t->facts = row->facts;
}

struct site_target *report_targets(const struct lab *lab, const struct report_state *s, size_t *out_count)
{
	struct site_target *list = mem_new(s->now.count + 1, sizeof(*list));

	*out_count = 0;
	/* The matrices' columns first: their order is the one that is shown. */
	for (size_t i = 0; i < s->report.matrix.column_count; i++)
		for (size_t k = 0; k < s->now.count; k++)
			if (!strcmp(s->now.rows[k].target, s->report.matrix.columns[i].target))
				target_of(list, out_count, lab, &s->now.rows[k]);
	for (size_t k = 0; k < s->now.count; k++)
		count_row(target_of(list, out_count, lab, &s->now.rows[k]), &s->now.rows[k], s->run->id);
	return list;
}
