/* What a policy asks for, with the records that answer it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/qualify_inside.h"
#include "lab/select.h"

/* ---- selections ---- */

/* No word: everything is chosen; *out is then NULL. */
static int choose_targets(const struct lab *lab, const struct text_list *words, const struct target_spec ***out,
			  size_t *count, struct err *e)
{
	*out = NULL;
	*count = 0;
	return words->count ? select_targets(lab, words, out, count, e) : 0;
}

static int chooses_target(const struct lab *lab, const struct text_list *words, const char *target, struct err *e)
{
	AUTO_FREE const struct target_spec **chosen = NULL;
	size_t count;

	if (choose_targets(lab, words, &chosen, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(chosen[i]->name, target))
			return 1;
	return words->count == 0;
}

static int chooses_benchmark(const struct lab *lab, const struct text_list *words, const char *benchmark, struct err *e)
{
	AUTO_FREE const struct benchmark **chosen = NULL;
	size_t count;

	if (select_benchmarks(lab, words, &chosen, &count, e))
		return -1;
	for (size_t i = 0; i < count; i++)
		if (!strcmp(chosen[i]->name, benchmark))
			return 1;
	return 0;
}

static struct qualify_exception exception_of(const struct qualify_case *q, const struct policy_exception *x)
{
	return (struct qualify_exception){ x->test, x->reason, x->until, q->request->made_wall_ms >= x->until_wall_ms };
}

/* ---- tests ---- */

static const char *tier_of(const struct qualify_case *q)
{
	const struct policy *p = q->request->policy;

	return p->tier ? p->tier : q->c->lab->settings.tier;
}

static int add_exceptions(struct qualify_case *q, struct qualify_tests_want *want, struct err *e)
{
	const struct struct_list *list = &q->request->policy->may_fail;
	const struct policy_exception *all = list->items;
	struct qualify_exception *kept = arena_items(q->arena, list->count + 1, sizeof(*kept));

	for (size_t i = 0; i < list->count; i++) {
		int fits = all[i].package && !strcmp(all[i].package, want->package)
				   ? chooses_target(q->c->lab, &all[i].targets, want->target, e)
				   : 0;

		if (fits < 0)
			return -1;
		if (fits)
			kept[want->exception_count++] = exception_of(q, &all[i]);
	}
	want->exceptions = kept;
	return 0;
}

static int add_musts(struct qualify_case *q, struct qualify_tests_want *want, struct err *e)
{
	const struct struct_list *list = &q->request->policy->must_pass;
	const struct policy_must *all = list->items;

	want->must = arena_items(q->arena, list->count + 1, sizeof(*want->must));
	for (size_t i = 0; i < list->count; i++) {
		int fits = strcmp(all[i].package, want->package)
				   ? 0
				   : chooses_target(q->c->lab, &all[i].targets, want->target, e);

		if (fits < 0)
			return -1;
		if (fits)
			want->must[want->must_count++] = all[i].test;
	}
	return 0;
}

static int load_sides(struct qualify_case *q, const char *target, const char *package, const char *tier,
		      struct qualify_evidence *baseline, struct qualify_evidence *candidate, struct err *e)
{
	const struct qualify_request *r = q->request;
	const struct qualify_search now = { DOSSIER_CANDIDATE, target, r->candidate.runtime,
					    package,	       tier,   r->candidate.run };
	const struct qualify_search base = { DOSSIER_BASELINE, target, r->baseline.runtime,
					     package,	       tier,   r->baseline.run };

	return qualify_load(q, &now, candidate, e) || qualify_load(q, &base, baseline, e) ? -1 : 0;
}

/* Named by `packages`, or by must_pass alone and then only where that is to hold. */
static int add_test_want(struct qualify_case *q, struct qualify_tests_want *wants, const char *target,
			 const char *package, bool against_baseline, struct err *e)
{
	struct qualify_tests_want *want = &wants[q->terms.tests_count];

	*want = (struct qualify_tests_want){
		.target = target, .package = package, .tier = tier_of(q), .against_baseline = against_baseline
	};
	if (add_exceptions(q, want, e) || add_musts(q, want, e))
		return -1;
	if (!against_baseline && !want->must_count)
		return 0;
	q->terms.tests_count++;
	return load_sides(q, target, package, want->tier, &want->baseline, &want->candidate, e);
}

static bool is_among(const struct package_recipe **packages, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(packages[i]->name, name))
			return true;
	return false;
}

/* Is it the first of must_pass that names its package? */
static bool is_first_must(const struct struct_list *list, size_t at)
{
	const struct policy_must *all = list->items;

	for (size_t i = 0; i < at; i++)
		if (!strcmp(all[i].package, all[at].package))
			return false;
	return true;
}

