/* Speed: each benchmark against its margin, each target against its A/A control. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/qualify_inside.h"
#include "base/mem.h"

/* ---- controls ---- */

/* The benchmarks of a target stand together: where the next one begins. */
static size_t target_end(const struct qualify_terms *t, size_t first)
{
	size_t end = first + 1;

	while (end < t->speed_count && !strcmp(t->speed[end].target, t->speed[first].target))
		end++;
	return end;
}

static const char *benchmark_at(const struct qualify_terms *t, size_t first, size_t at)
{
	return at == CONTROL_NONE ? NULL : t->speed[first + at].benchmark;
}

static struct qualify_control judge_control(const struct qualify_terms *t, size_t first, size_t end, size_t which)
{
	AUTO_FREE struct ratio *halves = mem_new(end - first + 1, sizeof(*halves));
	struct qualify_control c = { .target = t->speed[first].target };

	for (size_t i = first; i < end; i++) {
		const struct qualify_evidence *e = &t->speed[i].controls[which];
		bool known = e->speed && speed_known(e->speed);

		c.run = c.run ? c.run : e->run;
		halves[i - first] = known ? speed_ratio(e->speed, 'a', e->speed, 'b') : ratio_none();
	}
	control_judge(halves, end - first, t->alpha, t->power, &c.control);
	c.worst = benchmark_at(t, first, c.control.worst);
	c.largest = benchmark_at(t, first, c.control.largest_of);
	return c;
}

static void judge_controls(const struct qualify_terms *t, struct qualification *q)
{
	for (size_t first = 0, end; first < t->speed_count; first = end) {
		end = target_end(t, first);
		for (size_t which = 0; which < (t->two_runs ? 2u : 1u); which++) {
			q->controls = mem_grow(q->controls, q->control_count + 1, sizeof(*q->controls));
			q->controls[q->control_count++] = judge_control(t, first, end, which);
		}
	}
}

static bool control_failed(const struct qualification *q, const char *target)
{
	for (size_t i = 0; i < q->control_count; i++)
		if (q->controls[i].control.state == CONTROL_FAILED && !strcmp(q->controls[i].target, target))
			return true;
	return false;
}

/* ---- benchmarks ---- */

static bool has_result(const struct qualify_evidence *e)
{
	return e->record && e->verdict != VERDICT_LOST && e->verdict != VERDICT_UNAVAILABLE;
}

static const char *why_none(struct arena *a, const char *side, const struct qualify_evidence *e)
{
	return arena_printf(a, "%s: %s", side, e->reason && e->reason[0] ? e->reason : "not measured");
}

/* Why there is nothing to compare; NULL: there is. */
static const char *find_fault(const struct qualify_terms *t, struct arena *a, const struct qualify_speed_want *w)
{
	const struct qualify_evidence *base = &w->baseline, *now = &w->candidate;

	if (!has_result(now) || !now->speed || !now->speed->process_count)
		return why_none(a, t->candidate, now);
	if (!has_result(base) || !base->speed || !base->speed->process_count)
		return why_none(a, t->baseline, base);
	if (!speed_known(now->speed))
		return arena_printf(a, "%s does not settle on a speed", t->candidate);
	if (!speed_known(base->speed))
		return arena_printf(a, "%s does not settle on a speed", t->baseline);
	if (!t->two_runs && strcmp(now->run, base->run) != 0)
		return "the two sides were measured in different runs";
	if (strcmp(now->arch, base->arch) != 0 || now->counted != base->counted)
		return "the two sides were measured on different machines";
	return NULL;
}

/* What is decided before any number is looked at. True: its ratio is to be judged. */
static bool judge_alone(const struct qualify_terms *t, struct qualification *q, struct qualify_speed *s)
{
	const struct qualify_speed_want *w = s->want;
	const struct qualify_evidence *base = &w->baseline, *now = &w->candidate;
	const struct qualify_exception *x = w->exception;

	s->ratio = ratio_none();
	if (x && !x->expired) {
		s->excepted = true;
		s->why = arena_printf(q->arena, "excepted until %s: %s", x->until, x->reason);
		return false;
	}
	if (has_result(now) && verdict_is_bad(now->verdict) && has_result(base) && !verdict_is_bad(base->verdict)) {
		s->status = QUALIFY_REGRESSION;
		s->compared = true;
		s->why = arena_printf(q->arena, "fails under %s: %s", t->candidate, now->reason ? now->reason : "");
		return false;
	}
	s->why = find_fault(t, q->arena, w);
	if (s->why) {
		s->status = QUALIFY_INCOMPLETE;
		return false;
	}
	s->compared = true;
	s->ratio = speed_ratio(base->speed, 0, now->speed, 0);
	if (!control_failed(q, w->target))
		return true;
	s->status = QUALIFY_INVALID;
	s->why = "the A/A control of its target failed";
	return false;
}

static enum qualify_status status_of(enum margin_word w)
{
	return w == MARGIN_KEPT ? QUALIFY_QUALIFIED : w == MARGIN_EXCEEDED ? QUALIFY_REGRESSION : QUALIFY_UNDECIDED;
}

void qualify_speeds(const struct qualify_terms *t, struct qualification *q)
{
	AUTO_FREE struct margin_contest *family = mem_new(t->speed_count + 1, sizeof(*family));
	AUTO_FREE struct margin_judgement *judged = mem_new(t->speed_count + 1, sizeof(*judged));
	AUTO_FREE bool *asked = mem_new(t->speed_count + 1, sizeof(*asked));

	judge_controls(t, q);
	q->speed = mem_new(t->speed_count + 1, sizeof(*q->speed));
	q->speed_count = t->speed_count;
	for (size_t i = 0; i < t->speed_count; i++) {
		q->speed[i].want = &t->speed[i];
		asked[i] = judge_alone(t, q, &q->speed[i]);
		family[i] = (struct margin_contest){ asked[i] ? q->speed[i].ratio : ratio_none(), t->speed[i].margin };
	}
	margins_judge(family, t->speed_count, t->alpha, t->power, judged);
	for (size_t i = 0; i < t->speed_count; i++) {
		q->speed[i].judged = judged[i];
		if (asked[i])
			q->speed[i].status = status_of(judged[i].word);
	}
}
