/* What is said of speed: once per benchmark that is worse, once per target for all else. */
#include <math.h>
#include <string.h>

#include "analyse/qualify_inside.h"
#include "base/clock.h"
#include "base/mem.h"

#define LEAST_BUDGET_S 1800.0 /* what `labctl bench` takes anyway */
#define BUDGET_SPARE   1.2

/* Some of the benchmarks of one target, which share a reason. */
struct group {
	const struct qualify_terms *terms;
	struct qualification *q;
	size_t first, end;
	enum qualify_status status;
	const char *why; /* NULL: any */
};

static bool is_in(const struct group *g, size_t i)
{
	const struct qualify_speed *s = &g->q->speed[i];

	return s->status == g->status && !s->excepted && (!g->why || (s->why && !strcmp(s->why, g->why)));
}

static size_t count_in(const struct group *g)
{
	size_t count = 0;

	for (size_t i = g->first; i < g->end; i++)
		count += is_in(g, i);
	return count;
}

static void name_in(const struct group *g, size_t most, const char *between, struct str *out)
{
	size_t named = 0;

	for (size_t i = g->first; i < g->end; i++) {
		if (!is_in(g, i) || named++ >= most)
			continue;
		str_addf(out, "%s%s", named > 1 ? between : "", g->q->speed[i].want->benchmark);
	}
	if (named > most)
		str_addf(out, "%sand %zu more", between, named - most);
}

static const char *target_of(const struct group *g)
{
	return g->terms->speed[g->first].target;
}

/* Measured on both sides: only a new measurement can tell more. */
static bool has_records(const struct group *g)
{
	for (size_t i = g->first; i < g->end; i++)
		if (is_in(g, i) && g->terms->speed[i].candidate.record && g->terms->speed[i].baseline.record)
			return true;
	return false;
}

static void add_bench_command(const struct group *g, bool fresh, struct str *out)
{
	str_add(out, "labctl bench ");
	if (count_in(g) == g->end - g->first && g->terms->benchmarks)
		str_add(out, g->terms->benchmarks);
	else
		name_in(g, SIZE_MAX, " ", out);
	str_addf(out, " --target %s --runtime %s%s", target_of(g), g->terms->runtimes, fresh ? " --fresh" : "");
}

/* ---- worse ---- */

static void tell_exceeded(const struct qualify_terms *t, struct qualification *q, const struct qualify_speed *s)
{
	const struct qualify_exception *x = s->want->exception;
	AUTO_STR text = { 0 };
	AUTO_STR command = { 0 };

	str_addf(&text, "%s on %s ", s->want->benchmark, s->want->target);
	if (s->why)
		str_add(&text, s->why);
	else
		str_addf(&text, "takes %.1f %% more time than under %s, and surely %.1f %% more; %g %% are allowed",
			 (s->ratio.value - 1) * 100, t->baseline, (s->judged.bounds.low - 1) * 100,
			 s->want->margin * 100);
	if (x)
		str_addf(&text, "; its exception (%s) expired on %s", x->reason, x->until);
	str_addf(&command, "labctl show %s/%s/%s", s->want->target, t->candidate_runtime, s->want->benchmark);
	qualify_add_reason(q, QUALIFY_REGRESSION, str_text(&text), str_text(&command));
}

/* ---- undecided ---- */

/* Whole minutes for so many processes a side as the hardest of them needs, by what they took; *out_processes: how many
 * that are, 0 where no number of them helps. */
static int64_t plan_budget(const struct group *g, size_t *out_processes)
{
	double total_s = 0;

	*out_processes = 2;
	for (size_t i = g->first; i < g->end; i++) {
		const struct qualify_speed *s = &g->q->speed[i];
		size_t fewer =
			s->ratio.base_count < s->ratio.changed_count ? s->ratio.base_count : s->ratio.changed_count;
		size_t needed = s->judged.processes;

		if (!is_in(g, i))
			continue;
		if (!needed)
			*out_processes = 0;
		else if (*out_processes && needed > *out_processes)
			*out_processes = needed;
		if (needed > g->terms->most_processes || !needed)
			needed = g->terms->most_processes;
		total_s += (double)(s->want->baseline.took_ns + s->want->candidate.took_ns) / (double)NS_PER_S *
			   fmax(1, (double)needed / (double)(fewer ? fewer : 1));
	}
	return (int64_t)ceil(fmax(total_s * BUDGET_SPARE, LEAST_BUDGET_S) / 60);
}

static double widest_detectable(const struct group *g)
{
	double widest = 0;

	for (size_t i = g->first; i < g->end; i++)
		if (is_in(g, i) && g->q->speed[i].judged.detectable > widest)
			widest = g->q->speed[i].judged.detectable;
	return widest;
}