int qualify_add_tests(struct qualify_case *q, struct err *e)
{
	const struct policy *p = q->request->policy;
	const struct lab *lab = q->c->lab;
	const struct policy_must *must = p->must_pass.items;
	AUTO_FREE const struct target_spec **targets = NULL;
	AUTO_FREE const struct package_recipe **packages = NULL;
	size_t target_count, package_count = 0;
	struct qualify_tests_want *wants;

	if (select_targets(lab, &p->targets, &targets, &target_count, e) ||
	    (p->packages.count && select_packages(lab, &p->packages, &packages, &package_count, e)))
		return -1;
	wants = arena_items(q->arena, target_count * (package_count + p->must_pass.count) + 1, sizeof(*wants));
	for (size_t t = 0; t < target_count; t++) {
		for (size_t i = 0; i < package_count; i++)
			if (add_test_want(q, wants, targets[t]->name, packages[i]->name, true, e))
				return -1;
		for (size_t i = 0; i < p->must_pass.count; i++)
			if (!is_among(packages, package_count, must[i].package) && is_first_must(&p->must_pass, i) &&
			    add_test_want(q, wants, targets[t]->name, must[i].package, false, e))
				return -1;
	}
	q->terms.tests = wants;
	return 0;
}

/* ---- benchmarks ---- */

static int margin_for(struct qualify_case *q, const char *benchmark, double *out, struct err *e)
{
	const struct policy_speed *speed = &q->request->policy->speed;
	const struct policy_class *classes = speed->classes.items;

	*out = speed->margin_percent / 100;
	for (size_t i = 0; i < speed->classes.count; i++) {
		int fits = chooses_benchmark(q->c->lab, &classes[i].benchmarks, benchmark, e);

		if (fits < 0)
			return -1;
		if (!fits)
			continue;
		*out = classes[i].margin_percent / 100;
		break;
	}
	return 0;
}

/* One that holds stands before one that has expired. */
static int exception_for(struct qualify_case *q, struct qualify_speed_want *want, struct err *e)
{
	const struct struct_list *list = &q->request->policy->may_fail;
	const struct policy_exception *all = list->items;

	for (size_t i = 0; i < list->count; i++) {
		struct qualify_exception *x;
		int fits = all[i].benchmarks.count
				   ? chooses_benchmark(q->c->lab, &all[i].benchmarks, want->benchmark, e)
				   : 0;

		if (fits > 0)
			fits = chooses_target(q->c->lab, &all[i].targets, want->target, e);
		if (fits < 0)
			return -1;
		if (!fits || (want->exception && !want->exception->expired))
			continue;
		x = arena_items(q->arena, 1, sizeof(*x));
		*x = exception_of(q, &all[i]);
		want->exception = x;
	}
	return 0;
}

static int load_control(struct qualify_case *q, const struct qualify_speed_want *want, enum dossier_role role,
			const struct qualify_evidence *side, struct qualify_evidence *out, struct err *e)
{
	const struct qualify_search s = { role,	      want->target, qualify_control_runtime(q->c->lab), want->benchmark,
					  SPEED_TIER, side->run };

	return side->run ? qualify_load(q, &s, out, e) : 0;
}

static int add_speed_want(struct qualify_case *q, struct qualify_speed_want *want, struct err *e)
{
	if (margin_for(q, want->benchmark, &want->margin, e) || exception_for(q, want, e) ||
	    load_sides(q, want->target, want->benchmark, SPEED_TIER, &want->baseline, &want->candidate, e) ||
	    load_control(q, want, DOSSIER_CONTROL, &want->candidate, &want->controls[0], e))
		return -1;
	return q->terms.two_runs
		       ? load_control(q, want, DOSSIER_BASELINE_CONTROL, &want->baseline, &want->controls[1], e)
		       : 0;
}

/* Is there such a benchmark for both sides at all? */
static bool is_for_both(const struct qualify_case *q, const struct benchmark *b)
{
	return !b->runtimes.count || (text_list_has(&b->runtimes, q->request->candidate.runtime) &&
				      text_list_has(&b->runtimes, q->request->baseline.runtime));
}

int qualify_add_speed(struct qualify_case *q, struct err *e)
{
	const struct policy *p = q->request->policy;
	AUTO_FREE const struct target_spec **targets = NULL;
	AUTO_FREE const struct benchmark **benchmarks = NULL;
	size_t target_count, count;
	struct qualify_speed_want *wants;

	if (!p->speed.benchmarks.count)
		return 0;
	if (select_targets(q->c->lab, p->speed.targets.count ? &p->speed.targets : &p->targets, &targets, &target_count,
			   e) ||
	    select_benchmarks(q->c->lab, &p->speed.benchmarks, &benchmarks, &count, e))
		return -1;
	wants = arena_items(q->arena, target_count * count + 1, sizeof(*wants));
	for (size_t t = 0; t < target_count; t++)
		for (size_t i = 0; i < count; i++) {
			struct qualify_speed_want *want = &wants[q->terms.speed_count];

			if (!is_for_both(q, benchmarks[i]))
				continue;
			*want = (struct qualify_speed_want){ .target = targets[t]->name,
							     .benchmark = benchmarks[i]->name };
			q->terms.speed_count++;
			if (add_speed_want(q, want, e))
				return -1;
		}
	q->terms.speed = wants;
	return 0;
}
