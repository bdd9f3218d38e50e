#include "cli/bench_source.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/speed.h"
#include "parse/bench_format.h"
#include "store/query.h"

static bool is_wanted(const struct outcome_row *row, const struct bench_source_opts *o)
{
	return !strcmp(row->tier, SPEED_TIER) && row->verdict != VERDICT_UNAVAILABLE && row->verdict != VERDICT_LOST &&
	       (!o->target || !strcmp(row->target, o->target)) && (!o->runtime || !strcmp(row->runtime, o->runtime));
}

/* The series of an outcome's record under the name of its cell. */
static int add_outcome(struct context *c, const struct outcome_row *row, struct bench_source *s, struct err *e)
{
	AUTO_FREE char *name = mem_printf("%s/%s/%s", row->target, row->runtime, row->package);
	struct bench_set part;

	if (speed_record_of(c, row, &part, e))
		return -1;
	s->parts = mem_grow(s->parts, s->part_count + 1, sizeof(*s->parts));
	s->parts[s->part_count++] = part;
	for (size_t i = 0; i < part.count; i++) {
		struct bench_series *series = bench_add_series(&s->set, name, NULL);
		const char *own_name = series->name;

		*series = part.series[i];
		series->name = own_name;
		series->runtime = NULL;
	}
	return 0;
}

static int fail_empty(const struct bench_source *s, struct err *e)
{
	err_set(e, ERR_USAGE, "the run %s has measured nothing that is asked for", s->text);
	return err_hint(e, "`labctl runs` lists runs; those of `labctl bench` hold measurements");
}

static int open_run(struct context *c, const struct globals *g, const struct bench_source_opts *o,
		    struct bench_source *s, struct err *e)
{
	struct outcome_set rows = { 0 };
	int64_t run;
	int status;

	if ((!c->lab && context_open(c, g, e)) || (!c->store && context_open_store(c, true, e)) ||
	    query_resolve_run(c->store, s->text, &run, e))
		return -1;
	bench_start(&s->set, "labctl");
	s->is_run = true;
	status = query_run_outcomes(c->store, run, &rows, e);
	for (size_t i = 0; !status && i < rows.count; i++)
		if (is_wanted(&rows.rows[i], o))
			status = add_outcome(c, &rows.rows[i], s, e);
	outcome_set_free(&rows);
	return status ? -1 : s->set.count ? 0 : fail_empty(s, e);
}

int bench_source_open(struct context *c, const struct globals *g, const char *text, const struct bench_source_opts *o,
		      struct bench_source *out, struct err *e)
{
	*out = (struct bench_source){ .text = text };
	if (file_exists(text))
		return bench_read(text, o->format, &out->set, e);
	if (!open_run(c, g, o, out, e))
		return 0;
	if (e->code == ERR_USAGE && !e->hint[0])
		err_hint(e, "neither a file nor a run is called \"%.100s\"; `labctl runs` lists runs", text);
	return -1;
}

void bench_source_close(struct bench_source *s)
{
	bench_free(&s->set);
	for (size_t i = 0; i < s->part_count; i++)
		bench_free(&s->parts[i]);
	free(s->parts);
	*s = (struct bench_source){ 0 };
}
