/* One benchmark on the first version and on another one of its runtime, side by side on one machine. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/bisect_speed.h"
#include "analyse/speed_matrix.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/bisect.h"
#include "cli/measuring.h"
#include "parse/bench_format.h"

/* The one or two cells of a look. */
struct contest_run {
	struct plan *plan;
	const struct cell *cells;
	size_t count;
	struct outcome outcomes[2];
	struct steps_opts opts[2];
	char *folders[2];
};

static bool every(void *ctx, struct cell *c)
{
	(void)ctx;
	(void)c;
	return true;
}

static int plan_look(struct bisecting *b, const char *version, struct contest_run *x, struct err *e)
{
	const char *target = b->repro->row->target, *benchmark = b->repro->row->package;
	const char *runtimes[] = { b->reference, version };
	const bool alone = !strcmp(b->reference, version);
	const struct selection s = { .targets = { &target, 1 }, .runtimes = { runtimes, alone ? 1 : 2 } };

	x->plan = context_plan_benchmarks(b->repro->context, &s, &benchmark, 1, e);
	if (!x->plan)
		return -1;
	plan_lanes(x->plan, every, NULL);
	if (x->plan->lane_count != 1 || x->plan->lanes[0].count != s.runtimes.count)
		return err_set(e, ERR_USAGE, "'%s' is more than one runtime", version);
	x->cells = x->plan->lanes[0].cells;
	x->count = x->plan->lanes[0].count;
	return 0;
}

static int make_folders(struct bisecting *b, struct contest_run *x, struct err *e)
{
	for (size_t i = 0; i < x->count; i++) {
		AUTO_FREE char *name = mem_printf("record-%zu", i);

		x->folders[i] = file_join(b->scratch, name);
		x->opts[i] = b->repro->opts;
		x->opts[i].folder = x->folders[i];
		x->opts[i].ears =
			(struct steps_ears){ .step = bisect_say_step, .ctx = (void *)b->repro->context->globals };
		if (file_make_folders(x->folders[i], e))
			return -1;
	}
	return 0;
}

static int measure(struct bisecting *b, struct contest_run *x, struct err *e)
{
	struct outcome *outs[] = { &x->outcomes[0], &x->outcomes[1] };
	struct measure_opts m;

	if (measuring_opts(b->repro->context->lab, NULL, &m, e) || make_folders(b, x, e) || bisect_open_target(b, e))
		return -1;
	m.baseline = b->reference;
	m.budget_s = (double)b->budget_ns / (double)NS_PER_S;
	return measure_run(b->target, x->cells, x->count, x->opts, &m, outs, e);
}

static size_t position_of(const struct contest_run *x, const char *runtime)
{
	size_t i = 0;

	while (i + 1 < x->count && strcmp(x->cells[i].runtime->name, runtime) != 0)
		i++;
	return i;
}

static int summarise(const struct outcome *o, struct speed_summary *out, struct err *e)
{
	struct bench_set set;

	*out = (struct speed_summary){ 0 };
	if (!o->measured.len)
		return 0;
	if (bench_read_bytes(str_text(&o->measured), o->measured.len, "what was measured", "labctl", &set, e))
		return -1;
	if (set.count)
		speed_summarise(&set.series[0], out);
	bench_free(&set);
	return 0;
}

static int ratio_between(const struct speed_summary *first, const struct speed_summary *other, struct ratio *out,
			 struct err *e)
{
	AUTO_FREE double *base = mem_new(first->process_count + 1, sizeof(*base));
	AUTO_FREE double *changed = mem_new(other->process_count + 1, sizeof(*changed));

	return ratio_of_means(base, speed_means(first, 0, base), changed, speed_means(other, 0, changed), out, e);
}

static void see_ratio(struct bisecting *b, const struct ratio *r, bool is_last, struct sight *out)
{
	const struct interval i = ratio_interval(r, SPEED_ALPHA);

	out->state = bisect_speed_state(r, is_last ? NAN : b->step);
	if (is_last && out->state >= 0)
		b->step = r->value;
	out->word = out->state >= 0 ? speed_word((enum speed)out->state) : speed_word(SPEED_UNDECIDED);
	snprintf(out->text, sizeof(out->text), "%.3f times the time of %s (%.3f to %.3f)", r->value, b->reference,
		 i.low, i.high);
}

/* What became of the cell decides, before any speed does. */
static bool see_failure(const struct outcome *o, const struct speed_summary *s, struct sight *out)
{
	if (o->verdict != VERDICT_PASSED) {
		bisect_see_outcome(out, o, NULL);
		if (out->state >= 0)
			out->state = BISECT_UNDECIDED;
		return true;
	}
	if (speed_known(s))
		return false;
	out->state = BISECT_UNDECIDED;
	out->word = speed_word(SPEED_NO_STEADY_STATE);
	return true;
}

static int see(struct bisecting *b, const struct contest_run *x, const char *version, bool is_last, struct sight *out,
	       struct err *e)
{
	size_t first = position_of(x, b->reference), other = position_of(x, version);
	struct speed_summary s[2] = { 0 };
	struct ratio r;
	int status = 0;

	for (size_t i = 0; i < x->count && !status; i++)
		status = summarise(&x->outcomes[i], &s[i], e);
	if (status || see_failure(&x->outcomes[other], &s[other], out)) {
		/* seen */
	} else if (first == other) {
		out->state = SPEED_EQUIVALENT;
		out->word = "measured";
		snprintf(out->text, sizeof(out->text), "the others are held against it");
	} else if (see_failure(&x->outcomes[first], &s[first], out)) {
		out->state = BISECT_UNDECIDED; /* it was there before */
	} else {
		status = ratio_between(&s[first], &s[other], &r, e);
		if (!status)
			see_ratio(b, &r, is_last, out);
	}
	for (size_t i = 0; i < x->count; i++)
		speed_summary_free(&s[i]);
	return status;
}

static void end_look(struct bisecting *b, struct contest_run *x)
{
	for (size_t i = 0; i < x->count; i++) {
		if (x->outcomes[i].verdict == VERDICT_LOST)
			bisect_close(b);
		if (x->folders[i])
			file_remove_tree(x->folders[i], NULL);
		free(x->folders[i]);
	}
	for (size_t i = 0; i < 2; i++)
		outcome_free(&x->outcomes[i]);
	plan_free(x->plan);
}

int bisect_look_speed(struct bisecting *b, const char *version, struct sight *out, struct err *e)
{
	struct contest_run x = { 0 };
	bool begins = !b->reference;
	int status;

	*out = (struct sight){ 0 };
	for (size_t i = 0; i < 2; i++)
		outcome_start(&x.outcomes[i]);
	if (begins)
		b->reference = version;
	status = plan_look(b, version, &x, e);
	if (!status)
		status = measure(b, &x, e);
	if (!status)
		status = see(b, &x, version, isnan(b->step), out, e);
	end_look(b, &x);
	if (begins && out->state < 0)
		b->reference = NULL;
	return status;
}