static void tell_undecided(const struct group *g)
{
	size_t count = count_in(g), processes;
	int64_t minutes = plan_budget(g, &processes);
	AUTO_STR text = { 0 };
	AUTO_STR command = { 0 };

	if (!count)
		return;
	str_addf(&text, "%zu benchmark%s on %s neither shown to keep %s margin nor to exceed it: ", count,
		 count == 1 ? "" : "s", target_of(g), count == 1 ? "its" : "their");
	name_in(g, QUALIFY_NAMES, ", ", &text);
	str_addf(&text, "; as they were measured, an equal candidate would have been shown to keep a margin of %.1f %%",
		 widest_detectable(g) * 100);
	if (processes > g->terms->most_processes || !processes)
		str_addf(&text,
			 "; about %zu processes are needed, and a run does at most %zu: a calmer machine or a "
			 "wider margin is needed",
			 processes ? processes : NONINFERIOR_MOST_PROCESSES, g->terms->most_processes);
	else
		str_addf(&text, "; about %zu processes are needed", processes);
	add_bench_command(g, true, &command);
	str_addf(&command, " --budget %lldm", (long long)minutes);
	qualify_add_reason(g->q, QUALIFY_UNDECIDED, str_text(&text), str_text(&command));
}

/* ---- missing ---- */

/* Each reason once, with the benchmarks that it keeps from an answer. */
static void tell_missing(struct group g, enum qualify_status as)
{
	for (size_t i = g.first; i < g.end; i++) {
		AUTO_STR text = { 0 };
		AUTO_STR command = { 0 };
		bool said = false;

		g.why = NULL;
		if (!is_in(&g, i))
			continue;
		g.why = g.q->speed[i].why;
		for (size_t k = g.first; k < i && !said; k++)
			said = is_in(&g, k);
		if (said)
			continue;
		str_addf(&text, "%s on %s: ", count_in(&g) == 1 ? "one benchmark" : "benchmarks", target_of(&g));
		name_in(&g, QUALIFY_NAMES, ", ", &text);
		str_addf(&text, ": %s", g.why);
		add_bench_command(&g, has_records(&g), &command);
		qualify_add_reason(g.q, as, str_text(&text), str_text(&command));
	}
}

/* Fewer than the policy asks for: each that is missing is a reason. Else it is only told. */
static void tell_coverage(const struct group *g)
{
	size_t compared = 0, wanted = 0;

	for (size_t i = g->first; i < g->end; i++) {
		compared += g->q->speed[i].compared;
		wanted += !g->q->speed[i].excepted;
	}
	if ((double)compared < g->terms->benchmarks_coverage * (double)wanted - 1e-9 || (wanted && !compared))
		tell_missing(*g, QUALIFY_INCOMPLETE);
	else
		tell_missing(*g, QUALIFY_QUALIFIED);
}

/* ---- controls ---- */

static void tell_control(struct group *g, const struct qualify_control *c)
{
	bool failed = c->control.state == CONTROL_FAILED;
	AUTO_STR text = { 0 };
	AUTO_STR command = { 0 };

	/* Where nothing was measured, the benchmarks say so themselves. */
	if (c->control.state == CONTROL_PASSED || !c->run)
		return;
	str_addf(&text, "the A/A control on %s", c->target);
	if (c->run)
		str_addf(&text, " in the run %s", c->run);
	if (failed)
		str_addf(&text,
			 " failed: two halves of one runtime differ by %.1f %% (%s), so that no time of that "
			 "run is to be trusted; see what else the machine does",
			 c->control.largest * 100, c->largest ? c->largest : "?");
	else
		str_addf(&text, " has too little data: %zu of %zu benchmarks with at least %d processes in each half",
			 c->control.checked, c->control.benchmarks, CONTROL_LEAST_PROCESSES);
	str_add(&command, "labctl bench ");
	str_add(&command, g->terms->benchmarks ? g->terms->benchmarks : "all");
	str_addf(&command, " --target %s --runtime %s --fresh", c->target, g->terms->runtimes);
	qualify_add_reason(g->q, failed ? QUALIFY_INVALID : QUALIFY_INCOMPLETE, str_text(&text), str_text(&command));
}

static void tell_excepted(const struct group *g)
{
	for (size_t i = g->first; i < g->end; i++) {
		AUTO_STR text = { 0 };

		if (!g->q->speed[i].excepted)
			continue;
		str_addf(&text, "%s on %s: %s", g->q->speed[i].want->benchmark, target_of(g), g->q->speed[i].why);
		qualify_add_reason(g->q, QUALIFY_QUALIFIED, str_text(&text), NULL);
	}
}

void qualify_speed_reasons(const struct qualify_terms *t, struct qualification *q)
{
	struct group g = { .terms = t, .q = q };

	for (g.first = 0; g.first < t->speed_count; g.first = g.end) {
		g.end = g.first + 1;
		while (g.end < t->speed_count && !strcmp(t->speed[g.end].target, t->speed[g.first].target))
			g.end++;
		for (size_t i = g.first; i < g.end; i++)
			if (q->speed[i].status == QUALIFY_REGRESSION)
				tell_exceeded(t, q, &q->speed[i]);
		for (size_t i = 0; i < q->control_count; i++)
			if (!strcmp(q->controls[i].target, target_of(&g)))
				tell_control(&g, &q->controls[i]);
		g.status = QUALIFY_INCOMPLETE;
		tell_coverage(&g);
		g.status = QUALIFY_UNDECIDED;
		tell_undecided(&g);
		tell_excepted(&g);
	}
}
